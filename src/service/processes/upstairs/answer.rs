//! What an upstairs check answers.

use super::super::seen::Seen;
use super::matrix::MatrixRow;
use super::programme::Programme;
use crate::analysis::upstairs::{DrawnResult, InForce, RollUp};
use crate::domain::RunRecord;
use crate::rules::Verdict;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
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
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = UpstairsOne)]
pub struct One {
    #[serde(flatten)]
    pub result: DrawnResult,
    /// The figures that the check used, by the levers' names.
    pub set: InForce,
    /// Of an outline: the parcels that it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parcels: Option<Vec<String>>,
    pub run: RunRecord,
}

/// A park or the city.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = UpstairsMany)]
pub struct Many {
    pub totals: RollUp,
    pub by_park: Vec<ParkSums>,
    pub by_district: Vec<DistrictSums>,
    /// Where a planner moved a figure.
    #[schema(required)]
    pub what_if: Option<WhatIf>,
    pub programme: Programme,
    #[schema(required)]
    pub matrix: Option<Vec<MatrixRow>>,
    pub excluded: Vec<Left>,
    /// Land uses that count; none for every use.
    pub uses: Vec<String>,
    pub parcels: Vec<ParcelLine>,
    pub run: RunRecord,
}

/// `park: None` holds the parcels outside parks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParkSums {
    #[serde(flatten)]
    pub sums: RollUp,
    #[schema(required)]
    pub park: Option<String>,
    #[schema(required)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub gain_m2: Option<f64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DistrictSums {
    #[serde(flatten)]
    pub sums: RollUp,
    #[schema(required)]
    pub district: Option<String>,
    #[schema(required)]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub gain_m2: Option<f64>,
}

/// What a change of limits would bring.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhatIf {
    pub set: BTreeMap<String, f64>,
    pub add: BTreeMap<String, f64>,
    pub gain_m2: f64,
    pub totals: RollUp,
}

/// Parcels that the roll-up leaves out, with the reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LeftParcels)]
pub struct Left {
    pub reason: &'static str,
    pub count: usize,
    pub parcels: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParcelLine {
    pub parcel: String,
    #[schema(required)]
    pub park: Option<String>,
    #[schema(required)]
    pub district: Option<String>,
    pub gfa_m2: f64,
    #[schema(required)]
    pub built_gfa_m2: Option<f64>,
    #[schema(required)]
    pub allowed_gfa_m2: Option<f64>,
    #[schema(required)]
    pub remaining_gfa_m2: Option<f64>,
    pub overall: Verdict,
    pub unknown: Vec<String>,
    /// Of a park only: it costs as much again as the figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub binding: Option<Vec<&'static str>>,
    /// GFA with the figures that a planner moved, where one did; null where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub what_if_gfa_m2: Option<Option<f64>>,
}
