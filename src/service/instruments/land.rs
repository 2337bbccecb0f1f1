//! The land as it stood on a day: parcels that had gone into a plan parcel by then are left out, plan parcels stand from their day on.

use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A day or an interval of days; `None` is an open end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LandOn {
    first: Option<String>,
    last: Option<String>,
}

impl LandOn {
    /// Reads `2026-09-01`, `2026-09-01T00:00:00Z`, `2026-01-01/2026-12-31`, `../2026-12-31`, `2026-01-01/..` (OGC API Features `datetime`).
    pub fn parse(text: &str) -> Outcome<Self> {
        let bad = || {
            Fault::bad("datetime", format!("datetime 应为日期或区间：{text}"), format!("datetime is a day or an interval: {text}"))
                .at("datetime")
                .help("写成 2026-09-01 或 2026-01-01/2026-12-31，开口一端写 ..", "write 2026-09-01 or 2026-01-01/2026-12-31, with .. for an open end")
        };
        let day = |part: &str| {
            let date = part.get(..10).filter(|_| part.len() == 10 || part.as_bytes().get(10) == Some(&b'T')).ok_or_else(bad)?;
            NaiveDate::parse_from_str(date, "%Y-%m-%d").map_err(|_| bad())?;
            Ok::<_, Fault>(date.to_owned())
        };
        let end = |part: &str| if part.is_empty() || part == ".." { Ok(None) } else { day(part).map(Some) };
        let on = match text.trim().split_once('/') {
            None => {
                let date = day(text.trim())?;
                LandOn { first: Some(date.clone()), last: Some(date) }
            }
            Some((first, last)) => LandOn { first: end(first)?, last: end(last)? },
        };
        match (&on.first, &on.last) {
            (Some(first), Some(last)) if first > last => Err(bad()),
            _ => Ok(on),
        }
    }
}

/// Registered parcels that have been merged and have not come back, with the day on which all of each had gone into merges.
pub(in crate::service) fn merged_parcels(city: &City) -> BTreeMap<String, String> {
    city.instruments().merged(|code| city.table(LayerId::Parcel).row_of(code).is_some())
}

/// Keeps the rows of land that stood at some time of `on`. Other layers have no time axis: all of their rows stay.
pub(in crate::service) fn keep_standing(city: &City, table: &Table, rows: &mut Vec<u32>, on: &LandOn) {
    let registered = match table.id() {
        LayerId::Parcel => true,
        LayerId::PlanParcel => false,
        _ => return,
    };
    let lineage = city.instruments().lineage();
    let ended = lineage.ever_ended();
    rows.retain(|row| {
        let code = table.key(*row as usize);
        // Most parcels were never part of an instrument.
        (registered && !ended.contains(code))
            || lineage.spans(code, registered).iter().any(|span| span.meets(on.first.as_deref(), on.last.as_deref()))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_intervals_are_read_and_nonsense_is_refused() {
        let on = |first: Option<&str>, last: Option<&str>| LandOn { first: first.map(str::to_owned), last: last.map(str::to_owned) };
        assert_eq!(LandOn::parse("2026-09-01").ok(), Some(on(Some("2026-09-01"), Some("2026-09-01"))));
        assert_eq!(LandOn::parse("2026-09-01T12:00:00Z").ok(), Some(on(Some("2026-09-01"), Some("2026-09-01"))));
        assert_eq!(LandOn::parse("../2026-09-01").ok(), Some(on(None, Some("2026-09-01"))));
        assert_eq!(LandOn::parse("2026-09-01/").ok(), Some(on(Some("2026-09-01"), None)));
        for wrong in ["", "yesterday", "2026-13-01", "2026-09-0", "2026-09-01/2026-08-01", "2026-09-01x", "二〇二六年九月一日"] {
            assert!(LandOn::parse(wrong).is_err(), "{wrong}");
        }
    }
}
