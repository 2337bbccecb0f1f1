//! Instruments over HTTP: from a site to a plan parcel and back, with a ledger that balances and a lineage that reads both ways.

use crate::support::{ALONE, Answer, Client, OPERATOR, OWN_PARK, PLANNER, Server, own_city};
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
    let server = Server::start_with(&city, &[ALONE]);
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
    let server = Server::start_with(&city, &[ALONE]);
    let client = Client::guest(&server);
    assert!(codes(&client, "parcel", "2026-09-01").is_disjoint(&members) && codes(&client, "parcel", "2026-08-15").is_superset(&members));
}

#[test]
fn each_wrong_step_is_refused_and_changes_nothing() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[ALONE]);
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
    let server = Server::start_with(&city, &[ALONE]);
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

fn split(client: &Client, parcel: &str, how: Value) -> Answer {
    draft(client, &json!({ "kind": "split", "parcels": [parcel], "split": how }))
}

fn to_force(client: &Client, drafted: &Value, date: &str) -> Value {
    let reviewed = advance(client, drafted, "reviewed", None).json();
    let done = advance(client, &reviewed, "in_force", Some(date));
    assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.bytes));
    done.json()
}

fn children(instrument: &Value) -> Vec<String> {
    instrument["children"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

/// A parcel of some size in the operator's park, its area, and the corners of its box in lon/lat.
fn large_parcel(client: &Client) -> (String, f64, [f64; 4]) {
    let found = client.query("/collections/parcel/items", &[("limit", "1000"), ("park", OWN_PARK)]).json();
    let area = |feature: &Value| feature["properties"]["planar_area_m2"].as_f64().unwrap();
    let features = found["features"].as_array().unwrap();
    let largest = features.iter().max_by(|a, b| area(a).total_cmp(&area(b))).unwrap();
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    let mut open = vec![&largest["geometry"]["coordinates"]];
    while let Some(next) = open.pop() {
        match next[0].as_f64().zip(next[1].as_f64()) {
            Some((x, y)) => bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)],
            None => open.extend(next.as_array().into_iter().flatten()),
        }
    }
    (largest["id"].as_str().unwrap().to_owned(), area(largest), bounds)
}

#[test]
fn a_parcel_is_split_and_made_whole_again() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[ALONE]);
    let client = Client::signed_in(&server, PLANNER);
    let (parcel, area, _) = large_parcel(&client);
    let before = codes(&client, "parcel", "2026-03-01");
    let drafted = split(&client, &parcel, json!({ "equal": 3 }));
    assert_eq!(drafted.status, 201, "{}", String::from_utf8_lossy(&drafted.bytes));
    let drafted = drafted.json();
    let code = drafted["code"].as_str().unwrap().to_owned();
    let parts = children(&drafted);
    assert_eq!(parts, [1, 2, 3].map(|number| format!("{code}-{number}")));
    assert_eq!((&drafted["kind"], &drafted["park"], &drafted["parents"]), (&json!("split"), &json!(OWN_PARK), &json!([parcel])));

    // The ledger: one row in, three equal parts out, and what the plan parcels measure is what it says.
    let ledger = &drafted["ledger"];
    assert_eq!((ledger["rows"].as_array().unwrap().len(), &ledger["rows"][0]["parcel"]), (1, &json!(parcel)));
    assert!(ledger["residual_m2"].as_f64().unwrap().abs() <= 1e-6 && ledger["split"]["equal"] == 3 && ledger["split"]["direction_deg"].is_f64());
    let mut sum = 0.0;
    for (part, row) in parts.iter().zip(ledger["children"].as_array().unwrap()) {
        let own = client.get(&format!("/collections/plan_parcel/items/{part}")).json();
        let own_m2 = own["properties"]["planar_area_m2"].as_f64().unwrap();
        assert!(row["parcel"] == part.as_str() && (row["planar_area_m2"].as_f64().unwrap() - own_m2).abs() < 1e-6, "{row}");
        assert!((own_m2 - area / 3.0).abs() < 1e-6 && own["properties"]["park"] == OWN_PARK && own["properties"]["state"] == "draft");
        sum += own_m2;
    }
    assert!((sum - area).abs() <= 1e-6 && (ledger["out_m2"].as_f64().unwrap() - sum).abs() <= 1e-6);
    assert_eq!(drafted["outline"]["type"], "MultiPolygon");
    assert!(codes(&client, "plan_parcel", "2026-03-01").is_empty(), "a draft changes nothing");

    to_force(&client, &drafted, "2026-03-01");
    let all: BTreeSet<String> = parts.iter().cloned().collect();
    for (day, is_split) in [("2026-02-28", false), ("2026-03-01", true)] {
        assert_eq!(codes(&client, "parcel", day).contains(&parcel), !is_split, "{day}");
        assert_eq!(codes(&client, "plan_parcel", day), if is_split { all.clone() } else { BTreeSet::new() }, "{day}");
    }
    for piece in [&parcel, &parts[2]] {
        let lineage = client.get(&format!("/lineage/{piece}")).json();
        assert_eq!((lineage["nodes"].as_array().unwrap().len(), lineage["edges"].as_array().unwrap().len()), (4, 3));
        let alive: Vec<&str> =
            lineage["nodes"].as_array().unwrap().iter().filter(|node| node["alive"] == true).map(|node| node["code"].as_str().unwrap()).collect();
        assert_eq!(alive, parts, "all parts stand today, the parcel does not");
    }
    assert_eq!(split(&client, &parcel, json!({ "equal": 2 })).problem(409)["type"], "urn:parkplan:problem:parent_ended");

    // A part may be split again; then the first split cannot be undone before that one is.
    let again = split(&client, &parts[0], json!({ "areas_m2": [area / 9.0], "direction_deg": 30 })).json();
    assert_eq!((children(&again).len(), &again["park"]), (2, &json!(OWN_PARK)));
    let again = to_force(&client, &again, "2026-04-01");
    let refused = draft(&client, &json!({ "kind": "undo", "undoes": code })).problem(409);
    assert_eq!(refused["type"], "urn:parkplan:problem:built_upon");
    for (undoes, day) in [(again["code"].as_str().unwrap(), "2026-05-01"), (&code, "2026-06-01")] {
        let undo = draft(&client, &json!({ "kind": "undo", "undoes": undoes })).json();
        assert_eq!(undo["outline"]["type"], "MultiPolygon", "of what it ends");
        to_force(&client, &undo, day);
    }
    assert_eq!(codes(&client, "plan_parcel", "2026-05-01"), all, "the part that was split stands again");
    assert_eq!((codes(&client, "parcel", "2026-06-01"), codes(&client, "plan_parcel", "2026-06-01").len()), (before, 0));
    assert!(!codes(&client, "parcel", "2026-05-31").contains(&parcel), "the time between stays as it was");

    // A draft that is withdrawn takes all of its parts along.
    let other = split(&client, &parcel, json!({ "equal": 4 })).json();
    advance(&client, &other, "withdrawn", None);
    for part in children(&other) {
        assert_eq!(client.get(&format!("/collections/plan_parcel/items/{part}")).json()["properties"]["state"], "withdrawn");
    }
}

#[test]
fn a_drawn_line_parts_a_parcel_and_its_parts_may_merge() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[ALONE]);
    let client = Client::signed_in(&server, PLANNER);
    let (parcel, area, [west, south, east, north]) = large_parcel(&client);
    let middle = (west + east) / 2.0;
    let line = json!({ "type": "LineString", "coordinates": [[middle, south - 0.001], [middle, north + 0.001]] });
    let feature = json!({ "type": "FeatureCollection", "features": [{ "type": "Feature", "properties": {}, "geometry": line }] });
    let drafted = split(&client, &parcel, json!({ "line": feature })).json();
    let parts = children(&drafted);
    assert!(parts.len() >= 2 && drafted["ledger"]["split"]["line"] == feature, "{drafted}");
    to_force(&client, &drafted, "2026-03-01");
    let merged = draft(&client, &json!({ "kind": "merge", "parcels": parts })).json();
    assert!((merged["ledger"]["sum_in_m2"].as_f64().unwrap() - area).abs() <= 1e-6, "nothing is lost on the way");
    to_force(&client, &merged, "2026-04-01");
    let lineage = client.get(&format!("/lineage/{parcel}")).json();
    assert_eq!(lineage["edges"].as_array().unwrap().len(), 2 * parts.len());
}

#[test]
fn a_split_that_cannot_be_says_what_where_and_how_to_mend_it() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[ALONE]);
    let client = Client::signed_in(&server, PLANNER);
    let (parcel, area, [west, south, east, north]) = large_parcel(&client);
    let line = |points: Value| json!({ "line": { "type": "LineString", "coordinates": points } });
    let far = line(json!([[west - 0.01, north + 0.01], [east + 0.01, north + 0.01]]));
    let loose = line(json!([[west, south], [west, south]]));
    let knot = line(json!([[west, south], [east, north], [east, south], [west, north]]));
    let crossed = [("not_parted", far), ("line", loose), ("line_crosses_itself", knot)].map(|(kind, how)| (422, kind, "/split/line", how));
    let others = [
        (422, "areas_exceed", "/split/areas_m2", json!({ "areas_m2": [area, 500] })),
        (400, "areas", "/split/areas_m2/1", json!({ "areas_m2": [1000, -3] })),
        (400, "parts", "/split/equal", json!({ "equal": 1 })),
        (400, "parts", "/split/equal", json!({ "equal": 101 })),
        (400, "split", "/split", json!({})),
        (400, "split", "/split", json!({ "equal": 2, "areas_m2": [1000] })),
        (400, "line", "/split/line", json!({ "line": { "type": "Point", "coordinates": [west, south] } })),
        (400, "line", "/split/line", line(json!([[west, south], ["x", north]]))),
        (400, "direction", "/split/direction_deg", json!({ "line": {}, "direction_deg": 3 })),
    ];
    let texts = |status: u16, how: &Value, lang: &str| {
        let body = json!({ "kind": "split", "parcels": [parcel], "split": how }).to_string();
        client.send("POST", "/instruments", &[("accept-language", lang)], &body).problem(status)
    };
    for (status, kind, place, how) in crossed.into_iter().chain(others) {
        let (zh, en) = (texts(status, &how, "zh"), texts(status, &how, "en"));
        assert_eq!(en["type"], format!("urn:parkplan:problem:{kind}"), "{how} {en}");
        assert!(en.to_string().contains(place), "{place} {en}");
        assert_ne!(zh["detail"], en["detail"]);
    }
    let excess = texts(422, &json!({ "areas_m2": [area, 500] }), "en");
    assert!(excess["detail"].as_str().unwrap().contains("500.00 m² more"), "the excess is named: {excess}");
    draft(&client, &json!({ "kind": "split", "parcels": [], "split": { "equal": 2 } })).problem(400);
    draft(&client, &json!({ "kind": "split", "parcels": [parcel, "b"], "split": { "equal": 2 } })).problem(400);
    draft(&client, &json!({ "kind": "merge", "parcels": [parcel], "split": { "equal": 2 } })).problem(400);
    draft(&client, &json!({ "kind": "split", "parcels": ["no-such"], "split": { "equal": 2 } })).problem(404);
    assert!(client.get("/instruments").json()["instruments"].as_array().unwrap().is_empty());
}

#[test]
fn land_costs_and_banks_the_same_in_the_action_plan_whether_it_was_split_first_or_not() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[ALONE]);
    let client = Client::signed_in(&server, PLANNER);
    let (parcels, _) = site(&client);
    let planned = || {
        let inputs = json!({ "parks": [OWN_PARK], "source": "accepted", "from": 2026, "to": 2030, "as_of": "2026-09-01" });
        let answer = client.execute("actionplan", inputs).json();
        let sites = answer["sites"].as_array().expect("sites").clone();
        assert_eq!(sites.len(), 1, "{answer}");
        let figure = |name: &str| sites[0][name].as_f64().unwrap_or_else(|| panic!("{name} of {}", sites[0]));
        (figure("area_ha"), figure("cost_wan"))
    };
    let reviewed = |members: &[String]| {
        let drafted = draft(&client, &json!({ "kind": "merge", "parcels": members }));
        assert_eq!(drafted.status, 201, "{}", String::from_utf8_lossy(&drafted.bytes));
        advance(&client, &drafted.json(), "reviewed", None).json()
    };
    let near = |a: (f64, f64), b: (f64, f64)| assert!((a.0 - b.0).abs() < 1e-6 && (a.1 - b.1).abs() < 1e-3, "{a:?} {b:?}");
    let plain = reviewed(&parcels);
    let whole = planned();
    assert_eq!(advance(&client, &plain, "withdrawn", None).status, 200);

    let parts = children(&to_force(&client, &split(&client, &parcels[0], json!({ "equal": 3 })).json(), "2026-02-01"));
    let members: Vec<String> = parts.iter().chain(&parcels[1..]).cloned().collect();
    let merged = reviewed(&members);
    near(planned(), whole);

    // Merged into one plan parcel, which is taken into a further merge: it counts once.
    let merged = advance(&client, &merged, "in_force", Some("2026-03-01")).json();
    near(planned(), whole);
    reviewed(&children(&merged));
    near(planned(), whole);
}
