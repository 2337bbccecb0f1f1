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

pub use lights::{Light, Lines, Period, assess};
pub use planned::planned;
pub use rollup::{Completion, Counts, completion, counts};

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use chrono::NaiveDate;

/// Something to be done between two dates.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub id: String,
    /// What is ranked: a district, a park.
    pub category: String,
    pub start: NaiveDate,
    pub end: NaiveDate,
    /// `None` or 0: nothing to measure against, the task stays unknown (P5).
    pub target: Option<f64>,
    /// Entered points of the planned percentage; empty for a straight line.
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
    /// `bad_task` when the end lies before the start; `curve_falls` when the entered curve does (P5).
    pub fn check(&self) -> Outcome<()> {
        if self.end < self.start {
            return Err(Fault::bad("bad_task", format!("任务 {} 的结束早于开始", self.id), format!("the task {} ends before it starts", self.id))
                .at(self.id.clone()));
        }
        let falls = self.curve.windows(2).any(|pair| pair[1].0 <= pair[0].0 || pair[1].1 < pair[0].1);
        if falls || self.curve.iter().any(|(_, percent)| !percent.is_finite() || *percent < 0.0) {
            return Err(Fault::bad(
                "curve_falls",
                format!("任务 {} 的计划曲线不是逐期不减", self.id),
                format!("the planned curve of {} falls or its dates are not in order", self.id),
            )
            .at(self.id.clone())
            .help("按日期先后填写，百分比只增不减", "enter points by date, with percentages that never fall"));
        }
        Ok(())
    }

    /// 100 · done / target of the latest report up to a date, not capped.
    pub fn actual(&self, until: NaiveDate) -> Option<f64> {
        let target = self.target.filter(|target| *target > 0.0)?;
        self.latest(until).map(|report| 100.0 * report.done / target)
    }

    /// The latest report up to a date; of two on one day the one given later.
    pub fn latest(&self, until: NaiveDate) -> Option<&Report> {
        self.reports.iter().filter(|report| report.date <= until).reduce(|last, next| if next.date >= last.date { next } else { last })
    }
}
