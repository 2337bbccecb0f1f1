//! Site matching and requirements: what each reader sees of a match, the way of a requirement to its end, and the way from a floor to requirements.

use crate::support::{Answer, Client, OPERATOR, OTHER_PARK, OWN_PARK, PLANNER, Server, own_city, reading};
use serde_json::{Value, json};
use std::path::Path;

const REQUIREMENTS: &str = "/collections/requirement/items";
const FIRM: &str = "示例机器人有限公司";
const CONTACT: &str = "王工 13800000000";

fn post(client: &Client, body: &Value) -> Answer {
    client.send("POST", REQUIREMENTS, &[], &body.to_string())
}

fn patch(client: &Client, code: &str, body: &Value) -> Answer {
    let place = format!("{REQUIREMENTS}/{code}");
    let etag = client.get(&place).header("etag").to_owned();
    client.send("PATCH", &place, &[("if-match", &etag)], &body.to_string())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn pointers(problem: &Value) -> Vec<&str> {
    let mut pointers: Vec<&str> = list(&problem["errors"]).iter().filter_map(|error| error["pointer"].as_str()).collect();
    pointers.sort_unstable();
    pointers
}

fn need() -> Value {
    json!({ "cluster": "c24-robot", "area_min_m2": 1000, "load_kn_m2": 8, "fire_class": "丁", "by": "2027-09-01" })
}

fn texts(city: &Path, sql: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(city).unwrap();
    let mut query = connection.prepare(sql).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn floors_of(city: &Path, park: &str) -> Vec<String> {
    texts(
        city,
        &format!(
            "SELECT DISTINCT f.code FROM floor f JOIN building b ON b.code = f.building JOIN unit u ON u.building = f.building AND u.floor = f.floor \
             WHERE b.park = '{park}' AND u.state = 'vacant' ORDER BY f.code LIMIT 3"
        ),
    )
}

#[test]
fn sites_come_in_pages_of_one_order_and_say_what_fits() {
    let client = Client::guest(reading());
    let ask = |more: Value| {
        let mut inputs = json!({ "need": need(), "as_of": "2026-09-01" });
        inputs.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.execute("match", inputs).json()
    };
    let all = ask(json!({ "limit": 60 }));
    let sites = list(&all["sites"]);
    assert_eq!((sites.len(), &all["counts"]["criteria"][0]["id"]), (60, &json!("cluster")));
    let counts = |of: &str| all["counts"][of].as_u64().unwrap();
    assert_eq!(counts("candidates"), counts("floors") + counts("parcels"));
    for count in list(&all["counts"]["criteria"]) {
        assert_eq!(count["pass"].as_u64().unwrap() + count["fail"].as_u64().unwrap() + count["unknown"].as_u64().unwrap(), counts("candidates"));
    }
    for (at, site) in sites.iter().enumerate() {
        assert_eq!(site["rank"], at + 1);
        let count = |verdict: &str| list(&site["criteria"]).iter().filter(|one| one["verdict"] == verdict).count();
        assert_eq!((&site["fails"], &site["unknowns"]), (&json!(count("fail")), &json!(count("unknown"))));
        assert_eq!(list(&site["criteria"]).len(), 5);
    }
    let rank = |site: &Value| (site["fails"].as_u64(), site["unknowns"].as_u64());
    assert!(sites.windows(2).all(|two| rank(&two[0]) <= rank(&two[1])));
    let second = ask(json!({ "limit": 20, "offset": 20 }));
    assert_eq!(list(&second["sites"]), &sites[20..40], "a page is a part of the whole");
    let parcels = ask(json!({ "kinds": ["parcel"], "limit": 5 }));
    assert!(parcels["counts"]["floors"] == 0 && list(&parcels["sites"]).iter().all(|site| site["kind"] == "parcel" && site["state"] == "spare"));
    let one = ask(json!({ "sites": [sites[7]["id"]] }));
    assert_eq!((&one["counts"]["candidates"], &one["sites"][0]["criteria"]), (&json!(1), &sites[7]["criteria"]));
}

#[test]
fn what_cannot_be_asked_is_refused_with_its_place() {
    let client = Client::guest(reading());
    for (inputs, status, place) in [
        (json!({}), 400, "/inputs/need"),
        (json!({ "need": { "cluster": "c24-nothing" } }), 400, "/inputs/need/cluster"),
        (json!({ "need": { "area_min_m2": 3, "area_max_m2": 2 } }), 400, "/inputs/need/area_max_m2"),
        (json!({ "need": { "load_kn_m2": 0 } }), 400, "/inputs/need/load_kn_m2"),
        (json!({ "need": { "fire_class": "三" } }), 400, "/inputs/need/fire_class"),
        (json!({ "need": { "districts": ["440306", "nowhere"] } }), 404, "/inputs/need/districts/1"),
        (json!({ "need": { "by": "2027-02-30" } }), 400, "/inputs/need/by"),
        (json!({ "need": need(), "sites": ["nowhere"] }), 404, "/inputs/sites/0"),
        (json!({ "need": need(), "limit": 0 }), 400, "/inputs/limit"),
    ] {
        let problem = client.execute("match", inputs.clone()).problem(status);
        assert!(problem.to_string().contains(place), "{inputs}: {problem}");
    }
    client.execute("tenants", json!({})).problem(400);
    client.execute("tenants", json!({ "site": "nowhere" })).problem(404);
    client.execute("tenants", json!({ "site": "x", "building": "y" })).problem(400);
    client.execute("tenants", json!({ "building": "nowhere", "floor": "1F" })).problem(404);
}

/// The end of a lease reaches the operator of its park alone, in verdicts, order and counts, at once and as the result of a job.
#[test]
fn a_lease_is_for_the_operator_of_its_park() {
    let (_folder, city) = own_city();
    let tenants = texts(&city, "SELECT DISTINCT tenant FROM unit WHERE tenant IS NOT NULL ORDER BY 1 LIMIT 40");
    let floors =
        texts(&city, &format!("SELECT f.code FROM floor f JOIN building b ON b.code = f.building WHERE b.park IN ('{OWN_PARK}', '{OTHER_PARK}')"));
    let server = Server::start(&city);
    let clients = [Client::guest(&server), Client::signed_in(&server, PLANNER), Client::signed_in(&server, OPERATOR)];
    let inputs = json!({ "need": need(), "sites": floors, "as_of": "2026-09-01", "limit": 10_000 });
    let [guest, planner, operator] = clients.each_ref().map(|client| client.execute("match", inputs.clone()));
    for answer in [&guest, &planner, &operator] {
        let text = String::from_utf8_lossy(&answer.bytes);
        assert!(!tenants.iter().any(|tenant| text.contains(tenant.as_str())) && !text.contains("rent"), "no tenant, no rent");
    }
    let [guest, planner, operator] = [guest, planner, operator].map(|answer| answer.json());
    assert_eq!(guest, planner);
    let known = |answer: &Value| -> Vec<(String, String)> {
        let let_ = list(&answer["sites"]).iter().filter(|site| site["state"] == "let");
        let date = |site: &Value| list(&site["criteria"]).iter().find(|one| one["id"] == "date").is_some_and(|one| one["verdict"] != "unknown");
        let known = let_.filter(|site| date(site));
        known.map(|site| (site["park"].as_str().unwrap_or_default().to_owned(), site["id"].as_str().unwrap().to_owned())).collect()
    };
    assert!(list(&guest["sites"]).iter().any(|site| site["state"] == "let") && known(&guest).is_empty());
    let own = known(&operator);
    assert!(!own.is_empty() && own.iter().all(|(park, _)| park == OWN_PARK), "{own:?}");
    assert_eq!(guest["counts"]["candidates"], operator["counts"]["candidates"]);
    let date = |answer: &Value| list(&answer["counts"]["criteria"]).iter().find(|count| count["id"] == "date").unwrap()["unknown"].as_u64().unwrap();
    assert_eq!(date(&guest) - date(&operator), own.len() as u64);
    // What others read of the own park's floors, and of everything else, is the same.
    let others = |answer: &Value| -> Vec<String> {
        let sites = list(&answer["sites"]).iter().filter(|site| !own.iter().any(|(_, id)| site["id"] == id.as_str()));
        sites.map(|site| site["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(others(&guest), others(&operator));
}

#[test]
fn a_requirement_goes_its_way_and_stays_as_it_was_closed() {
    let (_folder, city) = own_city();
    let floors = floors_of(&city, OWN_PARK);
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let bad = json!({ "firm": FIRM, "area_min_m2": 0, "fire_class": "丙三", "districts": ["nowhere"], "state": "signed", "reason": "x", "opened_on": "2999-01-01" });
    assert_eq!(
        pointers(&post(&planner, &bad).problem(422)),
        ["/area_min_m2", "/cluster", "/districts", "/fire_class", "/offered", "/opened_on", "/signed_site", "/state"]
    );
    assert_eq!(pointers(&post(&planner, &json!({ "area_min_m2": 30, "area_max_m2": 20 })).problem(422)), ["/area_max_m2"]);
    let made = post(&planner, &json!({ "firm": FIRM, "contact": CONTACT, "cluster": "c24-robot", "area_min_m2": 1000, "districts": ["440306"] }));
    let row = made.json()["properties"].clone();
    assert_eq!((made.status, &row["code"], &row["state"], row["opened_on"].is_string()), (201, &json!("RQ-0001"), &json!("open"), true), "{row}");
    let state = |answer: Answer| (answer.status, answer.json()["properties"]["state"].as_str().unwrap_or_default().to_owned());
    let go = |body: Value| patch(&planner, "RQ-0001", &body);
    assert_eq!(pointers(&go(json!({ "state": "visiting" })).problem(422)), ["/offered", "/state"]);
    assert_eq!(pointers(&go(json!({ "offered": ["nowhere"] })).problem(422)), ["/offered"]);
    assert_eq!(state(go(json!({ "offered": [floors[0]] }))), (200, "offered".into()), "the first offer moves it on");
    assert_eq!(state(go(json!({ "offered": [] }))), (200, "open".into()), "the last one taken back moves it back");
    assert_eq!(state(go(json!({ "offered": [floors[0], floors[1]] }))), (200, "offered".into()));
    assert_eq!(pointers(&go(json!({ "state": "signed", "signed_site": floors[0] })).problem(422)), ["/state"], "nobody signs unseen");
    assert_eq!(state(go(json!({ "state": "visiting" }))), (200, "visiting".into()));
    assert_eq!(pointers(&go(json!({ "state": "signed" })).problem(422)), ["/signed_site"]);
    assert_eq!(pointers(&go(json!({ "state": "signed", "signed_site": floors[2] })).problem(422)), ["/signed_site"]);
    assert_eq!(pointers(&go(json!({ "reason": "x" })).problem(422)), ["/reason"]);
    let signed = go(json!({ "state": "signed", "signed_site": floors[1], "reason": "首选" })).json()["properties"].clone();
    assert!(signed["state"] == "signed" && signed["closed_on"].is_string(), "{signed}");
    assert_eq!(pointers(&go(json!({ "state": "open" })).problem(422)), ["/state"]);
    assert_eq!(pointers(&go(json!({ "note": "x" })).problem(422)), ["/state"]);
    assert_eq!(post(&planner, &json!({ "cluster": "c24-ai" })).status, 201);
    assert_eq!(pointers(&patch(&planner, "RQ-0002", &json!({ "state": "withdrawn" })).problem(422)), ["/reason"]);
    assert_eq!(state(patch(&planner, "RQ-0002", &json!({ "state": "withdrawn", "reason": "企业改址外市" }))), (200, "withdrawn".into()));
}

#[test]
fn firm_and_contact_are_for_planners_and_operators_offer_their_own_floors() {
    let (_folder, city) = own_city();
    let (own, other) = (floors_of(&city, OWN_PARK), floors_of(&city, OTHER_PARK));
    let server = Server::start(&city);
    let (guest, planner, operator) = (Client::guest(&server), Client::signed_in(&server, PLANNER), Client::signed_in(&server, OPERATOR));
    let body = json!({ "firm": FIRM, "contact": CONTACT, "note": "先看首层", "cluster": "c24-robot", "area_min_m2": 800, "load_kn_m2": 5 });
    post(&guest, &body).problem(401);
    post(&operator, &body).problem(403);
    assert_eq!(post(&planner, &body).status, 201);
    assert_eq!(post(&planner, &json!({ "firm": FIRM, "cluster": "c24-ai", "area_min_m2": 90_000 })).status, 201);
    assert_eq!(patch(&planner, "RQ-0002", &json!({ "state": "withdrawn", "reason": "暂缓" })).status, 200);

    // Who reads what: closed ones are the planner's alone.
    let ids = |client: &Client| list(&client.get(REQUIREMENTS).json()["features"]).iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_eq!((ids(&guest), ids(&operator), ids(&planner)), (vec![], vec![json!("RQ-0001")], vec![json!("RQ-0001"), json!("RQ-0002")]));
    guest.get(&format!("{REQUIREMENTS}/RQ-0001")).problem(404);
    let tenants = json!({ "site": own[0], "as_of": "2026-09-01" });
    let execution = json!({ "inputs": tenants }).to_string();
    for (client, whole, some) in [(&guest, false, false), (&operator, false, true), (&planner, true, true)] {
        for text in [
            client.get(REQUIREMENTS),
            client.get(&format!("{REQUIREMENTS}/RQ-0001")),
            client.get(&format!("{REQUIREMENTS}?f=csv")),
            client.get("/changes?since=0"),
            client.get("/collections/requirement/summary"),
            client.get("/search?q=RQ-0001"),
            client.send("POST", "/exports", &[], &json!({ "collection": "requirement", "format": "csv" }).to_string()),
            client.send("POST", "/processes/tenants/execution", &[], &execution),
        ] {
            let text = String::from_utf8_lossy(&text.bytes).into_owned();
            assert!(whole || !text.contains(FIRM) && !text.contains(CONTACT) && !text.contains("先看首层"), "{text}");
            assert!(some || !text.contains("c24-robot"), "{text}");
        }
    }
    assert!(String::from_utf8_lossy(&planner.get(REQUIREMENTS).bytes).contains(CONTACT));

    // The way from a floor: open ones alone, and none for guests.
    let suited = operator.execute("tenants", tenants.clone()).json();
    assert_eq!((list(&suited["requirements"]).len(), &suited["requirements"][0]["requirement"]), (1, &json!("RQ-0001")), "{suited}");
    let matched = operator.execute("match", json!({ "need": suited["requirements"][0]["need"], "sites": [own[0]], "as_of": "2026-09-01" })).json();
    assert_eq!(matched["sites"][0]["criteria"], suited["requirements"][0]["criteria"], "both ways judge alike");
    let site = &matched["sites"][0];
    let by_label = json!({ "building": site["building"], "floor": site["floor"], "as_of": "2026-09-01" });
    assert_eq!(operator.execute("tenants", by_label).json()["requirements"], suited["requirements"]);
    assert_eq!(guest.execute("tenants", tenants).json()["requirements"], json!([]));

    // An operator offers his own floors and takes them back; nothing else.
    for body in
        [json!({ "offered": [other[0]] }), json!({ "area_min_m2": 1 }), json!({ "firm": "x" }), json!({ "state": "withdrawn", "reason": "x" })]
    {
        patch(&operator, "RQ-0001", &body).problem(403);
    }
    let offered = patch(&operator, "RQ-0001", &json!({ "offered": [own[0]] }));
    assert_eq!((offered.status, &offered.json()["properties"]["state"]), (200, &json!("offered")), "{}", offered.json());
    assert_eq!(patch(&planner, "RQ-0001", &json!({ "offered": [own[0], other[0]] })).status, 200);
    patch(&operator, "RQ-0001", &json!({ "offered": [own[0]] })).problem(403);
    assert_eq!(patch(&operator, "RQ-0001", &json!({ "offered": [other[0], own[1]] })).status, 200);
    assert_eq!(patch(&planner, "RQ-0001", &json!({ "state": "visiting" })).status, 200);
    patch(&operator, "RQ-0001", &json!({ "state": "offered" })).problem(403);
    let etag = operator.get(&format!("{REQUIREMENTS}/RQ-0001")).header("etag").to_owned();
    operator.send("DELETE", &format!("{REQUIREMENTS}/RQ-0001"), &[("if-match", &etag)], "").problem(403);
    let kept = planner.get(&format!("{REQUIREMENTS}/RQ-0001")).json()["properties"].clone();
    assert_eq!((&kept["firm"], &kept["contact"]), (&json!(FIRM), &json!(CONTACT)), "what an operator does not see stays");
}
