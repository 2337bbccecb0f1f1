//! Typed reading of the allocation pack: bounds of clusters and districts, exemption, weights of the fit (exact readings A1, A2, A5, A11).

use super::RulesFault;
use super::figure::Cited;
use super::pack::Pack;
use crate::domain::catalogue;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct AllocationPack {
    pub id: String,
    pub version: String,
    /// Districts of a cluster that is not exempt.
    pub cluster_min: Cited<usize>,
    pub cluster_max: Cited<usize>,
    /// Clusters of a district, the exempt ones left out.
    pub district_min: Cited<usize>,
    pub district_max: Cited<usize>,
    /// Clusters that may have more districts than `cluster_max` (A2).
    pub more_districts: BTreeMap<String, Cited<usize>>,
    /// Classes of clusters that the city places (A1).
    pub exempt_classes: Cited<Vec<String>>,
    pub fit: FitWeights,
    /// Levers of a cluster (A11).
    pub levers_min: Cited<usize>,
    pub levers_max: Cited<usize>,
    /// Key firms that a cluster's ledger names at least.
    pub key_firms_min: Cited<usize>,
}

/// How the parts of the fit of a cluster in a district are weighed (A5).
#[derive(Clone, Debug)]
pub struct FitWeights {
    pub location_quotient: Cited<f64>,
    /// The location quotient from which that part is full.
    pub quotient_full: Cited<f64>,
    pub suited_area: Cited<f64>,
    pub present_firms: Cited<f64>,
    /// What the fit of a placement must exceed to be worth it.
    pub placement_cost: Cited<f64>,
    /// Below this share of known records a location quotient is unknown (G3).
    pub min_known: Cited<f64>,
}

impl AllocationPack {
    pub fn read(pack: &Pack) -> Result<Self, RulesFault> {
        let is_cluster = |id: &str| catalogue().cluster(id).is_some();
        let known = || catalogue().clusters.iter().map(|cluster| cluster.id.clone()).collect();
        let cluster_min = pack.count("bounds.cluster_min")?;
        let more = pack.known_members("more", is_cluster, known)?.into_iter().map(|cluster| {
            let path = format!("more.{cluster}.max_districts");
            let most = pack.count(&path)?;
            if most.value < cluster_min.value {
                return Err(RulesFault::Type { pack: pack.header.id.clone(), path, wanted: "not below bounds.cluster_min" });
            }
            Ok((cluster.to_owned(), most))
        });
        let more_districts = more.collect::<Result<_, RulesFault>>()?;
        Ok(AllocationPack {
            id: pack.header.id.clone(),
            version: pack.header.version.clone(),
            cluster_min,
            cluster_max: pack.count("bounds.cluster_max")?,
            district_min: pack.count("bounds.district_min")?,
            district_max: pack.count("bounds.district_max")?,
            more_districts,
            exempt_classes: pack.texts("exempt.classes")?,
            fit: FitWeights {
                location_quotient: pack.number("fit.location_quotient")?,
                quotient_full: pack.number("fit.quotient_full")?,
                suited_area: pack.number("fit.suited_area")?,
                present_firms: pack.number("fit.present_firms")?,
                placement_cost: pack.number("fit.placement_cost")?,
                min_known: pack.number("fit.min_known")?,
            },
            levers_min: pack.count("count.levers_min")?,
            levers_max: pack.count("count.levers_max")?,
            key_firms_min: pack.count("count.key_firms_min")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Packs, Status, check};

    const TEXT: &str = include_str!("../../geodata/rules/allocation-shenzhen.toml");

    #[test]
    fn the_shipped_pack_says_what_the_plan_says() {
        let pack = AllocationPack::read(&Packs::embedded().resolve("allocation", None).expect("pack")).expect("read");
        let bounds = [&pack.cluster_min, &pack.cluster_max, &pack.district_min, &pack.district_max];
        assert_eq!(bounds.map(|bound| (bound.value, bound.cite.status)), [3, 5, 3, 5].map(|value| (value, Status::Sourced)));
        assert_eq!(pack.exempt_classes.value, ["strategic", "future"]);
        assert!(pack.more_districts.is_empty() && pack.cluster_max.cite.clause.contains("细分领域较多的产业集群可适当增加布局区"));
        let weights = [&pack.fit.location_quotient, &pack.fit.suited_area, &pack.fit.present_firms, &pack.fit.placement_cost];
        assert!(weights.iter().all(|weight| weight.cite.status == Status::Unconfirmed), "nobody has published the weights");
    }

    #[test]
    fn a_cluster_may_have_more_districts_and_an_unknown_one_is_refused() {
        let with = |cluster: &str| {
            let more = format!(
                "[more.{cluster}]\nmax_districts = {{ value = 7, unit = \"个区\", clause = \"c\", source = \"s\", status = \"sourced\" }}\n[exempt]"
            );
            TEXT.replace("[exempt]", &more)
        };
        assert_eq!(check(&with("c24-equipment")), []);
        let pack = AllocationPack::read(&Pack::parse(&with("c24-equipment")).expect("pack")).expect("read");
        assert_eq!(pack.more_districts["c24-equipment"].value, 7);
        assert_eq!(check(&with("c24-nothing")).iter().map(|problem| problem.code).collect::<Vec<_>>(), ["vocabulary"]);
        let back_to_front = TEXT.replace("cluster_min = { value = 3", "cluster_min = { value = 6");
        assert_eq!(check(&back_to_front).iter().map(|problem| problem.code).collect::<Vec<_>>(), ["min_above_max"]);
    }
}
