//! Links and cookies of a server behind a proxy.

use crate::support::{Client, OPERATOR, Server, own_city, reading};
use serde_json::json;

fn own_link(client: &Client, headers: &[(&str, &str)]) -> String {
    let page = client.get_with("/collections/park/items?limit=1", headers).json();
    page["links"][0]["href"].as_str().unwrap().split("/collections").next().unwrap().to_owned()
}

#[test]
fn links_follow_a_proxy_of_this_machine() {
    let client = Client::guest(reading());
    assert_eq!(own_link(&client, &[]), reading().url);
    let host = reading().url.strip_prefix("http://").unwrap();
    assert_eq!(own_link(&client, &[("x-forwarded-proto", "https")]), format!("https://{host}"));
    let told = [("x-forwarded-proto", "https"), ("x-forwarded-host", "land.example.org"), ("x-forwarded-prefix", "/plan")];
    assert_eq!(own_link(&client, &told), "https://land.example.org/plan");
    assert_eq!(own_link(&client, &[("forwarded", "for=192.0.2.7;proto=https;host=land.example.org")]), "https://land.example.org");
    let tiles = client.get_with("/collections/parcel/tilejson.json", &told).json();
    assert!(tiles["tiles"][0].as_str().unwrap().starts_with("https://land.example.org/plan/collections/"), "{tiles}");
    assert_eq!(client.get_with("/collections/", &told).header("location"), "/plan/collections");
    assert_eq!(own_link(&client, &[("x-forwarded-host", "a\"><script>")]), reading().url, "what is no host is not believed");
}

#[test]
fn a_setting_names_the_address_and_a_list_names_who_is_believed() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[("PARKPLAN_BASE_URL", "https://land.example.org/plan/")]);
    let client = Client::guest(&server);
    assert_eq!(own_link(&client, &[("x-forwarded-host", "elsewhere.example")]), "https://land.example.org/plan");
    drop(server);
    let server = Server::start_with(&city, &[("PARKPLAN_TRUSTED_PROXIES", "192.0.2.1, 10.0.0.0/8")]);
    assert_eq!(own_link(&Client::guest(&server), &[("x-forwarded-host", "elsewhere.example")]), server.url);
}

#[test]
fn the_cookie_is_secure_where_the_connection_is() {
    let client = Client::guest(reading());
    let form = json!({ "account": OPERATOR.0, "password": OPERATOR.1 }).to_string();
    let plain = client.send("POST", "/session", &[], &form);
    let cookie = plain.header("set-cookie");
    assert!(cookie.starts_with("parkplan_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
    let https = [("x-forwarded-proto", "https"), ("x-forwarded-host", "land.example.org"), ("origin", "https://land.example.org")];
    let secure = client.send("POST", "/session", &https, &form);
    let cookie = secure.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-parkplan_session=") && cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let who = client.get_with("/session", &[("x-forwarded-proto", "https"), ("cookie", pair)]).json();
    assert_eq!(who["account"], OPERATOR.0);
    assert_eq!(client.get_with("/session", &[("cookie", pair)]).json()["role"], "guest", "it does not count without TLS");
    let foreign = [("x-forwarded-proto", "https"), ("x-forwarded-host", "land.example.org"), ("origin", "https://elsewhere.example")];
    client.send("POST", "/session", &foreign, &form).problem(403);
}

#[test]
fn a_name_that_nobody_gave_the_server_is_refused_also_where_origin_and_host_agree() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[("PARKPLAN_HOSTS", "land.example.org, plan.test")]);
    let client = Client::guest(&server);
    for fine in ["localhost:1", "LOCALHOST", "127.0.0.1:8080", "[::1]:80", "192.0.2.7", "land.example.org", "Plan.Test.:443", "a.localhost"] {
        assert_eq!(client.get_with("/healthz", &[("host", fine)]).status, 200, "{fine}");
    }
    // What a page elsewhere sends that points its own name at this machine.
    let rebound = [("host", "evil.example:8080"), ("origin", "http://evil.example:8080")];
    for path in ["/healthz", "/", "/collections/park/items", "/index.html"] {
        let problem = client.get_with(path, &rebound).problem(403);
        assert_eq!(problem["type"], "urn:parkplan:problem:host_unknown", "{path}");
    }
    let form = json!({ "account": OPERATOR.0, "password": OPERATOR.1 }).to_string();
    client.send("POST", "/session", &rebound, &form).problem(403);
    client.get_with("/healthz", &[("x-forwarded-host", "evil.example")]).problem(403);
    client.get_with("/healthz", &[("host", "localhost.evil.example")]).problem(403);
}
