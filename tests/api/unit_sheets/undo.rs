//! Confirming, taking back, and reports.

use super::grid::{Grid, applied, revision, units};
use super::text;
use crate::support::{Client, OPERATOR, OWN_PARK, PLANNER, Server, add_account, own_city};
use serde_json::{Value, json};

fn confirm(client: &Client, units: &[Value], as_of: &str) -> crate::support::Answer {
    let confirm: Vec<Value> = units.iter().map(|unit| json!({ "id": unit["id"], "etag": "*" })).collect();
    client.send("POST", "/units:batch", &[], &json!({ "confirm": confirm, "as_of": as_of }).to_string())
}

fn undo(client: &Client, revision: &Value) -> crate::support::Answer {
    client.send("POST", "/units:undo", &[], &json!({ "revision": revision }).to_string())
}

#[test]
fn a_confirmation_is_taken_back_by_who_made_it_while_nothing_newer_has_touched_it() {
    let (_folder, city) = own_city();
    add_account(&city, ("second", "second-password"), &["--role", "operator", "--park", OWN_PARK]);
    let server = Server::start(&city);
    let (operator, second) = (Client::signed_in(&server, OPERATOR), Client::signed_in(&server, ("second", "second-password")));
    let today = text(&operator.get(&format!("/parks/{OWN_PARK}/occupancy")).json()["as_of"]).to_owned();
    let before: Vec<Value> = units(&operator).into_iter().take(5).collect();
    let same = |client: &Client| {
        let now: Vec<Value> = units(client).into_iter().take(5).collect();
        now == before
    };
    let made = confirm(&operator, &before, &today).json()["revision"].clone();
    assert!(!same(&operator));
    undo(&second, &made).problem(403);
    undo(&Client::guest(&server), &made).problem(401);
    undo(&operator, &json!(999_999)).problem(404);
    let back = undo(&operator, &made).json();
    assert_eq!(back["units"], 5);
    assert!(same(&operator), "everything is as it was, tags too");
    // The undoing can be undone; then another's change stands in the way, and is named.
    assert_eq!(undo(&operator, &back["revision"]).status, 200);
    let made = json!(revision(&operator));
    let (one, three) = (text(&before[1]["id"]), text(&before[3]["id"]));
    for id in [one, three] {
        assert_eq!(second.send("PATCH", &format!("/units/{id}"), &[("if-match", "*")], r#"{"note":"newer"}"#).status, 200);
    }
    let refused = undo(&operator, &made).problem(409);
    assert!(text(&refused["detail"]).contains(one) && text(&refused["detail"]).contains(three), "{refused}");
    assert_eq!(operator.get(&format!("/units/{one}")).json()["note"], "newer");
    // A table is taken back in the same way.
    let mut grid = Grid::template(&operator);
    grid.set(one, "备注", "by table".to_owned());
    let done = applied(&operator, &grid.book());
    assert_eq!(undo(&operator, &done["revision"]).json()["units"], 1);
    assert_eq!(operator.get(&format!("/units/{one}")).json()["note"], "newer");
}

#[test]
fn a_confirmation_never_makes_a_figure_older_and_a_bad_day_is_told_at_once() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let before: Vec<Value> = units(&operator).into_iter().take(3).collect();
    let at = revision(&operator);
    for day in ["2999-01-01", "2026-02-30", "yesterday", ""] {
        let problem = confirm(&operator, &before, day).problem(400);
        assert_eq!(problem["errors"][0]["pointer"], "/as_of", "{problem}");
    }
    let answer = confirm(&operator, &before, "2020-01-01").json();
    let codes: Vec<&str> = answer["refused"].as_array().unwrap().iter().map(|refused| text(&refused["code"])).collect();
    assert_eq!((codes, answer["done"].as_array().unwrap().len(), revision(&operator)), (vec!["as_of_backwards"; 3], 0, at));
}

#[test]
fn to_dos_stand_by_cause_and_building_with_floors_from_the_lowest() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let due = operator.get(&format!("/parks/{OWN_PARK}/occupancy")).json()["due"].as_array().unwrap().clone();
    let groups: Vec<(Value, Value)> = due.iter().map(|item| (item["kind"].clone(), item["building"].clone())).collect();
    let mut seen = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        if at > 0 && groups[at - 1] == *group {
            assert!(due[at - 1]["order"].as_i64() <= due[at]["order"].as_i64(), "{} {}", due[at - 1], due[at]);
            continue;
        }
        assert!(!seen.contains(group), "{group:?} stands in one place");
        seen.push(group.clone());
    }
    assert!(due.len() > seen.len(), "some building has several");
}

#[test]
fn reports_are_handed_in_once_and_corrected_after() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (operator, planner) = (Client::signed_in(&server, OPERATOR), Client::signed_in(&server, PLANNER));
    let list = |query: &str| planner.get(&format!("/reports?park={OWN_PARK}{query}")).json();
    let today = text(&list("")["as_of"]).to_owned();
    let year: i32 = today[..4].parse::<i32>().unwrap();
    let period = |list: &Value, end: &str| {
        let years = list["parks"][0]["years"].as_array().unwrap();
        let mut periods = years.iter().flat_map(|year| year["periods"].as_array().unwrap());
        periods.find(|period| period["period_end"] == end && period["period"] == "quarter").unwrap().clone()
    };
    let end = format!("{}-03-31", year - 1);
    let hand_in = |client: &Client, end: &str| {
        client.send("POST", &format!("/parks/{OWN_PARK}/reports"), &[], &json!({ "period": "quarter", "period_end": end }).to_string())
    };
    hand_in(&planner, &end).problem(403);
    hand_in(&Client::guest(&server), &end).problem(401);
    hand_in(&operator, &format!("{year}-12-31")).problem(409);
    hand_in(&operator, &format!("{}-05-31", year - 1)).problem(422);
    let ahead = period(&list(""), &format!("{year}-12-31"));
    assert_eq!((&ahead["state"], &ahead["received"]), (&json!("ahead"), &json!(null)));
    // One that was received before keeps its day; the figures of today correct it.
    let before = period(&list(""), &end);
    let answer = hand_in(&operator, &end);
    assert_eq!(answer.status, 201);
    let after = period(&list(""), &end);
    if before["received"].is_null() {
        assert_eq!((&after["received"], &after["state"]), (&json!(today), &json!("late")));
    } else {
        assert_eq!((&after["received"], &after["state"], &after["corrected"]), (&before["received"], &before["state"], &json!(today)));
    }
    // A quarter that nobody has heard of: the first quarter of this year, if it is over.
    if today > format!("{year}-04-30") {
        let end = format!("{year}-03-31");
        assert_eq!(period(&list(""), &end)["state"], "missed");
        hand_in(&operator, &end);
        let made = period(&list(""), &end);
        assert_eq!((&made["state"], &made["received"]), (&json!("late"), &json!(today)));
        let then = list(&format!("&as_of={year}-04-15"));
        assert_eq!(period(&then, &end)["state"], "open", "on that day it was not known");
        hand_in(&operator, &end);
        assert_eq!(period(&list(""), &end)["received"], json!(today));
        let rows = planner.get(&format!("/collections/report/items?limit=1000&park={OWN_PARK}&period_end={end}")).json();
        assert_eq!(rows["features"].as_array().unwrap().len(), 1, "one row a period");
        let figures: Value = serde_json::from_str(text(&rows["features"][0]["properties"]["figures"])).unwrap();
        assert!(figures["let"].is_number() && figures.get("oldest_as_of").is_some(), "{figures}");
    }
}
