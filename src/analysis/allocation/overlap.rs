//! How alike districts are (A9): cosine of their vectors over the clusters of the plan, future industries left out.

use super::board::{Board, Matrix};
use super::evidence::Evidence;
use crate::domain::Catalogue;
use crate::domain::catalogue::ClusterClass;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What a district's vector holds for each cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OverlapBasis {
    /// Output of its firms.
    #[default]
    Output,
    /// Number of its firms, each code once.
    Firms,
    /// 1 where the cluster is placed.
    Placements,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationOverlap)]
pub struct Overlap {
    pub a: String,
    pub b: String,
    /// 0..=1; unknown when one of the two has nothing.
    #[schema(required)]
    pub cosine: Option<f64>,
}

/// Every pair of districts, the most alike first, then by ids; unknown ones last.
pub fn overlaps(board: &Board, catalogue: &Catalogue, evidence: &Evidence, present: &Matrix, basis: OverlapBasis) -> Vec<Overlap> {
    let is_future = |id: &str| catalogue.cluster(id).is_some_and(|cluster| cluster.class == ClusterClass::Future);
    let rows: Vec<usize> = (0..board.clusters.len()).filter(|cluster| !is_future(&board.clusters[*cluster])).collect();
    let numbers = match basis {
        OverlapBasis::Placements => present.iter().map(|is_placed| f64::from(u8::from(*is_placed))).collect(),
        OverlapBasis::Output | OverlapBasis::Firms => of_firms(board, evidence, basis),
    };
    let vector = |district: usize| -> Vec<f64> { rows.iter().map(|cluster| numbers[board.at(*cluster, district)]).collect() };
    let vectors: Vec<Vec<f64>> = (0..board.districts.len()).map(vector).collect();
    let mut list = Vec::new();
    for a in 0..vectors.len() {
        for b in a + 1..vectors.len() {
            list.push(Overlap { a: board.districts[a].clone(), b: board.districts[b].clone(), cosine: cosine(&vectors[a], &vectors[b]) });
        }
    }
    let rank = |overlap: &Overlap| overlap.cosine.unwrap_or(-1.0);
    list.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| (&a.a, &a.b).cmp(&(&b.a, &b.b))));
    list
}

fn of_firms(board: &Board, evidence: &Evidence, basis: OverlapBasis) -> Vec<f64> {
    let mut firms: Vec<_> = evidence.firms.iter().flatten().collect();
    firms.sort_by(|a, b| (&a.code, &a.district).cmp(&(&b.code, &b.district)));
    let mut sums = vec![0.0; board.allowed.len()];
    let mut codes: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for firm in firms {
        let (Some(cluster), Some(district)) = (&firm.cluster, &firm.district) else { continue };
        let (Ok(cluster), Ok(district)) = (board.clusters.binary_search(cluster), board.districts.binary_search(district)) else { continue };
        let at = board.at(cluster, district);
        sums[at] += firm.output_wan.unwrap_or(0.0);
        codes.entry(at).or_default().insert(&firm.code);
    }
    if basis == OverlapBasis::Firms {
        return (0..sums.len()).map(|at| codes.get(&at).map_or(0, BTreeSet::len) as f64).collect();
    }
    sums
}

/// Scaled to the largest entry first, so that squares of large outputs stay in range.
fn cosine(a: &[f64], b: &[f64]) -> Option<f64> {
    let scaled = |vector: &[f64]| -> Option<Vec<f64>> {
        let largest = vector.iter().copied().fold(0.0, f64::max);
        (largest > 0.0).then(|| vector.iter().map(|value| value / largest).collect())
    };
    let (a, b) = (scaled(a)?, scaled(b)?);
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    Some((dot(&a, &b) / (dot(&a, &a).sqrt() * dot(&b, &b).sqrt())).clamp(0.0, 1.0))
}
