//! The order of candidates (P7).

use super::candidate::{Candidate, Kind};
use super::criteria::{CRITERIA, judge};
use super::need::Need;
use crate::rules::{MatchingPack, Verdict};
use rayon::prelude::*;
use std::cmp::Ordering;

/// Where a candidate stands, before anything is told of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked<'a> {
    /// Its place in the list that was ranked.
    pub at: usize,
    pub kind: Kind,
    pub id: &'a str,
    /// By [`CRITERIA`]; `None` what the requirement does not state.
    pub verdicts: [Option<Verdict>; CRITERIA.len()],
    pub cost: f64,
    /// Lies in a wished district, or none is wished.
    pub wished: bool,
    /// Distance of the area from the wanted minimum (from the maximum where only that is stated), m²; `None` where it is not known.
    pub distance_m2: Option<f64>,
}

impl Ranked<'_> {
    pub fn count(&self, verdict: Verdict) -> usize {
        self.verdicts.iter().filter(|one| **one == Some(verdict)).count()
    }

    /// Every stated criterion passes.
    pub fn fits(&self) -> bool {
        self.count(Verdict::Fail) == 0 && self.count(Verdict::Unknown) == 0
    }
}

/// Every candidate, best first; the same list whatever the order of the candidates and the number of threads.
pub fn rank<'a>(need: &Need, candidates: &[Candidate<'a>], pack: &MatchingPack) -> Vec<Ranked<'a>> {
    let mut ranked: Vec<Ranked<'a>> = candidates.par_iter().enumerate().map(|(at, candidate)| assess(need, candidate, at, pack)).collect();
    ranked.par_sort_unstable_by(order);
    ranked
}

fn assess<'a>(need: &Need, candidate: &Candidate<'a>, at: usize, pack: &MatchingPack) -> Ranked<'a> {
    let judged = CRITERIA.map(|criterion| judge(criterion, need, candidate, pack));
    let bound = need.area_min.or(need.area_max);
    Ranked {
        at,
        kind: candidate.kind,
        id: candidate.id,
        verdicts: judged.map(|one| one.map(|one| one.verdict)),
        cost: judged.iter().flatten().fold(0.0, |sum, one| sum + one.cost),
        wished: need.districts.is_empty() || candidate.district.is_some_and(|own| need.districts.iter().any(|wish| wish == own)),
        distance_m2: match bound {
            None => Some(0.0),
            Some(bound) => candidate.area_m2.map(|area| (area - bound).abs()),
        },
    }
}

/// Fewest fails, fewest unknowns, least cost, wished district first, area nearest to the bound (an unknown one last), id, floors before parcels.
pub fn order(a: &Ranked<'_>, b: &Ranked<'_>) -> Ordering {
    let distance = |ranked: &Ranked<'_>| ranked.distance_m2.unwrap_or(f64::INFINITY);
    let counts = |ranked: &Ranked<'_>| (ranked.count(Verdict::Fail), ranked.count(Verdict::Unknown));
    counts(a)
        .cmp(&counts(b))
        .then_with(|| a.cost.total_cmp(&b.cost))
        .then_with(|| b.wished.cmp(&a.wished))
        .then_with(|| distance(a).total_cmp(&distance(b)))
        .then_with(|| a.id.cmp(b.id))
        .then_with(|| a.kind.cmp(&b.kind))
}
