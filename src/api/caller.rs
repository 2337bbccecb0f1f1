//! Who calls: the session behind the cookie, the language, the form that is asked for, the address, the way to this server.

use super::App;
use super::front::Way;
use super::gate::Asking;
use super::negotiate::{Form, language};
use super::problem::Refusal;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Lang};
use crate::service::Viewer;
use crate::service::sessions::Scope;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use std::net::SocketAddr;

/// The caller of a request.
pub(super) struct Caller {
    pub viewer: Viewer,
    pub lang: Lang,
    /// What the route and the request agreed on.
    pub form: Form,
    pub token: Option<String>,
    pub address: String,
    /// `https://host/prefix` of this server as the caller sees it.
    pub base: String,
    way: Way,
    own_page: bool,
    scope: Option<Scope>,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let headers = &parts.headers;
        let Asking { viewer, way, token, scope } = match parts.extensions.get::<Asking>() {
            Some(asking) => asking.clone(),
            None => asking(app, headers, &parts.extensions)?,
        };
        Ok(Caller {
            viewer,
            lang: language(headers),
            form: parts.extensions.get::<Form>().copied().unwrap_or(Form::Json),
            token,
            address: way.address.clone(),
            base: way.base.clone(),
            own_page: is_own_page(headers, &way.host),
            scope,
            way,
        })
    }
}

/// Who asks, by the cookie and the way of the request.
pub(super) fn asking(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Outcome<Asking> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let way = app.front.way(headers, peer);
    if let Some(said) = headers.get(header::AUTHORIZATION) {
        let (kind, token) = said.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
        let token = if kind.eq_ignore_ascii_case("bearer") { token.trim() } else { "" };
        let (viewer, scope) = app.planner.people().bearer(token)?;
        return Ok(Asking { viewer, way, token: None, scope: Some(scope) });
    }
    let token = CookieJar::from_headers(headers)
        .get(cookie_name(&way))
        .map(|cookie| cookie.value().to_owned())
        .filter(|token| token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    // Two rows by their keys, read from memory: less than the way to another thread and back.
    let viewer = app.planner.people().viewer(token.as_deref())?;
    Ok(Asking { viewer, way, token, scope: None })
}

impl Caller {
    /// Refuses a write that another site's page could have sent: a foreign `Origin`, or no `X-Requested-With`.
    pub(super) fn may_write(&self) -> Result<(), Refusal> {
        match self.scope {
            // No browser sends a token by itself.
            Some(Scope::Write) => return Ok(()),
            Some(Scope::Read) => {
                return Err(Fault::new(FaultKind::Forbidden, "token_reads", "此令牌只能读取", "this token may only read")
                    .at("Authorization")
                    .help("用 parkplan user token --write 发放可写入的令牌", "issue one that may write with `parkplan user token --write`")
                    .into());
            }
            None if self.own_page => return Ok(()),
            None => {}
        }
        Err(Fault::new(FaultKind::Forbidden, "cross_site", "拒绝来自其他站点的写入", "writes from another site are refused")
            .help("请求头加上 X-Requested-With: parkplan", "send the header X-Requested-With: parkplan")
            .into())
    }

    /// Where a route lies for the caller, as a path.
    pub(super) fn place(&self, path: &str) -> String {
        format!("{}{path}", self.way.prefix)
    }

    /// The cookie that carries a session: out of reach of scripts and other sites, and sent over TLS only where TLS is.
    pub(super) fn cookie(&self, token: &str) -> Cookie<'static> {
        Cookie::build((cookie_name(&self.way), token.to_owned()))
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.way.secure)
            .path("/")
            .build()
    }
}

/// Behind TLS the browser itself keeps the name for cookies of this host alone.
fn cookie_name(way: &Way) -> &'static str {
    if way.secure { "__Host-parkplan_session" } else { "parkplan_session" }
}

fn is_own_page(headers: &HeaderMap, host: &str) -> bool {
    let origin_fits = match headers.get(header::ORIGIN).map(|origin| origin.to_str()) {
        None => true,
        Some(Ok(origin)) => origin.split_once("://").is_some_and(|(_, own)| own == host),
        Some(Err(_)) => false,
    };
    origin_fits && headers.get("x-requested-with").is_some_and(|value| value == "parkplan")
}
