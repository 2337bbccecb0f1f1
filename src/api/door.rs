//! What every request passes before its handler: parameters that the route documents, a form that it offers, a city that is current.

use super::body::drain;
use super::contract::{Operation, Parameter};
use super::front::Way;
use super::negotiate::{Form, form};
use super::problem::Refusal;
use super::{App, assets};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use axum::extract::{ConnectInfo, MatchedPath, Query, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::HashSet;
use std::net::SocketAddr;

/// Routes that say something else than what is in the city.
const WITHOUT_DATA: [&str; 5] = ["/conformance", "/api", "/catalogue", "/healthz", "/readyz"];

pub(super) async fn check(State(app): State<App>, matched: Option<MatchedPath>, mut request: Request, next: Next) -> Response {
    let Some(matched) = matched else { return next.run(request).await };
    let route = matched.as_str();
    let Some(operation) = app.contract.operation(request.method(), route) else { return next.run(request).await };
    let form = match admit(operation, request.uri(), request.headers()) {
        Ok(form) => form,
        Err(fault) => return refuse(request, fault).await,
    };
    let page = route == "/" && form == Some(Form::Html);
    if !page
        && !WITHOUT_DATA.contains(&route)
        && let Err(fault) = app.planner.must_be_current()
    {
        return refuse(request, fault).await;
    }
    if let Some(form) = form {
        request.extensions_mut().insert(form);
    }
    next.run(request).await
}

async fn refuse(request: Request, fault: Fault) -> Response {
    drain(request.into_body()).await;
    Refusal::from(fault).into_response()
}

/// RFC 9112 §3.2: a request of HTTP/1.1 says once for which host it is.
pub(super) async fn for_a_host(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let fits = match (hosts.next(), hosts.next()) {
        (None, _) => request.version() != Version::HTTP_11,
        (Some(host), None) => host.to_str().is_ok_and(|host| host.is_empty() || host.parse::<Authority>().is_ok()),
        (Some(_), Some(_)) => false,
    };
    if fits {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let told = app.front.way(request.headers(), peer).host;
        let said = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let refused = [said, &told].into_iter().find(|host| !app.front.is_called(host)).map(stranger);
        return match refused {
            Some(fault) => Refusal::from(fault).into_response(),
            None => next.run(request).await,
        };
    }
    let fault = Fault::bad("host", "请求头须有恰好一个 Host", "the request needs exactly one Host header that is right")
        .at("Host")
        .help("例如 Host: 127.0.0.1:8080", "for example Host: 127.0.0.1:8080");
    Refusal::from(fault).into_response()
}

/// 403 for a name by which nobody was told that this server is reached.
fn stranger(host: &str) -> Fault {
    Fault::new(FaultKind::Forbidden, "host_unknown", format!("本服务不叫 {host}"), format!("this server is not called {host}")).at("Host").help(
        "在配置 hosts（PARKPLAN_HOSTS）或 base_url 中写明服务的名称，或用 IP 地址访问",
        "name it in the setting hosts (PARKPLAN_HOSTS) or base_url, or use the address",
    )
}

/// The form of the answer, if the route's answers have one; 400 and 406 else.
fn admit(operation: &Operation, uri: &Uri, headers: &HeaderMap) -> Outcome<Option<Form>> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Fault::bad("query", format!("查询串有误：{error}"), format!("the query string is not right: {error}")))?
        .0;
    let mut seen = HashSet::new();
    for (name, value) in &pairs {
        let known = operation.parameter(name);
        if known.is_none() && !operation.takes_properties {
            return Err(unknown(name, operation));
        }
        if !seen.insert(name) && !known.is_some_and(|parameter| parameter.repeats) {
            return Err(Fault::bad("repeated_parameter", format!("参数 {name} 只能写一次"), format!("the parameter {name} may stand once only"))
                .at(name.clone()));
        }
        if let Some(parameter) = known.filter(|parameter| name != "f" && !parameter.allows(value)) {
            return Err(not_among(parameter, value));
        }
    }
    if let Some(missing) = operation.parameters.iter().find(|parameter| parameter.required && !seen.contains(&parameter.name)) {
        let name = &missing.name;
        return Err(Fault::bad("missing_parameter", format!("缺少参数 {name}"), format!("the parameter {name} is missing")).at(name.clone()));
    }
    if operation.forms.is_empty() {
        return Ok(None);
    }
    let wanted = pairs.iter().find(|(name, _)| name == "f").map(|(_, value)| value.as_str());
    form(&operation.forms, wanted, headers).map(Some)
}

/// 400 for a parameter that a route does not know.
fn unknown(name: &str, operation: &Operation) -> Fault {
    let known: Vec<&str> = operation.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let fault = Fault::bad("unknown_parameter", format!("不认识的参数 {name}"), format!("unknown parameter {name}")).at(name);
    match known.is_empty() {
        true => fault.help("此处没有参数", "there are no parameters here"),
        false => fault.help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", "))),
    }
}

fn not_among(parameter: &Parameter, value: &str) -> Fault {
    let name = &parameter.name;
    let fault =
        Fault::bad("parameter", format!("参数 {name} 的值有误：{value}"), format!("the parameter {name} has a bad value: {value}")).at(name.clone());
    match parameter.help() {
        Some((zh, en)) => fault.help(zh, en),
        None => fault,
    }
}

/// What no route answers: a file of the workbench, a path with one slash too many, or nothing.
pub(super) async fn fallback(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let path = request.uri().path();
    // Two slashes in front (browsers read \ as one) would name another host.
    if let Some(trimmed) = path
        .strip_suffix('/')
        .filter(|trimmed| trimmed.starts_with('/') && !trimmed.starts_with("//") && !trimmed.ends_with('/') && !trimmed.contains('\\'))
    {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let Way { prefix, .. } = app.front.way(request.headers(), peer);
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        return Ok((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("{prefix}{trimmed}{query}"))]).into_response());
    }
    assets::file(path)
}
