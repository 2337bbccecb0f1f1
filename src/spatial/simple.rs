//! Whether a ring is simple: the cheap proof that a polygon without holes is valid.

use super::segments::meet;
use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::Coord;

/// Whether the sides of a closed ring meet in their common corners only. Exact: signs are those of exact arithmetic. Such a ring alone is a valid
/// polygon, whichever way it runs; one that is not simple, repeats a position, is open or holds what is no number is `false`.
pub fn is_simple_ring(ring: &[Coord<f64>]) -> bool {
    let Some(count) = ring.len().checked_sub(1).filter(|count| *count >= 3) else { return false };
    if ring[0] != ring[count] || ring.iter().any(|at| !at.x.is_finite() || !at.y.is_finite()) {
        return false;
    }
    let side = |at: usize| (ring[at], ring[at + 1]);
    let mut order: Vec<(f64, usize)> = (0..count).map(|at| (ring[at].x.min(ring[at + 1].x), at)).collect();
    order.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    for (index, (_, at)) in order.iter().enumerate() {
        let one = side(*at);
        if one.0 == one.1 {
            return false;
        }
        let right = one.0.x.max(one.1.x);
        let (low, high) = (one.0.y.min(one.1.y), one.0.y.max(one.1.y));
        for (_, beside) in order[index + 1..].iter().take_while(|(left, _)| *left <= right) {
            let other = side(*beside);
            if other.0.y.min(other.1.y) > high || other.0.y.max(other.1.y) < low {
                continue;
            }
            let meet = if (at + 1) % count == *beside {
                turns_back(one, other)
            } else if (beside + 1) % count == *at {
                turns_back(other, one)
            } else {
                meet([one.0, one.1], [other.0, other.1])
            };
            if meet {
                return false;
            }
        }
    }
    true
}

type Side = (Coord<f64>, Coord<f64>);

fn turn(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Orientation {
    RobustKernel::orient2d(a, b, c)
}

/// Whether the second of two sides that follow each other runs back over the first.
fn turns_back(first: Side, second: Side) -> bool {
    let (corner, back, on) = (first.1, first.0, second.1);
    // On one line the two run over each other where both ends lie to one side of the corner; comparing is exact.
    let same_way = |from: f64, a: f64, b: f64| (a > from && b > from) || (a < from && b < from);
    turn(back, corner, on) == Orientation::Collinear && (same_way(corner.x, back.x, on.x) || same_way(corner.y, back.y, on.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Distance, Euclidean, Line};
    use proptest::prelude::*;

    fn ring(corners: &[(f64, f64)]) -> Vec<Coord<f64>> {
        corners.iter().chain(corners.first()).map(|(x, y)| Coord { x: *x, y: *y }).collect()
    }

    #[test]
    fn spikes_bows_touches_and_repeats_are_not_simple() {
        let simple = [ring(&[(0., 0.), (4., 0.), (4., 4.), (0., 4.)]), ring(&[(0., 0.), (2., 0.), (4., 0.), (4., 4.)])];
        assert!(simple.iter().all(|ring| is_simple_ring(ring)));
        let faulty = [
            ring(&[(0., 0.), (4., 4.), (4., 0.), (0., 4.)]),
            ring(&[(0., 0.), (4., 0.), (2., 0.), (2., 4.)]),
            ring(&[(0., 0.), (4., 0.), (4., 4.), (2., 0.), (0., 4.)]),
            ring(&[(0., 0.), (4., 0.), (4., 0.), (4., 4.)]),
            ring(&[(0., 0.), (4., 0.), (8., 0.)]),
            ring(&[(0., 0.), (4., 0.), (f64::NAN, 4.), (0., 4.)]),
            simple[0][..4].to_vec(),
        ];
        assert!(faulty.iter().all(|ring| !is_simple_ring(ring)));
    }

    proptest! {
        /// Against every pair of sides by their distance, on a grid so small that all that can go wrong does.
        #[test]
        fn every_pair_of_sides_says_the_same(corners in prop::collection::vec((0..6i8, 0..6i8), 3..9)) {
            let ring = ring(&corners.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect::<Vec<_>>());
            let sides: Vec<Line<f64>> = ring.windows(2).map(|pair| Line::new(pair[0], pair[1])).collect();
            let count = sides.len();
            let shares = |i: usize, j: usize| {
                let (one, other) = (sides[i], sides[j]);
                if (i + 1) % count == j || (j + 1) % count == i {
                    // Neighbours share their corner; a triangle's are neighbours at both ends, and then flat or not.
                    let (first, second) = if (i + 1) % count == j { (one, other) } else { (other, one) };
                    let (back, on) = (first.start - first.end, second.end - second.start);
                    back.x * on.y == back.y * on.x && back.x * on.x + back.y * on.y > 0.0
                } else {
                    Euclidean.distance(&one, &other) == 0.0
                }
            };
            let fine = sides.iter().all(|side| side.start != side.end) && (0..count).all(|i| (i + 1..count).all(|j| !shares(i, j)));
            prop_assert_eq!(is_simple_ring(&ring), fine);
        }
    }
}
