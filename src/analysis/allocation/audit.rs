//! The 3–5 audit: how many districts each cluster has and how many clusters each district, against their bounds (A1–A3), and the counts that
//! the plan asks of each cluster (A11).

use super::board::{Board, Matrix};
use super::evidence::Evidence;
use crate::rules::{AllocationPack, Cited, Status, Verdict};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Whose bound it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AllocationSide)]
pub enum Side {
    Cluster,
    District,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AllocationBound)]
pub enum Bound {
    Min,
    Max,
}

/// A count outside its bound. The rule is one "in principle": a breach warns and refuses nothing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationWarning)]
pub struct Breach {
    pub kind: Side,
    pub id: String,
    pub count: usize,
    pub bound: Bound,
    pub limit: usize,
    pub clause: String,
    pub source: String,
    pub status: Status,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationClusterCount)]
pub struct ClusterCount {
    pub id: String,
    /// Districts that it lies in.
    pub count: usize,
    /// Placed by the city: no bound of its own.
    pub exempt: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationDistrictCount)]
pub struct DistrictCount {
    pub id: String,
    /// Clusters that it has, the exempt ones left out.
    pub count: usize,
    pub with_exempt: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationCounts)]
pub struct Counts {
    pub clusters: Vec<ClusterCount>,
    pub districts: Vec<DistrictCount>,
}

/// One matrix against the bounds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationAudit)]
pub struct Audit {
    pub counts: Counts,
    /// Clusters first, each in the order of ids.
    pub warnings: Vec<Breach>,
}

impl Audit {
    pub fn of(board: &Board, matrix: &Matrix) -> Audit {
        let (clusters, districts) = (0..board.clusters.len(), 0..board.districts.len());
        let has = |cluster: usize, district: usize| matrix[board.at(cluster, district)];
        let counts = Counts {
            clusters: clusters
                .clone()
                .map(|cluster| ClusterCount {
                    id: board.clusters[cluster].clone(),
                    count: districts.clone().filter(|district| has(cluster, *district)).count(),
                    exempt: board.exempt[cluster],
                })
                .collect(),
            districts: districts
                .map(|district| DistrictCount {
                    id: board.districts[district].clone(),
                    count: clusters.clone().filter(|cluster| has(*cluster, district) && !board.exempt[*cluster]).count(),
                    with_exempt: clusters.clone().filter(|cluster| has(*cluster, district)).count(),
                })
                .collect(),
        };
        let of_clusters = counts.clusters.iter().zip(&board.of_cluster).filter(|(count, _)| !count.exempt);
        let of_clusters = of_clusters.filter_map(|(count, bounds)| breach(Side::Cluster, &count.id, count.count, bounds));
        let of_districts = counts.districts.iter().zip(&board.of_district);
        let of_districts = of_districts.filter_map(|(count, bounds)| breach(Side::District, &count.id, count.count, bounds));
        let warnings = of_clusters.chain(of_districts).collect();
        Audit { counts, warnings }
    }

    /// By how much the counts lie outside their bounds, summed.
    pub fn violation(&self) -> usize {
        self.warnings.iter().map(|breach| breach.count.abs_diff(breach.limit)).sum()
    }
}

fn breach(kind: Side, id: &str, count: usize, (least, most): &(Cited<usize>, Cited<usize>)) -> Option<Breach> {
    let (bound, limit) = match count {
        _ if count < least.value => (Bound::Min, least),
        _ if count > most.value => (Bound::Max, most),
        _ => return None,
    };
    let cite = &limit.cite;
    Some(Breach {
        kind,
        id: id.to_owned(),
        count,
        bound,
        limit: limit.value,
        clause: cite.clause.clone(),
        source: cite.source.clone(),
        status: cite.status,
    })
}

/// What the plan asks of each cluster besides places (A11): 3–5 levers with their tasks, and a ledger of key firms.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationClusterCheck)]
pub struct ClusterCheck {
    pub cluster: String,
    /// Key firms in the firm table; `None` when it does not say which firms are.
    #[schema(required)]
    pub key_firms: Option<usize>,
    pub ledger: Verdict,
    /// Levers of the action plan; `None` when no table of them was loaded.
    #[schema(required)]
    pub levers: Option<usize>,
    pub levers_verdict: Verdict,
}

fn judged(holds: bool) -> Verdict {
    if holds { Verdict::Pass } else { Verdict::Fail }
}

/// In the order of ids.
pub fn check_clusters(board: &Board, evidence: &Evidence, pack: &AllocationPack) -> Vec<ClusterCheck> {
    let firms = evidence.firms.as_deref().filter(|firms| firms.iter().any(|firm| firm.is_key.is_some()));
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for firm in firms.into_iter().flatten().filter(|firm| firm.is_key == Some(true)) {
        if let Some(cluster) = &firm.cluster {
            named.entry(cluster).or_default().insert(&firm.code);
        }
    }
    let check = |cluster: &String| {
        let key_firms = firms.map(|_| named.get(cluster.as_str()).map_or(0, BTreeSet::len));
        let levers = evidence.levers.as_ref().map(|levers| levers.get(cluster).copied().unwrap_or(0));
        ClusterCheck {
            cluster: cluster.clone(),
            key_firms,
            ledger: key_firms.map_or(Verdict::Unknown, |count| judged(count >= pack.key_firms_min.value)),
            levers,
            levers_verdict: levers.map_or(Verdict::Unknown, |count| judged((pack.levers_min.value..=pack.levers_max.value).contains(&count))),
        }
    };
    board.clusters.iter().map(check).collect()
}
