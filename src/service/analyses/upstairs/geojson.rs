//! An answer of the upstairs process as GeoJSON, for a map that is not ours.

use crate::city::City;
use crate::domain::LayerId;
use crate::domain::fault::Outcome;
use serde_json::{Value, json};

/// One parcel: outline, setback line, frontage, plates whole and by band with heights to extrude, truck yard. Many: each parcel with its figures.
pub fn upstairs_as_geojson(city: &City, answer: &Value) -> Outcome<Value> {
    let features = if answer.get("plates").is_some() { of_one(answer) } else { of_many(city, answer)? };
    Ok(json!({ "type": "FeatureCollection", "run": answer["run"], "features": features }))
}

fn of_many(city: &City, answer: &Value) -> Outcome<Vec<Value>> {
    let table = city.table(LayerId::Parcel);
    let lines = answer["parcels"].as_array().map_or(&[][..], Vec::as_slice);
    let shape = |code: &str| {
        let shape = table.shapes().multi_polygon(table.row_of(code)?);
        let ring = |ring: &geo_types::LineString<f64>| -> Value {
            let place = |point: &geo_types::Coord<f64>| {
                let place = city.crs.to_lon_lat(*point);
                json!([place.x, place.y])
            };
            ring.0.iter().map(place).collect()
        };
        let polygon =
            |polygon: &geo_types::Polygon<f64>| -> Value { std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect() };
        Some(json!({ "type": "MultiPolygon", "coordinates": shape.0.iter().map(polygon).collect::<Vec<_>>() }))
    };
    Ok(lines.iter().map(|line| feature(line["parcel"].as_str().and_then(shape).unwrap_or(Value::Null), line.clone())).collect())
}

fn feature(geometry: Value, properties: Value) -> Value {
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

fn of_one(answer: &Value) -> Vec<Value> {
    let parcel = &answer["parcel"];
    let plain = |kind: &str, geometry: &Value, rest: Value| {
        let mut properties = rest;
        properties["kind"] = json!(kind);
        properties["parcel"] = parcel.clone();
        feature(geometry.clone(), properties)
    };
    let mut features = vec![
        plain("site", &answer["site"], json!({ "area_m2": answer["site_area_m2"] })),
        plain("setback_line", &answer["setback_line"], json!({})),
        plain("outline", &answer["outline"], json!({ "area_m2": answer["outline_area_m2"], "gfa_m2": answer["gfa_m2"] })),
        plain("frontage", &answer["frontage"], json!({})),
    ];
    let whole = answer["storeys"].as_array().map_or(0, Vec::len);
    let plates = answer["plates"].as_array().map_or(&[][..], Vec::as_slice);
    let all: f64 = plates.iter().filter_map(|plate| plate["area_m2"].as_f64()).sum();
    for plate in plates {
        // Storeys are given over all plates; a plate's own is its share of them.
        let share = plate["area_m2"].as_f64().unwrap_or(0.0) / all;
        let part = |value: &Value| value.as_f64().map(|area| area * share);
        let properties = json!({
            "plate": plate["id"],
            "storeys": whole,
            "height": answer["height_m"],
            "area_m2": plate["area_m2"],
            "gfa_m2": part(&answer["gfa_m2"]),
        });
        features.push(plain("plate", &plate["geometry"], properties));
        for band in answer["bands"].as_array().map_or(&[][..], Vec::as_slice) {
            let properties = json!({
                "plate": plate["id"], "band": band["band"], "first": band["first"], "last": band["last"],
                "base": band["base_m"], "height": band["top_m"], "gfa_m2": part(&band["gfa_m2"]), "load_kn_m2": band["load_kn_m2"],
            });
            features.push(plain("band", &plate["geometry"], properties));
        }
    }
    if !answer["yard"].is_null() {
        features.push(plain("yard", &answer["yard"]["geometry"], json!({ "radius_m": answer["yard"]["radius_m"] })));
    }
    features
}
