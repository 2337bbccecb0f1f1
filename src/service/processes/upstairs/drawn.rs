//! A drawn outline instead of a parcel: what lies on and around it is found in the city, its limits are what the planner sets.

use super::super::drawing::{Drawn, too_large};
use super::super::process::Context;
use super::answer::One;
use super::ground::{Ground, MOST_CORNERS};
use super::inputs::Question;
use super::one::full_answer;
use super::pack;
use crate::analysis::upstairs::ParcelCase;
use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::units::SQUARE_METRES_PER_HECTARE;
use crate::domain::{Fault, LayerId};
use crate::formats::NotDrawn;
use crate::service::packs::district_name;
use crate::spatial::area::planar_area;
use geo::{Area, BooleanOps, BoundingRect, Centroid};
use geo_types::MultiPolygon;

/// Name under which an outline's figures are given.
const DRAWN: &str = "outline";
/// A parcel of which more than this share lies inside the outline belongs to it and does not stand between it and a road.
const OWN_SHARE: f64 = 0.5;

pub(super) fn one_outline(context: &Context<'_>, table: &Table, outline: &Drawn, question: &Question) -> Outcome<One> {
    let city = context.city;
    let shape = outline_in_plane(city, outline)?;
    let Some(bounds) = shape.bounding_rect() else { return Err(unreadable()) };
    let district = shape.centroid().and_then(|centre| district_at(city, centre.0));
    let pack = pack(context, district, question.cluster.as_deref())?;
    let ground = Ground::new(city, table, true, false);
    let covered: Vec<u32> = table.index().rows(bounds).into_iter().filter(|row| lies_in(table, *row as usize, &shape)).collect();
    let mut case = ParcelCase::new(DRAWN, shape);
    ground.surround(&mut case, bounds, &pack, |row| (!covered.contains(&row)).then(|| table.shapes().multi_polygon(row as usize)));
    let codes: Vec<&str> = covered.iter().map(|row| table.key(*row as usize)).collect();
    case.existing = ground.buildings(bounds, |parcel| parcel.is_some_and(|parcel| codes.contains(&parcel)));
    let parcels = codes.iter().map(|code| (*code).to_owned()).collect();
    Ok(One { parcels: Some(parcels), ..full_answer(context, &case, &pack, question) })
}

/// One building ground: the search grows faster than the land, and a hundred hectares take half a second.
const MOST_HECTARES: f64 = 100.0;

/// The check is of one building ground: an outline of several parts is none.
fn outline_in_plane(city: &City, outline: &Drawn) -> Outcome<MultiPolygon<f64>> {
    let shape = outline.in_plane(city, MOST_CORNERS + 1).map_err(|reason| match reason {
        NotDrawn::Unreadable => unreadable(),
        NotDrawn::NotOne => bad("应为恰好一个面", "there should be exactly one polygon"),
        NotDrawn::Crossing => bad("画的轮廓自相交或不闭合", "the drawn outline crosses itself or is not closed"),
        NotDrawn::TooLarge { positions, most } => too_large(positions, most).at("/inputs/outline"),
    })?;
    if shape.0.len() != 1 {
        return Err(unreadable());
    }
    let hectares = shape.unsigned_area() / SQUARE_METRES_PER_HECTARE;
    if hectares > MOST_HECTARES {
        return Err(bad(
            &format!("画的轮廓有 {hectares:.0} 公顷，一次最多 {MOST_HECTARES:.0} 公顷"),
            &format!("the drawn outline has {hectares:.0} ha; {MOST_HECTARES:.0} ha are taken at once"),
        ));
    }
    Ok(shape)
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
    let districts = city.table(LayerId::District);
    let row = districts.at_point(place).first().copied()? as usize;
    Some(district_name(city, districts.key(row)))
}
