//! Occupancy: units, stacks, a park's to-do list.

use super::conditions::if_match;
use super::{App, Caller, Refusal, away};
use crate::domain::Fault;
use crate::domain::edit::Precondition;
use crate::domain::fault::Outcome;
use crate::service::changes::History;
use crate::service::occupancy::{self, ParkOccupancy, Stack, UnitAnswer, UnitPage, UnitQuery};
use crate::service::today;
use crate::service::use_cases::Confirmation;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

pub async fn list(State(app): State<App>, caller: Caller, Query(query): Query<UnitQuery>) -> Result<Json<UnitPage>, Refusal> {
    away(move || occupancy::list(&app.planner.city(), &caller.viewer, &query, &today()).map(Json)).await
}

fn with_etag(unit: UnitAnswer) -> Response {
    let etag = unit.etag.clone();
    ([(header::ETAG, etag), (header::VARY, "cookie".to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned())], Json(unit)).into_response()
}

pub async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    away(move || occupancy::one(&app.planner.city(), &caller.viewer, &id, &today())).await.map(with_etag)
}

/// JSON Merge Patch; the body is read here because its media type is not plain JSON.
pub async fn update(State(app): State<App>, caller: Caller, Path(id): Path<String>, headers: HeaderMap, body: String) -> Result<Response, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    let seen = if_match(&headers)?;
    let patch: Map<String, Value> = serde_json::from_str(&body)
        .map_err(|error| Fault::bad("body", format!("请求体应为 JSON 对象：{error}"), format!("the body is a JSON object: {error}")))?;
    away(move || app.planner.update_unit(&caller.viewer, &id, seen, patch)).await.map(with_etag)
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

pub async fn batch(State(app): State<App>, caller: Caller, Json(batch): Json<Batch>) -> Result<Json<Confirmation>, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    let seen = |unit: Confirmed| Ok((unit.id, Precondition::parse(&unit.etag)?));
    let units = batch.confirm.into_iter().map(seen).collect::<Outcome<Vec<_>>>()?;
    away(move || app.planner.confirm_units(&caller.viewer, units, &batch.as_of).map(Json)).await
}

pub async fn history(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Json<History>, Refusal> {
    away(move || app.planner.unit_history(&app.planner.city(), &caller.viewer, &id).map(Json)).await
}

pub async fn stack(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Json<Stack>, Refusal> {
    away(move || occupancy::stack(&app.planner.city(), &caller.viewer, &code, &today()).map(Json)).await
}

pub async fn park(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Json<ParkOccupancy>, Refusal> {
    away(move || occupancy::of_park(&app.planner.city(), &caller.viewer, &code, &today()).map(Json)).await
}
