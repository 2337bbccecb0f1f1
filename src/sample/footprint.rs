//! Footprints inside a parcel: rectangles along its longest side, clear of its border and of each other.

use super::dice::Dice;
use super::lattice::millimetres;
use super::ring::{Ring, area, contains, distance, extent};
use geo_types::Coord;

/// What the parcel asks of its buildings.
pub(super) struct Wish {
    pub(super) count: usize,
    /// Wanted share of the parcel under roofs.
    pub(super) coverage: f64,
    /// Clear width between buildings, metres.
    pub(super) spacing_m: f64,
    /// Smallest side of a building, metres.
    pub(super) least_m: f64,
}

/// Distance that footprints keep from the parcel's border, metres.
pub(super) const SETBACK_M: f64 = 3.0;

/// A rectangle in a turned frame.
#[derive(Clone, Copy)]
struct Frame {
    u: Coord<f64>,
    v: Coord<f64>,
}

#[derive(Clone, Copy)]
struct Span {
    u: (f64, f64),
    v: (f64, f64),
}

impl Frame {
    fn point(&self, u: f64, v: f64) -> Coord<f64> {
        Coord { x: self.u.x * u + self.v.x * v, y: self.u.y * u + self.v.y * v }
    }

    fn ring(&self, span: &Span) -> Ring {
        [(span.u.0, span.v.0), (span.u.1, span.v.0), (span.u.1, span.v.1), (span.u.0, span.v.1)].map(|(u, v)| millimetres(self.point(u, v))).to_vec()
    }
}

/// Disjoint rectangular footprints, fewer than wished (or none) where the parcel is too narrow.
pub(super) fn footprints(parcel: &Ring, wish: &Wish, dice: &mut Dice) -> Vec<Ring> {
    let frame = frame(parcel);
    let Some(room) = room(parcel, frame) else { return Vec::new() };
    let (width, depth) = (room.u.1 - room.u.0, room.v.1 - room.v.0);
    let target = wish.coverage * area(parcel);
    let mut count = wish.count;
    loop {
        let (columns, rows) = if count == 4 && depth * 2.2 > width { (2, 2) } else { (count, 1) };
        let cell_width = (width - wish.spacing_m * (columns - 1) as f64) / columns as f64;
        let cell_depth = (depth - wish.spacing_m * (rows - 1) as f64) / rows as f64;
        if cell_width < wish.least_m || cell_depth < wish.least_m {
            if count == 1 {
                return Vec::new();
            }
            count -= 1;
            continue;
        }
        let shrink = (target / (cell_width * cell_depth * count as f64)).min(1.0).sqrt();
        let size = ((cell_width * shrink).max(wish.least_m), (cell_depth * shrink).max(wish.least_m));
        return (0..count)
            .map(|index| {
                let (column, row) = ((index % columns) as f64, (index / columns) as f64);
                let u = room.u.0 + column * (cell_width + wish.spacing_m) + (cell_width - size.0) * dice.between(0.3, 0.7);
                let v = room.v.0 + row * (cell_depth + wish.spacing_m) + (cell_depth - size.1) * dice.between(0.3, 0.7);
                frame.ring(&Span { u: (u, u + size.0), v: (v, v + size.1) })
            })
            .collect();
    }
}

/// Along the parcel's longest edge, with u the longer way.
fn frame(parcel: &Ring) -> Frame {
    let mut best = (0.0, Coord { x: 1.0, y: 0.0 });
    for i in 0..parcel.len() {
        let (a, b) = (parcel[i], parcel[(i + 1) % parcel.len()]);
        let length = (b.x - a.x).hypot(b.y - a.y);
        if length > best.0 {
            best = (length, Coord { x: (b.x - a.x) / length, y: (b.y - a.y) / length });
        }
    }
    let u = best.1;
    let v = Coord { x: -u.y, y: u.x };
    let length = |along| extent(parcel, along).1 - extent(parcel, along).0;
    if length(u) >= length(v) { Frame { u, v } } else { Frame { u: v, v: Coord { x: -u.x, y: -u.y } } }
}

/// A rectangle that keeps the setback, found by shrinking the parcel's box towards a few places.
fn room(parcel: &Ring, frame: Frame) -> Option<Span> {
    let (u, v) = (extent(parcel, frame.u), extent(parcel, frame.v));
    // The middle serves compact parcels; the quarters serve L shapes, whose middle may lie outside.
    for (a, b) in [(0.5, 0.5), (0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
        let (cu, cv) = (u.0 + (u.1 - u.0) * a, v.0 + (v.1 - v.0) * b);
        let reach = if a == 0.5 { 0.5 } else { 0.25 };
        let mut factor = 1.0;
        for _ in 0..7 {
            let half = |low: f64, high: f64| (high - low) * reach * factor - SETBACK_M - 0.2;
            let (hu, hv) = (half(u.0, u.1), half(v.0, v.1));
            if hu < 2.0 || hv < 2.0 {
                break;
            }
            let span = Span { u: (cu - hu, cu + hu), v: (cv - hv, cv + hv) };
            if clear(parcel, frame, &span) {
                return Some(span);
            }
            factor *= 0.9;
        }
    }
    None
}

/// Whether the rectangle lies inside the parcel, the setback away from every edge.
fn clear(parcel: &Ring, frame: Frame, span: &Span) -> bool {
    let corners = frame.ring(span);
    let edges = || (0..parcel.len()).map(|i| (parcel[i], parcel[(i + 1) % parcel.len()]));
    let corner_clear = |&corner: &Coord<f64>| contains(parcel, corner) && edges().all(|(a, b)| distance(corner, a, b) >= SETBACK_M);
    let vertex_outside = |point: &Coord<f64>| {
        let (u, v) = (point.x * frame.u.x + point.y * frame.u.y, point.x * frame.v.x + point.y * frame.v.y);
        u < span.u.0 - SETBACK_M || u > span.u.1 + SETBACK_M || v < span.v.0 - SETBACK_M || v > span.v.1 + SETBACK_M
    };
    corners.iter().all(corner_clear) && parcel.iter().all(vertex_outside)
}
