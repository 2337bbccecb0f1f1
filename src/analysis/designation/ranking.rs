//! Everyone's rank with the weights as they are, and as they might be (exact readings S5, S7).

use super::card::Card;
use super::grade::{Grade, Quotas, Standing, grades};
use super::result::{HeadRun, HeadSensitivity, Sensitivity};
use crate::rules::DesignationPack;
use crate::rules::indicators::{HEADS, Head};
use std::collections::BTreeMap;

pub(super) type Placing = (Grade, Option<usize>);

/// Factors on a head's weights, each with everyone's placing.
type Steps = Vec<(f64, Vec<Placing>)>;

/// Whose weight is changed, by a factor.
#[derive(Clone, Copy)]
pub(super) enum Change<'a> {
    One(&'a str, f64),
    WholeHead(Head, f64),
}

impl Change<'_> {
    pub(super) fn factor(self, id: &str, of: Head) -> f64 {
        match self {
            Change::One(changed, factor) if changed == id => factor,
            Change::WholeHead(head, factor) if head == of => factor,
            _ => 1.0,
        }
    }
}

/// Grades and ranks with weights changed; inside each park type when the pack says so. Where nothing is weighed there is nothing to rank by.
pub(super) fn rank(cards: &[Card], pack: &DesignationPack, changed: Option<Change<'_>>) -> Vec<Placing> {
    if !pack.weighs() {
        return cards.iter().map(|card| (if card.is_withheld() { Grade::Withheld } else { Grade::Ungraded }, None)).collect();
    }
    let quotas = Quotas { a_share: pack.a_share.value, b_share: pack.b_share.value, d_share: pack.d_share.value, min_ranked: pack.min_ranked };
    let mut fields: BTreeMap<Option<&String>, Vec<usize>> = BTreeMap::new();
    for (index, card) in cards.iter().enumerate() {
        let field = if pack.rank_within_type { card.park_type() } else { None };
        fields.entry(field).or_default().push(index);
    }
    let mut placings = vec![(Grade::Withheld, None); cards.len()];
    for members in fields.values() {
        let standings: Vec<Standing> = members.iter().map(|index| cards[*index].standing(changed)).collect();
        for (index, placing) in members.iter().zip(grades(&standings, &quotas)) {
            placings[*index] = placing;
        }
    }
    placings
}

/// One weight at a time down and up by the pack's share; everyone ranked again. Beside it the heads, all weights of one together, in five steps.
pub(super) fn sensitivity(cards: &[Card], pack: &DesignationPack, base: &[Placing]) -> Vec<Sensitivity> {
    let weighed: Vec<&str> = pack.indicators.iter().filter(|(_, rule)| rule.weight.is_some()).map(|(id, _)| id.as_str()).collect();
    let changes = weighed.iter().flat_map(|id| [1.0 - pack.sensitivity, 1.0 + pack.sensitivity].map(|factor| Change::One(id, factor)));
    let runs: Vec<Vec<Placing>> = changes.map(|change| rank(cards, pack, Some(change))).collect();
    let steps = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|step| 1.0 + step * pack.sensitivity);
    let heads: Vec<(Head, Steps)> = HEADS
        .into_iter()
        .filter(|_| pack.weighs())
        .map(|head| (head, steps.map(|factor| (factor, rank(cards, pack, Some(Change::WholeHead(head, factor))))).to_vec()))
        .collect();
    (0..cards.len())
        .map(|index| {
            let ranks = || runs.iter().filter_map(|run| run[index].1);
            let same = runs.iter().filter(|run| run[index].1 == base[index].1).count();
            let mut grades: Vec<Grade> = runs.iter().map(|run| run[index].0).chain([base[index].0]).collect();
            grades.sort();
            grades.dedup();
            let holds = base[index].1.filter(|_| !runs.is_empty()).map(|_| same as f64 / runs.len() as f64);
            let of_head = |(head, steps): &(Head, Steps)| HeadSensitivity {
                head: *head,
                runs: steps.iter().map(|(factor, placings)| HeadRun { factor: *factor, rank: placings[index].1 }).collect(),
            };
            Sensitivity { best: ranks().min(), worst: ranks().max(), holds, grades, heads: heads.iter().map(of_head).collect() }
        })
        .collect()
}
