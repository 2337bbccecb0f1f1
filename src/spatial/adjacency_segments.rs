//! Boundary segments: those near a place, and the shortest way between two boundaries.

use super::adjacency_grid::meets;
use super::polygons::PolygonSet;
use geo_types::Coord;

/// A boundary segment.
#[derive(Clone, Copy)]
pub(super) struct Segment {
    pub(super) from: Coord<f64>,
    pub(super) to: Coord<f64>,
}

impl Segment {
    pub(super) fn bounds(&self) -> [f64; 4] {
        [self.from.x.min(self.to.x), self.from.y.min(self.to.y), self.from.x.max(self.to.x), self.from.y.max(self.to.y)]
    }
}

pub(super) fn segments_near(set: &impl PolygonSet, i: usize, near: &[f64; 4], into: &mut Vec<Segment>) {
    into.clear();
    for ring in set.rings(i) {
        for pair in ring.windows(2) {
            let segment = Segment { from: pair[0], to: pair[1] };
            if pair[0] != pair[1] && meets(near, &segment.bounds()) {
                into.push(segment);
            }
        }
    }
}

/// The least distance between the segments with its two ends, or infinity beyond `reach`.
pub(super) fn least_distance(of_a: &[Segment], of_b: &[Segment], reach: f64) -> (f64, Coord<f64>, Coord<f64>) {
    let mut least = (f64::INFINITY, Coord { x: 0.0, y: 0.0 }, Coord { x: 0.0, y: 0.0 });
    for a in of_a {
        let [x0, y0, x1, y1] = a.bounds();
        let near = [x0 - reach, y0 - reach, x1 + reach, y1 + reach];
        for b in of_b.iter().filter(|b| meets(&near, &b.bounds())) {
            let found = segment_distance(a, b);
            if found.0 < least.0 {
                least = found;
            }
        }
    }
    least
}

fn segment_distance(a: &Segment, b: &Segment) -> (f64, Coord<f64>, Coord<f64>) {
    let side = |s: &Segment, p: Coord<f64>| (s.to.x - s.from.x) * (p.y - s.from.y) - (s.to.y - s.from.y) * (p.x - s.from.x);
    if side(a, b.from) * side(a, b.to) < 0.0 && side(b, a.from) * side(b, a.to) < 0.0 {
        return (0.0, a.from, a.from);
    }
    let from = |s: &Segment, p: Coord<f64>| {
        let foot = foot(s, p);
        ((p.x - foot.x).hypot(p.y - foot.y), p, foot)
    };
    let ends = [from(b, a.from), from(b, a.to), from(a, b.from), from(a, b.to)];
    ends.into_iter().min_by(|one, two| one.0.total_cmp(&two.0)).unwrap_or((f64::INFINITY, a.from, b.from))
}

/// The nearest place of a segment.
fn foot(s: &Segment, p: Coord<f64>) -> Coord<f64> {
    let (dx, dy) = (s.to.x - s.from.x, s.to.y - s.from.y);
    let t = (((p.x - s.from.x) * dx + (p.y - s.from.y) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    Coord { x: s.from.x + t * dx, y: s.from.y + t * dy }
}
