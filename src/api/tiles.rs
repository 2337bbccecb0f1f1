//! Vector tiles and TileJSON.

use super::negotiate::Form;
use super::offers::{Pages, Tagged, Tiles};
use super::{App, Caller, Refusal, reply};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::service::tiles::TileJson;
use crate::service::{tiles, today};
use crate::spatial::tile::TileAddress;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

/// The tag of a layer's tiles: they stay while the layer does. Parcels carry a flag for stale figures, which rests on units and on the day.
fn tag(app: &App, city: &City, name: &str) -> super::conditions::Tag {
    match LayerId::parse(name) {
        Some(LayerId::Parcel) => app.tag_on(city, &[LayerId::Parcel, LayerId::Building, LayerId::Unit]).on(&today()),
        Some(layer) => app.tag_on(city, &[layer]),
        None => app.tag(city),
    }
}

#[utoipa::path(
    get, path = "/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}", summary = "Vector tile",
    params(
        ("collection" = String, Path),
        ("z" = u8, Path),
        ("y" = u32, Path),
        ("x" = String, Path),
        ("rev" = Option<i64>, Query, minimum = 0, description = "the layer's revision, so that a new one is another address"),
        Tiles,
        Tagged,
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "an empty tile"),
    ),
)]
pub(super) async fn tile(State(app): State<App>, Path((name, z, y, x)): Path<(String, u8, u32, String)>) -> Result<Response, Refusal> {
    let address = address(z, y, &x)?;
    app.read(move |app, city| {
        let bytes = tiles::tile(city, &name, address)?;
        let empty = bytes.is_empty();
        let mut response = reply::bytes(Form::Tile.media_type(), bytes, tag(app, city, &name));
        if empty {
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        Ok(response)
    })
    .await
}

/// A tile by the parts of its address; the last may have an ending.
pub(super) fn address(z: u8, y: u32, x: &str) -> Outcome<TileAddress> {
    let x = x.trim_end_matches(".mvt").trim_end_matches(".pbf").parse().ok();
    x.and_then(|x| TileAddress::new(z, x, y)).ok_or_else(|| Fault::not_found("no_such_tile", "没有这张瓦片", "there is no such tile"))
}

#[utoipa::path(
    get, path = "/collections/{collection}/tilejson.json", summary = "TileJSON",
    params(("collection" = String, Path), Pages, Tagged),
    responses((status = 200, body = TileJson)),
)]
pub(super) async fn tile_json(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    answer_tile_json(app, caller, name).await
}

/// The same where OGC API – Tiles looks for a tileset.
#[utoipa::path(
    get, path = "/collections/{collection}/tiles/WebMercatorQuad", summary = "TileJSON",
    params(("collection" = String, Path), Pages, Tagged),
    responses((status = 200, body = TileJson)),
)]
pub(super) async fn tileset(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    answer_tile_json(app, caller, name).await
}

async fn answer_tile_json(app: App, caller: Caller, name: String) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let answer = tiles::tile_json(city, &name, &caller.base)?;
        reply::document(caller.form, &answer, tag(app, city, &name).formed(caller.form, &caller.base))
    })
    .await
}
