//! Whose land lies between two parcels that face each other: a strip that is a parcel is no gap (C2).
//!
//! In the frame of the faced segment (x along it, y to its left, the parcel's own side) the facing one lies at negative y. At each x the
//! third parcel's edges there say how much of the way between the two is its land.

use super::adjacency_segments::Segment;
use super::polygons::PolygonSet;
use geo_types::Coord;

/// Land of a third parcel on the way from one boundary to the other, up to this length in m, is drawing noise.
const NOISE_M: f64 = 1e-3;

/// A parcel that may lie between two others: its segments near them, and the whole of it.
pub(super) struct Third<'a, S: PolygonSet> {
    pub segments: Vec<Segment>,
    pub set: &'a S,
    pub item: usize,
}

impl<S: PolygonSet> Third<'_, S> {
    fn contains(&self, at: Coord<f64>) -> bool {
        let bounds = self.set.bounds(self.item);
        if at.x < bounds.min().x || at.x > bounds.max().x || at.y < bounds.min().y || at.y > bounds.max().y {
            return false;
        }
        let crossed = |pair: &[Coord<f64>]| {
            let (p, q) = (pair[0], pair[1]);
            (p.y > at.y) != (q.y > at.y) && at.x < p.x + (q.x - p.x) * (at.y - p.y) / (q.y - p.y)
        };
        self.set.rings(self.item).flat_map(|ring| ring.windows(2)).filter(|pair| crossed(pair)).count() % 2 == 1
    }
}

/// The frame of a segment.
struct Frame {
    origin: Coord<f64>,
    along: Coord<f64>,
}

impl Frame {
    fn of(segment: &Segment) -> Self {
        let way = segment.to - segment.from;
        Frame { origin: segment.from, along: way / way.x.hypot(way.y) }
    }

    fn see(&self, at: Coord<f64>) -> Coord<f64> {
        let d = at - self.origin;
        Coord { x: self.along.x * d.x + self.along.y * d.y, y: self.along.x * d.y - self.along.y * d.x }
    }

    fn place(&self, seen: Coord<f64>) -> Coord<f64> {
        self.origin + self.along * seen.x + Coord { x: -self.along.y, y: self.along.x } * seen.y
    }
}

/// A line over x.
#[derive(Clone, Copy)]
struct Line {
    from: Coord<f64>,
    to: Coord<f64>,
}

impl Line {
    fn at(&self, x: f64) -> f64 {
        self.from.y + (self.to.y - self.from.y) * ((x - self.from.x) / (self.to.x - self.from.x))
    }

    /// Where it meets another one, if it does.
    fn meets(&self, other: &Line) -> Option<f64> {
        let (start, end) = (self.from.x, self.to.x);
        let (first, last) = (self.at(start) - other.at(start), self.at(end) - other.at(end));
        (first * last < 0.0).then(|| start + (end - start) * first / (first - last))
    }
}

/// What remains of the run `from..to` on `own` (metres from its start) that faces `other`, where no third parcel lies between.
pub(super) fn open_runs<S: PolygonSet>(own: &Segment, other: &Segment, (from, to): (f64, f64), thirds: &[Third<'_, S>]) -> Vec<(f64, f64)> {
    let frame = Frame::of(other);
    let way = own.to - own.from;
    let unit = way / way.x.hypot(way.y);
    let (start, end) = (frame.see(own.from + unit * from), frame.see(own.from + unit * to));
    if (end.x - start.x).abs() < 1e-9 || (start.y > -NOISE_M && end.y > -NOISE_M) {
        return vec![(from, to)];
    }
    let facing = if start.x < end.x { Line { from: start, to: end } } else { Line { from: end, to: start } };
    let mut hidden: Vec<(f64, f64)> = thirds.iter().flat_map(|third| hidden_by(third, &frame, &facing)).collect();
    if hidden.is_empty() {
        return vec![(from, to)];
    }
    hidden.sort_unstable_by(|p, q| p.0.total_cmp(&q.0));
    let run = |x: f64| from + (to - from) * ((x - start.x) / (end.x - start.x));
    let (mut open, mut reached) = (Vec::new(), facing.from.x);
    for (left, right) in hidden.into_iter().chain([(facing.to.x, facing.to.x)]) {
        if left - reached > 1e-9 {
            let (p, q) = (run(reached), run(left));
            open.push((p.min(q), p.max(q)));
        }
        reached = reached.max(right);
    }
    open
}

/// The x between which the third parcel takes more than noise of the way from the line `facing` up to y = 0.
fn hidden_by<S: PolygonSet>(third: &Third<'_, S>, frame: &Frame, facing: &Line) -> Vec<(f64, f64)> {
    let (low, high) = (facing.from.x, facing.to.x);
    // Edges from left to right; `true` where the parcel lies above.
    let edges: Vec<(Line, bool)> = third
        .segments
        .iter()
        .map(|segment| (frame.see(segment.from), frame.see(segment.to)))
        .filter(|(p, q)| p.x.max(q.x) > low && p.x.min(q.x) < high && (p.x - q.x).abs() > 1e-12)
        .map(|(p, q)| if p.x < q.x { (Line { from: p, to: q }, true) } else { (Line { from: q, to: p }, false) })
        .collect();
    let zero = Line { from: Coord { x: low, y: 0.0 }, to: Coord { x: high, y: 0.0 } };
    let mut cuts: Vec<f64> = vec![low, high];
    for (edge, _) in &edges {
        cuts.extend([edge.from.x, edge.to.x]);
        cuts.extend(edge.meets(facing).into_iter().chain(edge.meets(&zero)));
    }
    cuts.retain(|x| (low..=high).contains(x));
    cuts.sort_unstable_by(f64::total_cmp);
    let mut hidden = Vec::new();
    for pair in cuts.windows(2).filter(|pair| pair[1] - pair[0] > 1e-9) {
        let (left, right) = (pair[0], pair[1]);
        // Between two cuts the land on the way is linear in x: two places tell it.
        let (one, two) = (left + 0.25 * (right - left), left + 0.75 * (right - left));
        let [at_one, at_two] = [one, two].map(|x| land_on_the_way(third, frame, &edges, x, facing.at(x)) - NOISE_M);
        let slope = (at_two - at_one) / (two - one);
        let (at_left, at_right) = (at_one + slope * (left - one), at_one + slope * (right - one));
        match (at_left > 0.0, at_right > 0.0) {
            (true, true) => hidden.push((left, right)),
            (false, false) => {}
            (true, false) => hidden.push((left, left - at_left / slope)),
            (false, true) => hidden.push((left - at_left / slope, right)),
        }
    }
    hidden
}

/// How much of the way from y = `from` (negative) to 0 at x is the third parcel's land, m.
fn land_on_the_way<S: PolygonSet>(third: &Third<'_, S>, frame: &Frame, edges: &[(Line, bool)], x: f64, from: f64) -> f64 {
    if from >= 0.0 {
        return 0.0;
    }
    let mut crossed: Vec<(f64, bool)> =
        edges.iter().filter(|(edge, _)| edge.from.x <= x && x < edge.to.x).map(|(edge, above)| (edge.at(x), *above)).collect();
    crossed.sort_unstable_by(|p, q| p.0.total_cmp(&q.0));
    let Some(first) = crossed.first() else {
        return if third.contains(frame.place(Coord { x, y: from / 2.0 })) { -from } else { 0.0 };
    };
    let mut inside = (!first.1).then_some(f64::NEG_INFINITY);
    let mut land = 0.0;
    for (y, above) in crossed.iter().copied().chain([(f64::INFINITY, false)]) {
        match (inside, above) {
            (None, true) => inside = Some(y),
            (Some(since), false) => {
                land += (y.min(0.0) - since.max(from)).max(0.0);
                inside = None;
            }
            _ => {}
        }
    }
    land
}

/// Whether a third parcel lies on the shortest way from `p` to `q`, or along it.
pub(super) fn lies_between<S: PolygonSet>(p: Coord<f64>, q: Coord<f64>, thirds: &[Third<'_, S>]) -> bool {
    let way = q - p;
    let length = way.x.hypot(way.y);
    if length <= NOISE_M {
        return false;
    }
    // A short line across the way at `q`, with `p` on its right.
    let across = Coord { x: -way.y, y: way.x } / length * (2.0 * NOISE_M);
    let frame = Frame::of(&Segment { from: q + across, to: q - across });
    let p = frame.see(p);
    let line = Line { from: Coord { x: 0.0, y: p.y }, to: Coord { x: 4.0 * NOISE_M, y: p.y } };
    thirds.iter().any(|third| hidden_by(third, &frame, &line).iter().any(|(left, right)| right - left > 0.9 * NOISE_M))
}

#[cfg(test)]
mod tests {
    use crate::spatial::adjacency::neighbours;
    use crate::spatial::polygons::samples::{polygon, rectangle};
    use crate::spatial::{AdjacencyOptions, ContactClass, Polygons, adjacency};
    use geo_types::MultiPolygon;

    type Found = Vec<(u32, u32, ContactClass, f64)>;

    /// Contacts to the micrometre, and the same from each parcel alone.
    fn found(items: &[MultiPolygon<f64>], tolerance_m: f64) -> Found {
        let set: Polygons = items.iter().collect();
        let options = AdjacencyOptions { tolerance_m, ..AdjacencyOptions::default() };
        let contacts = adjacency(&set, &options);
        let all: Vec<u32> = (0..items.len() as u32).collect();
        for item in 0..items.len() {
            let own: Vec<_> = contacts.iter().filter(|c| c.a as usize == item || c.b as usize == item).copied().collect();
            assert_eq!(neighbours(&set, item, &all, &options), own, "{item}");
        }
        contacts.iter().map(|c| (c.a, c.b, c.class, (c.length_m * 1e6).round() / 1e6)).collect()
    }

    fn strip(width: f64) -> [MultiPolygon<f64>; 3] {
        [rectangle(0.0, 0.0, 100.0, 100.0), rectangle(100.0, 0.0, width, 100.0), rectangle(100.0 + width, 0.0, 100.0, 100.0)]
    }

    const EDGE: ContactClass = ContactClass::Edge;

    #[test]
    fn a_strip_that_is_a_parcel_touches_both_and_parts_them() {
        // As wide as the tolerance, thinner, much thinner; a tolerance far beyond the strip.
        for (width, tolerance) in [(0.5, 0.5), (0.4, 0.5), (0.05, 0.5), (0.01, 0.5), (0.5, 2.0), (0.5, 20.0)] {
            assert_eq!(found(&strip(width), tolerance), [(0, 1, EDGE, 100.0), (1, 2, EDGE, 100.0)], "{width} {tolerance}");
        }
        // Turned by any angle.
        for degrees in [1.0f64, 33.0, 90.0, 211.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let turned = strip(0.5).map(|shape| {
                use geo::MapCoords;
                shape.map_coords(|c| geo_types::Coord { x: 500_000.0 + cos * c.x - sin * c.y, y: 2_500_000.0 + sin * c.x + cos * c.y })
            });
            let lengths: Vec<_> = found(&turned, 0.5).iter().map(|c| (c.0, c.1, c.2, c.3.round())).collect();
            assert_eq!(lengths, [(0, 1, EDGE, 100.0), (1, 2, EDGE, 100.0)], "{degrees}");
        }
    }

    #[test]
    fn where_the_strip_ends_the_two_face_each_other() {
        let [a, _, b] = strip(0.4);
        let half = rectangle(100.0, 0.0, 0.4, 60.0);
        assert_eq!(found(&[a.clone(), half, b.clone()], 0.5), [(0, 1, EDGE, 60.0), (0, 2, EDGE, 40.0), (1, 2, EDGE, 60.0)]);
        // Less than the least length of an edge is left.
        let most = rectangle(100.0, 0.0, 0.4, 99.0);
        assert_eq!(found(&[a.clone(), most, b.clone()], 0.5), [(0, 1, EDGE, 99.0), (0, 2, ContactClass::Point, 1.0), (1, 2, EDGE, 99.0)]);
        // In the middle of the gap, touching neither; and two strips end to end.
        let middle = rectangle(100.1, 0.0, 0.1, 100.0);
        assert_eq!(found(&[a.clone(), middle, b.clone()], 0.5), [(0, 1, EDGE, 100.0), (1, 2, EDGE, 100.0)]);
        let ends = [a, rectangle(100.0, 0.0, 0.4, 50.0), rectangle(100.0, 50.0, 0.4, 50.0), b];
        assert_eq!(
            found(&ends, 0.5),
            [(0, 1, EDGE, 50.0), (0, 2, EDGE, 50.0), (1, 2, ContactClass::Point, 0.4), (1, 3, EDGE, 50.0), (2, 3, EDGE, 50.0)]
        );
    }

    #[test]
    fn a_strip_round_a_corner_parts_on_both_sides() {
        // B sits in the notch of A, an L of 0.4 m between them.
        let a = polygon(&[(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (50.0, 50.0), (50.0, 100.0), (0.0, 100.0), (0.0, 0.0)]);
        let l = polygon(&[(50.0, 50.0), (100.0, 50.0), (100.0, 50.4), (50.4, 50.4), (50.4, 100.0), (50.0, 100.0), (50.0, 50.0)]);
        let b = rectangle(50.4, 50.4, 49.6, 49.6);
        let contacts = found(&[a, l, b], 0.5);
        assert_eq!(contacts.iter().map(|c| (c.0, c.1, c.2)).collect::<Vec<_>>(), [(0, 1, EDGE), (1, 2, EDGE)]);
        assert!((contacts[0].3 - 100.0).abs() < 0.5 && (contacts[1].3 - 99.2).abs() < 0.5, "{contacts:?}");
    }

    #[test]
    fn nobodys_gap_is_still_a_contact_beside_others_land() {
        // A and B face across 0.3 m of nobody's land; C lies across the end of the gap, D over the corner.
        let items = [
            rectangle(0.0, 0.0, 100.0, 100.0),
            rectangle(100.3, 0.0, 100.0, 100.0),
            rectangle(0.0, 100.0, 200.3, 50.0),
            rectangle(-50.0, 0.0, 50.0, 100.0),
        ];
        assert_eq!(found(&items, 0.5)[0], (0, 1, EDGE, 100.0));
    }
}
