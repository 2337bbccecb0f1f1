//! Units by table: templates, what comes back, receipts.

use super::body::Raw;
use super::conditions::Tag;
use super::negotiate::Form;
use super::offers::{Judgements, Pages, Sheets, Tagged};
use super::{App, Caller, Refusal, away, reply};
use crate::city::City;
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use crate::service::today;
use crate::service::unit_sheets::{self, Part, Receipt, SheetAnswer, SheetForm, Upload, file_name};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

/// Layers that show in a template.
const SHOWN: [LayerId; 4] = [LayerId::Unit, LayerId::Floor, LayerId::Building, LayerId::Park];

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Code of a building: its units only.
    building: Option<String>,
    /// Of a CSV: `utf-8` (with its mark) or `gb18030`.
    encoding: Option<String>,
}

#[utoipa::path(
    get, path = "/parks/{code}/occupancy/template", summary = "A table of the park's units to fill in",
    params(("code" = String, Path), Sheets, Wanted, Tagged),
    responses((status = 200, description = "the table", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv")))),
)]
pub(super) async fn template(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let (form, part) = (sheet_form(caller.form), Part { park: &code, building: wanted.building.as_deref() });
        let bytes = unit_sheets::template(city, &caller.viewer, part, form, wanted.encoding.as_deref(), caller.lang, &today())?;
        let tag = tag_of(app, city, &caller).on(&today()).told_in(caller.lang);
        let kind = if wanted.encoding.is_none() { caller.form.media_type() } else { form.media_type() };
        Ok(file(kind, bytes, &file_name("occupancy", wanted.building.as_deref().unwrap_or(&code), form), tag))
    })
    .await
}

fn tag_of(app: &App, city: &City, caller: &Caller) -> Tag {
    app.tag_on(city, &SHOWN).seen_by(&caller.viewer).formed(caller.form, "")
}

fn sheet_form(form: Form) -> SheetForm {
    if form == Form::Csv { SheetForm::Csv } else { SheetForm::Xlsx }
}

fn file(media_type: &'static str, bytes: Vec<u8>, name: &str, tag: Tag) -> Response {
    let mut response = reply::bytes(media_type, bytes, tag);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct How {
    /// Judge the table and change nothing.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    dry_run: bool,
    /// The file's name, for the receipt.
    name: Option<String>,
    /// Encoding of a CSV, over what its bytes say.
    encoding: Option<String>,
}

#[utoipa::path(
    post, path = "/parks/{code}/occupancy/import", summary = "Judge a filled-in table cell by cell, and apply it; as CSV or XLSX the rows that were not taken",
    params(("code" = String, Path), Judgements, How),
    request_body(content(
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (String = "text/csv"),
        (Vec<u8> = "application/octet-stream"),
    )),
    responses((status = 200, body = SheetAnswer)),
)]
pub(super) async fn import(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Query(how): Query<How>,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    caller.viewer.operator_of(Some(&code))?;
    caller.may_write()?;
    let (form, lang) = (caller.form, caller.lang);
    let (answer, rejects) = away(move || {
        let name = how.name.as_deref().unwrap_or("upload");
        let upload = Upload { park: &code, bytes: &bytes, name, encoding: how.encoding.as_deref(), dry_run: how.dry_run };
        let answer = unit_sheets::import(&app.planner, &caller.viewer, &upload)?;
        let rejects = match form {
            Form::Json => None,
            other => Some(unit_sheets::rejects_file(&answer.rows, sheet_form(other), lang)?),
        };
        Ok((answer, rejects))
    })
    .await?;
    let Some(bytes) = rejects else {
        return Ok(([(header::CACHE_CONTROL, "private, no-cache")], Json(answer)).into_response());
    };
    let name = format!("attachment; filename=\"{}\"", file_name("rejects", &answer.park, sheet_form(form)));
    let headers = [(header::CONTENT_TYPE, form.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

#[utoipa::path(
    get, path = "/receipts/{number}", summary = "That a table was applied: who, when, which file, what came of it",
    params(("number" = String, Path), Pages, Tagged),
    responses((status = 200, body = Receipt)),
)]
pub(super) async fn receipt(State(app): State<App>, caller: Caller, Path(number): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let receipt = unit_sheets::receipt(&app.planner, city, &caller.viewer, &number)?;
        reply::document(caller.form, &receipt, tag_of(app, city, &caller))
    })
    .await
}

#[utoipa::path(
    get, path = "/receipts/{number}/rejects", summary = "The rows of a table that were not taken, as a file",
    params(("number" = String, Path), Sheets, Tagged),
    responses((status = 200, description = "the table", content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv")))),
)]
pub(super) async fn rejects(State(app): State<App>, caller: Caller, Path(number): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| rejects_of(app, city, &caller, &number)).await
}

fn rejects_of(app: &App, city: &City, caller: &Caller, number: &str) -> Outcome<Response> {
    let receipt = unit_sheets::receipt(&app.planner, city, &caller.viewer, number)?;
    let form = sheet_form(caller.form);
    let bytes = unit_sheets::rejects_of_receipt(&receipt, form, caller.lang)?;
    Ok(file(caller.form.media_type(), bytes, &file_name("rejects", number, form), tag_of(app, city, caller).told_in(caller.lang)))
}
