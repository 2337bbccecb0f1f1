//! A title over HTTP: two people, what is frozen, what stays and what differs later.

use super::*;
use crate::support::{ADMIN, ALONE, OPERATOR, OWN_PARK, PLANNER, REVIEWER, Server, own_city, parkplan};
use parkplan::domain::run::sha256_hex;

/// Canonical JSON writes 10 for 10.0.
fn same(a: &Value, b: &Value) -> bool {
    a == b || a.is_number() && a.as_f64() == b.as_f64()
}

fn next<'a>(one: &'a Value, step: &str) -> &'a Value {
    one["next"].as_array().unwrap().iter().find(|next| next["step"] == step).unwrap_or(&Value::Null)
}

#[test]
fn a_park_is_designated_by_two_people_and_its_evidence_stays() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
    let guest = Client::guest(&server);
    let drafted = draft(&planner, OWN_PARK);
    assert_eq!((&drafted["state"], &drafted["park"], &drafted["editable"]), (&json!("draft"), &json!(OWN_PARK), &json!(true)));
    assert_eq!(next(&drafted, "submit")["may"], true);

    // Only drafts are edited, and an edit is checked like a move.
    let place = format!("/designations/{}", drafted["code"].as_str().unwrap());
    let tag = drafted["etag"].as_str().unwrap();
    planner.send("PATCH", &place, &[], &json!({ "basis": "新的依据" }).to_string()).problem(428);
    let edited = planner.send("PATCH", &place, &[("if-match", tag)], &json!({ "basis": "新的依据" }).to_string());
    assert_eq!(edited.status, 200);
    let edited = edited.json();
    assert_eq!((&edited["basis"], &edited["lead_cluster"]), (&json!("新的依据"), &drafted["lead_cluster"]));
    planner.send("PATCH", &place, &[("if-match", tag)], &json!({ "basis": "旧的" }).to_string()).problem(412);
    let wrong = json!({ "lead_cluster": "c24-none" }).to_string();
    assert_eq!(code_of(&planner.send("PATCH", &place, &[("if-match", "*")], &wrong).problem(400)), "no_lead_cluster");

    let submitted = advance(&planner, &edited, "submit", json!({})).json();
    assert_eq!(submitted["state"], "district_review");
    assert_eq!(code_of(&planner.send("PATCH", &place, &[("if-match", "*")], "{}").problem(409)), "not_a_draft");
    assert_eq!((&next(&submitted, "forward")["may"], &next(&submitted, "forward")["because"]), (&json!(false), &json!("role")));
    advance(&planner, &submitted, "forward", json!({})).problem(403);
    let forwarded = advance(&reviewer, &submitted, "forward", json!({})).json();
    assert_eq!(code_of(&advance(&reviewer, &forwarded, "reject", json!({})).problem(400)), "reason");
    let stale = advance(&reviewer, &submitted, "designate", json!({})).problem(412);
    assert_eq!((&stale["current"]["state"], stale["current"]["history"].as_array().map(Vec::len)), (&json!("city_review"), Some(4)));
    let title = advance(&reviewer, &forwarded, "designate", json!({})).json();
    assert_eq!((&title["state"], &title["passes"], &title["evidence_holds"]), (&json!("designated"), &json!(true), &json!(true)));

    // S10: what is frozen is the whole card, by hash, in the chain.
    let operator = Client::signed_in(&server, OPERATOR);
    let sha256 = title["evidence_sha256"].as_str().unwrap();
    let text = frozen_text(&city, drafted["code"].as_str().unwrap());
    assert_eq!(sha256_hex(text.as_bytes()), sha256);
    let card: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(parkplan::domain::jcs::canonical(&card), text, "canonical");
    let live = operator.execute("designate", json!({ "park": OWN_PARK })).json();
    // Totals of other parks that rest on few firms stand in it: nobody is given the text, everybody the rest.
    assert!(card["field"].as_array().unwrap().iter().any(|peer| peer["withheld"] == true && peer["total"].is_number()));
    for reader in [&guest, &reviewer, &operator] {
        assert_eq!(code_of(&reader.get(&format!("{place}/evidence/{sha256}")).problem(403)), "evidence_withheld");
        let told = reader.get(&place).json()["evidence"].clone();
        assert!(told["field"].as_array().unwrap().iter().all(|peer| peer["withheld"] == false || peer["total"].is_null()), "{told}");
    }
    let live = &live["parks"][0];
    for member in ["total", "grade", "rank"] {
        assert!(same(&card[member], &live[member]), "{member}");
    }
    for (frozen, live) in card["indicators"].as_array().unwrap().iter().zip(live["indicators"].as_array().unwrap()) {
        for member in ["id", "value", "unit", "threshold", "verdict", "source", "as_of", "score", "weight"] {
            assert!(same(&frozen[member], &live[member]), "{} {member}: {} {}", frozen["id"], frozen[member], live[member]);
        }
        // Firms that were left out count without their codes.
        let (frozen, live) = (frozen["excluded"].as_array().unwrap(), live["excluded"].as_array().unwrap());
        let counts = |list: &[Value]| list.iter().map(|left| (left["reason"].clone(), left["count"].clone())).collect::<Vec<_>>();
        assert_eq!(counts(frozen), counts(live));
    }
    assert!(card["pack"]["hash"].as_str().is_some_and(|hash| hash.len() == 64) && card["revision"].is_i64() && card["input_hash"].is_string());
    assert_eq!(live["life"]["state"], "designated");
    let decided = &title["history"][0];
    assert_eq!((&decided["what"], &decided["evidence_sha256"], &decided["account"]), (&json!("designate"), &json!(sha256), &json!("reviewer")));
    assert_eq!((&title["head"]["seq"], &title["head"]["hash"]), (&decided["seq"], &decided["hash"]));
    guest.get(&format!("{place}/evidence/{}", "0".repeat(64))).problem(404);

    // Whoever is told the rest cannot try figures against the hash: the salt is told with the whole text only.
    assert!(card["salt"].as_str().is_some_and(|salt| salt.len() == 64));
    assert_eq!(guest.get(&place).json()["evidence"]["salt"], Value::Null);
    // Before it was decided it was no title, whatever it is today.
    let listed = |query: &str| guest.get(&format!("/designations?{query}")).json()["designations"].as_array().map(Vec::len);
    assert_eq!((listed("state=designated"), listed("state=designated&at=2020-01-01"), listed("at=2020-01-01")), (Some(1), Some(0), Some(0)));
    assert_eq!(code_of(&guest.get("/designations?grade=Z").problem(400)), "grade");

    // Another application for the same park has to wait.
    let again = planner.send("POST", "/designations", &[], &json!({ "park": OWN_PARK }).to_string());
    assert_eq!(code_of(&again.problem(409)), "designation_open");

    // The data changes afterwards: the decision stays, today differs.
    let before = operator.get(&format!("{place}/today")).json();
    assert_eq!((&before["frozen"]["reproduces"], &before["frozen"]["total"]), (&json!(true), &card["total"]));
    let units = operator.get(&format!("/units?park={OWN_PARK}&limit=400")).json();
    let mut emptied = 0;
    for unit in units["units"].as_array().unwrap().iter().filter(|unit| unit["state"] == "let").take(30) {
        let patch = json!({ "state": "vacant", "tenant": null, "rent_yuan_m2_month": null, "lease_end": null, "as_of": today() }).to_string();
        let tag = unit["etag"].as_str().unwrap();
        let answer = operator.send("PATCH", &format!("/units/{}", unit["id"].as_str().unwrap()), &[("if-match", tag)], &patch);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        emptied += 1;
    }
    assert!(emptied > 0);
    let after = operator.get(&format!("{place}/today")).json();
    let changed: Vec<&str> = after["today"]["changed"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(changed.contains(&"let_rate"), "{changed:?}");
    assert_eq!(after["frozen"], before["frozen"]);
    assert_ne!(after["today"]["total"], before["today"]["total"]);
    let now = reviewer.get(&place).json();
    assert_eq!((&now["evidence"], &now["evidence_sha256"], &now["evidence_holds"]), (&title["evidence"], &title["evidence_sha256"], &json!(true)));

    // Kept, then revoked; the evidence of the first decision can still be read.
    let kept = advance(&reviewer, &now_for(&reviewer, &place), "keep", json!({}));
    if after["today"]["passes"] == true {
        let kept = kept.json();
        assert_eq!((&kept["state"], &kept["history"][0]["what"]), (&json!("designated"), &json!("keep")));
        assert_ne!(kept["evidence_sha256"], title["evidence_sha256"]);
    } else {
        assert_eq!(code_of(&kept.problem(409)), "does_not_pass");
    }
    guest.get(&format!("{place}/evidence/{sha256}")).problem(403);
    let revoked = advance(&reviewer, &now_for(&reviewer, &place), "revoke", json!({ "reason": "连续不达标" })).json();
    assert_eq!((&revoked["state"], &revoked["valid_through"], &revoked["reasons"]), (&json!("revoked"), &Value::Null, &json!("连续不达标")));
    assert!(revoked["next"].as_array().unwrap().is_empty());
    assert_eq!(verify(&city, &[]).0, Some(0));
    draft(&planner, OWN_PARK);
}

/// As it is stored.
fn frozen_text(city: &std::path::Path, code: &str) -> String {
    let file = rusqlite::Connection::open(city).unwrap();
    file.query_row("SELECT evidence FROM designation WHERE code = ?1", [code], |row| row.get(0)).unwrap()
}

fn now_for(client: &Client, place: &str) -> Value {
    client.get(place).json()
}

fn today() -> String {
    parkplan::service::today()
}

#[test]
fn guests_see_the_register_without_accounts_and_nobody_sees_what_is_private() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
    let guest = Client::guest(&server);
    let title = designated(&planner, &reviewer, PASSING[0]);
    let place = format!("/designations/{}", title["code"].as_str().unwrap());
    let read = guest.get(&place).json();
    assert!(read["history"].as_array().unwrap().iter().all(|entry| entry["account"].is_null()));
    let routes = [
        place.clone(),
        format!("{place}/today"),
        "/designations".to_owned(),
        "/designations/register?format=csv".to_owned(),
        "/designations/register?format=geojson".to_owned(),
        "/collections/designation/items".to_owned(),
        "/collections/designation/schema".to_owned(),
        "/changes?collection=designation".to_owned(),
    ];
    for route in &routes {
        let answer = guest.get(route);
        assert_eq!(answer.status, 200, "{route}");
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        for private in
            ["\"account\":\"", "\"by\":\"planner", "\"by\":\"reviewer", "drafted_by", "submitted_by", "decided_by", "pack_text", "\\\"indicators\\\""]
        {
            assert!(!text.contains(private), "{route} has {private}");
        }
    }
    for column in ["drafted_by", "decided_by", "evidence"] {
        let filter = format!("{column} LIKE '%planner%'");
        assert_eq!(guest.query("/collections/designation/items", &[("filter", filter.as_str())]).status, 400, "no oracle by {column}");
    }
    // Firms' codes are left out of what is frozen, as out of the public card.
    let firms = Client::signed_in(&server, OPERATOR).get("/collections/firm/items?limit=50").json();
    let frozen = serde_json::to_string(&read["evidence"]).unwrap();
    for firm in firms["features"].as_array().unwrap() {
        assert!(!frozen.contains(firm["id"].as_str().unwrap()));
    }
    let one = guest.query("/collections/designation/items", &[("filter", "state = 'designated' AND grade = 'A'")]).json();
    assert_eq!((&one["numberMatched"], &one["features"][0]["properties"]["lead_cluster"]), (&json!(1), &title["lead_cluster"]));
    assert_eq!(guest.get("/designations?state=designated&grade=A").json()["designations"].as_array().map(Vec::len), Some(1));
    assert_eq!(guest.get("/designations?state=expired").json()["designations"].as_array().map(Vec::len), Some(0));
    assert_eq!(guest.get("/designations?state=expired&at=2040-01-01").json()["designations"].as_array().map(Vec::len), Some(1));
    guest.send("POST", "/designations", &[], &json!({ "park": PASSING[1] }).to_string()).problem(401);
    Client::signed_in(&server, OPERATOR).send("POST", "/designations", &[], &json!({ "park": PASSING[1] }).to_string()).problem(403);
    planner.send_bare("POST", "/designations", &[], &json!({ "park": PASSING[1] }).to_string()).problem(403);
    let model = json!({ "park": PASSING[1], "pack": "designation-sichuan" }).to_string();
    assert_eq!(code_of(&planner.send("POST", "/designations", &[], &model).problem(400)), "model_pack");
    planner.send("POST", "/designations", &[], &json!({ "park": "XX-99" }).to_string()).problem(404);
}

#[test]
fn one_person_decides_only_where_the_configuration_says_so() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (admin, planner) = (Client::signed_in(&server, ADMIN), Client::signed_in(&server, PLANNER));
    let drafted = draft(&planner, PASSING[0]);
    let submitted = advance(&admin, &drafted, "submit", json!({})).json();
    assert_eq!(next(&submitted, "forward")["because"], "two_persons");
    let refused = advance(&admin, &submitted, "forward", json!({})).problem(403);
    assert_eq!(code_of(&refused), "two_persons");
    // Nor once it came back and another one submitted it, nor who edited a draft of somebody else's.
    let reviewer = Client::signed_in(&server, REVIEWER);
    let returned = advance(&reviewer, &submitted, "return", json!({ "reason": "补材料" })).json();
    let submitted = advance(&planner, &returned, "submit", json!({})).json();
    assert_eq!(code_of(&advance(&admin, &submitted, "forward", json!({})).problem(403)), "two_persons");
    let other = draft(&planner, PASSING[1]);
    let place = format!("/designations/{}", other["code"].as_str().unwrap());
    let edited = admin.send("PATCH", &place, &[("if-match", other["etag"].as_str().unwrap())], &json!({ "basis": "另一依据" }).to_string()).json();
    let other = advance(&planner, &edited, "submit", json!({})).json();
    assert_eq!(code_of(&advance(&admin, &other, "forward", json!({})).problem(403)), "two_persons");
    assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains("admin") && detail.contains("two_persons")), "{refused}");

    // The same of instruments: who drafted does not bring into force.
    let parcels = planner.execute("consolidate", json!({ "park": OWN_PARK, "min_area_ha": 2, "sites": 1, "time_limit": 5 })).json();
    let parcels = &parcels["candidates"][0]["sites"][0]["parcels"];
    let made = planner.send("POST", "/instruments", &[], &json!({ "kind": "merge", "parcels": parcels }).to_string()).json();
    let to = |client: &Client, seen: &Value, to: &str| {
        let path = format!("/instruments/{}/transitions", seen["code"].as_str().unwrap());
        client.send("POST", &path, &[("if-match", seen["etag"].as_str().unwrap())], &json!({ "to": to }).to_string())
    };
    let reviewed = to(&planner, &made, "reviewed").json();
    assert_eq!(code_of(&to(&planner, &reviewed, "in_force").problem(403)), "two_persons");
    let reviewer = Client::signed_in(&server, REVIEWER);
    assert_eq!(to(&reviewer, &reviewer.get(&format!("/instruments/{}", reviewed["code"].as_str().unwrap())).json(), "in_force").status, 200);
    drop(server);

    let server = Server::start_with(&city, &[ALONE]);
    let admin = Client::signed_in(&server, ADMIN);
    let now = now_for(&admin, &format!("/designations/{}", drafted["code"].as_str().unwrap()));
    let forwarded = advance(&admin, &now, "forward", json!({})).json();
    assert_eq!(advance(&admin, &forwarded, "designate", json!({})).json()["state"], "designated");
    drop(server);
    let refused = std::process::Command::new(crate::support::PARKPLAN)
        .args(["serve", path(&city), "--listen", "127.0.0.1:0"])
        .env("PARKPLAN_TWO_PERSONS", "perhaps")
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1), "a slip of the pen does not turn the rule off");
}

/// By commands, with a pack of one's own: the rules change afterwards, and three answers stand side by side.
#[test]
fn after_the_rules_change_the_decision_stays_and_three_answers_stand_side_by_side() {
    let (folder, city) = own_city();
    let pack = folder.path().join("old.toml");
    let text = include_str!("../../geodata/rules/designation-featured-park.toml");
    let weight = |id: &str, from: u8, to: u8| (format!("{id}.weight = {{ value = {from},"), format!("{id}.weight = {{ value = {to},"));
    let mut old = text.replace("version = \"2026.2\"", "version = \"2025.9\"");
    for (now, then) in [weight("lead_output", 10, 13), weight("lead_firms", 8, 5)] {
        assert!(old.contains(&now));
        old = old.replace(&now, &then);
    }
    assert_ne!(old, text);
    std::fs::write(&pack, &old).unwrap();
    let city = path(&city);
    let run = |args: &[&str]| -> Value {
        let args: Vec<&str> = ["--json", "designation"].iter().chain(args).copied().collect();
        let output = parkplan(&args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let drafted = run(&["draft", city, "--park", PASSING[0], "--pack", path(&pack)]);
    let code = drafted["code"].as_str().unwrap();
    assert_eq!(drafted["pack_version"], "2025.9");
    // A kept text is what judges: the file may go.
    std::fs::remove_file(&pack).unwrap();
    for step in ["submit", "forward"] {
        run(&["move", city, code, "--step", step]);
    }
    let own = folder.path().join("new.toml");
    std::fs::write(&own, text).unwrap();
    let refused = crate::support::refused(&["designation", "move", city, code, "--step", "designate", "--pack", path(&own)]);
    assert_eq!(refused["code"], "pack_of_application");
    run(&["move", city, code, "--step", "designate"]);
    let decided = run(&["show", city, code]);
    let answer = run(&["today", city, code]);
    let (frozen, by_frozen, today) = (&answer["frozen"], &answer["today_by_frozen"], &answer["today"]);
    assert_eq!(frozen["reproduces"], true);
    assert!(same(&frozen["total"], &decided["evidence"]["total"]), "{answer}");
    assert_eq!(frozen["pack"]["version"], "2025.9");
    assert_eq!((&by_frozen["total"], &by_frozen["pack"]), (&frozen["total"], &frozen["pack"]), "the data is as it was");
    assert_eq!(today["pack"]["version"], "2026.2");
    assert_ne!(today["total"], frozen["total"], "other weights");
    assert_eq!(run(&["show", city, code])["evidence"], decided["evidence"]);
    run(&["move", city, code, "--step", "keep"]);
    let kept = run(&["show", city, code]);
    assert_eq!(kept["pack_version"], "2026.2", "a title is kept by the rules in force");
    assert!(same(&kept["evidence"]["total"], &today["total"]), "{kept}");
    let table = String::from_utf8(parkplan(&["--lang", "en", "designation", "today", city, code]).stdout).unwrap();
    assert_eq!(table.lines().count(), 4);
    assert_eq!(crate::support::refused(&["designation", "move", city, code, "--step", "hop"])["code"], "step");
}

#[test]
fn frozen_values_reproduce_every_park_s_card() {
    use parkplan::analysis::designation::{FrozenCard, again};
    use parkplan::service::designations::{About, chosen_pack, freeze};
    let city = city();
    let rules = parkplan::rules::RuleSet::shipped();
    let pack = chosen_pack(rules, None).unwrap();
    let read = parkplan::rules::DesignationPack::read(&pack).unwrap();
    let day = parkplan::domain::stated_day(&today()).unwrap();
    let parks = city.table(LayerId::Park);
    for row in (0..parks.len()).step_by(4) {
        let frozen = freeze(&city, &About { park: parks.key(row), lead_cluster: None, as_of: day }, &pack).unwrap();
        let mut card: FrozenCard = serde_json::from_str(&frozen.evidence).unwrap();
        assert!(again(&card, &read).reproduces(&card), "{}", card.park);
        // One figure forged is noticed.
        let weighed = card.indicators.iter_mut().find(|one| one.weight.is_some() && one.score.is_some_and(|score| score < 1.0)).unwrap();
        weighed.score = Some(1.0);
        assert!(!again(&card, &read).reproduces(&card), "{}", card.park);
    }
    let other = parkplan::rules::DesignationPack::read(&rules.choose("designation-hangzhou", &["designation"]).unwrap().pack("designation").unwrap())
        .unwrap();
    let frozen = freeze(&city, &About { park: FAILING, lead_cluster: None, as_of: day }, &pack).unwrap();
    let card: FrozenCard = serde_json::from_str(&frozen.evidence).unwrap();
    assert!(!again(&card, &other).reproduces(&card));
}
