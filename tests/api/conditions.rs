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
        for known in [etag.clone(), opaque.to_owned(), format!("W/{opaque}"), format!("\"x\", , {etag}"), "*".to_owned()] {
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
        // A unit's own tag names what is shown of it: only the operator sees more than others.
        let is_unit = tags[0].starts_with("\"u");
        let differ = tags[0] != tags[1] && tags[1] != tags[2] && (is_unit || tags[0] != tags[2]);
        assert_eq!(differ, private, "{path}: {tags:?}");
    }
    let vary = |path: &str| guest.get(path).header("vary").to_owned();
    assert!(vary("/collections/parcel/items").contains("cookie") && !vary("/collections/parcel/tilejson.json").contains("cookie"));
    let english = guest.get_with("/collections", &[("accept-language", "en")]);
    assert_ne!(english.header("etag"), guest.get("/collections").header("etag"));
}

#[test]
fn if_match_takes_the_whole_strong_tag_a_list_or_a_star() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let id = unit(&operator)["id"].as_str().unwrap().to_owned();
    let path = format!("/units/{id}");
    let mut count = 0;
    let mut patch = |headers: &[(&str, &str)]| {
        count += 1;
        operator.send("PATCH", &path, headers, &json!({ "note": format!("{count}") }).to_string())
    };
    let tag = || operator.get(&path).header("etag").to_owned();
    let first = tag();
    assert_eq!(patch(&[("if-match", &first)]).status, 200, "the header's tag");
    assert_eq!(patch(&[("if-match", &format!("\"x\", , {}", tag()))]).status, 200, "a list");
    assert_eq!(patch(&[("if-match", "*")]).status, 200);
    let now = tag();
    let (count_only, other_hash) = (format!("{}\"", now.split('.').next().unwrap()), format!("{}0\"", &now[..now.len() - 2]));
    let other_hash = if other_hash == now { format!("{}1\"", &now[..now.len() - 2]) } else { other_hash };
    for stale in [&first, &format!("W/{now}"), &count_only, &other_hash, "\"x\""] {
        let problem = patch(&[("if-match", stale)]).problem(412);
        assert_eq!(problem["current"]["etag"], json!(now), "{stale}");
    }
    for (seen, known) in [("*", "*"), (now.as_str(), "*"), (now.as_str(), now.as_str()), ("*", now.as_str())] {
        patch(&[("if-match", seen), ("if-none-match", known)]).problem(412);
    }
    patch(&[("if-none-match", "*")]).problem(412);
    patch(&[("if-match", "u3")]).problem(400);
    patch(&[("if-match", &now), ("if-none-match", "u3")]).problem(400);
    patch(&[]).problem(428);
    assert_eq!(tag(), now, "nothing of all that was written");
    assert_eq!(patch(&[("if-match", &now), ("if-none-match", "\"x\"")]).status, 200);
    operator.send("PATCH", "/units/nowhere", &[("if-match", "*")], "{}").problem(404);
}

#[test]
fn a_row_has_one_tag_wherever_it_stands() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (operator, planner) = (Client::signed_in(&server, OPERATOR), Client::signed_in(&server, PLANNER));
    let listed = unit(&operator);
    let (id, building) = (listed["id"].as_str().unwrap(), listed["building"].as_str().unwrap());
    let path = format!("/units/{id}");
    let same = |etag: &str| {
        let got = operator.get(&path);
        assert_eq!((got.header("etag"), got.json()["etag"].as_str().unwrap()), (etag, etag));
        assert_eq!(unit(&operator)["etag"], etag);
        let stack = operator.get(&format!("/buildings/{building}/stack")).json();
        let units = stack["floors"].as_array().unwrap().iter().flat_map(|floor| floor["units"].as_array().unwrap());
        assert_eq!(units.clone().find(|unit| unit["id"] == id).unwrap()["etag"], etag);
        assert_eq!(operator.get_with(&path, &[("if-none-match", etag)]).status, 304);
    };
    same(listed["etag"].as_str().unwrap());
    let patched = operator.send("PATCH", &path, &[("if-match", listed["etag"].as_str().unwrap())], r#"{"note":"一"}"#);
    let etag = patched.header("etag").to_owned();
    assert_eq!(patched.json()["etag"], json!(etag));
    same(&etag);
    let batch = json!({ "confirm": [{ "id": id, "etag": etag }], "as_of": "2026-08-31" }).to_string();
    let done = operator.send("POST", "/units:batch", &[], &batch).json();
    same(done["done"][0]["etag"].as_str().unwrap_or_else(|| panic!("{done}")));
    let again = operator.send("POST", "/units:batch", &[], &batch).json();
    assert_eq!(again["refused"][0]["code"], "stale", "{again}");
    // A page for people has a tag of its own, which no write takes.
    assert!(operator.get(&format!("{path}?f=html")).header("etag").starts_with("W/"));

    let parcels = planner.get(&format!("/collections/parcel/items?park={OWN_PARK}&limit=1&filter=planar_area_m2%20%3E%203000")).json();
    let split = json!({ "kind": "split", "parcels": [parcels["features"][0]["id"]], "split": { "equal": 2 } }).to_string();
    let drafted = planner.send("POST", "/instruments", &[], &split);
    let place = drafted.header("location").to_owned();
    assert_eq!((drafted.status, drafted.header("etag")), (201, drafted.json()["etag"].as_str().unwrap()));
    assert_eq!(planner.get(&place).header("etag"), drafted.header("etag"));
    assert_eq!(planner.get_with(&place, &[("if-none-match", drafted.header("etag"))]).status, 304);
    let moved = planner.send("POST", &format!("{place}/transitions"), &[("if-match", drafted.header("etag"))], r#"{"to":"reviewed"}"#);
    assert_eq!((moved.status, planner.get(&place).header("etag")), (200, moved.header("etag")));
    let late = planner.send("POST", &format!("{place}/transitions"), &[("if-match", drafted.header("etag"))], r#"{"to":"withdrawn"}"#).problem(412);
    assert_eq!(late["current"]["etag"], moved.header("etag"));
    planner.send("POST", &format!("{place}/transitions"), &[("if-match", &format!("W/{}", moved.header("etag")))], r#"{"to":"draft"}"#).problem(412);
}

#[test]
fn a_tag_of_another_history_of_the_city_is_stale() {
    // Two copies go their own ways: one unit has as many changes in both.
    let (folder, city) = own_city();
    let copy = folder.path().join("copy.gpkg");
    std::fs::copy(&city, &copy).unwrap();
    let change = |city: &std::path::Path, note: &str, seen: Option<&str>| {
        let server = Server::start(city);
        let operator = Client::signed_in(&server, OPERATOR);
        let listed = unit(&operator);
        let path = format!("/units/{}", listed["id"].as_str().unwrap());
        let seen = seen.unwrap_or(listed["etag"].as_str().unwrap());
        operator.send("PATCH", &path, &[("if-match", seen)], &json!({ "note": note }).to_string())
    };
    let ours = change(&city, "甲", None);
    let theirs = change(&copy, "乙", None);
    assert_eq!((ours.status, theirs.status, &ours.json()["revision"]), (200, 200, &theirs.json()["revision"]));
    let late = change(&copy, "丙", Some(ours.header("etag"))).problem(412);
    assert_eq!(late["current"]["note"], "乙");
    assert_eq!(change(&copy, "丙", Some(theirs.header("etag"))).status, 200, "the tag outlives the server");
}

#[test]
fn a_read_is_made_only_of_the_state_that_it_wants() {
    let client = Client::guest(reading());
    let path = format!("/units/{}", unit(&client)["id"].as_str().unwrap());
    let etag = client.get(&path).header("etag").to_owned();
    for wanted in [etag.clone(), format!("\"x\", {etag}"), "*".to_owned()] {
        assert_eq!(client.get_with(&path, &[("if-match", &wanted)]).status, 200, "{wanted}");
    }
    for wanted in ["\"x\"".to_owned(), format!("W/{etag}")] {
        client.get_with(&path, &[("if-match", &wanted)]).problem(412);
        client.get_with(&path, &[("if-match", &wanted), ("if-none-match", &etag)]).problem(412);
    }
    client.get_with(&path, &[("if-match", "x")]).problem(400);
    let weak = client.get("/collections").header("etag").to_owned();
    client.get_with("/collections", &[("if-match", &weak)]).problem(412);
    assert_eq!(client.get_with("/collections", &[("if-match", "*"), ("if-none-match", &weak)]).status, 304);
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
