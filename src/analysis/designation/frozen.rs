//! What a decision rests on, frozen (exact reading S10): one park's card with the field that it was ranked in, so that grade and rank can be worked out
//! again from it and the rule pack's text alone.

use super::result::{DesignationResult, ParkResult};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, PackUse};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A scorecard that stays as it was. Its members are those of the scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FrozenCard {
    pub park: String,
    #[schema(required)]
    pub park_type: Option<String>,
    #[schema(required)]
    pub lead_cluster: Option<String>,
    pub as_of: NaiveDate,
    /// Data revision that was read.
    pub revision: i64,
    /// SHA-256 of the canonical inputs.
    pub input_hash: String,
    pub run: String,
    /// Random, so that nobody can try withheld figures against the hash of this text; null for a reader from whom some are withheld.
    #[serde(default)]
    #[schema(required)]
    pub salt: Option<String>,
    pub pack: PackUse,
    pub indicators: Vec<FrozenIndicator>,
    pub heads: BTreeMap<String, FrozenHead>,
    pub penalty: f64,
    /// Frozen as it was; null for a reader who may not have what follows from it.
    #[schema(required)]
    pub total: Option<f64>,
    #[schema(required)]
    pub total_high: Option<f64>,
    pub status: FrozenStatus,
    pub passes: bool,
    pub missing: usize,
    pub grade: String,
    #[schema(required)]
    pub rank: Option<usize>,
    pub reasons: Vec<String>,
    /// All parks that were assessed together, by code, this one among them.
    pub field: Vec<Peer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FrozenIndicator {
    pub id: String,
    pub head: String,
    pub zh: String,
    pub en: String,
    #[schema(required)]
    pub value: Option<f64>,
    /// It rested on so few tenants that it is told inside the park only.
    pub withheld: bool,
    pub unit: String,
    #[schema(required)]
    pub known: Option<f64>,
    #[schema(required)]
    pub threshold: Option<f64>,
    pub op: String,
    /// `pass`, `fail`, `unknown`, `not_applicable`, or null where no threshold was asked.
    #[schema(required)]
    pub verdict: Option<String>,
    #[schema(required)]
    pub score: Option<f64>,
    #[schema(required)]
    pub weight: Option<f64>,
    pub must: bool,
    pub source: String,
    #[schema(required)]
    pub as_of: Option<NaiveDate>,
    #[schema(required)]
    pub period: Option<i32>,
    #[schema(required)]
    pub metric: Option<String>,
    pub excluded: Vec<FrozenLeftOut>,
    #[schema(required)]
    pub clause: Option<String>,
    #[schema(required)]
    pub status: Option<String>,
}

/// Records that a value does not rest on. Whose ids are private counts without them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FrozenLeftOut {
    pub reason: String,
    pub count: usize,
    pub ids: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FrozenHead {
    #[schema(required)]
    pub score: Option<f64>,
    pub weight: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrozenStatus {
    Ranked,
    Forced,
    Withheld,
}

/// A park of the field as far as ranks hang on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Peer {
    pub park: String,
    #[schema(required)]
    pub park_type: Option<String>,
    pub status: FrozenStatus,
    #[schema(required)]
    pub total: Option<f64>,
    /// The total is told inside the park only.
    pub withheld: bool,
    pub grade: String,
    #[schema(required)]
    pub rank: Option<usize>,
}

/// What beside the cards goes into the frozen one.
pub struct Circumstances<'a> {
    pub revision: i64,
    pub input_hash: &'a str,
    pub run: &'a str,
    pub salt: &'a str,
    /// By park; none for a park without a type.
    pub park_types: &'a BTreeMap<String, String>,
}

impl FrozenCard {
    /// The card of one park of a result. What the result does not show (ids that its reader may not see) is not frozen either.
    pub fn of(result: &DesignationResult, park: &str, circumstances: &Circumstances<'_>) -> Outcome<FrozenCard> {
        let card = result.parks.iter().find(|card| card.park == park).ok_or_else(|| Fault::internal("frozen", format!("{park} has no card")))?;
        let typed = |park: &str| circumstances.park_types.get(park).cloned();
        let mut field = result.parks.iter().map(|peer| Peer::of(peer, typed(&peer.park))).collect::<Outcome<Vec<Peer>>>()?;
        field.sort_by(|a, b| a.park.cmp(&b.park));
        // The frozen form has the members of the live one: read as such, so that neither can forget a member of the other.
        let as_told = |error: serde_json::Error| Fault::internal("frozen", error);
        let mut told = serde_json::to_value(card).map_err(as_told)?;
        told["park_type"] = typed(park).into();
        told["as_of"] = result.as_of.to_string().into();
        told["revision"] = circumstances.revision.into();
        told["input_hash"] = circumstances.input_hash.into();
        told["run"] = circumstances.run.into();
        told["salt"] = circumstances.salt.into();
        told["pack"] =
            serde_json::to_value(PackUse { id: result.pack.clone(), version: result.pack_version.clone(), hash: result.pack_hash.clone() })
                .map_err(as_told)?;
        told["field"] = serde_json::to_value(field).map_err(as_told)?;
        serde_json::from_value(told).map_err(as_told)
    }
}

impl FrozenCard {
    /// Whether what is withheld would follow from the total.
    pub fn withholds_total(&self) -> bool {
        self.indicators.iter().any(|one| one.withheld && one.weight.is_some())
    }

    /// For a reader who is inside of some parks: what is withheld elsewhere is left out, and the scores and totals from which it would follow (P2).
    pub fn seen(mut self, is_inside: impl Fn(&str) -> bool) -> FrozenCard {
        for peer in self.field.iter_mut().filter(|peer| peer.withheld && !is_inside(&peer.park)) {
            (peer.total, self.salt) = (None, None);
        }
        if is_inside(&self.park) {
            return self;
        }
        for one in self.indicators.iter_mut().filter(|one| one.withheld) {
            if one.weight.is_some() {
                (self.total, self.total_high) = (None, None);
                if let Some(head) = self.heads.get_mut(&one.head) {
                    head.score = None;
                }
            }
            (one.value, one.score, self.salt) = (None, None, None);
        }
        self
    }
}

impl Peer {
    fn of(card: &ParkResult, park_type: Option<String>) -> Outcome<Peer> {
        let told = serde_json::to_value((card.status, card.grade)).map_err(|error| Fault::internal("frozen", error))?;
        let (status, grade) = serde_json::from_value(told).map_err(|error| Fault::internal("frozen", error))?;
        let withheld = card.withholds_total();
        Ok(Peer { park: card.park.clone(), park_type, status, total: card.total, withheld, grade, rank: card.rank })
    }
}
