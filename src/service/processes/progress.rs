//! Progress lights as a use case: the tasks of a saved action plan against what instruments in force have done.
//!
//! # Source
//! exact-designation.md P3–P6. A task is one park in one year of the plan; a site counts as done by the share of its
//! land that merges in force hold, from each instrument's date.

use super::process::{Common, Context, Process, Words};
use super::seen::Seen;
use crate::analysis::progress::{Completion, Counts, Light, Lines, Period, Report, Task, assess, completion, counts};
use crate::city::City;
use crate::domain::columns::park;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, Plan, RunRecord};
use crate::rules::{ProgressPack, RuleSet, Status};
use crate::service::instruments::merged_parcels;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ProgressInputs)]
pub struct Inputs {
    /// Id of a saved action plan; the newest when left out.
    plan: Option<String>,
    /// ISO date on which the lights are read; today when left out.
    as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pack: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressAnswer {
    pub as_of: NaiveDate,
    pub plan: Followed,
    pub lines: CitedLines,
    pub tasks: Vec<TaskLights>,
    pub counts: Counts,
    pub completion: Vec<Completion>,
    pub run: RunRecord,
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
    pub status: Status,
    pub source: String,
}

/// One park in one year of the plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskLights {
    pub id: String,
    pub park: String,
    pub district: String,
    pub start: NaiveDate,
    pub end: NaiveDate,
    #[schema(required)]
    pub target_ha: Option<f64>,
    #[schema(required)]
    pub done_ha: Option<f64>,
    /// `None` before the task begins.
    #[schema(required)]
    pub shown: Option<Light>,
    pub periods: Vec<Period>,
}

impl Seen for ProgressAnswer {}

pub struct Progress;

impl Process for Progress {
    const ID: &'static str = "progress";
    const PACKS: &'static [&'static str] = &["progress"];
    const EXAMPLE: &'static str = r#"{"as_of": "2026-09-01"}"#;

    type Inputs = Inputs;
    type Answer = ProgressAnswer;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "调度评估：行动计划的进度灯", en: "Progress lights of an action plan" }
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(_rules: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<ProgressAnswer> {
        progress(context, inputs.plan.as_deref())
    }
}

/// A site of the plan as saved.
#[derive(Deserialize)]
pub struct SavedSite {
    park: String,
    area_ha: f64,
    parcels: Vec<String>,
    year: Option<i32>,
}

/// Kind under which action plans are saved.
const KIND: &str = "actionplan";

fn progress(context: &Context<'_>, plan: Option<&str>) -> Outcome<ProgressAnswer> {
    let (city, as_of) = (context.city, context.as_of);
    let layers = context.rules.pack("progress")?;
    let pack = ProgressPack::read(&layers)?;
    let plan = action_plan_to_follow(city, plan)?;
    let tasks = tasks(city, &plan)?;
    let lines = Lines { yellow_from: pack.yellow_from.value, red_above: pack.red_above.value, yellows_to_red: pack.yellows_to_red.value };
    let histories: Vec<Vec<Period>> = tasks.iter().map(|task| assess(&task.1, as_of, &lines)).collect();
    let counts = counts(histories.iter().map(Vec::as_slice));
    let told = tasks.iter().zip(histories).map(|((park, task), periods)| TaskLights {
        id: task.id.clone(),
        park: park.clone(),
        district: task.category.clone(),
        start: task.start,
        end: task.end,
        target_ha: task.target,
        done_ha: task.latest(as_of).map(|report| report.done),
        shown: periods.last().map(|period| period.shown),
        periods,
    });
    Ok(ProgressAnswer {
        run: context.record::<Progress>((&pack.id, &pack.version), &layers.uses),
        as_of,
        lines: CitedLines {
            yellow_from: lines.yellow_from,
            red_above: lines.red_above,
            yellows_to_red: lines.yellows_to_red,
            status: pack.yellow_from.cite.status,
            source: pack.yellow_from.cite.source.clone(),
        },
        tasks: told.collect(),
        counts,
        completion: completion(&tasks.into_iter().map(|(_, task)| task).collect::<Vec<_>>(), as_of),
        plan: Followed { id: plan.id, name: plan.name, created: plan.created },
    })
}

fn action_plan_to_follow(city: &City, id: Option<&str>) -> Outcome<Plan> {
    let saved = city.plans().into_iter().map(|plan| (**plan).clone()).filter(|plan| plan.kind == KIND);
    let found = match id {
        Some(id) => saved.into_iter().find(|plan| plan.id == id),
        None => saved.into_iter().max_by(|a, b| a.created.cmp(&b.created).then(a.id.cmp(&b.id))),
    };
    found.ok_or_else(|| {
        Fault::not_found("no_action_plan", "没有保存的行动计划", "there is no saved action plan")
            .at(id.unwrap_or("plan"))
            .help("先算行动计划并保存为方案", "compute an action plan and save it first")
    })
}

/// The sites of a plan that can be followed; what is kept as an action plan without being one is refused.
pub fn saved_sites(plan: &Plan) -> Outcome<Vec<SavedSite>> {
    Vec::deserialize(&plan.result["sites"]).map_err(|error| {
        Fault::bad("plan_result", format!("方案 {} 不是行动计划：{error}", plan.name), format!("the plan {} is no action plan: {error}", plan.name))
            .at("/result/sites")
            .help("result 应为 actionplan 的答案", "the result is the answer of the process actionplan")
    })
}

/// The tasks with their parks, by park and year.
fn tasks(city: &City, plan: &Plan) -> Outcome<Vec<(String, Task)>> {
    let sites = saved_sites(plan)?;
    let done_on = dates_in_force(city)?;
    let mut by_task: BTreeMap<(&str, i32), Vec<&SavedSite>> = BTreeMap::new();
    for site in &sites {
        if let Some(year) = site.year {
            by_task.entry((&site.park, year)).or_default().push(site);
        }
    }
    let mut tasks = Vec::with_capacity(by_task.len());
    for ((park, year), sites) in by_task {
        let (Some(start), Some(end)) = (NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31)) else { continue };
        let task = Task {
            id: format!("{park}-{year}"),
            category: district_of(city, park).unwrap_or_else(|| park.to_owned()),
            start,
            end,
            target: Some(sites.iter().map(|site| site.area_ha).sum()),
            curve: Vec::new(),
            reports: reports(city, &sites, &done_on),
        };
        tasks.push((park.to_owned(), task));
    }
    Ok(tasks)
}

fn district_of(city: &City, park: &str) -> Option<String> {
    let parks = city.table(LayerId::Park);
    parks.row_of(park).and_then(|row| parks.text(row, park::DISTRICT)).map(str::to_owned)
}

/// Area done by each date on which a part of the sites was done, rising.
fn reports(city: &City, sites: &[&SavedSite], done_on: &BTreeMap<String, NaiveDate>) -> Vec<Report> {
    let parcels = city.table(LayerId::Parcel);
    let area = |code: &String| parcels.row_of(code).map_or(0.0, |row| parcels.shapes().area(row));
    let mut steps: BTreeMap<NaiveDate, f64> = BTreeMap::new();
    for site in sites {
        let whole: f64 = site.parcels.iter().map(area).sum();
        for code in site.parcels.iter().filter(|_| whole > 0.0) {
            if let Some(date) = done_on.get(code) {
                *steps.entry(*date).or_default() += site.area_ha * area(code) / whole;
            }
        }
    }
    let mut done = 0.0;
    steps
        .into_iter()
        .map(|(date, step)| {
            done += step;
            Report { date, done }
        })
        .collect()
}

/// Each parcel that merges in force hold, with its day; an undone one holds nothing.
fn dates_in_force(city: &City) -> Outcome<BTreeMap<String, NaiveDate>> {
    let merged = merged_parcels(city);
    Ok(merged.into_iter().filter_map(|(code, day)| Some((code, NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok()?))).collect())
}
