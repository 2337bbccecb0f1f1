//! The buildable outline: the site line moved inwards, edge by edge (exact reading U4).

use super::edges::Piece;
use super::shape::{Point, at, cross, dot, length, without};
use geo_types::{LineString, MultiPolygon, Polygon};

/// Site minus the strip of every piece and the mitre of every reflex corner.
pub(super) fn inset(site: &MultiPolygon<f64>, pieces: &[Piece], mitre_limit: f64) -> MultiPolygon<f64> {
    if let [polygon] = &site.0[..]
        && polygon.interiors().is_empty()
        && half_planes_suffice(pieces)
    {
        return clip_by_half_planes(polygon, pieces);
    }
    let mut cutters: Vec<Polygon<f64>> = pieces.iter().filter(|piece| piece.setback > 0.0).map(strip).collect();
    let mut start = 0;
    for ring in pieces.chunk_by(|a, b| a.ring == b.ring) {
        cutters.extend((0..ring.len()).filter_map(|index| reflex_join(&ring[index], &ring[(index + 1) % ring.len()], mitre_limit)));
        start += ring.len();
    }
    debug_assert_eq!(start, pieces.len());
    without(site, cutters)
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

fn strip(piece: &Piece) -> Polygon<f64> {
    let shift = inward(piece) * piece.setback;
    Polygon::new(LineString(vec![piece.a, piece.b, piece.b + shift, piece.a + shift, piece.a]), Vec::new())
}

/// At a reflex corner the two strips gape; the mitre fills the gap, cut flat at `mitre_limit` × the larger setback.
fn reflex_join(before: &Piece, after: &Piece, mitre_limit: f64) -> Option<Polygon<f64>> {
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
    let covers = |deep: usize, other: usize| pieces[deep].setback * dot(direction(&pieces[deep]), direction(&pieces[other])) <= pieces[other].setback + 1e-12;
    (0..count).all(|index| {
        let beyond = |step: &dyn Fn(usize) -> usize| {
            (1..count).map(step).take_while(|other| dot(direction(&pieces[index]), direction(&pieces[*other])) > 0.0).all(|other| covers(index, other))
        };
        beyond(&|offset| (index + offset) % count) && beyond(&|offset| (index + count - offset) % count)
    })
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
