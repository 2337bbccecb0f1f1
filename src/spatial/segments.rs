//! Straight segments: whether they meet each other and boxes. Exact for the numbers given (orientation is computed robustly); ends count.

use geo::{Kernel, Orientation, kernels::RobustKernel};
use geo_types::{Coord, Rect};

type Segment = [Coord<f64>; 2];

fn side([a, b]: Segment, point: Coord<f64>) -> Orientation {
    RobustKernel::orient2d(a, b, point)
}

/// The least box that holds a segment.
pub(super) fn around([a, b]: Segment) -> Rect<f64> {
    Rect::new(a, b)
}

/// Whether a box holds a point.
pub(super) fn has(bounds: Rect<f64>, point: Coord<f64>) -> bool {
    bounds.min().x <= point.x && point.x <= bounds.max().x && bounds.min().y <= point.y && point.y <= bounds.max().y
}

/// Whether a segment and a box have a point in common.
pub(super) fn meets_box(segment: Segment, bounds: Rect<f64>) -> bool {
    if !super::bounds::meets(around(segment), bounds) {
        return false;
    }
    if has(bounds, segment[0]) || has(bounds, segment[1]) {
        return true;
    }
    // Apart only where a line along the segment parts them: their boxes meet already.
    let (min, max) = (bounds.min(), bounds.max());
    let corners = [min, Coord { x: max.x, y: min.y }, max, Coord { x: min.x, y: max.y }].map(|corner| side(segment, corner));
    corners.iter().any(|corner| *corner != corners[0] || *corner == Orientation::Collinear)
}

/// Whether two segments have a point in common; either may be a point.
pub(super) fn meet(one: Segment, other: Segment) -> bool {
    if !super::bounds::meets(around(one), around(other)) {
        return false;
    }
    let parted = |line: Segment, [a, b]: Segment| {
        let (a, b) = (side(line, a), side(line, b));
        a == b && a != Orientation::Collinear
    };
    if parted(one, other) || parted(other, one) {
        return false;
    }
    // All in one line, or a point beside a line: then an end of the one lies in the other.
    let in_line = |line: Segment, point: Coord<f64>| side(line, point) == Orientation::Collinear && has(around(line), point);
    let is_flat = other.iter().all(|point| side(one, *point) == Orientation::Collinear)
        || one.iter().all(|point| side(other, *point) == Orientation::Collinear);
    !is_flat || other.iter().any(|point| in_line(one, *point)) || one.iter().any(|point| in_line(other, *point))
}

/// Whether a ray from `point` to the east passes the segment: an odd number over a ring means inside.
pub(super) fn is_passed([a, b]: Segment, point: Coord<f64>) -> bool {
    if (a.y > point.y) == (b.y > point.y) {
        return false;
    }
    let upwards = if a.y < b.y { [a, b] } else { [b, a] };
    side(upwards, point) == Orientation::CounterClockwise
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects, Line};
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Coord<f64>> {
        // Few values, so that ends touch and lines coincide often.
        (0..6i32, 0..6i32).prop_map(|(x, y)| Coord { x: f64::from(x), y: f64::from(y) })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn segments_meet_as_lines_do(a in point(), b in point(), c in point(), d in point()) {
            prop_assert_eq!(meet([a, b], [c, d]), Line::new(a, b).intersects(&Line::new(c, d)), "{:?}", [a, b, c, d]);
            prop_assert_eq!(meets_box([a, b], Rect::new(c, d)), Rect::new(c, d).to_polygon().intersects(&Line::new(a, b)), "{:?}", [a, b, c, d]);
        }
    }
}
