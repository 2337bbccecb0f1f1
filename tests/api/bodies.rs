//! Request bodies: what is not JSON of the one form that is taken, or says a thing twice, or says what nobody reads, is refused.

use crate::support::{Client, OPERATOR, OWN_PARK, PLANNER, reading};
use serde_json::json;
use std::io::Read;
use std::time::{Duration, Instant};

/// Every route that takes a body, with one that it would read.
const TAKERS: [(&str, &str); 11] = [
    ("/processes/designate/execution", r#"{"inputs":{}}"#),
    ("/collections/park/search", "{}"),
    ("/collections/park/summary", "{}"),
    ("/exports", r#"{"collection":"park"}"#),
    ("/plans", r#"{"name":"x","kind":"selection"}"#),
    ("/instruments", r#"{"kind":"merge","parcels":[]}"#),
    ("/instruments/x/transitions", r#"{"to":"draft"}"#),
    ("/units:batch", r#"{"confirm":[],"as_of":"2026-09-01"}"#),
    ("/session", r#"{"account":"a","password":"b"}"#),
    ("/session/setup", r#"{"token":"t","account":"a","password":"b","role":"admin"}"#),
    ("/processes/consolidate/execution", r#"{"inputs":{}}"#),
];

#[test]
fn only_json_is_taken_and_the_answer_says_so() {
    let client = Client::guest(reading());
    for (path, body) in TAKERS {
        for other in ["text/plain", "application/x-www-form-urlencoded", "text/json"] {
            let problem = client.send("POST", path, &[("content-type", other)], body).problem(415);
            assert!(problem["detail"].as_str().unwrap().contains("application/json"), "{path} {other}: {problem}");
        }
    }
    let unit = client.get(&format!("/units?park={OWN_PARK}&limit=1")).json()["units"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/units/{unit}");
    let operator = Client::signed_in(reading(), OPERATOR);
    for other in ["text/plain", "application/json-patch+json"] {
        let problem = operator.send("PATCH", &path, &[("if-match", "*"), ("content-type", other)], "{}").problem(415);
        assert!(problem["detail"].as_str().unwrap().contains("application/merge-patch+json"), "{problem}");
    }
    for taken in ["application/merge-patch+json", "application/json", "Application/JSON; charset=utf-8"] {
        operator.send("PATCH", &path, &[("if-match", "\"x\""), ("content-type", taken)], "{}").problem(412);
    }
}

#[test]
fn a_body_is_an_object_and_says_nothing_twice() {
    let client = Client::guest(reading());
    for (path, body) in TAKERS {
        for broken in ["", "[]", "1", "null", &body[..body.len() - 1]] {
            client.send("POST", path, &[], broken).problem(400);
        }
        let twice = format!("{{\"x\":1,\"x\":1,{}", &body[1..]).replace(",}", "}");
        let problem = client.send("POST", path, &[], &twice).problem(400);
        assert!(problem["place"] == "/x" && problem["type"].as_str().unwrap().ends_with("member_twice"), "{path}: {problem}");
        let unknown = format!("{{\"unheard\":1,{}", &body[1..]).replace(",}", "}");
        let problem = client.send("POST", path, &[], &unknown).problem(400);
        assert!(problem["detail"].as_str().unwrap().contains("unheard"), "{path}: {problem}");
    }
    let operator = Client::signed_in(reading(), OPERATOR);
    let unit = client.get(&format!("/units?park={OWN_PARK}&limit=1")).json()["units"][0]["id"].as_str().unwrap().to_owned();
    let patch = |body: &str| operator.send("PATCH", &format!("/units/{unit}"), &[("if-match", "*")], body).problem(400);
    assert_eq!(patch(r#"{"note":"a","note":"b"}"#)["place"], "/note");
    patch("[]");
    let inside =
        client.send("POST", "/processes/consolidate/execution", &[], r#"{"inputs":{"park":"a","weights":{"cost":1,"cost":2}}}"#).problem(400);
    assert_eq!(inside["place"], "/inputs/weights/cost");
}

#[test]
fn an_execution_says_what_the_standard_knows_and_no_more() {
    let client = Client::guest(reading());
    let execute = |body: &str| client.send("POST", "/processes/designate/execution", &[], body);
    for fine in [
        r#"{"inputs":{"as_of":"2026-09-01"},"outputs":{"answer":{"transmissionMode":"value"}},"response":"raw"}"#,
        r#"{"inputs":{"as_of":"2026-09-01"},"outputs":{}}"#,
        r#"{"inputs":{"as_of":"2026-09-01"}}"#,
    ] {
        assert_eq!(execute(fine).status, 200, "{fine}");
    }
    for other in [
        r#"{"input":{"as_of":"2026-09-01"}}"#,
        r#"{"inputs":{},"as_of":"2026-09-01"}"#,
        r#"{"inputs":{},"outputs":{"map":{}}}"#,
        r#"{"inputs":{},"response":"document"}"#,
        r#"{"inputs":[]}"#,
        r#"{"inputs":"x"}"#,
    ] {
        execute(other).problem(400);
    }
}

#[test]
fn what_is_kept_as_an_action_plan_can_be_followed() {
    let planner = Client::signed_in(reading(), PLANNER);
    for junk in [json!(null), json!({}), json!({ "sites": "x" }), json!({ "sites": [{ "park": "BA-01" }] })] {
        let body = json!({ "name": "废案", "kind": "actionplan", "result": junk }).to_string();
        let problem = planner.send("POST", "/plans", &[], &body).problem(400);
        assert_eq!(problem["place"], "/result/sites", "{problem}");
    }
}

/// A refusal takes what was sent first, so that the connection goes on; for what never comes it does not wait.
#[test]
fn a_refusal_does_not_wait_for_a_body_that_never_comes() {
    let mut told = String::new();
    let begun = Instant::now();
    reading().raw("GET /conformance?nope=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n").read_to_string(&mut told).unwrap();
    assert!(told.starts_with("HTTP/1.1 400") && told.contains("unknown_parameter"), "{told}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}
