//! What is let, what is vacant and how old the figures are, by parcel.

use super::blocks::{BLOCK, Blocks};
use super::links::Links;
use super::table::Table;
use crate::domain::columns::unit;
use chrono::NaiveDate;
use rayon::prelude::*;

/// Letting figures of every parcel of one revision.
#[derive(Clone, Debug, Default)]
pub struct Letting {
    parcels: Blocks<LettingTotals>,
}

/// Lettable and vacant area of some units (exact-designation I8: own use and out of service are in neither), and the oldest date among them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LettingTotals {
    pub lettable_m2: f64,
    pub vacant_m2: f64,
    pub oldest: Option<NaiveDate>,
}

/// The date of an ISO text.
pub fn day(text: &str) -> Option<NaiveDate> {
    plain_day(text).or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
}

/// A date of ten characters, as nearly all are: a commit reads those of a whole parcel.
fn plain_day(text: &str) -> Option<NaiveDate> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text.as_bytes() else { return None };
    let number = |digits: &[u8]| digits.iter().try_fold(0u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')));
    NaiveDate::from_ymd_opt(number(&[y0, y1, y2, y3])? as i32, number(&[m0, m1])?, number(&[d0, d1])?)
}

impl Letting {
    pub(super) fn build(links: &Links, units: &Table) -> Self {
        let totals: Vec<LettingTotals> =
            (0..links.parcels()).into_par_iter().with_min_len(BLOCK).map(|parcel| of_parcel(links, units, parcel)).collect();
        Letting { parcels: totals.into_iter().collect() }
    }

    /// Computes one parcel anew, in the order in which loading does: the sums are the same to the last bit.
    pub(super) fn refresh(&mut self, links: &Links, units: &Table, parcel: usize) {
        if let Some(kept) = self.parcels.get_mut(parcel) {
            *kept = of_parcel(links, units, parcel);
        }
    }

    pub fn of_parcel(&self, parcel: usize) -> LettingTotals {
        self.parcels.get(parcel).copied().unwrap_or_default()
    }

    pub fn bytes(&self) -> usize {
        self.parcels.bytes()
    }
}

fn of_parcel(links: &Links, units: &Table, parcel: usize) -> LettingTotals {
    let mut rows: Vec<u32> = Vec::new();
    for building in links.buildings_of_parcel(parcel) {
        rows.extend_from_slice(links.units_of_building(*building as usize));
    }
    rows.sort_unstable();
    let mut totals = LettingTotals::default();
    for row in rows {
        totals.add(units, row as usize);
    }
    totals
}

impl LettingTotals {
    /// Adds a unit's row.
    pub fn add(&mut self, units: &Table, row: usize) {
        let area = units.number(row, unit::AREA_M2).unwrap_or(0.0);
        let (lettable, vacant) = match (units.text(row, unit::STATE), units.text(row, unit::TENANT).is_some()) {
            (Some("let"), _) | (Some("fit_out"), true) => (area, 0.0),
            (Some("vacant"), _) | (Some("fit_out"), false) => (area, area),
            _ => (0.0, 0.0),
        };
        self.lettable_m2 += lettable;
        self.vacant_m2 += vacant;
        self.oldest = [self.oldest, units.text(row, unit::AS_OF).and_then(day)].into_iter().flatten().min();
    }

    /// Adds other totals.
    pub fn merge(&mut self, other: LettingTotals) {
        self.lettable_m2 += other.lettable_m2;
        self.vacant_m2 += other.vacant_m2;
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
    }

    /// Whether the oldest figure is older than `stale_after` days (one of exactly that age is fresh: exact-designation P1).
    pub fn is_stale(&self, today: NaiveDate, stale_after: i64) -> bool {
        self.oldest.is_some_and(|oldest| (today - oldest).num_days() > stale_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_alike_either_way() {
        for text in ["2026-08-24", "2024-02-29", "2026-02-29", "2026-13-01", "0000-01-01", "2026-8-24", "2026/08/24", "20260824", "", "２026-08-24"]
        {
            assert_eq!(day(text), NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(), "{text}");
            assert!(plain_day(text).is_none() || plain_day(text) == day(text));
        }
        assert!(plain_day("2026-08-24").is_some());
    }

    #[test]
    fn a_figure_of_exactly_the_limit_is_fresh() {
        let totals = LettingTotals { oldest: day("2026-08-24"), ..LettingTotals::default() };
        assert_eq!(["2026-09-23", "2026-09-24"].map(|today| totals.is_stale(day(today).unwrap(), 30)), [false, true]);
        assert!(!LettingTotals::default().is_stale(day("2026-09-24").unwrap(), 30));
    }
}
