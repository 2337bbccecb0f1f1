//! `/api`: OpenAPI 3.1. The door checks requests against this document, so that it cannot say another thing than what is served.

use super::Caller;
use super::collections::CRS84;
use super::negotiate::Form;
use crate::domain::{ColumnType, Layer};
use crate::service;
use crate::service::analyses::PROCESSES;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};

pub(super) async fn page(caller: Caller) -> Response {
    let served = served(&caller.base);
    if caller.form == Form::Html {
        return Html(readable(&served)).into_response();
    }
    ([(header::CONTENT_TYPE, "application/vnd.oai.openapi+json;version=3.1")], served.to_string()).into_response()
}

const PAGES: &[Form] = &[Form::Json, Form::Html];
const ITEMS: &[Form] = &[Form::GeoJson, Form::Json, Form::Html, Form::Csv, Form::FlatGeobuf, Form::GeoPackage, Form::Shapefile, Form::Kml];
const FEATURE: &[Form] = &[Form::GeoJson, Form::Json, Form::Html];

/// An operation in the making.
struct Entry {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    answer: &'static str,
    takes_properties: bool,
}

fn entry(method: &'static str, path: &'static str, summary: &'static str) -> Entry {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_path = |name: &str| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
    Entry { method, path, summary, parameters: names.map(in_path).collect(), answer: "application/json", takes_properties: false }
}

impl Entry {
    fn forms(mut self, forms: &[Form]) -> Self {
        let names: Vec<&str> = forms.iter().map(|form| form.name()).collect();
        self.answer = forms.first().map_or(self.answer, |form| form.media_type());
        self.parameters.push(json!({ "name": "f", "in": "query", "description": "form of the answer; wins over Accept", "schema": { "type": "string", "enum": names } }));
        self
    }

    fn page(self) -> Self {
        self.forms(PAGES)
    }

    fn query(mut self, parameters: impl IntoIterator<Item = Value>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    fn texts<const N: usize>(self, names: [&str; N]) -> Self {
        self.query(names.map(text))
    }

    fn if_match(mut self) -> Self {
        self.parameters.push(json!({ "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" } }));
        self
    }

    fn answers(mut self, media_type: &'static str) -> Self {
        self.answer = media_type;
        self
    }

    fn of_items(mut self) -> Self {
        self.takes_properties = true;
        self
    }

    fn written(&self) -> Value {
        let mut written = json!({
            "summary": self.summary,
            "parameters": self.parameters,
            "responses": { "200": { "description": "OK", "content": { self.answer: {} } }, "default": { "$ref": "#/components/responses/Problem" } },
        });
        if self.takes_properties {
            written["x-takes-properties"] = json!(true);
        }
        written
    }
}

fn entries() -> Vec<Entry> {
    vec![
        entry("get", "/", "Landing page (the workbench for browsers)").page(),
        entry("get", "/conformance", "Conformance classes").page(),
        entry("get", "/api", "This document").page().answers("application/vnd.oai.openapi+json;version=3.1"),
        entry("get", "/catalogue", "Code lists and industry clusters").page(),
        entry("get", "/healthz", "Health"),
        entry("get", "/readyz", "Readiness"),
        entry("get", "/collections", "Collections").page(),
        entry("get", "/collections/{collection}", "A collection").page(),
        entry("get", "/collections/{collection}/schema", "Properties").page().answers("application/schema+json"),
        entry("get", "/collections/{collection}/queryables", "Properties that filters may name").page().answers("application/schema+json"),
        entry("get", "/collections/{collection}/items", "Features").forms(ITEMS).query(selection()).query(paging()).of_items(),
        entry("post", "/collections/{collection}/search", "Features, with the selection in the body").forms(ITEMS),
        entry("get", "/collections/{collection}/summary", "Totals of a selection").page().query(selection()).of_items(),
        entry("post", "/collections/{collection}/summary", "Totals, with the selection in the body").page(),
        entry("get", "/collections/{collection}/items/{id}", "One feature").forms(FEATURE).query([choice("crs", &[CRS84])]),
        entry("get", "/collections/{collection}/tilejson.json", "TileJSON").page(),
        entry("get", "/collections/{collection}/tiles/WebMercatorQuad", "TileJSON").page(),
        entry("get", "/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}", "Vector tile").forms(&[Form::Tile]).texts(["rev"]),
        entry("get", "/search", "Find places by code, name or coordinates").page().query([text("q"), count("limit")]),
        entry("get", "/parcels/{code}/neighbours", "Neighbours with shared length").page().query([number("tolerance")]),
        entry("get", "/processes", "Analyses").page(),
        entry("get", "/processes/{process}", "An analysis").page(),
        entry("post", "/processes/{process}/execution", "Run an analysis, at once or as a job"),
        entry("get", "/jobs", "Own jobs").page(),
        entry("get", "/jobs/{id}", "Status of a job").page(),
        entry("delete", "/jobs/{id}", "Cancel a job"),
        entry("get", "/jobs/{id}/results", "Result of a job").forms(&[Form::Json]),
        entry("get", "/plans", "Plans").page(),
        entry("post", "/plans", "Keep a plan"),
        entry("get", "/plans/{id}", "A plan").page(),
        entry("get", "/plans/{id}/items", "A plan's parcels").forms(&[Form::GeoJson, Form::Json]),
        entry("get", "/instruments", "Instruments: recorded merges, splits and undoings").page().texts(["state", "park", "at"]),
        entry("post", "/instruments", "Draft an instrument: merge, split or undo"),
        entry("get", "/instruments/{code}", "One instrument with its ETag").page(),
        entry("post", "/instruments/{code}/transitions", "Review, bring into force, return or withdraw").if_match(),
        entry("get", "/lineage/{code}", "What a piece of land came from and became").page(),
        entry("post", "/exports", "A file of exactly what is selected").answers("application/geo+json"),
        entry("get", "/changes", "The change log").page().query([count("since"), count("limit")]).texts(["collection", "id"]),
        entry("get", "/changes/stream", "Changes as they happen").answers("text/event-stream"),
        entry("get", "/session", "Who am I"),
        entry("post", "/session", "Sign in"),
        entry("delete", "/session", "Sign out"),
        entry("post", "/session/setup", "Make the first account with the one-time link"),
        entry("get", "/units", "Floor units").page().texts(["park", "building", "floor"]).query([flag("stale"), count("limit"), count("offset")]),
        entry("post", "/units:batch", "Confirm units as they stand"),
        entry("get", "/units/{id}", "One unit with its ETag").page(),
        entry("patch", "/units/{id}", "Change a unit (JSON Merge Patch)").if_match(),
        entry("get", "/units/{id}/history", "Changes of a unit").page(),
        entry("get", "/buildings/{code}/stack", "Stacking plan of a building").page(),
        entry("get", "/parks/{code}/occupancy", "Occupancy of a park and what is due").page(),
    ]
}

/// The document as it is committed and checked: routes as the router has them.
pub fn document() -> Value {
    let mut paths = Map::new();
    for entry in entries() {
        paths.entry(entry.path.to_owned()).or_insert_with(|| json!({}))[entry.method] = entry.written();
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "parkplan 园图", "version": env!("CARGO_PKG_VERSION"), "description": "Land and park planning workbench" },
        "servers": [{ "url": "/" }],
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

/// The document as it is served: with this server's address, and with each collection and process by name. Clients such as GDAL look for
/// `/collections/parcel/items` and its properties.
fn served(base: &str) -> Value {
    let mut document = document();
    document["servers"] = json!([{ "url": base }]);
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, methods) in std::mem::take(paths) {
        if path.contains("{collection}") {
            for layer in service::collections().filter(|layer| layer.is_spatial() || !path.contains("/tile")) {
                paths.insert(path.replace("{collection}", &layer.name), named(&methods, "collection", Some(layer)));
            }
        } else if path.contains("{process}") {
            for process in PROCESSES {
                paths.insert(path.replace("{process}", process.id), named(&methods, "process", None));
            }
        } else {
            paths.insert(path, methods);
        }
    }
    document
}

/// Operations of a path in which `parameter` is filled in; with the layer's properties where they are parameters.
fn named(methods: &Value, parameter: &str, layer: Option<&Layer>) -> Value {
    let mut methods = methods.clone();
    for operation in methods.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let takes_properties = operation["x-takes-properties"] == true;
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            parameters.retain(|own| own["in"] != "path" || own["name"] != parameter);
            parameters.extend(layer.filter(|_| takes_properties).into_iter().flat_map(properties));
        }
    }
    methods
}

fn properties(layer: &Layer) -> impl Iterator<Item = Value> {
    layer.columns.iter().filter(|column| !column.private).map(|column| {
        let kind = match column.kind {
            ColumnType::Real => "number",
            ColumnType::Integer => "integer",
            ColumnType::Boolean => "boolean",
            ColumnType::Text | ColumnType::Date | ColumnType::List => "string",
        };
        json!({ "name": column.name, "in": "query", "description": format!("{} · {}", column.zh, column.en), "schema": { "type": kind } })
    })
}

fn text(name: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "string" } })
}

fn number(name: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "number" } })
}

fn count(name: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "integer", "minimum": 0 } })
}

fn flag(name: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "boolean" } })
}

fn choice(name: &str, choices: &[&str]) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "string", "enum": choices, "default": choices.first() } })
}

/// Which features.
fn selection() -> Vec<Value> {
    let ids = "codes, parted by commas; a code with a comma stands in double quotes, or each code in an `ids` of its own";
    let mut parameters = vec![
        json!({ "name": "bbox", "in": "query", "style": "form", "explode": false, "schema": { "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } } }),
        choice("bbox-crs", &[CRS84]),
        choice("crs", &[CRS84]),
        choice("filter-lang", &["cql2-text", "cql2-json"]),
        choice("filter-crs", &[CRS84]),
        json!({ "name": "ids", "in": "query", "description": ids, "style": "form", "explode": true, "schema": { "type": "array", "items": { "type": "string" } } }),
    ];
    parameters.extend(["datetime", "filter"].map(text));
    parameters
}

/// Which page of them, and how much of each.
fn paging() -> Vec<Value> {
    let mut parameters = vec![
        json!({ "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 10_000, "default": 10 } }),
        json!({ "name": "offset", "in": "query", "schema": { "type": "integer", "minimum": 0, "default": 0 } }),
        choice("skipGeometry", &["false", "true"]),
        choice("resulttype", &["results", "hits"]),
    ];
    parameters.extend(["sortby", "properties"].map(text));
    parameters
}

/// A plain page of the routes, readable without scripts.
fn readable(document: &Value) -> String {
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
