//! `/exports`: a file of exactly what is selected.

use super::{App, Caller, Refusal, away};
use crate::domain::Fault;
use crate::service::exports::ExportRequest;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

pub async fn export(State(app): State<App>, caller: Caller, Json(request): Json<ExportRequest>) -> Result<Response, Refusal> {
    let (body, count, kind, name) = away(move || {
        let selected = app.planner.select_for_export(&caller.viewer, &request)?;
        let mut body = Vec::new();
        let (count, kind, ending) = match request.format.as_str() {
            "geojson" => {
                let count = app.planner.write_geojson(&selected, request.precision, &mut body).map_err(|error| Fault::internal("write", error))?;
                (count, "application/geo+json", "geojson")
            }
            "csv" => (app.planner.write_csv(&selected, &mut body)?, "text/csv; charset=utf-8", "csv"),
            other => {
                let (bytes, ending) = app.planner.export_with_gdal(&selected, other)?;
                body = bytes;
                (selected.rows.len(), "application/octet-stream", ending)
            }
        };
        Ok((body, count, kind, format!("{}.{ending}", request.collection)))
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::HeaderName::from_static("x-feature-count"), count.to_string()),
    ];
    Ok((headers, body).into_response())
}
