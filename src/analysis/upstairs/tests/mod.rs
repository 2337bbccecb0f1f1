//! Closed forms: each expected number is worked out by hand in its comment.

mod building;
mod land;
mod published;
mod verdicts;

use super::*;
use crate::rules::{Packs, UpstairsPack, Verdict};
use geo::{Area, Distance, Euclidean, Rotate, Translate};
use geo_types::{LineString, MultiPolygon, Polygon, point};

/// A pack with round figures: 10 m columns, plates 20–40 × 30–90 m of at least 600 m², setback 10 m all round, storeys 5 m, no plate closer than 13 m.
pub(super) fn pack() -> UpstairsPack {
    let mut pack = UpstairsPack::resolve(Packs::embedded(), None, None).expect("pack");
    let plate = &mut pack.plate;
    plate.column.value = 10.0;
    (plate.width_min.value, plate.width_max.value) = (20.0, 40.0);
    (plate.length_min.value, plate.length_max.value) = (30.0, 90.0);
    plate.min_plate.value = 600.0;
    plate.fire_distance.value = 13.0;
    plate.count_max.value = 1;
    pack.setback.side.value = 10.0;
    pack.storey.height.iter_mut().for_each(|height| height.value = 5.0);
    pack.storey.max.value = 20;
    pack.turning_radius.value = 4.0;
    pack
}

pub(super) fn parcel(points: &[(f64, f64)]) -> ParcelCase {
    let outline = MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), vec![])]);
    ParcelCase { roads: Some(Vec::new()), ..ParcelCase::new("T", outline) }
}

pub(super) fn rectangle(width: f64, height: f64) -> ParcelCase {
    parcel(&[(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)])
}

fn near(a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance, "{a} is not {b} ± {tolerance}");
}

/// Repeatable noise in [0, 1).
pub(super) fn noise(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as f64 / (1u64 << 31) as f64
}
