//! Vector tiles and TileJSON.

use super::{App, Caller, Refusal, away};
use crate::domain::Fault;
use crate::service::tiles;
use crate::spatial::tile::TileAddress;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub async fn tile(State(app): State<App>, Path((name, z, y, x)): Path<(String, u8, u32, String)>) -> Result<Response, Refusal> {
    let bad = || Fault::not_found("no_such_tile", "没有这张瓦片", "there is no such tile");
    let x: u32 = x.trim_end_matches(".mvt").trim_end_matches(".pbf").parse().map_err(|_| bad())?;
    let address = TileAddress::new(z, x, y).ok_or_else(bad)?;
    let bytes = away(move || tiles::tile(&app.planner.city(), &name, address)).await?;
    let status = if bytes.is_empty() { StatusCode::NO_CONTENT } else { StatusCode::OK };
    let headers = [(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile"), (header::CACHE_CONTROL, "no-cache")];
    Ok((status, headers, bytes).into_response())
}

pub async fn tile_json(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    away(move || tiles::tile_json(&app.planner.city(), &name, &caller.base).map(Json)).await
}
