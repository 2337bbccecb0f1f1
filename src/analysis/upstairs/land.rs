//! Gross to net: which restriction takes how much of the parcel (exact readings U1, U2).

use super::case::{ParcelCase, Restriction};
use super::shape::{Point, area, bounds, boxes_meet, normalised, without};
use crate::rules::upstairs::LandRules;
use geo::BooleanOps;
use geo_types::MultiPolygon;

/// The parcel's land in local coordinates (moved by −`origin`).
pub(super) struct Land {
    pub origin: Point,
    /// Parcel without dedicated land: the base of FAR and coverage.
    pub site: MultiPolygon<f64>,
    /// Site without everything on which nothing may be built; setbacks not yet taken.
    pub open: MultiPolygon<f64>,
    /// Barring restrictions that are not dedicated and touch the parcel.
    pub obstacles: Vec<Obstacle>,
    /// Height zones that touch the parcel: (limit in m, area).
    pub zones: Vec<(f64, MultiPolygon<f64>)>,
    pub bars: Vec<LandBar>,
    pub parcel_area: f64,
    pub site_area: f64,
}

pub(super) struct Obstacle {
    pub shape: MultiPolygon<f64>,
    pub hard: bool,
}

/// One restriction of the waterfall. `None` areas: the layer was never loaded.
pub(super) struct LandBar {
    pub kind: String,
    pub removed: Option<f64>,
    pub full: Option<f64>,
    pub dedicated: bool,
}

pub(super) fn land(case: &ParcelCase, outline: &MultiPolygon<f64>, rules: &LandRules) -> Land {
    let origin = bounds(outline).map_or(Point::default(), geo_types::Rect::min);
    let parcel = normalised(outline, origin);
    let parcel_area = area(&parcel);
    let here = touching(case, &parcel, origin);
    let barring = |kind: &str| rules.barring.value.iter().any(|barred| barred == kind);
    let dedicated = |restriction: &Restriction| restriction.dedicated.unwrap_or_else(|| rules.dedicated.value.contains(&restriction.kind));

    let mut rest = parcel.clone();
    let mut bars = Vec::new();
    for kind in &rules.order.value {
        let loaded = case.restrictions.iter().any(|restriction| restriction.kind == *kind && restriction.layer_loaded);
        let mut bar = LandBar {
            kind: kind.clone(),
            removed: loaded.then_some(0.0),
            full: loaded.then_some(0.0),
            dedicated: rules.dedicated.value.contains(kind),
        };
        let shapes: Vec<_> =
            here.iter().filter(|(restriction, _)| restriction.kind == *kind && barring(kind)).map(|(_, shape)| shape.clone()).collect();
        if !shapes.is_empty() {
            let before = area(&rest);
            rest = without(&rest, polygons(&shapes));
            bar.removed = Some(before - area(&rest));
            bar.full = Some(parcel_area - area(&without(&parcel, polygons(&shapes))));
        }
        bars.push(bar);
    }
    let leaving: Vec<_> =
        here.iter().filter(|(restriction, _)| barring(&restriction.kind) && dedicated(restriction)).map(|(_, shape)| shape.clone()).collect();
    let site = without(&parcel, polygons(&leaving));
    let obstacles = here.iter().filter(|(restriction, _)| barring(&restriction.kind) && !dedicated(restriction));
    Land {
        origin,
        site_area: area(&site),
        parcel_area,
        open: rest,
        obstacles: obstacles.map(|(restriction, shape)| Obstacle { shape: shape.clone(), hard: restriction.hard }).collect(),
        zones: here.iter().filter_map(|(restriction, shape)| Some((restriction.height_limit_m?, shape.clone()))).collect(),
        bars,
        site,
    }
}

/// Restrictions whose part inside the parcel is not empty, that part in local coordinates.
fn touching<'a>(case: &'a ParcelCase, parcel: &MultiPolygon<f64>, origin: Point) -> Vec<(&'a Restriction, MultiPolygon<f64>)> {
    let Some(frame) = bounds(parcel) else { return Vec::new() };
    let near = case.restrictions.iter().filter(|restriction| !restriction.geometry.0.is_empty()).filter_map(|restriction| {
        let shape = normalised(&restriction.geometry, origin);
        bounds(&shape).is_some_and(|rect| boxes_meet(&rect, &frame)).then_some((restriction, shape))
    });
    near.filter_map(|(restriction, shape)| {
        let inside = normalised(&shape.intersection(parcel), Point::default());
        (area(&inside) > 1e-6).then_some((restriction, inside))
    })
    .collect()
}

fn polygons(shapes: &[MultiPolygon<f64>]) -> Vec<geo_types::Polygon<f64>> {
    shapes.iter().flat_map(|shape| shape.0.iter().cloned()).collect()
}
