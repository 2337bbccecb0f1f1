//! Which parcels a run is about.

use super::super::drawing::{Drawn, too_large};
use super::inputs::Inputs;
use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::formats::NotDrawn;
use crate::service::collections::{no_such_park, parcel_row};
use crate::service::instruments::{LandOn, keep_standing};
use crate::spatial::overlay;
use crate::spatial::polygons::{PolygonSet, Polygons, Subset};
use geo::BoundingRect;
use geo_types::{Coord, MultiPolygon, Rect};

/// Rows of the parcels that the question may touch, ascending, with the share of each inside the area.
pub(super) fn rows_in_question(city: &City, table: &Table, inputs: &Inputs) -> Outcome<(Vec<u32>, Vec<f64>)> {
    let area = match (&inputs.park, &inputs.area, &inputs.parcels) {
        (Some(park), None, None) => {
            let parks = city.table(LayerId::Park);
            let row = parks.row_of(park).ok_or_else(|| no_such_park(park).at("/inputs/park"))?;
            parks.shapes().multi_polygon(row)
        }
        (None, Some(area), None) => drawn(city, area)?,
        (None, None, Some(codes)) => {
            let mut rows = Vec::with_capacity(codes.len());
            for code in codes {
                rows.push(parcel_row(city, code)? as u32);
            }
            rows.sort_unstable();
            rows.dedup();
            let shares = vec![1.0; rows.len()];
            return Ok((rows, shares));
        }
        _ => {
            return Err(Fault::bad("area", "请给出 park、area、parcels 三者之一", "give one of park, area and parcels").at("/inputs"));
        }
    };
    let bounds = area.bounding_rect().unwrap_or_else(|| Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 0.0, y: 0.0 }));
    let near = Subset { set: table.shapes(), items: table.index().rows(bounds) };
    let question: Polygons = [&area].into_iter().collect();
    let (mut rows, mut shares) = (Vec::new(), Vec::new());
    for (item, _, shared) in overlay(&near, &question) {
        let whole = near.area_m2(item as usize);
        // A sliver of contact is no part of the question.
        if whole > 0.0 && shared / whole > 1e-6 {
            rows.push(near.items[item as usize]);
            shares.push((shared / whole).min(1.0));
        }
    }
    Ok((rows, shares))
}

/// Of a drawn area: a district's line has some hundred.
const MOST_POSITIONS: usize = 5_000;

fn drawn(city: &City, area: &Drawn) -> Outcome<MultiPolygon<f64>> {
    let bad = |zh: &str, en: &str| Fault::bad("area", zh, en).at("/inputs/area");
    area.in_plane(city, MOST_POSITIONS).map_err(|reason| match reason {
        NotDrawn::Unreadable => bad("area 应为 GeoJSON 面（经纬度）", "the area is a GeoJSON polygon in longitude and latitude"),
        NotDrawn::NotOne => bad("应为恰好一个面", "there should be exactly one polygon"),
        NotDrawn::Crossing => bad("画的范围自相交或不闭合", "the drawn area crosses itself or is not closed"),
        NotDrawn::TooLarge { positions, most } => too_large(positions, most).at("/inputs/area"),
    })
}

/// Parts the rows into those that stand on a day, with their shares, and those that an instrument in force has taken into a plan parcel.
pub(super) fn standing(city: &City, table: &Table, rows: Vec<u32>, shares: Vec<f64>, day: &str) -> Outcome<(Vec<u32>, Vec<f64>, Vec<u32>)> {
    let mut kept = rows.clone();
    keep_standing(city, table, &mut kept, &LandOn::parse(day)?);
    let stands = |row: &u32| kept.binary_search(row).is_ok();
    let gone = rows.iter().filter(|row| !stands(row)).copied().collect();
    let shares = rows.iter().zip(shares).filter(|(row, _)| stands(row)).map(|(_, share)| share).collect();
    Ok((kept, shares, gone))
}
