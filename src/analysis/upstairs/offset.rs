//! The buildable outline: the site line moved inwards, edge by edge (exact reading U4).

use super::edges::Piece;
use super::envelope::envelope;
use super::shape::{Point, at, cross, dot, length, without};
use geo_types::{LineString, MultiPolygon, Polygon};

/// Site minus the strip of every piece and the mitre of every reflex corner.
pub(super) fn inset(site: &MultiPolygon<f64>, pieces: &[Piece], mitre_limit: f64) -> MultiPolygon<f64> {
    let pieces = &whole_edges(pieces)[..];
    if let [polygon] = &site.0[..]
        && polygon.interiors().is_empty()
    {
        if half_planes_suffice(pieces) {
            return clip_by_half_planes(polygon, pieces);
        }
        if let Some(chain) = chain(pieces, mitre_limit) {
            return MultiPolygon(vec![chain]);
        }
    }
    envelope(site, pieces, mitre_limit).unwrap_or_else(|| by_strips(site, pieces, mitre_limit))
}

/// The definition itself: boolean operations, whatever the site's shape.
pub(super) fn by_strips(site: &MultiPolygon<f64>, pieces: &[Piece], mitre_limit: f64) -> MultiPolygon<f64> {
    let mut cutters: Vec<Polygon<f64>> = pieces.iter().filter(|piece| piece.setback > 0.0).map(strip).collect();
    for ring in pieces.chunk_by(|a, b| a.ring == b.ring) {
        cutters.extend((0..ring.len()).filter_map(|index| reflex_join(&ring[index], &ring[(index + 1) % ring.len()], mitre_limit)));
    }
    without(site, cutters)
}

/// Pieces of one straight edge with one setback as one: the same strip with a fraction of the corners.
fn whole_edges(pieces: &[Piece]) -> Vec<Piece> {
    let mut whole: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match whole.last_mut() {
            Some(last) if last.ring == piece.ring && last.setback == piece.setback && last.b == piece.a && straight(last, piece) => last.b = piece.b,
            _ => whole.push(*piece),
        }
    }
    whole
}

/// Whether two pieces lie on one line to a micrometre.
fn straight(a: &Piece, b: &Piece) -> bool {
    let along = b.b - a.a;
    dot(a.b - a.a, b.b - b.a) > 0.0 && cross(along, a.b - a.a).abs() <= 1e-6 * length(along)
}

fn direction(piece: &Piece) -> Point {
    let along = piece.b - piece.a;
    along / length(along).max(f64::MIN_POSITIVE)
}

/// Left of the direction: into the site.
fn inward(piece: &Piece) -> Point {
    let along = direction(piece);
    at(-along.y, along.x)
}

pub(super) fn strip(piece: &Piece) -> Polygon<f64> {
    let shift = inward(piece) * piece.setback;
    Polygon::new(LineString(vec![piece.a, piece.b, piece.b + shift, piece.a + shift, piece.a]), Vec::new())
}

/// At a reflex corner the two strips gape; the mitre fills the gap, cut flat at `mitre_limit` × the larger setback.
pub(super) fn reflex_join(before: &Piece, after: &Piece, mitre_limit: f64) -> Option<Polygon<f64>> {
    let (u, v) = (direction(before), direction(after));
    let largest = before.setback.max(after.setback);
    if cross(u, v) > -1e-12 || largest <= 0.0 {
        return None;
    }
    let corner = before.b;
    let from = corner + inward(before) * before.setback;
    let to = corner + inward(after) * after.setback;
    // Where the offset lines meet: from + u·a = to − v·b.
    let (ahead, behind) = (cross(to - from, v) / cross(u, v), cross(from - to, u) / cross(v, u));
    let mut points = vec![corner, from];
    if ahead >= 0.0 && behind <= 0.0 {
        let tip = from + u * ahead;
        let (reach, limit) = (length(tip - corner), mitre_limit * largest);
        if reach <= limit {
            points.push(tip);
        } else {
            let axis = (tip - corner) / reach;
            let flat = |start: Point, towards: Point| {
                let slope = dot(towards, axis);
                start + towards * ((limit - dot(start - corner, axis)) / slope)
            };
            points.push(flat(from, u));
            points.push(flat(to, v * -1.0));
        }
    }
    points.extend([to, corner]);
    // The inside is to the left and the corner turns right, so corner → from → to runs clockwise; cutters wind the other way.
    points.reverse();
    Some(Polygon::new(LineString(points), Vec::new()))
}

/// On a convex site the strips leave the same outline as the half-planes of their edges, unless a deep strip ends at a shallow one that
/// does not cover what lies beyond its end: then there is a step, and only the strips themselves are right.
fn half_planes_suffice(pieces: &[Piece]) -> bool {
    let count = pieces.len();
    let turn = |a: usize, b: usize| cross(direction(&pieces[a]), direction(&pieces[b]));
    if (0..count).any(|index| turn(index, (index + 1) % count) < -1e-12) {
        return false;
    }
    let covers =
        |deep: usize, other: usize| pieces[deep].setback * dot(direction(&pieces[deep]), direction(&pieces[other])) <= pieces[other].setback + 1e-12;
    (0..count).all(|index| {
        let beyond = |step: &dyn Fn(usize) -> usize| {
            (1..count)
                .map(step)
                .take_while(|other| dot(direction(&pieces[index]), direction(&pieces[*other])) > 0.0)
                .all(|other| covers(index, other))
        };
        beyond(&|offset| (index + offset) % count) && beyond(&|offset| (index + count - offset) % count)
    })
}

/// The inner ends of the strips joined into one ring: at a corner where two strips cross, at a reflex corner the mitre, along an edge whose setback
/// changes the step. `None` wherever that is not plainly the outline: a strip that ends in the open, a short piece, strips that meet from across.
fn chain(pieces: &[Piece], mitre_limit: f64) -> Option<Polygon<f64>> {
    const ROOM: f64 = 1e-3;
    let count = pieces.len();
    let along: Vec<(Point, f64)> = pieces.iter().map(|piece| (direction(piece), length(piece.b - piece.a))).collect();
    let inner: Vec<Point> = pieces.iter().map(|piece| piece.a + inward(piece) * piece.setback).collect();
    // How far along its own line each strip's used part begins and ends.
    let mut used: Vec<(f64, f64)> = along.iter().map(|(_, length)| (0.0, *length)).collect();
    let mut points: Vec<Point> = Vec::with_capacity(2 * count + 1);
    for index in 0..count {
        let next = (index + 1) % count;
        let (before, after) = (&pieces[index], &pieces[next]);
        let ((u, one), (v, two)) = (along[index], along[next]);
        let turn = cross(u, v);
        let (from, to) = (inner[index], inner[next]);
        if turn.abs() <= 1e-9 {
            if dot(u, v) <= 0.0 {
                return None;
            }
            // One line: a step straight inwards.
            points.extend([from + u * one, to]);
            continue;
        }
        let (ahead, behind) = (cross(to - from, v) / turn, cross(to - from, u) / turn);
        let tip = from + u * ahead;
        if turn < 0.0 {
            // The mitre lies beyond the ends of both strips and is not cut flat.
            let whole = ahead >= one && behind <= 0.0 && length(tip - before.b) <= mitre_limit * before.setback.max(after.setback);
            if !whole {
                return None;
            }
        } else {
            // What each strip has beyond the crossing must lie over the other piece.
            let covered = before.setback * turn <= two && after.setback * turn <= one;
            if !(ROOM..=one).contains(&ahead) || !(0.0..=two - ROOM).contains(&behind) || !covered {
                return None;
            }
        }
        used[index].1 = ahead;
        used[next].0 = behind;
        points.push(tip);
    }
    if used.iter().any(|(from, to)| to - from < ROOM) {
        return None;
    }
    points.dedup_by(|a, b| length(*a - *b) < 1e-9);
    points.push(points[0]);
    // Strips from across would cut the ring: no edge of it may come nearer to a piece than the piece's setback, as far as the piece's strip reaches.
    let clear = |a: Point, b: Point| {
        pieces.iter().zip(&along).all(|(piece, (u, length))| {
            let (from, to) = (dot(a - piece.a, *u), dot(b - piece.a, *u));
            let (low, high) = (from.min(to).max(1e-6), from.max(to).min(length - 1e-6));
            let off = |point: Point| cross(*u, point - piece.a);
            let (one, two) = (off(a), off(b));
            // Along a straight edge the distance runs evenly: what lies in the strip's reach is told by its ends.
            let at = |place: f64| if to == from { one } else { one + (two - one) * ((place - from) / (to - from)) };
            let (one, two) = (at(low), at(high));
            low > high || one.min(two) >= piece.setback - 1e-6 || one.max(two) <= 1e-6
        })
    };
    let line = |index: usize| (inner[index] + along[index].0 * used[index].0, inner[index] + along[index].0 * used[index].1);
    let simple = || (0..count).all(|a| (a + 1..count).all(|b| !crossing(line(a), line(b))));
    (points.windows(2).all(|pair| clear(pair[0], pair[1])) && simple()).then(|| Polygon::new(LineString(points), Vec::new()))
}

/// Whether two segments cross inside both.
fn crossing((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let side = |from: Point, to: Point, point: Point| cross(to - from, point - from);
    let slack = 1e-6;
    let split = |x: f64, y: f64| (x > slack && y < -slack) || (x < -slack && y > slack);
    split(side(a, b, c), side(a, b, d)) && split(side(c, d, a), side(c, d, b))
}

fn clip_by_half_planes(polygon: &Polygon<f64>, pieces: &[Piece]) -> MultiPolygon<f64> {
    let mut points: Vec<Point> = polygon.exterior().0[..polygon.exterior().0.len() - 1].to_vec();
    let mut done: Vec<(Point, Point)> = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.setback > 0.0) {
        let (base, normal) = (piece.a + inward(piece) * piece.setback, inward(piece));
        if done.iter().any(|(known, direction)| length(*direction - normal) < 1e-12 && dot(base - *known, normal).abs() < 1e-9) {
            continue; // the pieces of one straight edge share their half-plane
        }
        done.push((base, normal));
        points = clip(&points, base, normal);
        if points.len() < 3 {
            return MultiPolygon(Vec::new());
        }
    }
    points.push(points[0]);
    MultiPolygon(vec![Polygon::new(LineString(points), Vec::new())])
}

/// Keeps the side of the line through `base` to which `normal` points.
fn clip(points: &[Point], base: Point, normal: Point) -> Vec<Point> {
    let side = |point: Point| dot(point - base, normal);
    let mut kept = Vec::with_capacity(points.len() + 1);
    for (index, &b) in points.iter().enumerate() {
        let a = points[(index + points.len() - 1) % points.len()];
        let (from, to) = (side(a), side(b));
        if (from < 0.0) != (to < 0.0) {
            kept.push(a + (b - a) * (from / (from - to)));
        }
        if to >= 0.0 {
            kept.push(b);
        }
    }
    kept.dedup_by(|a, b| length(*a - *b) < 1e-9);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::upstairs::shape::{area, normalised};
    use crate::analysis::upstairs::tests::noise;

    /// The inset of a ring whose edges have these setbacks.
    fn left(points: &[(f64, f64)], setbacks: &[f64]) -> f64 {
        let site = normalised(&MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), Vec::new())]), at(0.0, 0.0));
        let ring = &site.0[0].exterior().0;
        let pieces: Vec<Piece> = ring
            .windows(2)
            .zip(setbacks)
            .map(|(pair, setback)| Piece { a: pair[0], b: pair[1], setback: *setback, faces_road: false, ring: 0 })
            .collect();
        area(&inset(&site, &pieces, 5.0))
    }

    fn near(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-3, "{value} is not {expected}");
    }

    const L: [(f64, f64); 6] = [(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (50.0, 50.0), (50.0, 100.0), (0.0, 100.0)];

    #[test]
    fn each_edge_of_a_rectangle_keeps_its_own_setback_exactly() {
        // (100 − 3 − 7) × (60 − 12 − 5) = 90 × 43; no slack: right corners need no boolean operation.
        let area = left(&[(0.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0)], &[12.0, 7.0, 5.0, 3.0]);
        assert!((area - 3870.0).abs() < 1e-9);
    }

    #[test]
    fn unequal_setbacks_meet_in_the_mitre_of_a_reflex_corner() {
        // L with 0 everywhere but 10 below the notch's floor (edge 3, y = 50) and 4 left of its wall (edge 4, x = 50): the notch grows to
        // x > 46, y > 40: 54 × 60 less the 50 × 50 that is out anyway: 10 000 − 3 240 = 6 760.
        near(left(&L, &[0.0, 0.0, 10.0, 4.0, 0.0, 0.0]), 6760.0);
    }

    #[test]
    fn a_spike_of_the_outside_is_cut_flat_at_five_setbacks() {
        // A needle-thin notch from the top to (50, 20), half width 0.5 at the top (80 up): half angle ≈ 0.358°, so the mitre would reach
        // 2 ÷ sin 0.358° = 320 m below its tip. Cut at 5 × 2 = 10 m below the tip it takes, beside the two strips, a trapezium of about 10 m depth and
        // 4 m width: the bottom strip y < 10 stays whole.
        let notch = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (50.5, 100.0), (50.0, 20.0), (49.5, 100.0), (0.0, 100.0)];
        let taken = 10_000.0 - 40.0 - left(&notch, &[0.0, 0.0, 0.0, 2.0, 2.0, 0.0, 0.0]);
        // Two strips of 2 × 80 m and the flat-ended mitre 4 × 10 m, within a metre or two of slant.
        assert!((taken - 360.0).abs() < 3.0, "{taken}");
    }

    #[test]
    fn the_chain_is_what_the_strips_leave() {
        // Skewed quadrilaterals, Ls, Us and Ts with stepped setbacks, against the boolean operation of the definition.
        const SHAPES: [&[(f64, f64)]; 4] = [
            &[(0.0, 0.0), (70.0, 0.0), (70.0, 50.0), (0.0, 50.0)],
            &[(0.0, 0.0), (110.0, 0.0), (110.0, 60.0), (60.0, 60.0), (60.0, 120.0), (0.0, 120.0)],
            &[(0.0, 0.0), (150.0, 0.0), (150.0, 110.0), (95.0, 110.0), (95.0, 55.0), (55.0, 55.0), (55.0, 110.0), (0.0, 110.0)],
            &[(40.0, 0.0), (110.0, 0.0), (110.0, 70.0), (160.0, 70.0), (160.0, 130.0), (-10.0, 130.0), (-10.0, 70.0), (40.0, 70.0)],
        ];
        let mut state = 3u64;
        let mut noise = move || noise(&mut state);
        for shape in SHAPES {
            let mut chained = 0;
            for _ in 0..400 {
                let corners: Vec<(f64, f64)> = shape.iter().map(|(x, y)| (x + 18.0 * noise() - 9.0, y + 18.0 * noise() - 9.0)).collect();
                let mut points: Vec<(f64, f64)> = Vec::new();
                for (index, (x, y)) in corners.iter().enumerate() {
                    let (to_x, to_y) = corners[(index + 1) % corners.len()];
                    points.extend([(*x, *y), (x + (to_x - x) * 0.4, y + (to_y - y) * 0.4)]);
                }
                let site = normalised(&MultiPolygon(vec![Polygon::new(LineString::from(points), Vec::new())]), at(0.0, 0.0));
                let ring = &site.0[0].exterior().0;
                let mut depth = 0.0;
                let pieces: Vec<Piece> = ring
                    .windows(2)
                    .enumerate()
                    .map(|(index, pair)| {
                        // Every other time both halves of an edge have one depth.
                        if index % 2 == 0 || noise() < 0.5 {
                            depth = [3.0, 6.0, 9.0, 15.0, 24.0][(noise() * 5.0) as usize];
                        }
                        Piece { a: pair[0], b: pair[1], setback: depth, faces_road: false, ring: 0 }
                    })
                    .collect();
                near(area(&inset(&site, &pieces, 5.0)), area(&by_strips(&site, &pieces, 5.0)));
                chained += usize::from(chain(&whole_edges(&pieces), 5.0).is_some());
            }
            assert!(chained > 50, "{chained} of 400 went the short way: the test shows little");
        }
    }

    #[test]
    fn a_change_of_setback_on_a_straight_edge_is_a_step() {
        // 100 × 60, bottom edge in two halves of 10 and 4 m: 50 × 10 + 50 × 4 = 700 off.
        near(left(&[(0.0, 0.0), (50.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0)], &[10.0, 4.0, 0.0, 0.0, 0.0]), 5300.0);
    }
}
