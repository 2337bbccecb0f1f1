//! Tasks as the city file keeps them: rows of `task` with the rows of `task_report`.

use super::answer::{LeftOut, ReportLine};
use super::{Gathered, Told, year_of};
use crate::analysis::progress::{Report, Task, curve_point};
use crate::city::{City, Table};
use crate::domain::LayerId;
use crate::domain::columns::{park, task, task_report};
use chrono::NaiveDate;
use std::collections::HashMap;

/// Every task, in the order of codes.
pub(super) fn gather(city: &City) -> Gathered {
    let tasks = city.table(LayerId::Task);
    let mut reports = reports_by_task(city.table(LayerId::TaskReport));
    let mut rows: Vec<usize> = (0..tasks.len()).filter(|row| !tasks.key(*row).is_empty()).collect();
    rows.sort_by_key(|row| tasks.key(*row));
    let mut gathered = Gathered::default();
    for row in rows {
        let reports = reports.remove(tasks.key(row)).unwrap_or_default();
        match one(city, tasks, row, reports) {
            Ok((told, task)) => gathered.take(told, task),
            Err(left_out) => gathered.left_out.push(left_out),
        }
    }
    gathered
}

fn one(city: &City, tasks: &Table, row: usize, reports: Vec<ReportLine>) -> Result<(Told, Task), LeftOut> {
    let id = tasks.key(row).to_owned();
    let text = |column| tasks.text(row, column).map(str::to_owned);
    let day = |column| tasks.text(row, column).and_then(day);
    let left_out = |reason, zh: &str, en: &str| LeftOut { id: id.clone(), reason, zh: zh.to_owned(), en: en.to_owned() };
    let dates = day(task::START).zip(day(task::END));
    let (start, end) = dates.ok_or_else(|| left_out("no_dates", "缺开始或结束日期", "it lacks its start or its end"))?;
    let curve = tasks.list(row, task::CURVE).unwrap_or_default().iter().map(|point| curve_point(point)).collect::<Option<Vec<_>>>();
    let curve = curve.ok_or_else(|| {
        left_out(
            "unreadable_curve",
            "计划曲线应逐点写作 2026-03=25（月份=累计百分比）",
            "write the points of the curve as 2026-03=25 (month=percent)",
        )
    })?;
    let parks = city.table(LayerId::Park);
    let park = text(task::PARK);
    let park_district = || parks.text(parks.row_of(park.as_deref()?)?, park::DISTRICT).map(str::to_owned);
    let told = Told {
        name: text(task::NAME),
        district: text(task::DISTRICT).or_else(park_district),
        category: text(task::CATEGORY).unwrap_or_else(|| "other".to_owned()),
        cluster: text(task::CLUSTER),
        lever: text(task::LEVER),
        year: Some(year_of(tasks.integer(row, task::YEAR), end)),
        unit: text(task::UNIT),
        plan: text(task::PLAN),
        responsible: text(task::RESPONSIBLE),
        cause: text(task::CAUSE),
        measure: text(task::MEASURE),
        revision: tasks.integer(row, task::REVISION),
        park,
        reports: reports.clone(),
    };
    let reports = reports.into_iter().map(|report| Report { date: report.date, done: report.done }).collect();
    Ok((told, Task { id, start, end, target: tasks.number(row, task::TARGET), curve, reports }))
}

/// Reports of each task by day; a day that was reported twice keeps the order of the rows.
fn reports_by_task(reports: &Table) -> HashMap<String, Vec<ReportLine>> {
    let mut by_task: HashMap<String, Vec<ReportLine>> = HashMap::new();
    for row in 0..reports.len() {
        let of = reports.text(row, task_report::TASK);
        let told = reports.text(row, task_report::DATE).and_then(day).zip(reports.number(row, task_report::DONE));
        let (Some(task), Some((date, done))) = (of, told) else { continue };
        by_task.entry(task.to_owned()).or_default().push(ReportLine {
            code: Some(reports.key(row).to_owned()),
            date,
            done,
            note: reports.text(row, task_report::NOTE).map(str::to_owned),
            revision: reports.integer(row, task_report::REVISION),
        });
    }
    by_task.values_mut().for_each(|lines| lines.sort_by_key(|line| line.date));
    by_task
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}
