//! Whether a shape has room for a w × l rectangle (C5): a sufficient test at chosen directions, found to 0.1 m.

use geo::MinimumRotatedRect;
use geo_types::{Coord, MultiPolygon};

/// Positions across the direction are tried at this distance, m.
const STEP_M: f64 = 0.1;
/// A rectangle that touches the outline counts as inside, m.
const TOUCH_M: f64 = 1e-6;

/// True when a `width` × `length` rectangle (m, either way round) fits into the shape along one of its edges, along its
/// minimum-area rectangle or at a multiple of 5°. False means "not found": another direction might still hold one.
pub fn holds_rectangle(shape: &MultiPolygon<f64>, width: f64, length: f64) -> bool {
    if !(width > 0.0 && length > 0.0) {
        return true;
    }
    if super::outline::area(shape) < width * length - TOUCH_M * (width + length) {
        return false;
    }
    directions(shape).into_iter().any(|turn| {
        let edges = turned_edges(shape, turn);
        fits(&edges, width, length) || (width != length && fits(&edges, length, width))
    })
}

/// Directions in radians within a quarter turn, each once: a rectangle is tried both ways round.
fn directions(shape: &MultiPolygon<f64>) -> Vec<f64> {
    let quarter = std::f64::consts::FRAC_PI_2;
    let mut degrees_5: Vec<f64> = (0..18).map(|k| f64::from(k) * 5f64.to_radians()).collect();
    let rings = shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let minimal = shape.minimum_rotated_rect();
    let lines = rings.chain(minimal.iter().map(geo_types::Polygon::exterior));
    let mut found: Vec<f64> = lines
        .flat_map(|ring| ring.0.windows(2))
        .filter(|pair| pair[0] != pair[1])
        .map(|pair| (pair[1].y - pair[0].y).atan2(pair[1].x - pair[0].x).rem_euclid(quarter))
        .collect();
    found.append(&mut degrees_5);
    found.sort_unstable_by(f64::total_cmp);
    found.dedup_by(|a, b| (*a - *b).abs() < 1e-7);
    found
}

fn turned_edges(shape: &MultiPolygon<f64>, turn: f64) -> Vec<(Coord<f64>, Coord<f64>)> {
    let origin = shape.iter().next().and_then(|p| p.exterior().0.first()).copied().unwrap_or_default();
    let (sine, cosine) = turn.sin_cos();
    let turned = |c: &Coord<f64>| {
        let (x, y) = (c.x - origin.x, c.y - origin.y);
        Coord { x: x * cosine + y * sine, y: y * cosine - x * sine }
    };
    shape
        .iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .flat_map(|ring| ring.0.windows(2))
        .map(|pair| (turned(&pair[0]), turned(&pair[1])))
        .collect()
}

/// Slides a strip of `height` over the shape; what no edge enters and lies inside must be `width` wide.
fn fits(edges: &[(Coord<f64>, Coord<f64>)], width: f64, height: f64) -> bool {
    let bottom = edges.iter().map(|e| e.0.y).fold(f64::INFINITY, f64::min);
    let top = edges.iter().map(|e| e.0.y).fold(f64::NEG_INFINITY, f64::max);
    let last = top - height;
    if last < bottom - TOUCH_M {
        return false;
    }
    let mut starts: Vec<f64> = edges.iter().flat_map(|e| [e.0.y, e.0.y - height]).collect();
    starts.extend((0..=((last - bottom).max(0.0) / STEP_M) as usize).map(|k| bottom + k as f64 * STEP_M));
    starts.sort_unstable_by(f64::total_cmp);
    starts.dedup_by(|a, b| (*a - *b).abs() < TOUCH_M);
    let mut blocked = Vec::new();
    starts
        .into_iter()
        .any(|y| y >= bottom - TOUCH_M && y <= last + TOUCH_M && strip_fits(edges, y + TOUCH_M, y + height - TOUCH_M, width, &mut blocked))
}

fn strip_fits(edges: &[(Coord<f64>, Coord<f64>)], low: f64, high: f64, width: f64, blocked: &mut Vec<(f64, f64)>) -> bool {
    blocked.clear();
    for (a, b) in edges {
        let (below, above) = if a.y <= b.y { (a, b) } else { (b, a) };
        if above.y <= low || below.y >= high {
            continue;
        }
        let at = |y: f64| if above.y > below.y { below.x + (above.x - below.x) * ((y - below.y) / (above.y - below.y)) } else { below.x };
        let (x0, x1) = if above.y > below.y { (at(low.max(below.y)), at(high.min(above.y))) } else { (a.x, b.x) };
        blocked.push((x0.min(x1), x0.max(x1)));
    }
    blocked.sort_unstable_by(|p, q| p.0.total_cmp(&q.0));
    let mut reached = f64::NEG_INFINITY;
    for &(from, to) in blocked.iter() {
        if from - reached >= width - 2.0 * TOUCH_M && is_inside(edges, (from + reached) / 2.0, (low + high) / 2.0) {
            return true;
        }
        reached = reached.max(to);
    }
    false
}

fn is_inside(edges: &[(Coord<f64>, Coord<f64>)], x: f64, y: f64) -> bool {
    if !x.is_finite() {
        return false;
    }
    let crossings = edges.iter().filter(|(a, b)| (a.y > y) != (b.y > y) && a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y)) > x).count();
    crossings % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::{polygon, rectangle};

    #[test]
    fn a_rectangle_holds_itself_at_any_turn_and_nothing_longer() {
        assert!(holds_rectangle(&rectangle(0.0, 0.0, 60.0, 100.0), 100.0, 60.0));
        assert!(!holds_rectangle(&rectangle(0.0, 0.0, 60.0, 100.0), 100.2, 59.0));
        let turn: f64 = 0.3;
        let corner = |x: f64, y: f64| (500_000.0 + x * turn.cos() - y * turn.sin(), 2_500_000.0 + x * turn.sin() + y * turn.cos());
        let turned = polygon(&[corner(0.0, 0.0), corner(100.0, 0.0), corner(100.0, 60.0), corner(0.0, 60.0), corner(0.0, 0.0)]);
        assert!(holds_rectangle(&turned, 60.0, 100.0));
        assert!(!holds_rectangle(&turned, 60.2, 100.0));
    }

    #[test]
    fn an_ell_and_a_hole_leave_what_lies_beside() {
        let ell = polygon(&[(0.0, 0.0), (30.0, 0.0), (30.0, 10.0), (10.0, 10.0), (10.0, 30.0), (0.0, 30.0), (0.0, 0.0)]);
        assert!(holds_rectangle(&ell, 10.0, 30.0));
        assert!(!holds_rectangle(&ell, 16.0, 16.0));
        let mut holed = rectangle(0.0, 0.0, 50.0, 50.0);
        holed.0[0].interiors_push(rectangle(20.0, 20.0, 10.0, 10.0).0[0].exterior().clone());
        assert!(holds_rectangle(&holed, 20.0, 50.0) && !holds_rectangle(&holed, 26.0, 26.0));
    }
}
