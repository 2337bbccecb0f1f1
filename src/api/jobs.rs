//! `/jobs`: runs that take longer (OGC API – Processes, asynchronous).

use super::{App, Caller, Refusal, away, reply};
use crate::service::jobs::JobStatus;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

fn body(status: &JobStatus, base: &str) -> Value {
    let id = &status.id;
    let mut body = json!(status);
    let mut links = vec![json!({ "rel": "self", "href": format!("{base}/jobs/{id}"), "type": "application/json" })];
    if body["status"] == "successful" {
        links.push(json!({ "rel": "http://www.opengis.net/def/rel/ogc/1.0/results", "href": format!("{base}/jobs/{id}/results"), "type": "application/json" }));
    }
    body["links"] = Value::from(links);
    body
}

/// The answer to an execution that was asked for asynchronously.
pub fn accepted(status: &JobStatus, caller: &Caller) -> Response {
    let place = caller.place(&format!("/jobs/{}", status.id));
    let applied = (HeaderName::from_static("preference-applied"), "respond-async".to_owned());
    (StatusCode::CREATED, [(header::LOCATION, place), applied], Json(body(status, &caller.base))).into_response()
}

pub async fn list(State(app): State<App>, caller: Caller) -> Response {
    let jobs: Vec<Value> = app.planner.jobs(&caller.viewer).iter().map(|status| body(status, &caller.base)).collect();
    let links = json!([{ "rel": "self", "href": format!("{}/jobs", caller.base), "type": "application/json" }]);
    fresh(reply::untagged(caller.form, &json!({ "jobs": jobs, "links": links })))
}

pub async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    Ok(fresh(reply::untagged(caller.form, &body(&app.planner.job_status(&caller.viewer, &id)?, &caller.base))))
}

/// What changes by itself and is one person's own is kept by nobody.
fn fresh(response: Response) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], response).into_response()
}

pub async fn dismiss(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    caller.may_write()?;
    Ok(Json(body(&app.planner.dismiss_job(&caller.viewer, &id)?, &caller.base)))
}

pub async fn results(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let text = away(move || app.planner.job_result(&caller.viewer, &id).map(|result| result.to_string())).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
