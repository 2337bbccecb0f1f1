//! The outline from the sides of its strips alone (exact reading U4): a side bounds the outline where the land beyond it is of the site and in no other
//! strip. What boolean operations find as well, in a fraction of their time.

use super::edges::Piece;
use super::offset::{reflex_join, strip};
use super::shape::{Point, at, boxes_meet, contains, cross, dot, length, segments};
use geo::BoundingRect;
use geo_types::{LineString, MultiPolygon, Polygon, Rect};

/// Whether a side bounds the outline is asked this far beyond it, m: where two strips touch, neither side does.
const BEYOND: f64 = 1e-7;
/// Lines that turn by no more are taken for parallel.
const PARALLEL: f64 = 1e-9;
/// What is shorter is no stretch, m.
const SHORT: f64 = 1e-6;
/// Stretches that follow one another meet within this, m.
const JOINT: f64 = 1e-5;

/// A convex part of the land that is kept free: a strip, or what fills the gap at a reflex corner. Counter-clockwise.
struct Cutter {
    points: Vec<Point>,
    bounds: Rect<f64>,
    /// The sides that may bound the outline, by their ends.
    sides: std::ops::Range<usize>,
}

/// A straight part of the outline, the outline to its left.
struct Stretch {
    from: Point,
    to: Point,
    along: Point,
}

/// Site minus the strip of every piece and the mitre of every reflex corner; `None` where the stretches found do not plainly join into rings.
pub(super) fn envelope(site: &MultiPolygon<f64>, pieces: &[Piece], mitre_limit: f64) -> Option<MultiPolygon<f64>> {
    let cutters = cutters(pieces, mitre_limit);
    let mut search = Search { site, cutters: &cutters, covered: Vec::new(), crossed: Vec::new(), stretches: Vec::with_capacity(2 * cutters.len()) };
    for (index, cutter) in cutters.iter().enumerate() {
        let count = cutter.points.len();
        for side in cutter.sides.clone() {
            // The cutter lies to the left of its own sides, the outline to the right.
            search.side(index, cutter.points[(side + 1) % count], cutter.points[side]);
        }
    }
    for piece in pieces.iter().filter(|piece| piece.setback <= 0.0) {
        search.side(cutters.len(), piece.a, piece.b);
    }
    rings(&search.stretches)
}

fn cutters(pieces: &[Piece], mitre_limit: f64) -> Vec<Cutter> {
    let cutter = |polygon: Polygon<f64>, sides: std::ops::Range<usize>| {
        let bounds = polygon.bounding_rect()?;
        let (exterior, _) = polygon.into_inner();
        let mut points = exterior.0;
        points.pop();
        Some(Cutter { points, bounds, sides })
    };
    // Not the base of a strip, nor the two sides that a join has in common with the strips beside it.
    let mut found: Vec<Cutter> = pieces.iter().filter(|piece| piece.setback > 0.0).filter_map(|piece| cutter(strip(piece), 1..4)).collect();
    for ring in pieces.chunk_by(|a, b| a.ring == b.ring) {
        found.extend((0..ring.len()).filter_map(|index| {
            let join = reflex_join(&ring[index], &ring[(index + 1) % ring.len()], mitre_limit)?;
            let corners = join.exterior().0.len() - 1;
            cutter(join, 1..corners - 1)
        }));
    }
    found
}

impl Cutter {
    /// From where to where a line lies in the cutter; along a side of the cutter the land to the line's left decides.
    fn covers(&self, start: Point, along: Point) -> (f64, f64) {
        let beyond = start + at(-along.y, along.x) * BEYOND;
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        for (index, &a) in self.points.iter().enumerate() {
            let edge = self.points[(index + 1) % self.points.len()] - a;
            let rate = cross(edge, along);
            if rate.abs() <= PARALLEL * length(edge) {
                if cross(edge, beyond - a) < 0.0 {
                    return (0.0, 0.0);
                }
                continue;
            }
            let reached = cross(edge, a - start) / rate;
            if rate > 0.0 { low = low.max(reached) } else { high = high.min(reached) }
        }
        (low, high)
    }
}

struct Search<'a> {
    site: &'a MultiPolygon<f64>,
    cutters: &'a [Cutter],
    covered: Vec<(f64, f64)>,
    /// Where a side crosses the site line.
    crossed: Vec<f64>,
    stretches: Vec<Stretch>,
}

impl Search<'_> {
    /// Finds the stretches of one side, the outline to its left: those of the site's land in no cutter but its `own`.
    fn side(&mut self, own: usize, from: Point, to: Point) {
        let reach = length(to - from);
        if reach <= SHORT {
            return;
        }
        let along = (to - from) / reach;
        let bounds = Rect::new(from, to);
        self.covered.clear();
        for (index, cutter) in self.cutters.iter().enumerate() {
            if index != own && boxes_meet(&cutter.bounds, &bounds) {
                let (low, high) = cutter.covers(from, along);
                if high > low {
                    self.covered.push((low, high));
                }
            }
        }
        self.covered.push((reach, f64::INFINITY));
        self.covered.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut open = 0.0;
        for index in 0..self.covered.len() {
            let (low, high) = self.covered[index];
            if low.min(reach) - open > SHORT {
                self.inside(from, along, (open, low.min(reach)));
            }
            open = high.max(open);
        }
    }

    /// Keeps what of an uncovered part of a side lies on the site's land.
    fn inside(&mut self, start: Point, along: Point, (from, to): (f64, f64)) {
        self.crossed.clear();
        self.crossed.push(from);
        for (a, b) in segments(self.site) {
            let rate = cross(along, b - a);
            let (place, share) = (cross(a - start, b - a) / rate, cross(a - start, along) / rate);
            if (0.0..=1.0).contains(&share) && place > from + SHORT && place < to - SHORT {
                self.crossed.push(place);
            }
        }
        self.crossed.push(to);
        self.crossed.sort_unstable_by(f64::total_cmp);
        for pair in self.crossed.windows(2) {
            let middle = start + along * ((pair[0] + pair[1]) / 2.0) + at(-along.y, along.x) * BEYOND;
            if pair[1] - pair[0] > SHORT && contains(self.site, middle) {
                self.stretches.push(Stretch { from: start + along * pair[0], to: start + along * pair[1], along });
            }
        }
    }
}

/// The stretches joined end to start.
fn rings(stretches: &[Stretch]) -> Option<MultiPolygon<f64>> {
    let mut next = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        let mut followers = (0..stretches.len()).filter(|other| length(stretches[*other].from - stretch.to) < JOINT);
        next.push(followers.next()?);
        if followers.next().is_some() {
            return None;
        }
    }
    let (mut seen, mut polygons) = (vec![false; stretches.len()], Vec::new());
    for first in 0..stretches.len() {
        if seen[first] {
            continue;
        }
        let (mut points, mut index) = (Vec::new(), first);
        while !std::mem::replace(&mut seen[index], true) {
            let (one, other) = (&stretches[index], &stretches[next[index]]);
            points.extend(corner(one, other)?);
            index = next[index];
        }
        if index != first || points.len() < 3 {
            return None;
        }
        points.push(points[0]);
        let doubled: f64 = points.windows(2).map(|pair| cross(pair[0] - points[0], pair[1] - points[0])).sum();
        if doubled < 0.0 {
            return None;
        }
        // A sliver is no land, as for the boolean operations.
        if doubled > 2e-6 {
            polygons.push(Polygon::new(LineString(points), Vec::new()));
        }
    }
    Some(MultiPolygon(polygons))
}

/// Where one stretch goes over into the next: nothing where they go straight on, `None` where that cannot be told.
#[expect(clippy::option_option, reason = "no corner and no answer are two things")]
fn corner(one: &Stretch, other: &Stretch) -> Option<Option<Point>> {
    let turn = cross(one.along, other.along);
    if turn.abs() < PARALLEL {
        return (dot(one.along, other.along) > 0.0).then_some(None);
    }
    let tip = one.from + one.along * (cross(other.from - one.from, other.along) / turn);
    (length(tip - one.to) < 10.0 * JOINT).then_some(Some(tip))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::upstairs::offset::by_strips;
    use crate::analysis::upstairs::shape::area;
    use crate::analysis::upstairs::tests::noise;
    use geo::{Area, BooleanOps, Validation};

    /// A ring around the origin, its edges cut here and there into pieces of different setbacks; every other one is star-shaped, not convex.
    fn pieces(noise: &mut impl FnMut() -> f64, dented: bool) -> Vec<Piece> {
        let mut angles: Vec<f64> = (0..3 + (noise() * 7.0) as usize).map(|_| noise() * std::f64::consts::TAU).collect();
        angles.sort_by(f64::total_cmp);
        let mut radius = || if dented { 0.5 + 0.7 * noise() } else { 1.0 };
        let points: Vec<Point> = angles.iter().map(|angle| at(60.0 * angle.cos(), 35.0 * angle.sin()) * radius()).collect();
        let depth = |noise: f64| [0.0, 6.0, 9.0, 12.0, 15.0][(noise * 5.0) as usize];
        let mut found = Vec::new();
        for (index, &a) in points.iter().enumerate() {
            let b = points[(index + 1) % points.len()];
            let middle = a + (b - a) * (0.2 + 0.6 * noise());
            let halves = if noise() < 0.4 { vec![(a, middle), (middle, b)] } else { vec![(a, b)] };
            found.extend(halves.into_iter().map(|(a, b)| Piece { a, b, setback: depth(noise()), faces_road: false, ring: 0 }));
        }
        found
    }

    #[test]
    fn a_site_keeps_what_boolean_operations_leave_of_it() {
        let mut state = 5u64;
        let mut noise = || noise(&mut state);
        let (mut asked, mut told, mut steps) = (0, 0, 0);
        for index in 0..6000 {
            let pieces = pieces(&mut noise, index % 2 == 1);
            let ring: Vec<Point> = pieces.iter().map(|piece| piece.a).chain([pieces[0].a]).collect();
            let site = MultiPolygon(vec![Polygon::new(LineString(ring), Vec::new())]);
            // The origin may lie outside, and then a ring around it may cross itself.
            if site.signed_area() < 100.0 || !site.is_valid() {
                continue;
            }
            asked += 1;
            let expected = by_strips(&site, &pieces, 5.0);
            let Some(found) = envelope(&site, &pieces, 5.0) else { continue };
            told += 1;
            steps += usize::from(expected.0.iter().any(|part| part.exterior().0.len() > pieces.len() + 1));
            let off = area(&found.xor(&expected));
            assert!(off < 1e-4, "{off}: {pieces:?} {found:?} {expected:?}");
        }
        assert!(asked > 4000 && told * 100 > asked * 85 && steps > 500, "{asked} {told} {steps}");
    }
}
