//! The answer as tables: tasks, their months, completion. Heads are the names of the answer's members.

use super::answer::{Missing, ProgressAnswer, TaskLights};
use crate::analysis::progress::{Completion, Light};
use crate::formats::{Cell, PlainTable};
use chrono::NaiveDate;

impl ProgressAnswer {
    /// One line a task, as it stands on the day.
    pub fn task_sheet(&self) -> PlainTable {
        let head = vec![
            "id",
            "name",
            "park",
            "district",
            "category",
            "cluster",
            "lever",
            "year",
            "start",
            "end",
            "target",
            "unit",
            "done",
            "reported",
            "planned",
            "actual",
            "gap",
            "computed",
            "shown",
            "promoted",
            "finished",
            "missing",
            "cause",
            "measure",
            "responsible",
            "plan",
        ];
        PlainTable { name: "tasks", head, rows: self.tasks.iter().map(task_line).collect() }
    }

    /// One line a task and month: the whole history.
    pub fn month_sheet(&self) -> PlainTable {
        let of_task = |task: &TaskLights| {
            let id = task.id.clone();
            let line = move |period: &crate::analysis::progress::Period| {
                vec![
                    Cell::Text(id.clone()),
                    day(Some(period.date)),
                    Cell::Number(period.planned),
                    Cell::number(period.actual),
                    Cell::number(period.gap),
                    light(Some(period.computed)),
                    light(Some(period.shown)),
                ]
            };
            task.periods.iter().map(line).collect::<Vec<_>>()
        };
        let head = vec!["id", "date", "planned", "actual", "gap", "computed", "shown"];
        PlainTable { name: "months", head, rows: self.tasks.iter().flat_map(of_task).collect() }
    }

    /// One line a category, then its districts by rank.
    pub fn completion_sheet(&self) -> PlainTable {
        let mut rows = Vec::new();
        for category in &self.completion {
            let line = |district: Option<&Completion>| {
                let figures = district.unwrap_or(&category.whole);
                vec![
                    Cell::Text(category.whole.name.clone()),
                    Cell::text(category.unit.as_deref()),
                    Cell::text(district.map(|district| district.name.as_str())),
                    Cell::Number(figures.tasks as f64),
                    Cell::Number(figures.target),
                    Cell::Number(figures.done),
                    Cell::number(figures.share),
                    Cell::Number(figures.known),
                    Cell::number(district.and_then(|district| district.rank).map(|rank| rank as f64)),
                    Cell::Text(figures.excluded.join(" ")),
                ]
            };
            rows.push(line(None));
            rows.extend(category.districts.iter().map(|district| line(Some(district))));
        }
        let head = vec!["category", "unit", "district", "tasks", "target", "done", "share", "known", "rank", "excluded"];
        PlainTable { name: "completion", head, rows }
    }
}

fn task_line(task: &TaskLights) -> Vec<Cell> {
    let last = task.periods.last();
    let missing: Vec<&str> = task
        .missing
        .iter()
        .map(|missing| match missing {
            Missing::Cause => "cause",
            Missing::Measure => "measure",
        })
        .collect();
    vec![
        Cell::Text(task.id.clone()),
        Cell::text(task.name.as_deref()),
        Cell::text(task.park.as_deref()),
        Cell::text(task.district.as_deref()),
        Cell::Text(task.category.clone()),
        Cell::text(task.cluster.as_deref()),
        Cell::text(task.lever.as_deref()),
        Cell::number(task.year.map(f64::from)),
        day(Some(task.start)),
        day(Some(task.end)),
        Cell::number(task.target),
        Cell::text(task.unit.as_deref()),
        Cell::number(task.done),
        day(task.reported),
        Cell::number(last.map(|period| period.planned)),
        Cell::number(last.and_then(|period| period.actual)),
        Cell::number(last.and_then(|period| period.gap)),
        light(last.map(|period| period.computed)),
        light(task.shown),
        Cell::Text(if task.promoted { "true" } else { "false" }.to_owned()),
        day(task.finished),
        Cell::Text(missing.join(" ")),
        Cell::text(task.cause.as_deref()),
        Cell::text(task.measure.as_deref()),
        Cell::text(task.responsible.as_deref()),
        Cell::text(task.plan.as_deref()),
    ]
}

fn day(day: Option<NaiveDate>) -> Cell {
    Cell::text(day.map(|day| day.to_string()))
}

fn light(light: Option<Light>) -> Cell {
    Cell::text(light.map(|light| match light {
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
        Light::Unknown => "unknown",
    }))
}
