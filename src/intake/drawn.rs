//! Shapes for a small map: simplified, few enough, in longitude and latitude.

use geo::{Coord, Geometry, LineString, Simplify};
use serde::Serialize;
use utoipa::ToSchema;

/// How an outline is to be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutlineKind {
    Polygon,
    Line,
    Point,
}

/// A shape as it is drawn. `parts` are polygons of rings; a line is a part of one ring, a point a ring of one position.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Outline {
    pub kind: OutlineKind,
    pub parts: Vec<Vec<Vec<[f64; 2]>>>,
}

/// Shapes that one map takes at most.
pub const MOST_SHAPES: usize = 1500;
/// Positions of all shapes of one map at most.
const MOST_POSITIONS: usize = 60_000;
/// A shape is drawn to this part of the map's width.
const FINENESS: f64 = 2500.0;
/// Decimals of a degree: a decimetre.
const DECIMALS: f64 = 1e6;

/// A box in degrees that grows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds(Option<[f64; 4]>);

impl Bounds {
    pub fn take(&mut self, at: Coord<f64>) {
        let [west, south, east, north] = self.0.unwrap_or([at.x, at.y, at.x, at.y]);
        self.0 = Some([west.min(at.x), south.min(at.y), east.max(at.x), north.max(at.y)]);
    }

    /// West, south, east, north.
    pub fn get(self) -> Option<[f64; 4]> {
        self.0
    }

    /// What may be left out of a line without being seen.
    pub fn tolerance(self) -> f64 {
        self.0.map_or(0.0, |[west, south, east, north]| (east - west).max(north - south) / FINENESS)
    }
}

/// What of a map is still free.
#[derive(Debug)]
pub struct Canvas {
    tolerance: f64,
    positions: usize,
}

impl Canvas {
    pub fn of(bounds: Bounds) -> Canvas {
        Canvas { tolerance: bounds.tolerance(), positions: MOST_POSITIONS }
    }

    /// The outline of rings in degrees; `None` once the map is full.
    pub fn draw(&mut self, kind: OutlineKind, parts: &[Vec<Vec<Coord<f64>>>]) -> Option<Outline> {
        let parts: Vec<Vec<Vec<[f64; 2]>>> = parts.iter().map(|rings| rings.iter().map(|ring| self.ring(ring)).collect()).collect();
        let count: usize = parts.iter().flatten().map(Vec::len).sum();
        self.positions = self.positions.checked_sub(count)?;
        Some(Outline { kind, parts })
    }

    /// The outline of a geometry in degrees.
    pub fn draw_geometry(&mut self, geometry: &Geometry<f64>) -> Option<Outline> {
        let line = |line: &LineString<f64>| line.0.clone();
        match geometry {
            Geometry::MultiPolygon(shape) => {
                let rings = |polygon: &geo::Polygon<f64>| std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(line).collect();
                self.draw(OutlineKind::Polygon, &shape.iter().map(rings).collect::<Vec<_>>())
            }
            Geometry::MultiLineString(shape) => self.draw(OutlineKind::Line, &shape.iter().map(|part| vec![line(part)]).collect::<Vec<_>>()),
            Geometry::Point(point) => self.draw(OutlineKind::Point, &[vec![vec![point.0]]]),
            _ => None,
        }
    }

    fn ring(&self, ring: &[Coord<f64>]) -> Vec<[f64; 2]> {
        let mut kept = LineString::new(ring.to_vec()).simplify(self.tolerance).0;
        // A shape that is too small to be seen is still one.
        if kept.len() < 4 && ring.len() >= 4 {
            let last = ring.len() - 1;
            kept = [0, last / 3, last * 2 / 3, last].map(|at| ring[at]).to_vec();
        }
        kept.into_iter().map(|at| [at.x, at.y].map(|degrees| (degrees * DECIMALS).round() / DECIMALS)).collect()
    }
}

/// Evenly spaced members of many, at most so many.
pub fn thinned<T>(all: &[T], most: usize) -> impl Iterator<Item = &T> {
    all.iter().step_by(all.len().div_ceil(most).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_loses_what_is_not_seen_and_stays_a_ring() {
        let corner = |x: f64, y: f64| Coord { x, y };
        let ring =
            vec![corner(114.0, 22.0), corner(114.05, 22.000_001), corner(114.1, 22.0), corner(114.1, 22.1), corner(114.0, 22.1), corner(114.0, 22.0)];
        let mut bounds = Bounds::default();
        ring.iter().for_each(|at| bounds.take(*at));
        let mut canvas = Canvas::of(bounds);
        let drawn = canvas.draw(OutlineKind::Polygon, &[vec![ring.clone()]]).expect("room");
        assert_eq!(drawn.parts[0][0].len(), 5);
        let tiny: Vec<_> = ring.iter().map(|at| corner(114.0 + (at.x - 114.0) * 1e-5, 22.0 + (at.y - 22.0) * 1e-5)).collect();
        assert_eq!(canvas.draw(OutlineKind::Polygon, &[vec![tiny]]).expect("room").parts[0][0].len(), 4);
        assert_eq!(bounds.get(), Some([114.0, 22.0, 114.1, 22.1]));
    }

    #[test]
    fn a_full_map_takes_no_more() {
        let mut canvas = Canvas { tolerance: 0.0, positions: 5 };
        let point = vec![vec![vec![Coord { x: 114.0, y: 22.0 }; 3]]];
        assert!(canvas.draw(OutlineKind::Line, &point).is_some());
        assert!(canvas.draw(OutlineKind::Line, &point).is_none());
    }
}
