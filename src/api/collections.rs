//! `/collections`: what there is, and what each property means.

use super::{App, Caller, Refusal, away};
use crate::city::City;
use crate::domain::{ColumnType, Lang, Layer, catalogue};
use crate::service;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

fn describe(city: &City, layer: &Layer, caller: &Caller) -> Value {
    let (base, name) = (&caller.base, &layer.name);
    let table = city.named(name);
    let count = table.map(|table| table.len());
    let mut value = json!({
        "id": name,
        "title": if caller.lang == Lang::Zh { &layer.zh } else { &layer.en },
        "itemType": if layer.is_spatial() { "feature" } else { "record" },
        "crs": [CRS84],
        "itemCount": count,
        "links": [
            { "rel": "self", "href": format!("{base}/collections/{name}"), "type": "application/json" },
            { "rel": "items", "href": format!("{base}/collections/{name}/items"), "type": "application/geo+json" },
            { "rel": "http://www.opengis.net/def/rel/ogc/1.0/queryables", "href": format!("{base}/collections/{name}/queryables"), "type": "application/schema+json" },
            { "rel": "describedby", "href": format!("{base}/collections/{name}/schema"), "type": "application/schema+json" },
        ],
    });
    if layer.is_spatial() {
        value["storageCrs"] = json!(format!("http://www.opengis.net/def/crs/EPSG/0/{}", city.crs.epsg()));
        if let Some(extent) = table.and_then(|table| table.extent()) {
            value["extent"] = json!({ "spatial": { "bbox": [city.lon_lat_box(extent)], "crs": CRS84 } });
        }
        if let Some(links) = value["links"].as_array_mut() {
            links.push(json!({ "rel": "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "href": format!("{base}/collections/{name}/tilejson.json"), "type": "application/json" }));
        }
    }
    value
}

pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Refusal> {
    away(move || {
        let city = app.planner.city();
        let collections: Vec<Value> = service::collections().map(|layer| describe(&city, layer, &caller)).collect();
        Ok(Json(json!({ "collections": collections, "links": [{ "rel": "self", "href": format!("{}/collections", caller.base), "type": "application/json" }] })))
    })
    .await
}

pub async fn one(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Json<Value>, Refusal> {
    away(move || Ok(Json(describe(&app.planner.city(), service::collection(&name)?, &caller)))).await
}

/// JSON Schema of a collection's properties; the queryables are the same properties.
pub async fn schema(caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    let layer = service::collection(&name)?;
    let private = caller.viewer.sees_private(&name);
    let mut properties = Map::new();
    if layer.is_spatial() {
        properties.insert(
            "geom".to_owned(),
            json!({ "title": if caller.lang == Lang::Zh { "几何" } else { "Geometry" }, "format": "geometry-any", "x-ogc-role": "primary-geometry" }),
        );
    }
    for column in layer.columns.iter().filter(|column| private || !column.private) {
        let kind = match column.kind {
            ColumnType::Text | ColumnType::Date => "string",
            ColumnType::Integer => "integer",
            ColumnType::Real => "number",
            ColumnType::Boolean => "boolean",
            ColumnType::List => "array",
        };
        let mut property = json!({
            "title": if caller.lang == Lang::Zh { &column.zh } else { &column.en },
            "type": kind, "x-zh": column.zh, "x-en": column.en, "x-source": column.source,
        });
        if let Some(unit) = &column.unit {
            property["x-unit"] = json!(unit);
        }
        if column.kind == ColumnType::Date {
            property["format"] = json!("date");
        }
        if let Some(codes) = column.codes.as_deref().filter(|_| column.kind == ColumnType::Text) {
            property["x-codes"] = json!(codes);
            if let Some(list) = catalogue().codes(codes) {
                property["enum"] = list.iter().map(|code| code.code.as_str()).collect();
            }
        }
        properties.insert(column.name.clone(), property);
    }
    let body = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}/collections/{name}/schema", caller.base),
        "type": "object", "title": if caller.lang == Lang::Zh { &layer.zh } else { &layer.en },
        "properties": properties, "additionalProperties": false,
    });
    Ok(([(header::CONTENT_TYPE, "application/schema+json"), (header::VARY, "accept-language, cookie")], body.to_string()).into_response())
}
