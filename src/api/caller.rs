//! Who calls: the session behind the cookie, the language, the address, the base URL.

use super::problem::{Refusal, language};
use super::{App, away};
use crate::domain::{Fault, FaultKind, Lang};
use crate::service::Viewer;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::net::SocketAddr;

pub const COOKIE: &str = "parkplan_session";

/// The caller of a request.
pub struct Caller {
    pub viewer: Viewer,
    pub lang: Lang,
    pub token: Option<String>,
    pub address: String,
    /// `http://host` of this server as the caller sees it.
    pub base: String,
    own_page: bool,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let headers = &parts.headers;
        let token = cookie(headers);
        let planner = app.planner.clone();
        let viewer = match &token {
            None => Viewer::guest(),
            Some(token) => {
                let token = token.clone();
                away(move || planner.viewer(Some(&token))).await?
            }
        };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost").to_owned();
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or_else(String::new, |info| info.0.ip().to_string());
        Ok(Caller { viewer, lang: language(headers), token, address, own_page: is_own_page(headers, &host), base: format!("http://{host}") })
    }
}

impl Caller {
    /// Refuses a write that another site's page could have sent: a foreign `Origin`, or no `X-Requested-With`.
    pub fn may_write(&self) -> Result<(), Refusal> {
        if self.own_page {
            return Ok(());
        }
        Err(Fault::new(FaultKind::Forbidden, "cross_site", "拒绝来自其他站点的写入", "writes from another site are refused")
            .help("请求头加上 X-Requested-With: parkplan", "send the header X-Requested-With: parkplan")
            .into())
    }
}

fn is_own_page(headers: &HeaderMap, host: &str) -> bool {
    let origin_fits = match headers.get(header::ORIGIN).map(|origin| origin.to_str()) {
        None => true,
        Some(Ok(origin)) => origin.split_once("://").is_some_and(|(_, own)| own == host),
        Some(Err(_)) => false,
    };
    origin_fits && headers.get("x-requested-with").is_some_and(|value| value == "parkplan")
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token.to_owned())
        .filter(|token| token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
