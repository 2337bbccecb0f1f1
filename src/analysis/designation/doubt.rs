//! Records that contradict one another: no one of them can be told to be the right one, so none is used.

use super::evidence::{CityEvidence, FirmRecord, NO_CLUSTER, ParkEvidence, UnitRecord};
use super::result::Reason;
use crate::domain::catalogue;
use std::collections::{BTreeMap, BTreeSet};

/// Firms and tenants that stand in two clusters. A firm has one main cluster whatever its sites (G7).
#[derive(Debug, Default)]
pub(super) struct Doubt {
    firms: BTreeSet<String>,
    tenants: BTreeSet<String>,
}

impl Doubt {
    pub(super) fn new(parks: &[&ParkEvidence], city: &CityEvidence) -> Doubt {
        let firms = parks.iter().flat_map(|park| park.firms.iter().flatten()).chain(city.firms.iter().flatten());
        let units = parks.iter().flat_map(|park| park.units.iter().flatten());
        Doubt {
            firms: in_two(firms.filter_map(|firm| Some((firm.code.as_str(), firm.cluster.as_deref()?)))),
            tenants: in_two(units.filter_map(|unit| Some((unit.tenant.as_deref()?, unit.cluster.as_deref()?)))),
        }
    }

    /// Why the firm's cluster cannot be used.
    pub(super) fn of_firm(&self, firm: &FirmRecord) -> Option<Reason> {
        if self.firms.contains(&firm.code) { Some(Reason::TwoClusters) } else { cluster_fault(firm.cluster.as_deref()) }
    }

    pub(super) fn of_unit(&self, unit: &UnitRecord) -> Option<Reason> {
        let doubted = unit.tenant.as_ref().is_some_and(|tenant| self.tenants.contains(tenant));
        if doubted { Some(Reason::TwoClusters) } else { cluster_fault(unit.cluster.as_deref()) }
    }
}

fn in_two<'a>(named: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeSet<String> {
    let mut clusters: BTreeMap<&str, &str> = BTreeMap::new();
    let mut doubted = BTreeSet::new();
    for (name, cluster) in named {
        if *clusters.entry(name).or_insert(cluster) != cluster {
            doubted.insert(name.to_owned());
        }
    }
    doubted
}

fn cluster_fault(cluster: Option<&str>) -> Option<Reason> {
    match cluster {
        None => Some(Reason::NoCluster),
        Some(id) if id == NO_CLUSTER || catalogue().cluster(id).is_some() => None,
        Some(_) => Some(Reason::UnknownCluster),
    }
}
