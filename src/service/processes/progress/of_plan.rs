//! Tasks of a saved action plan: one park in one year each. A site counts as done by the share of its land that merges in
//! force hold, from each instrument's date.

use super::answer::ReportLine;
use super::{Gathered, Told, year_span};
use crate::analysis::progress::{Report, Task};
use crate::city::City;
use crate::domain::columns::park;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, Plan};
use crate::service::instruments::merged_parcels;
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A site of a plan, as far as its lights need it.
#[derive(Deserialize)]
pub struct PlanSite {
    pub park: String,
    pub area_ha: f64,
    pub parcels: Vec<String>,
    pub year: Option<i32>,
}

/// What is to be done in one park in one year.
#[derive(Debug, PartialEq)]
pub struct PlannedTask {
    pub id: String,
    pub park: String,
    pub district: Option<String>,
    pub year: i32,
    pub start: NaiveDate,
    pub end: NaiveDate,
    pub target_ha: f64,
}

/// The sites of a plan that can be followed; what is kept as an action plan without being one is refused.
pub fn saved_sites(plan: &Plan) -> Outcome<Vec<PlanSite>> {
    Vec::deserialize(&plan.result["sites"]).map_err(|error| {
        Fault::bad("plan_result", format!("方案 {} 不是行动计划：{error}", plan.name), format!("the plan {} is no action plan: {error}", plan.name))
            .at("/result/sites")
            .help("result 应为 actionplan 的答案", "the result is the answer of the process actionplan")
    })
}

/// One task for each park and year of a plan, in their order.
pub fn planned_tasks(city: &City, sites: &[PlanSite]) -> Vec<PlannedTask> {
    by_task(sites).into_iter().filter_map(|((park, year), sites)| planned_task(city, park, year, &sites)).collect()
}

fn by_task(sites: &[PlanSite]) -> BTreeMap<(&str, i32), Vec<&PlanSite>> {
    let mut by_task: BTreeMap<(&str, i32), Vec<&PlanSite>> = BTreeMap::new();
    for site in sites {
        if let Some(year) = site.year {
            by_task.entry((&site.park, year)).or_default().push(site);
        }
    }
    by_task
}

fn planned_task(city: &City, park: &str, year: i32, sites: &[&PlanSite]) -> Option<PlannedTask> {
    let (start, end) = year_span(year)?;
    let parks = city.table(LayerId::Park);
    let district = parks.row_of(park).and_then(|row| parks.text(row, park::DISTRICT)).map(str::to_owned);
    let target_ha = sites.iter().map(|site| site.area_ha).sum();
    Some(PlannedTask { id: format!("{park}-{year}"), park: park.to_owned(), district, year, start, end, target_ha })
}

pub(super) fn gather(city: &City, plan: &Plan) -> Outcome<Gathered> {
    of_sites(city, &saved_sites(plan)?, Some(&plan.id))
}

/// The tasks with what instruments in force have done.
pub(super) fn of_sites(city: &City, sites: &[PlanSite], plan: Option<&str>) -> Outcome<Gathered> {
    let done_on = dates_in_force(city);
    let mut gathered = Gathered::default();
    for ((park, year), sites) in by_task(sites) {
        let Some(planned) = planned_task(city, park, year, &sites) else { continue };
        let reports = reports(city, &sites, &done_on);
        let line = |report: &Report| ReportLine { code: None, date: report.date, done: report.done, note: None, revision: None };
        let told = Told {
            park: Some(planned.park),
            district: planned.district,
            category: "land".to_owned(),
            year: Some(year),
            unit: Some("ha".to_owned()),
            plan: plan.map(str::to_owned),
            reports: reports.iter().map(line).collect(),
            ..Told::default()
        };
        let (start, end, target) = (planned.start, planned.end, Some(planned.target_ha));
        gathered.take(told, Task { id: planned.id, start, end, target, curve: Vec::new(), reports });
    }
    Ok(gathered)
}

/// Area done by each date on which a part of the sites was done, rising.
fn reports(city: &City, sites: &[&PlanSite], done_on: &BTreeMap<String, NaiveDate>) -> Vec<Report> {
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
fn dates_in_force(city: &City) -> BTreeMap<String, NaiveDate> {
    let merged = merged_parcels(city);
    merged.into_iter().filter_map(|(code, day)| Some((code, NaiveDate::parse_from_str(&day, "%Y-%m-%d").ok()?))).collect()
}
