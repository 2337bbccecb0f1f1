//! Monthly reports of tasks: the operator of the task's park makes them, planners for all parks. One report a task and month: a
//! correction changes it, so that the lights always rest on one figure.

use super::task::other_park;
use super::{Case, Faults, KeptTable, Written};
use crate::domain::columns::{task, task_report};
use crate::domain::fault::Outcome;
use crate::domain::{LayerId, Role, Row, stated_day};
use crate::service::Viewer;

pub(super) struct TaskReports;

impl KeptTable for TaskReports {
    fn may(&self, case: &Case<'_>, written: Written<'_>) -> Outcome<()> {
        let account = case.viewer.signed_in()?;
        if account.role != Role::Operator {
            return case.viewer.planner().map(|_| ());
        }
        let tasks = case.city.table(LayerId::Task);
        // A row that names no task yet, or none that there is, is refused for that, not for lack of rights.
        let own = |row: &Row| {
            let task = row.text(task_report::TASK).and_then(|code| tasks.row_of(code));
            task.is_none_or(|row| case.viewer.operates(tasks.text(row, task::PARK)))
        };
        if written.rows().all(own) { Ok(()) } else { Err(other_park()) }
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("TR")
    }

    /// The account that reported is the office's to know.
    fn sees_private(&self, viewer: &Viewer) -> bool {
        matches!(viewer.role(), Role::Planner | Role::Admin)
    }

    fn fill(&self, case: &Case<'_>, before: Option<&Row>, after: &mut Row) {
        if before.is_none() && after.text(task_report::REPORTED_ON).is_none() {
            after.put(task_report::REPORTED_ON, case.today);
        }
    }

    fn check(&self, case: &Case<'_>, before: Option<&Row>, after: &Row, faults: &mut Faults) {
        if before.is_some_and(|before| before.text(task_report::TASK) != after.text(task_report::TASK)) {
            faults.add(task_report::TASK.name(), "月报所属任务不能更改；请删除后另报", "a report stays with its task; delete it and report anew");
        }
        let Some(date) = after.text(task_report::DATE) else { return };
        if stated_day(date).zip(stated_day(case.today)).is_some_and(|(date, today)| date > today) {
            faults.add(task_report::DATE.name(), "截至日期不能在将来", "the as-of date cannot lie in the future");
        }
        let tasks = case.city.table(LayerId::Task);
        let start = after.text(task_report::TASK).and_then(|code| tasks.row_of(code)).and_then(|row| tasks.text(row, task::START));
        if let Some(start) = start.filter(|start| month(date) < month(start)) {
            faults.add(task_report::DATE.name(), format!("任务 {start} 才开始"), format!("the task begins on {start} only"));
        }
        once_a_month(case, before, after, faults);
    }
}

fn once_a_month(case: &Case<'_>, before: Option<&Row>, after: &Row, faults: &mut Faults) {
    let reports = case.city.table(LayerId::TaskReport);
    let own = before.and_then(|row| row.text(task_report::CODE));
    let (task, of) = (after.text(task_report::TASK), after.text(task_report::DATE).map(month));
    let same = |row: &usize| {
        reports.text(*row, task_report::TASK) == task && reports.text(*row, task_report::DATE).map(month) == of && Some(reports.key(*row)) != own
    };
    if let Some(row) = (0..reports.len()).find(same) {
        let (zh, en) =
            (format!("该月已有月报 {}，请改那一条", reports.key(row)), format!("that month has the report {}; change it", reports.key(row)));
        faults.add(task_report::DATE.name(), zh, en);
    }
}

/// `2026-08` of `2026-08-31`.
fn month(date: &str) -> &str {
    date.get(..7).unwrap_or(date)
}
