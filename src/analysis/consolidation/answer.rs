//! What a consolidation answers, with the member names that clients rely on.

use super::eligibility::Reason;
use super::ledger::Ledger;
use geo_types::MultiPolygon;
use serde::Serialize;
use utoipa::ToSchema;

/// Everything the analysis found; geometry stands in the working plane until [`Answer::drawn`] places it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Best objective first.
    pub candidates: Vec<Candidate>,
    /// Proven upper bound on the objective (C14).
    pub bound: f64,
    pub gap: f64,
    pub exact: bool,
    /// What the bound left out of the problem.
    pub relaxed: Vec<&'static str>,
    pub excluded: Vec<Excluded>,
    pub eligible: Eligible,
    pub fragmentation: Fragmentation,
    pub land_split: Option<LandSplit>,
}

#[derive(Clone, Debug)]
pub struct Candidate {
    /// `best`, `cheapest`, `largest` or `fewest_owners`.
    pub label: &'static str,
    pub objective: f64,
    pub area_m2: f64,
    pub cost_wan: f64,
    /// Sum over sites (C10).
    pub owners: usize,
    /// Distinct owners of the whole plan (C10).
    pub distinct_owners: usize,
    pub demolition_gfa_m2: f64,
    pub mean_compactness: f64,
    pub sites: Vec<SiteAnswer>,
    pub land_split: Option<LandSplit>,
}

#[derive(Clone, Debug)]
pub struct SiteAnswer {
    pub id: String,
    pub parcels: Vec<String>,
    pub area_m2: f64,
    pub compactness: f64,
    pub cost_wan: f64,
    pub owners: usize,
    pub demolition_gfa_m2: f64,
    pub value: f64,
    pub outline: MultiPolygon<f64>,
    pub ledger: Ledger,
}

/// Parcels left out for one reason.
#[derive(Clone, Debug)]
pub struct Excluded {
    pub reason: Reason,
    pub area_m2: f64,
    pub parcels: Vec<String>,
    pub details: Vec<ExcludedDetail>,
}

/// "Why not?" for one parcel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExcludedDetail {
    pub parcel: String,
    /// All failed tests in order; the first is the one that is counted.
    pub reasons: Vec<Reason>,
    /// For `data_incomplete`: the missing field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub missing: Option<String>,
    /// For `worse`: the best objective change that adding it would bring.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub change: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Eligible {
    pub count: usize,
    pub area_m2: f64,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Fragmentation {
    pub before: Blocks,
    pub after: Blocks,
}

/// C15 over the blocks: eligible parcels before; sites and eligible parcels outside them after.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, ToSchema)]
pub struct Blocks {
    /// Number of blocks.
    pub parcels: usize,
    pub median_area_m2: f64,
    /// Largest Σ a over the components of contact among eligible parcels; a plan does not change it.
    pub largest_block_m2: f64,
    /// Share of the land in blocks ≥ A_min.
    pub share_in_blocks: f64,
    /// Σ A² / Σ A (Jaeger 2000).
    pub m_eff_m2: f64,
}

/// Retained and banked land of a plan; the table's figures are unconfirmed.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, ToSchema)]
pub struct LandSplit {
    pub retained_m2: f64,
    pub banked_m2: f64,
    pub status: &'static str,
}
