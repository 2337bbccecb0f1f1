//! Progress lights as a use case: the tasks that are kept, with the reports of their months; or those of a saved action plan
//! against what instruments in force have done.
//!
//! # Source
//! exact-designation.md P3–P6.

mod answer;
mod kept;
mod of_plan;
mod sheets;

pub use answer::{CategoryCompletion, PlanLights, ProgressAnswer, TaskLights};
pub use of_plan::{PlanSite, PlannedTask, planned_tasks, saved_sites};

use super::process::{Common, Context, Pace, Process, Words};
use crate::analysis::progress::{Lines, Task, completion, counts};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, Plan};
use crate::rules::{ProgressPack, RuleSet};
use crate::service::collections::no_such_park;
use answer::{Basis, CitedLines, Followed, LeftOut};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ProgressInputs)]
pub struct Inputs {
    /// Id of a saved action plan. When left out: the tasks that are kept; where none are, the newest plan.
    plan: Option<String>,
    /// Tasks of this year only.
    #[schema(minimum = 1900, maximum = 2199)]
    year: Option<i32>,
    /// Tasks of these parks only.
    parks: Option<Vec<String>>,
    /// ISO date on which the lights are read; today when left out.
    as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pack: Option<String>,
}

/// A task with what is told of it beside its lights.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub name: Option<String>,
    pub park: Option<String>,
    pub district: Option<String>,
    pub category: String,
    pub cluster: Option<String>,
    pub lever: Option<String>,
    pub year: Option<i32>,
    pub unit: Option<String>,
    pub plan: Option<String>,
    pub responsible: Option<String>,
    pub cause: Option<String>,
    pub measure: Option<String>,
    pub revision: Option<i64>,
    /// Code, day and words of each report, as the rows of its table.
    pub reports: Vec<answer::ReportLine>,
}

pub struct Progress;

impl Process for Progress {
    const ID: &'static str = "progress";
    const PACKS: &'static [&'static str] = &["progress"];
    const EXAMPLE: &'static str = r#"{"as_of": "2026-09-01"}"#;

    type Inputs = Inputs;
    type Answer = ProgressAnswer;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "调度评估：任务的进度灯", en: "Progress lights of tasks" }
    }

    fn pace(_inputs: &Inputs) -> Pace {
        Pace::Quick
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(_rules: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<ProgressAnswer> {
        progress(context, &inputs)
    }
}

/// Tasks in the order of their ids, with those that cannot be judged.
#[derive(Default)]
pub(super) struct Gathered {
    pub tasks: Vec<(Told, Task)>,
    pub left_out: Vec<LeftOut>,
}

impl Gathered {
    /// Takes a task that holds together, else says why not.
    pub(super) fn take(&mut self, told: Told, task: Task) {
        match task.check() {
            Ok(()) => self.tasks.push((told, task)),
            Err(fault) => self.left_out.push(LeftOut { id: task.id, reason: fault.code, zh: fault.zh, en: fault.en }),
        }
    }
}

fn progress(context: &Context<'_>, inputs: &Inputs) -> Outcome<ProgressAnswer> {
    let (city, as_of) = (context.city, context.as_of);
    let layers = context.rules.pack("progress")?;
    let pack = ProgressPack::read(&layers)?;
    let is_known = |park: &&String| city.table(LayerId::Park).row_of(park).is_some();
    if let Some(park) = inputs.parks.iter().flatten().find(|park| !is_known(park)) {
        return Err(no_such_park(park).at("/inputs/parks"));
    }
    let has_tasks = !city.table(LayerId::Task).is_empty();
    let (basis, plan, gathered) = match &inputs.plan {
        None if has_tasks => (Basis::Tasks, None, kept::gather(city)),
        asked => {
            let plan = action_plan_to_follow(city, asked.as_deref())?;
            let gathered = of_plan::gather(city, &plan)?;
            (Basis::Plan, Some(Followed { id: plan.id, name: plan.name, created: plan.created }), gathered)
        }
    };
    let wanted = |told: &Told| {
        let of_park = |parks: &Vec<String>| told.park.as_ref().is_some_and(|park| parks.contains(park));
        inputs.year.is_none_or(|year| told.year == Some(year)) && inputs.parks.as_ref().is_none_or(of_park)
    };
    let tasks: Vec<(Told, Task)> = gathered.tasks.into_iter().filter(|(told, _)| wanted(told)).collect();
    let lights = lights(&tasks, as_of, &lines(&pack));
    Ok(ProgressAnswer {
        run: context.record::<Progress>((&pack.id, &pack.version), &layers.uses),
        as_of,
        basis,
        plan,
        lines: CitedLines::of(&pack),
        counts: counts(lights.iter().map(|task| task.shown)),
        completion: by_category(&tasks, as_of, pack.min_known.value),
        excluded: gathered.left_out,
        tasks: lights,
    })
}

fn lines(pack: &ProgressPack) -> Lines {
    Lines { yellow_from: pack.yellow_from.value, red_above: pack.red_above.value, yellows_to_red: pack.yellows_to_red.value }
}

fn lights(tasks: &[(Told, Task)], as_of: NaiveDate, lines: &Lines) -> Vec<TaskLights> {
    tasks.iter().map(|(told, task)| TaskLights::of(told, task, as_of, lines)).collect()
}

/// What stands under a category and a unit adds up; within it districts are ranked (P6).
fn by_category(tasks: &[(Told, Task)], as_of: NaiveDate, min_known: f64) -> Vec<CategoryCompletion> {
    let group = |told: &Told| (told.category.clone(), told.unit.clone());
    let groups: BTreeSet<_> = tasks.iter().map(|(told, _)| group(told)).collect();
    let line = |key: (String, Option<String>)| {
        let own = || tasks.iter().filter(|(told, _)| group(told) == key);
        let whole = completion(own().map(|(told, task)| (told.category.as_str(), task)), as_of, min_known).pop()?;
        let districts = own().filter_map(|(told, task)| Some((told.district.as_deref()?, task)));
        Some(CategoryCompletion { districts: completion(districts, as_of, min_known), whole, unit: key.1 })
    };
    groups.into_iter().filter_map(line).collect()
}

/// Lights of an action plan on a day: of one that is being made, or of a saved one.
pub fn plan_lights(city: &City, sites: &[PlanSite], as_of: NaiveDate, rules: &RuleSet) -> Outcome<PlanLights> {
    let pack = ProgressPack::read(&rules.pack("progress")?)?;
    let tasks = of_plan::of_sites(city, sites, None)?.tasks;
    let lights = lights(&tasks, as_of, &lines(&pack));
    Ok(PlanLights { as_of, pack: pack.id, pack_version: pack.version, counts: counts(lights.iter().map(|task| task.shown)), tasks: lights })
}

/// Kind under which action plans are saved.
pub const ACTION_PLAN: &str = "actionplan";

fn action_plan_to_follow(city: &City, id: Option<&str>) -> Outcome<Plan> {
    let saved = city.plans().into_iter().map(|plan| (**plan).clone()).filter(|plan| plan.kind == ACTION_PLAN);
    let found = match id {
        Some(id) => saved.into_iter().find(|plan| plan.id == id),
        None => saved.into_iter().max_by(|a, b| a.created.cmp(&b.created).then(a.id.cmp(&b.id))),
    };
    if let (None, Some(id)) = (&found, id) {
        return Err(Fault::not_found("no_action_plan", format!("没有行动计划 {id}"), format!("there is no action plan {id}"))
            .at(id)
            .help("已保存的见 GET /plans 或页面「方案」", "saved ones are listed by GET /plans and on the page of plans"));
    }
    found.ok_or_else(|| {
        Fault::not_found("no_action_plan", "没有调度任务，也没有保存的行动计划", "there are no tasks and there is no saved action plan")
            .at("plan")
            .help("导入任务表，或先算行动计划并保存为方案", "import a table of tasks, or compute an action plan and save it first")
    })
}

/// First and last day of a year.
fn year_span(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?))
}

/// The year that a task counts in: the stated one, else that of its end.
fn year_of(stated: Option<i64>, end: NaiveDate) -> i32 {
    stated.and_then(|year| i32::try_from(year).ok()).unwrap_or(end.year())
}
