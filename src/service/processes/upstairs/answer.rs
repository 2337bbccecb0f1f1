//! What an upstairs check answers.

use super::super::seen::Seen;
use super::matrix::MatrixRow;
use super::programme::Programme;
use crate::analysis::upstairs::{DrawnResult, InForce, RollUp};
use crate::domain::RunRecord;
use crate::rules::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum UpstairsAnswer {
    One(Box<One>),
    Many(Box<Many>),
}

impl Seen for UpstairsAnswer {}

impl UpstairsAnswer {
    pub fn run(&self) -> &RunRecord {
        match self {
            UpstairsAnswer::One(one) => &one.run,
            UpstairsAnswer::Many(many) => &many.run,
        }
    }
}

/// A parcel or an outline.
#[derive(Clone, Debug, Serialize)]
pub struct One {
    #[serde(flatten)]
    pub result: DrawnResult,
    /// The figures that the check used, by the levers' names.
    pub set: InForce,
    /// Of an outline: the parcels that it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parcels: Option<Vec<String>>,
    pub run: RunRecord,
}

/// A park or the city.
#[derive(Clone, Debug, Serialize)]
pub struct Many {
    pub totals: RollUp,
    pub by_park: Vec<ParkSums>,
    pub by_district: Vec<DistrictSums>,
    /// Where a planner moved a figure.
    pub what_if: Option<WhatIf>,
    pub programme: Programme,
    pub matrix: Option<Vec<MatrixRow>>,
    pub excluded: Vec<Left>,
    /// Land uses that count; none for every use.
    pub uses: Vec<String>,
    pub parcels: Vec<ParcelLine>,
    pub run: RunRecord,
}

/// `park: None` holds the parcels outside parks.
#[derive(Clone, Debug, Serialize)]
pub struct ParkSums {
    #[serde(flatten)]
    pub sums: RollUp,
    pub park: Option<String>,
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain_m2: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct DistrictSums {
    #[serde(flatten)]
    pub sums: RollUp,
    pub district: Option<String>,
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain_m2: Option<f64>,
}

/// What a change of limits would bring.
#[derive(Clone, Debug, Serialize)]
pub struct WhatIf {
    pub set: BTreeMap<String, f64>,
    pub add: BTreeMap<String, f64>,
    pub gain_m2: f64,
    pub totals: RollUp,
}

/// Parcels that the roll-up leaves out, with the reason.
#[derive(Clone, Debug, Serialize)]
pub struct Left {
    pub reason: &'static str,
    pub count: usize,
    pub parcels: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ParcelLine {
    pub parcel: String,
    pub park: Option<String>,
    pub district: Option<String>,
    pub gfa_m2: f64,
    pub built_gfa_m2: Option<f64>,
    pub allowed_gfa_m2: Option<f64>,
    pub remaining_gfa_m2: Option<f64>,
    pub overall: Verdict,
    pub unknown: Vec<String>,
    /// Of a park only: it costs as much again as the figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<Vec<&'static str>>,
    /// GFA with the figures that a planner moved; `Some(None)` where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if_gfa_m2: Option<Option<f64>>,
}
