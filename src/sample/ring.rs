//! Open rings (the last point does not repeat the first), anticlockwise, in metres: measuring, cutting, joining.

use super::lattice::millimetres;
use geo_types::{Coord, LineString, Polygon};

pub(super) type Ring = Vec<Coord<f64>>;

/// A vertex nearer than this to a cut would leave a needle: the cut moves instead.
const NEEDLE_M: f64 = 0.7;

/// Shoelace area in m², positive for anticlockwise rings. Coordinates are taken relative to the first point to keep the digits.
pub(super) fn area(ring: &[Coord<f64>]) -> f64 {
    let Some(base) = ring.first() else { return 0.0 };
    let relative = |p: &Coord<f64>| (p.x - base.x, p.y - base.y);
    (0..ring.len())
        .map(|i| {
            let ((ax, ay), (bx, by)) = (relative(&ring[i]), relative(&ring[(i + 1) % ring.len()]));
            ax * by - bx * ay
        })
        .sum::<f64>()
        / 2.0
}

/// Lowest and highest value of the ring along a unit vector.
pub(super) fn extent(ring: &[Coord<f64>], along: Coord<f64>) -> (f64, f64) {
    ring.iter().map(|p| p.x * along.x + p.y * along.y).fold((f64::MAX, f64::MIN), |(low, high), s| (low.min(s), high.max(s)))
}

/// Cuts a ring by the line `along · p = at` into the parts below and above.
/// `None` when the line misses, grazes a vertex or crosses more than twice.
pub(super) fn cut(ring: &[Coord<f64>], along: Coord<f64>, at: f64) -> Option<(Ring, Ring)> {
    let side: Vec<f64> = ring.iter().map(|p| p.x * along.x + p.y * along.y - at).collect();
    if side.iter().any(|s| s.abs() < NEEDLE_M) {
        return None;
    }
    let crossings = (0..ring.len()).filter(|&i| (side[i] < 0.0) != (side[(i + 1) % ring.len()] < 0.0)).count();
    if crossings != 2 {
        return None;
    }
    let (mut below, mut above) = (Ring::new(), Ring::new());
    for i in 0..ring.len() {
        let next = (i + 1) % ring.len();
        if side[i] < 0.0 { &mut below } else { &mut above }.push(ring[i]);
        if (side[i] < 0.0) != (side[next] < 0.0) {
            let t = side[i] / (side[i] - side[next]);
            let point = millimetres(Coord { x: ring[i].x + (ring[next].x - ring[i].x) * t, y: ring[i].y + (ring[next].y - ring[i].y) * t });
            below.push(point);
            above.push(point);
        }
    }
    Some((below, above))
}

/// Joins two rings that share exactly one edge.
pub(super) fn join(first: &[Coord<f64>], second: &[Coord<f64>]) -> Option<Ring> {
    for i in 0..first.len() {
        let (u, v) = (first[i], first[(i + 1) % first.len()]);
        let Some(j) = (0..second.len()).find(|&j| second[j] == v && second[(j + 1) % second.len()] == u) else { continue };
        let mut ring: Ring = (1..=first.len()).map(|k| first[(i + k) % first.len()]).collect();
        ring.extend((2..second.len()).map(|k| second[(j + k) % second.len()]));
        return Some(ring);
    }
    None
}

/// Distance from a point to a segment.
pub(super) fn distance(p: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let square = dx * dx + dy * dy;
    let t = if square > 0.0 { (((p.x - a.x) * dx + (p.y - a.y) * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
    (p.x - a.x - t * dx).hypot(p.y - a.y - t * dy)
}

/// Whether a point lies inside (even-odd rule).
pub(super) fn contains(ring: &[Coord<f64>], p: Coord<f64>) -> bool {
    let mut inside = false;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x) {
            inside = !inside;
        }
    }
    inside
}

/// The ring as a polygon without holes.
pub(super) fn polygon(ring: &[Coord<f64>]) -> Polygon<f64> {
    Polygon::new(LineString::new(ring.to_vec()), Vec::new())
}

/// Removes the flattest vertices until at most `most` are left.
pub(super) fn thin(ring: &mut Ring, most: usize) {
    while ring.len() > most {
        let count = ring.len();
        let flatness = |i: usize| area(&[ring[(i + count - 1) % count], ring[i], ring[(i + 1) % count]]).abs();
        let Some(flattest) = (0..count).min_by(|&a, &b| flatness(a).total_cmp(&flatness(b))) else { return };
        ring.remove(flattest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Ring {
        [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map(Coord::from).to_vec()
    }

    #[test]
    fn a_cut_keeps_the_area_and_the_direction() {
        let (below, above) = cut(&square(), Coord { x: 1.0, y: 0.0 }, 4.0).expect("crosses twice");
        assert_eq!((area(&below), area(&above)), (40.0, 60.0));
    }

    #[test]
    fn joining_what_was_cut_gives_the_area_back() {
        let (below, above) = cut(&square(), Coord { x: 1.0, y: 0.0 }, 4.0).expect("crosses twice");
        assert_eq!(area(&join(&below, &above).expect("one shared edge")), 100.0);
    }

    #[test]
    fn a_cut_through_a_vertex_is_refused() {
        assert!(cut(&square(), Coord { x: 1.0, y: 0.0 }, 0.3).is_none());
    }
}
