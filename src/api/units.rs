//! Occupancy: units, stacks, a park's to-do list.

use super::body::{Body, MergePatch};
use super::conditions::{Tag, seen};
use super::negotiate::Form;
use super::offers::{Pages, Seen, Tagged};
use super::{App, Caller, Refusal, away, reply};
use crate::city::City;
use crate::domain::LayerId;
use crate::domain::edit::Precondition;
use crate::domain::fault::Outcome;
use crate::service::changes::History;
use crate::service::occupancy::{self, ParkOccupancy, Stack, UnitAnswer, UnitPage, UnitQuery};
use crate::service::today;
use crate::service::undo::{TakeBack, TakenBack, take_back};
use crate::service::use_cases::Confirmation;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

/// Layers that show in the answers about units.
const OCCUPANCY: [LayerId; 4] = [LayerId::Unit, LayerId::Floor, LayerId::Building, LayerId::Park];

#[utoipa::path(
    get, path = "/units", summary = "Floor units",
    params(Pages, UnitQuery, Tagged),
    responses((status = 200, body = UnitPage)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller, Query(query): Query<UnitQuery>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let page = occupancy::list(city, &caller.viewer, &query, &today())?;
        reply::document(caller.form, &page, occupancy_tag(app, city, &caller))
    })
    .await
}

fn occupancy_tag(app: &App, city: &City, caller: &Caller) -> Tag {
    app.tag_on(city, &OCCUPANCY).on(&today()).seen_by(&caller.viewer).formed(caller.form, "")
}

/// What a write left, with the tag for the next one.
fn with_etag(unit: UnitAnswer) -> Response {
    let etag = unit.etag.clone();
    ([(header::ETAG, etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())], Json(unit)).into_response()
}

#[utoipa::path(
    get, path = "/units/{id}", summary = "One unit with its ETag",
    params(("id" = String, Path), Pages, Tagged),
    responses((status = 200, body = UnitAnswer)),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let unit = occupancy::one(city, &caller.viewer, &id, &today())?;
        let tag = if caller.form == Form::Json { Tag::of_row(&unit.etag) } else { occupancy_tag(app, city, &caller) };
        reply::document(caller.form, &unit, tag)
    })
    .await
}

#[utoipa::path(
    patch, path = "/units/{id}", summary = "Change a unit (JSON Merge Patch)",
    params(("id" = String, Path), Seen),
    request_body(content((BTreeMap<String, Value> = "application/merge-patch+json"), (BTreeMap<String, Value> = "application/json"))),
    responses((status = 200, body = UnitAnswer)),
)]
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    MergePatch(patch): MergePatch,
) -> Result<Response, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    let seen = seen(&headers)?;
    Ok(with_etag(app.planner.update_unit(&caller.viewer, &id, seen, patch).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    confirm: Vec<Confirmed>,
    as_of: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    id: String,
    etag: String,
}

#[utoipa::path(
    post, path = "/units:batch", summary = "Confirm units as they stand",
    request_body = Batch,
    responses((status = 200, body = Confirmation)),
)]
pub(super) async fn batch(State(app): State<App>, caller: Caller, Body(batch): Body<Batch>) -> Result<Json<Confirmation>, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    let seen = |unit: Confirmed| Ok((unit.id, Precondition::parse("etag", &unit.etag)?));
    let units = batch.confirm.into_iter().map(seen).collect::<Outcome<Vec<_>>>()?;
    away(move || app.planner.confirm_units(&caller.viewer, units, &batch.as_of).map(Json)).await
}

#[utoipa::path(
    post, path = "/units:undo", summary = "Take back one's own change of units, while nothing newer has touched them",
    request_body = TakeBack,
    responses((status = 200, body = TakenBack)),
)]
pub(super) async fn undo(State(app): State<App>, caller: Caller, Body(wanted): Body<TakeBack>) -> Result<Json<TakenBack>, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    away(move || take_back(&app.planner, &caller.viewer, &wanted).map(Json)).await
}

#[utoipa::path(
    get, path = "/units/{id}/history", summary = "Changes of a unit",
    params(("id" = String, Path), Pages, Tagged),
    responses((status = 200, body = History)),
)]
pub(super) async fn history(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let history = app.planner.unit_history(city, &caller.viewer, &id)?;
        reply::document(caller.form, &history, occupancy_tag(app, city, &caller))
    })
    .await
}

#[utoipa::path(
    get, path = "/buildings/{code}/stack", summary = "Stacking plan of a building",
    params(("code" = String, Path), Pages, Tagged),
    responses((status = 200, body = Stack)),
)]
pub(super) async fn stack(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let stack = occupancy::stack(city, &caller.viewer, &code, &today())?;
        reply::document(caller.form, &stack, occupancy_tag(app, city, &caller))
    })
    .await
}

#[utoipa::path(
    get, path = "/parks/{code}/occupancy", summary = "Occupancy of a park and what is due",
    params(("code" = String, Path), Pages, Tagged),
    responses((status = 200, body = ParkOccupancy)),
)]
pub(super) async fn park(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let park = occupancy::of_park(city, &caller.viewer, &code, &today())?;
        reply::document(caller.form, &park, occupancy_tag(app, city, &caller))
    })
    .await
}
