//! The log's chain: one byte flipped anywhere is located; a kill in the middle leaves nothing half.

use super::*;
use crate::support::{PLANNER, REVIEWER, Server, own_city};
use std::time::Duration;

fn open(city: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(city).unwrap()
}

#[test]
fn one_byte_of_the_log_flipped_is_located() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
    let title = designated(&planner, &reviewer, PASSING[0]);
    let kept = title["head"]["hash"].as_str().unwrap().to_owned();
    let seq = title["head"]["seq"].as_i64().unwrap();
    advance(&reviewer, &title, "revoke", json!({ "reason": "试验" }));
    drop(server);
    let (code, whole) = verify(&city, &["--head", &kept]);
    assert_eq!((code, &whole["fault"], whole["entries"].as_i64()), (Some(0), &Value::Null, whole["head"]["seq"].as_i64()));

    let located = |change: &str, more: &[&str]| {
        let copy = city.with_extension("flipped.gpkg");
        std::fs::copy(&city, &copy).unwrap();
        assert_eq!(open(&copy).execute(change, []).unwrap(), 1, "{change}");
        let (code, check) = verify(&copy, more);
        assert_eq!(code, Some(3), "{change}: {check}");
        (check["fault"]["seq"].as_i64().unwrap(), check["fault"]["why"].as_str().unwrap().to_owned())
    };
    let at = |seq: i64, why: &str| (seq, why.to_owned());
    // A figure of the evidence, a name, a day, the author: each by one letter.
    for column in ["after", "before", "account", "at", "collection", "id", "action", "source"] {
        let flip = format!("UPDATE change_log SET \"{column}\" = substr(\"{column}\", 1, length(\"{column}\") - 1) || '~' WHERE seq = {seq}");
        assert_eq!(located(&flip, &[]), at(seq, "body"), "{column}");
    }
    let inside = format!("UPDATE change_log SET after = replace(after, 'total', 'tptal') WHERE seq = {seq}");
    assert_eq!(located(&inside, &[]), at(seq, "body"));
    assert_eq!(located(&format!("UPDATE change_log SET revision = revision + 1 WHERE seq = {seq}"), &[]), at(seq, "body"));
    assert_eq!(located(&format!("UPDATE change_log SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = {seq}"), &[]), at(seq, "body"));
    assert_eq!(located(&format!("UPDATE change_log SET prev = replace(prev, substr(prev, 1, 1), 'x') WHERE seq = {seq}"), &[]), at(seq, "link"));
    assert_eq!(located(&format!("DELETE FROM change_log WHERE seq = {seq}"), &[]), at(seq, "seq"));
    assert_eq!(located(&format!("UPDATE change_log SET seq = seq + 100 WHERE seq = {}", seq + 1), &[]), at(seq + 1, "seq"));
    // What was cut off at the end leaves a chain that holds: the register, or a head that was written down, tells.
    let cut = format!("DELETE FROM change_log WHERE seq > {}", seq - 1);
    let copy = city.with_extension("cut.gpkg");
    std::fs::copy(&city, &copy).unwrap();
    assert_eq!(open(&copy).execute(&cut, []).unwrap(), 2);
    let (code, check) = verify(&copy, &[]);
    assert_eq!((code, &check["fault"], &check["rows"][0]["why"]), (Some(3), &Value::Null, &json!("changed")));
    let (code, check) = verify(&copy, &["--head", &kept]);
    assert_eq!((code, &check["fault"]["why"]), (Some(3), &json!("head")));
    assert_eq!(verify(&city, &["--head", "zz"]).0, Some(1), "a slip of the pen is no broken chain");
}

#[test]
fn a_register_that_was_changed_behind_the_log_is_told_and_no_certificate_is_made_of_it() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
    let title = designated(&planner, &reviewer, PASSING[0]);
    drop(server);
    let code = title["code"].as_str().unwrap();
    assert_eq!(verify(&city, &[]).1["rows"], json!([]));
    let forged = |change: &str| {
        let copy = city.with_extension("forged.gpkg");
        std::fs::copy(&city, &copy).unwrap();
        assert_eq!(open(&copy).execute(change, []).unwrap(), 1, "{change}");
        let (exit, check) = verify(&copy, &[]);
        assert_eq!((exit, &check["fault"]), (Some(3), &Value::Null), "{change}: {check}");
        let rows = check["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{change}: {check}");
        (copy, rows[0]["id"].as_str().unwrap().to_owned(), rows[0]["why"].as_str().unwrap().to_owned())
    };
    for change in [
        "UPDATE designation SET valid_through = '2099-12-31'",
        "UPDATE designation SET rank = rank + 1",
        "UPDATE designation SET grade = 'A+'",
        "UPDATE designation SET evidence = replace(evidence, '\"passes\":true', '\"passes\":false')",
        "UPDATE designation SET pack_text = '[]'",
    ] {
        let (copy, id, why) = forged(change);
        assert_eq!((id.as_str(), why.as_str()), (code, "changed"), "{change}");
        let refused = crate::support::refused(&["designation", "certificate", path(&copy), code, "--out", "-"]);
        assert_eq!(refused["code"], "not_as_logged", "{change}");
    }
    let (_, id, why) =
        forged("INSERT INTO designation (code, park, state, grade, valid_through) VALUES ('SP-2026-0099', 'BA-03', 'designated', 'A', '2099-12-31')");
    assert_eq!((id.as_str(), why.as_str()), ("SP-2026-0099", "unlogged"));
    let (_, id, why) = forged("DELETE FROM designation");
    assert_eq!((id.as_str(), why.as_str()), (code, "gone"));
}

#[test]
fn a_flipped_byte_of_the_frozen_evidence_itself_is_told() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
    let title = designated(&planner, &reviewer, PASSING[0]);
    drop(server);
    let changed = "UPDATE designation SET evidence = replace(evidence, '\"passes\":true', '\"passes\":false')";
    assert_eq!(open(&city).execute(changed, []).unwrap(), 1);
    let shown = crate::support::must(&["--json", "designation", "show", path(&city), title["code"].as_str().unwrap()]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["evidence_holds"], false);
    let today = crate::support::must(&["--json", "designation", "today", path(&city), title["code"].as_str().unwrap()]);
    let today: Value = serde_json::from_str(&today).unwrap();
    assert_eq!(today["frozen"]["reproduces"], false, "the forged figure does not add up");
}

#[test]
fn a_kill_in_the_middle_leaves_nothing_half() {
    let (_folder, city) = own_city();
    let mut ended_in = std::collections::BTreeSet::new();
    for round in 0..6u64 {
        let mut server = Server::start(&city);
        let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
        let listed = planner.get("/designations").json();
        let open = listed["designations"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["park"] == PASSING[1] && !one["next"].as_array().unwrap().is_empty())
            .cloned();
        let now = open.unwrap_or_else(|| draft(&planner, PASSING[1]));
        let (who, step) = match now["state"].as_str().unwrap() {
            "draft" => (&planner, "submit"),
            "district_review" => (&reviewer, "forward"),
            "city_review" => (&reviewer, "designate"),
            _ => (&reviewer, "revoke"),
        };
        std::thread::scope(|scope| {
            // The answer may never come.
            let asked = scope
                .spawn(|| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| advance(who, &now, step, json!({ "reason": "试验" })))).is_ok());
            std::thread::sleep(Duration::from_millis(round * 40));
            server.kill();
            let _ = asked.join();
        });
        drop(server);
        assert_eq!(verify(&city, &[]).0, Some(0), "round {round}");
        let shown = crate::support::must(&["--json", "designation", "show", path(&city), now["code"].as_str().unwrap()]);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let state = shown["state"].as_str().unwrap().to_owned();
        // Before or after, never between: a title has its dates and its evidence, and the log's last entry is of this state.
        let is_title = state == "designated";
        assert_eq!(shown["valid_through"].is_string(), is_title, "{shown}");
        assert_eq!(shown["evidence_holds"] == json!(true), is_title || state == "revoked");
        assert_eq!(shown["history"][0]["state"], json!(state));
        ended_in.insert(state);
    }
    assert!(ended_in.len() > 1, "{ended_in:?}");
}
