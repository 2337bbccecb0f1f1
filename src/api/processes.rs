//! `/processes`: the analyses (OGC API – Processes, synchronous, or as a job with `Prefer: respond-async`).

use super::{App, Caller, Refusal, away, jobs, reply};
use crate::domain::Fault;
use crate::service::analyses::{PROCESSES, Process, defaults};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub struct Execution {
    #[serde(default)]
    inputs: Value,
}

fn describe(process: &Process, base: &str) -> Value {
    let id = process.id;
    json!({
        "id": id, "version": env!("CARGO_PKG_VERSION"), "title": process.zh, "description": process.en, "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "links": [
            { "rel": "self", "href": format!("{base}/processes/{id}"), "type": "application/json" },
            { "rel": "http://www.opengis.net/def/rel/ogc/1.0/execute", "href": format!("{base}/processes/{id}/execution"), "type": "application/json" },
        ],
    })
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

fn find(id: &str) -> Result<&'static Process, Fault> {
    PROCESSES
        .iter()
        .find(|process| process.id == id)
        .ok_or_else(|| Fault::not_found("no_such_process", format!("没有分析 {id}"), format!("there is no process {id}")).at(id.to_owned()))
}

pub async fn list(caller: Caller) -> Response {
    let processes: Vec<Value> = PROCESSES.iter().map(|process| describe(process, &caller.base)).collect();
    reply::untagged(caller.form, &json!({ "processes": processes, "links": [] }))
}

pub async fn one(caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let mut body = describe(find(&id)?, &caller.base);
    if let Some(defaults) = defaults(&id)? {
        body["defaults"] = defaults;
    }
    Ok(reply::untagged(caller.form, &body))
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
        return Ok(jobs::accepted(&app.planner.submit(&caller.viewer, process.id, execution.inputs)?, &caller));
    }
    away(move || app.planner.execute(&caller.viewer, process.id, &execution.inputs).map(Json)).await.map(Json::into_response)
}
