//! The landing page, conformance, the catalogue and health.

use super::{App, Caller, Refusal, assets, away};
use crate::domain::{catalogue as embedded, dictionary};
use crate::service::items;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Workbench for browsers, OGC landing page for everything else.
pub async fn root(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let accepts_html = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    let html = match query.get("f").map(String::as_str) {
        Some("html") => true,
        Some(_) => false,
        None => accepts_html,
    };
    if html {
        return Ok(assets::index());
    }
    let planner = app.planner.clone();
    let (info, extent, focus) = away(move || {
        let city = planner.city();
        Ok((city.info(), city.extent().map(|extent| city.lon_lat_box(extent)), items::focus(&city)))
    })
    .await?;
    let base = &caller.base;
    let link = |rel: &str, path: &str, kind: &str, title: &str| json!({ "rel": rel, "href": format!("{base}{path}"), "type": kind, "title": title });
    Ok(Json(json!({
        "title": format!("园图 parkplan · {}", info.name),
        "description": "土地与园区规划工作台 · land and park planning workbench",
        "links": [
            link("self", "/?f=json", "application/json", "this document"),
            link("alternate", "/?f=html", "text/html", "the workbench"),
            link("service-desc", "/api", "application/vnd.oai.openapi+json;version=3.1", "the API"),
            link("service-doc", "/api?f=html", "text/html", "the API for people"),
            link("conformance", "/conformance", "application/json", "conformance classes"),
            link("http://www.opengis.net/def/rel/ogc/1.0/conformance", "/conformance", "application/json", "conformance classes"),
            link("data", "/collections", "application/json", "collections"),
            link("http://www.opengis.net/def/rel/ogc/1.0/processes", "/processes", "application/json", "processes"),
        ],
        "city": { "name": info.name, "crs": info.crs, "revision": info.revision, "sample": info.sample, "as_of": info.as_of, "bbox": extent, "focus": focus },
    }))
    .into_response())
}

pub async fn conformance() -> Json<Value> {
    Json(json!({ "conformsTo": [
        "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
        "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
        "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
        "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
        "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
    ] }))
}

/// Code lists and clusters, for forms and legends.
pub async fn catalogue() -> Json<Value> {
    let mut lists: Map<String, Value> = embedded().lists().iter().map(|(name, codes)| (name.clone(), json!(codes))).collect();
    lists.insert("clusters".to_owned(), json!(embedded().clusters));
    lists.insert("lineage".to_owned(), json!(embedded().lineage));
    let layers = dictionary().layers.iter().map(|layer| json!({ "code": layer.name, "zh": layer.zh, "en": layer.en })).collect();
    lists.insert("layer".to_owned(), layers);
    Json(Value::Object(lists))
}

pub async fn healthz(State(app): State<App>) -> Result<Json<Value>, Refusal> {
    let planner = app.planner.clone();
    let revision = away(move || planner.must_be_current().map(|()| planner.city().revision)).await?;
    Ok(Json(json!({ "status": "ok", "revision": revision, "version": env!("CARGO_PKG_VERSION") })))
}
