//! `/processes`: the analyses (OGC API – Processes, synchronous, or as a job with `Prefer: respond-async`).

use super::answers::{Job, Link, ProcessDescription, Processes};
use super::offers::Pages;
use super::{App, Caller, Refusal, away, jobs, reply};
use crate::domain::Fault;
use crate::service::analyses::{PROCESSES, Process, defaults};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What an analysis is to be run on.
#[derive(Deserialize, ToSchema)]
pub(super) struct Execution {
    #[serde(default)]
    inputs: Value,
}

fn describe(process: &Process, base: &str) -> ProcessDescription {
    let id = process.id;
    ProcessDescription {
        defaults: None,
        description: process.en.to_owned(),
        id: id.to_owned(),
        job_control: ["sync-execute", "async-execute", "dismiss"],
        links: vec![
            Link::json("self", format!("{base}/processes/{id}")),
            Link::json("http://www.opengis.net/def/rel/ogc/1.0/execute", format!("{base}/processes/{id}/execution")),
        ],
        title: process.zh.to_owned(),
        version: env!("CARGO_PKG_VERSION"),
    }
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

#[utoipa::path(
    get, path = "/processes", summary = "Analyses",
    params(Pages),
    responses((status = 200, body = Processes)),
)]
pub(super) async fn list(caller: Caller) -> Response {
    let processes = PROCESSES.iter().map(|process| describe(process, &caller.base)).collect();
    reply::untagged(caller.form, &Processes { links: Vec::new(), processes })
}

#[utoipa::path(
    get, path = "/processes/{process}", summary = "An analysis",
    params(("process" = String, Path), Pages),
    responses((status = 200, body = ProcessDescription)),
)]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let mut body = describe(find(&id)?, &caller.base);
    body.defaults = defaults(&id)?;
    Ok(reply::untagged(caller.form, &body))
}

#[utoipa::path(
    post, path = "/processes/{process}/execution", summary = "Run an analysis, at once or as a job",
    params(("process" = String, Path), ("Prefer" = Option<String>, Header, description = "respond-async for a job")),
    request_body = Execution,
    responses((status = 200, body = BTreeMap<String, Value>), (status = 201, body = Job, description = "a job was queued")),
)]
pub(super) async fn execute(
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
