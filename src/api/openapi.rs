//! `/api`: OpenAPI 3.1, made from the dictionary so that it cannot drift from what is served.

use super::{Caller, Refusal};
use crate::domain::{ColumnType, Layer};
use crate::service;
use crate::service::processes::PROCESSES;
use axum::extract::Query;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub async fn document(caller: Caller, Query(query): Query<HashMap<String, String>>) -> Result<Response, Refusal> {
    let document = build(&caller.base);
    if query.get("f").map(String::as_str) == Some("html") {
        return Ok(Html(page(&document)).into_response());
    }
    Ok(([(header::CONTENT_TYPE, "application/vnd.oai.openapi+json;version=3.1")], document.to_string()).into_response())
}

/// The whole document.
pub fn build(base: &str) -> Value {
    let mut paths = Map::new();
    let mut add = |path: &str, method: &str, summary: &str, parameters: Vec<Value>, answer: &str| {
        let operation = json!({
            "summary": summary,
            "parameters": parameters,
            "responses": { "200": { "description": "OK", "content": { answer: {} } }, "default": { "$ref": "#/components/responses/Problem" } },
        });
        let entry = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        entry[method] = operation;
    };
    add("/", "get", "Landing page (the workbench for browsers)", vec![], "application/json");
    add("/conformance", "get", "Conformance classes", vec![], "application/json");
    add("/catalogue", "get", "Code lists and industry clusters", vec![], "application/json");
    add("/collections", "get", "Collections", vec![], "application/json");
    add("/search", "get", "Find places by code, name or coordinates", vec![text_parameter("q"), integer_parameter("limit")], "application/json");
    for layer in service::collections() {
        let at = |rest: &str| format!("/collections/{}{rest}", layer.name);
        add(&at(""), "get", &layer.en, vec![], "application/json");
        add(&at("/schema"), "get", "Properties", vec![], "application/schema+json");
        add(&at("/queryables"), "get", "Properties that filters may name", vec![], "application/schema+json");
        add(&at("/items"), "get", "Features", item_parameters(layer), "application/geo+json");
        add(&at("/items/{id}"), "get", "One feature", vec![path_parameter("id")], "application/geo+json");
        add(&at("/summary"), "get", "Totals of a selection", item_parameters(layer), "application/json");
        add(&at("/search"), "post", "Features, with the selection in the body", vec![], "application/geo+json");
        if layer.is_spatial() {
            add(&at("/tilejson.json"), "get", "TileJSON", vec![], "application/json");
            let address = ["z", "y", "x"].map(path_parameter).to_vec();
            add(&at("/tiles/WebMercatorQuad/{z}/{y}/{x}"), "get", "Vector tile", address, "application/vnd.mapbox-vector-tile");
        }
    }
    add("/parcels/{code}/neighbours", "get", "Neighbours with shared length", vec![path_parameter("code")], "application/json");
    add("/processes", "get", "Analyses", vec![], "application/json");
    for process in PROCESSES {
        let (id, en) = (process.id(), process.words().en);
        add(&format!("/processes/{id}"), "get", en, vec![], "application/json");
        add(&format!("/processes/{id}/execution"), "post", en, vec![], "application/json");
    }
    let if_match = json!({ "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" } });
    add("/jobs", "get", "Own jobs", vec![], "application/json");
    add("/jobs/{id}", "get", "Status of a job", vec![path_parameter("id")], "application/json");
    add("/jobs/{id}", "delete", "Cancel a job", vec![path_parameter("id")], "application/json");
    add("/jobs/{id}/results", "get", "Result of a job", vec![path_parameter("id")], "application/json");
    add("/plans", "get", "Plans", vec![], "application/json");
    add("/plans", "post", "Keep a plan", vec![], "application/json");
    add("/plans/{id}", "get", "A plan", vec![path_parameter("id")], "application/json");
    add("/plans/{id}/items", "get", "A plan's parcels", vec![path_parameter("id")], "application/geo+json");
    add(
        "/instruments",
        "get",
        "Instruments: recorded merges, splits and undoings",
        ["state", "park", "at"].map(text_parameter).to_vec(),
        "application/json",
    );
    add("/instruments", "post", "Draft an instrument: merge, split or undo", vec![], "application/json");
    add("/instruments/{code}", "get", "One instrument with its ETag", vec![path_parameter("code")], "application/json");
    let transition = vec![path_parameter("code"), if_match.clone()];
    add("/instruments/{code}/transitions", "post", "Review, bring into force, return or withdraw", transition, "application/json");
    add("/lineage/{code}", "get", "What a piece of land came from and became", vec![path_parameter("code")], "application/json");
    add("/exports", "post", "A file of exactly what is selected", vec![], "application/geo+json");
    add(
        "/changes",
        "get",
        "The change log",
        vec![integer_parameter("since"), text_parameter("collection"), text_parameter("id")],
        "application/json",
    );
    add("/changes/stream", "get", "Changes as they happen", vec![], "text/event-stream");
    add("/session", "get", "Who am I", vec![], "application/json");
    add("/session", "post", "Sign in", vec![], "application/json");
    add("/session", "delete", "Sign out", vec![], "application/json");
    add("/session/setup", "post", "Make the first account with the one-time link", vec![], "application/json");
    add("/units", "get", "Floor units", ["park", "building", "floor"].map(text_parameter).to_vec(), "application/json");
    add("/units/{id}", "get", "One unit with its ETag", vec![path_parameter("id")], "application/json");
    add("/units/{id}", "patch", "Change a unit (JSON Merge Patch)", vec![path_parameter("id"), if_match], "application/json");
    add("/units/{id}/history", "get", "Changes of a unit", vec![path_parameter("id")], "application/json");
    add("/units:batch", "post", "Confirm units as they stand", vec![], "application/json");
    add("/buildings/{code}/stack", "get", "Stacking plan of a building", vec![path_parameter("code")], "application/json");
    add("/parks/{code}/occupancy", "get", "Occupancy of a park and what is due", vec![path_parameter("code")], "application/json");
    add("/healthz", "get", "Health", vec![], "application/json");
    json!({
        "openapi": "3.1.0",
        "info": { "title": "parkplan 园图", "version": env!("CARGO_PKG_VERSION"), "description": "Land and park planning workbench" },
        "servers": [{ "url": base }],
        "paths": paths,
        "components": {
            "responses": { "Problem": { "description": "RFC 9457 problem", "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } } },
            "schemas": { "Problem": { "type": "object", "properties": {
                "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" }, "detail": { "type": "string" }, "instance": { "type": "string" },
                "errors": { "type": "array", "items": { "type": "object", "properties": { "pointer": { "type": "string" }, "detail": { "type": "string" } } } },
            } } },
        },
    })
}

fn path_parameter(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
}

fn text_parameter(name: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "string" } })
}

fn integer_parameter(name: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "integer", "minimum": 0 } })
}

fn item_parameters(layer: &Layer) -> Vec<Value> {
    let mut parameters = vec![
        json!({ "name": "bbox", "in": "query", "style": "form", "explode": false, "schema": { "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } } }),
        json!({ "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 10_000, "default": 10 } }),
        json!({ "name": "offset", "in": "query", "schema": { "type": "integer", "minimum": 0, "default": 0 } }),
        json!({ "name": "datetime", "in": "query", "schema": { "type": "string" } }),
        json!({ "name": "filter-lang", "in": "query", "schema": { "type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text" } }),
        json!({ "name": "skipGeometry", "in": "query", "schema": { "type": "boolean", "default": false } }),
        json!({ "name": "resulttype", "in": "query", "schema": { "type": "string", "enum": ["results", "hits"] } }),
    ];
    parameters.extend(["filter", "ids", "sortby", "properties"].map(text_parameter));
    parameters.extend(layer.columns.iter().filter(|column| !column.private).map(|column| {
        let kind = match column.kind {
            ColumnType::Real => "number",
            ColumnType::Integer => "integer",
            ColumnType::Boolean => "boolean",
            ColumnType::Text | ColumnType::Date | ColumnType::List => "string",
        };
        json!({ "name": column.name, "in": "query", "description": format!("{} · {}", column.zh, column.en), "schema": { "type": kind } })
    }));
    parameters
}

/// A plain page of the routes, readable without scripts.
fn page(document: &Value) -> String {
    let mut rows = String::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let names: Vec<&str> =
                operation["parameters"].as_array().into_iter().flatten().filter_map(|parameter| parameter["name"].as_str()).collect();
            rows.push_str(&format!(
                "<tr><td><b>{}</b></td><td><code>{path}</code></td><td>{}</td><td>{}</td></tr>",
                method.to_uppercase(),
                operation["summary"].as_str().unwrap_or_default(),
                names.join(", ")
            ));
        }
    }
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>parkplan API</title><style>body{{font:14px/1.5 sans-serif;margin:24px;color:#14202c}}td{{padding:4px 12px 4px 0;border-bottom:1px solid #e1e6eb;vertical-align:top}}</style><h1>parkplan API</h1><p>OpenAPI 3.1: <a href=\"/api\">/api</a></p><table>{rows}</table></html>"
    )
}
