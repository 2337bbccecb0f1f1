//! The life of a designation (exact readings S8, S9): states, moves and dates.

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DesignationState)]
pub enum State {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Submit,
    Forward,
    Return,
    Reject,
    Designate,
    Keep,
    Revoke,
    Withdraw,
}

impl State {
    /// The state after a move; `None` when the move is not allowed from here. Terminal states allow none.
    pub fn after(self, step: Move) -> Option<State> {
        use State::*;
        Some(match (self, step) {
            (Draft, Move::Submit) => DistrictReview,
            (DistrictReview, Move::Forward) => CityReview,
            (DistrictReview | CityReview, Move::Return) => Draft,
            (DistrictReview | CityReview, Move::Reject) => Rejected,
            (CityReview, Move::Designate) => Designated,
            (Designated | RecheckDue, Move::Keep) => Designated,
            (Designated | RecheckDue, Move::Revoke) => Revoked,
            (Draft | DistrictReview, Move::Withdraw) => Withdrawn,
            _ => return None,
        })
    }
}

/// Dates of a title decided on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DesignationLife)]
pub struct Life {
    pub state: State,
    /// Last valid day.
    pub valid_through: NaiveDate,
    pub recheck_from: NaiveDate,
}

/// The title decided on `decided`, seen on `as_of`; `None` when a date leaves the calendar.
pub fn life(decided: NaiveDate, term_years: usize, recheck_months: usize, as_of: NaiveDate) -> Option<Life> {
    let valid_through = years_later(decided, term_years)?.pred_opt()?;
    let recheck_from = decided.checked_add_months(Months::new(u32::try_from(recheck_months).ok()?))?;
    let state = match as_of {
        day if day > valid_through => State::Expired,
        day if day >= recheck_from => State::RecheckDue,
        _ => State::Designated,
    };
    Some(Life { state, valid_through, recheck_from })
}

/// The same month and day `years` later; 29 February becomes 28 February.
fn years_later(day: NaiveDate, years: usize) -> Option<NaiveDate> {
    let year = day.year() + i32::try_from(years).ok()?;
    day.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
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
        assert_eq!(at("2026-10-31").state, State::Designated);
        assert_eq!(at("2026-11-01").state, State::RecheckDue);
        assert_eq!([at("2027-04-30").state, at("2027-05-01").state], [State::RecheckDue, State::Expired]);
        assert_eq!(life(day("2024-02-29"), 3, 30, day("2024-03-01")).expect("life").valid_through, day("2027-02-27"));
    }

    #[test]
    fn terminal_states_allow_no_move_and_only_a_city_review_designates() {
        for state in [State::Rejected, State::Withdrawn, State::Revoked, State::Expired] {
            for step in [Move::Submit, Move::Forward, Move::Return, Move::Reject, Move::Designate, Move::Keep, Move::Revoke, Move::Withdraw] {
                assert_eq!(state.after(step), None);
            }
        }
        assert_eq!(State::DistrictReview.after(Move::Designate), None);
        assert_eq!(State::CityReview.after(Move::Designate), Some(State::Designated));
        assert_eq!(State::RecheckDue.after(Move::Keep), Some(State::Designated));
    }
}
