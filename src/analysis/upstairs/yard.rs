//! Room for a truck to turn (exact reading U14).

use super::edges::Piece;
use super::shape::{Point, at, bounds, depth, distance_to_segment};
use super::solve::DrawnPlate;
use geo_types::MultiPolygon;

/// To how many metres the largest circle is found.
const PRECISION: f64 = 0.1;

/// Room for a truck to turn, in the land's local coordinates, m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Circle {
    pub centre: Point,
    pub radius: f64,
}

/// The largest circle, up to the radius `wanted`, inside the open site that touches the strip of a road-facing piece, found to 0.1 m;
/// `None` when no piece faces a road. With `decide` only whether `wanted` is reached matters, and a smaller circle need not be the largest.
pub(super) fn largest_circle(
    site: &MultiPolygon<f64>,
    plates: &[DrawnPlate],
    obstacles: &[&MultiPolygon<f64>],
    pieces: &[Piece],
    wanted: f64,
    decide: bool,
) -> Option<Circle> {
    let facing: Vec<&Piece> = pieces.iter().filter(|piece| piece.faces_road).collect();
    let frame = bounds(site).filter(|_| !facing.is_empty())?;
    // How large a circle around a point may be. It reaches the strip when it comes within the strip's depth of the road edge, so a centre
    // that is too far from the road counts as short by as much. The function changes by at most a metre per metre.
    let room = |centre: Point| {
        let free = depth(site, centre);
        let plates = plates.iter().map(|plate| clear_of_plate(plate, centre)).fold(f64::INFINITY, f64::min);
        let barred = obstacles.iter().map(|shape| -depth(shape, centre)).fold(f64::INFINITY, f64::min);
        let beyond = facing.iter().map(|piece| distance_to_segment(centre, piece.a, piece.b) - piece.setback).fold(f64::INFINITY, f64::min);
        free.min(plates).min(barred).min(2.0 * wanted - beyond)
    };
    let half = (frame.width().max(frame.height())) / 2.0;
    let mut cells = vec![Cell::new(frame.center(), half, &room)];
    let mut best = (cells[0].room, cells[0].centre);
    // Best first, quartering each square that could still hold more than is known.
    let worth = |most: f64, best: f64| most > best + PRECISION && !(decide && most < wanted);
    while let Some(cell) = cells.pop() {
        if best.0 >= wanted || !worth(cell.most, best.0) {
            break;
        }
        for (dx, dy) in [(-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5), (0.5, 0.5)] {
            let part = Cell::new(cell.centre + at(dx, dy) * cell.half, cell.half / 2.0, &room);
            if part.room > best.0 {
                best = (part.room, part.centre);
            }
            if worth(part.most, best.0) {
                let place = cells.partition_point(|known| known.most < part.most);
                cells.insert(place, part);
            }
        }
    }
    Some(Circle { centre: best.1, radius: best.0.clamp(0.0, wanted) })
}

struct Cell {
    centre: Point,
    half: f64,
    room: f64,
    /// No point of the square has more room than this.
    most: f64,
}

impl Cell {
    fn new(centre: Point, half: f64, room: &impl Fn(Point) -> f64) -> Cell {
        let here = room(centre);
        Cell { centre, half, room: here, most: here + half * std::f64::consts::SQRT_2 }
    }
}

/// Distance to a plate, negative inside it.
fn clear_of_plate(plate: &DrawnPlate, point: Point) -> f64 {
    let corners = plate.corners;
    let mut outside = false;
    let mut nearest = f64::INFINITY;
    for index in 0..4 {
        let (a, b) = (corners[index], corners[(index + 1) % 4]);
        outside |= super::shape::cross(b - a, point - a) < 0.0;
        nearest = nearest.min(distance_to_segment(point, a, b));
    }
    if outside { nearest } else { -nearest }
}
