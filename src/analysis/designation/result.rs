//! The scorecards and their JSON member names.

use super::grade::Grade;
use super::life::Life;
use crate::rules::indicators::Head;
use crate::rules::{Op, Status, Verdict};
use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Indicator)]
pub struct IndicatorResult {
    pub id: String,
    pub head: Head,
    pub zh: String,
    pub en: String,
    #[schema(required)]
    pub value: Option<f64>,
    pub unit: &'static str,
    /// Share of the records that the value rests on.
    #[schema(required)]
    pub known: Option<f64>,
    #[schema(required)]
    pub threshold: Option<f64>,
    pub op: Op,
    /// `None` when the pack asks for no threshold and the value is known; `not_applicable` for land figures of a virtual park.
    pub verdict: Judgement,
    /// 0…1; `None` when not scored or unknown.
    #[schema(required)]
    pub score: Option<f64>,
    #[schema(required)]
    pub weight: Option<f64>,
    pub must: bool,
    pub source: String,
    #[schema(required)]
    pub as_of: Option<NaiveDate>,
    /// Calendar year of flows.
    #[schema(required)]
    pub period: Option<i32>,
    #[schema(required)]
    pub metric: Option<&'static str>,
    pub excluded: Vec<String>,
    /// How many of the left-out records the reader may not see by their codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub excluded_private: Option<usize>,
    pub notes: Vec<String>,
    /// Where the threshold comes from.
    #[schema(required)]
    pub clause: Option<String>,
    #[schema(required)]
    pub status: Option<Status>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    Verdict(Verdict),
    /// Known, and no threshold was asked.
    NoThreshold,
    NotApplicable,
}

const NOT_APPLICABLE: &str = "not_applicable";

impl Serialize for Judgement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Judgement::Verdict(verdict) => verdict.serialize(serializer),
            Judgement::NoThreshold => serializer.serialize_none(),
            Judgement::NotApplicable => serializer.serialize_str(NOT_APPLICABLE),
        }
    }
}

impl PartialSchema for Judgement {
    fn schema() -> RefOr<Schema> {
        let own = ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null])).enum_values(Some([Some(NOT_APPLICABLE), None]));
        OneOfBuilder::new().item(Ref::from_schema_name(Verdict::name())).item(own).into()
    }
}

impl ToSchema for Judgement {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Verdict::name().into(), Verdict::schema()));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = HeadScore)]
pub struct HeadResult {
    /// 0…100; `None` when nothing of this head is weighed.
    #[schema(required)]
    pub score: Option<f64>,
    pub weight: f64,
}

/// How far the rank holds when one weight at a time changes (S7).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Sensitivity {
    #[schema(required)]
    pub best: Option<usize>,
    #[schema(required)]
    pub worst: Option<usize>,
    /// Share of the runs in which the rank is the base rank.
    #[schema(required)]
    pub holds: Option<f64>,
    pub grades: Vec<Grade>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Scorecard)]
pub struct ParkResult {
    pub park: String,
    #[schema(required)]
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
    #[schema(required)]
    pub rank: Option<usize>,
    /// Why a grade was forced or withheld.
    pub reasons: Vec<String>,
    pub sensitivity: Sensitivity,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub life: Option<Life>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ScorecardStatus)]
pub enum ParkStatus {
    Ranked,
    Forced,
    Withheld,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Assessment)]
pub struct DesignationResult {
    pub as_of: NaiveDate,
    pub pack: String,
    pub pack_version: String,
    pub pack_hash: String,
    /// Ranked parks by rank, then forced, then withheld; ids within.
    pub parks: Vec<ParkResult>,
}
