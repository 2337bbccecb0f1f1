//! Scores, total, grade and rank worked out again from frozen values and a pack (exact reading S11).

use super::frozen::{FrozenCard, FrozenIndicator, FrozenStatus, Peer};
use super::grade::{Grade, Quotas, Standing, grades};
use super::score::{Weighed, rounded, score, total};
use crate::rules::indicators::declared;
use crate::rules::{DesignationPack, Op, Verdict};

/// What the frozen values come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Again {
    pub indicators: Vec<JudgedAgain>,
    pub total: f64,
    pub total_high: f64,
    pub status: FrozenStatus,
    pub passes: bool,
    pub grade: Grade,
    pub rank: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct JudgedAgain {
    pub id: String,
    pub verdict: Option<String>,
    pub score: Option<f64>,
    weight: Option<f64>,
    must: bool,
}

const NOT_APPLICABLE: &str = "not_applicable";
/// Reasons that come from the pack's must-pass lines, which are judged again; the others are facts.
const OF_MUSTS: &str = "must_";

/// Judges the frozen values by `pack`. Facts that are no indicator (penalty, false data, accidents) stand as they were found.
pub fn again(card: &FrozenCard, pack: &DesignationPack) -> Again {
    let classes: Vec<String> = pack.facilities.iter().map(|rule| rule.class.clone()).collect();
    let indicators: Vec<JudgedAgain> = card.indicators.iter().filter_map(|frozen| judge(frozen, pack, &classes)).collect();
    let counts = |one: &&JudgedAgain| one.verdict.as_deref() != Some(NOT_APPLICABLE);
    let weighed: Vec<Weighed> = indicators.iter().filter(counts).filter_map(|one| Some(Weighed { weight: one.weight?, score: one.score })).collect();
    let has = |verdict: Verdict| indicators.iter().any(|one| one.must && one.verdict.as_deref() == Some(name(verdict)));
    let forced = card.reasons.iter().any(|reason| !reason.starts_with(OF_MUSTS)) || has(Verdict::Fail);
    let status = match (forced, has(Verdict::Unknown)) {
        (true, _) => FrozenStatus::Forced,
        (false, true) => FrozenStatus::Withheld,
        (false, false) => FrozenStatus::Ranked,
    };
    let total_now = total(&weighed, 0.0, card.penalty);
    let (grade, rank) = place(card, pack, status, total_now);
    Again {
        total: total_now,
        total_high: total(&weighed, 1.0, card.penalty),
        passes: status == FrozenStatus::Ranked && Op::AtLeast.holds(total_now, pack.min_score.value),
        status,
        grade,
        rank,
        indicators,
    }
}

impl Again {
    /// Whether it is what was frozen, to the last bit of what is stored.
    pub fn reproduces(&self, card: &FrozenCard) -> bool {
        let same = |(again, frozen): (&JudgedAgain, &FrozenIndicator)| {
            again.id == frozen.id && again.verdict == frozen.verdict && again.score == frozen.score
        };
        self.indicators.len() == card.indicators.len()
            && self.indicators.iter().zip(&card.indicators).all(same)
            && (Some(self.total), Some(self.total_high), self.status, self.passes, self.rank)
                == (card.total, card.total_high, card.status, card.passes, card.rank)
            && self.grade.as_str() == card.grade
    }
}

/// `None` for a class of facilities that this pack does not ask about.
fn judge(frozen: &FrozenIndicator, pack: &DesignationPack, classes: &[String]) -> Option<JudgedAgain> {
    let own = declared(&frozen.id, classes)?;
    let rule = pack.indicators.get(&frozen.id);
    let must = rule.and_then(|rule| rule.must.as_ref());
    let limit = must.or_else(|| rule.and_then(|rule| rule.threshold.as_ref())).map(|limit| limit.value);
    let op = rule.and_then(|rule| rule.op).unwrap_or(own.op);
    let verdict = match (frozen.verdict.as_deref(), limit, frozen.value) {
        (Some(NOT_APPLICABLE), ..) => Some(NOT_APPLICABLE.to_owned()),
        (_, None, Some(_)) => None,
        (_, limit, value) => Some(name(op.judge(value, limit)).to_owned()),
    };
    let points = rule.and_then(|rule| rule.score.as_ref()).zip(frozen.value).map(|(rule, value)| score(rule, own.op, value));
    let weight = rule.and_then(|rule| rule.weight.as_ref()).map(|weight| weight.value);
    Some(JudgedAgain { id: frozen.id.clone(), verdict, score: points, weight, must: must.is_some() })
}

fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
    }
}

/// Grade and rank among the field as it was frozen.
fn place(card: &FrozenCard, pack: &DesignationPack, status: FrozenStatus, total: f64) -> (Grade, Option<usize>) {
    if !pack.weighs() {
        return (if status == FrozenStatus::Withheld { Grade::Withheld } else { Grade::Ungraded }, None);
    }
    let quotas = Quotas { a_share: pack.a_share.value, b_share: pack.b_share.value, d_share: pack.d_share.value, min_ranked: pack.min_ranked };
    let standing = |status: FrozenStatus, total: f64| match status {
        FrozenStatus::Ranked => Standing::Ranked(rounded(total)),
        FrozenStatus::Forced => Standing::Forced,
        FrozenStatus::Withheld => Standing::Withheld,
    };
    let field: Vec<&Peer> = card.field.iter().filter(|peer| !pack.rank_within_type || peer.park_type == card.park_type).collect();
    // A card is judged again as it was frozen, with every total.
    let of = |peer: &&Peer| if peer.park == card.park { standing(status, total) } else { standing(peer.status, peer.total.unwrap_or_default()) };
    let placed = grades(&field.iter().map(of).collect::<Vec<_>>(), &quotas);
    let own = field.iter().position(|peer| peer.park == card.park);
    own.map_or((Grade::Withheld, None), |at| placed[at])
}
