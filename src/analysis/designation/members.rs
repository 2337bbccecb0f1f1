//! Who is a member of a virtual park on a day (exact reading V2).

use chrono::NaiveDate;

/// From the day of admission to the day before leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    pub admitted: NaiveDate,
    pub left: Option<NaiveDate>,
}

/// Member at t when admitted ≤ t < left.
pub fn is_member(stay: Stay, on: NaiveDate) -> bool {
    stay.admitted <= on && stay.left.is_none_or(|left| on < left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_one_from_admission_to_the_day_before_leaving() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let stay = Stay { admitted: day("2025-03-01"), left: Some(day("2026-01-01")) };
        for (on, member) in [("2025-02-28", false), ("2025-03-01", true), ("2025-12-31", true), ("2026-01-01", false)] {
            assert_eq!(is_member(stay, day(on)), member, "{on}");
        }
        assert!(is_member(Stay { left: None, ..stay }, day("2199-12-31")));
    }
}
