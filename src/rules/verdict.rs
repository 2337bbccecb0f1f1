//! Three verdicts and the comparison they rest on (exact readings U16, G4).

use serde::Serialize;
use utoipa::ToSchema;

/// Relative slack of every comparison: a measured value that misses its limit by rounding alone still passes.
const SLACK: f64 = 1e-9;

/// Missing evidence is `unknown` (缺证): never pass, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Fail,
    Unknown,
}

/// Which side of the limit is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum Op {
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "<")]
    Below,
    #[serde(rename = ">")]
    Above,
}

impl Op {
    /// How far the measured value is on the allowed side, in the unit of both (negative when it fails).
    pub fn margin(self, measured: f64, limit: f64) -> f64 {
        match self {
            Op::AtMost | Op::Below => limit - measured,
            Op::AtLeast | Op::Above => measured - limit,
        }
    }

    /// "Above" is the opposite of "at most", slack included: what misses equality by rounding alone is equal.
    pub fn holds(self, measured: f64, limit: f64) -> bool {
        let (margin, slack) = (self.margin(measured, limit), SLACK * limit.abs().max(1.0));
        match self {
            Op::AtMost | Op::AtLeast => margin >= -slack,
            Op::Below | Op::Above => margin > slack,
        }
    }

    /// Whether greater values are on the allowed side.
    pub fn wants_more(self) -> bool {
        matches!(self, Op::AtLeast | Op::Above)
    }

    /// As packs write it.
    pub fn parse(sign: &str) -> Option<Op> {
        Some(match sign {
            "<=" => Op::AtMost,
            ">=" => Op::AtLeast,
            "<" => Op::Below,
            ">" => Op::Above,
            _ => return None,
        })
    }

    /// `unknown` when either side is missing.
    pub fn judge(self, measured: Option<f64>, limit: Option<f64>) -> Verdict {
        match (measured, limit) {
            (Some(measured), Some(limit)) if self.holds(measured, limit) => Verdict::Pass,
            (Some(_), Some(_)) => Verdict::Fail,
            _ => Verdict::Unknown,
        }
    }
}

impl Verdict {
    /// Fail if any fails, else unknown if any is unknown, else pass (U17).
    pub fn overall(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        verdicts.into_iter().fold(Verdict::Pass, |worst, next| match (worst, next) {
            (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            _ => Verdict::Pass,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_the_limit_passes_and_a_missing_side_is_unknown() {
        assert_eq!(Op::AtMost.judge(Some(4.0), Some(4.0)), Verdict::Pass);
        assert_eq!(Op::AtMost.judge(Some(4.0 + 3e-9), Some(4.0)), Verdict::Pass); // slack 4e-9
        assert_eq!(Op::AtMost.judge(Some(4.0 + 5e-9), Some(4.0)), Verdict::Fail);
        assert_eq!(Op::AtLeast.judge(Some(0.9), Some(1.0)), Verdict::Fail);
        assert_eq!(Op::AtLeast.judge(None, Some(1.0)), Verdict::Unknown);
    }

    #[test]
    fn a_strict_limit_is_not_reached_by_what_equals_it_but_for_rounding() {
        assert_eq!([0.5, 0.5 + 1e-12, 0.5 + 2e-9].map(|value| Op::Above.holds(value, 0.5)), [false, false, true]);
        assert_eq!([0.5, 0.5 - 1e-12, 0.5 - 2e-9].map(|value| Op::Below.holds(value, 0.5)), [false, false, true]);
        for sign in ["<=", ">=", "<", ">"] {
            assert_eq!(serde_json::json!(Op::parse(sign).expect("sign")), sign);
        }
        assert_eq!(Op::parse("="), None);
    }

    #[test]
    fn overall_is_the_worst_and_fail_beats_unknown() {
        use Verdict::*;
        assert_eq!(Verdict::overall([Pass, Unknown, Fail]), Fail);
        assert_eq!(Verdict::overall([Pass, Unknown]), Unknown);
        assert_eq!(Verdict::overall([]), Pass);
    }
}
