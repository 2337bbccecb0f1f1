//! Conditional requests: 304 for who has the answer, another tag for every other answer, and `If-Match` in each of its spellings.

use crate::support::{Client, OPERATOR, OWN_PARK, PLANNER, Server, own_city, reading};
use serde_json::{Value, json};

fn unit(client: &Client) -> Value {
    client.get(&format!("/units?park={OWN_PARK}&limit=1")).json()["units"][0].clone()
}

/// Every kind of answer that rests on data.
fn paths(client: &Client) -> Vec<String> {
    let unit = unit(client);
    let (id, building) = (unit["id"].as_str().unwrap(), unit["building"].as_str().unwrap());
    let parcel = client.get(&format!("/collections/parcel/items?park={OWN_PARK}&limit=1")).json()["features"][0].clone();
    let code = parcel["id"].as_str().unwrap();
    let centre = [parcel["bbox"][0].as_f64().unwrap(), parcel["bbox"][1].as_f64().unwrap()];
    let side = f64::from(1u32 << 14);
    let x = ((centre[0] + 180.0) / 360.0 * side) as u32;
    let y = ((0.5 - centre[1].to_radians().tan().asinh() / std::f64::consts::TAU) * side) as u32;
    let mut paths: Vec<String> = [
        "/?f=json",
        "/collections",
        "/collections/parcel",
        "/collections/parcel/schema",
        "/collections/parcel/queryables",
        "/collections/parcel/items?limit=2",
        "/collections/parcel/items?limit=2&f=csv",
        "/collections/parcel/items?limit=2&f=html",
        "/collections/parcel/summary",
        "/collections/parcel/tilejson.json",
        "/collections/parcel/tiles/WebMercatorQuad",
        "/collections/unit/items?limit=2",
        "/search?q=BA",
        "/plans",
        "/instruments",
        "/changes",
    ]
    .map(str::to_owned)
    .into();
    paths.extend([
        format!("/collections/parcel/items/{code}"),
        format!("/collections/parcel/tiles/WebMercatorQuad/14/{y}/{x}"),
        format!("/parcels/{code}/neighbours"),
        format!("/lineage/{code}"),
        format!("/units?park={OWN_PARK}"),
        format!("/units/{id}"),
        format!("/units/{id}/history"),
        format!("/buildings/{building}/stack"),
        format!("/parks/{OWN_PARK}/occupancy"),
    ]);
    paths
}

#[test]
fn who_has_the_answer_is_told_so_in_every_spelling() {
    let client = Client::guest(reading());
    for path in paths(&client) {
        let answer = client.get(&path);
        let etag = answer.header("etag").to_owned();
        assert!(answer.status == 200 && !etag.is_empty(), "{path}: {}", answer.status);
        assert!(answer.header("cache-control").contains("no-cache"), "{path}");
        let opaque = etag.trim_start_matches("W/");
        for known in [etag.clone(), opaque.to_owned(), format!("W/{opaque}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let again = client.get_with(&path, &[("if-none-match", &known)]);
            assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, etag.as_str()), "{path} {known}");
            assert_eq!(again.header("vary"), answer.header("vary"), "{path}");
        }
        for other in ["\"x\"", "W/\"r0\"", "nothing", "\"x\", \"y\""] {
            assert_eq!(client.get_with(&path, &[("if-none-match", other)]).status, 200, "{path} {other}");
        }
    }
    client.get_with("/collections/parcel/items/nowhere", &[("if-none-match", "*")]).problem(404);
    assert_eq!(client.send("POST", "/collections/parcel/search", &[("if-none-match", "*")], "{}").status, 200);
}

#[test]
fn a_change_moves_the_tags_of_what_rests_on_it_and_no_others() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let tags = |client: &Client| -> Vec<(String, String)> {
        paths(client).into_iter().map(|path| (path.clone(), client.get(&path).header("etag").to_owned())).collect()
    };
    let before = tags(&operator);
    let unit = unit(&operator);
    let path = format!("/units/{}", unit["id"].as_str().unwrap());
    let note = json!({ "note": "一" }).to_string();
    assert_eq!(operator.send("PATCH", &path, &[("if-match", unit["etag"].as_str().unwrap())], &note).status, 200);
    let rests = |path: &str| {
        let on_units = ["/units", "/buildings", "/parks", "/changes", "/collections/unit", "/collections/parcel/summary", "/plans"];
        path == "/?f=json"
            || path == "/collections"
            || path.contains("WebMercatorQuad")
            || path.contains("tilejson")
            || on_units.iter().any(|own| path.starts_with(own))
    };
    for ((path, before), (_, after)) in before.iter().zip(tags(&operator)) {
        assert_eq!(*before != after, rests(path), "{path}: {before} → {after}");
    }
    // The revision that a body names is the one that its tag names.
    let landing = operator.get("/?f=json");
    assert!(landing.header("etag").starts_with(&format!("W/\"r{}.", landing.json()["city"]["revision"])), "{}", landing.header("etag"));
}

#[test]
fn another_reader_has_another_tag() {
    let (guest, operator, planner) = (Client::guest(reading()), Client::signed_in(reading(), OPERATOR), Client::signed_in(reading(), PLANNER));
    for path in paths(&guest) {
        let private = guest.get(&path).header("vary").contains("cookie");
        let tags = [&guest, &operator, &planner].map(|client| client.get(&path).header("etag").to_owned());
        let differ = tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2];
        assert_eq!(differ, private, "{path}: {tags:?}");
    }
    let vary = |path: &str| guest.get(path).header("vary").to_owned();
    assert!(vary("/collections/parcel/items").contains("cookie") && !vary("/collections/parcel/tilejson.json").contains("cookie"));
    let english = guest.get_with("/collections", &[("accept-language", "en")]);
    assert_ne!(english.header("etag"), guest.get("/collections").header("etag"));
}

#[test]
fn if_match_takes_a_list_a_star_and_what_the_header_said() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let id = unit(&operator)["id"].as_str().unwrap().to_owned();
    let path = format!("/units/{id}");
    let patch = |seen: &str| operator.send("PATCH", &path, &[("if-match", seen)], &json!({ "note": seen }).to_string());
    let tag = || operator.get(&path).header("etag").to_owned();
    let in_body = || operator.get(&path).json()["etag"].as_str().unwrap().to_owned();
    let first = tag();
    assert_eq!(patch(&first).status, 200, "the header's tag");
    assert_eq!(patch(&in_body()).status, 200, "the body's tag");
    assert_eq!(patch(&format!("W/{}", tag())).status, 200, "weakened on the way");
    assert_eq!(patch(&format!("\"x\", {}", tag())).status, 200, "a list");
    assert_eq!(patch("*").status, 200);
    patch(&first).problem(412);
    patch("u3").problem(400);
    operator.send("PATCH", &path, &[], "{}").problem(428);
    operator.send("PATCH", "/units/nowhere", &[("if-match", "*")], "{}").problem(404);
}

#[test]
fn tags_hold_for_one_process_only() {
    // Another city may be served under this address with the same revisions.
    let (_folder, city) = own_city();
    let path = "/collections/parcel/items?limit=1";
    let mut server = Server::start(&city);
    let first = Client::guest(&server).get(path).header("etag").to_owned();
    server.kill();
    let server = Server::start(&city);
    assert_eq!(Client::guest(&server).get_with(path, &[("if-none-match", &first)]).status, 200);
}

#[test]
fn land_that_was_changed_outside_is_not_served() {
    let (folder, city) = own_city();
    let server = Server::start(&city);
    let client = Client::guest(&server);
    assert_eq!(client.get("/collections/park/items").status, 200);
    let other = folder.path().join("other.gpkg");
    std::fs::copy(crate::support::sample(), &other).unwrap();
    std::fs::rename(&other, &city).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(120));
    for path in
        ["/?f=json", "/collections", "/collections/park/items", "/collections/parcel/tiles/WebMercatorQuad/3/0/0", "/units?park=BA-03", "/healthz"]
    {
        let problem = client.get(path).problem(503);
        assert!(problem["type"].as_str().unwrap().ends_with("city_changed_outside"), "{path}: {problem}");
    }
    for path in ["/conformance", "/api", "/?f=html"] {
        assert_eq!(client.get(path).status, 200, "{path}");
    }
}
