//! Room for a truck to turn (exact reading U14).

use super::edges::Piece;
use super::search::DrawnPlate;
use super::shape::{Point, at, bounds, dot, segments};
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
    let mut facing = pieces.iter().filter(|piece| piece.faces_road).peekable();
    facing.peek()?;
    let frame = bounds(site)?;
    // How large a circle around a point may be. It reaches the strip when it comes within the strip's depth of the road edge, so a centre
    // that is too far from the road counts as short by as much. The function changes by at most a metre per metre.
    let site = Boundary::new(segments(site));
    let plates: Vec<Boundary> = plates.iter().map(|plate| Boundary::new(plate.sides().into_iter())).collect();
    let obstacles: Vec<Boundary> = obstacles.iter().map(|shape| Boundary::new(segments(shape))).collect();
    let facing: Vec<(Segment, f64)> = facing.map(|piece| (Segment::new(piece.a, piece.b), piece.setback)).collect();
    let room = |centre: Point| {
        let taken = plates.iter().chain(&obstacles).map(|shape| -shape.depth(centre)).fold(f64::INFINITY, f64::min);
        let beyond = facing.iter().map(|(side, setback)| side.squared(centre).sqrt() - setback).fold(f64::INFINITY, f64::min);
        site.depth(centre).min(taken).min(2.0 * wanted - beyond)
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

/// A segment ready to be asked for its distance many times.
struct Segment {
    a: Point,
    b: Point,
    along: Point,
    /// One over the square of its length.
    per: f64,
}

impl Segment {
    fn new(a: Point, b: Point) -> Segment {
        let along = b - a;
        Segment { a, b, along, per: 1.0 / dot(along, along).max(f64::MIN_POSITIVE) }
    }

    /// Square of the distance to a point.
    fn squared(&self, point: Point) -> f64 {
        let offset = point - self.a;
        let off = offset - self.along * (dot(offset, self.along) * self.per).clamp(0.0, 1.0);
        dot(off, off)
    }
}

/// The rings of a shape.
struct Boundary(Vec<Segment>);

impl Boundary {
    fn new(sides: impl Iterator<Item = (Point, Point)>) -> Boundary {
        Boundary(sides.map(|(a, b)| Segment::new(a, b)).collect())
    }

    /// Distance to the boundary, positive inside.
    fn depth(&self, point: Point) -> f64 {
        let (mut nearest, mut inside) = (f64::INFINITY, false);
        for side in &self.0 {
            nearest = nearest.min(side.squared(point));
            let crosses = (side.a.y <= point.y) != (side.b.y <= point.y);
            inside ^= crosses && point.x < side.a.x + (point.y - side.a.y) / side.along.y * side.along.x;
        }
        if inside { nearest.sqrt() } else { -nearest.sqrt() }
    }
}
