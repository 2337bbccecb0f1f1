//! Many parcels together: built, allowed, potential and remaining GFA (exact reading U21).

use super::result::UpstairsResult;
use serde::Serialize;
use utoipa::ToSchema;

/// Sums in m² over the parcels whose part is known; the others are listed, never added as 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
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

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PartialParcel {
    pub parcel: String,
    /// Of `built`, `allowed`, `potential`: what could not be told.
    pub unknown: Vec<&'static str>,
}

/// What one parcel brings to a roll-up, m²; `None` is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    pub parcel: String,
    pub built: Option<f64>,
    pub allowed: Option<f64>,
    /// Largest GFA found. Without a FAR limit what may be built is not known, so such a parcel's potential is not counted either.
    pub potential: Option<f64>,
}

impl From<&UpstairsResult> for Capacity {
    fn from(result: &UpstairsResult) -> Self {
        Capacity {
            parcel: result.parcel.clone(),
            built: result.built_gfa_m2,
            allowed: result.allowed_gfa_m2,
            potential: result.allowed_gfa_m2.map(|_| result.gfa_m2),
        }
    }
}

impl Capacity {
    /// What could still be built, m².
    pub fn remaining(&self) -> Option<f64> {
        self.potential.zip(self.built).map(|(potential, built)| (potential - built).max(0.0))
    }

    pub fn unknown(&self) -> Vec<&'static str> {
        let parts = [("built", self.built), ("allowed", self.allowed), ("potential", self.potential)];
        parts.into_iter().filter(|(_, part)| part.is_none()).map(|(name, _)| name).collect()
    }
}

/// The roll-up of whole answers.
pub fn roll_up(results: &[UpstairsResult]) -> RollUp {
    sum(&results.iter().map(Capacity::from).collect::<Vec<_>>())
}

/// The roll-up, summed in order of code so that it does not hang on the order in which parcels were computed.
pub fn sum<'a>(parcels: impl IntoIterator<Item = &'a Capacity>) -> RollUp {
    let mut order: Vec<&Capacity> = parcels.into_iter().collect();
    order.sort_by(|a, b| a.parcel.cmp(&b.parcel));
    let mut sums = RollUp { parcels: order.len(), ..RollUp::default() };
    for parcel in order {
        sums.built_gfa_m2 += parcel.built.unwrap_or(0.0);
        sums.allowed_gfa_m2 += parcel.allowed.unwrap_or(0.0);
        sums.potential_gfa_m2 += parcel.potential.unwrap_or(0.0);
        sums.remaining_gfa_m2 += parcel.remaining().unwrap_or(0.0);
        let unknown = parcel.unknown();
        if !unknown.is_empty() {
            sums.partial.push(PartialParcel { parcel: parcel.parcel.clone(), unknown });
        }
    }
    sums
}
