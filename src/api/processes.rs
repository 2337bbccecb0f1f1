//! `/processes`: the analyses (OGC API – Processes, synchronous).

use super::{App, Caller, Refusal, away};
use crate::domain::Fault;
use crate::service::analyses::{PROCESSES, Process};
use axum::Json;
use axum::extract::{Path, State};
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
        "id": id, "version": env!("CARGO_PKG_VERSION"), "title": process.zh, "description": process.en, "jobControlOptions": ["sync-execute"],
        "links": [
            { "rel": "self", "href": format!("{base}/processes/{id}"), "type": "application/json" },
            { "rel": "http://www.opengis.net/def/rel/ogc/1.0/execute", "href": format!("{base}/processes/{id}/execution"), "type": "application/json" },
        ],
    })
}

fn find(id: &str) -> Result<&'static Process, Fault> {
    PROCESSES
        .iter()
        .find(|process| process.id == id)
        .ok_or_else(|| Fault::not_found("no_such_process", format!("没有分析 {id}"), format!("there is no process {id}")).at(id.to_owned()))
}

pub async fn list(caller: Caller) -> Json<Value> {
    Json(json!({ "processes": PROCESSES.iter().map(|process| describe(process, &caller.base)).collect::<Vec<_>>(), "links": [] }))
}

pub async fn one(caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    Ok(Json(describe(find(&id)?, &caller.base)))
}

pub async fn execute(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Json(execution): Json<Execution>,
) -> Result<Json<Value>, Refusal> {
    let process = find(&id)?;
    away(move || app.planner.execute(&caller.viewer, process.id, &execution.inputs).map(Json)).await
}
