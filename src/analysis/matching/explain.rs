//! What is told of a candidate: each criterion with need and have, and the smallest change of those that fail.

use super::candidate::{Candidate, Free};
use super::criteria::{CRITERIA, Criterion, Judged, judge};
use super::need::Need;
use crate::analysis::upstairs::FitVerdict;
use crate::rules::{MatchingPack, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A number in the criterion's unit, or a class, day or verdict.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = MatchMeasure)]
pub enum Measure {
    Number(f64),
    Text(String),
}

/// A stated criterion.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MatchVerdict)]
pub struct Told {
    pub id: Criterion,
    pub verdict: Verdict,
    /// At least this (area: the range begins here); `None` where only a maximum is stated.
    #[schema(required)]
    pub need: Option<Measure>,
    /// Where the range of areas ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub need_max: Option<f64>,
    #[schema(required)]
    pub have: Option<Measure>,
    pub unit: &'static str,
    /// Of the cluster: the factor that decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub factor: Option<&'static str>,
}

/// What would turn a fail into a pass.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MatchChange)]
pub struct Change {
    pub criterion: Criterion,
    #[schema(required)]
    pub from: Option<Measure>,
    #[schema(required)]
    pub to: Option<Measure>,
    pub unit: &'static str,
    pub cost: f64,
}

/// The stated criteria of a candidate, and the changes that mend those which fail and can be mended.
pub fn explain(need: &Need, candidate: &Candidate<'_>, pack: &MatchingPack) -> (Vec<Told>, Vec<Change>) {
    let stated = CRITERIA.into_iter().filter_map(|criterion| Some((criterion, judge(criterion, need, candidate, pack)?)));
    let (mut told, mut changes) = (Vec::new(), Vec::new());
    for (criterion, judged) in stated {
        let one = tell(criterion, judged, need, candidate);
        changes.extend(change(&one, judged, candidate));
        told.push(one);
    }
    (told, changes)
}

fn tell(criterion: Criterion, judged: Judged, need: &Need, candidate: &Candidate<'_>) -> Told {
    let number = |value: Option<f64>| value.map(Measure::Number);
    let text = |value: Option<&str>| value.map(|text| Measure::Text(text.to_owned()));
    let (wanted, have, unit) = match criterion {
        Criterion::Cluster => (text(need.cluster.as_deref()), text(candidate.fit.and_then(|fit| fit_word(fit.verdict))), ""),
        Criterion::Area => (number(need.area_min), number(candidate.area_m2), "m²"),
        Criterion::Load => (number(need.load), number(candidate.load), "kN/m²"),
        Criterion::Height => (number(need.height), number(candidate.height), "m"),
        Criterion::Power => (number(need.power), number(candidate.power), "kVA"),
        Criterion::Fire => (text(need.fire.as_deref()), text(candidate.fire), ""),
        Criterion::Date => (text(need.by.map(|day| day.to_string()).as_deref()), free(candidate.free), ""),
    };
    Told {
        id: criterion,
        verdict: judged.verdict,
        need: wanted,
        need_max: need.area_max.filter(|_| criterion == Criterion::Area),
        have,
        unit,
        factor: candidate.fit.and_then(|fit| fit.factor).filter(|_| criterion == Criterion::Cluster),
    }
}

/// The word for vacant now.
const NOW: &str = "now";

fn free(free: Free) -> Option<Measure> {
    match free {
        Free::Now => Some(Measure::Text(NOW.to_owned())),
        Free::From(day) => Some(Measure::Text(day.to_string())),
        Free::Unknown => None,
    }
}

/// As the answers of the upstairs check write it.
fn fit_word(verdict: FitVerdict) -> Option<&'static str> {
    match verdict {
        FitVerdict::Fit => Some("fit"),
        FitVerdict::Retrofit => Some("retrofit"),
        FitVerdict::Unfit => Some("unfit"),
        FitVerdict::Unknown => None,
    }
}

fn change(told: &Told, judged: Judged, candidate: &Candidate<'_>) -> Option<Change> {
    if told.verdict != Verdict::Fail || !judged.can_change {
        return None;
    }
    let to = match told.id {
        // The floor is what it is: the firm waits.
        Criterion::Date => free(candidate.free),
        Criterion::Cluster => fit_word(FitVerdict::Fit).map(|word| Measure::Text(word.to_owned())),
        Criterion::Area => match (&told.have, &told.need, told.need_max) {
            (Some(Measure::Number(have)), Some(Measure::Number(least)), _) if have < least => told.need.clone(),
            (_, _, most) => most.map(Measure::Number),
        },
        _ => told.need.clone(),
    };
    let from = if told.id == Criterion::Date { told.need.clone() } else { told.have.clone() };
    Some(Change { criterion: told.id, from, to, unit: told.unit, cost: judged.cost })
}
