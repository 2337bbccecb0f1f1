//! Occupancy: units, stacks, a park's to-do list.

use super::{App, Caller, Refusal, away};
use crate::domain::Fault;
use crate::service::occupancy::UnitQuery;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

pub async fn list(State(app): State<App>, caller: Caller, Query(query): Query<UnitQuery>) -> Result<Json<Value>, Refusal> {
    away(move || app.planner.units(&caller.viewer, &query).map(Json)).await
}

fn with_etag(unit: Value) -> Response {
    let etag = unit["etag"].as_str().unwrap_or_default().to_owned();
    ([(header::ETAG, etag), (header::VARY, "cookie".to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned())], Json(unit)).into_response()
}

pub async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    away(move || app.planner.unit(&caller.viewer, &id)).await.map(with_etag)
}

/// JSON Merge Patch; the body is read here because its media type is not plain JSON.
pub async fn update(State(app): State<App>, caller: Caller, Path(id): Path<String>, headers: HeaderMap, body: String) -> Result<Response, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    let if_match = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let patch: Map<String, Value> = serde_json::from_str(&body)
        .map_err(|error| Fault::bad("body", format!("请求体应为 JSON 对象：{error}"), format!("the body is a JSON object: {error}")))?;
    away(move || app.planner.update_unit(&caller.viewer, &id, if_match.as_deref(), &patch)).await.map(with_etag)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    confirm: Vec<Confirmed>,
    as_of: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    id: String,
    etag: String,
}

pub async fn batch(State(app): State<App>, caller: Caller, Json(batch): Json<Batch>) -> Result<Json<Value>, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    let units: Vec<(String, String)> = batch.confirm.into_iter().map(|unit| (unit.id, unit.etag)).collect();
    away(move || app.planner.confirm_units(&caller.viewer, &units, &batch.as_of).map(Json)).await
}

pub async fn history(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>, Refusal> {
    away(move || app.planner.unit_history(&caller.viewer, &id).map(Json)).await
}

pub async fn stack(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Json<Value>, Refusal> {
    away(move || app.planner.stack(&caller.viewer, &code).map(Json)).await
}

pub async fn park(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Json<Value>, Refusal> {
    away(move || app.planner.park_occupancy(&caller.viewer, &code).map(Json)).await
}
