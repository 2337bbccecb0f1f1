//! The part of a drawn geometry that lies about the land of a table.
//!
//! A projection holds some way around its meridian and folds what lies beyond: of a polygon around the world the corners come to lie anywhere.
//! So what reaches far beyond the land is cut off a degree away from it, where no row can tell the difference, and the edges of what is left are
//! made of short pieces, because a straight line in degrees is bent in the plane.

use crate::spatial::crs::WorkingCrs;
use geo::{BoundingRect, Contains};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon, Rect};

/// Around the land, degrees.
const MARGIN: f64 = 1.0;
/// The longest edge of what was cut, degrees: 1 m at most from the straight line.
const STEP: f64 = 0.1;

/// `drawn` in degrees, cut where it reaches beyond a degree around `land` (in the plane); lines and points stay as they are.
pub(super) fn near(drawn: Geometry<f64>, land: Option<Rect<f64>>, crs: &WorkingCrs) -> Geometry<f64> {
    let Some(window) = land.and_then(|land| window(land, crs)) else { return drawn };
    if drawn.bounding_rect().is_none_or(|bounds| window.contains(&bounds)) {
        return drawn;
    }
    let left = match drawn {
        Geometry::Polygon(part) => cut(&[part], window),
        Geometry::MultiPolygon(MultiPolygon(parts)) => cut(&parts, window),
        other => return other,
    };
    // Nothing of it is near: any place that is far from all rows says so, where an empty shape would say that nothing is known.
    if left.0.is_empty() { Geometry::Point(window.min().into()) } else { left.into() }
}

fn window(land: Rect<f64>, crs: &WorkingCrs) -> Option<Rect<f64>> {
    let corners = [(land.min().x, land.min().y), (land.max().x, land.min().y), (land.max().x, land.max().y), (land.min().x, land.max().y)];
    let bounds = LineString::from_iter(corners.map(|(x, y)| crs.to_lon_lat(Coord { x, y }))).bounding_rect()?;
    let grow = Coord { x: MARGIN, y: MARGIN };
    let grown = Rect::new(bounds.min() - grow, bounds.max() + grow);
    [grown.min(), grown.max()].iter().all(|at| at.x.is_finite() && at.y.is_finite()).then_some(grown)
}

fn cut(parts: &[Polygon<f64>], window: Rect<f64>) -> MultiPolygon<f64> {
    let part = |part: &Polygon<f64>| {
        let shell = ring(part.exterior(), window)?;
        Some(Polygon::new(shell, part.interiors().iter().filter_map(|hole| ring(hole, window)).collect()))
    };
    parts.iter().filter_map(part).collect()
}

/// What of a ring lies in the window (Sutherland and Hodgman's way, a side after the other); where it leaves, it follows the window's side.
fn ring(ring: &LineString<f64>, window: Rect<f64>) -> Option<LineString<f64>> {
    let mut points: Vec<Coord<f64>> = ring.0.clone();
    points.pop();
    for (axis, bound, is_low) in [(0, window.min().x, true), (0, window.max().x, false), (1, window.min().y, true), (1, window.max().y, false)] {
        let inside = |at: Coord<f64>| if is_low { part(at, axis) >= bound } else { part(at, axis) <= bound };
        let mut kept = Vec::with_capacity(points.len() + 4);
        for (index, to) in points.iter().enumerate() {
            let from = points[(index + points.len() - 1) % points.len()];
            if inside(from) != inside(*to) {
                kept.push(on(from, *to, axis, bound));
            }
            if inside(*to) {
                kept.push(*to);
            }
        }
        points = kept;
    }
    if points.len() < 3 {
        return None;
    }
    let mut fine = Vec::with_capacity(points.len());
    for (index, from) in points.iter().enumerate() {
        let to = points[(index + 1) % points.len()];
        let edge = to - *from;
        // Along the window's sides nothing is near that could tell.
        let aside = [window.min().x, window.max().x].iter().any(|x| from.x == *x && to.x == *x)
            || [window.min().y, window.max().y].iter().any(|y| from.y == *y && to.y == *y);
        let pieces = if aside { 1.0 } else { (edge.x.abs().max(edge.y.abs()) / STEP).ceil().max(1.0) };
        fine.extend((0..pieces as u32).map(|piece| *from + edge * (f64::from(piece) / pieces)));
    }
    fine.push(fine[0]);
    Some(LineString(fine))
}

fn part(at: Coord<f64>, axis: usize) -> f64 {
    if axis == 0 { at.x } else { at.y }
}

/// Where the way between two places meets a border: on it to the last digit, and between them however far they lie.
fn on(from: Coord<f64>, to: Coord<f64>, axis: usize, bound: f64) -> Coord<f64> {
    let share = ((bound - part(from, axis)) / (part(to, axis) - part(from, axis))).clamp(0.0, 1.0);
    let other = part(from, 1 - axis) + (part(to, 1 - axis) - part(from, 1 - axis)) * share;
    if axis == 0 { Coord { x: bound, y: other } } else { Coord { x: other, y: bound } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{MapCoords, Relate};

    fn land() -> (WorkingCrs, Rect<f64>) {
        let crs = WorkingCrs::parse("EPSG:4547").unwrap();
        let at = |x, y| crs.from_lon_lat(Coord { x, y });
        let land = Rect::new(at(113.9, 22.5), at(114.1, 22.7));
        (crs, land)
    }

    fn boxed(west: f64, south: f64, east: f64, north: f64) -> Geometry<f64> {
        Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }).to_polygon().into()
    }

    #[test]
    fn what_lies_about_the_land_stays_as_it_was_drawn() {
        let (crs, land) = land();
        for drawn in [boxed(113.95, 22.55, 114.05, 22.6), boxed(113.5, 22.0, 114.5, 23.0)] {
            assert_eq!(near(drawn.clone(), Some(land), &crs), drawn);
        }
    }

    #[test]
    fn the_world_and_its_halves_lie_to_the_land_as_they_do_on_a_globe() {
        let (crs, land) = land();
        let plot: Geometry<f64> = boxed(113.99, 22.59, 114.01, 22.61).map_coords(|at| crs.from_lon_lat(at));
        let inside = |drawn: Geometry<f64>| {
            let drawn = near(drawn, Some(land), &crs).map_coords(|at| crs.from_lon_lat(at));
            let matrix = plot.relate(&drawn);
            assert_eq!(matrix.is_intersects(), !matrix.is_disjoint());
            (matrix.is_within(), matrix.is_intersects())
        };
        assert_eq!(inside(boxed(-180.0, -90.0, 180.0, 90.0)), (true, true));
        assert_eq!(inside(boxed(0.0, 0.0, 180.0, 90.0)), (true, true));
        assert_eq!(inside(boxed(114.0, -90.0, 180.0, 90.0)), (false, true));
        assert_eq!(inside(boxed(-180.0, -90.0, 113.0, 90.0)), (false, false));
        assert_eq!(inside(boxed(-180.0, -90.0, 100.0, 90.0)), (false, false));
        // Numbers beyond all places are cut as others are, and cost nothing.
        let far = LineString::from(vec![(114.0, 22.5), (114.1, 22.5), (114.1, 22.6), (1.1e31, 22.5), (114.0, 22.5)]);
        near(Polygon::new(far, Vec::new()).into(), Some(land), &crs);
        let (shell, hole) = (boxed(-180.0, -90.0, 180.0, 90.0), boxed(113.98, 22.58, 114.02, 22.62));
        let (Geometry::Polygon(shell), Geometry::Polygon(hole)) = (shell, hole) else { panic!("boxes") };
        assert_eq!(inside(Polygon::new(shell.exterior().clone(), vec![hole.exterior().clone()]).into()), (false, false));
    }
}
