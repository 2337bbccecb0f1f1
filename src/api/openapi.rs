//! `/api`: OpenAPI 3.1, made of the routes' own documentation. The door checks requests against this document, so that it cannot say another
//! thing than what is served.

use super::answers::Problem;
use super::negotiate::Form;
use super::offers::Pages;
use super::{Caller, documented, schemas};
use crate::domain::{ColumnType, Layer, LayerId};
use crate::formats::VectorDriver;
use crate::service::processes::{AnyProcess, PROCESSES};
use crate::service::{self, kept};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

#[utoipa::path(
    get, path = "/api", summary = "This document",
    params(Pages),
    responses((status = 200, content(
        (BTreeMap<String, Value> = "application/vnd.oai.openapi+json;version=3.1"),
        (BTreeMap<String, Value> = "application/json"),
    ))),
)]
pub(super) async fn page(caller: Caller, headers: HeaderMap) -> Response {
    let served = served(&caller.base);
    if caller.form == Form::Html {
        return Html(readable(&served)).into_response();
    }
    ([(header::CONTENT_TYPE, media_type(&headers))], served.to_string()).into_response()
}

/// The document's own type, which names its version. Who names another version and takes plain JSON too gets it as that: GDAL reads nothing under a
/// type that it did not name, and without the document it sends no filters.
fn media_type(headers: &HeaderMap) -> &'static str {
    let accepted: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let names = |text: &str| accepted.iter().any(|range| range.contains(text));
    match names("version=") && !names("version=3.1") && names(Form::Json.media_type()) {
        true => Form::Json.media_type(),
        false => "application/vnd.oai.openapi+json;version=3.1",
    }
}

/// What the document says beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(title = "parkplan 园图", description = "Land and park planning workbench", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    servers((url = "/")),
    components(schemas(Problem))
)]
struct Whole;

/// The document as it is committed: each process is executed in its own form.
pub fn document() -> Value {
    let mut document = routes();
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, methods) in std::mem::take(paths) {
        if path.ends_with("{process}/execution") {
            paths.extend(PROCESSES.iter().map(|process| (path.replace("{process}", process.id()), executed(&path, &methods, *process))));
        } else {
            paths.insert(path, methods);
        }
    }
    document
}

/// Operations of the execution of one process.
fn executed(path: &str, methods: &Value, process: &dyn AnyProcess) -> Value {
    let mut methods = named(methods, "process", None);
    for (method, operation) in methods.as_object_mut().into_iter().flatten() {
        schemas::of_process(operation, process);
        operation["operationId"] = json!(name_of(method, &path.replace("{process}", process.id())));
    }
    methods
}

/// Routes as the router has them, which is how requests are checked.
pub(super) fn routes() -> Value {
    let mut whole = Whole::openapi();
    whole.merge(documented().into_openapi());
    let mut document = serde_json::to_value(&whole).unwrap_or_default();
    let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    document["components"]["responses"] = json!({ "Problem": { "description": "RFC 9457 problem", "content": problem } });
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            complete(operation, method, path);
        }
    }
    document
}

/// What every operation says in the same way: its name, its problems, 304 where it has a tag, and each form that it offers.
fn complete(operation: &mut Value, method: &str, path: &str) {
    operation["operationId"] = json!(name_of(method, path));
    operation["tags"] = json!([words(path).next().unwrap_or("landing")]);
    let parameter = |name: &str| operation["parameters"].as_array()?.iter().find(|parameter| parameter["name"] == name);
    let is_tagged = parameter("If-None-Match").is_some();
    let forms: Vec<Form> = parameter("f")
        .and_then(|parameter| parameter["schema"]["enum"].as_array())
        .map(|names| names.iter().filter_map(Value::as_str).filter_map(Form::parse).collect())
        .unwrap_or_default();
    let responses = &mut operation["responses"];
    if let Some(content) = responses["200"]["content"].as_object_mut() {
        for form in forms.into_iter().filter(|form| !matches!(form, Form::Json | Form::GeoJson)) {
            content.entry(form.media_type()).or_insert_with(|| json!({}));
        }
    }
    if is_tagged {
        responses["200"]["headers"] = json!({ "ETag": { "description": "names the revision that was read", "schema": { "type": "string" } } });
        responses["304"] = json!({ "description": "the reader has the answer already" });
    }
    responses["default"] = json!({ "$ref": "#/components/responses/Problem" });
}

fn words(path: &str) -> impl Iterator<Item = &str> {
    path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

fn name_of(method: &str, path: &str) -> String {
    std::iter::once(method).chain(words(path)).collect::<Vec<_>>().join("_")
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
                paths.insert(path.replace("{process}", process.id()), named(&methods, "process", None));
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
    if let Some(methods) = methods.as_object_mut().filter(|_| layer.is_some_and(|layer| !is_kept(layer))) {
        methods.retain(|_, operation| operation["x-kept-by-hand"] != true);
    }
    for operation in methods.as_object_mut().into_iter().flat_map(Map::values_mut) {
        let takes_properties = operation["x-takes-properties"] == true;
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            parameters.retain(|own| own["in"] != "path" || own["name"] != parameter);
            parameters.extend(layer.filter(|_| takes_properties).into_iter().flat_map(properties));
        }
        if layer.is_some_and(|layer| !layer.is_spatial()) {
            without_shapes(operation);
        }
    }
    methods
}

/// Whether its rows are written one by one.
fn is_kept(layer: &Layer) -> bool {
    LayerId::parse(&layer.name).is_some_and(|id| kept::rules_of(id).is_some())
}

/// Rows without geometry have no forms that need one.
fn without_shapes(operation: &mut Value) {
    let needs_one = |form: &Form| *form == Form::Dxf || VectorDriver::parse(form.name()).is_some_and(VectorDriver::needs_geometry);
    let shapes: Vec<Form> = Form::ALL.into_iter().filter(needs_one).collect();
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten().filter(|parameter| parameter["name"] == "f") {
        if let Some(names) = parameter["schema"]["enum"].as_array_mut() {
            names.retain(|name| !shapes.iter().any(|form| name == form.name()));
        }
    }
    if let Some(content) = operation["responses"]["200"]["content"].as_object_mut() {
        content.retain(|media_type, _| !shapes.iter().any(|form| media_type == form.media_type()));
    }
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
