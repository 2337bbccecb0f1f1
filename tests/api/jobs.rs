//! Jobs over HTTP: the same answer as at once, seen by its owner only, ended when asked.

use crate::support::{Answer, Client, OWN_PARK, PLANNER, reading};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub(super) fn submit(client: &Client, process: &str, inputs: &Value) -> Answer {
    let path = format!("/processes/{process}/execution");
    client.send("POST", &path, &[("prefer", "respond-async")], &json!({ "inputs": inputs }).to_string())
}

pub(super) fn finished(client: &Client, place: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut last = 0;
    loop {
        let status = client.get(place).json();
        let progress = status["progress"].as_i64().unwrap();
        assert!((last..=100).contains(&progress), "progress does not run back: {last} → {progress}");
        last = progress;
        if !matches!(status["status"].as_str(), Some("accepted" | "running")) {
            return status;
        }
        assert!(Instant::now() < deadline, "{status}");
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn a_job_gives_what_the_same_run_gives_at_once() {
    let client = Client::guest(reading());
    let inputs = json!({ "park": OWN_PARK, "min_area_ha": 2, "sites": 2, "seed": 5 });
    let accepted = submit(&client, "consolidate", &inputs);
    assert_eq!((accepted.status, accepted.header("preference-applied")), (201, "respond-async"));
    let place = accepted.header("location").to_owned();
    assert_eq!(accepted.json()["type"], "process");
    let status = finished(&client, &place);
    assert_eq!((&status["status"], &status["progress"], &status["processID"]), (&json!("successful"), &json!(100), &json!("consolidate")));
    assert_eq!(client.get(&format!("{place}/results")).json(), client.execute("consolidate", inputs).json());
}

#[test]
fn a_failed_job_tells_its_fault_and_a_cancelled_one_has_no_result() {
    let client = Client::guest(reading());
    let place = submit(&client, "consolidate", &json!({ "park": "no-such" })).header("location").to_owned();
    let status = finished(&client, &place);
    assert_eq!(status["status"], "failed");
    assert!(status["message"].as_str().unwrap().contains("no-such"));
    client.get(&format!("{place}/results")).problem(404);

    let place = submit(&client, "consolidate", &json!({ "park": OWN_PARK, "sites": 8, "time_limit": 60 })).header("location").to_owned();
    let status = client.send("DELETE", &place, &[], "");
    assert_eq!((status.status, &status.json()["status"]), (200, &json!("dismissed")));
    client.get(&format!("{place}/results")).problem(404);
    client.send_bare("DELETE", &place, &[], "").problem(403);
    submit(&client, "no-such", &json!({})).problem(404);
    // A preference is one in any case, with parameters and beside others.
    let body = json!({ "inputs": { "park": OWN_PARK, "sites": 1 } }).to_string();
    let answer = client.send("POST", "/processes/consolidate/execution", &[("prefer", "wait=10, Respond-Async; note=\"a, b\"")], &body);
    assert_eq!((answer.status, answer.header("preference-applied")), (201, "respond-async"));
    client.get("/jobs/0000").problem(404);
}

#[test]
fn jobs_of_an_account_are_seen_by_it_alone() {
    let (guest, planner) = (Client::guest(reading()), Client::signed_in(reading(), PLANNER));
    let place = submit(&planner, "designate", &json!({})).header("location").to_owned();
    finished(&planner, &place);
    guest.get(&place).problem(404);
    guest.get(&format!("{place}/results")).problem(404);
    guest.send("DELETE", &place, &[], "").problem(404);
    assert_eq!(guest.get("/jobs").json()["jobs"], json!([]));
    let own = planner.get("/jobs").json();
    assert!(own["jobs"].as_array().unwrap().iter().any(|job| place.ends_with(job["jobID"].as_str().unwrap())));
}

#[test]
fn a_job_keeps_its_answer_whole_and_shows_each_reader_what_it_may_see() {
    let (guest, planner) = (Client::guest(reading()), Client::signed_in(reading(), PLANNER));
    let inputs = json!({ "park": OWN_PARK, "min_area_ha": 2, "sites": 2 });
    // A guest's job belongs to whoever knows its id.
    let place = submit(&guest, "consolidate", &inputs).header("location").to_owned();
    finished(&guest, &place);
    let rows = |client: &Client| {
        let answer = client.get(&format!("{place}/results")).json();
        answer["candidates"][0]["sites"][0]["ledger"]["rows"].as_array().unwrap().clone()
    };
    assert!(rows(&guest).iter().all(|row| row.get("owner").is_none()));
    assert!(rows(&planner).iter().any(|row| row["owner"].is_string()));
}
