//! `/plans`.

use super::{App, Caller, Refusal, away};
use crate::service::plans::{self, NewPlan, PlanAnswer, PlanList};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

pub async fn list(State(app): State<App>) -> Result<Json<PlanList>, Refusal> {
    away(move || Ok(Json(plans::list(&app.planner.city())))).await
}

pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Json<PlanAnswer>, Refusal> {
    away(move || plans::one(&app.planner.city(), &id).map(Json)).await
}

pub async fn add(State(app): State<App>, caller: Caller, Json(plan): Json<NewPlan>) -> Result<Response, Refusal> {
    caller.may_write()?;
    let plan = away(move || app.planner.keep_plan(&caller.viewer, plan)).await?;
    let place = format!("/plans/{}", plan.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(plan)).into_response())
}

pub async fn items(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let name = format!("attachment; filename=\"plan-{}.geojson\"", id.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let text = away(move || plans::items(&app.planner.city(), &caller.viewer, &id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json".to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response())
}
