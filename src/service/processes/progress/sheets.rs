//! The answer as tables: tasks, their months, completion. Heads are the names of the answer's members.

use super::answer::{Missing, ProgressAnswer, TaskLights};
use crate::analysis::progress::{Completion, Light};
use crate::domain::Value;
use crate::formats::Sheet;
use chrono::NaiveDate;

impl ProgressAnswer {
    /// One line a task, as it stands on the day.
    pub fn task_sheet(&self) -> Sheet {
        let head = [
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
        table("tasks", &head, self.tasks.iter().map(task_line).collect())
    }

    /// One line a task and month: the whole history.
    pub fn month_sheet(&self) -> Sheet {
        let of_task = |task: &TaskLights| {
            let id = task.id.clone();
            let line = move |period: &crate::analysis::progress::Period| {
                vec![
                    id.clone().into(),
                    day(Some(period.date)),
                    period.planned.into(),
                    period.actual.into(),
                    period.gap.into(),
                    light(Some(period.computed)),
                    light(Some(period.shown)),
                ]
            };
            task.periods.iter().map(line).collect::<Vec<_>>()
        };
        let head = ["id", "date", "planned", "actual", "gap", "computed", "shown"];
        table("months", &head, self.tasks.iter().flat_map(of_task).collect())
    }

    /// One line a category, then its districts by rank.
    pub fn completion_sheet(&self) -> Sheet {
        let mut rows = Vec::new();
        for category in &self.completion {
            let line = |district: Option<&Completion>| {
                let figures = district.unwrap_or(&category.whole);
                vec![
                    category.whole.name.clone().into(),
                    category.unit.as_deref().into(),
                    district.map(|district| district.name.as_str()).into(),
                    (figures.tasks as f64).into(),
                    figures.target.into(),
                    figures.done.into(),
                    figures.share.into(),
                    figures.known.into(),
                    district.and_then(|district| district.rank).map(|rank| rank as f64).into(),
                    figures.excluded.join(" ").into(),
                ]
            };
            rows.push(line(None));
            rows.extend(category.districts.iter().map(|district| line(Some(district))));
        }
        let head = ["category", "unit", "district", "tasks", "target", "done", "share", "known", "rank", "excluded"];
        table("completion", &head, rows)
    }
}

fn task_line(task: &TaskLights) -> Vec<Value> {
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
        task.id.clone().into(),
        task.name.as_deref().into(),
        task.park.as_deref().into(),
        task.district.as_deref().into(),
        task.category.clone().into(),
        task.cluster.as_deref().into(),
        task.lever.as_deref().into(),
        task.year.map(f64::from).into(),
        day(Some(task.start)),
        day(Some(task.end)),
        task.target.into(),
        task.unit.as_deref().into(),
        task.done.into(),
        day(task.reported),
        last.map(|period| period.planned).into(),
        last.and_then(|period| period.actual).into(),
        last.and_then(|period| period.gap).into(),
        light(last.map(|period| period.computed)),
        light(task.shown),
        task.promoted.into(),
        day(task.finished),
        missing.join(" ").into(),
        task.cause.as_deref().into(),
        task.measure.as_deref().into(),
        task.responsible.as_deref().into(),
        task.plan.as_deref().into(),
    ]
}

fn day(day: Option<NaiveDate>) -> Value {
    day.map(|day| day.to_string()).into()
}

fn light(light: Option<Light>) -> Value {
    let name = light.map(|light| match light {
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
        Light::Unknown => "unknown",
    });
    name.into()
}

fn table(name: &str, head: &[&str], rows: Vec<Vec<Value>>) -> Sheet {
    Sheet { name: name.to_owned(), head: head.iter().map(|name| (*name).to_owned()).collect(), rows }
}
