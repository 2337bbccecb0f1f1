//! What the lights' process answers.

use super::super::seen::Seen;
use super::Told;
use crate::analysis::progress::{Completion, Counts, Light, Lines, Period, Task, assess, planned_points, shown};
use crate::domain::RunRecord;
use crate::rules::{ProgressPack, Status};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressAnswer {
    pub as_of: NaiveDate,
    pub basis: Basis,
    /// The saved plan that is followed; `None` where tasks are kept.
    #[schema(required)]
    pub plan: Option<Followed>,
    pub lines: CitedLines,
    pub tasks: Vec<TaskLights>,
    pub counts: Counts,
    pub completion: Vec<CategoryCompletion>,
    /// Tasks that cannot be judged, with the reason.
    pub excluded: Vec<LeftOut>,
    pub run: RunRecord,
}

impl Seen for ProgressAnswer {}

/// Where the tasks come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProgressBasis)]
pub enum Basis {
    /// The table of tasks, with what was reported.
    Tasks,
    /// A saved action plan, with what instruments in force have done.
    Plan,
}

/// The saved plan that is followed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FollowedPlan)]
pub struct Followed {
    pub id: String,
    pub name: String,
    pub created: String,
}

/// Where lights change, with the source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CitedLines {
    pub yellow_from: f64,
    pub red_above: f64,
    pub yellows_to_red: usize,
    pub min_known: f64,
    pub status: Status,
    pub source: String,
}

impl CitedLines {
    pub(super) fn of(pack: &ProgressPack) -> CitedLines {
        CitedLines {
            yellow_from: pack.yellow_from.value,
            red_above: pack.red_above.value,
            yellows_to_red: pack.yellows_to_red.value,
            min_known: pack.min_known.value,
            status: pack.yellow_from.cite.status,
            source: pack.yellow_from.cite.source.clone(),
        }
    }
}

/// A task and its lights.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskLights {
    pub id: String,
    #[schema(required)]
    pub name: Option<String>,
    #[schema(required)]
    pub park: Option<String>,
    #[schema(required)]
    pub district: Option<String>,
    pub category: String,
    #[schema(required)]
    pub cluster: Option<String>,
    #[schema(required)]
    pub lever: Option<String>,
    #[schema(required)]
    pub year: Option<i32>,
    pub start: NaiveDate,
    pub end: NaiveDate,
    #[schema(required)]
    pub target: Option<f64>,
    /// Unit of target and done.
    #[schema(required)]
    pub unit: Option<String>,
    /// Of the last report.
    #[schema(required)]
    pub done: Option<f64>,
    #[schema(required)]
    pub reported: Option<NaiveDate>,
    /// The day since which all is done.
    #[schema(required)]
    pub finished: Option<NaiveDate>,
    /// `None` before the task begins.
    #[schema(required)]
    pub shown: Option<Light>,
    /// Yellows in a row made it red.
    pub promoted: bool,
    #[schema(required)]
    pub responsible: Option<String>,
    #[schema(required)]
    pub cause: Option<String>,
    #[schema(required)]
    pub measure: Option<String>,
    /// What a red task still owes.
    pub missing: Vec<Missing>,
    /// The action plan that it was made from.
    #[schema(required)]
    pub plan: Option<String>,
    /// Of the row; `None` for a task that is no row.
    #[schema(required)]
    pub revision: Option<i64>,
    /// Between these points the planned percentage runs straight.
    pub planned: Vec<PlannedPoint>,
    pub periods: Vec<Period>,
    pub reports: Vec<ReportLine>,
}

/// What a red task owes until it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MissingOfTask)]
pub enum Missing {
    Cause,
    Measure,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PlannedPoint {
    pub date: NaiveDate,
    pub planned: f64,
}

/// A report of a task, in the order of days.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskReportLine)]
pub struct ReportLine {
    /// Of the row; `None` for what instruments have done.
    #[schema(required)]
    pub code: Option<String>,
    pub date: NaiveDate,
    pub done: f64,
    #[schema(required)]
    pub note: Option<String>,
    #[schema(required)]
    pub revision: Option<i64>,
}

/// A task that cannot be judged.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskLeftOut)]
pub struct LeftOut {
    pub id: String,
    pub reason: &'static str,
    pub zh: String,
    pub en: String,
}

/// Completion of a category's tasks with one unit, and its districts by rank.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryCompletion {
    #[schema(required)]
    pub unit: Option<String>,
    #[serde(flatten)]
    pub whole: Completion,
    pub districts: Vec<Completion>,
}

/// Lights of an action plan, by its parks and years.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanLights {
    pub as_of: NaiveDate,
    pub pack: String,
    pub pack_version: String,
    pub counts: Counts,
    pub tasks: Vec<TaskLights>,
}

impl TaskLights {
    pub(super) fn of(told: &Told, task: &Task, as_of: NaiveDate, lines: &Lines) -> TaskLights {
        let periods = assess(task, as_of, lines);
        let shown = shown(task, &periods, as_of);
        let finished = task.finished_on(as_of);
        let latest = task.latest(as_of);
        let is_blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
        let owed = [(Missing::Cause, &told.cause), (Missing::Measure, &told.measure)];
        let is_red = shown == Some(Light::Red);
        TaskLights {
            id: task.id.clone(),
            name: told.name.clone(),
            park: told.park.clone(),
            district: told.district.clone(),
            category: told.category.clone(),
            cluster: told.cluster.clone(),
            lever: told.lever.clone(),
            year: told.year,
            start: task.start,
            end: task.end,
            target: task.target,
            unit: told.unit.clone(),
            done: latest.map(|report| report.done),
            reported: latest.map(|report| report.date),
            finished,
            shown,
            promoted: is_red && periods.last().is_some_and(Period::is_promoted),
            responsible: told.responsible.clone(),
            missing: owed.into_iter().filter(|(_, text)| is_red && is_blank(text)).map(|(missing, _)| missing).collect(),
            cause: told.cause.clone(),
            measure: told.measure.clone(),
            plan: told.plan.clone(),
            revision: told.revision,
            planned: planned_points(task).into_iter().map(|(date, planned)| PlannedPoint { date, planned }).collect(),
            periods,
            reports: told.reports.iter().filter(|report| report.date <= as_of).cloned().collect(),
        }
    }
}
