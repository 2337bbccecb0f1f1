//! Points and totals (exact readings S1–S4).

use crate::rules::Op;
use crate::rules::designation::ScoreRule;

/// Slack of comparisons (G4).
fn slack(at: f64) -> f64 {
    1e-9 * at.abs().max(1.0)
}

/// A value's score as a fraction of the indicator's most points, 0…1.
pub(super) fn score(rule: &ScoreRule, op: Op, value: f64) -> f64 {
    match rule {
        ScoreRule::Steps(steps) => {
            let most = steps.iter().map(|(_, points)| *points).fold(0.0, f64::max);
            let reached = match op {
                Op::AtLeast | Op::Above => steps.iter().rev().find(|(at, _)| value >= at - slack(*at)),
                Op::AtMost | Op::Below => steps.iter().find(|(at, _)| value <= at + slack(*at)),
            };
            if most > 0.0 { reached.map_or(0.0, |(_, points)| points / most) } else { 0.0 }
        }
        ScoreRule::Linear { low, high } if low == high => f64::from(u8::from(op.holds(value, *high))),
        ScoreRule::Linear { low, high } => ((value - low) / (high - low)).clamp(0.0, 1.0),
    }
}

/// A weighed indicator of one park; `score` is `None` when the value is unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighed {
    pub weight: f64,
    pub score: Option<f64>,
}

/// 100 · Σ w s ÷ Σ w. An unknown one earns `unknown` points (0 for the total, 1 for the most it could be) and keeps its weight.
pub(super) fn weighted(indicators: &[Weighed], unknown: f64) -> Option<f64> {
    let weight: f64 = indicators.iter().map(|one| one.weight).sum();
    let points: f64 = indicators.iter().map(|one| one.weight * one.score.unwrap_or(unknown)).sum();
    (weight > 0.0).then(|| 100.0 * points / weight)
}

/// The total after penalties, not below 0.
pub(super) fn total(indicators: &[Weighed], unknown: f64, penalty: f64) -> f64 {
    (weighted(indicators, unknown).unwrap_or(0.0) - penalty).max(0.0)
}

/// Half-up to two decimals: what ranks are made from. The slack keeps 84.125 from falling to 84.12 by its last bit.
pub(super) fn rounded(total: f64) -> f64 {
    (total * 100.0 + 0.5 + 1e-9).floor() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_holds_from_its_start_to_just_before_the_next() {
        let steps = ScoreRule::Steps(vec![(1.5, 2.0), (2.0, 4.0), (2.5, 6.0), (3.0, 8.0), (3.5, 10.0)]);
        for (value, expected) in [(1.49, 0.0), (1.5, 0.2), (1.999, 0.2), (2.0, 0.4), (3.5, 1.0), (9.0, 1.0)] {
            assert_eq!(score(&steps, Op::AtLeast, value), expected, "{value}");
        }
        assert_eq!(score(&steps, Op::AtLeast, 2.0 - 1e-10), 0.4); // G4
    }

    #[test]
    fn where_less_is_better_the_smallest_step_not_below_counts() {
        let steps = ScoreRule::Steps(vec![(0.8, 10.0), (1.0, 5.0)]);
        assert_eq!([0.7, 0.8, 0.9, 1.0, 1.1].map(|value| score(&steps, Op::AtMost, value)), [1.0, 1.0, 0.5, 0.5, 0.0]);
        let line = ScoreRule::Linear { low: 1.1, high: 0.7 };
        assert!((score(&line, Op::AtMost, 0.9) - 0.5).abs() < 1e-12);
        assert_eq!([score(&line, Op::AtMost, 1.2), score(&line, Op::AtMost, 0.5)], [0.0, 1.0]);
    }

    #[test]
    fn the_unknown_keep_their_weight_and_penalties_come_last() {
        let indicators = [Weighed { weight: 3.0, score: Some(1.0) }, Weighed { weight: 1.0, score: None }];
        assert_eq!((total(&indicators, 0.0, 4.0), total(&indicators, 1.0, 4.0)), (71.0, 96.0));
        assert_eq!(total(&indicators, 0.0, 90.0), 0.0);
        assert_eq!([rounded(84.125), rounded(84.1249), rounded(0.005)], [84.13, 84.12, 0.01]);
    }
}
