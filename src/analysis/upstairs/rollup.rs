//! Many parcels together: built, allowed, potential and remaining GFA (exact reading U21).

use super::result::UpstairsResult;
use serde::Serialize;

/// Sums in m² over the parcels whose part is known; the others are listed, never added as 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RollUp {
    pub parcels: usize,
    pub built_gfa_m2: f64,
    /// Σ FAR limit × site area.
    pub allowed_gfa_m2: f64,
    /// Σ largest GFA found.
    pub potential_gfa_m2: f64,
    /// Σ max(0, potential − built), parcel by parcel.
    pub remaining_gfa_m2: f64,
    /// Parcels with an unknown part, by code.
    pub partial: Vec<PartialParcel>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartialParcel {
    pub parcel: String,
    /// Of `built`, `allowed`, `potential`: what could not be told.
    pub unknown: Vec<&'static str>,
}

/// The roll-up, summed in order of code so that it does not hang on the order in which parcels were computed.
///
/// Without a FAR limit what may be built is not known, so such a parcel's potential is not counted either.
pub fn roll_up(results: &[UpstairsResult]) -> RollUp {
    let mut order: Vec<&UpstairsResult> = results.iter().collect();
    order.sort_by(|a, b| a.parcel.cmp(&b.parcel));
    let mut sums = RollUp { parcels: order.len(), ..RollUp::default() };
    for result in order {
        let potential = result.allowed_gfa_m2.map(|_| result.gfa_m2);
        let parts = [("built", result.built_gfa_m2), ("allowed", result.allowed_gfa_m2), ("potential", potential)];
        sums.built_gfa_m2 += result.built_gfa_m2.unwrap_or(0.0);
        sums.allowed_gfa_m2 += result.allowed_gfa_m2.unwrap_or(0.0);
        sums.potential_gfa_m2 += potential.unwrap_or(0.0);
        sums.remaining_gfa_m2 += potential.zip(result.built_gfa_m2).map_or(0.0, |(potential, built)| (potential - built).max(0.0));
        let unknown: Vec<&'static str> = parts.into_iter().filter(|(_, part)| part.is_none()).map(|(name, _)| name).collect();
        if !unknown.is_empty() {
            sums.partial.push(PartialParcel { parcel: result.parcel.clone(), unknown });
        }
    }
    sums
}
