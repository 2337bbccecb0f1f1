//! `/designations`: applications, titles, and what they rest on.

use super::body::Body;
use super::conditions::{Tag, seen};
use super::negotiate::Form;
use super::offers::{Pages, Plain, Seen, Tagged};
use super::parameters::encode;
use super::{App, Caller, Refusal, away, reply};
use crate::domain::LayerId;
use crate::service::decisions::Decisions;
use crate::service::designations::{
    DesignationAnswer, DesignationList, DesignationMove, DesignationQuery, DraftPatch, NewAssessment, NewDesignation, RegisterFormat, TodayAnswer,
};
use crate::service::today as this_day;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

/// Layers that show in a designation: its row, and the park's name.
const SHOWN: [LayerId; 2] = [LayerId::Designation, LayerId::Park];

/// What a write left, with the tag for the next one.
fn with_etag(designation: DesignationAnswer) -> Response {
    let etag = designation.etag.clone();
    ([(header::ETAG, etag), (header::CACHE_CONTROL, "private, no-cache".to_owned())], Json(designation)).into_response()
}

#[utoipa::path(
    get, path = "/designations", summary = "The register: applications and titles",
    params(Pages, DesignationQuery, Tagged),
    responses((status = 200, body = DesignationList)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller, Query(query): Query<DesignationQuery>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let list = Decisions::of(&app.planner).list(city, &caller.viewer, &query)?;
        // The log's head stands in the answer, so it is of the whole city.
        reply::document(caller.form, &list, app.tag(city).on(&this_day()).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AsFile {
    #[serde(default)]
    #[param(inline)]
    format: RegisterFormat,
    #[serde(flatten)]
    #[param(ignore)]
    query: DesignationQuery,
}

#[utoipa::path(
    get, path = "/designations/register", summary = "The register as a file: CSV, XLSX, or GeoJSON with the parks' shapes",
    params(AsFile, DesignationQuery, Tagged),
    responses(
        (
            status = 200,
            description = "the file, of the format's media type",
            content((super::answers::ExportedFeatures = "application/geo+json"), (String = "text/csv"), (Vec<u8> = "application/octet-stream")),
        ),
    ),
)]
pub(super) async fn register(State(app): State<App>, caller: Caller, Query(wanted): Query<AsFile>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let (format, lang) = (wanted.format, caller.lang);
        let (bytes, count) = Decisions::of(&app.planner).register(city, &caller.viewer, &wanted.query, format, lang)?;
        let tag = app.tag_on(city, &SHOWN).on(&this_day()).told_in(lang);
        let mut response = reply::bytes(format.media_type(), bytes, tag);
        let name = format!("attachment; filename=\"designations.{}\"", format.name());
        put(&mut response, header::CONTENT_DISPOSITION, &name);
        put(&mut response, header::HeaderName::from_static("x-feature-count"), &count.to_string());
        Ok(response)
    })
    .await
}

fn put(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
}

#[utoipa::path(
    get, path = "/designations/{code}", summary = "One designation with its history, its frozen evidence and its ETag",
    params(("code" = String, Path), Pages, Tagged),
    responses((status = 200, body = DesignationAnswer)),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let designation = Decisions::of(&app.planner).one(city, &caller.viewer, &code)?;
        let tag = match caller.form {
            Form::Json => Tag::of_row(&designation.etag),
            form => app.tag(city).on(&this_day()).seen_by(&caller.viewer).formed(form, ""),
        };
        reply::document(caller.form, &designation, tag)
    })
    .await
}

#[utoipa::path(
    post, path = "/designations", summary = "Draft an application",
    request_body = NewDesignation,
    responses((status = 201, body = DesignationAnswer)),
)]
pub(super) async fn add(State(app): State<App>, caller: Caller, Body(new): Body<NewDesignation>) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let viewer = caller.viewer.clone();
    let designation = away(move || Decisions::of(&app.planner).draft(&viewer, None, &new, None)).await?;
    let place = caller.place(&format!("/designations/{}", encode(&designation.code)));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], with_etag(designation)).into_response())
}

#[utoipa::path(
    patch, path = "/designations/{code}", summary = "Edit a draft",
    params(("code" = String, Path), Seen),
    request_body = DraftPatch,
    responses((status = 200, body = DesignationAnswer)),
)]
pub(super) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body(patch): Body<DraftPatch>,
) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let seen = seen(&headers)?;
    away(move || Decisions::of(&app.planner).edit(&caller.viewer, &code, seen, &patch)).await.map(with_etag)
}

#[utoipa::path(
    post, path = "/designations/{code}/moves", summary = "Submit, forward, return, reject, designate, keep, revoke or withdraw",
    params(("code" = String, Path), Seen),
    request_body = DesignationMove,
    responses((status = 200, body = DesignationAnswer)),
)]
pub(super) async fn advance(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<DesignationMove>,
) -> Result<Response, Refusal> {
    caller.viewer.official()?;
    caller.may_write()?;
    let seen = seen(&headers)?;
    away(move || Decisions::of(&app.planner).step(&caller.viewer, &code, seen, &wanted, None)).await.map(with_etag)
}

#[utoipa::path(
    post, path = "/designations/{code}/assessments", summary = "Record the grade of a year",
    params(("code" = String, Path), Seen),
    request_body = NewAssessment,
    responses((status = 200, body = DesignationAnswer)),
)]
pub(super) async fn assess(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<NewAssessment>,
) -> Result<Response, Refusal> {
    caller.viewer.reviewer()?;
    caller.may_write()?;
    let seen = seen(&headers)?;
    away(move || Decisions::of(&app.planner).assess(&caller.viewer, &code, seen, &wanted)).await.map(with_etag)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OnDay {
    /// The day on which today's data is read; today if absent.
    #[param(format = Date)]
    as_of: Option<String>,
}

#[utoipa::path(
    get, path = "/designations/{code}/today", summary = "Would it pass today? Three answers side by side",
    params(("code" = String, Path), Pages, OnDay, Tagged),
    responses((status = 200, body = TodayAnswer)),
)]
pub(super) async fn today(State(app): State<App>, caller: Caller, Path(code): Path<String>, Query(on): Query<OnDay>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let answer = Decisions::of(&app.planner).today(city, &caller.viewer, &code, on.as_of.as_deref())?;
        reply::document(caller.form, &answer, app.tag(city).on(&this_day()).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

#[utoipa::path(
    get, path = "/designations/{code}/evidence/{sha256}", summary = "The very text that was frozen with a decision: canonical JSON (RFC 8785)",
    params(("code" = String, Path), ("sha256" = String, Path), Plain, Tagged),
    responses((status = 200, body = crate::service::designations::FrozenCard)),
)]
pub(super) async fn evidence(State(app): State<App>, caller: Caller, Path((code, sha256)): Path<(String, String)>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let text = Decisions::of(&app.planner).evidence(city, &caller.viewer, &code, &sha256)?;
        Ok(reply::bytes(Form::Json.media_type(), text, app.tag_on(city, &SHOWN).seen_by(&caller.viewer).formed(caller.form, "")))
    })
    .await
}

#[utoipa::path(
    get, path = "/designations/{code}/certificate", summary = "The certificate of a title in force: one page of PDF",
    params(("code" = String, Path), Tagged),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")),
)]
pub(super) async fn certificate(State(app): State<App>, caller: Caller, Path(code): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let bytes = Decisions::of(&app.planner).certificate(city, &caller.viewer, &code)?;
        let mut response = reply::bytes("application/pdf", bytes, app.tag_on(city, &SHOWN).on(&this_day()));
        let safe: String = code.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
        put(&mut response, header::CONTENT_DISPOSITION, &format!("inline; filename=\"{safe}.pdf\""));
        Ok(response)
    })
    .await
}
