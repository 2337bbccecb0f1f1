//! `/import-profiles`: mappings that planners save for the next file of the same sender.

use super::body::Body;
use super::negotiate::Form;
use super::offers::Plain;
use super::{App, Caller, Refusal, away, reply};
use crate::service::imports::{self, NewProfile, ProfileList, SavedProfile};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

#[utoipa::path(
    get, path = "/import-profiles", summary = "Saved mappings",
    params(Plain),
    responses((status = 200, body = ProfileList)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    let list = away(move || imports::profiles(&app.intake, &caller.viewer)).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], reply::untagged(Form::Json, &list)).into_response())
}

#[utoipa::path(
    post, path = "/import-profiles", summary = "Save a mapping under its name, from an object or from the text of a profile file",
    request_body = NewProfile,
    responses((status = 201, body = SavedProfile)),
)]
pub(super) async fn save(State(app): State<App>, caller: Caller, Body(new): Body<NewProfile>) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    let base = caller.place("/import-profiles/");
    let saved = away(move || imports::save_profile(&app.intake, &caller.viewer, new)).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, format!("{base}{}", saved.id))], Json(saved)).into_response())
}

#[utoipa::path(
    get, path = "/import-profiles/{id}", summary = "A saved mapping as the file that `parkplan import --profile` reads",
    params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "application/toml")),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let file = format!("attachment; filename=\"profile-{}.toml\"", id.chars().filter(char::is_ascii_hexdigit).collect::<String>());
    let (text, _) = away(move || imports::profile_text(&app.intake, &caller.viewer, &id)).await?;
    let headers = [(header::CONTENT_TYPE, "application/toml; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, [(header::CONTENT_DISPOSITION, file)], text).into_response())
}

#[utoipa::path(
    delete, path = "/import-profiles/{id}", summary = "Delete a saved mapping",
    params(("id" = String, Path)),
    responses((status = 204)),
)]
pub(super) async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    away(move || imports::delete_profile(&app.intake, &caller.viewer, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
