//! `/processes`: the analyses (OGC API – Processes, synchronous, or as a job with `Prefer: respond-async`).

use super::answers::{InputDescription, Job, Link, OutputDescription, ProcessDescription, ProcessSummary, Processes};
use super::body::Body;
use super::gate::neighbourhood;
use super::offers::Pages;
use super::schemas::ProcessAnswer;
use super::waited::while_waited;
use super::{App, Caller, Refusal, jobs, lanes, reply};
use crate::domain::fault::Outcome;
use crate::service::jobs::ProcessWork;
use crate::service::processes::{AnyProcess, Erased, PROCESSES, Pace, find};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use utoipa::ToSchema;

/// What an analysis is to be run on (OGC `execute`).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Execution {
    #[serde(default)]
    #[schema(value_type = Value)]
    inputs: Erased,
    /// The only one is `answer`, which is given in any case.
    #[allow(dead_code)]
    outputs: Option<Outputs>,
    /// The answer comes as it is.
    #[allow(dead_code)]
    response: Option<ResponseForm>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Outputs {
    #[allow(dead_code)]
    #[schema(value_type = Option<Value>)]
    answer: Option<IgnoredAny>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ResponseForm {
    Raw,
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
    let schema = json!(process.inputs().whole());
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
        outputs: BTreeMap::from([("answer", OutputDescription { title: "answer", schema: json!(process.answer().whole()) })]),
        input_schema: schema,
    })
}

/// RFC 7240: one of the preferences is `respond-async`, whatever its case and its parameters.
pub(super) fn wants_a_job(headers: &HeaderMap) -> bool {
    let lines = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| parted(line, ',')).any(|wish| {
        let token = parted(wish, ';').next().unwrap_or_default();
        let (name, value) = token.split_once('=').unwrap_or((token, ""));
        name.trim().eq_ignore_ascii_case("respond-async") && matches!(value.trim(), "" | "\"\"")
    })
}

/// Parts of a list whose quoted texts may hold the sign that parts them.
fn parted(text: &str, sign: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |letter: char| {
        let inside = quoted;
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        letter == sign && !inside
    })
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
    Body(execution): Body<Execution>,
) -> Result<Response, Refusal> {
    let process = find(&id)?;
    if wants_a_job(&headers) {
        return Ok(jobs::accepted(
            &app.planner.submit(&caller.viewer, &neighbourhood(&caller.address), Box::new(ProcessWork::new(process, execution.inputs)?))?,
            &caller,
        ));
    }
    // What a slider asks for does not wait behind the runs of others.
    let lane = match process.pace(&execution.inputs) {
        Pace::Quick => None,
        Pace::Slow => lanes::heavy(),
    };
    let run = move |stop: &AtomicBool| Ok(app.planner.execute(process, &execution.inputs, stop)?.render(&caller.viewer)?.to_string());
    let text = while_waited(lane, run).await?;
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "private, no-store")], text).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_for_a_job_is_read_in_any_case_and_with_parameters() {
        let wants = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("prefer", line.parse().unwrap());
            }
            wants_a_job(&headers)
        };
        for fine in [
            "respond-async",
            "Respond-Async",
            "wait=10, RESPOND-ASYNC; foo=bar",
            "respond-async;wait=5",
            "note=\"a, b\",respond-async",
            "respond-async=\"\"",
        ] {
            assert!(wants(&[fine]), "{fine}");
        }
        for other in ["", "return=minimal", "wait=10", "respond-asynchronously", "note=\"x, respond-async\"", "respond-async=no", "x;respond-async"] {
            assert!(!wants(&[other]), "{other}");
        }
        assert!(wants(&["wait=10", "respond-async"]));
    }
}
