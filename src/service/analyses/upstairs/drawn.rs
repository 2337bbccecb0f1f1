//! A drawn outline instead of a parcel: what lies on and around it is found in the city, its limits are what the planner sets.

use super::ground::Ground;
use super::inputs::Question;
use super::one::full_answer;
use crate::analysis::upstairs::ParcelCase;
use crate::city::{City, Table};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::rules::UpstairsPack;
use crate::service::packs::{district_name, upstairs};
use crate::spatial::area::planar_area;
use geo::{BooleanOps, BoundingRect, Centroid, MapCoords, Validation};
use geo_types::{Geometry, MultiPolygon};
use serde_json::{Value, json};
use std::sync::Arc;

/// Name under which an outline's figures are given.
const DRAWN: &str = "outline";
/// A parcel of which more than this share lies inside the outline belongs to it and does not stand between it and a road.
const OWN_SHARE: f64 = 0.5;

pub(super) fn one_outline(city: &City, table: &Table, outline: &Value, question: &Question) -> Outcome<(Value, Arc<UpstairsPack>)> {
    let shape = outline_in_plane(city, outline)?;
    let Some(bounds) = shape.bounding_rect() else { return Err(unreadable()) };
    let district = shape.centroid().and_then(|centre| district_at(city, centre.0));
    let pack = upstairs(district, question.cluster.as_deref(), &question.as_of)?;
    let ground = Ground::new(city, table, true, false);
    let covered: Vec<u32> = table.index().rows(bounds).into_iter().filter(|row| lies_in(table, *row as usize, &shape)).collect();
    let mut case = ParcelCase::new(DRAWN, shape);
    ground.surround(&mut case, bounds, &pack, |row| (!covered.contains(&row)).then(|| table.shapes().multi_polygon(row as usize)));
    let codes: Vec<&str> = covered.iter().map(|row| table.key(*row as usize)).collect();
    case.existing = ground.buildings(bounds, |parcel| parcel.is_some_and(|parcel| codes.contains(&parcel)));
    let mut answer = full_answer(city, &case, &pack, question);
    answer["parcels"] = json!(codes);
    Ok((answer, pack))
}

fn outline_in_plane(city: &City, outline: &Value) -> Outcome<MultiPolygon<f64>> {
    // A Feature or a FeatureCollection of one is what drawing tools save.
    let geometry = match outline.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => match outline["features"].as_array().map(Vec::as_slice) {
            Some([feature]) => &feature["geometry"],
            _ => return Err(bad("应为恰好一个面", "there should be exactly one polygon")),
        },
        Some("Feature") => &outline["geometry"],
        _ => outline,
    };
    let parsed: geojson::Geometry = serde_json::from_value(geometry.clone()).map_err(|_| unreadable())?;
    let polygon = match Geometry::try_from(parsed).map_err(|_| unreadable())? {
        Geometry::Polygon(polygon) => polygon,
        Geometry::MultiPolygon(MultiPolygon(mut parts)) if parts.len() == 1 => parts.remove(0),
        _ => return Err(unreadable()),
    };
    if !polygon.is_valid() {
        return Err(bad("画的轮廓自相交或不闭合", "the drawn outline crosses itself or is not closed"));
    }
    let plane = polygon.map_coords(|point| city.crs.from_lon_lat(point));
    let finite = plane.exterior().0.iter().all(|point| point.x.is_finite() && point.y.is_finite());
    if finite { Ok(MultiPolygon(vec![plane])) } else { Err(unreadable()) }
}

fn bad(zh: &str, en: &str) -> Fault {
    Fault::bad("outline", zh, en).at("/inputs/outline").help("先在地图上画一个不自交的面", "draw one polygon that does not cross itself")
}

fn unreadable() -> Fault {
    bad("outline 应为 GeoJSON 面（经纬度）", "the outline is a GeoJSON polygon in longitude and latitude")
}

fn lies_in(table: &Table, row: usize, outline: &MultiPolygon<f64>) -> bool {
    let parcel = table.shapes().multi_polygon(row);
    planar_area(&parcel.intersection(outline)) > OWN_SHARE * planar_area(&parcel)
}

fn district_at(city: &City, place: geo_types::Coord<f64>) -> Option<&str> {
    let districts = city.named("district")?;
    let row = districts.at_point(place).first().copied()? as usize;
    Some(district_name(city, districts.key(row)))
}
