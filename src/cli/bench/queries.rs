//! What is asked of the city in memory: boxes, points, an overlay.

use super::{mean_ms, median_ms, spread, timed};
use crate::city::Query;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::service::Planner;
use crate::spatial::overlay;
use crate::spatial::polygons::PolygonSet;
use crate::spatial::stated_box::StatedBox;
use crate::store::geopackage::RtreeBaseline;
use geo::{BooleanOps, Contains};
use geo_types::{Coord, Point, Rect};
use serde_json::{Value, json};
use std::path::Path;

/// Windows of 1 % of an extent, the same in every run.
pub(super) fn windows(extent: Rect<f64>, count: usize) -> Vec<Rect<f64>> {
    // A tenth of each side: 1 % of the extent.
    let size = Coord { x: extent.width() / 10.0, y: extent.height() / 10.0 };
    spread(count)
        .map(|(u, v)| {
            let min = Coord { x: extent.min().x + u * (extent.width() - size.x), y: extent.min().y + v * (extent.height() - size.y) };
            Rect::new(min, min + size)
        })
        .collect()
}

pub(super) fn bbox(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let extent = table.extent().ok_or_else(|| Fault::internal("bench", "empty city"))?;
    let baseline = RtreeBaseline::open(city)?;
    let windows = windows(extent, 200);
    let (mut own, mut theirs, mut found) = (Vec::new(), Vec::new(), 0usize);
    for window in &windows {
        let (rows, seconds) = timed(|| {
            let mut rows = Vec::new();
            table.index().visit(*window, |row| rows.push(row));
            rows
        });
        own.push(seconds);
        found += rows.len();
        let (ids, seconds) = timed(|| baseline.ids(*window));
        theirs.push(seconds);
        let exact =
            Query { bounds: Some(StatedBox::of_plane(*window, &planner.city().crs)), ..Query::default() }.select(&table, &planner.city().crs)?;
        if ids?.len().abs_diff(rows.len()) > rows.len() / 100 + 8 || exact.len() > rows.len() {
            return Err(Fault::internal("bench", "the two indexes disagree"));
        }
    }
    Ok(json!({
        "row": "bbox", "parcels": table.len(), "queries": windows.len(), "mean_found": found / windows.len(), "mean_ms": mean_ms(&own), "p50_ms": median_ms(own),
        "baseline": "SQLite R-tree of the same file", "baseline_mean_ms": mean_ms(&theirs), "baseline_p50_ms": median_ms(theirs),
    }))
}

pub(super) fn point(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let table = planner.city().table(LayerId::Parcel).clone();
    let baseline = RtreeBaseline::open(city)?;
    let step = (table.len() / 2000).max(1);
    let points: Vec<Coord<f64>> = (0..table.len())
        .step_by(step)
        .filter_map(|row| PolygonSet::rings(table.shapes(), row).next().map(|ring| ring[0]))
        .map(|corner| corner + Coord { x: 3.0, y: 3.0 })
        .collect();
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    for place in &points {
        let (rows, seconds) = timed(|| table.at_point(*place));
        own.push(seconds);
        let (hits, seconds) = timed(|| -> Outcome<usize> {
            let ids = baseline.ids(Rect::new(*place, *place))?;
            Ok(ids.len())
        });
        theirs.push(seconds);
        let brute = rows
            .iter()
            .all(|row| table.shapes().multi_polygon(*row as usize).contains(&Point(*place)) || table.shapes().contains(*row as usize, *place));
        if !brute || hits? < rows.len() {
            return Err(Fault::internal("bench", "the two indexes disagree"));
        }
    }
    Ok(json!({
        "row": "point", "parcels": table.len(), "queries": points.len(), "p50_ms": median_ms(own),
        "baseline": "SQLite R-tree candidates, without the polygon test", "baseline_p50_ms": median_ms(theirs),
    }))
}

pub(super) fn overlay_row(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let (parcels, districts) = (planner.city().table(LayerId::Parcel).clone(), planner.city().table(LayerId::District).clone());
    let (shares, seconds) = timed(|| overlay(parcels.shapes(), districts.shapes()));
    // Brute force on a part: each parcel against each district whose box it meets, by boolean operation.
    let sample = 300.min(parcels.len());
    let step = (parcels.len() / sample.max(1)).max(1);
    let shapes: Vec<_> = (0..districts.len()).map(|row| districts.shapes().multi_polygon(row)).collect();
    let (worst, brute) = timed(|| {
        let mut worst = 0.0f64;
        for row in (0..parcels.len()).step_by(step) {
            let own = parcels.shapes().multi_polygon(row);
            for near in districts.index().rows(parcels.shapes().bounds(row).unwrap_or_else(|| Rect::new((0.0, 0.0), (0.0, 0.0)))) {
                let exact = crate::spatial::area::planar_area(&own.intersection(&shapes[near as usize]));
                let found = shares
                    .iter()
                    .skip(shares.partition_point(|share| share.0 < row as u32))
                    .take_while(|share| share.0 == row as u32)
                    .find(|share| share.1 == near)
                    .map_or(0.0, |share| share.2);
                worst = worst.max((exact - found).abs() / crate::spatial::area::planar_area(&own).max(1.0));
            }
        }
        worst
    });
    Ok(json!({
        "row": "overlay", "parcels": parcels.len(), "districts": districts.len(), "pairs": shares.len(), "seconds": seconds,
        "baseline": "boolean operations, every nth parcel, scaled up", "baseline_seconds": brute * step as f64, "worst_relative_difference": worst,
    }))
}
