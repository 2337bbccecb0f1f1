//! Streets as centre lines: the lattice lines where the city is built or near, and the lanes inside its cells.

use super::lattice::{Axis, Street};
use super::names;
use super::plan::Plan;
use super::rows::SOURCE;
use super::setting::Setting;
use crate::domain::{Layer, Row};
use geo_types::{Coord, Geometry, LineString, MultiLineString};

pub(super) fn rows(layer: &'static Layer, setting: &Setting, plan: &Plan) -> Vec<Row> {
    let mut rows = Vec::new();
    for district in 0..setting.districts.len() {
        let mut number = 0;
        let code = setting.districts[district].code.as_str();
        let mut push = |rank: Street, name: Option<String>, width: f64, points: Vec<Coord<f64>>| {
            number += 1;
            let mut row = Row::empty(layer);
            row.set(layer, "code", format!("R-{code}-{number:04}"))
                .set(layer, "name", name)
                .set(layer, "class", rank.code())
                .set(layer, "width_m", width)
                .set(layer, "source", SOURCE);
            row.geometry = Some(Geometry::MultiLineString(MultiLineString::new(vec![LineString::new(points)])));
            rows.push(row);
        };
        for axis in [Axis::Column, Axis::Row] {
            lattice_lines(setting, plan, district, axis, &mut push);
        }
        let lattice = &setting.districts[district].lattice;
        for lane in plan.cells.range((district, i32::MIN, i32::MIN)..=(district, i32::MAX, i32::MAX)).flat_map(|(_, lanes)| lanes) {
            push(Street::Local, None, lane.width, lattice.trace(lane.from, lane.to));
        }
    }
    rows
}

/// Runs of segments between lattice nodes; a run ends where the street has no reason to go on.
fn lattice_lines(setting: &Setting, plan: &Plan, index: usize, axis: Axis, push: &mut impl FnMut(Street, Option<String>, f64, Vec<Coord<f64>>)) {
    let district = &setting.districts[index];
    let lattice = &district.lattice;
    let (low, high) = district.bounds();
    let (columns, rows) = lattice.cells_over(low, high);
    let (lines, steps) = if axis == Axis::Column { (columns, rows) } else { (rows, columns) };
    let across = if axis == Axis::Column { Axis::Row } else { Axis::Column };
    for line in lines.0..=lines.1 {
        let rank = lattice.street(line);
        let at = lattice.line(axis, line);
        let node = |step: i32| if axis == Axis::Column { (at, lattice.line(across, step)) } else { (lattice.line(across, step), at) };
        let wanted = |step: i32| {
            let sides = if axis == Axis::Column { [(line - 1, step), (line, step)] } else { [(step, line - 1), (step, line)] };
            let touches = |cells: &dyn Fn(&(usize, i32, i32)) -> bool| sides.iter().any(|&(column, row)| cells(&(index, column, row)));
            let reason = match rank {
                Street::Express => true,
                Street::Arterial => touches(&|key| plan.near.contains(key)),
                _ => touches(&|key| plan.cells.contains_key(key)),
            };
            // Sampled along the way, so that no street crosses a bay or a neighbour.
            reason && lattice.trace(node(step), node(step + 1)).iter().all(|point| district.contains(*point))
        };
        let name = names::street(rank, (index as u64) << 32 | ((axis == Axis::Row) as u64) << 31 | (line + 5000) as u64);
        let mut run: Vec<Coord<f64>> = Vec::new();
        for step in steps.0..=steps.1 + 1 {
            if step <= steps.1 && wanted(step) {
                let segment = lattice.trace(node(step), node(step + 1));
                let skip = usize::from(!run.is_empty());
                run.extend(segment.into_iter().skip(skip));
            } else if !run.is_empty() {
                push(rank, name.clone(), lattice.width(line), std::mem::take(&mut run));
            }
        }
    }
}
