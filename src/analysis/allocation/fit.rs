//! How well a cluster fits a district (A5): its location quotient there, its share of suited park area, its share of present firms.

use super::board::Board;
use super::evidence::{Evidence, FirmRecord};
use crate::rules::allocation::FitWeights;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The parts of a fit; an unknown part is `None` and counts 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Fit {
    /// As computed, not capped.
    pub location_quotient: Option<f64>,
    /// Of the cluster's suited park area, 0..=1.
    pub suited_area: Option<f64>,
    /// Of the cluster's firms in all districts, 0..=1.
    pub present_firms: Option<f64>,
    /// The weighted sum, 0..=1 with weights that add to 1.
    pub total: f64,
}

/// A part that is not known, for one district or for all.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationUnknownPart)]
pub struct UnknownPart {
    /// `location_quotient`, `suited_area` or `present_firms`.
    pub part: &'static str,
    /// `None`: everywhere.
    #[schema(required)]
    pub district: Option<String>,
    /// Share of the records that are known; `None` when the table was never loaded.
    #[schema(required)]
    pub known: Option<f64>,
}

/// Of every pair of the board, by [`Board::at`].
#[derive(Clone, Debug)]
pub struct FitTable {
    pub pairs: Vec<Fit>,
    pub unknown: Vec<UnknownPart>,
}

impl FitTable {
    pub fn of(board: &Board, evidence: &Evidence, weights: &FitWeights) -> FitTable {
        let mut unknown = Vec::new();
        let quotients = quotients(board, evidence, weights.min_known.value, &mut unknown);
        let areas = areas(board, evidence, &mut unknown);
        let firms = firm_shares(board, evidence, weights.min_known.value, &mut unknown);
        let (cap, weigh) = (weights.quotient_full.value, |weight: f64, part: Option<f64>| weight * part.unwrap_or(0.0));
        let pairs = (0..board.allowed.len()).map(|at| {
            let (quotient, area, firms) = (quotients[at], areas[at], firms[at]);
            let total = weigh(weights.location_quotient.value, quotient.map(|quotient| quotient.min(cap) / cap))
                + weigh(weights.suited_area.value, area)
                + weigh(weights.present_firms.value, firms);
            Fit { location_quotient: quotient, suited_area: area, present_firms: firms, total }
        });
        FitTable { pairs: pairs.collect(), unknown }
    }
}

/// Nothing to divide by gives 0 (A5).
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Each number of clusters × districts spread over the pairs as its share of the cluster's row.
fn shares(board: &Board, numbers: &[f64]) -> Vec<Option<f64>> {
    let count = board.districts.len().max(1);
    let row_sum = |at: usize| numbers[at / count * count..][..count].iter().sum::<f64>();
    (0..numbers.len()).map(|at| Some(ratio(numbers[at], row_sum(at)))).collect()
}

fn areas(board: &Board, evidence: &Evidence, unknown: &mut Vec<UnknownPart>) -> Vec<Option<f64>> {
    let mut parks: Vec<_> = evidence.parks.iter().filter(|park| !park.is_virtual).collect();
    if parks.is_empty() {
        unknown.push(UnknownPart { part: "suited_area", district: None, known: None });
        return vec![None; board.allowed.len()];
    }
    parks.sort_by(|a, b| a.code.cmp(&b.code));
    let mut sums = vec![0.0; board.allowed.len()];
    for park in parks {
        for cluster in park.lead_clusters.iter().collect::<BTreeSet<_>>() {
            let Ok(cluster) = board.clusters.binary_search(cluster) else { continue };
            for (district, area) in &park.land {
                if let Ok(district) = board.districts.binary_search(district) {
                    sums[board.at(cluster, district)] += area;
                }
            }
        }
    }
    shares(board, &sums)
}

/// The firms in the order of their codes (G5).
fn in_order(firms: &[FirmRecord]) -> Vec<&FirmRecord> {
    let mut firms: Vec<&FirmRecord> = firms.iter().collect();
    firms.sort_by(|a, b| (&a.code, &a.district).cmp(&(&b.code, &b.district)));
    firms
}

/// Share of records that are known; one for no records, of which nothing is missing.
fn known<'a>(firms: impl Iterator<Item = &'a &'a FirmRecord>, is_known: impl Fn(&FirmRecord) -> bool) -> f64 {
    let (mut all, mut known) = (0_usize, 0_usize);
    for firm in firms {
        all += 1;
        known += usize::from(is_known(firm));
    }
    if all == 0 { 1.0 } else { known as f64 / all as f64 }
}

/// (x_dc / x_d) / (X_c / X) by output (I4). A sum with too many unknown records is unknown (G3).
fn quotients(board: &Board, evidence: &Evidence, min_known: f64, unknown: &mut Vec<UnknownPart>) -> Vec<Option<f64>> {
    let nothing = vec![None; board.allowed.len()];
    let Some(firms) = &evidence.firms else {
        unknown.push(UnknownPart { part: "location_quotient", district: None, known: None });
        return nothing;
    };
    let firms = in_order(firms);
    let is_known = |firm: &FirmRecord| firm.cluster.is_some() && firm.output_wan.is_some();
    let enough = |share: f64| share >= min_known - 1e-9;
    let share = known(firms.iter(), is_known);
    if !enough(share) {
        unknown.push(UnknownPart { part: "location_quotient", district: None, known: Some(share) });
        return nothing;
    }
    let count = board.districts.len();
    let mut by_pair = vec![0.0; board.allowed.len()];
    let (mut by_cluster, mut by_district, mut whole) = (vec![0.0; board.clusters.len()], vec![0.0; count], 0.0);
    for firm in firms.iter().filter(|firm| is_known(firm)) {
        let output = firm.output_wan.unwrap_or(0.0);
        let cluster = firm.cluster.as_ref().and_then(|id| board.clusters.binary_search(id).ok());
        let district = firm.district.as_ref().and_then(|id| board.districts.binary_search(id).ok());
        whole += output;
        cluster.iter().for_each(|cluster| by_cluster[*cluster] += output);
        district.iter().for_each(|district| by_district[*district] += output);
        if let (Some(cluster), Some(district)) = (cluster, district) {
            by_pair[board.at(cluster, district)] += output;
        }
    }
    let mut out = nothing;
    for (d, district) in board.districts.iter().enumerate() {
        let share = known(firms.iter().filter(|firm| firm.district.as_ref() == Some(district)), is_known);
        if !enough(share) {
            unknown.push(UnknownPart { part: "location_quotient", district: Some(district.clone()), known: Some(share) });
            continue;
        }
        for c in 0..board.clusters.len() {
            out[board.at(c, d)] = Some(ratio(ratio(by_pair[board.at(c, d)], by_district[d]), ratio(by_cluster[c], whole)));
        }
    }
    out
}

/// Firms of the cluster in the district ÷ those in all districts; each firm code once a district.
fn firm_shares(board: &Board, evidence: &Evidence, min_known: f64, unknown: &mut Vec<UnknownPart>) -> Vec<Option<f64>> {
    let firms = evidence.firms.as_deref().map(in_order);
    let share = firms.as_ref().map(|firms| known(firms.iter().filter(|firm| firm.district.is_some()), |firm| firm.cluster.is_some()));
    let Some(firms) = firms.filter(|_| share.is_some_and(|share| share >= min_known - 1e-9)) else {
        unknown.push(UnknownPart { part: "present_firms", district: None, known: share });
        return vec![None; board.allowed.len()];
    };
    let mut codes: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for firm in firms {
        let (Some(cluster), Some(district)) = (&firm.cluster, &firm.district) else { continue };
        if let (Ok(cluster), Ok(district)) = (board.clusters.binary_search(cluster), board.districts.binary_search(district)) {
            codes.entry(board.at(cluster, district)).or_default().insert(&firm.code);
        }
    }
    let counts: Vec<f64> = (0..board.allowed.len()).map(|at| codes.get(&at).map_or(0, BTreeSet::len) as f64).collect();
    shares(board, &counts)
}
