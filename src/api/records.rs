//! Rows of tables that people keep, as OGC API – Features Part 4 writes them: POST to the items, PATCH and DELETE of one.

use super::answers::Feature;
use super::body::{MergePatch, Properties};
use super::conditions::seen;
use super::negotiate::Form;
use super::offers::Seen;
use super::parameters::encode;
use super::{App, Caller, Refusal};
use crate::domain::edit::RecordWrite;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Layer, LayerId};
use crate::service::collection;
use crate::service::kept::{Record, not_kept, rules_of};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

/// The table of a collection's name, if people keep it and the caller may write at all.
fn kept(caller: &Caller, name: &str) -> Result<LayerId, Refusal> {
    let layer = LayerId::parse(&collection(name)?.name).ok_or_else(|| Fault::internal("layer", name))?;
    if rules_of(layer).is_none() {
        return Err(not_kept(layer).into());
    }
    caller.viewer.signed_in()?;
    caller.may_write()?;
    Ok(layer)
}

/// A row's columns as they were sent, and where in the body they stand.
struct Stated {
    columns: Map<String, Value>,
    place: &'static str,
}

/// Reads columns that stand flat, or as the properties of a GeoJSON feature. `id` is the key that the address names.
fn stated(layer: &Layer, mut body: Map<String, Value>, id: Option<&str>) -> Outcome<Stated> {
    if !body.get("properties").is_some_and(Value::is_object) || layer.column("properties").is_some() {
        return Ok(Stated { columns: body, place: "" });
    }
    let Some(Value::Object(mut columns)) = body.remove("properties") else { return Err(Fault::internal("body", "no properties")) };
    let mut fault = Fault::new(FaultKind::Unprocessable, "feature", "请求体不是此处的要素", "the body is no feature of this collection");
    for (name, value) in body {
        match name.as_str() {
            "type" if value == "Feature" => {}
            "type" => fault = fault.field("/type", "应为 Feature", "it is Feature"),
            "geometry" if value.is_null() => {}
            "geometry" => fault = fault.field("/geometry", "此表没有几何，请写 null", "rows of this table have no geometry; write null"),
            "id" if id.is_some_and(|id| value == id) => {}
            "id" if id.is_none() && columns.get(&layer.key).is_none_or(|key| *key == value) => {
                columns.insert(layer.key.clone(), value);
            }
            "id" => fault = fault.field("/id", "与该行的编号不符", "it is not the key of this row"),
            // What a feature that was read carries along.
            "links" | "bbox" => {}
            other => {
                let pointer = format!("/{}", other.replace('~', "~0").replace('/', "~1"));
                fault = fault.field(pointer, "要素没有此成员，列请放在 properties 中", "a feature has no such member; columns stand in properties");
            }
        }
    }
    if fault.fields.is_empty() { Ok(Stated { columns, place: "/properties" }) } else { Err(fault) }
}

/// The fault with its pointers leading into the body as it was sent.
fn placed(fault: Fault, place: &str) -> Refusal {
    let fields = fault.fields.into_iter().map(|(pointer, zh, en)| (format!("{place}{pointer}"), zh, en)).collect();
    Fault { fields, ..fault }.into()
}

/// What a write left, with the tag for the next one.
fn with_etag(record: Record) -> Response {
    let headers = [
        (header::CONTENT_TYPE, Form::GeoJson.media_type().to_owned()),
        (header::ETAG, record.etag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    (headers, record.feature).into_response()
}

fn written(record: Option<Record>) -> Outcome<Record> {
    record.ok_or_else(|| Fault::internal("edit", "the edit gave no row"))
}

#[utoipa::path(
    post, path = "/collections/{collection}/items", summary = "Add a row to a table that people keep",
    params(("collection" = String, Path)),
    extensions(("x-kept-by-hand" = json!(true))),
    request_body(content((BTreeMap<String, Value> = "application/json"), (BTreeMap<String, Value> = "application/geo+json"))),
    responses((status = 201, body = Feature, content_type = "application/geo+json")),
)]
pub(super) async fn add(State(app): State<App>, caller: Caller, Path(name): Path<String>, Properties(body): Properties) -> Result<Response, Refusal> {
    let layer = kept(&caller, &name)?;
    let Stated { columns, place } = stated(layer.layer(), body, None)?;
    let write = RecordWrite::Create { layer, fields: columns };
    let record = app.planner.write_record(&caller.viewer, write).await.map_err(|fault| placed(fault, place)).and_then(|done| Ok(written(done)?))?;
    let location = caller.place(&format!("/collections/{name}/items/{}", encode(&record.id)));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], with_etag(record)).into_response())
}

#[utoipa::path(
    patch, path = "/collections/{collection}/items/{id}", summary = "Change a row of a table that people keep (JSON Merge Patch)",
    params(("collection" = String, Path), ("id" = String, Path), Seen),
    extensions(("x-kept-by-hand" = json!(true))),
    request_body(content((BTreeMap<String, Value> = "application/merge-patch+json"), (BTreeMap<String, Value> = "application/json"))),
    responses((status = 200, body = Feature, content_type = "application/geo+json")),
)]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
    MergePatch(body): MergePatch,
) -> Result<Response, Refusal> {
    let layer = kept(&caller, &name)?;
    let Stated { columns, place } = stated(layer.layer(), body, Some(&id))?;
    let write = RecordWrite::Patch { layer, id, seen: seen(&headers)?, patch: columns };
    let done = app.planner.write_record(&caller.viewer, write).await.map_err(|fault| placed(fault, place))?;
    Ok(with_etag(written(done)?))
}

#[utoipa::path(
    delete, path = "/collections/{collection}/items/{id}", summary = "Delete a row of a table that people keep",
    params(("collection" = String, Path), ("id" = String, Path), Seen),
    extensions(("x-kept-by-hand" = json!(true))),
    responses((status = 204, description = "the row is gone")),
)]
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let layer = kept(&caller, &name)?;
    app.planner.write_record(&caller.viewer, RecordWrite::Delete { layer, id, seen: seen(&headers)? }).await?;
    Ok(StatusCode::NO_CONTENT)
}
