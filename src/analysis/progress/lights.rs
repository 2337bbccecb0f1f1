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
    /// After promotion: computed yellow and shown red are yellows in a row.
    pub shown: Light,
}

impl Period {
    /// Whether yellows in a row made it red.
    pub fn is_promoted(&self) -> bool {
        self.computed == Light::Yellow && self.shown == Light::Red
    }
}

/// The months from the task's start to `as_of`; they end with the one in which the task is finished.
/// A task that begins after `as_of` has none yet, one that was finished before it began none at all.
pub fn assess(task: &Task, as_of: NaiveDate, lines: &Lines) -> Vec<Period> {
    let finished = task.finished_on(as_of);
    let mut periods: Vec<Period> = Vec::new();
    // What was computed for the months with a report: the others do not break a run (P4).
    let mut reported: Vec<Light> = Vec::new();
    for (first, last) in months(task.start, as_of) {
        if finished.is_some_and(|day| day < first) {
            break;
        }
        let actual = task.latest(last).filter(|report| report.date >= first).and_then(|_| task.actual(last));
        let planned = planned(task, last);
        let gap = actual.map(|actual| planned - actual);
        let computed = if is_overdue(task, last) { Light::Red } else { gap.map_or(Light::Unknown, |gap| light(gap, lines)) };
        let shown = promoted(computed, &reported, lines);
        if actual.is_some() {
            reported.push(computed);
        }
        periods.push(Period { date: last, planned, actual, gap, computed, shown });
    }
    periods
}

/// The light that a task shows now: `None` before it begins; what is finished is green.
pub fn shown(task: &Task, periods: &[Period], as_of: NaiveDate) -> Option<Light> {
    if task.finished_on(as_of).is_some() {
        return Some(Light::Green);
    }
    periods.last().map(|period| period.shown)
}

/// After its end an unfinished task is late whatever the gap, reported that month or not; what has no target cannot be judged (P5).
fn is_overdue(task: &Task, day: NaiveDate) -> bool {
    day > task.end && task.is_measurable() && !task.actual(day).is_some_and(is_whole)
}

/// Whether a percentage is all of the target.
pub(super) fn is_whole(percent: f64) -> bool {
    percent >= 100.0 - slack(100.0)
}

/// Room for rounding in comparisons (G4).
fn slack(bound: f64) -> f64 {
    1e-9 * bound.abs().max(1.0)
}

fn light(gap: f64, lines: &Lines) -> Light {
    if gap > lines.red_above + slack(lines.red_above) {
        Light::Red
    } else if gap >= lines.yellow_from - slack(lines.yellow_from) {
        Light::Yellow
    } else {
        Light::Green
    }
}

/// Yellow that follows enough computed yellows, months without a report skipped, shows red (P4).
fn promoted(computed: Light, reported: &[Light], lines: &Lines) -> Light {
    let wanted = lines.yellows_to_red.max(1) - 1;
    let run = reported.iter().rev().take(wanted).filter(|light| **light == Light::Yellow).count();
    if computed == Light::Yellow && run == wanted { Light::Red } else { computed }
}

/// First and last day of each calendar month from that of `start` to `until`, the last cut at `until`; none before `start`.
fn months(start: NaiveDate, until: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
    let mut found = Vec::new();
    let mut first = start.with_day(1).unwrap_or(start);
    while start <= until && first <= until {
        let Some(next) = first.checked_add_months(Months::new(1)) else { break };
        found.push((first, month_end(first).min(until)));
        first = next;
    }
    found
}

/// The last day of a day's month.
pub fn month_end(day: NaiveDate) -> NaiveDate {
    let next = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    next.and_then(|next| next.checked_sub_days(Days::new(1))).unwrap_or(day)
}
