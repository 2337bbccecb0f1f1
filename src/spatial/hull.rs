//! The convex hull of points.

use geo::{Area, ConvexHull, Euclidean, Length};
use geo_types::{Coord, MultiPoint, Point, Polygon};

/// Area of a hull over the square of its length below which its points lie on one line.
const FLAT: f64 = 1e-9;

/// The convex hull of `points`; none of fewer than three, and of points on one line.
///
/// # Units
/// A plane in metres; what is not finite is left out.
pub fn hull(points: &[Coord<f64>]) -> Option<Polygon<f64>> {
    let finite: Vec<Point<f64>> = points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).map(|point| Point(*point)).collect();
    if finite.len() < 3 {
        return None;
    }
    let hull = MultiPoint::new(finite).convex_hull();
    let length = Euclidean.length(hull.exterior());
    (hull.unsigned_area() > FLAT * length * length).then_some(hull)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(points: &[[f64; 2]]) -> Option<f64> {
        let points: Vec<Coord<f64>> = points.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect();
        hull(&points).map(|hull| hull.unsigned_area())
    }

    #[test]
    fn three_points_that_are_not_on_one_line_have_a_hull() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[[0.0, 0.0], [1.0, 1.0]]), None);
        assert_eq!(of(&[[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [1.0, 1.0]]), None);
        assert_eq!(of(&[[500_000.1, 0.3], [500_000.2, 0.6], [500_000.4, 1.2]]), None, "on one line but for rounding");
        assert_eq!(of(&[[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]]), Some(6.0));
        assert_eq!(of(&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [2.0, 1.0], [f64::NAN, 0.0]]), Some(16.0));
    }
}
