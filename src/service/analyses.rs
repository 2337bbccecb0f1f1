//! The analyses as use cases: gather the evidence from the atlas and the store, call the pure function, shape the answer.

use super::{Planner, Viewer};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::spatial::adjacency::{AdjacencyOptions, neighbours};
use geo_types::{Coord, Rect};
use serde_json::{Value, json};

/// An analysis that can be executed.
pub struct Process {
    pub id: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

pub const PROCESSES: &[Process] = &[];

impl Planner {
    pub fn execute(&self, _viewer: &Viewer, process: &str, _inputs: &Value) -> Outcome<Value> {
        Err(Fault::not_found("no_such_process", format!("没有分析 {process}"), format!("there is no process {process}")))
    }

    /// The row of a parcel's code.
    pub(super) fn parcel_row(&self, code: &str) -> Outcome<usize> {
        self.atlas()
            .table("parcel")
            .and_then(|table| table.row_of(code))
            .ok_or_else(|| Fault::not_found("no_such_parcel", format!("没有宗地 {code}"), format!("there is no parcel {code}")).at(code))
    }

    /// Neighbours of a parcel with shared length (analyses.md §1).
    pub fn neighbours(&self, code: &str, tolerance_m: Option<f64>) -> Outcome<Value> {
        let mut options = AdjacencyOptions::default();
        if let Some(tolerance) = tolerance_m {
            if !(0.0..=50.0).contains(&tolerance) {
                return Err(Fault::bad("tolerance", "缝隙容差应为 0 到 50 米", "the gap tolerance is 0 to 50 m").at("tolerance"));
            }
            options.tolerance_m = tolerance;
        }
        let row = self.parcel_row(code)?;
        let atlas = self.atlas();
        let Some(table) = atlas.table("parcel") else { return Ok(json!({ "parcel": code, "neighbours": [] })) };
        let Some(bounds) = table.shapes().bounds(row) else { return Ok(json!({ "parcel": code, "neighbours": [] })) };
        let reach = Coord { x: options.tolerance_m, y: options.tolerance_m };
        let near = table.index().rows(Rect::new(bounds.min() - reach, bounds.max() + reach));
        let found: Vec<Value> = neighbours(table.shapes(), row, &near, &options)
            .iter()
            .map(|contact| {
                let other = if contact.a as usize == row { contact.b } else { contact.a };
                json!({ "code": table.key(other as usize), "length_m": contact.length_m, "class": contact.class, "gap_m": contact.gap_m })
            })
            .collect();
        Ok(json!({ "parcel": code, "tolerance_m": options.tolerance_m, "neighbours": found }))
    }
}
