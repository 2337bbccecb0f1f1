//! Returns due, made and late (exact reading I15).

use super::evidence::{Period, ReportRecord};
use super::measure::{Measure, Park};
use super::periods::{Owed, owed_in};
use super::result::{Excluded, Note, Reason};
use chrono::Datelike;

/// Returns due, made and late in the assessed year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Returns {
    pub due: usize,
    pub made: usize,
    pub late: usize,
    pub missed_quarters: usize,
    pub annual_missing: bool,
    /// Records of no period that is owed.
    pub strays: Vec<String>,
}

impl Returns {
    pub(super) fn on_time(&self) -> Option<f64> {
        (self.due > 0).then(|| (self.made as f64 - self.late as f64) / self.due as f64)
    }
}

impl Park<'_> {
    /// Periods come from the calendar, not from the records: a quarter of which nothing stands anywhere is missed too. `None` when no record of
    /// returns was ever loaded.
    pub(super) fn returns(&self) -> Option<Returns> {
        let reports = self.evidence.reports.as_ref()?;
        let mut returns = Returns::default();
        let owed = owed_in(self.frame.flow_year(), self.frame.pack);
        for Owed { period, end, due_on } in &owed {
            if *due_on >= self.frame.as_of {
                continue;
            }
            // A correction keeps the day of the first receipt.
            let of_period = reports.iter().filter(|report| report.period == *period && report.period_end == *end);
            let first = of_period.filter_map(|report| report.received).min().filter(|day| *day <= self.frame.as_of);
            returns.due += 1;
            returns.made += usize::from(first.is_some());
            returns.late += usize::from(first.is_some_and(|day| day > *due_on));
            match (period, first) {
                (Period::Quarter, None) => returns.missed_quarters += 1,
                (Period::Year, None) => returns.annual_missing = true,
                _ => {}
            }
        }
        let is_owed = |report: &ReportRecord| owed.iter().any(|owed| owed.period == report.period && owed.end == report.period_end);
        let is_stray = |report: &&ReportRecord| report.period_end.year() == self.frame.flow_year() && !is_owed(report);
        returns.strays = reports.iter().filter(is_stray).map(|report| report.id.clone()).collect();
        returns.strays.sort();
        Some(returns)
    }

    pub(super) fn reports(&self, value: impl Fn(&Returns) -> Option<f64>) -> Measure {
        let Some(returns) = self.returns() else { return Measure::not_loaded("report") };
        let value = value(&returns);
        let Returns { due, made, late, strays, .. } = returns;
        Measure {
            value,
            known: Some(1.0),
            period: Some(self.frame.flow_year()),
            excluded: if strays.is_empty() { Vec::new() } else { vec![Excluded::of(Reason::NotOwed, strays)] },
            notes: vec![Note::new("returns", format!("应报 {due}，已报 {made}，迟报 {late}"), format!("due {due}, made {made}, late {late}"))],
            ..Measure::default()
        }
    }
}
