//! Items: pages of features in every form, one feature, totals, search, neighbours.

use super::answers::{Feature, FeatureCollection, Link};
use super::body::Body;
use super::conditions::Tag;
use super::exports::{NOTICES, notices};
use super::negotiate::Form;
use super::offers::{self, Crs, Items, Pages, Paging, Selecting, Tagged};
use super::pager::{Asked, Pager, put_links};
use super::parameters::{Wanted, encode, must_be_properties, wanted};
use super::{App, Caller, Refusal, html, reply};
use crate::city::{City, Page};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer, LayerId};
use crate::service;
use crate::service::exports::{FileOptions, Format, export_bytes, geojson_seq_in};
use crate::service::frames;
use crate::service::items::{Item, Selected, Selection, SummaryAnswer};
use crate::service::search::Places;
use crate::service::today;
use crate::spatial::frame::Frame;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

type Pairs = Vec<(String, String)>;

/// The layer of a collection's name, with its number.
fn layer(name: &str) -> Outcome<(&'static Layer, LayerId)> {
    let layer = service::collection(name)?;
    let id = LayerId::parse(name).ok_or_else(|| Fault::internal("layer", name))?;
    Ok((layer, id))
}

/// Reads the query string against the keys of the city in hand.
fn read(city: &City, caller: &Caller, name: &str, query: &[(String, String)]) -> Outcome<Wanted> {
    let (layer, id) = layer(name)?;
    wanted(layer, query, service::kept::sees_private(&caller.viewer, id), &|code| city.table(id).row_of(code).is_some())
}

#[utoipa::path(
    get, path = "/collections/{collection}/items", summary = "Features",
    params(("collection" = String, Path), Items, Selecting, Paging, Tagged),
    extensions(("x-takes-properties" = json!(true))),
    responses((status = 200, body = FeatureCollection, content_type = "application/geo+json")),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller, Path(name): Path<String>, Query(query): Query<Pairs>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let wanted = read(city, &caller, &name, &query)?;
        let kept = query.into_iter().filter(|(key, _)| key != "offset" && key != "limit").collect();
        answer(app, city, &caller, &name, &wanted, Asked::Query(kept))
    })
    .await
}

#[utoipa::path(
    post, path = "/collections/{collection}/search", summary = "Features, with the selection in the body",
    params(("collection" = String, Path), Items),
    request_body = Wanted,
    responses((status = 200, body = FeatureCollection, content_type = "application/geo+json")),
)]
pub(super) async fn search(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Query(form): Query<Pairs>,
    Body(wanted): Body<Wanted>,
) -> Result<Response, Refusal> {
    app.read(move |app, city| answer(app, city, &caller, &name, &wanted, Asked::Body(form))).await
}

fn answer(app: &App, city: &City, caller: &Caller, name: &str, wanted: &Wanted, asked: Asked) -> Outcome<Response> {
    let page = wanted.page()?;
    let (_, id) = layer(name)?;
    let selected = service::items::select(city, &caller.viewer, name, &wanted.selection())?;
    if let Some(names) = &wanted.properties {
        must_be_properties(selected.table.layer(), names, selected.private)?;
    }
    let frame = frames::frame(city, selected.table.layer(), wanted.crs.as_deref(), "crs")?;
    let links = Pager::new(&caller.base, name, wanted, asked).links(page, selected.rows.len(), wanted.is_hits());
    let tag = app.tag_on(city, &[id, LayerId::Instrument]).seen_by(&caller.viewer).formed(caller.form, &caller.base);
    let mut response = match caller.form {
        Form::Json | Form::GeoJson => reply::bytes(Form::GeoJson.media_type(), collection(city, &selected, page, wanted, &links, &frame), tag),
        Form::Html => reply::bytes(Form::Html.media_type(), table(city, caller, name, &selected, page, wanted, &links)?, tag),
        _ => {
            let mut response = file(city, caller, selected, page, wanted, &frame, tag)?;
            put_links(&mut response, &links);
            return Ok(response);
        }
    };
    if caller.form != Form::Html {
        put_crs(&mut response, frame.uri());
    }
    put_links(&mut response, &links);
    Ok(response)
}

fn collection(city: &City, selected: &Selected, page: Page, wanted: &Wanted, links: &[Link], frame: &Frame) -> String {
    let (features, returned) = match wanted.is_hits() {
        true => (String::new(), 0),
        false => (selected.features(&city.crs, page, wanted.properties.as_deref(), !wanted.skip_geometry, frame), page.of(&selected.rows).len()),
    };
    format!(
        "{{\"type\":\"FeatureCollection\",\"timeStamp\":\"{}\",\"numberMatched\":{},\"links\":{},\"features\":[{features}],\"numberReturned\":{returned}}}",
        chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        selected.rows.len(),
        json!(links),
    )
}

/// The page as a plain table; the key comes first and leads to the item.
fn table(city: &City, caller: &Caller, name: &str, selected: &Selected, page: Page, wanted: &Wanted, links: &[Link]) -> Outcome<String> {
    let key = &selected.table.layer().key;
    let text = selected.features(&city.crs, page, wanted.properties.as_deref(), false, &Frame::default());
    let features: Vec<Value> = serde_json::from_str(&format!("[{text}]")).map_err(|error| Fault::internal("json", error))?;
    let shown = |column: &String| features.first().is_some_and(|feature| feature["properties"].get(column).is_some());
    let rest = selected.table.layer().columns.iter().map(|column| column.name.clone()).filter(|name| name != key && shown(name));
    let columns: Vec<String> = std::iter::once(key.clone()).chain(rest).collect();
    let row = |feature: &Value| {
        let id = feature["id"].as_str().unwrap_or_default();
        let values = columns[1..].iter().map(|column| feature["properties"][column].clone());
        let href = format!("{}/collections/{name}/items/{}?f=html", caller.base, encode(id));
        (href, std::iter::once(json!(id)).chain(values).collect())
    };
    let rows: Vec<(String, Vec<Value>)> = features.iter().map(row).collect();
    Ok(html::items(&format!("{name} ({})", selected.rows.len()), &columns, &rows, links))
}

/// Says in which reference system the coordinates are (OGC API Features, part 2).
fn put_crs(response: &mut Response, uri: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("<{uri}>")) {
        response.headers_mut().insert(HeaderName::from_static("content-crs"), value);
    }
}

/// The page as a file of exactly its rows. Without `crs` its coordinates are as that format usually has them.
fn file(city: &City, caller: &Caller, mut selected: Selected, page: Page, wanted: &Wanted, frame: &Frame, tag: Tag) -> Outcome<Response> {
    let form = caller.form;
    let format = Format::parse(form.name())?;
    if wanted.is_hits() || wanted.skip_geometry {
        let name = if wanted.is_hits() { "resulttype" } else { "skipGeometry" };
        return Err(Fault::bad("form", format!("{name} 只用于 JSON"), format!("{name} goes with JSON only")).at(name));
    }
    let matched = selected.rows.len();
    selected.rows = page.of(&selected.rows).to_vec();
    let crs = wanted.crs.as_ref().map(|_| frames::label(frame));
    let options =
        FileOptions { format, precision: 7, crs: crs.as_deref(), encoding: None, lang: caller.lang, properties: wanted.properties.as_deref() };
    if form == Form::Kml && !frame.is_usual() {
        return Err(Fault::bad("crs_unknown", "KML 只用经纬度（CRS84）", "KML is in longitude and latitude (CRS84) only").at("crs"));
    }
    let (bytes, exported) = match format {
        Format::GeoJsonSeq if !frame.is_usual() => geojson_seq_in(city, &selected, frame)?,
        _ => export_bytes(city, &selected, &options)?,
    };
    let mut response = reply::bytes(form.media_type(), bytes, tag);
    let storage = frames::storage(city, selected.table.layer()).filter(|_| wanted.crs.is_none() && format.is_in_own_crs());
    put_crs(&mut response, storage.as_deref().unwrap_or(frame.uri()));
    let headers = response.headers_mut();
    let name = format!("attachment; filename=\"{}.{}\"", selected.table.layer().name, format.ending());
    let counts = [("ogc-numbermatched", matched), ("ogc-numberreturned", selected.rows.len()), ("x-feature-count", selected.rows.len())];
    for (name, count) in counts {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(count));
    }
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    if let Some(notices) = notices(&exported) {
        headers.insert(NOTICES, notices);
    }
    Ok(response)
}

#[utoipa::path(
    get, path = "/collections/{collection}/items/{id}", summary = "One feature",
    params(("collection" = String, Path), ("id" = String, Path), offers::Item, Crs, Tagged),
    responses((status = 200, body = Feature, content_type = "application/geo+json")),
)]
pub(super) async fn one(
    State(app): State<App>,
    caller: Caller,
    Path((name, id)): Path<(String, String)>,
    Query(query): Query<Pairs>,
) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let named = query.iter().find(|(key, _)| key == "crs").map(|(_, value)| value.as_str());
        let frame = frames::frame(city, layer(&name)?.0, named, "crs")?;
        let Item { text, etag } = service::items::item(city, &caller.viewer, &name, &id, &frame)?;
        let tag = match etag.filter(|_| caller.form != Form::Html) {
            Some(etag) => Tag::of_row(&etag),
            None => app.tag_on(city, &[layer(&name)?.1]).seen_by(&caller.viewer).formed(caller.form, &caller.base),
        };
        if caller.form == Form::Html {
            let feature: Value = serde_json::from_str(&text).map_err(|error| Fault::internal("json", error))?;
            return Ok(reply::bytes(Form::Html.media_type(), html::document(&feature["properties"]), tag));
        }
        let mut response = reply::bytes(Form::GeoJson.media_type(), text, tag);
        put_crs(&mut response, frame.uri());
        Ok(response)
    })
    .await
}

/// Layers that totals rest on: those of parcels count what is let in them.
fn summed(id: LayerId) -> Vec<LayerId> {
    match id {
        LayerId::Parcel => vec![LayerId::Parcel, LayerId::Building, LayerId::Unit, LayerId::Instrument],
        other => vec![other, LayerId::Instrument],
    }
}

fn totals(app: &App, city: &City, caller: &Caller, name: &str, selection: &Selection) -> Outcome<Response> {
    let (_, id) = layer(name)?;
    let answer = service::items::summary(city, &caller.viewer, name, selection)?;
    let tag = app.tag_on(city, &summed(id)).on(&today()).seen_by(&caller.viewer).formed(caller.form, "");
    reply::document(caller.form, &answer, tag)
}

#[utoipa::path(
    get, path = "/collections/{collection}/summary", summary = "Totals of a selection",
    params(("collection" = String, Path), Pages, Selecting, Tagged),
    extensions(("x-takes-properties" = json!(true))),
    responses((status = 200, body = SummaryAnswer)),
)]
pub(super) async fn summary(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<Pairs>,
) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let wanted = read(city, &caller, &name, &query)?;
        if wanted.crs.is_some() {
            return Err(Fault::bad("unknown_parameter", "合计没有坐标，不接受 crs", "totals have no coordinates and take no crs").at("crs"));
        }
        totals(app, city, &caller, &name, &wanted.selection())
    })
    .await
}

#[utoipa::path(
    post, path = "/collections/{collection}/summary", summary = "Totals, with the selection in the body",
    params(("collection" = String, Path), Pages),
    request_body = Selection,
    responses((status = 200, body = SummaryAnswer)),
)]
pub(super) async fn summary_of(
    State(app): State<App>,
    caller: Caller,
    Path(name): Path<String>,
    Body(selection): Body<Selection>,
) -> Result<Response, Refusal> {
    app.read(move |app, city| totals(app, city, &caller, &name, &selection)).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Find {
    q: String,
    #[param(minimum = 1)]
    limit: Option<usize>,
}

#[utoipa::path(
    get, path = "/search", summary = "Find places by code, name or coordinates",
    params(Pages, Find, Tagged),
    responses((status = 200, body = Places)),
)]
pub(super) async fn find(State(app): State<App>, caller: Caller, Query(find): Query<Find>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let answer = service::search::search(city, &caller.viewer, &find.q, find.limit.unwrap_or(10).min(100))?;
        let searched = [LayerId::Park, LayerId::District, LayerId::Parcel, LayerId::Building, LayerId::Facility, LayerId::VirtualPark];
        reply::document(caller.form, &answer, app.tag_on(city, &searched).formed(caller.form, ""))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Near {
    /// Widest gap between neighbours, m.
    #[param(minimum = 0, maximum = 50)]
    tolerance: Option<f64>,
}

#[utoipa::path(
    get, path = "/parcels/{code}/neighbours", summary = "Neighbours with shared length",
    params(("code" = String, Path), Pages, Near, Tagged),
    responses((status = 200, body = service::processes::Neighbours)),
)]
pub(super) async fn neighbours(
    State(app): State<App>,
    caller: Caller,
    Path(code): Path<String>,
    Query(near): Query<Near>,
) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let answer = service::processes::neighbours(city, &code, near.tolerance)?;
        reply::document(caller.form, &answer, app.tag_on(city, &[LayerId::Parcel]).formed(caller.form, ""))
    })
    .await
}
