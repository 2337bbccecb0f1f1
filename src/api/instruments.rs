//! `/instruments`, `/lineage`: recorded merges and splits, and what became of which land.

use super::conditions::if_match;
use super::{App, Caller, Refusal, away};
use crate::service::instruments::{InstrumentAnswer, InstrumentList, InstrumentQuery, LineageAnswer, Move, NewInstrument, lineage_of};
use crate::service::today;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

fn with_etag(instrument: InstrumentAnswer) -> Response {
    let etag = instrument.etag.clone();
    ([(header::ETAG, etag), (header::VARY, "cookie".to_owned()), (header::CACHE_CONTROL, "no-cache".to_owned())], Json(instrument)).into_response()
}

pub async fn list(State(app): State<App>, caller: Caller, Query(query): Query<InstrumentQuery>) -> Result<Json<InstrumentList>, Refusal> {
    away(move || app.planner.instruments(&app.planner.city(), &caller.viewer, &query).map(Json)).await
}

pub async fn one(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    away(move || app.planner.instrument(&app.planner.city(), &caller.viewer, &code)).await.map(with_etag)
}

pub async fn add(State(app): State<App>, caller: Caller, Json(new): Json<NewInstrument>) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let instrument = away(move || app.planner.draft_instrument(&caller.viewer, &new)).await?;
    let place = format!("/instruments/{}", instrument.code);
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
    let seen = if_match(&headers)?;
    away(move || app.planner.move_instrument(&caller.viewer, &code, seen, &wanted)).await.map(with_etag)
}

pub async fn lineage(State(app): State<App>, Path(code): Path<String>) -> Result<Json<LineageAnswer>, Refusal> {
    away(move || lineage_of(&app.planner.city(), &code, &today()).map(Json)).await
}
