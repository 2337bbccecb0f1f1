//! 授牌: the states and moves of a designation and the dates of a title (exact readings S8, S9).

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `recheck_due` and `expired` are read from the date and never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DesignationState {
    Draft,
    DistrictReview,
    CityReview,
    Designated,
    RecheckDue,
    Expired,
    Revoked,
    Rejected,
    Withdrawn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DesignationStep {
    Submit,
    Forward,
    Return,
    Reject,
    Designate,
    Keep,
    Revoke,
    Withdraw,
}

use DesignationState::{CityReview, Designated, DistrictReview, Draft, Expired, RecheckDue, Rejected, Revoked, Withdrawn};

impl DesignationState {
    pub const ALL: [Self; 9] = [Draft, DistrictReview, CityReview, Designated, RecheckDue, Expired, Revoked, Rejected, Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Draft => "draft",
            DistrictReview => "district_review",
            CityReview => "city_review",
            Designated => "designated",
            RecheckDue => "recheck_due",
            Expired => "expired",
            Revoked => "revoked",
            Rejected => "rejected",
            Withdrawn => "withdrawn",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// The state after a move; `None` when the move is not allowed from here.
    pub fn after(self, step: DesignationStep) -> Option<Self> {
        use DesignationStep as Step;
        Some(match (self, step) {
            (Draft, Step::Submit) => DistrictReview,
            (DistrictReview, Step::Forward) => CityReview,
            (DistrictReview | CityReview, Step::Return) => Draft,
            (DistrictReview | CityReview, Step::Reject) => Rejected,
            (CityReview, Step::Designate) => Designated,
            (Designated | RecheckDue, Step::Keep) => Designated,
            (Designated | RecheckDue, Step::Revoke) => Revoked,
            (Draft | DistrictReview | CityReview, Step::Withdraw) => Withdrawn,
            _ => return None,
        })
    }

    /// What may be done from here; nothing from a terminal state.
    pub fn next(self) -> impl Iterator<Item = DesignationStep> {
        DesignationStep::ALL.into_iter().filter(move |step| self.after(*step).is_some())
    }

    /// Whether anything may still come of it: a park has one such record at most.
    pub fn is_open(self) -> bool {
        self.next().next().is_some()
    }

    pub fn is_title(self) -> bool {
        matches!(self, Designated | RecheckDue)
    }
}

impl DesignationStep {
    pub const ALL: [Self; 8] = [Self::Submit, Self::Forward, Self::Designate, Self::Keep, Self::Return, Self::Reject, Self::Revoke, Self::Withdraw];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Forward => "forward",
            Self::Return => "return",
            Self::Reject => "reject",
            Self::Designate => "designate",
            Self::Keep => "keep",
            Self::Revoke => "revoke",
            Self::Withdraw => "withdraw",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// Whether it is the reviewers': the planners draft, submit and withdraw.
    pub fn is_review(self) -> bool {
        !matches!(self, Self::Submit | Self::Withdraw)
    }

    /// Whether the evidence is frozen with it (S10).
    pub fn is_decision(self) -> bool {
        matches!(self, Self::Designate | Self::Keep | Self::Revoke | Self::Reject)
    }

    /// Whether it gives a title, for which the park must pass.
    pub fn gives_title(self) -> bool {
        matches!(self, Self::Designate | Self::Keep)
    }

    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Return | Self::Reject | Self::Revoke)
    }
}

/// What a title is on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DesignationLife)]
pub struct Life {
    pub state: DesignationState,
    /// Last valid day.
    pub valid_through: NaiveDate,
    pub recheck_from: NaiveDate,
}

/// The title decided on `decided`, seen on `as_of`; `None` when a date leaves the calendar.
pub fn life(decided: NaiveDate, term_years: usize, recheck_months: usize, as_of: NaiveDate) -> Option<Life> {
    let valid_through = years_later(decided, term_years)?.pred_opt()?;
    let recheck_from = decided.checked_add_months(Months::new(u32::try_from(recheck_months).ok()?))?;
    Some(Life { state: on_day(valid_through, recheck_from, as_of), valid_through, recheck_from })
}

/// A title's state on a day. A due re-check leaves it valid.
pub fn on_day(valid_through: NaiveDate, recheck_from: NaiveDate, day: NaiveDate) -> DesignationState {
    match day {
        day if day > valid_through => Expired,
        day if day >= recheck_from => RecheckDue,
        _ => Designated,
    }
}

/// The same month and day `years` later; 29 February becomes 28 February.
fn years_later(day: NaiveDate, years: usize) -> Option<NaiveDate> {
    let year = day.year() + i32::try_from(years).ok()?;
    day.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
}

/// A designation as it is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Designation {
    pub code: String,
    pub park: String,
    /// As stored; see [`Designation::state_on`].
    pub stored: DesignationState,
    pub lead_cluster: Option<String>,
    /// Of the last decision, like the figures that follow.
    pub grade: Option<String>,
    pub total: Option<f64>,
    pub rank: Option<i64>,
    pub passes: Option<bool>,
    /// The day of the last decision.
    pub date: Option<NaiveDate>,
    pub valid_through: Option<NaiveDate>,
    pub recheck_from: Option<NaiveDate>,
    pub step: Option<DesignationStep>,
    /// Why the last step was taken.
    pub reasons: Option<String>,
    /// On what the application rests.
    pub basis: Option<String>,
    pub assessments: Vec<YearlyGrade>,
    pub pack: String,
    pub pack_version: String,
    pub pack_sha256: String,
    /// The texts of the pack's layers as a JSON array.
    pub pack_text: Option<String>,
    /// Canonical JSON (RFC 8785) of what the last decision rests on.
    pub evidence: Option<String>,
    pub evidence_sha256: Option<String>,
    pub drafted_by: Option<String>,
    /// Everybody else who had a hand in the application, one account a line: who edited or submitted it.
    pub submitted_by: Option<String>,
    pub revision: i64,
}

impl Designation {
    pub fn state_on(&self, day: NaiveDate) -> DesignationState {
        match (self.stored, self.valid_through, self.recheck_from) {
            (Designated, Some(through), Some(recheck)) => on_day(through, recheck, day),
            (stored, ..) => stored,
        }
    }

    /// Whether this account drafted, edited or submitted it.
    pub fn is_applicant(&self, account: &str) -> bool {
        self.drafted_by.as_deref() == Some(account) || self.others().any(|by| by == account)
    }

    /// `submitted_by` once this account has had a hand in it too. Accounts hold no line breaks.
    pub fn with_applicant(&self, account: &str) -> Option<String> {
        if self.is_applicant(account) {
            return self.submitted_by.clone();
        }
        Some(self.others().chain([account]).collect::<Vec<_>>().join("\n"))
    }

    fn others(&self) -> impl Iterator<Item = &str> {
        self.submitted_by.as_deref().unwrap_or_default().lines()
    }
}

/// The grade of a calendar year; in a cell `2026:D`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct YearlyGrade {
    pub year: i32,
    pub grade: String,
}

impl YearlyGrade {
    pub fn parse(cell: &str) -> Option<Self> {
        let (year, grade) = cell.split_once(':')?;
        Some(YearlyGrade { year: year.parse().ok()?, grade: grade.to_owned() })
    }

    pub fn cell(&self) -> String {
        format!("{}:{}", self.year, self.grade)
    }
}

/// How many consecutive calendar years up to the last recorded one are graded D (S6). A year without a record ends the run.
pub fn years_of_d(assessments: &[YearlyGrade]) -> usize {
    let mut sorted: Vec<&YearlyGrade> = assessments.iter().collect();
    sorted.sort();
    let Some(last) = sorted.last().map(|one| one.year) else { return 0 };
    sorted.iter().rev().zip(0..).take_while(|(one, back)| one.grade == "D" && one.year == last - back).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("date")
    }

    #[test]
    fn a_title_of_three_years_ends_the_day_before_and_is_due_for_recheck_before_that() {
        let at = |as_of: &str| life(day("2024-05-01"), 3, 30, day(as_of)).expect("life");
        assert_eq!(at("2024-05-01").valid_through, day("2027-04-30"));
        assert_eq!(at("2026-10-31").state, Designated);
        assert_eq!(at("2026-11-01").state, RecheckDue);
        assert_eq!([at("2027-04-30").state, at("2027-05-01").state], [RecheckDue, Expired]);
    }

    #[test]
    fn the_29th_of_february_becomes_the_28th_and_ends_the_day_before() {
        let through = |from: &str, years| life(day(from), years, 30, day(from)).expect("life").valid_through;
        assert_eq!(through("2024-02-29", 3), day("2027-02-27"));
        assert_eq!(through("2024-02-29", 4), day("2028-02-28"));
        assert_eq!(through("2024-03-01", 4), day("2028-02-29"));
        assert_eq!(through("2025-02-28", 3), day("2028-02-27"));
        assert_eq!(life(day("2023-08-31"), 3, 30, day("2023-08-31")).expect("life").recheck_from, day("2026-02-28"));
        assert_eq!(life(day("2024-05-01"), 3_000_000, 30, day("2024-05-01")), None);
    }

    /// S8 word by word: every move from every state.
    #[test]
    fn all_moves_of_all_states() {
        use DesignationStep::*;
        let allowed = |from: DesignationState| -> Vec<(DesignationStep, DesignationState)> {
            match from {
                DesignationState::Draft => vec![(Submit, DistrictReview), (Withdraw, Withdrawn)],
                DesignationState::DistrictReview => {
                    vec![(Forward, CityReview), (Return, DesignationState::Draft), (Reject, Rejected), (Withdraw, Withdrawn)]
                }
                DesignationState::CityReview => {
                    vec![(Designate, Designated), (Return, DesignationState::Draft), (Reject, Rejected), (Withdraw, Withdrawn)]
                }
                DesignationState::Designated | DesignationState::RecheckDue => vec![(Keep, Designated), (Revoke, Revoked)],
                _ => Vec::new(),
            }
        };
        for from in DesignationState::ALL {
            assert_eq!(DesignationState::parse(from.as_str()), Some(from));
            for step in DesignationStep::ALL {
                assert_eq!(DesignationStep::parse(step.as_str()), Some(step));
                let expected = allowed(from).into_iter().find(|(known, _)| *known == step).map(|(_, to)| to);
                assert_eq!(from.after(step), expected, "{from:?} {step:?}");
            }
            assert_eq!(from.is_open(), !allowed(from).is_empty());
        }
    }

    #[test]
    fn only_consecutive_years_of_d_count() {
        let run = |cells: &[&str]| years_of_d(&cells.iter().map(|cell| YearlyGrade::parse(cell).expect("cell")).collect::<Vec<_>>());
        assert_eq!(run(&[]), 0);
        assert_eq!(run(&["2025:D", "2026:D"]), 2);
        assert_eq!(run(&["2026:D", "2025:D", "2024:C"]), 2);
        assert_eq!(run(&["2024:D", "2026:D"]), 1, "a year without a record");
        assert_eq!(run(&["2024:D", "2025:D", "2026:C"]), 0);
        assert_eq!(YearlyGrade::parse("2026:D").map(|one| one.cell()).as_deref(), Some("2026:D"));
    }
}
