//! `/session`: sign in, who am I, sign out, first account.

use super::{App, Caller, Refusal, away};
use crate::domain::Account;
use crate::service::Planner;
use crate::service::sessions::Setup;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    account: String,
    password: String,
}

fn describe(planner: &Planner, account: Option<&Account>) -> Value {
    match account {
        Some(account) => {
            json!({ "signed_in": true, "account": account.account, "name": account.name, "role": account.role.as_str(), "parks": account.parks, "setup": false })
        }
        None => json!({ "signed_in": false, "role": "guest", "parks": [], "setup": planner.awaits_setup() }),
    }
}

fn with_cookie(body: Value, cookie: Cookie<'static>) -> Response {
    (CookieJar::new().add(cookie), [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

pub async fn who(State(app): State<App>, caller: Caller) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(describe(&app.planner, caller.viewer.account()))).into_response()
}

pub async fn sign_in(State(app): State<App>, caller: Caller, Json(form): Json<SignIn>) -> Result<Response, Refusal> {
    caller.may_write()?;
    let (planner, address) = (app.planner.clone(), caller.address.clone());
    let (account, token) = away(move || planner.sign_in(&form.account, &form.password, &address)).await?;
    Ok(with_cookie(describe(&app.planner, Some(&account)), caller.cookie(&token)))
}

pub async fn set_up(State(app): State<App>, caller: Caller, Json(form): Json<Setup>) -> Result<Response, Refusal> {
    caller.may_write()?;
    let planner = app.planner.clone();
    let (account, token) = away(move || planner.set_up(&form)).await?;
    Ok(with_cookie(describe(&app.planner, Some(&account)), caller.cookie(&token)))
}

pub async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    caller.may_write()?;
    let mut gone = caller.cookie("");
    gone.make_removal();
    if let Some(token) = caller.token {
        let planner = app.planner.clone();
        away(move || planner.sign_out(&token)).await?;
    }
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(gone)).into_response())
}
