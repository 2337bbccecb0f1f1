//! What a consolidation answers, and how much of it a reader sees.

use super::super::features::{Feature, Features};
use super::super::seen::Seen;
use crate::analysis::consolidation::DrawnAnswer;
use crate::domain::RunRecord;
use crate::service::Viewer;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Consolidation {
    #[serde(flatten)]
    pub found: DrawnAnswer,
    /// Of a basket only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub connect: Option<Vec<Joining>>,
    pub run: RunRecord,
}

/// Parcels that would join a piece of a basket to the rest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Joining {
    pub parcels: Vec<String>,
    pub joins: Vec<String>,
    pub added_area_m2: f64,
    pub cost_wan: f64,
}

impl Seen for Consolidation {
    /// Who owns a parcel is for planners.
    fn seen_by(&self, viewer: &Viewer) -> Cow<'_, Self> {
        if viewer.sees_private("parcel") {
            return Cow::Borrowed(self);
        }
        let mut seen = self.clone();
        let sites = seen.found.candidates.iter_mut().flat_map(|candidate| &mut candidate.sites);
        sites.flat_map(|site| &mut site.ledger.rows).for_each(|row| row.owner = None);
        Cow::Owned(seen)
    }
}

impl Consolidation {
    /// One feature per site of the candidate `label` (the first when it is not there).
    pub fn features(&self, label: &str) -> Features {
        let candidates = &self.found.candidates;
        let chosen = candidates.iter().find(|candidate| candidate.label == label).or(candidates.first());
        let sites = chosen.into_iter().flat_map(|candidate| &candidate.sites);
        let features = sites.map(|site| Feature::new(Some(&site.figures.id), Some(site.outline.clone()), &site.figures));
        Features::new(&self.run, features.collect())
    }
}
