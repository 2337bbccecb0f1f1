//! Instruments over HTTP: from a site to a plan parcel and back, with a ledger that balances and a lineage that reads both ways.

use crate::support::{Answer, Client, OPERATOR, OWN_PARK, PLANNER, Server, own_city};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn site(client: &Client) -> (Vec<String>, Value) {
    let answer = client.execute("consolidate", json!({ "park": OWN_PARK, "min_area_ha": 2, "max_area_ha": 12, "sites": 2, "time_limit": 5 })).json();
    let site = &answer["candidates"][0]["sites"][0];
    let parcels = site["parcels"].as_array().expect("a site").iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (parcels, answer["run"].clone())
}

fn draft(client: &Client, body: &Value) -> Answer {
    client.send("POST", "/instruments", &[], &body.to_string())
}

fn advance(client: &Client, instrument: &Value, to: &str, date: Option<&str>) -> Answer {
    let path = format!("/instruments/{}/transitions", instrument["code"].as_str().unwrap());
    let body = match date {
        Some(date) => json!({ "to": to, "date": date }),
        None => json!({ "to": to }),
    };
    client.send("POST", &path, &[("if-match", instrument["etag"].as_str().unwrap())], &body.to_string())
}

fn in_force(client: &Client, parcels: &[String], date: &str) -> Value {
    let drafted = draft(client, &json!({ "kind": "merge", "parcels": parcels }));
    assert_eq!(drafted.status, 201, "{}", String::from_utf8_lossy(&drafted.bytes));
    let reviewed = advance(client, &drafted.json(), "reviewed", None).json();
    let done = advance(client, &reviewed, "in_force", Some(date));
    assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.bytes));
    done.json()
}

/// Codes of a collection on a day.
fn codes(client: &Client, collection: &str, day: &str) -> BTreeSet<String> {
    let found = client.query(&format!("/collections/{collection}/items"), &[("limit", "10000"), ("skipGeometry", "true"), ("datetime", day)]).json();
    found["features"].as_array().unwrap().iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_site_becomes_a_plan_parcel_and_comes_apart_again() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let client = Client::signed_in(&server, PLANNER);
    let (parcels, run) = site(&client);
    let before = codes(&client, "parcel", "2026-03-01");
    let drafted = draft(&client, &json!({ "kind": "merge", "parcels": parcels, "run": run, "basis": "会议纪要 2026-1" }));
    assert_eq!(drafted.status, 201, "{}", String::from_utf8_lossy(&drafted.bytes));
    let drafted = drafted.json();
    assert_eq!((&drafted["state"], &drafted["run"]["id"], &drafted["park"]), (&json!("draft"), &run["id"], &json!(OWN_PARK)));

    // The ledger: every member once, the identity holds, and the plan parcel has the area that the ledger says.
    let ledger = &drafted["ledger"];
    let number = |name: &str| ledger[name].as_f64().unwrap();
    let residual = number("sum_in_m2") - number("overlaps_m2") + number("gaps_m2") - number("dedications_m2") - number("out_m2");
    assert!(residual.abs() <= 1e-6 * parcels.len() as f64, "{residual}");
    let listed: Vec<&str> = ledger["rows"].as_array().unwrap().iter().map(|row| row["parcel"].as_str().unwrap()).collect();
    let mut sorted = parcels.clone();
    sorted.sort();
    assert_eq!(listed, sorted);
    let child = drafted["children"][0].as_str().unwrap().to_owned();
    let item = client.get(&format!("/collections/plan_parcel/items/{child}")).json();
    let area = item["properties"]["planar_area_m2"].as_f64().unwrap();
    assert!((area - number("out_m2")).abs() <= 1e-6 * parcels.len() as f64, "{area}");
    assert_eq!(codes(&client, "parcel", "2026-03-01"), before, "a draft changes nothing");
    assert!(codes(&client, "plan_parcel", "2026-03-01").is_empty());

    let reviewed = advance(&client, &drafted, "reviewed", None).json();
    let instrument = advance(&client, &reviewed, "in_force", Some("2026-03-01")).json();
    assert_eq!((&instrument["state"], &instrument["date"]), (&json!("in_force"), &json!("2026-03-01")));
    let members: BTreeSet<String> = parcels.iter().cloned().collect();
    for (day, merged) in [("2026-02-28", false), ("2026-03-01", true), ("2030-01-01", true)] {
        let standing = codes(&client, "parcel", day);
        assert_eq!(before.difference(&standing).cloned().collect::<BTreeSet<_>>(), if merged { members.clone() } else { BTreeSet::new() }, "{day}");
        assert_eq!(codes(&client, "plan_parcel", day).contains(&child), merged, "{day}");
    }

    // Both ways: from a member down to the plan parcel, and back up.
    for code in [&parcels[0], &child] {
        let lineage = client.get(&format!("/lineage/{code}")).json();
        assert_eq!(lineage["nodes"].as_array().unwrap().len(), parcels.len() + 1);
        assert!(lineage["edges"].as_array().unwrap().iter().all(|edge| edge["child"] == child.as_str() && edge["date"] == "2026-03-01"));
    }

    // Undo is an instrument of its own.
    let undo = draft(&client, &json!({ "kind": "undo", "undoes": instrument["code"] })).json();
    assert!(undo["ledger"].is_null(), "an undo has no account of its own");
    let undo = advance(&client, &undo, "reviewed", None).json();
    advance(&client, &undo, "in_force", Some("2026-02-01")).problem(409);
    let undo = advance(&client, &undo, "in_force", Some("2026-08-01")).json();
    assert_eq!(codes(&client, "parcel", "2026-08-01"), before);
    assert!(codes(&client, "parcel", "2026-07-31").is_disjoint(&members), "the time between stays as it was");
    assert!(codes(&client, "plan_parcel", "2026-08-01").is_empty());
    let first = client.get(&format!("/instruments/{}", instrument["code"].as_str().unwrap())).json();
    assert_eq!((&first["state"], &first["undone_by"]), (&json!("in_force"), &undo["code"]));
    draft(&client, &json!({ "kind": "undo", "undoes": instrument["code"] })).problem(409);

    // Every step is in the log with who did it.
    let by = &first["by"];
    assert_eq!((&by["draft"]["account"], &by["in_force"]["account"]), (&json!("planner"), &json!("planner")));
    let log = client.get("/changes?collection=plan_parcel").json();
    assert_eq!(log["changes"].as_array().unwrap().iter().filter(|change| change["id"] == child.as_str()).count(), 3);

    // A merge may follow on the freed land, and the file itself holds it all.
    in_force(&client, &parcels, "2026-09-01");
    drop(server);
    let server = Server::start(&city);
    let client = Client::guest(&server);
    assert!(codes(&client, "parcel", "2026-09-01").is_disjoint(&members) && codes(&client, "parcel", "2026-08-15").is_superset(&members));
}

#[test]
fn each_wrong_step_is_refused_and_changes_nothing() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (guest, operator, planner) = (Client::guest(&server), Client::signed_in(&server, OPERATOR), Client::signed_in(&server, PLANNER));
    let (parcels, _) = site(&planner);
    let body = json!({ "kind": "merge", "parcels": parcels });
    draft(&guest, &body).problem(401);
    draft(&operator, &body).problem(403);
    planner.send_bare("POST", "/instruments", &[], &body.to_string()).problem(403);
    draft(&planner, &json!({ "kind": "merge", "parcels": ["no-such"] })).problem(404);
    draft(&planner, &json!({ "kind": "merge", "parcels": [] })).problem(400);
    draft(&planner, &json!({ "kind": "undo", "undoes": "ZB-1999-0001" })).problem(404);

    // Two parcels far apart are not one piece.
    let all = planner.query("/collections/parcel/items", &[("limit", "10000"), ("skipGeometry", "true")]).json();
    let ends = [&all["features"][0]["id"], &all["features"].as_array().unwrap().last().unwrap()["id"]];
    let apart = draft(&planner, &json!({ "kind": "merge", "parcels": ends })).problem(422);
    assert_eq!(apart["type"], "urn:parkplan:problem:not_contiguous");

    let one = draft(&planner, &body).json();
    let other = draft(&planner, &body).json();
    assert_ne!(one["code"], other["code"]);
    let path = format!("/instruments/{}/transitions", one["code"].as_str().unwrap());
    planner.send("POST", &path, &[], &json!({ "to": "reviewed" }).to_string()).problem(428);
    advance(&planner, &one, "in_force", None).problem(409);
    let reviewed = advance(&planner, &one, "reviewed", None).json();
    let stale = advance(&planner, &one, "withdrawn", None).problem(412);
    assert_eq!(stale["current"]["state"], "reviewed");
    advance(&planner, &reviewed, "in_force", Some("1.9.2026")).problem(400);
    let instrument = advance(&planner, &reviewed, "in_force", Some("2026-09-01")).json();
    advance(&planner, &instrument, "withdrawn", None).problem(409);

    // The second draft's members have ended by now; before that day they still stood, but later knowledge rests on that.
    let reviewed = advance(&planner, &other, "reviewed", None).json();
    let ended = advance(&planner, &reviewed, "in_force", Some("2026-10-01")).problem(409);
    assert_eq!(ended["type"], "urn:parkplan:problem:parent_ended");
    let early = advance(&planner, &reviewed, "in_force", Some("2026-08-01")).problem(409);
    assert_eq!(early["type"], "urn:parkplan:problem:too_early");
    draft(&planner, &body).problem(409);
    assert_eq!(advance(&planner, &reviewed, "withdrawn", None).json()["state"], "withdrawn");
    let items = planner.query("/collections/plan_parcel/items", &[("filter", "state = 'in_force'")]).json();
    assert_eq!(items["numberMatched"], 1);
}

#[test]
fn two_planners_cannot_both_bring_the_same_land_into_force() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let (parcels, _) = site(&planner);
    let drafts: Vec<Value> = (0..6)
        .map(|_| advance(&planner, &draft(&planner, &json!({ "kind": "merge", "parcels": parcels })).json(), "reviewed", None).json())
        .collect();
    let won: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = drafts
            .iter()
            .map(|reviewed| {
                let server = &server;
                scope.spawn(move || advance(&Client::signed_in(server, PLANNER), reviewed, "in_force", Some("2026-09-01")).status == 200)
            })
            .collect();
        tries.into_iter().filter(|_| true).map(|one| usize::from(one.join().unwrap())).sum()
    });
    assert_eq!(won, 1);
    let items = planner.query("/collections/plan_parcel/items", &[("filter", "state = 'in_force'")]).json();
    assert_eq!(items["numberMatched"], 1);
}
