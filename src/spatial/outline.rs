//! The merged outline of a site: plain union, union closed over slits, the gaps it closes, compactness.
//!
//! # Source
//! exact-consolidation.md C1 (area), C2 (outline), C3 (compactness).

use super::polygons::{bounds_of, length, signed_area};
use geo::algorithm::bool_ops::{FillRule, OpType};
use geo::{Area, BooleanOps, InteriorPoint, Orient, orient::Direction, unary_union};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Corners sharper than this ratio of mitre length to distance are cut off (C2).
const MITRE_LIMIT: f64 = 5.0;
/// Boolean operations round to a grid of about a micrometre; a vertex this near (m) to one it stems from is that one.
const SNAP_M: f64 = 1e-4;
/// Gaps of less than this (m²) are rounding.
const LEAST_GAP_M2: f64 = 1e-4;

/// A gap that the merged outline closes.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    pub area_m2: f64,
    /// A point inside it, in the working plane.
    pub at: Coord<f64>,
}

/// A site's merged outline.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Area of the plain union, m² (C1).
    pub union_m2: f64,
    /// Area of the closed union U, m² (C2).
    pub area_m2: f64,
    /// Perimeter of U with its holes, m.
    pub perimeter_m: f64,
    pub shape: MultiPolygon<f64>,
    pub gaps: Vec<Gap>,
}

impl Outline {
    /// PP = 4π·area/perimeter² of U (C3); 0 for nothing.
    pub fn compactness(&self) -> f64 {
        compactness(self.area_m2, self.perimeter_m)
    }
}

/// Polsby–Popper compactness of an area (m²) within a perimeter (m).
pub fn compactness(area_m2: f64, perimeter_m: f64) -> f64 {
    if perimeter_m > 0.0 { 4.0 * std::f64::consts::PI * area_m2 / (perimeter_m * perimeter_m) } else { 0.0 }
}

/// The merged outline of `members`; slits and holes narrower than `tolerance_m` vanish, others stay.
pub fn outline(members: &[MultiPolygon<f64>], tolerance_m: f64) -> Outline {
    let union = union(members);
    let mut outline = closed_outline(&union, tolerance_m);
    if outline.area_m2 - outline.union_m2 > LEAST_GAP_M2 {
        outline.gaps = gaps_between(&outline.shape, &union);
    }
    outline
}

/// As [`outline`], without the list of gaps: all that a search needs.
pub fn outline_figures(members: &[MultiPolygon<f64>], tolerance_m: f64) -> Outline {
    closed_outline(&union(members), tolerance_m)
}

fn closed_outline(union: &MultiPolygon<f64>, tolerance_m: f64) -> Outline {
    let union_m2 = area(union);
    let closed = close(union, tolerance_m);
    // Where closing adds nothing but the rounding of boolean operations, the union itself is the outline: the ledger then balances exactly.
    let closed = if area(&closed) - union_m2 > LEAST_GAP_M2 { closed } else { union.clone() };
    Outline { union_m2, area_m2: area(&closed), perimeter_m: perimeter(&closed), shape: closed, gaps: Vec::new() }
}

/// The plain union; vertices that stem from a member keep its exact coordinates.
pub fn union(members: &[MultiPolygon<f64>]) -> MultiPolygon<f64> {
    let oriented: Vec<MultiPolygon<f64>> = members.iter().map(|m| m.orient(Direction::Default)).collect();
    let merged = unary_union(oriented.iter());
    Anchors::new(&oriented).snap(merged)
}

/// Buffer by +tolerance/2, then −tolerance/2, mitred; never less than the shape itself.
pub fn close(shape: &MultiPolygon<f64>, tolerance_m: f64) -> MultiPolygon<f64> {
    if tolerance_m <= 0.0 || shape.0.is_empty() {
        return shape.clone();
    }
    let grown = offset(shape, tolerance_m / 2.0);
    let closed = offset(&grown, -tolerance_m / 2.0);
    let anchors = Anchors::new(std::slice::from_ref(shape));
    let closed = anchors.snap(closed);
    if !has_needle(shape) {
        return closed;
    }
    // The mitre limit may cut a needle's tip; the shape's own land stays.
    anchors.snap(closed.union(shape))
}

/// The shape moved outwards by `distance` m (inwards when negative) with mitred corners.
///
/// Each ring is moved to its right: an exterior ring runs counter-clockwise and a hole clockwise, so right is always out.
/// Where a moved ring crosses itself the surplus loops wind negatively, and the positive fill rule drops them.
pub fn offset(shape: &MultiPolygon<f64>, distance: f64) -> MultiPolygon<f64> {
    let rings: Vec<Polygon<f64>> = shape
        .orient(Direction::Default)
        .into_iter()
        .flat_map(|polygon| {
            let (exterior, interiors) = polygon.into_inner();
            std::iter::once(exterior).chain(interiors)
        })
        .filter_map(|ring| moved_ring(&ring.0, distance))
        .map(|ring| Polygon::new(ring, Vec::new()))
        .collect();
    let rings = MultiPolygon::new(rings);
    rings.boolean_op_with_fill_rule(&MultiPolygon::<f64>::new(Vec::new()), OpType::Union, FillRule::Positive)
}

fn moved_ring(ring: &[Coord<f64>], distance: f64) -> Option<LineString<f64>> {
    let mut points: Vec<Coord<f64>> = Vec::with_capacity(ring.len());
    for &point in ring {
        if points.last().is_none_or(|last| length(*last, point) > 1e-9) {
            points.push(point);
        }
    }
    while points.len() > 1 && length(points[0], points[points.len() - 1]) <= 1e-9 {
        points.pop();
    }
    if points.len() < 3 {
        return None;
    }
    let count = points.len();
    let directions: Vec<Coord<f64>> = (0..count)
        .map(|i| {
            let (from, to) = (points[i], points[(i + 1) % count]);
            (to - from) / length(from, to)
        })
        .collect();
    let mut moved = Vec::with_capacity(count * 2 + 1);
    for i in 0..count {
        join(points[i], directions[(i + count - 1) % count], directions[i], distance, &mut moved);
    }
    moved.push(moved[0]);
    Some(LineString::new(moved))
}

/// The corner at `v` between the directions `u` (arriving) and `w` (leaving), moved to the right by `distance`.
fn join(v: Coord<f64>, u: Coord<f64>, w: Coord<f64>, distance: f64, into: &mut Vec<Coord<f64>>) {
    let right = |d: Coord<f64>| Coord { x: d.y, y: -d.x };
    let (before, after) = (right(u), right(w));
    let (cross, dot) = (u.x * w.y - u.y * w.x, u.x * w.x + u.y * w.y);
    // Cosine of half the turn; the mitre is 1/cos times the distance.
    let half = ((1.0 + dot) / 2.0).max(0.0).sqrt();
    if dot > 0.0 && cross.abs() < 1e-9 {
        into.push(v + before * distance);
    } else if cross * distance < 0.0 {
        into.extend([v + before * distance, v, v + after * distance]);
    } else if half * MITRE_LIMIT >= 1.0 {
        into.push(v + (before + after) * (distance / (1.0 + dot)));
    } else {
        let run = distance.abs() * (MITRE_LIMIT - half) / (1.0 - half * half).sqrt();
        into.extend([v + before * distance + u * run, v + after * distance - w * run]);
    }
}

/// Whether some corner is sharp enough for the mitre limit to cut it.
fn has_needle(shape: &MultiPolygon<f64>) -> bool {
    let rings = shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings.into_iter().any(|ring| {
        let edges: Vec<Coord<f64>> = ring.0.windows(2).map(|pair| pair[1] - pair[0]).collect();
        (0..edges.len()).any(|i| {
            let (u, w) = (edges[i], edges[(i + 1) % edges.len()]);
            // Cosine of the turn below 2/25 − 1: half the turn's cosine below 1/5.
            u.x * w.x + u.y * w.y < (2.0 / MITRE_LIMIT.powi(2) - 1.0) * u.x.hypot(u.y) * w.x.hypot(w.y)
        })
    })
}

fn gaps_between(closed: &MultiPolygon<f64>, union: &MultiPolygon<f64>) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = closed
        .difference(union)
        .into_iter()
        .filter_map(|piece| {
            let area_m2 = piece.unsigned_area();
            let at = piece.interior_point()?;
            (area_m2 > LEAST_GAP_M2).then_some(Gap { area_m2, at: at.0 })
        })
        .collect();
    gaps.sort_by(|p, q| q.area_m2.total_cmp(&p.area_m2).then(p.at.x.total_cmp(&q.at.x)).then(p.at.y.total_cmp(&q.at.y)));
    gaps
}

/// Planar area in m², each ring around its own first point.
pub fn area(shape: &MultiPolygon<f64>) -> f64 {
    shape.iter().map(|p| signed_area(&p.exterior().0).abs() - p.interiors().iter().map(|ring| signed_area(&ring.0).abs()).sum::<f64>()).sum()
}

/// Length of all rings in m.
pub fn perimeter(shape: &MultiPolygon<f64>) -> f64 {
    shape
        .iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .flat_map(|ring| ring.0.windows(2))
        .map(|pair| length(pair[0], pair[1]))
        .sum()
}

/// Vertices of the input, to give results their exact coordinates back.
struct Anchors {
    sorted: Vec<Coord<f64>>,
}

impl Anchors {
    fn new(shapes: &[MultiPolygon<f64>]) -> Self {
        let mut sorted: Vec<Coord<f64>> = shapes
            .iter()
            .flat_map(geo_types::MultiPolygon::iter)
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
            .flat_map(|ring| ring.0.iter().copied())
            .collect();
        sorted.sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        sorted.dedup();
        Anchors { sorted }
    }

    fn nearest(&self, point: Coord<f64>) -> Coord<f64> {
        let first = self.sorted.partition_point(|c| c.x < point.x - SNAP_M);
        let mut best = (SNAP_M, point);
        for &candidate in self.sorted[first..].iter().take_while(|c| c.x <= point.x + SNAP_M) {
            let distance = length(candidate, point);
            if distance < best.0 {
                best = (distance, candidate);
            }
        }
        best.1
    }

    fn snap(&self, shape: MultiPolygon<f64>) -> MultiPolygon<f64> {
        let ring = |line: &LineString<f64>| LineString::new(tidy(line.0.iter().map(|c| self.nearest(*c)).collect()));
        let polygons = shape.iter().filter_map(|p| {
            let exterior = ring(p.exterior());
            let holes = p.interiors().iter().map(ring).filter(|hole| hole.0.len() >= 4).collect();
            (exterior.0.len() >= 4).then(|| Polygon::new(exterior, holes))
        });
        MultiPolygon::new(polygons.collect())
    }
}

/// Drops repeated points and spikes of no width that snapping may leave.
fn tidy(ring: Vec<Coord<f64>>) -> Vec<Coord<f64>> {
    let mut points: Vec<Coord<f64>> = Vec::with_capacity(ring.len());
    for point in ring {
        if points.last() == Some(&point) {
            continue;
        }
        if points.len() >= 2 && points[points.len() - 2] == point {
            points.pop();
            continue;
        }
        points.push(point);
    }
    if bounds_of(&points).width() <= 0.0 || points.len() < 4 {
        return Vec::new();
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::PolygonSet;
    use crate::spatial::polygons::samples::{lattice, polygon, rectangle};

    #[test]
    fn parcels_that_tile_merge_to_the_exact_sum() {
        let set = lattice(7, 5, 40.0, 9.0, 3);
        let members: Vec<_> = (0..set.len()).map(|i| set.multipolygon(i)).collect();
        let merged = outline(&members, 0.5);
        let sum: f64 = (0..set.len()).map(|i| set.area_m2(i)).sum();
        assert!((merged.union_m2 - sum).abs() < 1e-6, "{} {sum}", merged.union_m2);
        assert!((merged.area_m2 - sum).abs() < 1e-6, "{} {sum}", merged.area_m2);
        assert!(merged.gaps.is_empty());
    }

    #[test]
    fn a_slit_narrower_than_the_tolerance_closes_and_is_listed() {
        let merged = outline(&[rectangle(0.0, 0.0, 20.0, 30.0), rectangle(20.3, 0.0, 20.0, 30.0)], 0.5);
        assert!((merged.union_m2 - 1200.0).abs() < 1e-6);
        assert!((merged.area_m2 - 1209.0).abs() < 1e-3, "{}", merged.area_m2);
        assert_eq!(merged.gaps.len(), 1);
        assert!((merged.gaps[0].area_m2 - 9.0).abs() < 1e-3 && (merged.gaps[0].at.x - 20.15).abs() < 0.15);
        assert!((merged.perimeter_m - 2.0 * (40.3 + 30.0)).abs() < 1e-3);
        let apart = outline(&[rectangle(0.0, 0.0, 20.0, 30.0), rectangle(20.6, 0.0, 20.0, 30.0)], 0.5);
        assert_eq!((apart.shape.0.len(), apart.gaps.len()), (2, 0));
        assert!((apart.area_m2 - 1200.0).abs() < 1e-9);
    }

    #[test]
    fn wide_holes_stay_and_count_in_the_perimeter() {
        let ring =
            [rectangle(0.0, 0.0, 30.0, 10.0), rectangle(0.0, 20.0, 30.0, 10.0), rectangle(0.0, 10.0, 10.0, 10.0), rectangle(20.0, 10.0, 10.0, 10.0)];
        let merged = outline(&ring, 0.5);
        assert!((merged.area_m2 - 800.0).abs() < 1e-9 && (merged.perimeter_m - 160.0).abs() < 1e-9);
        assert!((merged.compactness() - 4.0 * std::f64::consts::PI * 800.0 / 25_600.0).abs() < 1e-12);
    }

    #[test]
    fn overlaps_count_once_and_a_corner_contact_stays_open() {
        let merged = outline(&[rectangle(0.0, 0.0, 10.0, 10.0), rectangle(9.0, 0.0, 10.0, 10.0)], 0.5);
        assert!((merged.union_m2 - 190.0).abs() < 1e-6 && (merged.area_m2 - 190.0).abs() < 1e-6);
        let merged = outline(&[rectangle(0.0, 0.0, 10.0, 10.0), rectangle(10.0, 10.0, 10.0, 10.0)], 0.5);
        assert!((merged.area_m2 - 200.0).abs() < 1e-3, "{}", merged.area_m2);
    }

    #[test]
    fn closing_keeps_the_land_of_needles_and_of_shapes_without_slits() {
        let needle = polygon(&[(0.0, 0.0), (100.0, 2.0), (0.0, 4.0), (0.0, 0.0)]);
        let merged = outline(std::slice::from_ref(&needle), 0.5);
        assert!((merged.area_m2 - 200.0).abs() < 1e-3, "{}", merged.area_m2);
        let ell = polygon(&[(0.0, 0.0), (30.0, 0.0), (30.0, 10.0), (10.0, 10.0), (10.0, 30.0), (0.0, 30.0), (0.0, 0.0)]);
        assert!((outline(std::slice::from_ref(&ell), 0.5).area_m2 - 500.0).abs() < 1e-9);
    }
}
