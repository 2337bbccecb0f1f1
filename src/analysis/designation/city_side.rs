//! The city's side of the location quotient (exact reading I4).

use super::evidence::CityEvidence;
use super::measure::{Frame, ratio, sieve};
use std::collections::BTreeMap;

/// X_c and X of the city, summed once for all parks.
pub(super) struct CitySide {
    by_cluster: BTreeMap<String, f64>,
    /// `None` when too little is known or nothing was loaded.
    total: Option<f64>,
    /// Of the official table, where one was taken.
    pub source: Option<String>,
}

impl CitySide {
    /// From the official table when it is of the year of the flows, else over all active firms in order of code (G5).
    pub(super) fn new(city: &CityEvidence, frame: &Frame<'_>) -> CitySide {
        if let Some(table) = city.table.as_ref().filter(|table| table.year == frame.flow_year()) {
            return CitySide { by_cluster: table.by_cluster.clone(), total: Some(table.total), source: Some(table.source.clone()) };
        }
        let mut side = CitySide { by_cluster: BTreeMap::new(), total: None, source: None };
        let Some(firms) = &city.firms else { return side };
        let sieved = sieve(firms.iter().filter(|firm| firm.active), |firm| &firm.code, |firm| frame.basis(firm).err());
        for firm in sieved.iter() {
            if let (Some(cluster), Ok(amount)) = (&firm.cluster, frame.basis(firm)) {
                *side.by_cluster.entry(cluster.clone()).or_insert(0.0) += amount;
            }
        }
        side.total = sieved.enough(frame.min_known()).then(|| sieved.sum(|firm| frame.basis(firm).ok()));
        side
    }

    /// X_c ÷ X; `None` when either is 0 or unknown.
    pub(super) fn share(&self, cluster: &str) -> Option<f64> {
        let part = self.by_cluster.get(cluster).copied().unwrap_or(0.0);
        ratio(part, self.total?).filter(|share| *share > 0.0)
    }
}
