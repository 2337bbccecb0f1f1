//! Tokens of programs: what they may do, and when they end.

use crate::support::{Client, OPERATOR, OWN_PARK, Server, must, own_city, path};
use serde_json::json;

#[test]
fn a_token_reads_or_writes_as_its_account_and_ends_with_it() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let token = |more: &[&str]| {
        let args = [&["user", "token", path(&city), "--account", OPERATOR.0], more].concat();
        format!("Bearer {}", must(&args).trim())
    };
    let (reading, writing) = (token(&[]), token(&["--write", "--days", "1"]));
    let client = Client::guest(&server);
    let who = client.get_with("/session", &[("authorization", &reading)]).json();
    assert_eq!((&who["account"], &who["signed_in"]), (&json!(OPERATOR.0), &json!(true)));
    let units = client.get_with(&format!("/units?park={OWN_PARK}&limit=1"), &[("authorization", &writing)]).json();
    let place = format!("/units/{}", units["units"][0]["id"].as_str().unwrap());
    let write = |token: &str| client.send_bare("PATCH", &place, &[("authorization", token), ("if-match", "*")], r#"{"note":"a"}"#);
    assert_eq!(write(&reading).problem(403)["type"], "urn:parkplan:problem:token_reads");
    assert_eq!(write(&writing).status, 200);
    // Another scope is another token, and what is none is no guest either.
    for wrong in [reading.replace("read", "write"), "Bearer x".to_owned(), "Basic b3BlcmF0b3I6".to_owned(), reading.replace("Bearer ", "")] {
        client.get_with("/session", &[("authorization", &wrong)]).problem(401);
    }
    // Kept is the hash only.
    let file = std::fs::read(&city).unwrap();
    let secret = reading.trim_start_matches("Bearer ").as_bytes();
    assert!(!file.windows(secret.len()).any(|part| part == secret));
    must(&["user", "parks", path(&city), "--account", OPERATOR.0, "--park", "BA-01"]);
    assert_eq!(write(&writing).status, 403, "rights are those of the moment");
    must(&["user", "role", path(&city), "--account", OPERATOR.0, "--role", "viewer"]);
    assert_eq!(client.get_with("/session", &[("authorization", &writing)]).json()["role"], "viewer");
    must(&["user", "disable", path(&city), "--account", OPERATOR.0]);
    client.get_with("/session", &[("authorization", &writing)]).problem(401);
}
