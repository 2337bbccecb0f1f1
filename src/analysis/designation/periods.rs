//! Periods of which a park owes a report, by the calendar and the pack (exact reading I15).

use super::evidence::Period;
use crate::rules::DesignationPack;
use chrono::{Datelike, Days, Months, NaiveDate};

/// A period of which a report is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    pub period: Period,
    /// Its last day.
    pub end: NaiveDate,
    /// The last day on which the report is on time.
    pub due_on: NaiveDate,
}

/// Periods of a year in the order of their ends: quarterly reports evenly spread, the last at the year's end, and the year's own.
pub fn owed_in(year: i32, pack: &DesignationPack) -> Vec<Owed> {
    let quarters = pack.quarters.value;
    let Some(last) = NaiveDate::from_ymd_opt(year, 12, 31) else { return Vec::new() };
    let end = |number: usize| {
        let months = 12 - 12 * number / quarters;
        last.checked_sub_months(Months::new(months as u32)).map(month_end)
    };
    let owed = |period, end, days: usize| Owed { period, end, due_on: due_on(end, days) };
    let mut periods: Vec<Owed> = (1..=quarters).filter_map(end).map(|day| owed(Period::Quarter, day, pack.due_days.value)).collect();
    if pack.annual {
        periods.push(owed(Period::Year, last, pack.annual_due_days.value));
    }
    periods
}

fn due_on(end: NaiveDate, days: usize) -> NaiveDate {
    end.checked_add_days(Days::new(days as u64)).unwrap_or(NaiveDate::MAX)
}

/// The last day of the day's month.
fn month_end(day: NaiveDate) -> NaiveDate {
    day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).and_then(|next| next.pred_opt()).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Packs;

    #[test]
    fn four_quarters_and_the_year_fall_due_by_the_pack() {
        let pack = DesignationPack::read(&Packs::embedded().resolve("designation", None).expect("pack")).expect("read");
        let told: Vec<String> = owed_in(2026, &pack).iter().map(|owed| format!("{:?} {} {}", owed.period, owed.end, owed.due_on)).collect();
        assert_eq!(
            told,
            [
                "Quarter 2026-03-31 2026-04-30",
                "Quarter 2026-06-30 2026-07-30",
                "Quarter 2026-09-30 2026-10-30",
                "Quarter 2026-12-31 2027-01-30",
                "Year 2026-12-31 2027-03-31",
            ]
        );
    }
}
