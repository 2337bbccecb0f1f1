//! Boxes: what meets and what holds both.

use geo_types::{Coord, Rect};

/// The least box that holds both.
pub fn union(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) }, Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) })
}

/// Whether the boxes have a point in common; edges count.
pub fn meets(a: Rect<f64>, b: Rect<f64>) -> bool {
    a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
}

/// Whether `outer` holds all of `inner`.
pub fn holds(outer: Rect<f64>, inner: Rect<f64>) -> bool {
    outer.min().x <= inner.min().x && outer.min().y <= inner.min().y && inner.max().x <= outer.max().x && inner.max().y <= outer.max().y
}

/// The box grown by `margin` metres on every side.
pub fn grown(bounds: Rect<f64>, margin: f64) -> Rect<f64> {
    let reach = Coord { x: margin, y: margin };
    Rect::new(bounds.min() - reach, bounds.max() + reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_that_touch_meet_and_their_union_holds_both() {
        let (a, b, c) = (Rect::new((0.0, 0.0), (2.0, 2.0)), Rect::new((2.0, 1.0), (3.0, 5.0)), Rect::new((2.1, 0.0), (3.0, 0.9)));
        assert!(meets(a, b) && meets(b, a) && !meets(a, c) && !meets(b, c));
        let both = union(a, b);
        assert_eq!(both, Rect::new((0.0, 0.0), (3.0, 5.0)));
        assert!(holds(both, a) && holds(both, b) && !holds(a, both) && meets(grown(a, 0.1), c));
    }
}
