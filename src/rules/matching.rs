//! Typed reading of the matching pack: what is offered to a requirement, and what a change weighs (exact readings P7, P8).

use super::RulesFault;
use super::figure::{Cite, Cited, Status};
use super::pack::Pack;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct MatchingPack {
    pub id: String,
    pub version: String,
    /// Uses of units whose vacancy counts.
    pub unit_uses: Cited<Vec<String>>,
    /// Beginnings of land-use codes on which works may be built.
    pub parcel_uses: Cited<Vec<String>>,
    /// Spare GFA below which a parcel is no candidate, m².
    pub min_spare: Cited<f64>,
    /// Months from today until a new building stands.
    pub build_months: Cited<usize>,
    /// Whether an area above the wanted range may be divided.
    pub divisible: Cited<bool>,
    pub weights: Weights,
}

/// Cost of a failed criterion: times the relative shortfall for numbers, as it stands for the others.
#[derive(Clone, Debug)]
pub struct Weights {
    pub area: Cited<f64>,
    pub load: Cited<f64>,
    pub height: Cited<f64>,
    pub power: Cited<f64>,
    pub fire: Cited<f64>,
    pub date: Cited<f64>,
    pub cluster_retrofit: Cited<f64>,
    pub cluster_unfit: Cited<f64>,
}

impl MatchingPack {
    pub fn read(pack: &Pack) -> Result<Self, RulesFault> {
        let weight = |key: &str| pack.number(&format!("weight.{key}"));
        Ok(MatchingPack {
            id: pack.header.id.clone(),
            version: pack.header.version.clone(),
            unit_uses: pack.texts("candidate.unit_uses")?,
            parcel_uses: pack.texts("candidate.parcel_uses")?,
            min_spare: pack.number("candidate.min_spare")?,
            build_months: pack.count("candidate.build_months")?,
            divisible: pack.flag("candidate.divisible")?,
            weights: Weights {
                area: weight("area")?,
                load: weight("load")?,
                height: weight("height")?,
                power: weight("power")?,
                fire: weight("fire")?,
                date: weight("date")?,
                cluster_retrofit: weight("cluster_retrofit")?,
                cluster_unfit: weight("cluster_unfit")?,
            },
        })
    }

    /// The source of the figures, the first unconfirmed one where there is one.
    pub fn cite(&self) -> &Arc<Cite> {
        let weights = &self.weights;
        let numbers = [&weights.area, &weights.load, &weights.height, &weights.power, &weights.fire, &weights.date];
        let more = [&weights.cluster_retrofit, &weights.cluster_unfit, &self.min_spare];
        let cites = numbers.into_iter().chain(more).map(|figure| &figure.cite);
        cites.into_iter().find(|cite| cite.status == Status::Unconfirmed).unwrap_or(&weights.area.cite)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Packs;

    #[test]
    fn the_shipped_pack_reads_and_says_that_its_weights_are_unconfirmed() {
        let pack = MatchingPack::read(&Packs::embedded().resolve("matching", None).expect("pack")).expect("read");
        assert!(pack.divisible.value && pack.build_months.value == 24);
        assert_eq!(pack.cite().status, Status::Unconfirmed);
    }
}
