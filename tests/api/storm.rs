//! Reading while others write: no answer mixes two revisions, and no entity tag names another one than the body's.

use crate::support::{Client, OPERATOR, OWN_PARK, Server, own_city};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Commits of the storm.
const COMMITS: usize = 60;

#[test]
fn a_reader_in_a_storm_of_commits_never_sees_two_revisions_in_one_answer() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let units = operator.get(&format!("/units?park={OWN_PARK}&limit=10000")).json();
    let building = units["units"][0]["building"].as_str().unwrap().to_owned();
    let mine: Vec<&Value> = units["units"].as_array().unwrap().iter().filter(|unit| unit["building"] == building.as_str()).collect();
    assert!(mine.len() > 3, "a building with several units");
    let ids: Vec<&str> = mine.iter().map(|unit| unit["id"].as_str().unwrap()).collect();
    // Every commit confirms the whole building on another day: a list with two days in it is of two revisions.
    let confirm = |day: usize| {
        let batch: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "etag": "*" })).collect();
        let body = json!({ "confirm": batch, "as_of": format!("2026-0{}-{:02}", 1 + day / 28, 1 + day % 28) });
        let done = operator.send("POST", "/units:batch", &[], &body.to_string()).json();
        assert_eq!(done["refused"], json!([]));
    };
    // A confirmation never goes back; the form may.
    for id in &ids {
        assert_eq!(operator.send("PATCH", &format!("/units/{id}"), &[("if-match", "*")], r#"{"as_of":"2026-01-01"}"#).status, 200);
    }
    confirm(0);
    let (over, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for reader in 0..3 {
            let (over, answers, server, building, ids) = (&over, &answers, &server, &building, &ids);
            scope.spawn(move || {
                let client = Client::signed_in(server, OPERATOR);
                let mut round = reader;
                while !over.load(Ordering::Relaxed) {
                    let days = |units: &Value| -> Vec<String> {
                        units.as_array().unwrap().iter().map(|unit| unit["as_of"].as_str().unwrap_or_default().to_owned()).collect()
                    };
                    let list = client.get(&format!("/units?building={building}")).json();
                    let mut seen = days(&list["units"]);
                    seen.dedup();
                    assert_eq!(seen.len(), 1, "one list, one revision");
                    let stack = client.get(&format!("/buildings/{building}/stack")).json();
                    let mut seen: Vec<String> = stack["floors"].as_array().unwrap().iter().flat_map(|floor| days(&floor["units"])).collect();
                    seen.dedup();
                    assert_eq!(seen.len(), 1, "one stack, one revision");
                    let unit = client.get(&format!("/units/{}", ids[round % ids.len()]));
                    let body = unit.json();
                    assert!(unit.header("etag").starts_with(&format!("\"u{}.", body["revision"])), "{}", unit.header("etag"));
                    assert_eq!(body["etag"], json!(unit.header("etag")));
                    round += 1;
                    answers.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        (1..=COMMITS).for_each(confirm);
        over.store(true, Ordering::Relaxed);
    });
    assert!(answers.into_inner() > COMMITS / 4, "the readers read");
}
