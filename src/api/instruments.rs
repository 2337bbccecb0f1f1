//! `/instruments`, `/lineage`: recorded merges and splits, and what became of which land.

use super::conditions::if_match;
use super::parameters::encode;
use super::{App, Caller, Refusal, away, reply};
use crate::domain::LayerId;
use crate::service::instruments::{InstrumentAnswer, InstrumentQuery, Move, NewInstrument, lineage_of};
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

pub(super) async fn list(State(app): State<App>, caller: Caller, Query(query): Query<InstrumentQuery>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let list = app.planner.instruments(city, &caller.viewer, &query)?;
        reply::document(caller.form, &list, app.tag_on(city, &SHOWN).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

pub(super) async fn one(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let instrument = app.planner.instrument(city, &caller.viewer, &code)?;
        let tag = app.tag_of_row(city, instrument.revision, &SHOWN).seen_by(&caller.viewer).formed(caller.form, "");
        reply::document(caller.form, &instrument, tag)
    })
    .await
}

pub(super) async fn add(State(app): State<App>, caller: Caller, Json(new): Json<NewInstrument>) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let viewer = caller.viewer.clone();
    let instrument = away(move || app.planner.draft_instrument(&viewer, &new)).await?;
    let place = caller.place(&format!("/instruments/{}", encode(&instrument.code)));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], with_etag(instrument)).into_response())
}

pub(super) async fn advance(
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

pub(super) async fn lineage(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let lineage = lineage_of(city, &code, &today())?;
        reply::document(caller.form, &lineage, app.tag_on(city, &SHOWN).on(&today()).formed(caller.form, ""))
    })
    .await
}
