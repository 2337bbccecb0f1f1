//! A row's past: told entry by entry, and made its present again by a change of its own.

use crate::support::{Client, OPERATOR, OTHER_PARK, OWN_PARK, PLANNER, Server, must, own_city, path, refused};
use serde_json::{Value, json};

fn entries(client: &Client, id: &str) -> Vec<Value> {
    client.get(&format!("/units/{id}/history")).json()["changes"].as_array().unwrap().clone()
}

#[test]
fn a_unit_gets_earlier_values_again_as_a_change_of_its_own() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (guest, operator) = (Client::guest(&server), Client::signed_in(&server, OPERATOR));
    let of = |park: &str| operator.get(&format!("/units?park={park}&limit=1")).json()["units"][0]["id"].as_str().unwrap().to_owned();
    let (id, other) = (of(OWN_PARK), of(OTHER_PARK));
    let write = |body: Value| {
        let answer = operator.send("PATCH", &format!("/units/{id}"), &[("if-match", "*")], &body.to_string());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    };
    write(json!({ "note": "first", "source": "甲" }));
    write(json!({ "note": "second" }));
    write(json!({ "note": null }));
    let log = entries(&operator, &id);
    let first = log.iter().find(|entry| entry["after"]["note"] == "first").unwrap()["seq"].as_i64().unwrap();
    let restore = |client: &Client, id: &str, seq: i64| {
        client.send("POST", "/changes:restore", &[], &json!({ "collection": "unit", "id": id, "seq": seq }).to_string())
    };
    restore(&guest, &id, first).problem(401);
    restore(&operator, &other, first).problem(403);
    restore(&operator, &id, 999_999).problem(404);
    let done = restore(&operator, &id, first);
    assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.bytes));
    assert!(done.json()["columns"].as_array().unwrap().contains(&json!("note")));
    assert_eq!(operator.get(&format!("/units/{id}")).json()["note"], "first");
    let after = entries(&operator, &id);
    assert_eq!(after.len(), log.len() + 1, "one more entry, none less");
    restore(&operator, &id, first).problem(409);
    drop(server);
    let verdict: Value = serde_json::from_str(&must(&["--json", "audit", "verify", path(&city)])).unwrap();
    assert_eq!(verdict["fault"], Value::Null);
}

#[test]
fn a_kept_row_gets_its_values_back_by_the_command_line_and_decisions_do_not() {
    let (_folder, city) = own_city();
    let parks = "/collections/virtual_park/items";
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let park = json!({ "code": "V-R", "name": "甲", "lead_clusters": ["c24-robot"], "services": ["policy"], "founded": "2025-01-01" });
    assert_eq!(planner.send("POST", parks, &[], &park.to_string()).status, 201);
    let patch = json!({ "name": "乙", "lead_clusters": [], "services": ["policy"] });
    assert_eq!(planner.send("PATCH", &format!("{parks}/V-R"), &[("if-match", "*")], &patch.to_string()).status, 200);
    for collection in ["designation", "instrument", "firm"] {
        let body = json!({ "collection": collection, "id": "x", "seq": 1 });
        planner.send("POST", "/changes:restore", &[], &body.to_string()).problem(409);
    }
    drop(server);
    let show: Value = serde_json::from_str(&must(&["--json", "audit", "show", path(&city), "--collection", "virtual_park", "--id", "V-R"])).unwrap();
    let entries = show["changes"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    let seq = entries[1]["seq"].to_string();
    let row = ["audit", "restore", path(&city), "--collection", "virtual_park", "--id", "V-R", "--seq"];
    let done: Value = serde_json::from_str(&must(&[&["--json"], &row[..], &[&seq]].concat())).unwrap();
    assert_eq!(done["columns"], json!(["name", "lead_clusters"]));
    let feature = Client::guest(&Server::start(&city)).get(&format!("{parks}/V-R")).json();
    assert_eq!((&feature["properties"]["name"], &feature["properties"]["lead_clusters"]), (&json!("甲"), &json!(["c24-robot"])));
    assert_eq!(refused(&[&row[..], &["999999"]].concat())["code"], "no_such_state");
}
