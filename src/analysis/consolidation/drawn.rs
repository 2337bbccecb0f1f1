//! The answer as it goes out: the member names that clients rely on, shapes in longitude and latitude.

use super::answer::{Answer, Candidate, Eligible, Excluded, ExcludedDetail, Fragmentation, LandSplit, SiteAnswer};
use super::eligibility::Reason;
use super::ledger::{Ledger, LedgerRow};
use crate::spatial::Drawing;
use crate::spatial::drawing::{Place, Position, position};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FoundSites)]
pub struct DrawnAnswer {
    pub candidates: Vec<DrawnCandidate>,
    pub bound: f64,
    pub gap: f64,
    pub exact: bool,
    pub relaxed: Vec<&'static str>,
    pub excluded: Vec<LeftOut>,
    pub eligible: Eligible,
    pub fragmentation: Fragmentation,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub land_split: Option<LandSplit>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Candidate)]
pub struct DrawnCandidate {
    pub label: &'static str,
    pub objective: f64,
    pub area_m2: f64,
    pub cost_wan: f64,
    pub owners: usize,
    pub distinct_owners: usize,
    pub demolition_gfa_m2: f64,
    pub mean_compactness: f64,
    pub sites: Vec<DrawnSite>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub land_split: Option<LandSplit>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Site)]
pub struct DrawnSite {
    #[serde(flatten)]
    pub figures: SiteFigures,
    pub outline: Drawing,
    pub ledger: DrawnLedger,
}

/// A site without its shape: what a table or a map's properties show.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiteFigures {
    pub id: String,
    pub parcels: Vec<String>,
    pub area_m2: f64,
    pub compactness: f64,
    pub cost_wan: f64,
    pub owners: usize,
    pub demolition_gfa_m2: f64,
    pub value: f64,
}

/// Parcels in no site for one reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeftOut {
    pub reason: Reason,
    pub count: usize,
    pub area_m2: f64,
    pub parcels: Vec<String>,
    pub details: Vec<ExcludedDetail>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Ledger)]
pub struct DrawnLedger {
    pub rows: Vec<LedgerRow>,
    pub sum_in_m2: f64,
    pub overlaps_m2: f64,
    pub gaps_m2: f64,
    pub dedications_m2: f64,
    pub out_m2: f64,
    pub residual_m2: f64,
    pub gaps: Vec<DrawnGap>,
}

/// A gap that a merge closes, with a point inside it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = LedgerGap)]
pub struct DrawnGap {
    pub area_m2: f64,
    #[schema(value_type = (f64, f64))]
    pub at: Position,
}

impl Answer {
    pub fn drawn(&self, place: Place<'_>) -> DrawnAnswer {
        DrawnAnswer {
            candidates: self.candidates.iter().map(|candidate| candidate.drawn(place)).collect(),
            bound: self.bound,
            gap: self.gap,
            exact: self.exact,
            relaxed: self.relaxed.clone(),
            excluded: self.excluded.iter().map(LeftOut::from).collect(),
            eligible: self.eligible,
            fragmentation: self.fragmentation,
            land_split: self.land_split,
        }
    }
}

impl Candidate {
    fn drawn(&self, place: Place<'_>) -> DrawnCandidate {
        DrawnCandidate {
            label: self.label,
            objective: self.objective,
            area_m2: self.area_m2,
            cost_wan: self.cost_wan,
            owners: self.owners,
            distinct_owners: self.distinct_owners,
            demolition_gfa_m2: self.demolition_gfa_m2,
            mean_compactness: self.mean_compactness,
            sites: self.sites.iter().map(|site| site.drawn(place)).collect(),
            land_split: self.land_split,
        }
    }
}

impl SiteAnswer {
    fn drawn(&self, place: Place<'_>) -> DrawnSite {
        let figures = SiteFigures {
            id: self.id.clone(),
            parcels: self.parcels.clone(),
            area_m2: self.area_m2,
            compactness: self.compactness,
            cost_wan: self.cost_wan,
            owners: self.owners,
            demolition_gfa_m2: self.demolition_gfa_m2,
            value: self.value,
        };
        DrawnSite { figures, outline: Drawing::of(&self.outline, place), ledger: self.ledger.drawn(place) }
    }
}

impl From<&Excluded> for LeftOut {
    fn from(excluded: &Excluded) -> Self {
        LeftOut {
            reason: excluded.reason,
            count: excluded.parcels.len(),
            area_m2: excluded.area_m2,
            parcels: excluded.parcels.clone(),
            details: excluded.details.clone(),
        }
    }
}

impl Ledger {
    pub fn drawn(&self, place: Place<'_>) -> DrawnLedger {
        DrawnLedger {
            rows: self.rows.clone(),
            sum_in_m2: self.sum_in_m2,
            overlaps_m2: self.overlaps_m2,
            gaps_m2: self.gaps_m2,
            dedications_m2: self.dedications_m2,
            out_m2: self.out_m2,
            residual_m2: self.residual_m2,
            gaps: self.gaps.iter().map(|gap| DrawnGap { area_m2: gap.area_m2, at: position(gap.at, place) }).collect(),
        }
    }
}
