//! `/processes`: the analyses (OGC API – Processes, synchronous, or as a job with `Prefer: respond-async`).

use super::answers::{InputDescription, Job, Link, OutputDescription, ProcessDescription, ProcessSummary, Processes};
use super::offers::Pages;
use super::schemas::{self, ProcessAnswer};
use super::{App, Caller, Refusal, away, jobs, reply};
use crate::domain::fault::Outcome;
use crate::service::processes::{AnyProcess, Erased, PROCESSES, find};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What an analysis is to be run on.
#[derive(Deserialize, ToSchema)]
pub(super) struct Execution {
    #[serde(default)]
    #[schema(value_type = Value)]
    inputs: Erased,
}

fn summary(process: &dyn AnyProcess, base: &str) -> ProcessSummary {
    let (id, words) = (process.id(), process.words());
    ProcessSummary {
        description: words.en.to_owned(),
        id: id.to_owned(),
        job_control: ["sync-execute", "async-execute", "dismiss"],
        links: vec![
            Link::json("self", format!("{base}/processes/{id}")),
            Link::json("http://www.opengis.net/def/rel/ogc/1.0/execute", format!("{base}/processes/{id}/execution")),
        ],
        title: words.zh.to_owned(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// A process by itself: also its inputs, one by one with their schemas, an example and what a form starts from.
fn description(process: &dyn AnyProcess, base: &str) -> Outcome<ProcessDescription> {
    let schema = schemas::whole(&process.inputs());
    let required = |name: &String| schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
    let input = |(name, schema): (&String, &Value)| {
        let description = schema["description"].as_str().unwrap_or(name).to_owned();
        (name.clone(), InputDescription { description, min_occurs: u8::from(required(name)), schema: schema.clone(), title: name.clone() })
    };
    let inputs = schema["properties"].as_object().into_iter().flatten().map(input).collect();
    Ok(ProcessDescription {
        summary: summary(process, base),
        defaults: process.defaults()?.map(|defaults| json!(defaults)),
        example: BTreeMap::from([("inputs", json!(process.example()?))]),
        inputs,
        outputs: BTreeMap::from([("answer", OutputDescription { title: "answer", schema: schemas::whole(&process.answer()) })]),
        input_schema: schema,
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

#[utoipa::path(
    get, path = "/processes", summary = "Analyses",
    params(Pages),
    responses((status = 200, body = Processes)),
)]
pub(super) async fn list(caller: Caller) -> Response {
    let processes = PROCESSES.iter().map(|process| summary(*process, &caller.base)).collect();
    reply::untagged(caller.form, &Processes { links: Vec::new(), processes })
}

#[utoipa::path(
    get, path = "/processes/{process}", summary = "An analysis",
    params(("process" = String, Path), Pages),
    responses((status = 200, body = ProcessDescription)),
)]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    Ok(reply::untagged(caller.form, &description(find(&id)?, &caller.base)?))
}

#[utoipa::path(
    post, path = "/processes/{process}/execution", summary = "Run an analysis, at once or as a job",
    params(("process" = String, Path), ("Prefer" = Option<String>, Header, description = "respond-async for a job")),
    request_body = Execution,
    responses((status = 200, body = ProcessAnswer), (status = 201, body = Job, description = "a job was queued")),
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
        return Ok(jobs::accepted(&app.planner.submit(&caller.viewer, process, execution.inputs)?, &caller));
    }
    away(move || app.planner.execute(process, &execution.inputs)?.render(&caller.viewer).map(Json)).await.map(Json::into_response)
}
