//! `/processes`: the analyses (OGC API – Processes, synchronous, or as a job with `Prefer: respond-async`).

use super::{App, Caller, Refusal, away, jobs};
use crate::service::processes::{AnyProcess, Erased, PROCESSES, find};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
pub struct Execution {
    #[serde(default)]
    inputs: Erased,
}

/// A process in the list (OGC processSummary).
fn summary(process: &dyn AnyProcess, base: &str) -> Value {
    let (id, words) = (process.id(), process.words());
    json!({
        "id": id, "version": env!("CARGO_PKG_VERSION"), "title": words.zh, "description": words.en, "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "links": [
            { "rel": "self", "href": format!("{base}/processes/{id}"), "type": "application/json" },
            { "rel": "http://www.opengis.net/def/rel/ogc/1.0/execute", "href": format!("{base}/processes/{id}/execution"), "type": "application/json" },
        ],
    })
}

/// A process by itself: also its inputs, one by one with their schemas, an example and what a form starts from.
fn description(process: &dyn AnyProcess, base: &str) -> Result<Value, Refusal> {
    let schema = json!(process.input_schema());
    let required = |name: &String| schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
    let input = |(name, schema): (&String, &Value)| {
        let about = schema["description"].as_str().unwrap_or(name);
        (name.clone(), json!({ "title": name, "description": about, "minOccurs": usize::from(required(name)), "schema": schema }))
    };
    let inputs: Map<String, Value> = schema["properties"].as_object().into_iter().flatten().map(input).collect();
    let mut body = summary(process, base);
    body["inputs"] = Value::Object(inputs);
    body["outputs"] = json!({ "answer": { "title": "answer", "schema": { "type": "object" } } });
    body["example"] = json!({ "inputs": process.example()? });
    body["inputSchema"] = schema;
    if let Some(defaults) = process.defaults()? {
        body["defaults"] = json!(defaults);
    }
    Ok(body)
}

/// RFC 7240: one of the preferences is `respond-async`.
fn wants_a_job(headers: &HeaderMap) -> bool {
    headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|wish| wish.trim() == "respond-async")
}

pub async fn list(caller: Caller) -> Json<Value> {
    Json(json!({ "processes": PROCESSES.iter().map(|process| summary(*process, &caller.base)).collect::<Vec<_>>(), "links": [] }))
}

pub async fn one(caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    Ok(Json(description(find(&id)?, &caller.base)?))
}

pub async fn execute(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(execution): Json<Execution>,
) -> Result<Response, Refusal> {
    let process = find(&id)?;
    if wants_a_job(&headers) {
        return Ok(jobs::accepted(&app.planner.submit(&caller.viewer, process, execution.inputs)?, &caller.base));
    }
    away(move || app.planner.execute(process, &execution.inputs)?.render(&caller.viewer).map(Json)).await.map(Json::into_response)
}
