//! What a consolidation is asked: parcels, the pack's figures, the planner's wishes.

use crate::spatial::AdjacencyOptions;
use geo_types::MultiPolygon;
use serde::Serialize;
use std::collections::BTreeMap;

/// One parcel as the analysis sees it; item i of the polygon set is parcel i.
#[derive(Clone, Debug, Default)]
pub struct ParcelInput {
    pub code: String,
    /// False for an empty or invalid geometry.
    pub geometry_valid: bool,
    pub tenure: Option<String>,
    /// `None`: not known; each such parcel counts as an owner of its own (C10).
    pub owner: Option<String>,
    pub built_gfa_m2: Option<f64>,
    pub has_building: bool,
    pub built_year: Option<i32>,
    pub structure: Option<String>,
    pub planned_use: Option<String>,
    /// FAR recorded; without it, built GFA over planar area.
    pub far_present: Option<f64>,
    pub stage: Option<String>,
    /// Share of the parcel's area inside the area of the question, 0..=1.
    pub share_inside: f64,
    /// A road parcel: bridged contacts may cross it.
    pub is_road: bool,
    /// Hard control lines over the parcel: kind and share of its area.
    pub control_share: Vec<(String, f64)>,
}

/// Weights of the objective, each ≥ 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Weights {
    /// α per ha.
    pub area: f64,
    /// β per ha of PP-weighted area.
    pub compactness: f64,
    /// γ per 百万元.
    pub cost: f64,
    /// δ per owner.
    pub owners: f64,
    /// ρ per ha of readiness-weighted area.
    pub readiness: f64,
}

/// The figures of the rule pack; no policy number stands in code.
#[derive(Clone, Debug, Default)]
pub struct ConsolidationPack {
    /// Planned-use codes that count as industrial.
    pub industrial_uses: Vec<String>,
    /// Least share of a parcel inside the area.
    pub min_share_inside: f64,
    /// Most share of a parcel under a hard control line, by kind.
    pub control_max_share: BTreeMap<String, f64>,
    /// For a kind that `control_max_share` does not name.
    pub control_default_max_share: f64,
    /// A building younger than this many years is recent; `None`: age is not tested.
    pub recent_building_years: Option<f64>,
    /// A parcel with a present FAR above this is dense; `None`: not tested.
    pub dense_far: Option<f64>,
    /// 万元 per m² of land by tenure.
    pub land_price_wan_m2: BTreeMap<String, f64>,
    /// 万元 per m² of GFA by structure; the key `unknown` prices a building of unrecorded structure.
    pub demolition_price_wan_m2: BTreeMap<String, f64>,
    /// Readiness r in 0..=1 by stage; a stage that is missing counts 0.
    pub readiness: BTreeMap<String, f64>,
    pub land_split: Option<LandSplitTable>,
}

/// How land is shared between the bank and the holders (利益统筹). The figures at hand are unconfirmed.
#[derive(Clone, Debug, Default)]
pub struct LandSplitTable {
    /// Tenures whose land is returned by `legal_factor`.
    pub legal_tenures: Vec<String>,
    pub legal_factor: f64,
    /// Tenures that take a share by present FAR.
    pub shared_tenures: Vec<String>,
    /// By rising FAR; the first step whose `far_to` is not exceeded decides.
    pub shared: Vec<SharedStep>,
    /// Retained land is at most this share of the planned construction land.
    pub cap_share: f64,
}

/// share = min(cap, base + per_far · FAR) for FAR ≤ far_to.
#[derive(Clone, Copy, Debug)]
pub struct SharedStep {
    pub far_to: f64,
    pub base: f64,
    pub per_far: f64,
    pub cap: f64,
}

/// What the planner asks for.
#[derive(Clone, Debug)]
pub struct Params {
    pub min_area_m2: f64,
    pub max_area_m2: Option<f64>,
    /// Most sites k.
    pub sites: Option<usize>,
    pub budget_wan: Option<f64>,
    pub weights: Weights,
    pub pins: Vec<String>,
    pub bans: Vec<String>,
    pub adjacency: AdjacencyOptions,
    /// Widest road or unparcelled strip that a bridged contact may cross, m; 0: none is allowed.
    pub bridge_width_m: f64,
    /// Least PP of a site q_min.
    pub min_compactness: Option<f64>,
    /// Room for a rectangle of these sides in m.
    pub rectangle_m: Option<(f64, f64)>,
    /// Land that leaves the owners whoever builds (road widening …): it is taken out of the new plan parcel (C20).
    pub dedicated: Vec<MultiPolygon<f64>>,
    pub seed: u64,
    /// Year on which building ages stand.
    pub as_of_year: i32,
}

impl Params {
    pub(super) fn max_area(&self) -> f64 {
        self.max_area_m2.unwrap_or(f64::INFINITY)
    }

    pub(super) fn budget(&self) -> f64 {
        self.budget_wan.unwrap_or(f64::INFINITY)
    }

    pub(super) fn most_sites(&self) -> usize {
        self.sites.unwrap_or(usize::MAX)
    }

    pub(super) fn least_compactness(&self) -> f64 {
        self.min_compactness.unwrap_or(0.0)
    }
}
