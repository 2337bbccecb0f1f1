//! Rows that people keep: rights, tags, faults by field, references, and what is refused.

use crate::support::{Answer, Client, OPERATOR, OWN_PARK, PARKPLAN, PLANNER, Server, own_city, path};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PARKS: &str = "/collections/virtual_park/items";
const MEMBERS: &str = "/collections/virtual_member/items";
const VIRTUAL: (&str, &str) = ("virtual-operator", "virtual-password");

fn post(client: &Client, path: &str, body: &Value) -> Answer {
    client.send("POST", path, &[], &body.to_string())
}

fn patch(client: &Client, path: &str, etag: &str, body: &Value) -> Answer {
    client.send("PATCH", path, &[("if-match", etag)], &body.to_string())
}

fn park(code: &str) -> Value {
    json!({ "code": code, "name": "机器人虚拟园区", "lead_clusters": ["c24-robot"], "services": ["policy"], "founded": "2025-01-01" })
}

fn pointers(problem: &Value) -> Vec<&str> {
    let mut pointers: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    pointers
}

/// An account that runs a virtual park; the server reads accounts from the file.
fn add_operator(city: &Path, park: &str) {
    let mut child = Command::new(PARKPLAN)
        .args(["user", "add", path(city), "--account", VIRTUAL.0, "--role", "operator", "--park", park])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    writeln!(child.stdin.take().expect("stdin"), "{}", VIRTUAL.1).expect("write");
    assert!(child.wait().expect("ends").success());
}

fn first_codes(city: &Path, sql: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(city).unwrap();
    let mut query = connection.prepare(sql).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_row_is_created_read_changed_and_deleted_under_its_tag() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let made = post(&planner, PARKS, &park("VP/甲"));
    assert_eq!(made.status, 201, "{}", made.json());
    let place = made.header("location").to_owned();
    assert!(place.ends_with("/collections/virtual_park/items/VP%2F%E7%94%B2"), "{place}");
    let read = planner.get(&place);
    assert_eq!((read.header("etag"), read.json()), (made.header("etag"), made.json()));
    assert_eq!(read.json()["properties"]["revision"], 1);
    assert_eq!(planner.get_with(&place, &[("if-none-match", read.header("etag"))]).status, 304);

    let changed = patch(&planner, &place, made.header("etag"), &json!({ "operator": "市产业平台", "services": null }));
    let row = changed.json();
    assert_eq!((changed.status, &row["properties"]["revision"], &row["properties"]["services"]), (200, &json!(2), &Value::Null));
    assert_eq!(row["properties"]["name"], "机器人虚拟园区", "what a patch does not name stays");
    let stale = patch(&planner, &place, made.header("etag"), &json!({ "operator": "别家" })).problem(412);
    assert_eq!(stale["current"]["properties"]["operator"], "市产业平台");
    planner.send("PATCH", &place, &[], "{}").problem(428);
    planner.send("DELETE", &place, &[], "").problem(428);
    planner.send("DELETE", &place, &[("if-match", made.header("etag"))], "").problem(412);
    assert_eq!(planner.send("DELETE", &place, &[("if-match", changed.header("etag"))], "").status, 204);
    planner.get(&place).problem(404);
    let log = planner.get("/changes?since=0&collection=virtual_park").json();
    let actions: Vec<&Value> = log["changes"].as_array().unwrap().iter().map(|change| &change["action"]).collect();
    assert_eq!(actions, ["remove", "update", "create"]);
    assert_eq!(log["changes"][0]["by"], "planner");
}

#[test]
fn a_feature_is_taken_as_it_was_read() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let mut columns = park("VP-01");
    columns.as_object_mut().unwrap().remove("code");
    let made = post(&planner, PARKS, &json!({ "type": "Feature", "id": "VP-01", "geometry": null, "properties": columns }));
    assert_eq!((made.status, &made.json()["properties"]["code"]), (201, &json!("VP-01")));
    let place = format!("{PARKS}/VP-01");
    let done = patch(&planner, &place, made.header("etag"), &json!({ "properties": { "name": "新名" } }));
    assert_eq!((done.status, &done.json()["properties"]["name"]), (200, &json!("新名")));
    let bad = patch(&planner, &place, done.header("etag"), &json!({ "properties": { "name": 7, "colour": "red" } })).problem(422);
    assert_eq!(pointers(&bad), ["/properties/colour", "/properties/name"]);
    let shaped = json!({ "type": "Feature", "geometry": { "type": "Point", "coordinates": [1, 2] }, "properties": park("VP-02") });
    assert_eq!(pointers(&post(&planner, PARKS, &shaped).problem(422)), ["/geometry"]);
}

#[test]
fn every_fault_is_told_at_its_field_and_nothing_is_written() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let bad = json!({
        "code": OWN_PARK, "name": " ", "lead_clusters": ["机器人"], "services": ["policy", "coffee"], "founded": "2999-01-01",
        "operator": "a\u{0}b", "revision": 9, "colour": "red",
    });
    let problem = post(&planner, PARKS, &bad).problem(422);
    assert_eq!(pointers(&problem), ["/code", "/colour", "/founded", "/lead_clusters", "/name", "/operator", "/revision", "/services"]);
    assert_eq!(pointers(&post(&planner, PARKS, &json!({})).problem(422)), ["/code", "/name"]);
    assert_eq!(planner.get(PARKS).json()["numberMatched"], 2, "those of the sample");
    assert_eq!(post(&planner, PARKS, &park("VP-01")).status, 201);
    post(&planner, PARKS, &park("VP-01")).problem(409);
    let member = json!({ "virtual_park": "VP-99", "kind": "firm", "building": "none", "admitted": "2025-02-30" });
    assert_eq!(pointers(&post(&planner, MEMBERS, &member).problem(422)), ["/admitted", "/building", "/firm", "/virtual_park"]);
    planner.send("POST", PARKS, &[("content-type", "text/plain")], "{}").problem(415);
}

#[test]
fn layers_that_are_not_kept_by_hand_take_no_rows() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    for layer in ["parcel", "unit", "firm", "instrument"] {
        let refused = post(&planner, &format!("/collections/{layer}/items"), &json!({ "code": "x" }));
        assert_eq!(refused.header("allow"), "GET, HEAD");
        assert!(refused.problem(405)["detail"].as_str().unwrap().contains("virtual_park"), "{layer}");
    }
    post(&planner, "/collections/nothing/items", &json!({})).problem(404);
    let document = planner.get("/api").json();
    assert!(document["paths"]["/collections/virtual_park/items"].get("post").is_some());
    assert!(document["paths"]["/collections/parcel/items"].get("post").is_none());
}

#[test]
fn members_are_written_by_planners_and_the_own_operator_and_seen_by_right() {
    let (_folder, city) = own_city();
    let firms = first_codes(&city, "SELECT code FROM firm WHERE park IS NOT NULL ORDER BY fid LIMIT 3");
    let buildings = first_codes(&city, "SELECT code FROM building WHERE park IS NOT NULL ORDER BY fid LIMIT 1");
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    for code in ["VP-01", "VP-02"] {
        assert_eq!(post(&planner, PARKS, &park(code)).status, 201);
    }
    drop(server);
    add_operator(&city, "VP-01");
    let server = Server::start(&city);
    let (guest, planner) = (Client::guest(&server), Client::signed_in(&server, PLANNER));
    let (operator, own) = (Client::signed_in(&server, OPERATOR), Client::signed_in(&server, VIRTUAL));
    let firm = |park: &str, code: &str| json!({ "virtual_park": park, "kind": "firm", "firm": code, "admitted": "2025-03-01" });
    let body = firm("VP-01", &firms[0]);
    post(&guest, MEMBERS, &body).problem(401);
    post(&operator, MEMBERS, &body).problem(403);
    post(&own, MEMBERS, &firm("VP-02", &firms[1])).problem(403);
    post(&own, PARKS, &park("VP-03")).problem(403);
    guest.send_bare("POST", MEMBERS, &[("content-type", "application/json")], &body.to_string()).problem(401);
    own.send_bare("POST", MEMBERS, &[("content-type", "application/json")], &body.to_string()).problem(403);
    let made = post(&own, MEMBERS, &body);
    assert_eq!((made.status, &made.json()["properties"]["firm"]), (201, &json!(firms[0])));
    let first = made.json()["id"].as_str().unwrap().to_owned();
    assert!(first.starts_with("VM-"), "a key of ours: {first}");
    post(&own, MEMBERS, &body).problem(422);
    let other = post(&planner, MEMBERS, &firm("VP-02", &firms[1])).json();
    assert_eq!(other["properties"].get("firm"), None, "planners see no firm");
    let other = other["id"].as_str().unwrap().to_owned();
    let building = json!({ "virtual_park": "VP-01", "kind": "building", "building": buildings[0], "admitted": "2025-03-01" });
    let public = post(&planner, MEMBERS, &building).json()["id"].as_str().unwrap().to_owned();
    let number = |id: &str| id[3..].parse::<usize>().unwrap();
    assert_eq!((number(&other), number(&public)), (number(&first) + 1, number(&first) + 2));

    // Who sees which rows, and which firm.
    let ids = |client: &Client| -> Vec<String> {
        let page = client.query(MEMBERS, &[("filter", "virtual_park LIKE 'VP-%'")]).json();
        page["features"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&guest), std::slice::from_ref(&public));
    assert_eq!(ids(&operator), std::slice::from_ref(&public));
    assert_eq!(ids(&own), [first.clone(), public.clone()]);
    assert_eq!(ids(&planner), [first.clone(), other.clone(), public.clone()]);
    for (client, may) in [(&guest, false), (&operator, false), (&planner, false), (&own, true)] {
        for path in [
            MEMBERS.to_owned(),
            format!("{MEMBERS}/{first}"),
            format!("{MEMBERS}?f=csv"),
            format!("{MEMBERS}?f=html"),
            "/changes?since=0".to_owned(),
            "/collections/virtual_member/summary".to_owned(),
            "/collections/virtual_member".to_owned(),
            format!("/search?q={first}"),
        ] {
            let text = String::from_utf8_lossy(&client.get(&path).bytes).into_owned();
            assert!(!text.contains(&firms[1]), "{path} tells a member of another virtual park");
            assert!(may || !text.contains(&firms[0]), "{path} tells a firm");
        }
        let export = json!({ "collection": "virtual_member", "format": "csv" }).to_string();
        let text = String::from_utf8_lossy(&client.send("POST", "/exports", &[], &export).bytes).into_owned();
        assert_eq!((text.contains(&firms[0]), text.contains(&firms[1])), (may, false), "{text}");
    }
    guest.get(&format!("{MEMBERS}/{first}")).problem(404);
    operator.send("PATCH", &format!("{MEMBERS}/{first}"), &[("if-match", "*")], "{}").problem(404);
    let asked = json!({ "collection": "virtual_member", "ids": [first] }).to_string();
    guest.send("POST", "/exports", &[], &asked).problem(400);
    let hidden = guest.get("/changes?since=0&collection=virtual_member").json();
    assert_eq!(hidden["changes"].as_array().unwrap().len(), 1, "the log hides the same rows");
    let counted = guest.query("/collections/virtual_member/summary", &[("filter", "virtual_park LIKE 'VP-%'")]).json();
    assert_eq!(counted["numberMatched"], 1);

    // Leaving, and what stays as it is.
    let row = format!("{MEMBERS}/{first}");
    let etag = own.get(&row).header("etag").to_owned();
    assert_eq!(pointers(&patch(&own, &row, &etag, &json!({ "firm": firms[2] })).problem(422)), ["/firm"]);
    assert_eq!(pointers(&patch(&own, &row, &etag, &json!({ "left": "2025-03-01" })).problem(422)), ["/left"]);
    let left = patch(&own, &row, &etag, &json!({ "left": "2025-09-01" }));
    assert_eq!(left.status, 200);
    own.send("DELETE", &row, &[("if-match", left.header("etag"))], "").problem(403);
    assert_eq!(post(&own, MEMBERS, &json!({ "virtual_park": "VP-01", "kind": "firm", "firm": firms[0], "admitted": "2025-09-01" })).status, 201);

    // What is named stays.
    let park = planner.get(&format!("{PARKS}/VP-01"));
    let refused = planner.send("DELETE", &format!("{PARKS}/VP-01"), &[("if-match", park.header("etag"))], "").problem(409);
    assert!(refused["detail"].as_str().unwrap().contains("VM-"));
    drop(server);
}

#[test]
fn of_two_that_change_a_row_at_once_one_is_told() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let etag = post(&planner, PARKS, &park("VP-01")).header("etag").to_owned();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..6)
            .map(|writer| {
                let (server, etag) = (&server, &etag);
                scope.spawn(move || {
                    let client = Client::signed_in(server, PLANNER);
                    patch(&client, &format!("{PARKS}/VP-01"), etag, &json!({ "operator": format!("第 {writer} 家") })).status
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 5, "{statuses:?}");
    assert_eq!(planner.get(&format!("{PARKS}/VP-01")).json()["properties"]["revision"], 2);
}
