//! Max-p regions of any polygon file: as many connected regions as can each reach a sum, alike inside.
//!
//! # Source
//! exact-consolidation.md C16; the problem is Duque, Anselin and Rey (2012).

mod result;
mod units;

pub use result::RegionsBody;

use crate::analysis::consolidation::regions::{Regions, RegionsInput, regions};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::domain::run::{RunRecord, input_hash};
use crate::formats::Table;
use crate::spatial::polygons::PolygonSet;
use crate::spatial::{AdjacencyOptions, Contact, ContactClass, Graph, adjacency};
use serde::Serialize;
use serde_json::json;
use std::time::Instant;
use units::Units;

/// What is asked of a file.
#[derive(Clone, Debug, Serialize)]
pub struct RegionsQuestion {
    /// Threshold field and least sum.
    pub sum: String,
    pub at_least: f64,
    /// Fields that make units alike.
    pub by: Vec<String>,
    /// Point contacts connect as well as edges.
    pub queen: bool,
    /// Fields to mean 0 and standard deviation 1 first.
    pub standardise: bool,
    /// In the file's units (m for degrees); by the size of a typical unit when left out.
    pub tolerance: Option<f64>,
    pub min_length: Option<f64>,
    pub seed: u64,
    /// 1 for the quick answer; more multiplies the work.
    pub effort: usize,
}

/// The answer with what it was made from.
pub struct RegionsAnswer {
    pub body: RegionsBody,
    /// Seconds of the solver alone, graph and fields given.
    pub seconds: f64,
    /// Pairs of units that were neighbours.
    pub neighbours: Vec<NeighbourPair>,
    units: Units,
    found: Regions,
}

/// Two units that count as neighbours, by their row numbers in the file.
#[derive(Clone, Copy, Debug)]
pub struct NeighbourPair {
    pub a: u64,
    pub b: u64,
    /// Facing length in the plane's units.
    pub length: f64,
    pub class: ContactClass,
}

/// Gap tolerance and least length as shares of a typical unit's width (√ of the median area).
const DEFAULT_SHARE: f64 = 1e-3;
/// The width that adjacency sees a typical unit at: its rounding slacks are made for metres and parcels.
const NOMINAL_M: f64 = 100.0;

/// Regions of the file's polygons; a function of file and question unless `stop` cuts it short.
///
/// # Errors
/// `no_such_field`, `no_units`, `bad_threshold`; what reading the file says is the caller's.
pub fn regions_of(table: &Table, question: &RegionsQuestion, stop: &(dyn Fn() -> bool + Sync)) -> Outcome<RegionsAnswer> {
    if !question.at_least.is_finite() || question.at_least <= 0.0 {
        return Err(Fault::bad("bad_threshold", "--at-least 须为正数", "--at-least is a number above 0").at("at_least"));
    }
    for (place, length) in [("tolerance", question.tolerance), ("min_length", question.min_length)] {
        if let Some(length) = length.filter(|length| !length.is_finite() || *length < 0.0) {
            return Err(Fault::bad("out_of_range", format!("{place} = {length} 超出范围"), format!("{place} = {length} is out of range"))
                .at(place)
                .help("应不小于 0", "it is at least 0"));
        }
    }
    let mut units = Units::read(table, question)?;
    let options = units.adjacency(question);
    let scale = NOMINAL_M / units.width;
    let contacts = adjacency(
        &units.scaled(scale),
        &AdjacencyOptions { tolerance_m: options.tolerance_m * scale, min_length_m: options.min_length_m * scale, ..AdjacencyOptions::default() },
    );
    let counts = |contact: &Contact| question.queen || contact.class != ContactClass::Point;
    let graph = Graph::new(units.rows.len(), &contacts, counts);
    let row = |unit: u32| units.rows[unit as usize].number;
    let pair = |contact: &Contact| NeighbourPair { a: row(contact.a), b: row(contact.b), length: contact.length_m / scale, class: contact.class };
    let neighbours = contacts.iter().filter(|contact| counts(contact)).map(pair).collect();
    if question.standardise {
        units.standardise();
    }
    let input = RegionsInput {
        amount: &units.amount,
        at_least: question.at_least,
        fields: &units.fields,
        graph: &graph,
        seed: question.seed,
        effort: question.effort,
    };
    let begin = Instant::now();
    let found = regions(&input, stop);
    let seconds = begin.elapsed().as_secs_f64();
    let inputs = input_hash(&json!({ "question": question, "units": units.hash }));
    let run = RunRecord::new("regions", &inputs, 0, ("", ""), question.seed, "");
    Ok(RegionsAnswer { body: result::body(run, &units, &found, question, &options), seconds, neighbours, units, found })
}

impl Units {
    /// Tolerance and least length in the plane's units.
    fn adjacency(&self, question: &RegionsQuestion) -> AdjacencyOptions {
        let default = DEFAULT_SHARE * self.width;
        AdjacencyOptions {
            tolerance_m: question.tolerance.unwrap_or(default),
            min_length_m: question.min_length.unwrap_or(default),
            ..AdjacencyOptions::default()
        }
    }
}

/// Median of the areas' square roots.
fn typical_width(set: &impl PolygonSet) -> f64 {
    let mut widths: Vec<f64> = (0..set.len()).map(|i| set.area_m2(i).max(0.0).sqrt()).filter(|width| *width > 0.0).collect();
    widths.sort_unstable_by(f64::total_cmp);
    widths.get(widths.len() / 2).copied().unwrap_or(1.0)
}
