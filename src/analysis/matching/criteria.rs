//! One criterion of a requirement against one candidate (P7, P8).

use super::candidate::{Candidate, Free};
use super::need::Need;
use crate::analysis::upstairs::FitVerdict;
use crate::rules::order::{fire_need, fire_rating};
use crate::rules::{MatchingPack, Op, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MatchCriterion)]
pub enum Criterion {
    Cluster,
    Area,
    Load,
    Height,
    Power,
    Fire,
    Date,
}

/// In the order in which they are told and their costs are added.
pub const CRITERIA: [Criterion; 7] =
    [Criterion::Cluster, Criterion::Area, Criterion::Load, Criterion::Height, Criterion::Power, Criterion::Fire, Criterion::Date];

/// A verdict with what mending it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Judged {
    pub verdict: Verdict,
    pub cost: f64,
    /// Whether a change can mend it; of a fail only.
    pub can_change: bool,
}

const UNKNOWN: Judged = Judged { verdict: Verdict::Unknown, cost: 0.0, can_change: false };
const PASS: Judged = Judged { verdict: Verdict::Pass, cost: 0.0, can_change: false };

fn fail(cost: f64) -> Judged {
    Judged { verdict: Verdict::Fail, cost, can_change: true }
}

/// `None` when the requirement does not state it.
pub(super) fn judge(criterion: Criterion, need: &Need, candidate: &Candidate<'_>, pack: &MatchingPack) -> Option<Judged> {
    let weights = &pack.weights;
    match criterion {
        Criterion::Cluster => need.cluster.as_ref().map(|_| cluster(candidate, pack)),
        Criterion::Area => (need.area_min.is_some() || need.area_max.is_some()).then(|| area(need, candidate, pack)),
        Criterion::Load => need.load.map(|least| at_least(candidate.load, least, weights.load.value)),
        Criterion::Height => need.height.map(|least| at_least(candidate.height, least, weights.height.value)),
        Criterion::Power => need.power.map(|least| at_least(candidate.power, least, weights.power.value)),
        Criterion::Fire => need.fire.as_ref().map(|class| fire(candidate, class, weights.fire.value)),
        Criterion::Date => need.by.map(|by| match candidate.free {
            Free::Now => PASS,
            Free::From(day) if day <= by => PASS,
            Free::From(_) => fail(weights.date.value),
            Free::Unknown => UNKNOWN,
        }),
    }
}

/// Cost of a shortfall: the weight times the share of the need that is missing.
fn shortfall(have: f64, need: f64, weight: f64) -> f64 {
    weight * ((need - have) / need).max(0.0)
}

fn at_least(have: Option<f64>, need: f64, weight: f64) -> Judged {
    match have {
        None => UNKNOWN,
        Some(have) if Op::AtLeast.holds(have, need) => PASS,
        Some(have) => fail(shortfall(have, need, weight)),
    }
}

/// Below the range it fails by what is missing; above it passes where it can be divided, and else fails without a shortfall.
fn area(need: &Need, candidate: &Candidate<'_>, pack: &MatchingPack) -> Judged {
    let Some(have) = candidate.area_m2 else { return UNKNOWN };
    let weight = pack.weights.area.value;
    if let Some(least) = need.area_min.filter(|least| !Op::AtLeast.holds(have, *least)) {
        return fail(shortfall(have, least, weight));
    }
    match need.area_max.filter(|most| !Op::AtMost.holds(have, *most)) {
        Some(_) if !pack.divisible.value => fail(0.0),
        _ => PASS,
    }
}

fn fire(candidate: &Candidate<'_>, class: &str, weight: f64) -> Judged {
    match candidate.fire.and_then(fire_rating).zip(fire_need(class)) {
        None => UNKNOWN,
        Some((rated, needed)) if rated >= needed => PASS,
        Some(_) => fail(weight),
    }
}

fn cluster(candidate: &Candidate<'_>, pack: &MatchingPack) -> Judged {
    match candidate.fit.map(|fit| fit.verdict) {
        None | Some(FitVerdict::Unknown) => UNKNOWN,
        Some(FitVerdict::Fit) => PASS,
        Some(FitVerdict::Retrofit) => fail(pack.weights.cluster_retrofit.value),
        Some(FitVerdict::Unfit) => Judged { can_change: false, ..fail(pack.weights.cluster_unfit.value) },
    }
}
