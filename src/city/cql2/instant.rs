//! Dates and timestamps.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};

/// A day, or a moment of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instant {
    Date(NaiveDate),
    Timestamp(DateTime<Utc>),
}

impl Instant {
    /// Reads `2026-09-01`.
    pub fn date(text: &str) -> Option<Self> {
        // chrono also takes blanks, signs and single digits.
        let plain =
            text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        plain.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Instant::Date))?
    }

    /// Reads `2026-09-01T08:00:00Z`; another offset than Z is taken into account.
    pub fn timestamp(text: &str) -> Option<Self> {
        Instant::date(text.get(..10)?)?;
        let rest = text.get(10..).filter(|rest| rest.starts_with('T') && rest.is_ascii())?;
        DateTime::parse_from_rfc3339(&format!("{}{rest}", &text[..10])).ok().map(|moment| Instant::Timestamp(moment.with_timezone(&Utc)))
    }

    pub fn read(text: &str) -> Option<Self> {
        Instant::date(text).or_else(|| Instant::timestamp(text))
    }

    /// ISO text.
    pub fn iso(&self) -> String {
        match self {
            Instant::Date(date) => date.format("%Y-%m-%d").to_string(),
            Instant::Timestamp(moment) => moment.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        }
    }

    /// A text that stands among the ISO dates of a column where the instant stands among the days: a day begins at its midnight.
    pub fn among_dates(&self) -> String {
        match self {
            Instant::Timestamp(moment) if moment.time() == NaiveTime::MIN => Instant::Date(moment.date_naive()).iso(),
            other => other.iso(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_read() {
        assert!(
            ["2026-02-29", "2026-13-01", "2026-1-01", "+026-01-01", "2026-09-01 ", "20260901", "二〇二六年"]
                .iter()
                .all(|text| Instant::read(text).is_none())
        );
        assert!(["2026-09-01T25:00:00Z", "2026-09-01T08:00", "2026-09-01 08:00:00Z", "2026-09-01T"].iter().all(|text| Instant::read(text).is_none()));
        assert_eq!(Instant::read("2012-08-10T05:30:00.000000Z"), Instant::read("2012-08-10T05:30:00Z"));
        assert_eq!(Instant::read("2026-09-01T08:00:00+08:00").unwrap().among_dates(), "2026-09-01");
        assert!(Instant::read("2026-09-01T08:00:00Z").unwrap().among_dates().as_str() > "2026-09-01");
        assert_eq!(Instant::read("1969-07-16T05:32:00.393216Z").unwrap().iso(), "1969-07-16T05:32:00.393216Z");
    }
}
