//! The scorecards and their JSON member names.

use super::grade::Grade;
use super::life::Life;
use super::registry::Head;
use crate::rules::{Op, Status, Verdict};
use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndicatorResult {
    pub id: String,
    pub head: Head,
    pub zh: String,
    pub en: String,
    pub value: Option<f64>,
    pub unit: &'static str,
    /// Share of the records that the value rests on.
    pub known: Option<f64>,
    pub threshold: Option<f64>,
    pub op: Op,
    /// `None` when the pack asks for no threshold and the value is known; `not_applicable` for land figures of a virtual park.
    #[serde(serialize_with = "verdict")]
    pub verdict: Judgement,
    /// 0…1; `None` when not scored or unknown.
    pub score: Option<f64>,
    pub weight: Option<f64>,
    pub must: bool,
    pub source: String,
    pub as_of: Option<NaiveDate>,
    /// Calendar year of flows.
    pub period: Option<i32>,
    pub metric: Option<&'static str>,
    pub excluded: Vec<String>,
    /// How many of the left-out records the reader may not see by their codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excluded_private: Option<usize>,
    pub notes: Vec<String>,
    /// Where the threshold comes from.
    pub clause: Option<String>,
    pub status: Option<Status>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    Verdict(Verdict),
    /// Known, and no threshold was asked.
    NoThreshold,
    NotApplicable,
}

fn verdict<S: Serializer>(judgement: &Judgement, serializer: S) -> Result<S::Ok, S::Error> {
    match judgement {
        Judgement::Verdict(verdict) => verdict.serialize(serializer),
        Judgement::NoThreshold => serializer.serialize_none(),
        Judgement::NotApplicable => serializer.serialize_str("not_applicable"),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeadResult {
    /// 0…100; `None` when nothing of this head is weighed.
    pub score: Option<f64>,
    pub weight: f64,
}

/// How far the rank holds when one weight at a time changes (S7).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    pub best: Option<usize>,
    pub worst: Option<usize>,
    /// Share of the runs in which the rank is the base rank.
    pub holds: Option<f64>,
    pub grades: Vec<Grade>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParkResult {
    pub park: String,
    pub lead_cluster: Option<String>,
    pub indicators: Vec<IndicatorResult>,
    pub heads: BTreeMap<Head, HeadResult>,
    pub penalty: f64,
    /// 0…100 after penalties; unknown indicators earn nothing.
    pub total: f64,
    /// The total if every unknown indicator earned full points.
    pub total_high: f64,
    pub status: ParkStatus,
    /// Every must-pass passes and the total reaches the pack's least score.
    pub passes: bool,
    pub grade: Grade,
    pub rank: Option<usize>,
    /// Why a grade was forced or withheld.
    pub reasons: Vec<String>,
    pub sensitivity: Sensitivity,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub life: Option<Life>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParkStatus {
    Ranked,
    Forced,
    Withheld,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DesignationResult {
    pub as_of: NaiveDate,
    pub pack: String,
    pub pack_version: String,
    pub pack_hash: String,
    /// Ranked parks by rank, then forced, then withheld; ids within.
    pub parks: Vec<ParkResult>,
}
