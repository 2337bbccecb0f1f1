//! Code lists and the 20 + 8 industry catalogue with its lineage (`geodata/catalogue/`).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use utoipa::ToSchema;

/// One code with its names.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct Code {
    pub code: String,
    pub zh: String,
    pub en: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterClass {
    Strategic,
    Leading,
    Supporting,
    Improving,
    Future,
}

/// A cluster or future industry of the 2024 catalogue.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct Cluster {
    pub id: String,
    pub zh: String,
    pub en: String,
    pub class: ClusterClass,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<String>,
}

/// What became of a name of an earlier catalogue, or how an entry of the present one began.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct Lineage {
    /// Year of the catalogue in which the name stands.
    pub vintage: u16,
    pub from: String,
    pub from_kind: String,
    pub to: String,
    pub kind: String,
    #[serde(default)]
    pub needs_review: bool,
    #[serde(default)]
    pub candidates: Vec<String>,
    pub status: String,
}

#[derive(Deserialize)]
struct ClusterFile {
    vintage: u16,
    cluster: Vec<Cluster>,
    lineage: Vec<Lineage>,
}

pub struct Catalogue {
    /// Year of the present catalogue.
    pub vintage: u16,
    lists: BTreeMap<String, Vec<Code>>,
    pub clusters: Vec<Cluster>,
    pub lineage: Vec<Lineage>,
}

impl Catalogue {
    pub fn codes(&self, list: &str) -> Option<&[Code]> {
        self.lists.get(list).map(Vec::as_slice)
    }

    pub fn lists(&self) -> &BTreeMap<String, Vec<Code>> {
        &self.lists
    }

    pub fn cluster(&self, id: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.id == id)
    }
}

/// The embedded catalogue.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let lists = toml::from_str(include_str!("../../geodata/catalogue/codes.toml"))
            .unwrap_or_else(|error| panic!("geodata/catalogue/codes.toml: {error}"));
        let file: ClusterFile = toml::from_str(include_str!("../../geodata/catalogue/clusters.toml"))
            .unwrap_or_else(|error| panic!("geodata/catalogue/clusters.toml: {error}"));
        Catalogue { vintage: file.vintage, lists, clusters: file.cluster, lineage: file.lineage }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_twenty_clusters_and_eight_future_industries() {
        let count = |class| catalogue().clusters.iter().filter(|cluster| cluster.class == class).count();
        assert_eq!(
            [ClusterClass::Strategic, ClusterClass::Leading, ClusterClass::Supporting, ClusterClass::Improving, ClusterClass::Future].map(count),
            [7, 4, 4, 5, 8]
        );
    }

    #[test]
    fn every_lineage_ends_in_the_present_catalogue() {
        for step in &catalogue().lineage {
            assert!(catalogue().cluster(&step.to).is_some(), "{} → {}", step.from, step.to);
            assert!(step.candidates.iter().all(|id| catalogue().cluster(id).is_some()));
        }
    }
}
