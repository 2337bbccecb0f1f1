//! `/jobs`: runs that take longer (OGC API – Processes, asynchronous).

use super::answers::{Job, JobList, Link};
use super::negotiate::Form;
use super::offers::{Pages, Plain};
use super::schemas::ProcessAnswer;
use super::{App, Caller, Refusal, away, reply};
use crate::service::jobs::{JobState, JobStatus};
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

fn job(status: &JobStatus, base: &str) -> Job {
    let id = &status.id;
    let mut links = vec![Link::json("self", format!("{base}/jobs/{id}"))];
    if status.status == JobState::Successful {
        links.push(Link::json("http://www.opengis.net/def/rel/ogc/1.0/results", format!("{base}/jobs/{id}/results")));
    }
    Job { status: status.clone(), links }
}

/// The answer to an execution that was asked for asynchronously.
pub(super) fn accepted(status: &JobStatus, caller: &Caller) -> Response {
    let place = caller.place(&format!("/jobs/{}", status.id));
    let applied = (HeaderName::from_static("preference-applied"), "respond-async".to_owned());
    (StatusCode::CREATED, [(header::LOCATION, place), applied], reply::untagged(Form::Json, &job(status, &caller.base))).into_response()
}

#[utoipa::path(
    get, path = "/jobs", summary = "Own jobs",
    params(Pages),
    responses((status = 200, body = JobList)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Response {
    let jobs = app.planner.jobs().list(&caller.viewer).iter().map(|status| job(status, &caller.base)).collect();
    let links = vec![Link::json("self", format!("{}/jobs", caller.base))];
    fresh(reply::untagged(caller.form, &JobList { jobs, links }))
}

#[utoipa::path(
    get, path = "/jobs/{id}", summary = "Status of a job",
    params(("id" = String, Path), Pages),
    responses((status = 200, body = Job)),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    Ok(fresh(reply::untagged(caller.form, &job(&app.planner.jobs().status(&caller.viewer, &id)?, &caller.base))))
}

/// What changes by itself and is one person's own is kept by nobody.
fn fresh(response: Response) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], response).into_response()
}

#[utoipa::path(
    delete, path = "/jobs/{id}", summary = "Cancel a job",
    params(("id" = String, Path)),
    responses((status = 200, body = Job)),
)]
pub(super) async fn dismiss(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    caller.may_write()?;
    Ok(reply::untagged(Form::Json, &job(&app.planner.jobs().dismiss(&caller.viewer, &id)?, &caller.base)))
}

#[utoipa::path(
    get, path = "/jobs/{id}/results", summary = "Result of a job",
    params(("id" = String, Path), Plain),
    responses((status = 200, body = ProcessAnswer)),
)]
pub(super) async fn results(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let text = away(move || Ok(app.planner.jobs().result(&caller.viewer, &id)?.render(&caller.viewer)?.to_string())).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
