//! The scorecards and their JSON member names.

use super::grade::Grade;
use crate::analysis::disclosure::Figure;
use crate::domain::designation::Life;
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
    /// It rests on so few tenants that it is told inside the park only: for everybody else value, score and notes are left out.
    pub withheld: bool,
    pub unit: &'static str,
    /// Share of the records that the value rests on.
    #[schema(required)]
    pub known: Option<f64>,
    #[schema(required)]
    pub threshold: Option<f64>,
    pub op: Op,
    /// Null when the pack asks for no threshold and the value is known; `not_applicable` for land figures of a virtual park.
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
    /// Records that the value does not rest on, by reason.
    pub excluded: Vec<Excluded>,
    /// Records that it rests on and that a person should see.
    pub flagged: Vec<Excluded>,
    /// Collections whose rows it was made from; `evidence` of the card says which rows.
    pub rows: Vec<&'static str>,
    pub notes: Vec<Note>,
    /// Where the threshold comes from.
    #[schema(required)]
    pub clause: Option<String>,
    #[schema(required)]
    pub status: Option<Status>,
    /// What of tenants' data it rests on.
    #[serde(skip)]
    pub figures: Vec<Figure>,
}

/// Why a record was left out, or is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IndicatorReason)]
pub enum Reason {
    /// The figure is not recorded.
    NoValue,
    NoCluster,
    NoUse,
    NoState,
    NoFootprint,
    NoConnection,
    /// Figures of another year.
    OtherYear,
    /// Dated after the assessment.
    Later,
    /// The same firm or tenant stands in two clusters.
    TwoClusters,
    /// A cluster that the catalogue does not have.
    UnknownCluster,
    /// A figure that cannot be.
    Impossible,
    /// The owners' shares do not add to the whole.
    OwnerShares,
    /// A return of a period that is not owed.
    NotOwed,
    /// Used; its rent is above the cap.
    AboveCap,
}

/// Records by reason. Who may not see a record's id still sees that it counts: `ids` is then shorter than `count`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LeftOutRecords)]
pub struct Excluded {
    pub reason: Reason,
    pub count: usize,
    pub ids: Vec<String>,
}

impl Excluded {
    pub(super) fn of(reason: Reason, ids: Vec<String>) -> Excluded {
        Excluded { reason, count: ids.len(), ids }
    }
}

/// A remark on a value; `code` is stable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = IndicatorNote)]
pub struct Note {
    pub code: &'static str,
    pub zh: String,
    pub en: String,
}

impl Note {
    pub(super) fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Note {
        Note { code, zh: zh.into(), en: en.into() }
    }
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
    /// The rank when the weights of a whole head change together.
    pub heads: Vec<HeadSensitivity>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct HeadSensitivity {
    pub head: Head,
    pub runs: Vec<HeadRun>,
}

/// All weights of a head times a factor.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct HeadRun {
    pub factor: f64,
    #[schema(required)]
    pub rank: Option<usize>,
}

/// Which rows of a collection a card was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EvidenceRows)]
pub struct RowsOf {
    pub collection: &'static str,
    /// CQL2 text.
    pub filter: String,
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
    /// 0…100 after penalties; unknown indicators earn nothing. Null where it would tell what is withheld.
    #[schema(required)]
    pub total: Option<f64>,
    /// The total if every unknown indicator earned full points.
    #[schema(required)]
    pub total_high: Option<f64>,
    pub status: ParkStatus,
    /// Every must-pass passes and the total reaches the pack's least score.
    pub passes: bool,
    /// How many of the indicators that the pack asks for are unknown.
    pub missing: usize,
    pub grade: Grade,
    #[schema(required)]
    pub rank: Option<usize>,
    /// Why a grade was forced or withheld.
    pub reasons: Vec<String>,
    pub sensitivity: Sensitivity,
    /// The rows behind the figures.
    pub evidence: Vec<RowsOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub life: Option<Life>,
}

impl IndicatorResult {
    /// Leaves the figure out for a reader outside, with the reason why. The verdict stays.
    pub fn withhold(&mut self, why: Note) {
        (self.value, self.score) = (None, None);
        self.flagged.clear();
        self.notes = vec![why];
    }
}

impl ParkResult {
    /// Whether what is withheld would follow from the total.
    pub fn withholds_total(&self) -> bool {
        self.indicators.iter().any(|one| one.withheld && one.weight.is_some())
    }

    /// For a reader outside the park: what is withheld is left out, and the scores and totals from which it would follow (P2). Verdict, grade and rank stay.
    pub fn seen_from_outside(&mut self) {
        if self.withholds_total() {
            (self.total, self.total_high) = (None, None);
        }
        for indicator in self.indicators.iter_mut().filter(|indicator| indicator.withheld) {
            if indicator.weight.is_some()
                && let Some(head) = self.heads.get_mut(&indicator.head)
            {
                head.score = None;
            }
            indicator.withhold(Note::new("withheld", "企业过少，仅园区内可见", "over too few firms: told inside the park only"));
        }
    }
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
