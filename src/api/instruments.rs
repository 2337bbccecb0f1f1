//! `/instruments`, `/lineage`: recorded merges and splits, and what became of which land.

use super::{App, Caller, Refusal, away};
use crate::service::instruments::{InstrumentQuery, Move, NewInstrument};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

fn with_etag(instrument: Value) -> Response {
    let etag = instrument["etag"].as_str().unwrap_or_default().to_owned();
    ([(header::ETAG, etag), (header::VARY, "cookie".to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned())], Json(instrument)).into_response()
}

pub async fn list(State(app): State<App>, caller: Caller, Query(query): Query<InstrumentQuery>) -> Result<Json<Value>, Refusal> {
    away(move || app.planner.instruments(&caller.viewer, &query).map(Json)).await
}

pub async fn one(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    away(move || app.planner.instrument(&caller.viewer, &code)).await.map(with_etag)
}

pub async fn add(State(app): State<App>, caller: Caller, Json(new): Json<NewInstrument>) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let instrument = away(move || app.planner.draft_instrument(&caller.viewer, &new)).await?;
    let place = format!("/instruments/{}", instrument["code"].as_str().unwrap_or_default());
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], with_etag(instrument)).into_response())
}

pub async fn advance(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    headers: HeaderMap,
    Json(wanted): Json<Move>,
) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let if_match = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    away(move || app.planner.move_instrument(&caller.viewer, &code, if_match.as_deref(), &wanted)).await.map(with_etag)
}

pub async fn lineage(State(app): State<App>, Path(code): Path<String>) -> Result<Json<Value>, Refusal> {
    away(move || app.planner.lineage_of(&code).map(Json)).await
}
