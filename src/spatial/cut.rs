//! A shape cut along lines: the faces of the planar graph that its rings and the lines make.
//!
//! Both sides of a cut get the very same vertices, so that nothing lies between the pieces and nothing twice. A part of a
//! line that parts nothing (it lies outside, ends inside, or leads to a hole only) is left out.
//!
//! # Units
//! Metres in the city's plane. New vertices lie on the grid of the city's coordinates, about 5e-10 m.

use super::polygons::{length, signed_area};
use geo::{Orient, orient::Direction};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use std::collections::{HashMap, HashSet};

/// A line that passes a vertex this near (m) goes through it: well above the grid, well below a cut's own error on any area.
const SNAP_M: f64 = 1e-7;
/// A face below this (m²) is what rounding leaves between a line and an edge; it stays with its neighbour.
const SLIVER_M2: f64 = 1e-6;

/// The pieces of `shape` between the lines; of a line that parts nothing, none. A line must not cross another or itself.
pub fn cut(shape: &MultiPolygon<f64>, lines: &[Vec<Coord<f64>>]) -> Vec<Polygon<f64>> {
    let mut graph = Graph::new(shape, lines);
    let cycles = graph.cycles();
    graph.drop_edges(|edge| cycles[2 * edge] == cycles[2 * edge + 1]);
    loop {
        let faces = graph.faces();
        let slivers: HashSet<usize> = faces.iter().filter(|face| face.area_m2() < SLIVER_M2).flat_map(Face::edges).collect();
        if !graph.drop_edges(|edge| slivers.contains(&edge)) {
            return faces.into_iter().map(|face| graph.polygon(&face)).collect();
        }
    }
}

struct Edge {
    from: usize,
    to: usize,
    /// An edge of the shape itself, which lies to its left; the others are cuts.
    border: bool,
    alive: bool,
}

/// Half-edge `2e` runs along edge e, `2e + 1` against it. Coordinates are relative to `origin`, which is exact near it.
struct Graph {
    origin: Coord<f64>,
    points: Vec<Coord<f64>>,
    /// Points that only the cutting put on an edge of the shape.
    made: HashSet<usize>,
    edges: Vec<Edge>,
}

/// A closed walk without repeated points.
struct Loop {
    halves: Vec<usize>,
    area_m2: f64,
}

struct Face {
    exterior: Loop,
    interiors: Vec<Loop>,
}

impl Face {
    fn area_m2(&self) -> f64 {
        self.exterior.area_m2 + self.interiors.iter().map(|hole| hole.area_m2).sum::<f64>()
    }

    fn edges(&self) -> impl Iterator<Item = usize> {
        std::iter::once(&self.exterior).chain(&self.interiors).flat_map(|walk| walk.halves.iter().map(|half| half / 2))
    }
}

impl Graph {
    fn new(shape: &MultiPolygon<f64>, lines: &[Vec<Coord<f64>>]) -> Self {
        let origin = shape.iter().next().and_then(|polygon| polygon.exterior().0.first()).copied().unwrap_or_default();
        let border = border_edges(shape, origin);
        let lines: Vec<Vec<Coord<f64>>> =
            lines.iter().map(|line| line.iter().map(|point| nearest_vertex(*point - origin, &border)).collect()).collect();
        let mut on_border: Vec<Vec<Coord<f64>>> = vec![Vec::new(); border.len()];
        let mut segments = Vec::new();
        for pair in lines.iter().flat_map(|line| line.windows(2)).filter(|pair| pair[0] != pair[1]) {
            let mut on_segment = vec![pair[0], pair[1]];
            for (edge, points) in border.iter().zip(&mut on_border) {
                meet(*edge, (pair[0], pair[1]), origin, points, &mut on_segment);
            }
            segments.push(in_order(on_segment, pair[0], pair[1]));
        }
        let mut graph = Graph { origin, points: Vec::new(), made: HashSet::new(), edges: Vec::new() };
        let mut ids: HashMap<[u64; 2], usize> = HashMap::new();
        let mut known: HashSet<(usize, usize)> = HashSet::new();
        for (edge, mut points) in border.iter().zip(on_border) {
            let cuts: Vec<usize> = points.iter().map(|point| graph.id(*point, &mut ids)).collect();
            graph.made.extend(cuts);
            points.extend([edge.0, edge.1]);
            graph.add(&in_order(points, edge.0, edge.1), true, &mut ids, &mut known, &|_| true);
        }
        for points in segments {
            graph.add(&points, false, &mut ids, &mut known, &|middle| is_inside(middle, &border));
        }
        graph
    }

    fn id(&mut self, point: Coord<f64>, ids: &mut HashMap<[u64; 2], usize>) -> usize {
        // Adding zero makes one zero of the two.
        *ids.entry([(point.x + 0.0).to_bits(), (point.y + 0.0).to_bits()]).or_insert_with(|| {
            self.points.push(point);
            self.points.len() - 1
        })
    }

    /// Adds the edges between consecutive points that are new and whose middle is `wanted`.
    fn add(
        &mut self,
        points: &[Coord<f64>],
        border: bool,
        ids: &mut HashMap<[u64; 2], usize>,
        known: &mut HashSet<(usize, usize)>,
        wanted: &dyn Fn(Coord<f64>) -> bool,
    ) {
        for pair in points.windows(2) {
            let (from, to) = (self.id(pair[0], ids), self.id(pair[1], ids));
            if from != to && !known.contains(&(from.min(to), from.max(to))) && wanted((pair[0] + pair[1]) / 2.0) {
                known.insert((from.min(to), from.max(to)));
                self.edges.push(Edge { from, to, border, alive: true });
            }
        }
    }

    /// Drops those of the cuts; whether there was one.
    fn drop_edges(&mut self, unwanted: impl Fn(usize) -> bool) -> bool {
        let mut any = false;
        for (index, edge) in self.edges.iter_mut().enumerate().filter(|(_, edge)| edge.alive && !edge.border) {
            if unwanted(index) {
                edge.alive = false;
                any = true;
            }
        }
        any
    }

    fn start(&self, half: usize) -> usize {
        let edge = &self.edges[half / 2];
        if half.is_multiple_of(2) { edge.from } else { edge.to }
    }

    /// For each half-edge the one that follows it around the face to its left.
    fn following(&self) -> Vec<usize> {
        let mut leaving: Vec<Vec<(f64, usize)>> = vec![Vec::new(); self.points.len()];
        for half in (0..2 * self.edges.len()).filter(|half| self.edges[half / 2].alive) {
            let way = self.points[self.start(half ^ 1)] - self.points[self.start(half)];
            leaving[self.start(half)].push((way.y.atan2(way.x), half));
        }
        let mut following = vec![usize::MAX; 2 * self.edges.len()];
        for around in &mut leaving {
            around.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for (place, (_, half)) in around.iter().enumerate() {
                // Arriving against `half`, the leftmost way on is the next one clockwise.
                following[half ^ 1] = around[(place + around.len() - 1) % around.len()].1;
            }
        }
        following
    }

    /// The closed walk that each half-edge belongs to.
    fn cycles(&self) -> Vec<usize> {
        let following = self.following();
        let mut cycles = vec![usize::MAX; following.len()];
        for first in 0..following.len() {
            let mut half = first;
            while following[half] != usize::MAX && cycles[half] == usize::MAX {
                cycles[half] = first;
                half = following[half];
            }
        }
        cycles
    }

    /// The faces that belong to the shape.
    fn faces(&self) -> Vec<Face> {
        let following = self.following();
        let mut seen = vec![false; following.len()];
        let (mut faces, mut holes) = (Vec::new(), Vec::new());
        for first in (0..following.len()).filter(|half| following[*half] != usize::MAX) {
            let mut walk = Vec::new();
            let mut half = first;
            while !seen[half] {
                seen[half] = true;
                walk.push(half);
                half = following[half];
            }
            // The shape lies left of its own edges: a walk against one of them is around something else.
            if walk.iter().any(|half| self.edges[half / 2].border && half % 2 == 1) {
                continue;
            }
            for part in self.loops(walk) {
                if part.area_m2 > 0.0 { faces.push(Face { exterior: part, interiors: Vec::new() }) } else { holes.push(part) }
            }
        }
        for hole in holes {
            let Some(&half) = hole.halves.first() else { continue };
            let at = (self.points[self.start(half)] + self.points[self.start(half ^ 1)]) / 2.0;
            // Faces within the hole may touch the point, but are not larger than the hole.
            let around = faces
                .iter_mut()
                .filter(|face| face.exterior.area_m2 > SLIVER_M2 / 2.0 - hole.area_m2 && is_inside(at, &self.sides(&face.exterior)))
                .min_by(|a, b| a.exterior.area_m2.total_cmp(&b.exterior.area_m2));
            if let Some(face) = around {
                face.interiors.push(hole);
            }
        }
        faces
    }

    /// A walk that comes back to a point is several loops.
    fn loops(&self, walk: Vec<usize>) -> Vec<Loop> {
        let mut found = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut place: HashMap<usize, usize> = HashMap::new();
        for half in walk {
            place.insert(self.start(half), open.len());
            open.push(half);
            if let Some(&at) = place.get(&self.start(half ^ 1)) {
                let halves = open.split_off(at);
                for closed in &halves {
                    place.remove(&self.start(*closed));
                }
                let ring: Vec<Coord<f64>> = halves.iter().chain(halves.first()).map(|half| self.points[self.start(*half)]).collect();
                found.push(Loop { area_m2: signed_area(&ring), halves });
            }
        }
        found
    }

    fn sides(&self, walk: &Loop) -> Vec<(Coord<f64>, Coord<f64>)> {
        walk.halves.iter().map(|half| (self.points[self.start(*half)], self.points[self.start(half ^ 1)])).collect()
    }

    fn polygon(&self, face: &Face) -> Polygon<f64> {
        let mut degree: HashMap<usize, usize> = HashMap::new();
        for edge in self.edges.iter().filter(|edge| edge.alive) {
            *degree.entry(edge.from).or_default() += 1;
            *degree.entry(edge.to).or_default() += 1;
        }
        // Where a cut was dropped, the edge goes on without its vertex.
        let stays = |point: &usize| !self.made.contains(point) || degree.get(point) != Some(&2);
        let ring = |walk: &Loop| {
            let mut ring: Vec<Coord<f64>> =
                walk.halves.iter().map(|half| self.start(*half)).filter(stays).map(|point| self.points[point] + self.origin).collect();
            ring.extend(ring.first().copied());
            LineString::new(ring)
        };
        Polygon::new(ring(&face.exterior), face.interiors.iter().map(ring).collect())
    }
}

type Side = (Coord<f64>, Coord<f64>);

/// The shape's edges around `origin`, the shape to their left.
fn border_edges(shape: &MultiPolygon<f64>, origin: Coord<f64>) -> Vec<Side> {
    let oriented = shape.orient(Direction::Default);
    let rings = oriented.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let sides = rings.flat_map(|ring| ring.0.windows(2)).filter(|pair| pair[0] != pair[1]);
    sides.map(|pair| (pair[0] - origin, pair[1] - origin)).collect()
}

fn nearest_vertex(point: Coord<f64>, border: &[Side]) -> Coord<f64> {
    let near = border.iter().map(|side| side.0).filter(|vertex| length(*vertex, point) <= SNAP_M);
    near.min_by(|a, b| length(*a, point).total_cmp(&length(*b, point))).unwrap_or(point)
}

/// Where an edge and a segment meet, the points that each of them gets.
fn meet((a, b): Side, (p, q): Side, origin: Coord<f64>, on_edge: &mut Vec<Coord<f64>>, on_segment: &mut Vec<Coord<f64>>) {
    let apart = |a: f64, b: f64, p: f64, q: f64| a.max(b) + SNAP_M < p.min(q) || p.max(q) + SNAP_M < a.min(b);
    if apart(a.x, b.x, p.x, q.x) || apart(a.y, b.y, p.y, q.y) {
        return;
    }
    let (a_near, b_near) = (is_near(a, p, q), is_near(b, p, q));
    let (p_near, q_near) = (is_near(p, a, b), is_near(q, a, b));
    on_segment.extend([(a_near, a), (b_near, b)].into_iter().filter_map(|(near, point)| near.then_some(point)));
    on_edge.extend([(p_near, p), (q_near, q)].into_iter().filter_map(|(near, point)| (near && point != a && point != b).then_some(point)));
    if a_near || b_near || p_near || q_near {
        return;
    }
    let (left, right) = (turn(p, q, a), turn(p, q, b));
    if left * right < 0.0 && turn(a, b, p) * turn(a, b, q) < 0.0 {
        let crossing = a + (b - a) * (left / (left - right));
        let crossing = (crossing + origin) - origin;
        on_edge.push(crossing);
        on_segment.push(crossing);
    }
}

fn turn(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> f64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

fn is_near(point: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> bool {
    let way = b - a;
    let share = (((point.x - a.x) * way.x + (point.y - a.y) * way.y) / (way.x * way.x + way.y * way.y)).clamp(0.0, 1.0);
    length(a + way * share, point) <= SNAP_M
}

fn in_order(mut points: Vec<Coord<f64>>, from: Coord<f64>, to: Coord<f64>) -> Vec<Coord<f64>> {
    let along = |point: &Coord<f64>| (point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y);
    points.sort_by(|a, b| along(a).total_cmp(&along(b)));
    points.dedup();
    points
}

/// Whether a point lies inside a region with these sides (even-odd).
fn is_inside(at: Coord<f64>, sides: &[Side]) -> bool {
    let crosses = |(a, b): &&Side| (a.y > at.y) != (b.y > at.y) && a.x + (b.x - a.x) * ((at.y - a.y) / (b.y - a.y)) > at.x;
    sides.iter().filter(crosses).count() % 2 == 1
}
