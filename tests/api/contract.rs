//! The committed document of the API against the routes, in both directions, and against what is served.

use crate::support::{Client, reading};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed() -> &'static Value {
    crate::support::schema::document()
}

/// Operations that only tables which people keep have.
fn is_kept(operation: &Value) -> bool {
    operation["x-kept-by-hand"] == true
}

fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let of = |(path, methods): (&String, &Value)| {
        let path = path.clone();
        methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
    };
    document["paths"].as_object().unwrap().iter().flat_map(of).collect()
}

#[test]
fn every_route_is_documented_and_every_document_has_its_route() {
    // A route without a document: what the router is made of against the committed document. Nothing is routed past the documentation.
    let (written, made) = (operations(committed()), operations(&parkplan::api::document()));
    assert!(made.len() > 45, "{made:?}");
    let unwritten: Vec<_> = made.difference(&written).collect();
    let unserved: Vec<_> = written.difference(&made).collect();
    assert!(unwritten.is_empty() && unserved.is_empty(), "without a document: {unwritten:?}; without a route: {unserved:?}");
    for file in std::fs::read_dir(root().join("src/api")).unwrap() {
        let file = file.unwrap().path();
        let source = std::fs::read_to_string(&file).unwrap();
        let past = [".route(", ".nest(", ".nest_service(", ".route_service("].into_iter().find(|call| source.contains(call));
        assert_eq!(past, None, "{}: a route goes in by `routes!`", file.display());
    }
    // A document without a route: each operation is known to the running server.
    let client = Client::guest(reading());
    let base = client.get("/healthz").status;
    assert_eq!(base, 200);
    for (method, path) in &written {
        let collection = if is_kept(&committed()["paths"][path][method]) { "virtual_park" } else { "park" };
        let path = path.replace("{z}/{y}/{x}", "0/0/0").replace("{collection}", collection).replace("{process}", "upstairs");
        let path: String = path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part }).collect::<Vec<_>>().join("/");
        if path == "/changes/stream" {
            continue;
        }
        let answer = match method.as_str() {
            "get" => client.get(&path),
            "delete" => client.send_bare("DELETE", &path, &[], ""),
            other => client.send_bare(&other.to_ascii_uppercase(), &path, &[], "{}"),
        };
        let lost = answer.status == 405 || (answer.status == 404 && answer.json()["type"].as_str().unwrap().ends_with("no_such_page"));
        assert!(!lost, "{method} {path}: {}", answer.status);
    }
}

#[test]
fn the_committed_document_is_the_program_s() {
    let made = parkplan::api::document();
    if std::env::var_os("PARKPLAN_WRITE_OPENAPI").is_some() {
        let text = serde_json::to_string_pretty(&made).unwrap();
        return std::fs::write(root().join("openapi.json"), format!("{text}\n")).unwrap();
    }
    assert!(*committed() == made, "openapi.json is old: `make openapi` writes it");
}

#[test]
fn the_served_document_is_the_committed_one_with_each_collection_by_name() {
    let (committed, served) = (committed(), Client::guest(reading()).get("/api").json());
    assert_eq!(served["servers"][0]["url"], reading().url);
    for (path, methods) in committed["paths"].as_object().unwrap() {
        let own = path.replace("{collection}", "parcel").replace("{process}", "consolidate");
        let there = &served["paths"][&own];
        for method in methods.as_object().unwrap().keys() {
            if is_kept(&methods[method]) {
                assert!(there.get(method).is_none(), "{method} {own}: a parcel is not written by hand");
                let kept = path.replace("{collection}", "virtual_park");
                assert_eq!(served["paths"][&kept][method]["summary"], methods[method]["summary"], "{method} {kept}");
                continue;
            }
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
        let Some(operation) = methods.get("get").filter(|_| !path.starts_with("/collections/firm/") && !path.starts_with("/import")) else {
            continue;
        };
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let Some(form) = parameters.find(|parameter| parameter["name"] == "f") else { continue };
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
                "geojsonseq" => media_type == "application/geo+json-seq",
                "html" => media_type.starts_with("text/html"),
                _ => !media_type.contains("json") && !media_type.is_empty(),
            };
            assert!(answer.status == 200 && fits, "{path}?{with}f={name}: {} {media_type} {}", answer.status, String::from_utf8_lossy(&answer.bytes));
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
}
