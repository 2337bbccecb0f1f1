//! The yearly programme against what was completed: GFA on record by year, never potential (U21).

use crate::city::City;
use crate::domain::LayerId;
use crate::domain::columns::building;
use crate::rules::UpstairsPack;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Programme {
    /// m² of completed GFA a year; `None` where the pack names no programme.
    #[schema(required)]
    pub target_m2_per_year: Option<f64>,
    #[schema(required)]
    pub status: Option<crate::rules::Status>,
    #[schema(required)]
    pub source: Option<String>,
    #[schema(required)]
    pub clause: Option<String>,
    pub completed: Vec<Completed>,
    /// Buildings of the parcels in question whose year or area is not on record: they are in no year.
    pub unknown_buildings: usize,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CompletedYear)]
pub struct Completed {
    pub year: i64,
    pub gfa_m2: f64,
    pub buildings: usize,
    /// Share of the year's target.
    #[schema(required)]
    pub share: Option<f64>,
}

/// `parcels` are those of the roll-up: a building belongs to the one that its record names.
pub(super) fn programme(city: &City, parcels: &HashSet<&str>, pack: &UpstairsPack) -> Programme {
    let target = pack.programme_per_year.as_ref();
    let mut years: BTreeMap<i64, (f64, usize)> = BTreeMap::new();
    let mut unknown = 0;
    let buildings = city.table(LayerId::Building);
    for row in (0..buildings.len()).filter(|row| buildings.text(*row, building::PARCEL).is_some_and(|parcel| parcels.contains(parcel))) {
        match (buildings.number(row, building::BUILT_YEAR), buildings.number(row, building::GFA_M2)) {
            (Some(year), Some(gfa)) => {
                let sum = years.entry(year as i64).or_default();
                *sum = (sum.0 + gfa, sum.1 + 1);
            }
            _ => unknown += 1,
        }
    }
    let share = |gfa: f64| target.map(|target| gfa / target.value);
    Programme {
        target_m2_per_year: target.map(|target| target.value),
        status: target.map(|target| target.cite.status),
        source: target.map(|target| target.cite.source.clone()),
        clause: target.map(|target| target.cite.clause.clone()),
        completed: years.into_iter().map(|(year, (gfa_m2, buildings))| Completed { year, gfa_m2, buildings, share: share(gfa_m2) }).collect(),
        unknown_buildings: unknown,
    }
}
