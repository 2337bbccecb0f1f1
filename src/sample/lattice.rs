//! The street lattice of a district: a rotated grid with uneven spacing, bent by a sine.
//!
//! Streets live in lattice metres (x along the columns, y along the rows), where every street is straight and every block a rectangle;
//! [`Lattice::place`] takes a lattice point to the ground. The bend is slight, so lengths agree to a few per cent.

use geo_types::Coord;
use serde::Deserialize;

/// The figures of one district's lattice (`geodata/sample/city.toml`).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Lattice {
    pub(super) district: String,
    salt: i64,
    origin_e: f64,
    origin_n: f64,
    rotation_deg: f64,
    cell_x_m: f64,
    cell_y_m: f64,
    warp_m: f64,
    wave_m: f64,
    phase: f64,
    /// Weight of the distance to parks and centres when the city spreads: low goes first.
    pub(super) pull: f64,
}

/// The rank of a street, which fixes its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Street {
    Express,
    Arterial,
    Collector,
    Local,
}

impl Street {
    pub(super) fn code(self) -> &'static str {
        match self {
            Street::Express => "express",
            Street::Arterial => "arterial",
            Street::Collector => "collector",
            Street::Local => "local",
        }
    }
}

/// Column lines run along y, row lines along x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Column,
    Row,
}

/// An axis-parallel rectangle in lattice metres.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub(super) x0: f64,
    pub(super) y0: f64,
    pub(super) x1: f64,
    pub(super) y1: f64,
}

impl Rect {
    pub(super) fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub(super) fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    pub(super) fn area(&self) -> f64 {
        self.width() * self.height()
    }

    pub(super) fn centre(&self) -> (f64, f64) {
        ((self.x0 + self.x1) / 2.0, (self.y0 + self.y1) / 2.0)
    }
}

/// Longest straight step of a bent line on the ground, in metres.
const STEP_M: f64 = 95.0;

impl Lattice {
    /// The lattice coordinate of line `index`.
    pub(super) fn line(&self, axis: Axis, index: i32) -> f64 {
        let (cell, salt) = match axis {
            Axis::Column => (self.cell_x_m, self.salt),
            Axis::Row => (self.cell_y_m, self.salt + 17),
        };
        let scatter = (i64::from(index) * 7919 + salt * 104_729 + 12_345).rem_euclid(1000) as f64 / 1000.0 - 0.5;
        cell * (f64::from(index) + 0.22 * scatter)
    }

    /// Every second line is an arterial; one in twelve of the others is an expressway.
    pub(super) fn street(&self, index: i32) -> Street {
        match index.rem_euclid(12) {
            5 => Street::Express,
            even if even % 2 == 0 => Street::Arterial,
            _ => Street::Collector,
        }
    }

    /// Width of the lattice line between its kerbs, in metres.
    pub(super) fn width(&self, index: i32) -> f64 {
        match self.street(index) {
            Street::Express => 60.0,
            Street::Arterial => 40.0,
            _ => 26.0,
        }
    }

    /// The rectangle of a cell between its street lines.
    pub(super) fn cell(&self, column: i32, row: i32) -> Rect {
        Rect {
            x0: self.line(Axis::Column, column),
            y0: self.line(Axis::Row, row),
            x1: self.line(Axis::Column, column + 1),
            y1: self.line(Axis::Row, row + 1),
        }
    }

    /// The part of a cell that its streets leave.
    pub(super) fn cell_net(&self, column: i32, row: i32) -> Rect {
        let gross = self.cell(column, row);
        Rect {
            x0: gross.x0 + self.width(column) / 2.0,
            y0: gross.y0 + self.width(row) / 2.0,
            x1: gross.x1 - self.width(column + 1) / 2.0,
            y1: gross.y1 - self.width(row + 1) / 2.0,
        }
    }

    /// A lattice point on the ground.
    pub(super) fn place(&self, x: f64, y: f64) -> Coord<f64> {
        let k = std::f64::consts::TAU / self.wave_m;
        let bent_x = x + self.warp_m * (k * y + self.phase).sin();
        let bent_y = y + self.warp_m * (k * x + 2.0 * self.phase).sin();
        let (sin, cos) = self.rotation_deg.to_radians().sin_cos();
        Coord { x: self.origin_e + cos * bent_x - sin * bent_y, y: self.origin_n + sin * bent_x + cos * bent_y }
    }

    /// The ground direction of the lattice's x axis near a lattice point (unit vector).
    pub(super) fn direction(&self, x: f64, y: f64) -> Coord<f64> {
        let (a, b) = (self.place(x - 20.0, y), self.place(x + 20.0, y));
        let length = (b.x - a.x).hypot(b.y - a.y);
        Coord { x: (b.x - a.x) / length, y: (b.y - a.y) / length }
    }

    /// The cells (columns, rows) that may touch a ground box.
    pub(super) fn cells_over(&self, low: Coord<f64>, high: Coord<f64>) -> ((i32, i32), (i32, i32)) {
        let (sin, cos) = self.rotation_deg.to_radians().sin_cos();
        let (mut x, mut y) = ((f64::MAX, f64::MIN), (f64::MAX, f64::MIN));
        for (e, n) in [(low.x, low.y), (high.x, low.y), (high.x, high.y), (low.x, high.y)] {
            let (de, dn) = (e - self.origin_e, n - self.origin_n);
            let (u, v) = (cos * de + sin * dn, -sin * de + cos * dn);
            x = (x.0.min(u), x.1.max(u));
            y = (y.0.min(v), y.1.max(v));
        }
        let index = |value: f64, cell: f64| (value / cell).floor() as i32;
        let pad = self.warp_m;
        (
            (index(x.0 - pad, self.cell_x_m) - 1, index(x.1 + pad, self.cell_x_m) + 1),
            (index(y.0 - pad, self.cell_y_m) - 1, index(y.1 + pad, self.cell_y_m) + 1),
        )
    }

    /// A straight lattice line as bent ground points, both ends included.
    pub(super) fn trace(&self, from: (f64, f64), to: (f64, f64)) -> Vec<Coord<f64>> {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let steps = (length / STEP_M).ceil().max(1.0) as usize;
        (0..=steps)
            .map(|step| {
                let t = step as f64 / steps as f64;
                millimetres(self.place(from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t))
            })
            .collect()
    }

    /// A lattice rectangle as an open ground ring, anticlockwise.
    pub(super) fn trace_rect(&self, rect: &Rect) -> Vec<Coord<f64>> {
        let corners = [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)];
        let mut ring = Vec::new();
        for side in 0..4 {
            let mut points = self.trace(corners[side], corners[(side + 1) % 4]);
            points.pop();
            ring.append(&mut points);
        }
        ring
    }
}

/// Rounds to the millimetre, the resolution of a cadastral record.
pub(super) fn millimetres(point: Coord<f64>) -> Coord<f64> {
    Coord { x: (point.x * 1000.0).round() / 1000.0, y: (point.y * 1000.0).round() / 1000.0 }
}
