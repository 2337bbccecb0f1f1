//! The analyses as use cases: gather the evidence from the city and the store, call the pure function, shape the answer.

mod action_plan;
mod consolidation;
mod designation;
mod progress;
mod regions;
mod upstairs;

pub use action_plan::plan_as_geojson;
pub use consolidation::sites_as_geojson;
pub use regions::{NeighbourPair, RegionsAnswer, RegionsQuestion, regions_as_geojson, regions_of};
pub use upstairs::upstairs_as_geojson;

use super::{Planner, Viewer};
pub use crate::analysis::Control;
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, RunRecord};
use crate::spatial::adjacency::{self, AdjacencyOptions};
use geo_types::{Coord, Rect};
use serde_json::{Value, json};

/// An analysis that can be executed.
pub struct Process {
    pub id: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

pub const PROCESSES: &[Process] = &[
    Process { id: "consolidate", zh: "土地整备：连片用地方案", en: "Land consolidation: contiguous sites" },
    Process { id: "actionplan", zh: "行动计划：分年整备", en: "Action plan: sites by year" },
    Process { id: "progress", zh: "调度评估：行动计划的进度灯", en: "Progress lights of an action plan" },
    Process { id: "upstairs", zh: "工业上楼：容量体检", en: "Going upstairs: capacity check of a parcel" },
    Process { id: "designate", zh: "特色产业园区授牌：评分", en: "Featured-park designation: scorecards" },
];

/// The figures that a process takes when its inputs leave them out, where a form should start from them.
pub fn defaults(process: &str) -> Outcome<Option<Value>> {
    match process {
        "consolidate" => consolidation::defaults().map(Some),
        _ => Ok(None),
    }
}

/// Executes an analysis on one city; the same inputs on the same revision give the same answer, byte for byte. Tells its progress and ends early
/// when asked to.
pub fn execute(city: &City, viewer: &Viewer, process: &str, inputs: &Value, control: Control<'_>) -> Outcome<Value> {
    match process {
        "consolidate" => consolidation::consolidate(city, viewer, inputs, control),
        "upstairs" => upstairs::upstairs(city, inputs, control),
        "actionplan" => action_plan::action_plan(city, inputs, control),
        "progress" => progress::progress(city, inputs),
        "designate" => designation::designate(city, viewer, inputs),
        other => Err(Fault::not_found("no_such_process", format!("没有分析 {other}"), format!("there is no process {other}")).at(other)),
    }
}

impl Planner {
    /// Executes on the analyses' own threads, so that a run that uses all cores does not hold up what the map asks for; what a slider
    /// asks for is done at once, so that it does not wait behind such a run.
    pub fn execute(&self, viewer: &Viewer, process: &str, inputs: &Value) -> Outcome<Value> {
        let city = self.city();
        let run = || execute(&city, viewer, process, inputs, Control::none());
        let is_quick = process == "upstairs" && ["parcel", "outline"].iter().any(|one| inputs.get(one).is_some());
        if is_quick { run() } else { self.compute().install(run) }
    }
}

/// Puts the run record in front of an answer.
fn with_run(city: &City, mut answer: Value, kind: &str, inputs: &Value, pack: (&str, &str), seed: u64, as_of: &str) -> Outcome<Value> {
    let run = RunRecord::new(kind, inputs, city.revision, pack, seed, as_of);
    answer["run"] = json!(run);
    Ok(answer)
}

/// The row of a parcel's code.
pub(super) fn parcel_row(city: &City, code: &str) -> Outcome<usize> {
    city.named("parcel")
        .and_then(|table| table.row_of(code))
        .ok_or_else(|| Fault::not_found("no_such_parcel", format!("没有宗地 {code}"), format!("there is no parcel {code}")).at(code))
}

/// Neighbours of a parcel with shared length (analyses.md §1).
pub fn neighbours(city: &City, code: &str, tolerance_m: Option<f64>) -> Outcome<Value> {
    let mut options = AdjacencyOptions::default();
    if let Some(tolerance) = tolerance_m {
        if !(0.0..=50.0).contains(&tolerance) {
            return Err(Fault::bad("tolerance", "缝隙容差应为 0 到 50 米", "the gap tolerance is 0 to 50 m").at("tolerance"));
        }
        options.tolerance_m = tolerance;
    }
    let row = parcel_row(city, code)?;
    let Some(table) = city.named("parcel") else { return Ok(json!({ "parcel": code, "neighbours": [] })) };
    let Some(bounds) = table.shapes().bounds(row) else { return Ok(json!({ "parcel": code, "neighbours": [] })) };
    let reach = Coord { x: options.tolerance_m, y: options.tolerance_m };
    let near = table.index().rows(Rect::new(bounds.min() - reach, bounds.max() + reach));
    let found: Vec<Value> = adjacency::neighbours(table.shapes(), row, &near, &options)
        .iter()
        .map(|contact| {
            let other = if contact.a as usize == row { contact.b } else { contact.a };
            json!({ "code": table.key(other as usize), "length_m": contact.length_m, "class": contact.class, "gap_m": contact.gap_m })
        })
        .collect();
    Ok(json!({ "parcel": code, "tolerance_m": options.tolerance_m, "neighbours": found }))
}

/// Reads a process's inputs; what does not fit is named.
fn read_inputs<T: serde::de::DeserializeOwned + Default>(inputs: &Value) -> Outcome<T> {
    if inputs.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(inputs.clone())
        .map_err(|error| Fault::bad("inputs", format!("输入有误：{error}"), format!("the inputs are not right: {error}")).at("/inputs"))
}

/// A date input, today if absent.
fn date(as_of: Option<&str>) -> Outcome<chrono::NaiveDate> {
    let text = as_of.map_or_else(super::today, str::to_owned);
    chrono::NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| {
        Fault::bad("as_of", format!("日期应写作 2026-09-01：{text}"), format!("write the date as 2026-09-01: {text}")).at("/inputs/as_of")
    })
}
