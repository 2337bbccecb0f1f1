//! Reports that the parks owe, and handing them in.

use super::body::Body;
use super::offers::{Pages, Tagged};
use super::{App, Caller, Refusal, away, reply};
use crate::domain::LayerId;
use crate::service::reports::{self, NewReport, ParkReports, ReportList, ReportQuery};
use crate::service::today;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

#[utoipa::path(
    get, path = "/reports", summary = "Reports of the parks: due, made, late, missed",
    params(Pages, ReportQuery, Tagged),
    responses((status = 200, body = ReportList)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller, Query(query): Query<ReportQuery>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let list = reports::list(city, &query, &today())?;
        let tag = app.tag_on(city, &[LayerId::Report, LayerId::Park]).on(&today()).formed(caller.form, "");
        reply::document(caller.form, &list, tag)
    })
    .await
}

#[utoipa::path(
    post, path = "/parks/{code}/reports", summary = "Hand in a report: the park's figures as they stand, for a period that is over",
    params(("code" = String, Path)),
    request_body = NewReport,
    responses((status = 201, body = ParkReports)),
)]
pub(super) async fn hand_in(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Body(new): Body<NewReport>,
) -> Result<Response, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    let reports = away(move || reports::hand_in(&app.planner, &caller.viewer, &code, &new)).await?;
    Ok((StatusCode::CREATED, Json(reports)).into_response())
}
