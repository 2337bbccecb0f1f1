//! Control lines in and around the parks, and woods on the open land between.

use super::dice::{Dice, noise};
use super::lattice::{Axis, Lattice, Rect, millimetres};
use super::plan::hilbert;
use super::ring::Ring;
use super::rows::{SOURCE, surface};
use super::setting::{Part, Setting};
use crate::domain::{Layer, Row};
use geo_types::Coord;
use std::f64::consts::TAU;

struct Control {
    kind: &'static str,
    name: &'static str,
    height_limit_m: Option<f64>,
    ring: Ring,
}

pub(super) fn rows(layer: &'static Layer, setting: &Setting, seed: u64) -> Vec<Row> {
    let mut controls = Vec::new();
    for (index, park) in setting.parks.iter().enumerate() {
        for (number, part) in park.parts.iter().enumerate() {
            let mut dice = Dice::new(seed, 40, index as u64 * 10 + number as u64);
            in_park(setting, part, &mut dice, &mut controls);
        }
    }
    woods(setting, seed, &mut controls);
    controls.sort_by_key(|control| hilbert(control.ring[0]));
    controls.into_iter().enumerate().map(|(index, control)| row(layer, index, control)).collect()
}

fn row(layer: &'static Layer, index: usize, control: Control) -> Row {
    let mut row = Row::empty(layer);
    let hard = matches!(control.kind, "ecological" | "farmland" | "heritage" | "high_voltage" | "rail");
    row.set(layer, "code", format!("CL-{:04}", index + 1))
        .set(layer, "name", format!("{} {}", control.name, index + 1))
        .set(layer, "kind", control.kind)
        .set(layer, "hard", hard)
        .set(layer, "dedicated", matches!(control.kind, "road_widening" | "green"))
        .set(layer, "height_limit_m", control.height_limit_m)
        .set(layer, "planar_area_m2", super::ring::area(&control.ring))
        .set(layer, "source", SOURCE);
    row.geometry = Some(surface(&control.ring));
    row
}

/// The lattice box and cell range of a part.
struct Reach {
    columns: (i32, i32),
    rows: (i32, i32),
    rect: Rect,
}

fn reach(lattice: &Lattice, part: &Part) -> Reach {
    let (mut columns, mut rows) = ((i32::MAX, i32::MIN), (i32::MAX, i32::MIN));
    for &(column, row) in part.cells.iter().flatten() {
        columns = (columns.0.min(column), columns.1.max(column));
        rows = (rows.0.min(row), rows.1.max(row));
    }
    let (low, high) = (lattice.cell(columns.0, rows.0), lattice.cell(columns.1, rows.1));
    Reach { columns, rows, rect: Rect { x0: low.x0, y0: low.y0, x1: high.x1, y1: high.y1 } }
}

fn in_park(setting: &Setting, part: &Part, dice: &mut Dice, controls: &mut Vec<Control>) {
    let district = &setting.districts[part.district];
    let lattice = &district.lattice;
    let reach = reach(lattice, part);
    let rect = &reach.rect;
    let mut push = |kind, name, height_limit_m, ring: Ring| {
        if ring.iter().all(|point| district.contains(*point)) {
            controls.push(Control { kind, name, height_limit_m, ring });
        }
    };
    let somewhere = |dice: &mut Dice| (dice.between(rect.x0, rect.x1), dice.between(rect.y0, rect.y1));

    if dice.chance(0.75) {
        let (x, y) = somewhere(dice);
        push(
            "high_voltage",
            "高压走廊",
            None,
            strip(lattice.place(x, y), dice.between(0.0, TAU / 2.0), dice.between(2200.0, 3600.0), dice.between(30.0, 50.0)),
        );
    }
    if dice.chance(0.5) {
        let y = dice.between(rect.y0, rect.y1);
        let margin = dice.between(200.0, 900.0);
        push("rail", "轨道保护区", None, lattice.trace_rect(&Rect { x0: rect.x0 - margin, y0: y - 30.0, x1: rect.x1 + margin, y1: y + 30.0 }));
    }
    if dice.chance(0.65) {
        let edge = if dice.chance(0.5) { rect.x0 } else { rect.x1 };
        let at = lattice.place(edge, dice.between(rect.y0, rect.y1));
        push("ecological", "生态保护红线", None, blob(at, dice.between(180.0, 420.0), dice));
    }
    if dice.chance(0.45) {
        let (x, y) = somewhere(dice);
        let (width, depth) = (dice.between(120.0, 320.0), dice.between(90.0, 240.0));
        push("farmland", "永久基本农田", None, lattice.trace_rect(&Rect { x0: x, y0: y, x1: x + width, y1: y + depth }));
    }
    for _ in 0..2 {
        let line = dice.whole(i64::from(reach.columns.0), i64::from(reach.columns.1)) as i32;
        let first = dice.whole(i64::from(reach.rows.0), i64::from(reach.rows.1)) as i32;
        let (from, to) = (lattice.line(Axis::Row, first), lattice.line(Axis::Row, first + 3));
        let kerb = lattice.line(Axis::Column, line) + lattice.width(line) / 2.0;
        push("road_widening", "道路拓宽", None, lattice.trace_rect(&Rect { x0: kerb - 1.0, y0: from, x1: kerb + dice.between(6.0, 12.0), y1: to }));
    }
    for _ in 0..dice.whole(1, 2) {
        let line = dice.whole(i64::from(reach.rows.0), i64::from(reach.rows.1)) as i32;
        let first = dice.whole(i64::from(reach.columns.0), i64::from(reach.columns.1)) as i32;
        let (from, to) = (lattice.line(Axis::Column, first), lattice.line(Axis::Column, first + 2));
        let kerb = lattice.line(Axis::Row, line) + lattice.width(line) / 2.0;
        push("green", "城市绿线", None, lattice.trace_rect(&Rect { x0: from, y0: kerb - 1.0, x1: to, y1: kerb + dice.between(12.0, 20.0) }));
    }
    if dice.chance(0.35) {
        let (x, y) = somewhere(dice);
        push("heritage", "文物保护范围", None, blob(lattice.place(x, y), dice.between(22.0, 60.0), dice));
    }
    if dice.chance(0.35) {
        let (x, y) = somewhere(dice);
        let ring = lattice.trace_rect(&Rect { x0: x - 600.0, y0: y - 450.0, x1: x + 500.0, y1: y + 500.0 });
        push("height", "限高区", Some(*dice.pick(&[45.0, 60.0, 80.0])), ring);
    }
}

/// Woods where the terrain noise is high and no park is near.
fn woods(setting: &Setting, seed: u64, controls: &mut Vec<Control>) {
    const STEP_M: f64 = 2400.0;
    for (index, district) in setting.districts.iter().enumerate() {
        let (low, high) = district.bounds();
        let mut dice = Dice::new(seed, 41, index as u64);
        let (columns, rows) = (((high.x - low.x) / STEP_M) as i64, ((high.y - low.y) / STEP_M) as i64);
        for (column, row) in (0..=columns).flat_map(|column| (0..=rows).map(move |row| (column, row))) {
            let at =
                Coord { x: low.x + STEP_M * (column as f64 + dice.between(0.2, 0.8)), y: low.y + STEP_M * (row as f64 + dice.between(0.2, 0.8)) };
            let radius = dice.between(450.0, 950.0);
            let ring = blob(at, radius, &mut dice);
            let open = super::plan::terrain(seed, at) > 0.62 && super::plan::away(setting, at) > radius * 1.4 + 600.0;
            if open && noise(seed, 42, at.x, at.y, 5000.0) > 0.2 && ring.iter().all(|point| district.contains(*point)) {
                controls.push(Control { kind: "ecological", name: "生态保护红线", height_limit_m: None, ring });
            }
        }
    }
}

/// A straight strip around a middle.
fn strip(middle: Coord<f64>, angle: f64, length: f64, width: f64) -> Ring {
    let (sin, cos) = angle.sin_cos();
    let at = |u: f64, v: f64| millimetres(Coord { x: middle.x + cos * u - sin * v, y: middle.y + sin * u + cos * v });
    let (l, w) = (length / 2.0, width / 2.0);
    vec![at(-l, -w), at(l, -w), at(l, w), at(-l, w)]
}

/// A star-shaped patch whose radius swings by a quarter.
fn blob(middle: Coord<f64>, radius: f64, dice: &mut Dice) -> Ring {
    const POINTS: u32 = 28;
    let (p, q) = (dice.between(0.0, TAU), dice.between(0.0, TAU));
    (0..POINTS)
        .map(|index| {
            let angle = TAU * f64::from(index) / f64::from(POINTS);
            let r = radius * (1.0 + 0.16 * (2.0 * angle + p).sin() + 0.09 * (5.0 * angle + q).sin());
            millimetres(Coord { x: middle.x + r * angle.cos(), y: middle.y + r * angle.sin() })
        })
        .collect()
}
