//! The action plan (行动计划) as a use case: sites of the parks, their phases, the pack's limits and targets.
//!
//! # Source
//! analyses.md §2 and exact-consolidation.md C17–C19; capacities, weights and targets come from the rule pack.

mod accepted;
mod result;
mod sites;

pub use result::PlannedYears;

use super::process::{Common, Context, Process, Words};
use super::progress::plan_lights;
use crate::analysis::consolidation::action_plan::{self, Question, RelaxWeights, Target};
use crate::city::City;
use crate::domain::codes::stage;
use crate::domain::columns::parcel;
use crate::domain::fault::Outcome;
use crate::domain::units::{SQUARE_METRES_PER_HECTARE, hectares};
use crate::domain::{Fault, FaultKind, LayerId};
use crate::rules::{self, RuleSet};
use crate::service::collections::no_such_park;
use accepted::accepted_sites;
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use sites::CandidateSite;
use sites::{set_phases, solved_sites};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What the planner asks for; what is left out comes from the pack.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ActionPlanInputs)]
pub struct Inputs {
    /// First year; that of `as_of` when left out.
    #[schema(minimum = 1900, maximum = 2199)]
    from: Option<i32>,
    /// Last year; that of the last target when left out.
    #[schema(minimum = 1900, maximum = 2199)]
    to: Option<i32>,
    /// These parks only.
    parks: Option<Vec<String>>,
    source: Source,
    /// 万元: one number for every year, or one for each; null is no limit.
    budget_wan: Option<PerYear>,
    /// ha: likewise.
    capacity_ha: Option<PerYear>,
    /// Cumulative targets; the pack's when left out.
    targets: Option<Vec<AskedTarget>>,
    /// Banked before the first year, ha; the banked parcels inside the parks when left out.
    #[schema(minimum = 0)]
    banked_before_ha: Option<f64>,
    /// Targets must be met; what cannot be is answered by the smallest relaxation.
    hard: bool,
    /// [a, b]: b only if a, in a later year.
    after: Vec<(String, String)>,
    #[schema(minimum = 0)]
    discount: Option<f64>,
    /// Per ha of shortfall.
    #[schema(minimum = 0)]
    penalty: Option<f64>,
    seed: Option<u64>,
    /// ISO date on which time-dependent figures stand; today when left out.
    as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pack: Option<String>,
    /// Seconds that the solver may take.
    #[schema(minimum = 0.1, maximum = 600)]
    time_limit: Option<f64>,
}

/// Where sites come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SiteSource)]
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
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum PerYear {
    All(f64),
    Each(Vec<Option<f64>>),
}

impl PartialSchema for PerYear {
    fn schema() -> RefOr<Schema> {
        let amount = |of: SchemaType| ObjectBuilder::new().schema_type(of).minimum(Some(0));
        let each = ArrayBuilder::new().items(amount(SchemaType::from_iter([Type::Number, Type::Null])));
        let about = "One number for all years, or one for each; null is no limit.";
        OneOfBuilder::new().item(amount(Type::Number.into())).item(each).description(Some(about)).into()
    }
}

impl ToSchema for PerYear {}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AskedTarget {
    #[schema(minimum = 1900, maximum = 2199)]
    year: i32,
    #[schema(minimum = 0)]
    ha: f64,
}

/// The solver ends by its own count of nodes long before this, unless the machine is very busy.
const DEFAULT_TIME_LIMIT: f64 = 300.0;

pub struct ActionPlan;

impl Process for ActionPlan {
    const ID: &'static str = "actionplan";
    const PACKS: &'static [&'static str] = &["consolidation"];
    const SEED: Option<u64> = Some(1);
    const EXAMPLE: &'static str = r#"{"parks": ["BA-01"], "from": 2026, "to": 2030, "capacity_ha": 12, "targets": [{"year": 2030, "ha": 40}]}"#;

    type Inputs = Inputs;
    type Answer = PlannedYears;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "行动计划：分年整备", en: "Action plan: sites by year" }
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: inputs.seed, pack: inputs.pack.as_deref() }
    }

    fn defaults(_rules: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<PlannedYears> {
        action_plan(context, &inputs)
    }
}

fn action_plan(context: &Context<'_>, inputs: &Inputs) -> Outcome<PlannedYears> {
    let (city, as_of, control) = (context.city, context.as_of, context.control);
    let layers = context.rules.pack("consolidation")?;
    let pack = rules::ConsolidationPack::read(&layers)?;
    let parks = parks_in_question(city, inputs.parks.as_deref())?;
    let accepted = if inputs.source == Source::Solved { Vec::new() } else { accepted_sites(city, &parks, &pack, as_of.year())? };
    let mut found = sites::Found { sites: accepted, parks: Vec::new() };
    if inputs.source != Source::Accepted {
        let open: Vec<String> = parks.iter().filter(|park| !found.sites.iter().any(|site| site.park == **park)).cloned().collect();
        let solved = solved_sites(city, &open, &pack, as_of, context.seed, control)?;
        found.sites.extend(solved.sites);
        found.parks = solved.parks;
    }
    if (control.stop)() {
        return Err(Fault::new(FaultKind::Cancelled, "cancelled", "已取消", "cancelled"));
    }
    set_phases(city, &mut found.sites);
    let banked_ha = inputs.banked_before_ha.unwrap_or_else(|| hectares(banked_m2(city)));
    let question = question(inputs, &pack, as_of.year(), &found.sites, banked_ha)?;
    let plan = action_plan::plan(&question)?;
    (control.progress)(1.0);
    let lights = plan_lights(city, &result::followed(&plan, &found), as_of, context.rules)?;
    let run = context.record::<ActionPlan>((&pack.id, &pack.version), &layers.uses);
    Ok(result::answer(run, plan, question, found, &pack, inputs.targets.is_some(), lights, &|point| city.crs.to_lon_lat(point)))
}

/// Codes of the parks with land, in order; of the asked ones when some are asked for.
fn parks_in_question(city: &City, asked: Option<&[String]>) -> Outcome<Vec<String>> {
    let table = city.table(LayerId::Park);
    let mut parks: Vec<String> = match asked {
        None => (0..table.len()).filter(|row| table.shapes().area(*row) > 0.0).map(|row| table.key(row).to_owned()).collect(),
        Some(codes) => {
            let unknown = codes.iter().find(|code| table.row_of(code).is_none());
            if let Some(park) = unknown {
                return Err(no_such_park(park).at("/inputs/parks"));
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
    let table = city.table(LayerId::Parcel);
    let is_banked = |row: &usize| table.text(*row, parcel::STAGE) == Some(stage::BANKED) && table.text(*row, parcel::PARK).is_some();
    (0..table.len()).filter(is_banked).map(|row| table.shapes().area(row)).sum()
}

fn question(inputs: &Inputs, pack: &rules::ConsolidationPack, year: i32, sites: &[CandidateSite], banked_before_ha: f64) -> Outcome<Question> {
    let from = inputs.from.unwrap_or(year);
    let to = inputs.to.or(pack.targets.last().map(|(year, _)| *year)).unwrap_or(from).max(inputs.to.unwrap_or(from));
    // What is no span is refused with the rest of the question.
    let years = (i64::from(to) - i64::from(from) + 1).clamp(0, 1000) as usize;
    let targets = match &inputs.targets {
        Some(asked) => asked.iter().map(|target| Target { year: target.year, ha: target.ha }).collect(),
        None => pack.targets.iter().map(|(year, m2)| Target { year: *year, ha: m2 / SQUARE_METRES_PER_HECTARE }).collect(),
    };
    let [target, budget, capacity] = [0, 1, 2].map(|k| pack.relax[k].value);
    Ok(Question {
        from,
        to,
        sites: sites.iter().map(CandidateSite::to_plan).collect(),
        budget_wan: per_year(&inputs.budget_wan, pack.year_budget.value, years, "/inputs/budget_wan")?,
        capacity_ha: per_year(&inputs.capacity_ha, pack.year_capacity.value.map(|m2| m2 / SQUARE_METRES_PER_HECTARE), years, "/inputs/capacity_ha")?,
        targets,
        hard: inputs.hard,
        after: inputs.after.clone(),
        banked_before_ha,
        discount: inputs.discount.unwrap_or(pack.discount.value),
        penalty: inputs.penalty.unwrap_or(pack.shortfall_penalty.value),
        relax: RelaxWeights { target, budget, capacity },
        time_limit_s: inputs.time_limit.unwrap_or(DEFAULT_TIME_LIMIT),
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
