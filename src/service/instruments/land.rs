//! The land as it stood on a day: parcels that had gone into a plan parcel by then are left out, plan parcels stand from their day on.

use super::{Now, all, lineage};
use crate::city::Table;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, InstrumentKind, Lineage};
use crate::service::Planner;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashSet};

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

impl Planner {
    /// Registered parcels that have been merged and have not come back, with the day on which all of each had gone into merges.
    pub(in crate::service) fn merged_parcels(&self) -> Outcome<BTreeMap<String, String>> {
        let instruments = all(&Now(self))?;
        let lineage = lineage(&instruments);
        let splits: HashSet<&str> = instruments.iter().filter(|known| known.kind == InstrumentKind::Split).map(|known| known.code.as_str()).collect();
        let city = self.city();
        let Some(parcels) = city.named("parcel") else { return Ok(BTreeMap::new()) };
        let registered = lineage.ever_ended().into_iter().filter(|code| parcels.row_of(code).is_some());
        Ok(registered.filter_map(|code| Some((code.to_owned(), merged_on(code, &lineage, &splits)?))).collect())
    }

    /// Keeps the rows of land that stood at some time of `on`. Other layers have no time axis: all of their rows stay.
    pub(in crate::service) fn keep_standing(&self, table: &Table, rows: &mut Vec<u32>, on: &LandOn) -> Outcome<()> {
        let registered = match table.layer().name.as_str() {
            "parcel" => true,
            "plan_parcel" => false,
            _ => return Ok(()),
        };
        let lineage = lineage(&all(&Now(self))?);
        let ended = lineage.ever_ended();
        rows.retain(|row| {
            let code = table.key(*row as usize);
            // Most parcels were never part of an instrument.
            (registered && !ended.contains(code))
                || lineage.spans(code, registered).iter().any(|span| span.meets(on.first.as_deref(), on.last.as_deref()))
        });
        Ok(())
    }
}

/// The day from which a piece of land is part of a merge. Land that was split is as soon as its last part is: to be parted is no consolidation.
fn merged_on(code: &str, lineage: &Lineage, splits: &HashSet<&str>) -> Option<String> {
    let step = lineage.latest(code).filter(|step| step.parents.iter().any(|parent| parent == code))?;
    if !splits.contains(step.instrument.as_str()) {
        return Some(step.date.clone());
    }
    let parts: Option<Vec<String>> = step.children.iter().map(|child| merged_on(child, lineage, splits)).collect();
    parts?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_land_is_merged_once_its_last_part_is() {
        use crate::domain::Step;
        let step = |instrument: &str, date: &str, parents: &[&str], children: &[&str]| {
            let own = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
            Step { instrument: instrument.into(), date: date.into(), parents: own(parents), children: own(children) }
        };
        let splits = HashSet::from(["S1"]);
        let mut steps = vec![step("S1", "2026-01-01", &["a"], &["S1-1", "S1-2"]), step("M1", "2026-02-01", &["S1-1", "b"], &["M1-1"])];
        let on = |steps: &[Step], code: &str| merged_on(code, &Lineage::new(steps.to_vec()), &splits);
        assert_eq!((on(&steps, "a"), on(&steps, "b").as_deref(), on(&steps, "c")), (None, Some("2026-02-01"), None));
        steps.push(step("M2", "2026-03-01", &["S1-2", "c"], &["M2-1"]));
        assert_eq!(on(&steps, "a").as_deref(), Some("2026-03-01"));
        steps.push(step("U1", "2026-04-01", &["M1-1"], &["S1-1", "b"]));
        assert_eq!((on(&steps, "a"), on(&steps, "b")), (None, None));
    }

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
