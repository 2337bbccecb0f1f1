//! What the parks' operators returned for the last full year.

use super::dice::Dice;
use super::firm::days_after;
use super::setting::Setting;
use crate::domain::{Layer, Row};
use chrono::{Datelike, NaiveDate};

/// Ends of the quarters, month and day.
const QUARTERS: [(u32, u32); 4] = [(3, 31), (6, 30), (9, 30), (12, 31)];
/// Days after a period's end by which most have answered.
const PROMPT: (i64, i64) = (6, 28);
const TARDY: (i64, i64) = (33, 70);

pub(super) fn rows(layer: &'static Layer, setting: &Setting, seed: u64, date: NaiveDate) -> Vec<Row> {
    let year = date.year() - 1;
    let mut rows = Vec::new();
    for (index, park) in setting.parks.iter().enumerate() {
        let mut dice = Dice::new(seed, 63, index as u64);
        let quarters = QUARTERS.iter().filter_map(|(month, day)| NaiveDate::from_ymd_opt(year, *month, *day)).map(|end| ("quarter", end));
        let periods = quarters.chain(NaiveDate::from_ymd_opt(year, 12, 31).map(|end| ("year", end)));
        for (number, (period, end)) in periods.enumerate() {
            // One quarter in twenty is never returned, one in ten late; the year's figures came from all.
            let (missed, late) = (period == "quarter" && dice.chance(0.05), period == "quarter" && dice.chance(0.1));
            let (from, to) = if late { TARDY } else { PROMPT };
            let received = days_after(end, dice.whole(from, to));
            let mut row = Row::empty(layer);
            row.set(layer, "code", format!("R-{}-{year}-{}", park.code, number + 1))
                .set(layer, "park", park.code.as_str())
                .set(layer, "period", period)
                .set(layer, "period_end", end.to_string())
                .set(layer, "received", (!missed).then_some(received));
            rows.push(row);
        }
    }
    rows
}
