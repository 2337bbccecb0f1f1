//! The action plan (行动计划) as a use case: sites of the parks, their phases, the pack's limits and targets.
//!
//! # Source
//! analyses.md §2 and exact-consolidation.md C17–C19; capacities, weights and targets come from the rule pack.

mod accepted;
mod result;
mod sites;

pub use result::plan_as_geojson;

use super::with_run;
use super::{date, read_inputs};
use crate::analysis::Control;
use crate::analysis::consolidation::action_plan::{self, Question, RelaxWeights, Target};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use crate::rules::{self, Packs};
use accepted::accepted_sites;
use chrono::Datelike;
use serde::Deserialize;
use serde_json::Value;
use sites::CandidateSite;
use sites::{set_phases, solved_sites};

/// What the planner asks for; what is left out comes from the pack.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Inputs {
    from: Option<i32>,
    to: Option<i32>,
    parks: Option<Vec<String>>,
    source: Source,
    budget_wan: Option<PerYear>,
    capacity_ha: Option<PerYear>,
    targets: Option<Vec<AskedTarget>>,
    banked_before_ha: Option<f64>,
    hard: bool,
    /// [a, b]: b only if a, in a later year.
    after: Vec<(String, String)>,
    discount: Option<f64>,
    penalty: Option<f64>,
    seed: Option<u64>,
    as_of: Option<String>,
    /// Seconds that the solver may take.
    time_limit: Option<f64>,
}

/// Where sites come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    /// Accepted instruments only.
    Accepted,
    /// The best consolidation of each park only.
    Solved,
    /// Accepted instruments; for parks without any the best consolidation.
    #[default]
    Both,
}

/// One number for all years, or one for each; null is no limit.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum PerYear {
    All(f64),
    Each(Vec<Option<f64>>),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedTarget {
    year: i32,
    ha: f64,
}

const HA: f64 = 10_000.0;
/// The solver ends by its own count of nodes long before this, unless the machine is very busy.
const DEFAULT_TIME_LIMIT: f64 = 300.0;
const LONGEST_TIME_LIMIT: f64 = 600.0;

/// Plans the years.
pub fn action_plan(city: &City, raw: &Value, control: Control<'_>) -> Outcome<Value> {
    let inputs: Inputs = read_inputs(raw)?;
    let pack = rules::ConsolidationPack::read(&Packs::embedded().resolve("consolidation", None)?)?;
    let as_of = date(inputs.as_of.as_deref())?;
    let seed = inputs.seed.unwrap_or(1);
    let parks = parks_in_question(city, inputs.parks.as_deref())?;
    let accepted = if inputs.source == Source::Solved { Vec::new() } else { accepted_sites(city, &parks, &pack, as_of.year())? };
    let mut found = sites::Found { sites: accepted, parks: Vec::new() };
    if inputs.source != Source::Accepted {
        let open: Vec<String> = parks.iter().filter(|park| !found.sites.iter().any(|site| site.park == **park)).cloned().collect();
        let solved = solved_sites(city, &open, &pack, as_of, seed, control)?;
        found.sites.extend(solved.sites);
        found.parks = solved.parks;
    }
    if (control.stop)() {
        return Err(Fault::new(FaultKind::Cancelled, "cancelled", "已取消", "cancelled"));
    }
    set_phases(city, &mut found.sites);
    let banked_ha = inputs.banked_before_ha.unwrap_or_else(|| banked_m2(city) / HA);
    let question = question(&inputs, &pack, as_of.year(), &found.sites, banked_ha)?;
    let plan = action_plan::plan(&question)?;
    (control.progress)(1.0);
    let entered = inputs.targets.is_some();
    let value = result::to_json(&plan, &question, &found, &pack, entered, &|point| city.crs.to_lon_lat(point));
    with_run(city, value, "actionplan", raw, (&pack.id, &pack.version), seed, &as_of.to_string())
}

/// Codes of the parks with land, in order; of the asked ones when some are asked for.
fn parks_in_question(city: &City, asked: Option<&[String]>) -> Outcome<Vec<String>> {
    let Some(table) = city.named("park") else { return Ok(Vec::new()) };
    let mut parks: Vec<String> = match asked {
        None => (0..table.len()).filter(|row| table.shapes().area(*row) > 0.0).map(|row| table.key(row).to_owned()).collect(),
        Some(codes) => {
            let unknown = codes.iter().find(|code| table.row_of(code).is_none());
            if let Some(park) = unknown {
                return Err(Fault::not_found("no_such_park", format!("没有园区 {park}"), format!("there is no park {park}")).at("/inputs/parks"));
            }
            codes.to_vec()
        }
    };
    parks.sort();
    parks.dedup();
    Ok(parks)
}

/// Planar area of the banked parcels inside parks, m²: recorded fact (C18).
fn banked_m2(city: &City) -> f64 {
    let Some(table) = city.named("parcel") else { return 0.0 };
    let is_banked = |row: &usize| table.text(*row, "stage") == Some(sites::BANKED) && table.text(*row, "park").is_some();
    (0..table.len()).filter(is_banked).map(|row| table.shapes().area(row)).sum()
}

fn question(inputs: &Inputs, pack: &rules::ConsolidationPack, year: i32, sites: &[CandidateSite], banked_before_ha: f64) -> Outcome<Question> {
    let from = inputs.from.unwrap_or(year);
    let to = inputs.to.or(pack.targets.last().map(|(year, _)| *year)).unwrap_or(from).max(inputs.to.unwrap_or(from));
    let years = (to - from + 1).clamp(0, 1000) as usize;
    let targets = match &inputs.targets {
        Some(asked) => asked.iter().map(|target| Target { year: target.year, ha: target.ha }).collect(),
        None => pack.targets.iter().map(|(year, m2)| Target { year: *year, ha: m2 / HA }).collect(),
    };
    let [target, budget, capacity] = [0, 1, 2].map(|k| pack.relax[k].value);
    Ok(Question {
        from,
        to,
        sites: sites.iter().map(CandidateSite::to_plan).collect(),
        budget_wan: per_year(&inputs.budget_wan, pack.year_budget.value, years, "/inputs/budget_wan")?,
        capacity_ha: per_year(&inputs.capacity_ha, pack.year_capacity.value.map(|m2| m2 / HA), years, "/inputs/capacity_ha")?,
        targets,
        hard: inputs.hard,
        after: inputs.after.clone(),
        banked_before_ha,
        discount: inputs.discount.unwrap_or(pack.discount.value),
        penalty: inputs.penalty.unwrap_or(pack.shortfall_penalty.value),
        relax: RelaxWeights { target, budget, capacity },
        time_limit_s: inputs.time_limit.unwrap_or(DEFAULT_TIME_LIMIT).clamp(0.1, LONGEST_TIME_LIMIT),
    })
}

fn per_year(asked: &Option<PerYear>, pack: Option<f64>, years: usize, place: &str) -> Outcome<Vec<Option<f64>>> {
    match asked {
        None => Ok(vec![pack; years]),
        Some(PerYear::All(limit)) => Ok(vec![Some(*limit); years]),
        Some(PerYear::Each(limits)) if limits.len() == years => Ok(limits.clone()),
        Some(PerYear::Each(limits)) => Err(Fault::bad(
            "per_year",
            format!("逐年给出时应有 {years} 个数，现有 {} 个", limits.len()),
            format!("one number a year makes {years}, {} are given", limits.len()),
        )
        .at(place)),
    }
}
