//! `/exports`: a file of exactly what is selected.

use super::answers::ExportedFeatures;
use super::body::Body;
use super::{App, Caller, Refusal, away};
use crate::service::exports::{self, ExportRequest, FileOptions, Format};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

#[utoipa::path(
    post, path = "/exports", summary = "A file of exactly what is selected",
    request_body = ExportRequest,
    responses(
        (
            status = 200,
            description = "the file, of the format's media type",
            content((ExportedFeatures = "application/geo+json"), (String = "text/csv"), (Vec<u8> = "application/octet-stream")),
        ),
    ),
)]
pub(super) async fn export(State(app): State<App>, caller: Caller, Body(request): Body<ExportRequest>) -> Result<Response, Refusal> {
    let (body, count, format) = away(move || {
        let format = Format::parse(&request.format)?;
        let city = app.planner.city();
        let selected = exports::select_for_export(&city, &caller.viewer, &request)?;
        let options = FileOptions {
            format,
            precision: request.precision,
            crs: request.crs.as_deref(),
            encoding: request.encoding.as_deref(),
            properties: None,
        };
        Ok((exports::export_bytes(&city, &selected, &options)?, selected.rows.len(), (format, request.collection)))
    })
    .await?;
    let (format, collection) = format;
    let kind = match format {
        Format::GeoJson => "application/geo+json",
        Format::Csv => "text/csv; charset=utf-8",
        Format::Vector(_) => "application/octet-stream",
    };
    let name = format!("{collection}.{}", format.ending());
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::HeaderName::from_static("x-feature-count"), count.to_string()),
    ];
    Ok((headers, body).into_response())
}
