//! Progress lights (调度评估): how far each task is behind its plan, month by month.
//!
//! # Units
//! Planned, actual and gap are percent of the task's target (percentage points between them); targets in any unit that
//! the caller keeps to.
//!
//! # Source
//! analyses.md §7 and exact-designation.md P3–P6; the bands come from the rule pack.

mod lights;
mod planned;
mod rollup;
#[cfg(test)]
mod tests;

pub use lights::{Light, Lines, Period, assess, month_end, shown};
pub use planned::{curve_point, planned, planned_points};
pub use rollup::{Completion, Counts, completion, counts};

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use chrono::NaiveDate;

/// Something to be done between two dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: String,
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// `None` or 0: nothing to measure against, the task stays unknown (P5).
    pub target: Option<f64>,
    /// Entered points of the planned percentage at month ends; empty for a straight line.
    pub curve: Vec<(NaiveDate, f64)>,
    pub reports: Vec<Report>,
}

/// What had been done by a date, in the unit of the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    pub date: NaiveDate,
    pub done: f64,
}

impl Task {
    /// # Errors
    /// `bad_task` when the end lies before the start; `bad_curve` when the entered curve falls, or has a point that is no month end (P5).
    pub fn check(&self) -> Outcome<()> {
        if self.end < self.start {
            return Err(Fault::bad("bad_task", format!("任务 {} 的结束早于开始", self.id), format!("the task {} ends before it starts", self.id))
                .at(self.id.clone()));
        }
        let falls = self.curve.windows(2).any(|pair| pair[1].0 <= pair[0].0 || pair[1].1 < pair[0].1);
        let is_odd = |(date, percent): &(NaiveDate, f64)| {
            let stands = *date == self.start || (*date > self.start && *date == month_end(*date));
            !stands || !(0.0..=100.0).contains(percent)
        };
        if falls || self.curve.iter().any(is_odd) {
            return Err(Fault::bad(
                "bad_curve",
                format!("任务 {} 的计划曲线不成立", self.id),
                format!("the planned curve of {} does not hold", self.id),
            )
            .at(self.id.clone())
            .help(
                "自开始之月起按月末填写，百分比在 0–100 之间，只增不减",
                "enter points at month ends from the start on, between 0 and 100, that never fall",
            ));
        }
        Ok(())
    }

    /// A target that something can be measured against.
    pub fn measurable_target(&self) -> Option<f64> {
        self.target.filter(|target| target.is_finite() && *target > 0.0)
    }

    pub fn is_measurable(&self) -> bool {
        self.measurable_target().is_some()
    }

    /// 100 · done / target of the latest report up to a date, not capped.
    pub fn actual(&self, until: NaiveDate) -> Option<f64> {
        let target = self.measurable_target()?;
        self.latest(until).map(|report| 100.0 * report.done / target)
    }

    /// The latest report up to a date; of two on one day the one given later.
    pub fn latest(&self, until: NaiveDate) -> Option<&Report> {
        self.reports.iter().filter(|report| report.date <= until).reduce(|last, next| if next.date >= last.date { next } else { last })
    }

    /// The day since which every report up to `as_of` says that all is done; `None` while the last one does not.
    pub fn finished_on(&self, as_of: NaiveDate) -> Option<NaiveDate> {
        let mut days: Vec<NaiveDate> = self.reports.iter().map(|report| report.date).filter(|date| *date <= as_of).collect();
        days.sort();
        days.into_iter().rev().take_while(|day| self.actual(*day).is_some_and(lights::is_whole)).last()
    }
}
