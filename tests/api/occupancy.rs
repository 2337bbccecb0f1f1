//! Units: rights, optimistic locking, the change log, and a kill in mid-flight.

use crate::support::{Client, OPERATOR, OTHER_PARK, OWN_PARK, PLANNER, Server, own_city};
use serde_json::{Value, json};

fn some_unit(client: &Client, park: &str) -> Value {
    client.get(&format!("/units?park={park}&limit=1")).json()["units"][0].clone()
}

fn patch(client: &Client, unit: &Value, etag: Option<&str>, body: &Value) -> crate::support::Answer {
    let path = format!("/units/{}", unit["id"].as_str().unwrap());
    match etag {
        Some(etag) => client.send("PATCH", &path, &[("if-match", etag)], &body.to_string()),
        None => client.send("PATCH", &path, &[], &body.to_string()),
    }
}

#[test]
fn each_wrong_way_of_writing_has_its_own_answer() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (guest, operator, planner) = (Client::guest(&server), Client::signed_in(&server, OPERATOR), Client::signed_in(&server, PLANNER));
    let own = some_unit(&operator, OWN_PARK);
    let other = some_unit(&operator, OTHER_PARK);
    let etag = own["etag"].as_str().unwrap();
    let body = json!({ "state": "vacant", "tenant": null });

    patch(&guest, &own, Some(etag), &body).problem(401);
    patch(&planner, &own, Some(etag), &body).problem(403);
    patch(&operator, &other, Some(other["etag"].as_str().unwrap()), &body).problem(403);
    patch(&operator, &own, None, &body).problem(428);
    patch(&operator, &own, Some("\"u999\""), &body).problem(412);
    let path = format!("/units/{}", own["id"].as_str().unwrap());
    operator.send_bare("PATCH", &path, &[("if-match", etag)], &body.to_string()).problem(403);
    operator
        .send_bare("PATCH", &path, &[("if-match", etag), ("x-requested-with", "parkplan"), ("origin", "http://elsewhere.example")], &body.to_string())
        .problem(403);
    let invalid = patch(&operator, &own, Some(etag), &json!({ "state": "gone", "area_m2": -4, "revision": 9 })).problem(422);
    let mut pointers: Vec<&str> = invalid["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/area_m2", "/revision", "/state"]);
    let too_large = patch(&operator, &own, Some(etag), &json!({ "area_m2": 9_000_000 })).problem(422);
    assert_eq!(too_large["errors"][0]["pointer"], "/area_m2");
    assert_eq!(operator.get(&path).json()["etag"], etag, "nothing was changed");

    let done = patch(&operator, &own, Some(etag), &body);
    assert_eq!(done.status, 200);
    assert_ne!(done.header("etag"), etag);
    let stale = patch(&operator, &own, Some(etag), &json!({ "state": "let" })).problem(412);
    assert_eq!(stale["current"]["state"], "vacant", "the conflict shows what is there now");
}

#[test]
fn tenants_and_rents_are_seen_inside_their_park_only() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let let_unit = |client: &Client| -> Value {
        client.get(&format!("/units?park={OWN_PARK}&limit=10000")).json()["units"]
            .as_array()
            .unwrap()
            .iter()
            .find(|unit| unit["state"] == "let")
            .unwrap()
            .clone()
    };
    let seen = let_unit(&operator);
    let tenant = seen["tenant"].as_str().expect("the park's own operator sees the tenant").to_owned();
    patch(&operator, &seen, seen["etag"].as_str(), &json!({ "tenant": "秘密租户甲", "note": "秘密备注" }));
    let id = seen["id"].as_str().unwrap();
    let building = seen["building"].as_str().unwrap();
    for client in [Client::guest(&server), Client::signed_in(&server, PLANNER)] {
        let unit = let_unit(&client);
        assert!(unit.get("tenant").is_none() && unit.get("rent_yuan_m2_month").is_none());
        for path in [
            format!("/units/{id}"),
            format!("/units/{id}/history"),
            format!("/units?building={building}"),
            format!("/buildings/{building}/stack"),
            format!("/parks/{OWN_PARK}/occupancy"),
            "/collections/unit/items?limit=10000".to_owned(),
            "/changes?since=0".to_owned(),
        ] {
            let answer = client.get(&path);
            let text = String::from_utf8_lossy(&answer.bytes);
            assert!(!text.contains("秘密") && !text.contains(&format!("\"{tenant}\"")), "{path} tells a tenant");
        }
        client.query("/collections/unit/items", &[("filter", "tenant = '秘密租户甲'")]).problem(400);
        client.get("/collections/unit/items?sortby=tenant").problem(400);
    }
    let history = operator.get(&format!("/units/{id}/history")).json();
    let change = &history["changes"][0];
    assert_eq!((&change["by"], &change["after"]["tenant"]), (&"operator".into(), &"秘密租户甲".into()));
    assert_eq!(change["before"]["tenant"], tenant.as_str());
}

#[test]
fn two_writers_never_overwrite_each_other_in_silence() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let unit = some_unit(&operator, OWN_PARK);
    let path = format!("/units/{}", unit["id"].as_str().unwrap());
    let rounds = 60;
    let accepted: usize = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..2)
            .map(|writer| {
                let (server, path) = (&server, &path);
                scope.spawn(move || {
                    let client = Client::signed_in(server, OPERATOR);
                    (0..rounds)
                        .filter(|round| {
                            let etag = client.get(path).json()["etag"].as_str().unwrap().to_owned();
                            let body = json!({ "note": format!("{writer}-{round}") }).to_string();
                            client.send("PATCH", path, &[("if-match", &etag)], &body).status == 200
                        })
                        .count()
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    let history = operator.get(&format!("{path}/history")).json();
    let changes = history["changes"].as_array().unwrap();
    assert_eq!(changes.len(), accepted.min(200), "each accepted write is one entry");
    // Newest first: what each change found is what the one before it left.
    for pair in changes.windows(2) {
        assert_eq!(pair[0]["before"], pair[1]["after"]);
    }
}

#[test]
fn what_was_answered_survives_a_kill() {
    let (_folder, city) = own_city();
    let mut server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let units = operator.get(&format!("/units?park={OWN_PARK}&limit=40")).json();
    let mut answered = Vec::new();
    for unit in units["units"].as_array().unwrap() {
        let done = patch(&operator, unit, unit["etag"].as_str(), &json!({ "note": format!("确认 {}", unit["id"]) }));
        assert_eq!(done.status, 200);
        answered.push(done.json());
    }
    server.kill();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    for unit in &answered {
        let now = operator.get(&format!("/units/{}", unit["id"].as_str().unwrap())).json();
        assert_eq!((&now["note"], &now["etag"]), (&unit["note"], &unit["etag"]));
    }
    let integrity: String = {
        let connection = rusqlite::Connection::open(&city).unwrap();
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(integrity, "ok");
}

#[test]
fn confirming_a_building_tells_what_was_done_and_what_was_refused() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let units = operator.get(&format!("/units?park={OWN_PARK}&limit=3")).json();
    let mut confirm: Vec<Value> = units["units"].as_array().unwrap().iter().map(|unit| json!({ "id": unit["id"], "etag": unit["etag"] })).collect();
    confirm.push(json!({ "id": some_unit(&operator, OTHER_PARK)["id"], "etag": "\"u1\"" }));
    let as_of = operator.get("/?f=json").json()["city"]["as_of"].clone();
    let answer = operator.send("POST", "/units:batch", &[], &json!({ "confirm": confirm, "as_of": as_of }).to_string()).json();
    assert_eq!((answer["done"].as_array().unwrap().len(), answer["refused"].as_array().unwrap().len()), (3, 1));
    assert_eq!(answer["refused"][0]["code"], "other_park");
}

#[test]
fn guessing_passwords_is_slowed_down_and_sessions_end() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let guest = Client::guest(&server);
    let wrong = json!({ "account": "operator", "password": "guess" }).to_string();
    let statuses: Vec<u16> = (0..7).map(|_| guest.send("POST", "/session", &[], &wrong).status).collect();
    assert_eq!(&statuses[..5], [401; 5]);
    assert!(statuses[5..].contains(&429), "{statuses:?}");
    assert_eq!(guest.get("/session").json()["role"], "guest");
}

#[test]
fn the_first_account_comes_from_the_one_time_link_only() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("empty.gpkg");
    crate::support::must(&["new", crate::support::path(&city), "--crs", "EPSG:4547"]);
    let server = Server::start(&city);
    let guest = Client::guest(&server);
    assert_eq!(guest.get("/session").json()["setup"], true);
    let form = json!({ "token": "0".repeat(64), "account": "boss", "password": "long-enough-1", "role": "planner", "parks": [] }).to_string();
    for _ in 0..3 {
        guest.send("POST", "/session/setup", &[], &form).problem(403);
    }
    assert_eq!(guest.get("/session").json()["setup"], true, "a stranger's guess does not use the link up");
}
