//! The answer of an allocation.

use super::super::seen::Seen;
use crate::analysis::allocation::{Audit, Best, Breach, Certificate, ClusterCheck, Counts, Fit, Overlap, OverlapBasis, Pair, UnknownPart};
use crate::domain::RunRecord;
use crate::rules::{AllocationPack, Status};
use crate::service::Viewer;
use chrono::NaiveDate;
use serde::Serialize;
use std::borrow::Cow;
use utoipa::ToSchema;

/// Where a matrix comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AllocationBasis)]
pub enum MatrixBasis {
    /// What each district declares to develop.
    Declared,
    /// The lead clusters of its parks.
    Parks,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Allocation {
    pub as_of: NaiveDate,
    /// Of the matrix that leads: the declared one where there is one.
    pub basis: MatrixBasis,
    /// Clusters that the city places.
    pub exempt: Vec<String>,
    /// Every cluster of the catalogue in every district.
    pub matrix: Vec<Cell>,
    pub counts: Counts,
    pub warnings: Vec<Breach>,
    /// The audit of the parks' matrix, where a declared one leads.
    #[schema(required)]
    pub other: Option<MatrixAudit>,
    /// Why no allocation keeps all bounds; nothing where one does.
    #[schema(required)]
    pub certificate: Option<Certificate>,
    pub best: Best,
    pub overlap_basis: OverlapBasis,
    /// Pairs of districts, the most alike first.
    pub overlap: Vec<Overlap>,
    #[schema(required)]
    pub what_if: Option<WhatIfAnswer>,
    /// What the plan asks of each cluster besides its places.
    pub checks: Vec<ClusterCheck>,
    /// Parts of the fit that are not known and count 0.
    pub unknown: Vec<UnknownPart>,
    /// Lead clusters that do not stand as ids of the present catalogue.
    pub names: Vec<MappedName>,
    pub weights: Weights,
    pub run: RunRecord,
}

impl Seen for Allocation {
    /// Fits that would tell of a few firms are for nobody to read; how alike districts are is told to two places, from which no output follows.
    fn seen_by(&self, _viewer: &Viewer) -> Cow<'_, Self> {
        let mut seen = self.clone();
        let tells_withheld = |cell: &&Cell| cell.best && !self.exempt.contains(&cell.cluster) && cell.fit.is_withheld();
        if seen.matrix.iter().any(|cell| tells_withheld(&cell)) {
            seen.best.objective = None;
        }
        seen.matrix.iter_mut().for_each(|cell| cell.fit.withhold());
        seen.overlap.iter_mut().for_each(|pair| pair.cosine = pair.cosine.map(|cosine| (cosine * 100.0).round() / 100.0));
        Cow::Owned(seen)
    }
}

/// How well the cluster fits, in its parts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllocationFit)]
pub struct CellFit {
    /// As computed, not capped.
    #[schema(required)]
    pub location_quotient: Option<f64>,
    /// Of the cluster's suited park area, 0..=1.
    #[schema(required)]
    pub suited_area: Option<f64>,
    /// Of the cluster's firms in all districts, 0..=1.
    #[schema(required)]
    pub present_firms: Option<f64>,
    /// The weighted sum, 0..=1 with weights that add to 1.
    #[schema(required)]
    pub total: Option<f64>,
    /// Parts that rest on too few firms to be told, and so the total: null.
    pub withheld: Vec<FitPart>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AllocationFitPart)]
pub enum FitPart {
    LocationQuotient,
    PresentFirms,
}

impl CellFit {
    pub(super) fn of(fit: Fit, is_quotient_withheld: bool, are_firms_withheld: bool) -> CellFit {
        let parts = [
            (FitPart::LocationQuotient, is_quotient_withheld && fit.location_quotient.is_some()),
            (FitPart::PresentFirms, are_firms_withheld && fit.present_firms.is_some()),
        ];
        CellFit {
            location_quotient: fit.location_quotient,
            suited_area: fit.suited_area,
            present_firms: fit.present_firms,
            total: Some(fit.total),
            withheld: parts.into_iter().filter_map(|(part, is_withheld)| is_withheld.then_some(part)).collect(),
        }
    }

    fn is_withheld(&self) -> bool {
        !self.withheld.is_empty()
    }

    fn withhold(&mut self) {
        for part in &self.withheld {
            match part {
                FitPart::LocationQuotient => self.location_quotient = None,
                FitPart::PresentFirms => self.present_firms = None,
            }
            self.total = None;
        }
    }
}

/// One cluster in one district.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllocationCell)]
pub struct Cell {
    pub cluster: String,
    pub district: String,
    /// In the matrix that leads.
    pub placed: bool,
    /// `None` when no matrix is declared.
    #[schema(required)]
    pub declared: Option<bool>,
    /// The district's parks that list the cluster.
    pub parks: Vec<String>,
    /// In the best allocation.
    pub best: bool,
    pub fit: CellFit,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllocationMatrixAudit)]
pub struct MatrixAudit {
    pub basis: MatrixBasis,
    #[serde(flatten)]
    pub audit: Audit,
}

/// The parks' matrix with other lead clusters for one park; a declared matrix does not move.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllocationWhatIf)]
pub struct WhatIfAnswer {
    pub park: String,
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// Pairs that no park holds any more, and those that one holds now.
    pub gone: Vec<Pair>,
    pub come: Vec<Pair>,
    /// Warnings that the change makes and mends.
    pub made: Vec<Breach>,
    pub mended: Vec<Breach>,
    /// There is a declared matrix, which stays as it is.
    pub declared_stays: bool,
    /// Of the parks' matrix after the change.
    pub audit: Audit,
}

/// The same bound of the same member, whatever the count.
pub(super) fn is_same(a: &Breach, b: &Breach) -> bool {
    (a.kind, &a.id, a.bound) == (b.kind, &b.id, b.bound)
}

/// A name of a lead cluster and what it is taken for (A7).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationMappedName)]
pub struct MappedName {
    /// `park` or `district`.
    pub layer: &'static str,
    pub code: String,
    pub name: String,
    /// `None` when the name is unknown or unmatched: it places nothing.
    #[schema(required)]
    pub cluster: Option<String>,
    /// `same`, `merge`, `rename`, `split`, `new`, `unknown` or `unmatched`.
    pub how: &'static str,
    pub needs_review: bool,
    pub candidates: Vec<String>,
}

/// The figures behind the fit and the bounds.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllocationWeights)]
pub struct Weights {
    pub cluster: [usize; 2],
    pub district: [usize; 2],
    pub location_quotient: f64,
    pub suited_area: f64,
    pub present_firms: f64,
    pub placement_cost: f64,
    /// Of the weights of the fit.
    pub status: Status,
    pub source: String,
}

impl From<&AllocationPack> for Weights {
    fn from(pack: &AllocationPack) -> Weights {
        let fit = &pack.fit;
        let parts = [&fit.location_quotient, &fit.suited_area, &fit.present_firms, &fit.placement_cost];
        let unconfirmed = parts.iter().find(|part| part.cite.status == Status::Unconfirmed);
        let cite = &unconfirmed.unwrap_or(&parts[0]).cite;
        Weights {
            cluster: [pack.cluster_min.value, pack.cluster_max.value],
            district: [pack.district_min.value, pack.district_max.value],
            location_quotient: fit.location_quotient.value,
            suited_area: fit.suited_area.value,
            present_firms: fit.present_firms.value,
            placement_cost: fit.placement_cost.value,
            status: cite.status,
            source: cite.source.clone(),
        }
    }
}
