//! Small plane geometry that the upstairs check needs and that must be fast and exact on plain shapes.

use geo::algorithm::bool_ops::FillRule;
use geo::{Area, BooleanOps, BoundingRect, OpType};
use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};

pub(super) type Point = Coord<f64>;

pub(super) fn at(x: f64, y: f64) -> Point {
    Coord { x, y }
}

pub(super) fn cross(a: Point, b: Point) -> f64 {
    a.x * b.y - a.y * b.x
}

pub(super) fn dot(a: Point, b: Point) -> f64 {
    a.x * b.x + a.y * b.y
}

pub(super) fn length(a: Point) -> f64 {
    // Coordinates are metres near the origin: nothing overflows, and this is several times faster than `hypot`.
    (a.x * a.x + a.y * a.y).sqrt()
}

/// Twice the signed area of an open or closed ring.
fn doubled(points: &[Point]) -> f64 {
    let Some(&origin) = points.first() else { return 0.0 };
    points.windows(2).map(|pair| cross(pair[0] - origin, pair[1] - origin)).sum()
}

/// The shape moved by −`origin`, exteriors counter-clockwise, holes clockwise, no repeated points, no empty rings. Sums and boolean
/// operations lose fewer digits near the origin, and every later step may rely on the inside being to the left.
pub(super) fn normalised(shape: &MultiPolygon<f64>, origin: Point) -> MultiPolygon<f64> {
    let ring = |ring: &LineString<f64>, positive: bool| -> Option<LineString<f64>> {
        let mut points: Vec<Point> = ring.0.iter().map(|point| *point - origin).collect();
        points.dedup_by(|a, b| length(*a - *b) < 1e-9);
        let doubled = doubled(&points);
        if points.len() < 4 || doubled == 0.0 {
            return None;
        }
        if (doubled > 0.0) != positive {
            points.reverse();
        }
        Some(LineString(points))
    };
    let polygons = shape.0.iter().filter_map(|polygon| {
        let holes = polygon.interiors().iter().filter_map(|hole| ring(hole, false)).collect();
        Some(Polygon::new(ring(polygon.exterior(), true)?, holes))
    });
    MultiPolygon(polygons.collect())
}

/// `shape` without everything in `cutters`, which may overlap one another but wind counter-clockwise.
pub(super) fn without(shape: &MultiPolygon<f64>, cutters: Vec<Polygon<f64>>) -> MultiPolygon<f64> {
    if cutters.is_empty() || shape.0.is_empty() {
        return shape.clone();
    }
    let cut = shape.boolean_op_with_fill_rule(&MultiPolygon(cutters), OpType::Difference, FillRule::NonZero);
    cleaned(normalised(&cut, at(0.0, 0.0)))
}

/// Without slivers below a square millimetre, which are left over by coincident edges.
fn cleaned(mut shape: MultiPolygon<f64>) -> MultiPolygon<f64> {
    shape.0.retain(|polygon| polygon.unsigned_area() > 1e-6);
    shape
}

pub(super) fn bounds(shape: &MultiPolygon<f64>) -> Option<Rect<f64>> {
    shape.bounding_rect()
}

pub(super) fn boxes_meet(a: &Rect<f64>, b: &Rect<f64>) -> bool {
    a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
}

/// The segments of every ring, inside to the left.
pub(super) fn segments(shape: &MultiPolygon<f64>) -> impl Iterator<Item = (Point, Point)> + '_ {
    rings(shape).flat_map(|ring| ring.0.windows(2).map(|pair| (pair[0], pair[1])))
}

pub(super) fn rings(shape: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    shape.0.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
}

/// Distance from a point to a segment.
pub(super) fn distance_to_segment(point: Point, a: Point, b: Point) -> f64 {
    length(point - nearest_on_segment(point, a, b))
}

pub(super) fn nearest_on_segment(point: Point, a: Point, b: Point) -> Point {
    let along = b - a;
    let squared = dot(along, along);
    let t = if squared > 0.0 { (dot(point - a, along) / squared).clamp(0.0, 1.0) } else { 0.0 };
    a + along * t
}

/// Even-odd test; points on the boundary may go either way.
pub(super) fn contains(shape: &MultiPolygon<f64>, point: Point) -> bool {
    segments(shape).filter(|(a, b)| (a.y <= point.y) != (b.y <= point.y) && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)).count() % 2
        == 1
}

/// Length of the segment from `a` to `b` that lies inside `shape`.
pub(super) fn length_inside(shape: &MultiPolygon<f64>, a: Point, b: Point) -> f64 {
    let along = b - a;
    let mut cuts = vec![0.0, 1.0];
    for (c, d) in segments(shape) {
        let denominator = cross(along, d - c);
        if denominator != 0.0 {
            let (t, u) = (cross(c - a, d - c) / denominator, cross(c - a, along) / denominator);
            if (0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u) {
                cuts.push(t);
            }
        }
    }
    cuts.sort_by(f64::total_cmp);
    let inside = cuts.windows(2).filter(|pair| contains(shape, a + along * ((pair[0] + pair[1]) / 2.0)));
    inside.map(|pair| pair[1] - pair[0]).sum::<f64>() * length(along)
}

pub(super) fn area(shape: &MultiPolygon<f64>) -> f64 {
    shape.unsigned_area()
}
