//! `/session`: sign in, who am I, sign out, first account.

use super::answers::Session;
use super::body::Body;
use super::gate::neighbourhood;
use super::{App, Caller, Refusal, away};
use crate::domain::{Account, Role};
use crate::service::Planner;
use crate::service::sessions::Setup;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    account: String,
    password: String,
}

fn describe(planner: &Planner, account: Option<&Account>) -> Session {
    Session {
        account: account.map(|account| account.account.clone()),
        name: account.map(|account| account.name.clone()),
        parks: account.map(|account| account.parks.clone()).unwrap_or_default(),
        role: account.map_or(Role::Guest, |account| account.role).as_str(),
        setup: account.is_none() && planner.people().awaits_setup(),
        signed_in: account.is_some(),
    }
}

fn with_cookie(body: Session, cookie: Cookie<'static>) -> Response {
    (CookieJar::new().add(cookie), [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

#[utoipa::path(get, path = "/session", summary = "Who am I", responses((status = 200, body = Session)))]
pub(super) async fn who(State(app): State<App>, caller: Caller) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(describe(&app.planner, caller.viewer.account()))).into_response()
}

#[utoipa::path(
    post, path = "/session", summary = "Sign in",
    request_body = SignIn,
    responses((status = 200, body = Session)),
)]
pub(super) async fn sign_in(State(app): State<App>, caller: Caller, Body(form): Body<SignIn>) -> Result<Response, Refusal> {
    caller.may_write()?;
    let (planner, address) = (app.planner.clone(), neighbourhood(&caller.address));
    let (account, token) = away(move || planner.people().sign_in(&form.account, &form.password, &address)).await?;
    Ok(with_cookie(describe(&app.planner, Some(&account)), caller.cookie(&token)))
}

#[utoipa::path(
    post, path = "/session/setup", summary = "Make the first account with the one-time link",
    request_body = Setup,
    responses((status = 200, body = Session)),
)]
pub(super) async fn set_up(State(app): State<App>, caller: Caller, Body(form): Body<Setup>) -> Result<Response, Refusal> {
    caller.may_write()?;
    let planner = app.planner.clone();
    let (account, token) = away(move || planner.people().set_up(&planner.city(), &form)).await?;
    Ok(with_cookie(describe(&app.planner, Some(&account)), caller.cookie(&token)))
}

#[utoipa::path(delete, path = "/session", summary = "Sign out", responses((status = 204)))]
pub(super) async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    caller.may_write()?;
    let mut gone = caller.cookie("");
    gone.make_removal();
    if let Some(token) = caller.token {
        let planner = app.planner.clone();
        away(move || planner.people().sign_out(&token)).await?;
    }
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(gone)).into_response())
}
