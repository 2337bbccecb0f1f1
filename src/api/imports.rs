//! `/imports`: files that planners bring by the page. Staged, looked at, tried, taken, taken back.

use super::answers::{Job, RejectedFeatures};
use super::body::{Body, must_be};
use super::gate::neighbourhood;
use super::negotiate::Form;
use super::offers::{LeftOut, Plain};
use super::processes::wants_a_job;
use super::waited::while_waited;
use super::{App, Caller, Refusal, away, jobs, lanes, reply};
use crate::domain::Fault;
use crate::service::imports::{
    self, CommitRequest, ImportAnswer, ImportPreview, ImportSettings, ImportTakenBack, ImportWork, Incoming, RejectForm, StagedUpload, StagedUploads,
    Step,
};
use crate::service::undo::TakeBack;
use axum::Json;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::atomic::Ordering;
use std::time::Duration;
use utoipa::ToSchema;

/// An upload from which nothing comes for so long has broken off.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
const MULTIPART: &[&str] = &["multipart/form-data"];

/// One file, or the files of one data set (a Shapefile's parts), each as a part `file` with its name.
#[derive(ToSchema)]
#[allow(dead_code)] // Read part by part.
pub(super) struct UploadForm {
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

#[utoipa::path(
    get, path = "/imports", summary = "Own staged files, and how large and many they may be",
    params(Plain),
    responses((status = 200, body = StagedUploads)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    let list = away(move || imports::list(&app.intake, &caller.viewer)).await?;
    Ok(fresh(reply::untagged(Form::Json, &list)))
}

/// One person's own and soon another: kept by nobody.
fn fresh(response: Response) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], response).into_response()
}

#[utoipa::path(
    post, path = "/imports", summary = "Stage a file, or the files of one data set, to be imported",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = StagedUpload)),
)]
pub(super) async fn stage(State(app): State<App>, caller: Caller, request: Request) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    must_be(request.headers(), MULTIPART)?;
    let stated = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    // The form's own lines come on top of the file.
    if let Some(stated) = stated.filter(|stated| *stated > Incoming::most_bytes(&app.intake) + (64 << 10)) {
        return Err(Incoming::too_large(&app.intake, Some(stated)).into());
    }
    let mut form = Multipart::from_request(request, &app).await.map_err(|error| not_a_form(&error.body_text()))?;
    // Dropped wherever this ends early, also when the caller hangs up: what came so far goes.
    let mut incoming = Incoming::begin(&app.intake, &caller.viewer)?;
    let mut any = false;
    while let Some(mut part) = in_time(form.next_field()).await? {
        let Some(name) = part.file_name().map(str::to_owned) else {
            let field = part.name().unwrap_or_default().to_owned();
            return Err(Fault::bad("form_field", format!("表单中多出字段 {field}"), format!("the form has a field {field} that is no file"))
                .help("只放文件，字段名 file", "put files only, in parts called file")
                .into());
        };
        tokio::task::block_in_place(|| incoming.file(&name))?;
        any = true;
        while let Some(piece) = in_time(part.chunk()).await? {
            tokio::task::block_in_place(|| incoming.take(&piece))?;
        }
    }
    if !any {
        return Err(not_a_form("there is no file in it").into());
    }
    let staged = away(move || incoming.finish()).await?;
    let place = caller.place(&format!("/imports/{}", staged.id));
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(staged)).into_response())
}

async fn in_time<T>(coming: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Fault> {
    match tokio::time::timeout(LONGEST_SILENCE, coming).await {
        Ok(Ok(came)) => Ok(came),
        Ok(Err(error)) => Err(not_a_form(&error.body_text())),
        Err(_) => {
            let seconds = LONGEST_SILENCE.as_secs();
            Err(Fault::bad(
                "upload_silent",
                format!("{seconds} 秒没有收到数据，上传已中止"),
                format!("nothing came for {seconds} s; the upload was ended"),
            )
            .help("请检查网络后重新上传", "check the network and upload it again"))
        }
    }
}

fn not_a_form(detail: &str) -> Fault {
    Fault::bad("upload_broken", format!("上传的表单不完整或有误：{detail}"), format!("the uploaded form is not whole or not right: {detail}"))
        .help("以 multipart/form-data 发送，文件放在字段 file 中", "send multipart/form-data with the file in a part called file")
}

#[utoipa::path(
    get, path = "/imports/{id}", summary = "A staged file",
    params(("id" = String, Path), Plain),
    responses((status = 200, body = StagedUpload)),
)]
pub(super) async fn one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    let staged = away(move || imports::one(&app.intake, &caller.viewer, &id)).await?;
    Ok(fresh(reply::untagged(Form::Json, &staged)))
}

#[utoipa::path(
    delete, path = "/imports/{id}", summary = "Throw a staged file away",
    params(("id" = String, Path)),
    responses((status = 204)),
)]
pub(super) async fn discard(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    away(move || imports::discard(&app.intake, &caller.viewer, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(
    post, path = "/imports/{id}/preview", summary = "What a staged file is: layers, encoding, fields, and where it lies",
    params(("id" = String, Path)),
    request_body = ImportSettings,
    responses((status = 200, body = ImportPreview)),
)]
pub(super) async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Body(settings): Body<ImportSettings>,
) -> Result<Json<ImportPreview>, Refusal> {
    caller.viewer.planner()?;
    while_waited(lanes::heavy(), move |stop| {
        imports::preview(&app.intake, &caller.viewer, &id, &settings, &|_, _| !stop.load(Ordering::Relaxed)).map(Json)
    })
    .await
}

#[utoipa::path(
    post, path = "/imports/{id}/trial", summary = "What would come of importing a staged file: the report and the difference; at once or as a job",
    params(("id" = String, Path), ("Prefer" = Option<String>, Header, description = "respond-async for a job")),
    request_body = ImportSettings,
    responses((status = 200, body = ImportAnswer), (status = 201, body = Job, description = "a job was queued")),
)]
pub(super) async fn attempt(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(settings): Body<ImportSettings>,
) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    work(app, caller, &id, &headers, settings, Step::Try).await
}

#[utoipa::path(
    post, path = "/imports/{id}/commit", summary = "Import a staged file as one edit, as its trial showed it; at once or as a job",
    params(("id" = String, Path), ("Prefer" = Option<String>, Header, description = "respond-async for a job")),
    request_body = CommitRequest,
    responses((status = 200, body = ImportAnswer), (status = 201, body = Job, description = "a job was queued")),
)]
pub(super) async fn commit(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(wanted): Body<CommitRequest>,
) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    work(app, caller, &id, &headers, wanted.settings, Step::Take { judged_at: wanted.revision }).await
}

async fn work(app: App, caller: Caller, id: &str, headers: &HeaderMap, settings: ImportSettings, step: Step) -> Result<Response, Refusal> {
    let work = ImportWork::new(&app.intake, &caller.viewer, id, settings, step)?;
    if wants_a_job(headers) {
        return Ok(jobs::accepted(&app.planner.submit(&caller.viewer, &neighbourhood(&caller.address), Box::new(work))?, &caller));
    }
    let answer = while_waited(lanes::heavy(), move |stop| work.while_waited(&app.planner, stop).map(|answer| Json((*answer).clone()))).await;
    answer.map(|answer| ([(header::CACHE_CONTROL, "no-store")], answer).into_response())
}

#[utoipa::path(
    get, path = "/imports/{id}/rejects", summary = "The rows of a staged file that were not taken, with all their fields and why",
    params(("id" = String, Path), LeftOut),
    responses((status = 200, description = "the file", content((String = "text/csv"), (RejectedFeatures = "application/geo+json")))),
)]
pub(super) async fn rejects(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Refusal> {
    caller.viewer.planner()?;
    let (kind, lang) = (caller.form.media_type(), caller.lang);
    let form = if caller.form == Form::GeoJson { RejectForm::GeoJson } else { RejectForm::Csv };
    let (bytes, name) = while_waited(lanes::heavy(), move |stop| {
        imports::rejects(&app.intake, &caller.viewer, &id, form, lang, &|_, _| !stop.load(Ordering::Relaxed))
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

#[utoipa::path(
    post, path = "/imports:undo", summary = "Take back one's own import, while nothing newer has touched its rows",
    request_body = TakeBack,
    responses((status = 200, body = ImportTakenBack)),
)]
pub(super) async fn undo(State(app): State<App>, caller: Caller, Body(wanted): Body<TakeBack>) -> Result<Json<ImportTakenBack>, Refusal> {
    caller.viewer.planner()?;
    caller.may_write()?;
    away(move || imports::take_back(&app.intake, &caller.viewer, &wanted).map(Json)).await
}
