//! `/collections`: what there is, and what each property means.

use super::conditions::Tag;
use super::{App, Caller, Refusal, reply};
use crate::city::City;
use crate::domain::{ColumnType, Lang, Layer, LayerId, catalogue};
use crate::service;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

pub(super) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

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

pub(super) async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let collections: Vec<Value> = service::collections().map(|layer| describe(city, layer, &caller)).collect();
        let links = json!([{ "rel": "self", "href": format!("{}/collections", caller.base), "type": "application/json" }]);
        let tag = app.tag(city).told_in(caller.lang).formed(caller.form, &caller.base);
        reply::document(caller.form, &json!({ "collections": collections, "links": links }), tag)
    })
    .await
}

/// The tag of what is said about one collection.
fn tag(app: &App, city: &City, name: &str, caller: &Caller) -> Tag {
    let tag = LayerId::parse(name).map_or_else(|| app.tag(city), |layer| app.tag_on(city, &[layer]));
    tag.told_in(caller.lang).formed(caller.form, &caller.base)
}

pub(super) async fn one(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let answer = describe(city, service::collection(&name)?, &caller);
        reply::document(caller.form, &answer, tag(app, city, &name, &caller))
    })
    .await
}

/// JSON Schema of a collection's properties; the queryables are the same properties.
pub(super) async fn schema(State(app): State<App>, caller: Caller, Path(name): Path<String>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let body = properties(service::collection(&name)?, &caller);
        let tag = tag(app, city, &name, &caller).seen_by(&caller.viewer);
        reply::typed_document(caller.form, "application/schema+json", &body, tag)
    })
    .await
}

fn properties(layer: &Layer, caller: &Caller) -> Value {
    let name = &layer.name;
    let private = caller.viewer.sees_private(name);
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
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}/collections/{name}/schema", caller.base),
        "type": "object", "title": if caller.lang == Lang::Zh { &layer.zh } else { &layer.en },
        "properties": properties, "additionalProperties": false,
    })
}
