//! Lights of a task, month by month (P3, P4).

use super::{Task, planned};
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    Green,
    Yellow,
    Red,
    /// No report for the period, or nothing to measure against: grey, never green.
    Unknown,
}

/// Bands of the gap in percentage points, from the pack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lines {
    /// Yellow from here (itself yellow).
    pub yellow_from: f64,
    /// Red above here (itself yellow).
    pub red_above: f64,
    /// Computed yellows in a row that show red.
    pub yellows_to_red: usize,
}

/// One calendar month of a task, seen on its last day or on the day of the question.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LightPeriod)]
pub struct Period {
    pub date: NaiveDate,
    /// Percent.
    pub planned: f64,
    /// Percent, not capped; of the latest report of the period.
    #[schema(required)]
    pub actual: Option<f64>,
    /// Planned less actual, points.
    #[schema(required)]
    pub gap: Option<f64>,
    pub computed: Light,
    pub shown: Light,
}

/// The months from the task's start to `as_of`; they end with the one in which the task is finished.
/// A task that begins after `as_of` has none yet.
pub fn assess(task: &Task, as_of: NaiveDate, lines: &Lines) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    let mut known: Vec<Light> = Vec::new();
    for (first, last) in months(task.start, as_of) {
        // What was done before the first month began counts as its report.
        let first = if periods.is_empty() { NaiveDate::MIN } else { first };
        let reported = task.latest(last).is_some_and(|report| report.date >= first);
        let actual = if reported { task.actual(last) } else { None };
        let planned = planned(task, last);
        let gap = actual.map(|actual| planned - actual);
        let computed = gap.map_or(Light::Unknown, |gap| light(gap, last > task.end && is_less(actual, 100.0), lines));
        let shown = promoted(computed, &known, lines);
        if computed != Light::Unknown {
            known.push(computed);
        }
        periods.push(Period { date: last, planned, actual, gap, computed, shown });
        if actual.is_some() && !is_less(actual, 100.0) {
            break;
        }
    }
    periods
}

fn is_less(value: Option<f64>, bound: f64) -> bool {
    value.is_some_and(|value| value < bound - slack(bound))
}

/// Room for rounding in comparisons (G4).
fn slack(bound: f64) -> f64 {
    1e-9 * bound.abs().max(1.0)
}

fn light(gap: f64, is_overdue: bool, lines: &Lines) -> Light {
    if is_overdue || gap > lines.red_above + slack(lines.red_above) {
        Light::Red
    } else if gap >= lines.yellow_from - slack(lines.yellow_from) {
        Light::Yellow
    } else {
        Light::Green
    }
}

/// Yellow that follows enough computed yellows, months without a report skipped, shows red (P4).
fn promoted(computed: Light, known: &[Light], lines: &Lines) -> Light {
    let wanted = lines.yellows_to_red.max(1) - 1;
    let run = known.iter().rev().take(wanted).filter(|light| **light == Light::Yellow).count();
    if computed == Light::Yellow && run == wanted { Light::Red } else { computed }
}

/// First and last day of each calendar month from `start` to `until`, the last cut at `until`.
fn months(start: NaiveDate, until: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut found = Vec::new();
    let mut first = start;
    while first <= until {
        let Some(next) = first.with_day(1).and_then(|day| day.checked_add_months(Months::new(1))) else { break };
        let last = next.checked_sub_days(Days::new(1)).unwrap_or(first);
        found.push((first, last.min(until)));
        first = next;
    }
    found
}
