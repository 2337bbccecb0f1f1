//! Virtual parks: who sees what, members by day, the same figures by SQL, and totals that know nothing of them.

use crate::support::{ADMIN, Client, OPERATOR, OWN_PARK, PARKPLAN, PLANNER, Server, own_city, path, reading};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const OWN: (&str, &str) = ("virtual-operator", "virtual-password");

/// Who belongs, and the firms that count, in terms of the file alone.
const UNION: &str = "WITH m AS (SELECT * FROM virtual_member WHERE virtual_park = ?1 AND admitted <= ?2 AND (\"left\" IS NULL OR \"left\" > ?2)),
  u AS (SELECT unit.* FROM unit JOIN m ON m.kind = 'building' AND m.building = unit.building),
  codes AS (SELECT firm AS code FROM m WHERE kind = 'firm'
            UNION SELECT firm.code FROM firm JOIN u ON u.tenant = firm.code OR u.tenant = firm.name),
  f AS (SELECT * FROM firm WHERE code IN (SELECT code FROM codes) AND (closed IS NULL OR closed > ?2))";

fn numbers(city: &Connection, park: &str, on: &str, select: &str) -> Vec<f64> {
    let sql = format!("{UNION} {select}");
    let mut query = city.prepare(&sql).unwrap();
    let columns = query.column_count();
    query.query_row([park, on], |row| (0..columns).map(|at| row.get::<_, Option<f64>>(at).map(Option::unwrap_or_default)).collect()).unwrap()
}

fn add_operator(city: &Path, park: &str) {
    let mut child = Command::new(PARKPLAN)
        .args(["user", "add", path(city), "--account", OWN.0, "--role", "operator", "--park", park])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    writeln!(child.stdin.take().expect("stdin"), "{}", OWN.1).expect("write");
    assert!(child.wait().expect("ends").success());
}

/// The sample's own day: on it nothing is dated later.
fn today(client: &Client) -> String {
    client.get("/?f=json").json()["city"]["as_of"].as_str().unwrap().to_owned()
}

fn ask(client: &Client, inputs: Value) -> Value {
    client.execute("virtualparks", inputs).json()
}

fn value(park: &Value, id: &str) -> Option<f64> {
    park["indicators"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()["value"].as_f64()
}

fn verdict<'a>(park: &'a Value, id: &str) -> &'a Value {
    &park["indicators"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()["verdict"]
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

#[test]
fn figures_are_those_that_sql_finds_on_every_day() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let file = Connection::open(&city).unwrap();
    // 2024 has no figures of its year: unknown there, too.
    let today = today(&planner);
    let last_year = today[..4].parse::<i32>().unwrap() - 1;
    for (day, year) in [(today.as_str(), last_year), ("2025-06-30", 2024), ("2025-12-15", 2024)] {
        for park in ["XN-01", "XN-02"] {
            let answer = ask(&planner, json!({ "as_of": day, "park": park }));
            let card = &answer["parks"][0];
            let counted = numbers(&file, park, day, "SELECT count(DISTINCT code), count(*) FROM f");
            assert_eq!(card["firms"].as_f64(), Some(counted[0]), "{park} {day}");
            let withheld = card["withheld"].as_array().unwrap();
            let told = |id: &str, known: f64, wanted: f64| {
                let found = value(card, id);
                match !withheld.contains(&json!(id)) && counted[1] > 0.0 && known / counted[1] >= 0.9 - 1e-9 {
                    true => assert!(found.is_some_and(|found| close(found, wanted)), "{park} {day} {id}: {found:?} {wanted}"),
                    false => assert_eq!(found, None, "{park} {day} {id}"),
                }
            };
            let sums = format!(
                "SELECT total(year = {year} AND output_wan >= 0), total(CASE WHEN year = {year} THEN output_wan END),
                        total(CASE WHEN year = {year} AND cluster = (SELECT json_extract(lead_clusters, '$[0]') FROM virtual_park WHERE code = ?1)
                              THEN output_wan END), total(above_scale), total(above_scale IS NOT NULL AND year || '-12-31' <= ?2) FROM f"
            );
            let sums = numbers(&file, park, day, &sums);
            told("output_total", sums[0], sums[1]);
            if sums[1] > 0.0 {
                told("lead_output", sums[0], sums[2] / sums[1]);
            }
            told("above_scale", sums[4], sums[3]);
            let floors = "SELECT count(*), total(CASE WHEN state = 'let' OR (state = 'fit_out' AND tenant IS NOT NULL) THEN area_m2 END),
                                 total(CASE WHEN state = 'vacant' OR (state = 'fit_out' AND tenant IS NULL) THEN area_m2 END)
                          FROM u WHERE use IN ('production', 'r_and_d', 'storage', 'office')";
            let floors = numbers(&file, park, day, floors);
            match floors[0] > 0.0 && day == today {
                true => assert!(close(value(card, "let_rate").unwrap(), floors[1] / (floors[1] + floors[2]))),
                false if floors[0] == 0.0 => assert_eq!(*verdict(card, "let_rate"), "not_applicable", "{park} {day}"),
                false => {}
            }
            for id in ["output_mu", "jobs_per_ha", "tax_per_mu"] {
                assert_eq!((verdict(card, id), value(card, id)), (&json!("not_applicable"), None));
            }
        }
    }
}

#[test]
fn members_come_and_go_by_their_days() {
    let planner = Client::signed_in(reading(), PLANNER);
    let current = |day: &str| -> Vec<String> {
        let answer = ask(&planner, json!({ "as_of": day, "park": "XN-01" }));
        let members = answer["parks"][0]["members"].as_array().unwrap();
        members.iter().filter(|one| one["current"] == true).map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    let answer = ask(&planner, json!({ "as_of": today(&planner), "park": "XN-01" }));
    let left = answer["parks"][0]["members"].as_array().unwrap().iter().find(|one| one["left"].is_string()).expect("one that left").clone();
    let (code, admitted, gone) = (left["code"].as_str().unwrap(), left["admitted"].as_str().unwrap(), left["left"].as_str().unwrap());
    let before = |day: &str| day.parse::<chrono::NaiveDate>().unwrap().pred_opt().unwrap().to_string();
    for (day, member) in [(before(admitted), false), (admitted.to_owned(), true), (before(gone), true), (gone.to_owned(), false)] {
        assert_eq!(current(&day).iter().any(|own| own == code), member, "{day}");
    }
}

#[test]
fn names_of_members_are_for_their_own_operator_and_few_firms_for_nobody() {
    let (_folder, city) = own_city();
    add_operator(&city, "XN-01");
    let file = Connection::open(&city).unwrap();
    let codes = |park: &str| -> Vec<(String, String)> {
        let mut query =
            file.prepare("SELECT DISTINCT firm.code, firm.name FROM firm JOIN virtual_member ON firm = firm.code WHERE virtual_park = ?1").unwrap();
        query.query_map([park], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let (first, second) = (codes("XN-01"), codes("XN-02"));
    assert!(first.len() > 5 && second.len() > 3);
    let server = Server::start(&city);
    let (guest, other) = (Client::guest(&server), Client::signed_in(&server, OPERATOR));
    let (planner, own) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, OWN));
    let inputs = json!({ "as_of": today(&planner) });
    for (client, may) in [(&guest, false), (&other, false), (&planner, false), (&own, true)] {
        let text = ask(client, inputs.clone()).to_string();
        let tells = |(code, name): &(String, String)| text.contains(code.as_str()) || text.contains(&format!("\"{name}\""));
        assert_eq!(first.iter().all(tells), may);
        assert_eq!(first.iter().any(tells), may);
        assert!(!second.iter().any(tells), "another virtual park's members");
    }
    // A tenant of a member building that is no member himself is nobody's to name here.
    let tenants: Vec<String> = {
        let mut query = file
            .prepare(
                "SELECT DISTINCT firm.code FROM firm JOIN unit ON unit.tenant = firm.name JOIN virtual_member ON virtual_member.building = unit.building
                 WHERE firm.code NOT IN (SELECT firm FROM virtual_member WHERE firm IS NOT NULL)",
            )
            .unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(!tenants.is_empty());
    let text = ask(&own, inputs.clone()).to_string();
    assert!(!tenants.iter().any(|code| text.contains(code.as_str())));

    let card = |client: &Client| ask(client, inputs.clone())["parks"][0].clone();
    let (public, inside) = (card(&guest), card(&own));
    assert_eq!((&public["own"], &inside["own"]), (&json!(false), &json!(true)));
    assert_eq!((value(&public, "above_scale"), value(&public, "mean_rent")), (None, None));
    assert!(value(&inside, "above_scale").is_some() && value(&public, "let_rate").is_some());
    assert!(public["members"].as_array().unwrap().iter().all(|one| one["kind"] == "building"));
    assert!(public["points"].as_array().unwrap().iter().all(|one| one["kind"] == "building"));

    // Two firms: what they make together stays between them and their operator.
    let day = |body: Value| planner.send("POST", "/collections/virtual_park/items", &[], &body.to_string());
    assert_eq!(day(json!({ "code": "XN-09", "name": "两家" })).status, 201);
    for (code, _) in first.iter().take(2) {
        let body = json!({ "virtual_park": "XN-09", "kind": "firm", "firm": code, "admitted": "2026-01-01" });
        assert_eq!(planner.send("POST", "/collections/virtual_member/items", &[], &body.to_string()).status, 201);
    }
    let few = ask(&planner, json!({ "as_of": today(&planner), "park": "XN-09" }))["parks"][0].clone();
    assert_eq!((value(&few, "above_scale"), &few["firms"]), (None, &Value::Null));
    assert!(few["withheld"].as_array().unwrap().contains(&json!("above_scale")));
    assert!(few["hull"].is_null() || few["points"].as_array().unwrap().len() > 2);
    guest.execute("virtualparks", json!({ "park": OWN_PARK })).problem(404);
}

#[test]
fn who_admits_a_firm_learns_nothing_of_it_before_the_quarter_is_over() {
    let (_folder, city) = own_city();
    add_operator(&city, "XN-02");
    let stranger: String = Connection::open(&city)
        .unwrap()
        .query_row("SELECT code FROM firm WHERE code NOT IN (SELECT firm FROM virtual_member WHERE firm IS NOT NULL) AND output_wan > 0", [], |row| {
            row.get(0)
        })
        .unwrap();
    let server = Server::start(&city);
    let (planner, own) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, OWN));
    let card = |client: &Client| ask(client, json!({ "as_of": today(&planner), "park": "XN-02" }))["parks"][0].clone();
    let before = card(&own);
    assert!(value(&before, "output_total").is_some());
    let body = json!({ "virtual_park": "XN-02", "kind": "firm", "firm": stranger, "admitted": "2026-01-01" });
    let made = own.send("POST", "/collections/virtual_member/items", &[], &body.to_string());
    assert_eq!(made.status, 201);
    let place = format!("/collections/virtual_member/items/{}", made.json()["id"].as_str().unwrap());
    for client in [&own, &planner] {
        let after = card(client);
        let told: Vec<&str> = ["output_total", "above_scale", "lead_output"].into_iter().filter(|id| value(&after, id).is_some()).collect();
        assert!(told.is_empty(), "{told:?}");
    }
    // What was recorded in error this quarter is taken out; the roll of past quarters stays.
    let old = planner.get("/collections/virtual_member/items?limit=1&filter=virtual_park%3D%27XN-02%27").json()["features"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = planner.send("DELETE", &format!("/collections/virtual_member/items/{old}"), &[("if-match", "*")], "");
    assert_eq!(refused.problem(403)["type"], "urn:parkplan:problem:member_history");
    assert_eq!(planner.send("DELETE", &place, &[("if-match", "*")], "").status, 204);
    assert_eq!(value(&card(&own), "output_total"), value(&before, "output_total"));
    // A row that was changed is history too: to let a member leave and to strike it out tells of it.
    let patched = planner.send(
        "PATCH",
        &format!("/collections/virtual_member/items/{old}"),
        &[("if-match", "*")],
        &json!({ "left": today(&planner) }).to_string(),
    );
    assert_eq!(patched.status, 200);
    assert_eq!(planner.send("DELETE", &format!("/collections/virtual_member/items/{old}"), &[("if-match", "*")], "").status, 403);
}

#[test]
fn no_total_of_the_city_knows_of_virtual_parks() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, admin) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, ADMIN));
    let totals = || -> Value {
        let designate = planner.execute("designate", json!({ "as_of": today(&planner) })).json();
        let allocate = planner.execute("allocate", json!({ "as_of": today(&planner) })).json();
        let sums = ["parcel", "building", "park", "unit"].map(|layer| planner.get(&format!("/collections/{layer}/summary")).json());
        json!({ "parks": designate["parks"], "matrix": allocate["matrix"], "overlap": allocate["overlap"], "best": allocate["best"], "sums": sums })
    };
    let with = totals();
    for layer in ["virtual_member", "virtual_park"] {
        let page = planner.get(&format!("/collections/{layer}/items?limit=1000")).json();
        for row in page["features"].as_array().unwrap() {
            let place = format!("/collections/{layer}/items/{}", row["id"].as_str().unwrap());
            assert_eq!(admin.send("DELETE", &place, &[("if-match", "*")], "").status, 204);
        }
    }
    assert!(ask(&planner, json!({ "as_of": today(&planner) }))["parks"].as_array().unwrap().is_empty());
    assert!(with == totals(), "the totals changed when the virtual parks went");
    let collections = planner.get("/collections").json();
    let of = |name: &str| collections["collections"].as_array().unwrap().iter().find(|one| one["id"] == name).unwrap().clone();
    assert!(of("virtual_park")["extent"].is_null(), "a hull is no layer");
    planner.get("/collections/virtual_park/tilejson.json").problem(404);
}
