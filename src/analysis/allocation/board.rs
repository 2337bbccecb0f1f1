//! The board: clusters × districts with the bounds of each, and matrices over it.

use super::evidence::ParkSite;
use crate::domain::Catalogue;
use crate::domain::catalogue::ClusterClass;
use crate::rules::{AllocationPack, Cited};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A cluster in a district.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AllocationPair)]
pub struct Pair {
    pub cluster: String,
    pub district: String,
}

impl Pair {
    pub fn new(cluster: impl Into<String>, district: impl Into<String>) -> Pair {
        Pair { cluster: cluster.into(), district: district.into() }
    }
}

/// Clusters and districts in the order of their ids, so that nothing hangs on the order of the evidence.
#[derive(Clone, Debug)]
pub struct Board {
    pub clusters: Vec<String>,
    pub districts: Vec<String>,
    /// By cluster: city-placed clusters have no bound and are not counted (A1).
    pub exempt: Vec<bool>,
    /// By cluster and by district: least and most.
    pub of_cluster: Vec<(Cited<usize>, Cited<usize>)>,
    pub of_district: Vec<(Cited<usize>, Cited<usize>)>,
    /// Whether a cluster may be placed in a district, by [`Board::at`].
    pub allowed: Vec<bool>,
}

/// Which clusters lie in which districts, by [`Board::at`].
pub type Matrix = Vec<bool>;

impl Board {
    /// `is_exempt` says which clusters the city places.
    pub fn new(catalogue: &Catalogue, districts: &BTreeSet<String>, pack: &AllocationPack, is_exempt: impl Fn(&str, ClusterClass) -> bool) -> Board {
        let mut known: Vec<(&str, ClusterClass)> = catalogue.clusters.iter().map(|cluster| (cluster.id.as_str(), cluster.class)).collect();
        known.sort_unstable_by_key(|(id, _)| *id);
        let most = |id: &str| pack.more_districts.get(id).unwrap_or(&pack.cluster_max).clone();
        Board {
            exempt: known.iter().map(|(id, class)| is_exempt(id, *class)).collect(),
            of_cluster: known.iter().map(|(id, _)| (pack.cluster_min.clone(), most(id))).collect(),
            of_district: vec![(pack.district_min.clone(), pack.district_max.clone()); districts.len()],
            allowed: vec![true; known.len() * districts.len()],
            clusters: known.into_iter().map(|(id, _)| id.to_owned()).collect(),
            districts: districts.iter().cloned().collect(),
        }
    }

    pub fn at(&self, cluster: usize, district: usize) -> usize {
        cluster * self.districts.len() + district
    }

    pub fn find(&self, pair: &Pair) -> Option<usize> {
        let cluster = self.clusters.binary_search(&pair.cluster).ok()?;
        Some(self.at(cluster, self.districts.binary_search(&pair.district).ok()?))
    }

    /// The pair of a place in a matrix.
    pub fn pair(&self, at: usize) -> Pair {
        let count = self.districts.len().max(1);
        Pair::new(self.clusters[at / count].clone(), self.districts[at % count].clone())
    }

    pub fn is_exempt(&self, at: usize) -> bool {
        self.exempt[at / self.districts.len().max(1)]
    }

    /// The matrix of these pairs; those that are not on the board are given back.
    pub fn matrix<'a>(&self, pairs: impl IntoIterator<Item = &'a Pair>) -> (Matrix, Vec<&'a Pair>) {
        let (mut matrix, mut stray) = (vec![false; self.allowed.len()], Vec::new());
        for pair in pairs {
            match self.find(pair) {
                Some(at) => matrix[at] = true,
                None => stray.push(pair),
            }
        }
        (matrix, stray)
    }

    /// A cluster is in a district when at least one park of that district that is no virtual one lists it (A3).
    pub fn of_parks<'a>(&self, parks: impl IntoIterator<Item = &'a ParkSite>) -> Matrix {
        let mut matrix = vec![false; self.allowed.len()];
        for park in parks.into_iter().filter(|park| !park.is_virtual) {
            for cluster in &park.lead_clusters {
                for (district, _) in &park.land {
                    if let Some(at) = self.find(&Pair::new(cluster, district)) {
                        matrix[at] = true;
                    }
                }
            }
        }
        matrix
    }
}
