//! Area that two polygons share, in closed form, without building the shared polygon.
//!
//! A polygon is the signed sum of the regions under its edges. The area under both of two edges is the integral of the
//! lower one over their common x-range, so area(P ∩ Q) = Σ_e Σ_f ±∫ min(e, f). It needs no topology, takes holes and
//! several parts as they come, and does not mind coinciding edges.

use super::adjacency_grid::meets;
use super::polygons::PolygonSet;
use geo_types::Coord;

/// Above this number of edge pairs the rings are first cut to the box that both share.
const CUT_ABOVE: usize = 256;

/// area(a_i ∩ b_j) in m², or 0 at once when the boxes share no more than `at_least` m².
pub fn shared_area(a: &impl PolygonSet, i: usize, b: &impl PolygonSet, j: usize, at_least: f64) -> f64 {
    let (box_a, box_b) = (a.bounds(i), b.bounds(j));
    let shared =
        [box_a.min().x.max(box_b.min().x), box_a.min().y.max(box_b.min().y), box_a.max().x.min(box_b.max().x), box_a.max().y.min(box_b.max().y)];
    let (width, height) = (shared[2] - shared[0], shared[3] - shared[1]);
    if !(width > 0.0 && height > 0.0 && width * height > at_least) {
        return 0.0;
    }
    let mut of_a = Edges::default();
    let mut of_b = Edges::default();
    let pairs = a.rings(i).map(<[_]>::len).sum::<usize>() * b.rings(j).map(<[_]>::len).sum::<usize>();
    if pairs > CUT_ABOVE {
        let mut scratch = Cut::default();
        a.rings(i).for_each(|ring| of_a.push(scratch.to_box(ring, &shared), &shared));
        b.rings(j).for_each(|ring| of_b.push(scratch.to_box(ring, &shared), &shared));
    } else {
        let low = [box_a.min().x.min(box_b.min().x), box_a.min().y.min(box_b.min().y), 0.0, 0.0];
        a.rings(i).for_each(|ring| of_a.push(ring, &low));
        b.rings(j).for_each(|ring| of_b.push(ring, &low));
    }
    shared_area_of_edges(&of_a, &of_b)
}

/// Non-vertical edges as functions of x, in coordinates local to a common origin below and left of both polygons.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edges(Vec<Edge>);

#[derive(Clone, Copy, Debug)]
struct Edge {
    /// Left and right end.
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
    /// +1 when the polygon lies below the edge, −1 when above.
    sign: f64,
}

impl Edges {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes a closed ring; `origin` holds the common origin in its first two numbers.
    pub(crate) fn push(&mut self, ring: &[Coord<f64>], origin: &[f64; 4]) {
        for pair in ring.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            let (ax, ay, bx, by) = (a.x - origin[0], a.y - origin[1], b.x - origin[0], b.y - origin[1]);
            if ax < bx {
                self.0.push(Edge { x0: ax, y0: ay, x1: bx, y1: by, sign: -1.0 });
            } else if bx < ax {
                self.0.push(Edge { x0: bx, y0: by, x1: ax, y1: ay, sign: 1.0 });
            }
        }
    }
}

impl Edge {
    fn at(&self, x: f64) -> f64 {
        if x == self.x0 {
            self.y0
        } else if x == self.x1 {
            self.y1
        } else {
            self.y0 + (self.y1 - self.y0) * ((x - self.x0) / (self.x1 - self.x0))
        }
    }
}

/// Σ_e Σ_f ±∫ min(e, f), never negative.
pub(crate) fn shared_area_of_edges(of_a: &Edges, of_b: &Edges) -> f64 {
    let mut total = 0.0;
    for e in &of_a.0 {
        for f in &of_b.0 {
            let (left, right) = (e.x0.max(f.x0), e.x1.min(f.x1));
            if right > left {
                total += e.sign * f.sign * area_below(e, f, left, right);
            }
        }
    }
    total.max(0.0)
}

fn area_below(e: &Edge, f: &Edge, left: f64, right: f64) -> f64 {
    let width = right - left;
    let (e_left, e_right, f_left, f_right) = (e.at(left), e.at(right), f.at(left), f.at(right));
    let (d_left, d_right) = (e_left - f_left, e_right - f_right);
    if d_left <= 0.0 && d_right <= 0.0 {
        return width * (e_left + e_right) / 2.0;
    }
    if d_left >= 0.0 && d_right >= 0.0 {
        return width * (f_left + f_right) / 2.0;
    }
    let t = d_left / (d_left - d_right);
    let crossing = e_left + (e_right - e_left) * t;
    width * (t * (e_left.min(f_left) + crossing) + (1.0 - t) * (crossing + e_right.min(f_right))) / 2.0
}

/// Sutherland–Hodgman against an axis-parallel box, with its scratch space.
///
/// A cut ring may run along the box's sides more than once; such runs cancel in every signed sum over its edges.
#[derive(Default)]
pub(crate) struct Cut {
    one: Vec<Coord<f64>>,
    two: Vec<Coord<f64>>,
}

impl Cut {
    /// The part of a closed ring inside `[min x, min y, max x, max y]`, closed, or empty.
    #[allow(clippy::wrong_self_convention)]
    pub(crate) fn to_box(&mut self, ring: &[Coord<f64>], area: &[f64; 4]) -> &[Coord<f64>] {
        self.one.clear();
        let bounds = ring.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, c| {
            [b[0].min(c.x), b[1].min(c.y), b[2].max(c.x), b[3].max(c.y)]
        });
        if !meets(&bounds, area) {
            return &self.one;
        }
        self.one.extend_from_slice(ring);
        for (side, inside) in [(0, bounds[0] >= area[0]), (1, bounds[1] >= area[1]), (2, bounds[2] <= area[2]), (3, bounds[3] <= area[3])] {
            if !inside {
                self.two.clear();
                cut_half(&self.one, side, area[side], &mut self.two);
                std::mem::swap(&mut self.one, &mut self.two);
            }
        }
        &self.one
    }
}

/// Keeps what lies right of (0), above (1), left of (2) or below (3) the line at `limit`.
pub(crate) fn cut_half(ring: &[Coord<f64>], side: usize, limit: f64, into: &mut Vec<Coord<f64>>) {
    let depth = |c: Coord<f64>| match side {
        0 => c.x - limit,
        1 => c.y - limit,
        2 => limit - c.x,
        _ => limit - c.y,
    };
    for pair in ring.windows(2) {
        let (from, to) = (depth(pair[0]), depth(pair[1]));
        if from >= 0.0 {
            into.push(pair[0]);
        }
        if (from > 0.0 && to < 0.0) || (from < 0.0 && to > 0.0) {
            let t = from / (from - to);
            let x = pair[0].x + (pair[1].x - pair[0].x) * t;
            let y = pair[0].y + (pair[1].y - pair[0].y) * t;
            into.push(if side.is_multiple_of(2) { Coord { x: limit, y } } else { Coord { x, y: limit } });
        }
    }
    if let Some(&first) = into.first() {
        into.push(first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::Polygons;
    use crate::spatial::polygons::samples::{noise, polygon, rectangle};
    use geo::{Area, BooleanOps};
    use geo_types::MultiPolygon;

    fn shared(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> f64 {
        let set: Polygons = [a, b].into_iter().collect();
        shared_area(&set, 0, &set, 1, 0.0)
    }

    #[test]
    fn rectangles_share_their_common_rectangle() {
        assert_eq!(shared(&rectangle(0.0, 0.0, 10.0, 10.0), &rectangle(8.0, 7.0, 10.0, 10.0)), 6.0);
        assert_eq!(shared(&rectangle(0.0, 0.0, 10.0, 10.0), &rectangle(10.0, 0.0, 10.0, 10.0)), 0.0);
        assert_eq!(shared(&rectangle(0.0, 0.0, 10.0, 10.0), &rectangle(2.0, 2.0, 3.0, 3.0)), 9.0);
    }

    /// A star-shaped polygon around a point.
    fn star(x: f64, y: f64, points: usize, state: &mut u64) -> MultiPolygon<f64> {
        let mut ring: Vec<(f64, f64)> = (0..points)
            .map(|k| {
                let turn = k as f64 / points as f64 * std::f64::consts::TAU;
                let radius = 5.0 + 20.0 * noise(state);
                (x + radius * turn.cos(), y + radius * turn.sin())
            })
            .collect();
        ring.push(ring[0]);
        polygon(&ring)
    }

    #[test]
    fn random_stars_share_what_the_boolean_operation_says() {
        let mut state = 11;
        for round in 0..300 {
            let points = 3 + round % 40;
            let a = star(500_000.0, 2_500_000.0, points, &mut state);
            let b = star(500_000.0 + 30.0 * noise(&mut state), 2_500_000.0 + 30.0 * noise(&mut state), points + 2, &mut state);
            let expected = a.intersection(&b).unsigned_area();
            assert!((shared(&a, &b) - expected).abs() < 1e-4, "{} {expected}", shared(&a, &b));
            assert!((shared(&a, &b) - shared(&b, &a)).abs() < 1e-9);
        }
    }
}
