//! The city's side of the location quotient (exact reading I4).

use super::evidence::CityEvidence;
use super::firms::quantity;
use super::measure::{Frame, ratio, sieve};
use crate::analysis::disclosure::Figure;
use std::collections::BTreeMap;

/// X_c and X of the city, summed once for all parks.
#[derive(Default)]
pub(super) struct CitySide {
    by_cluster: BTreeMap<String, f64>,
    /// `None` when too little is known or nothing was loaded.
    total: Option<f64>,
    /// Of the official table, where one was taken.
    pub source: Option<String>,
    /// What X_c of each cluster and X rest on; none of an official table, which is public.
    parts: BTreeMap<String, Figure>,
    whole: Option<Figure>,
}

impl CitySide {
    /// From the official table when it is of the year of the flows, else over all active firms in order of code (G5).
    pub(super) fn new(city: &CityEvidence, frame: &Frame<'_>) -> CitySide {
        if let Some(table) = city.table.as_ref().filter(|table| table.year == frame.flow_year()) {
            let (by_cluster, total, source) = (table.by_cluster.clone(), Some(table.total), Some(table.source.clone()));
            return CitySide { by_cluster, total, source, ..CitySide::default() };
        }
        let mut side = CitySide::default();
        let Some(firms) = &city.firms else { return side };
        let sieved = sieve(firms.iter().filter(|firm| firm.active), |firm| &firm.code, |firm| frame.basis(firm).err());
        for firm in sieved.iter() {
            if let (Some(cluster), Ok(amount)) = (&firm.cluster, frame.basis(firm)) {
                *side.by_cluster.entry(cluster.clone()).or_insert(0.0) += amount;
            }
        }
        let mut by_cluster: BTreeMap<&String, Vec<&str>> = BTreeMap::new();
        for firm in sieved.iter() {
            firm.cluster.iter().for_each(|cluster| by_cluster.entry(cluster).or_default().push(&firm.code));
        }
        let over = |codes: &mut dyn Iterator<Item = &str>| Figure::over(quantity(frame.pack.lq_basis), codes.map(|code| (code, code)));
        side.parts = by_cluster.into_iter().map(|(cluster, codes)| (cluster.clone(), over(&mut codes.into_iter()))).collect();
        side.whole = Some(over(&mut sieved.iter().map(|firm| firm.code.as_str())));
        side.total = sieved.enough(frame.min_known()).then(|| sieved.sum(|firm| frame.basis(firm).ok()));
        side
    }

    /// What X_c and X rest on.
    pub(super) fn figures(&self, cluster: &str) -> impl Iterator<Item = Figure> {
        self.parts.get(cluster).into_iter().chain(&self.whole).cloned()
    }

    /// X_c ÷ X; `None` when either is 0 or unknown.
    pub(super) fn share(&self, cluster: &str) -> Option<f64> {
        let part = self.by_cluster.get(cluster).copied().unwrap_or(0.0);
        ratio(part, self.total?).filter(|share| *share > 0.0)
    }
}
