//! Faults as RFC 9457 problem details, in the language of the request.

use super::negotiate::language;
use crate::domain::{Fault, FaultKind, Lang};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// A fault on its way out; [`render`] writes its body, because only there the request's language is known.
#[derive(Debug)]
pub(super) struct Refusal(Box<Fault>);

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Refusal(Box::new(fault))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = status(self.0.kind).into_response();
        response.extensions_mut().insert(Arc::new(*self.0));
        response
    }
}

fn status(kind: FaultKind) -> StatusCode {
    match kind {
        FaultKind::BadInput => StatusCode::BAD_REQUEST,
        FaultKind::NotFound => StatusCode::NOT_FOUND,
        FaultKind::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        FaultKind::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        FaultKind::Unauthorised => StatusCode::UNAUTHORIZED,
        FaultKind::Forbidden => StatusCode::FORBIDDEN,
        FaultKind::Conflict => StatusCode::CONFLICT,
        FaultKind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        FaultKind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        FaultKind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        FaultKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        FaultKind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        FaultKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        FaultKind::Cancelled | FaultKind::Unavailable | FaultKind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        FaultKind::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
        FaultKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Writes the body of refusals, and of the framework's own bare errors.
pub(super) async fn render(request: Request, next: Next) -> Response {
    let lang = language(request.headers());
    let instance = request.uri().path().to_owned();
    let response = next.run(request).await;
    let status = response.status();
    let fault = match response.extensions().get::<Arc<Fault>>() {
        Some(fault) => fault.clone(),
        None if (status.is_client_error() || status.is_server_error()) && !is_json(&response) => Arc::new(bare(status, response).await),
        None => return response,
    };
    if status.is_server_error() {
        tracing::error!(code = fault.code, detail = fault.en, instance);
    }
    let (title, detail) = match (status == StatusCode::INTERNAL_SERVER_ERROR, lang) {
        // What went wrong inside is for the log, not for the client.
        (true, Lang::Zh) => ("服务出错", "处理时出错，未改动任何数据。请重试；若仍出错，请把时间告诉管理员。".to_owned()),
        (true, Lang::En) => {
            ("Server error", "Something went wrong and nothing was changed. Try again; if it persists, tell the administrator the time.".to_owned())
        }
        (false, lang) => {
            (fault.text(lang), fault.help_text(lang).map_or_else(|| fault.text(lang).to_owned(), |help| sentences(fault.text(lang), help, lang)))
        }
    };
    let mut body = json!({ "type": format!("urn:parkplan:problem:{}", fault.code), "title": title, "status": status.as_u16(), "detail": detail, "instance": instance });
    if let Some(place) = &fault.place {
        body["place"] = json!(place);
    }
    if !fault.fields.is_empty() {
        let text = |field: &(String, String, String)| json!({ "pointer": field.0, "detail": if lang == Lang::Zh { &field.1 } else { &field.2 } });
        body["errors"] = fault.fields.iter().map(text).collect();
    }
    if let Some(current) = &fault.current {
        body["current"] = (**current).clone();
    }
    let mut answer = (status, body.to_string()).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(if lang == Lang::Zh { "zh-CN" } else { "en" }));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    if fault.kind == FaultKind::NotAllowed {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    if let Some(seconds) = retry_after(&fault) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// Seconds after which what is busy may be tried again, where nothing else was said.
const SOON: u64 = 5;

fn retry_after(fault: &Fault) -> Option<u64> {
    let usual = matches!(fault.kind, FaultKind::Busy | FaultKind::TooMany).then_some(SOON);
    fault.retry_after.map(|wait| wait.as_secs().max(1)).or(usual)
}

/// What went wrong and how to mend it, one after the other.
fn sentences(what: &str, how: &str, lang: Lang) -> String {
    let what = what.trim_end_matches(['。', '.']);
    match lang {
        Lang::Zh => format!("{what}。{how}"),
        Lang::En => {
            format!("{what}. {}{}", how.chars().take(1).flat_map(char::to_uppercase).collect::<String>(), how.chars().skip(1).collect::<String>())
        }
    }
}

fn is_json(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")))
}

/// A rejection of the framework (a path of the wrong form, a body that is too large). Its words are for who reads the log.
async fn bare(status: StatusCode, response: Response<Body>) -> Fault {
    let text = axum::body::to_bytes(response.into_body(), 4096).await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    tracing::debug!(status = status.as_u16(), text, "refused by the framework");
    let reason = status.canonical_reason().unwrap_or("error");
    let (zh, en) = match status {
        StatusCode::BAD_REQUEST => ("路径或参数的写法有误".to_owned(), "the path or a parameter is not of the right form".to_owned()),
        StatusCode::NOT_FOUND => ("此处什么也没有".to_owned(), "there is nothing here".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => ("此路径不接受这种请求方法".to_owned(), "this path does not take this method".to_owned()),
        StatusCode::PAYLOAD_TOO_LARGE => ("请求体太大".to_owned(), "the body is too large".to_owned()),
        _ => (format!("请求被拒绝（{reason}）"), format!("the request was refused ({reason})")),
    };
    Fault::new(FaultKind::BadInput, "request", zh, en).help("路径、方法和参数见 /api", "paths, methods and parameters are in /api")
}
