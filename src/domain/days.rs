//! Days as people write them.

use super::fault::Fault;
use chrono::{Datelike, NaiveDate};

/// Years in which a day that somebody states may lie: a day outside them is a slip of the pen.
const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2199;

/// How a day is written, zh and en.
pub fn how_a_day_is_written() -> (String, String) {
    (
        format!("日期应写作 2026-09-01，年份在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"),
        format!("write the date as 2026-09-01, with a year from {FIRST_YEAR} to {LAST_YEAR}"),
    )
}

/// "This is no day" about what somebody wrote.
pub fn no_day(code: &'static str, text: &str) -> Fault {
    let (zh, en) = how_a_day_is_written();
    Fault::bad(code, format!("{zh}：{text}"), format!("{en}: {text}"))
}

/// The day of `2026-09-01`; none for another spelling, for no day of the calendar and for one out of any time of ours.
pub fn stated_day(text: &str) -> Option<NaiveDate> {
    let is_iso =
        text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| is_iso)?;
    (FIRST_YEAR..=LAST_YEAR).contains(&day.year()).then_some(day)
}

/// The last day of the quarter before the one of `day`.
pub fn last_quarter_end(day: NaiveDate) -> NaiveDate {
    let first_month = (day.month0() / 3) * 3 + 1;
    NaiveDate::from_ymd_opt(day.year(), first_month, 1).and_then(|first| first.pred_opt()).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_end_before_the_first_of_january_april_july_and_october() {
        for (of, end) in [("2026-01-01", "2025-12-31"), ("2026-03-31", "2025-12-31"), ("2026-04-01", "2026-03-31"), ("2026-11-29", "2026-09-30")] {
            assert_eq!(last_quarter_end(of.parse().expect("day")).to_string(), end);
        }
    }

    #[test]
    fn a_day_is_written_in_one_way_and_lies_in_our_time() {
        for fine in ["2026-09-01", "1900-01-01", "2199-12-31", "2024-02-29"] {
            assert_eq!(stated_day(fine).map(|day| day.to_string()).as_deref(), Some(fine));
        }
        for bad in ["1000-01-01", "1899-12-31", "2200-01-01", "9999-01-01", "2026-02-29", "2026-9-1", "+2026-9-01", "2026-09-01T00:00:00Z", "", "x"] {
            assert_eq!(stated_day(bad), None, "{bad}");
        }
    }
}
