//! Pages of a search by a body lead on with the same question.

use crate::support::{Client, OWN_PARK, reading};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn link<'a>(page: &'a Value, rel: &str) -> Option<&'a Value> {
    page["links"].as_array().unwrap().iter().find(|link| link["rel"] == rel)
}

/// What a link leads to, by its method.
fn follow(client: &Client, link: &Value) -> Value {
    let href = link["href"].as_str().unwrap();
    let path = &href[href.find("/collections").unwrap()..];
    match link["method"].as_str() {
        Some("POST") => client.send("POST", path, &[], &link["body"].to_string()).json(),
        None => client.get(path).json(),
        Some(other) => panic!("{other}"),
    }
}

/// Codes of all pages, by `next`, and the way back from the last by `prev`.
fn walked(client: &Client, question: &Value) -> (Vec<String>, BTreeSet<String>) {
    let mut page = client.send("POST", "/collections/parcel/search", &[], &question.to_string()).json();
    let (mut codes, mut methods) = (Vec::new(), BTreeSet::new());
    loop {
        let features = page["features"].as_array().unwrap();
        codes.extend(features.iter().map(|feature| feature["id"].as_str().unwrap().to_owned()));
        assert!(features.iter().all(|feature| feature["geometry"].is_null() && feature["properties"].get("tenure").is_none()));
        let own = follow(client, link(&page, "self").unwrap());
        assert_eq!((&own["features"], &own["numberMatched"]), (&page["features"], &page["numberMatched"]));
        let Some(next) = link(&page, "next") else { break };
        methods.insert(next["method"].as_str().unwrap_or("GET").to_owned());
        let following = follow(client, next);
        assert_eq!(follow(client, link(&following, "prev").unwrap())["features"], page["features"]);
        page = following;
    }
    (codes, methods)
}

#[test]
fn next_and_prev_of_a_search_ask_the_same_question() {
    let client = Client::guest(reading());
    let bare = |question: &Value| {
        let mut whole = question.clone();
        whole["limit"] = json!(10_000);
        let page = client.send("POST", "/collections/parcel/search", &[], &whole.to_string()).json();
        page["features"].as_array().unwrap().iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let short = json!({ "filter": format!("park = '{OWN_PARK}' AND planar_area_m2 > 8000"), "sortby": "-planar_area_m2", "limit": 7,
        "properties": ["code", "planar_area_m2"], "skipGeometry": true });
    let (codes, methods) = walked(&client, &short);
    assert!(codes.len() > 14 && codes == bare(&short), "{}", codes.len());
    assert_eq!(methods, BTreeSet::from(["GET".to_owned()]));

    let ids: Vec<String> = bare(&json!({ "filter": format!("park = '{OWN_PARK}'"), "skipGeometry": true })).into_iter().take(200).collect();
    let long = json!({ "ids": ids, "limit": 60, "properties": ["code"], "skipGeometry": true });
    let (codes, methods) = walked(&client, &long);
    assert_eq!(codes, bare(&long));
    assert_eq!(methods, BTreeSet::from(["POST".to_owned()]), "{} codes make too long an address", ids.len());
    let answer = client.send("POST", "/collections/parcel/search", &[], &long.to_string());
    assert_eq!(answer.header("link"), "", "a link that needs a body has no place in the header");
}
