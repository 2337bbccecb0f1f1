//! `/exports`: a file of exactly what is selected.

use super::answers::ExportedFeatures;
use super::body::Body;
use super::{App, Caller, Refusal, away};
use crate::service::exports::{self, ExportRequest, Exported, FileOptions, Format};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

#[utoipa::path(
    post, path = "/exports", summary = "A file of exactly what is selected",
    request_body = ExportRequest,
    responses(
        (
            status = 200,
            description = "the file, of the format's media type",
            content(
                (ExportedFeatures = "application/geo+json"),
                (String = "application/geo+json-seq"),
                (String = "text/csv"),
                (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                (String = "image/vnd.dxf"),
                (Vec<u8> = "application/octet-stream"),
            ),
            headers(("x-export-notices" = String, description = "what the format could not hold: JSON [{\"zh\", \"en\"}], percent-encoded")),
        ),
    ),
)]
pub(super) async fn export(State(app): State<App>, caller: Caller, Body(request): Body<ExportRequest>) -> Result<Response, Refusal> {
    let (body, exported, format) = away(move || {
        let format = Format::parse(&request.format)?;
        let city = app.planner.city();
        let selected = exports::select_for_export(&city, &caller.viewer, &request)?;
        let options = FileOptions {
            format,
            precision: request.precision,
            crs: request.crs.as_deref(),
            encoding: request.encoding.as_deref(),
            lang: caller.lang,
            properties: None,
        };
        let (bytes, exported) = exports::export_bytes(&city, &selected, &options)?;
        Ok((bytes, exported, (format, request.collection)))
    })
    .await?;
    let (format, collection) = format;
    let kind = match format {
        Format::GeoJson => "application/geo+json",
        Format::GeoJsonSeq => "application/geo+json-seq",
        Format::Csv => "text/csv; charset=utf-8",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Dxf => "image/vnd.dxf",
        Format::Vector(_) => "application/octet-stream",
    };
    let name = format!("{collection}.{}", format.ending());
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (HeaderName::from_static("x-feature-count"), exported.count.to_string()),
    ];
    let mut response = (headers, body).into_response();
    if let Some(notices) = notices(&exported) {
        response.headers_mut().insert(NOTICES, notices);
    }
    Ok(response)
}

/// What a person should know of a file: JSON `[{"zh": …, "en": …}]`, percent-encoded.
pub(super) const NOTICES: HeaderName = HeaderName::from_static("x-export-notices");
/// Bytes of a header that every client and proxy takes; what is longer is told without its examples.
const LONGEST: usize = 6000;

/// None where there is nothing to tell.
pub(super) fn notices(exported: &Exported) -> Option<HeaderValue> {
    let told = exported.notices();
    if told.is_empty() {
        return None;
    }
    let encoded = |most: usize| {
        let cut = |text: &str| if text.chars().count() > most { text.chars().take(most).chain(['…']).collect() } else { text.to_owned() };
        let list: Vec<Value> = told.iter().map(|(zh, en)| json!({ "zh": cut(zh), "en": cut(en) })).collect();
        percent(&Value::Array(list).to_string())
    };
    let whole = encoded(usize::MAX - 1);
    let text = if whole.len() > LONGEST { encoded(60) } else { whole };
    HeaderValue::from_str(&text).ok()
}

fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
