//! The committed document of the API against the routes, in both directions, and against what is served.

use crate::support::{Client, reading};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// `openapi.json`; written anew from the program with `PARKPLAN_BLESS=1`.
fn committed() -> Value {
    let file = root().join("openapi.json");
    if std::env::var_os("PARKPLAN_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&parkplan::api::document()).unwrap();
        std::fs::write(&file, format!("{text}\n")).unwrap();
    }
    serde_json::from_str(&std::fs::read_to_string(file).expect("openapi.json: make it with PARKPLAN_BLESS=1")).unwrap()
}

fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let of = |(path, methods): (&String, &Value)| {
        let path = path.clone();
        methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
    };
    document["paths"].as_object().unwrap().iter().flat_map(of).collect()
}

/// What the router is made of, read from its source.
fn routes() -> BTreeSet<(String, String)> {
    let source = std::fs::read_to_string(root().join("src/api/mod.rs")).unwrap();
    let mut routes = BTreeSet::new();
    for route in source.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        let handlers = route.split(".fallback(").next().unwrap();
        for (method, call) in METHODS.map(|method| (method, format!("{method}("))) {
            let calls = handlers.match_indices(&call).any(|(at, _)| !handlers[..at].ends_with(|letter: char| letter.is_alphanumeric()));
            if calls {
                routes.insert((method.to_owned(), path.to_owned()));
            }
        }
    }
    routes
}

#[test]
fn every_route_is_documented_and_every_document_has_its_route() {
    let (documented, routes) = (operations(&committed()), routes());
    assert!(routes.len() > 45, "{routes:?}");
    let unwritten: Vec<_> = routes.difference(&documented).collect();
    let unserved: Vec<_> = documented.difference(&routes).collect();
    assert!(unwritten.is_empty() && unserved.is_empty(), "without a document: {unwritten:?}; without a route: {unserved:?}");
}

#[test]
fn the_committed_document_is_the_program_s() {
    assert!(committed() == parkplan::api::document(), "openapi.json is old: run this test with PARKPLAN_BLESS=1");
}

#[test]
fn the_served_document_is_the_committed_one_with_each_collection_by_name() {
    let (committed, served) = (committed(), Client::guest(reading()).get("/api").json());
    assert_eq!(served["servers"][0]["url"], reading().url);
    for (path, methods) in committed["paths"].as_object().unwrap() {
        let own = path.replace("{collection}", "parcel").replace("{process}", "consolidate");
        let there = &served["paths"][&own];
        for method in methods.as_object().unwrap().keys() {
            assert_eq!(there[method]["summary"], methods[method]["summary"], "{method} {own}");
        }
        if own == *path {
            assert_eq!(there, methods, "{path}");
        }
    }
    let names = |path: &str| -> BTreeSet<String> {
        let parameters = served["paths"][path]["get"]["parameters"].as_array().unwrap();
        parameters.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    };
    assert!(names("/collections/parcel/items").contains("land_use") && !names("/collections/parcel/items").contains("owner"));
    assert!(!names("/collections/park/items").contains("land_use") && !names("/collections/park/items").contains("collection"));
}

#[test]
fn every_documented_form_is_served_and_says_what_it_is() {
    let client = Client::guest(reading());
    let served = client.get("/api").json();
    let mut asked = 0;
    for (path, methods) in served["paths"].as_object().unwrap().iter().filter(|(path, _)| !path.contains('{')) {
        let Some(operation) = methods.get("get").filter(|_| !path.starts_with("/collections/firm/")) else { continue };
        let parameters = operation["parameters"].as_array().unwrap();
        let Some(form) = parameters.iter().find(|parameter| parameter["name"] == "f") else { continue };
        let with = match path.as_str() {
            "/search" => "q=BA&",
            "/units" => "park=BA-03&",
            _ => "",
        };
        for name in form["schema"]["enum"].as_array().unwrap() {
            let name = name.as_str().unwrap();
            let answer = client.get(&format!("{path}?{with}f={name}"));
            let media_type = answer.header("content-type");
            let fits = match name {
                "json" | "geojson" => media_type.contains("json"),
                "html" => media_type.starts_with("text/html"),
                _ => !media_type.contains("json") && !media_type.is_empty(),
            };
            assert!(answer.status == 200 && fits, "{path}?{with}f={name}: {} {media_type} {}", answer.status, String::from_utf8_lossy(&answer.bytes));
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
}
