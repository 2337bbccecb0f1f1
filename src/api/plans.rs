//! `/plans`.

use super::answers::PlanFeatures;
use super::body::Body;
use super::negotiate::Form;
use super::offers::{Features, Pages, Tagged};
use super::{App, Caller, Refusal, away, reply};
use crate::service::plans::{self, MadeTasks, NewPlan, PlanAnswer, PlanList};
use crate::service::today;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

#[utoipa::path(
    get, path = "/plans", summary = "Plans",
    params(Pages, Tagged),
    responses((status = 200, body = PlanList)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        reply::document(caller.form, &plans::list(city, &caller.viewer), app.tag(city).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

#[utoipa::path(
    get, path = "/plans/{id}", summary = "A plan",
    params(("id" = String, Path), Pages, Tagged),
    responses((status = 200, body = PlanAnswer)),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let plan = plans::one(city, &caller.viewer, &id)?;
        reply::document(caller.form, &plan, app.tag(city).on(&today()).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

#[utoipa::path(
    post, path = "/plans", summary = "Keep a plan",
    request_body = NewPlan,
    responses((status = 201, body = PlanAnswer)),
)]
pub(super) async fn add(State(app): State<App>, caller: Caller, Body(plan): Body<NewPlan>) -> Result<Response, Refusal> {
    caller.may_write()?;
    let viewer = caller.viewer.clone();
    let plan = away(move || app.planner.keep_plan(&viewer, plan)).await?;
    let place = caller.place(&format!("/plans/{}", plan.id));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(plan)).into_response())
}

#[utoipa::path(
    post, path = "/plans/{id}/tasks", summary = "Make tasks from an action plan",
    params(("id" = String, Path)),
    responses((status = 201, body = MadeTasks)),
)]
pub(super) async fn make_tasks(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    caller.may_write()?;
    let viewer = caller.viewer.clone();
    let made = away(move || plans::make_tasks(&app.planner, &viewer, &id)).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

#[utoipa::path(
    get, path = "/plans/{id}/items", summary = "A plan's parcels",
    params(("id" = String, Path), Features, Tagged),
    responses((status = 200, body = PlanFeatures, content_type = "application/geo+json")),
)]
pub(super) async fn items(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let name = format!("attachment; filename=\"plan-{}.geojson\"", id.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let response = app.read(move |app, city| {
        let text = plans::items(city, &caller.viewer, &id)?;
        Ok(reply::bytes(Form::GeoJson.media_type(), text, app.tag(city).seen_by(&caller.viewer).formed(caller.form, "")))
    });
    Ok(([(header::CONTENT_DISPOSITION, name)], response.await?).into_response())
}
