//! Bridged contacts: parcels that face each other across a road parcel or unparcelled land.
//!
//! A point p on a segment a of one parcel faces segment s of the other across the width when both lie on each other's
//! outer side, the foot of p falls inside s at most the width away, directions agree to the angle tolerance, and nothing
//! but roads lies between p and its foot. In the frame of s every blocking edge hides one closed-form interval.

use super::adjacency::{AdjacencyOptions, Contact, ContactClass};
use super::adjacency_grid::{BoxGrid, meets};
use super::polygons::PolygonSet;
use geo_types::Coord;
use rayon::prelude::*;
use std::collections::HashSet;

/// Nearness in m at which an edge lies on a boundary.
const TOUCH_M: f64 = 1e-6;

type Segment = (Coord<f64>, Coord<f64>);

/// Pairs of parcels that are not roads, have no edge contact or overlap, and face across at most `width_m` for at least
/// L_min. `length_m` is the mean of both directions, `gap_m` the mean width crossed. Sorted by (a, b).
pub fn bridged(
    set: &impl PolygonSet,
    contacts: &[Contact],
    is_road: &(impl Fn(u32) -> bool + Sync),
    width_m: f64,
    options: &AdjacencyOptions,
) -> Vec<Contact> {
    if width_m <= 0.0 {
        return Vec::new();
    }
    let near: HashSet<(u32, u32)> =
        contacts.iter().filter(|c| matches!(c.class, ContactClass::Edge | ContactClass::Overlap)).map(|c| (c.a, c.b)).collect();
    let grid = BoxGrid::new((0..set.len()).map(|i| set.bounds(i)), width_m / 2.0);
    let mut found: Vec<Contact> = (0..set.len() as u32)
        .into_par_iter()
        .filter(|i| !is_road(*i))
        .flat_map_iter(|i| {
            let mut partners = Vec::new();
            grid.partners(i, |j| partners.push(j));
            let pairs = partners.into_iter().filter(|j| !is_road(*j)).map(move |j| (i.min(j), i.max(j)));
            pairs.filter(|pair| !near.contains(pair)).filter_map(|(a, b)| contact(set, &grid, is_road, a, b, width_m, options)).collect::<Vec<_>>()
        })
        .collect();
    found.sort_unstable_by_key(|c| (c.a, c.b));
    found
}

fn contact(
    set: &impl PolygonSet,
    grid: &BoxGrid,
    is_road: &impl Fn(u32) -> bool,
    a: u32,
    b: u32,
    width_m: f64,
    options: &AdjacencyOptions,
) -> Option<Contact> {
    let (p, q) = (&grid.boxes[a as usize], &grid.boxes[b as usize]);
    let half = width_m / 2.0;
    let between = [p[0].max(q[0]) - half, p[1].max(q[1]) - half, p[2].min(q[2]) + half, p[3].min(q[3]) + half];
    let (of_a, of_b) = (segments(set, a, &between), segments(set, b, &between));
    let mut sights = Vec::new();
    for s in &of_a {
        for t in &of_b {
            sights.extend(sight(*s, *t, width_m, options).map(|part| (true, *s, *t, part)));
            sights.extend(sight(*t, *s, width_m, options).map(|part| (false, *t, *s, part)));
        }
    }
    if sights.is_empty() {
        return None;
    }
    let mut blockers = Vec::new();
    grid.query(&between, |k| {
        if !is_road(k) {
            // An edge of a third parcel on either boundary stands in the way as well: that parcel fills the strip.
            let slack = if k == a || k == b { TOUCH_M } else { -TOUCH_M };
            blockers.extend(segments(set, k, &between).into_iter().map(|s| (s, slack)));
        }
    });
    let (mut length, mut crossed) = ([Vec::new(), Vec::new()], 0.0);
    for (from_a, own, other, part) in sights {
        for (from, to) in unblocked(own, other, part, &blockers) {
            let width = -(height(other, at(own, from)) + height(other, at(own, to))) / 2.0;
            crossed += width * (to - from);
            length[usize::from(from_a)].push((own, from, to));
        }
    }
    let total: f64 = length.iter().flatten().map(|(_, from, to)| to - from).sum();
    let length_m = length.into_iter().map(union).sum::<f64>() / 2.0;
    let gap_m = crossed / total;
    (length_m >= options.min_length_m).then_some(Contact { a, b, length_m, class: ContactClass::Bridged, gap_m, widest_m: gap_m, overlap_m2: 0.0 })
}

fn segments(set: &impl PolygonSet, i: u32, near: &[f64; 4]) -> Vec<Segment> {
    set.rings(i as usize)
        .flat_map(|ring| ring.windows(2))
        .map(|pair| (pair[0], pair[1]))
        .filter(|(s, t)| s != t && meets(near, &[s.x.min(t.x), s.y.min(t.y), s.x.max(t.x), s.y.max(t.y)]))
        .collect()
}

fn direction(s: Segment) -> (Coord<f64>, f64) {
    let d = s.1 - s.0;
    let length = d.x.hypot(d.y);
    (d / length, length)
}

fn at(s: Segment, run: f64) -> Coord<f64> {
    s.0 + direction(s).0 * run
}

/// Distance of a point from the line of `s`, positive on its left, the parcel's own side.
fn height(s: Segment, p: Coord<f64>) -> f64 {
    let w = direction(s).0;
    w.x * (p.y - s.0.y) - w.y * (p.x - s.0.x)
}

/// The run along `own` that looks at `other` across at most the width, as (from, to) in m.
fn sight(own: Segment, other: Segment, width_m: f64, options: &AdjacencyOptions) -> Option<(f64, f64)> {
    let ((u, length), (w, reach)) = (direction(own), direction(other));
    // Outer sides face each other only where the boundaries run against each other.
    let opposed = -(u.x * w.x + u.y * w.y);
    if opposed < options.angle_deg.to_radians().cos() - 1e-12 {
        return None;
    }
    let along = |p: Coord<f64>| w.x * (p.x - other.0.x) + w.y * (p.y - other.0.y);
    let mut span: (f64, f64) = (0.0, length);
    let limits = [(along(own.0), -opposed, 0.0, reach), (height(other, own.0), w.x * u.y - w.y * u.x, -width_m - 1e-9, -TOUCH_M)];
    for (value, slope, low, high) in limits {
        if slope.abs() < 1e-15 {
            if value < low || value > high {
                return None;
            }
            continue;
        }
        let (first, last) = ((low - value) / slope, (high - value) / slope);
        span = (span.0.max(first.min(last)), span.1.min(first.max(last)));
    }
    (span.1 - span.0 > 1e-9).then_some(span)
}

/// What remains of a run on `own` after the edges between it and `other` have hidden their parts.
fn unblocked(own: Segment, other: Segment, part: (f64, f64), blockers: &[(Segment, f64)]) -> Vec<(f64, f64)> {
    let (w, _) = direction(other);
    let along = |p: Coord<f64>| w.x * (p.x - other.0.x) + w.y * (p.y - other.0.y);
    // In the frame of `other`: x along it, y to its left; `own` lies at negative y over [low, high].
    let (start, end) = (at(own, part.0), at(own, part.1));
    let (x0, y0, x1, y1) = (along(start), height(other, start), along(end), height(other, end));
    let own_y = |x: f64| y0 + (y1 - y0) * ((x - x0) / (x1 - x0));
    let (low, high) = (x0.min(x1), x0.max(x1));
    let mut hidden: Vec<(f64, f64)> = Vec::new();
    for &(edge, slack) in blockers {
        let (mut l, mut r) = ((along(edge.0), height(other, edge.0)), (along(edge.1), height(other, edge.1)));
        if l.0 > r.0 {
            std::mem::swap(&mut l, &mut r);
        }
        if r.0 - l.0 < 1e-12 || r.0 <= low || l.0 >= high {
            continue;
        }
        let edge_y = |x: f64| l.1 + (r.1 - l.1) * ((x - l.0) / (r.0 - l.0));
        let mut span = (l.0.max(low), r.0.min(high));
        // Hidden where own_y + slack < edge_y < −slack; both differences are linear in x.
        for of in [&|x: f64| edge_y(x) - own_y(x) - slack, &|x: f64| -slack - edge_y(x)] as [&dyn Fn(f64) -> f64; 2] {
            span = positive_part(of, span);
        }
        if span.1 > span.0 {
            hidden.push(span);
        }
    }
    hidden.sort_unstable_by(|p, q| p.0.total_cmp(&q.0).then(p.1.total_cmp(&q.1)));
    let run = |x: f64| part.0 + (part.1 - part.0) * ((x - x0) / (x1 - x0));
    let mut open = Vec::new();
    let mut reached = low;
    for (from, to) in hidden.into_iter().chain([(high, high)]) {
        if from - reached > 1e-9 {
            let (p, q) = (run(reached), run(from));
            open.push((p.min(q), p.max(q)));
        }
        reached = reached.max(to);
    }
    open
}

/// The part of `span` on which a linear function is positive.
fn positive_part(of: &dyn Fn(f64) -> f64, span: (f64, f64)) -> (f64, f64) {
    let (left, right) = (of(span.0), of(span.1));
    if span.1 <= span.0 || (left <= 0.0 && right <= 0.0) {
        return (span.0, span.0);
    }
    if left >= 0.0 && right >= 0.0 {
        return span;
    }
    let zero = span.0 + (span.1 - span.0) * left / (left - right);
    if left > 0.0 { (span.0, zero) } else { (zero, span.1) }
}

/// Total length of the parts, each point of a segment counted once.
fn union(mut parts: Vec<(Segment, f64, f64)>) -> f64 {
    let key = |s: &Segment| (s.0.x, s.0.y, s.1.x, s.1.y);
    parts.sort_unstable_by(|p, q| key(&p.0).partial_cmp(&key(&q.0)).unwrap_or(std::cmp::Ordering::Equal).then(p.1.total_cmp(&q.1)));
    let (mut total, mut reached, mut on) = (0.0, f64::NEG_INFINITY, None);
    for (segment, from, to) in parts {
        if on != Some(segment) {
            (on, reached) = (Some(segment), f64::NEG_INFINITY);
        }
        total += (to - from.max(reached)).max(0.0);
        reached = reached.max(to);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::rectangle;
    use crate::spatial::{Polygons, adjacency};

    fn found(items: &[geo_types::MultiPolygon<f64>], roads: &[u32], width_m: f64) -> Vec<(u32, u32, f64, f64)> {
        let set: Polygons = items.iter().collect();
        let options = AdjacencyOptions::default();
        let contacts = adjacency(&set, &options);
        bridged(&set, &contacts, &|i| roads.contains(&i), width_m, &options).iter().map(|c| (c.a, c.b, c.length_m, c.gap_m)).collect()
    }

    fn is(found: &[(u32, u32, f64, f64)], expected: &[(u32, u32, f64, f64)]) {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (f, e) in found.iter().zip(expected) {
            assert!((f.0, f.1) == (e.0, e.1) && (f.2 - e.2).abs() < 1e-5 && (f.3 - e.3).abs() < 1e-6, "{found:?}");
        }
    }

    #[test]
    fn parcels_face_across_a_road_and_across_open_land() {
        let items = [rectangle(0.0, 0.0, 40.0, 30.0), rectangle(-20.0, 30.0, 100.0, 12.0), rectangle(10.0, 42.0, 50.0, 30.0)];
        is(&found(&items, &[1], 12.0), &[(0, 2, 30.0, 12.0)]);
        is(&found(&items, &[1], 11.9), &[]);
        // The strip is a parcel like others: it blocks.
        is(&found(&items, &[], 12.0), &[]);
        is(&found(&[items[0].clone(), items[2].clone()], &[], 15.0), &[(0, 1, 30.0, 12.0)]);
    }

    #[test]
    fn what_stands_between_hides_its_part() {
        let items = [rectangle(0.0, 0.0, 40.0, 30.0), rectangle(0.0, 40.0, 40.0, 30.0), rectangle(12.0, 33.0, 8.0, 3.0)];
        let found = found(&items, &[], 10.0);
        let across = found.iter().find(|f| (f.0, f.1) == (0, 1)).expect("still 32 m in sight");
        assert!((across.2 - 32.0).abs() < 1e-5 && (across.3 - 10.0).abs() < 1e-6, "{found:?}");
        // The small one faces both.
        assert_eq!(found.len(), 3);
    }
}
