//! Progress lights as a use case: the tasks of a saved action plan against what instruments in force have done.
//!
//! # Source
//! exact-designation.md P3–P6. A task is one park in one year of the plan; a site counts as done by the share of its
//! land that merges in force hold, from each instrument's date.

use super::with_run;
use super::{date, read_inputs};
use crate::analysis::progress::{Lines, Period, Report, Task, assess, completion, counts};
use crate::city::City;
use crate::domain::Fault;
use crate::domain::Plan;
use crate::domain::fault::Outcome;
use crate::rules::{Packs, ProgressPack};
use crate::service::instruments::merged_parcels;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Inputs {
    /// Id of a saved action plan; the newest when left out.
    plan: Option<String>,
    as_of: Option<String>,
}

/// A site of the plan as saved.
#[derive(Deserialize)]
struct SavedSite {
    park: String,
    area_ha: f64,
    parcels: Vec<String>,
    year: Option<i32>,
}

/// Kind under which action plans are saved.
const KIND: &str = "actionplan";

pub(super) fn progress(city: &City, raw: &Value) -> Outcome<Value> {
    let inputs: Inputs = read_inputs(raw)?;
    let pack = ProgressPack::read(&Packs::embedded().resolve("progress", None)?)?;
    let as_of = date(inputs.as_of.as_deref())?;
    let plan = action_plan_to_follow(city, inputs.plan.as_deref())?;
    let tasks = tasks(city, &plan)?;
    let lines = Lines { yellow_from: pack.yellow_from.value, red_above: pack.red_above.value, yellows_to_red: pack.yellows_to_red.value };
    let histories: Vec<Vec<Period>> = tasks.iter().map(|task| assess(&task.1, as_of, &lines)).collect();
    let told: Vec<Value> = tasks
        .iter()
        .zip(&histories)
        .map(|((park, task), periods)| {
            json!({
                "id": task.id, "park": park, "district": task.category, "start": task.start, "end": task.end, "target_ha": task.target,
                "done_ha": task.latest(as_of).map(|report| report.done), "shown": periods.last().map(|period| period.shown), "periods": periods,
            })
        })
        .collect();
    let all: Vec<Task> = tasks.into_iter().map(|(_, task)| task).collect();
    let value = json!({
        "as_of": as_of, "plan": { "id": plan.id, "name": plan.name, "created": plan.created },
        "lines": { "yellow_from": lines.yellow_from, "red_above": lines.red_above, "yellows_to_red": lines.yellows_to_red, "status": pack.yellow_from.cite.status, "source": pack.yellow_from.cite.source },
        "tasks": told, "counts": counts(histories.iter().map(Vec::as_slice)), "completion": completion(&all, as_of),
    });
    with_run(city, value, "progress", raw, (&pack.id, &pack.version), 0, &as_of.to_string())
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

/// The tasks with their parks, by park and year.
fn tasks(city: &City, plan: &Plan) -> Outcome<Vec<(String, Task)>> {
    let sites: Vec<SavedSite> = serde_json::from_value(plan.result["sites"].clone()).map_err(|error| {
        Fault::bad("plan_result", format!("方案 {} 不是行动计划：{error}", plan.id), format!("the plan {} is no action plan: {error}", plan.id))
            .at(plan.id.clone())
    })?;
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
    let table = city.named("park")?;
    table.row_of(park).and_then(|row| table.text(row, "district")).map(str::to_owned)
}

/// Area done by each date on which a part of the sites was done, rising.
fn reports(city: &City, sites: &[&SavedSite], done_on: &BTreeMap<String, NaiveDate>) -> Vec<Report> {
    let area = |code: &String| city.named("parcel").and_then(|table| table.row_of(code).map(|row| table.shapes().area(row))).unwrap_or(0.0);
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
