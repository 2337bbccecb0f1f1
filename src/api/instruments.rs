//! `/instruments`, `/lineage`: recorded merges and splits, and what became of which land.

use super::body::Body;
use super::conditions::{Tag, seen};
use super::negotiate::Form;
use super::offers::{Pages, Seen, Tagged};
use super::parameters::encode;
use super::{App, Caller, Refusal, away, reply};
use crate::domain::LayerId;
use crate::service::instruments::{InstrumentAnswer, InstrumentList, InstrumentQuery, LineageAnswer, Move, NewInstrument, lineage_of};
use crate::service::today;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Layers that show in an instrument: its land, and the owners in its ledger.
const SHOWN: [LayerId; 3] = [LayerId::Instrument, LayerId::PlanParcel, LayerId::Parcel];

/// What a write left, with the tag for the next one.
fn with_etag(instrument: InstrumentAnswer) -> Response {
    let etag = instrument.etag.clone();
    ([(header::ETAG, etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())], Json(instrument)).into_response()
}

#[utoipa::path(
    get, path = "/instruments", summary = "Instruments: recorded merges, splits and undoings",
    params(Pages, InstrumentQuery, Tagged),
    responses((status = 200, body = InstrumentList)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller, Query(query): Query<InstrumentQuery>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let list = app.planner.instruments(city, &caller.viewer, &query)?;
        reply::document(caller.form, &list, app.tag_on(city, &SHOWN).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

#[utoipa::path(
    get, path = "/instruments/{code}", summary = "One instrument with its ETag",
    params(("code" = String, Path), Pages, Tagged),
    responses((status = 200, body = InstrumentAnswer)),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let instrument = app.planner.instrument(city, &caller.viewer, &code)?;
        let tag = match caller.form {
            Form::Json => Tag::of_row(&instrument.etag),
            form => app.tag_on(city, &SHOWN).seen_by(&caller.viewer).formed(form, ""),
        };
        reply::document(caller.form, &instrument, tag)
    })
    .await
}

#[utoipa::path(
    post, path = "/instruments", summary = "Draft an instrument: merge, split or undo",
    request_body = NewInstrument,
    responses((status = 201, body = InstrumentAnswer)),
)]
pub(super) async fn add(State(app): State<App>, caller: Caller, Body(new): Body<NewInstrument>) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let viewer = caller.viewer.clone();
    let instrument = away(move || app.planner.draft_instrument(&viewer, &new)).await?;
    let place = caller.place(&format!("/instruments/{}", encode(&instrument.code)));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], with_etag(instrument)).into_response())
}

#[utoipa::path(
    post, path = "/instruments/{code}/transitions", summary = "Review, bring into force, return or withdraw",
    params(("code" = String, Path), Seen),
    request_body = Move,
    responses((status = 200, body = InstrumentAnswer)),
)]
pub(super) async fn advance(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<Move>,
) -> Result<Response, Refusal> {
    caller.viewer.official()?;
    caller.may_write()?;
    let seen = seen(&headers)?;
    away(move || app.planner.move_instrument(&caller.viewer, &code, seen, &wanted)).await.map(with_etag)
}

#[utoipa::path(
    get, path = "/lineage/{code}", summary = "What a piece of land came from and became",
    params(("code" = String, Path), Pages, Tagged),
    responses((status = 200, body = LineageAnswer)),
)]
pub(super) async fn lineage(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let lineage = lineage_of(city, &code, &today())?;
        reply::document(caller.form, &lineage, app.tag_on(city, &SHOWN).on(&today()).formed(caller.form, ""))
    })
    .await
}
