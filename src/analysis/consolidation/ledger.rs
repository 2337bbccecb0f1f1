//! The area ledger of a merge or split: Σ in − overlaps + gaps − dedications = out.
//!
//! # Source
//! exact-consolidation.md C1, C2, C20. All areas planar, m².

use crate::spatial::outline::{self, Gap};
use geo::{BooleanOps, BoundingRect};
use geo_types::MultiPolygon;
use serde::Serialize;
use utoipa::ToSchema;

/// What the rounding of boolean operations may leave where nothing overlaps, m² per member.
const ROUNDING_M2: f64 = 1e-7;
/// Dedicated land below this is a touch of boundaries, m².
const LEAST_DEDICATION_M2: f64 = 1e-2;

/// C20: Σ in − overlaps + gaps − dedications = out.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub rows: Vec<LedgerRow>,
    pub sum_in_m2: f64,
    pub overlaps_m2: f64,
    pub gaps_m2: f64,
    /// Land under dedicated control lines (road widening …): it leaves the owners and is no part of the plan parcel.
    pub dedications_m2: f64,
    /// Area of the new plan parcel, of a split all of them.
    pub out_m2: f64,
    /// What the identity leaves; at most 1e-6 m² per member.
    pub residual_m2: f64,
    pub gaps: Vec<Gap>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LedgerRow {
    pub parcel: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub owner: Option<String>,
    #[schema(required)]
    pub tenure: Option<String>,
    pub planar_area_m2: f64,
    /// The part of it that is dedicated; overlapping members each count their own.
    pub dedication_m2: f64,
}

/// The new plan parcel and its ledger.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// Merged outline less the dedicated land.
    pub shape: MultiPolygon<f64>,
    pub ledger: Ledger,
}

/// Settles a merge of `members` (shape of row i is `shapes[i]`); gaps narrower than `tolerance_m` close, `dedicated` land leaves.
pub fn settle(rows: Vec<LedgerRow>, shapes: &[MultiPolygon<f64>], tolerance_m: f64, dedicated: &[MultiPolygon<f64>]) -> Settlement {
    let merged = outline::outline(shapes, tolerance_m);
    settle_outline(rows, shapes, merged, dedicated)
}

/// As [`settle`], when the outline is known.
pub(super) fn settle_outline(
    mut rows: Vec<LedgerRow>,
    shapes: &[MultiPolygon<f64>],
    merged: outline::Outline,
    dedicated: &[MultiPolygon<f64>],
) -> Settlement {
    let near = meeting(&merged.shape, dedicated);
    for (row, shape) in rows.iter_mut().zip(shapes) {
        row.dedication_m2 = covered(shape, &near);
    }
    let rounding_m2 = ROUNDING_M2 * rows.len() as f64;
    let tidy = |m2: f64| if m2.abs() < rounding_m2 { 0.0 } else { m2 };
    let sum_in_m2: f64 = rows.iter().map(|row| row.planar_area_m2).sum();
    let outline_m2 = outline::area(&merged.shape);
    let shape = if covered(&merged.shape, &near) > LEAST_DEDICATION_M2 {
        near.iter().fold(merged.shape, |left, taken| left.difference(taken))
    } else {
        rows.iter_mut().for_each(|row| row.dedication_m2 = 0.0);
        merged.shape
    };
    let out_m2 = outline::area(&shape);
    let (overlaps_m2, gaps_m2) = (tidy(sum_in_m2 - merged.union_m2), tidy(outline_m2 - merged.union_m2));
    let dedications_m2 = outline_m2 - out_m2;
    let residual_m2 = sum_in_m2 - overlaps_m2 + gaps_m2 - dedications_m2 - out_m2;
    Settlement { shape, ledger: Ledger { rows, sum_in_m2, overlaps_m2, gaps_m2, dedications_m2, out_m2, residual_m2, gaps: merged.gaps } }
}

/// The ledger of a split: one piece of land in, its `parts` out. A cut takes no land, so nothing overlaps, closes or is dedicated.
pub fn apportion(whole: LedgerRow, parts: &[MultiPolygon<f64>]) -> Ledger {
    let sum_in_m2 = whole.planar_area_m2;
    let out_m2 = parts.iter().map(outline::area).sum();
    Ledger {
        rows: vec![whole],
        sum_in_m2,
        overlaps_m2: 0.0,
        gaps_m2: 0.0,
        dedications_m2: 0.0,
        out_m2,
        residual_m2: sum_in_m2 - out_m2,
        gaps: Vec::new(),
    }
}

/// Those of `areas` whose boxes meet the shape's, merged so that none counts twice.
fn meeting(shape: &MultiPolygon<f64>, areas: &[MultiPolygon<f64>]) -> Vec<MultiPolygon<f64>> {
    let Some(own) = shape.bounding_rect() else { return Vec::new() };
    let meets = |area: &&MultiPolygon<f64>| {
        area.bounding_rect().is_some_and(|other| {
            own.min().x < other.max().x && other.min().x < own.max().x && own.min().y < other.max().y && other.min().y < own.max().y
        })
    };
    let near: Vec<MultiPolygon<f64>> = areas.iter().filter(meets).cloned().collect();
    if near.len() < 2 { near } else { vec![outline::union(&near)] }
}

fn covered(shape: &MultiPolygon<f64>, by: &[MultiPolygon<f64>]) -> f64 {
    by.iter().map(|area| outline::area(&shape.intersection(area))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::rectangle;

    fn row(parcel: &str, planar_area_m2: f64) -> LedgerRow {
        LedgerRow { parcel: parcel.into(), owner: None, tenure: None, planar_area_m2, dedication_m2: 0.0 }
    }

    #[test]
    fn a_merge_with_a_slit_an_overlap_and_a_widened_road_balances() {
        // 100 × 50 and 100 × 50 with a slit of 0.4 m; a third overlaps the second by 2 m; a road takes a strip of 5 m along the south.
        let shapes = [rectangle(0.0, 0.0, 100.0, 50.0), rectangle(100.4, 0.0, 100.0, 50.0), rectangle(198.4, 0.0, 50.0, 50.0)];
        let rows = vec![row("a", 5000.0), row("b", 5000.0), row("c", 2500.0)];
        let road = [rectangle(-10.0, -10.0, 400.0, 15.0), rectangle(-10.0, 0.0, 120.0, 5.0)];
        let settled = settle(rows, &shapes, 0.5, &road);
        let ledger = &settled.ledger;
        assert!((ledger.sum_in_m2 - 12_500.0).abs() < 1e-9);
        assert!((ledger.overlaps_m2 - 100.0).abs() < 1e-4, "{}", ledger.overlaps_m2);
        assert!((ledger.gaps_m2 - 20.0).abs() < 1e-3, "{}", ledger.gaps_m2);
        assert!((ledger.dedications_m2 - 248.4 * 5.0).abs() < 1e-3, "{}", ledger.dedications_m2);
        assert!((ledger.out_m2 - 248.4 * 45.0).abs() < 1e-3, "{}", ledger.out_m2);
        assert!(ledger.residual_m2.abs() < 1e-6 * 3.0);
        let own: Vec<f64> = ledger.rows.iter().map(|row| row.dedication_m2).collect();
        assert!(own.iter().zip([500.0, 500.0, 250.0]).all(|(found, hand)| (found - hand).abs() < 1e-3), "{own:?}");
    }

    #[test]
    fn a_split_balances_without_any_other_line() {
        let ledger = apportion(row("a", 5000.0), &[rectangle(0.0, 0.0, 60.0, 50.0), rectangle(60.0, 0.0, 40.0, 50.0)]);
        assert_eq!((ledger.sum_in_m2, ledger.out_m2, ledger.residual_m2), (5000.0, 5000.0, 0.0));
        assert_eq!((ledger.overlaps_m2, ledger.gaps_m2, ledger.dedications_m2, ledger.gaps.len()), (0.0, 0.0, 0.0, 0));
    }

    #[test]
    fn a_dedicated_line_that_only_touches_takes_nothing() {
        let shapes = [rectangle(0.0, 0.0, 100.0, 50.0)];
        let settled = settle(vec![row("a", 5000.0)], &shapes, 0.5, &[rectangle(0.0, -10.0, 100.0, 10.0)]);
        assert_eq!((settled.ledger.dedications_m2, settled.ledger.out_m2, settled.ledger.residual_m2), (0.0, 5000.0, 0.0));
        assert_eq!(settled.ledger.rows[0].dedication_m2, 0.0);
    }
}
