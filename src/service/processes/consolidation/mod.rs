//! Land consolidation as a use case: parcels of a park, a drawn area or a basket, with what lies on and over them.

mod answer;
mod area;
mod connect;
mod evidence;
mod inputs;

pub use answer::Consolidation;
pub(super) use inputs::{Defaults, Inputs};

use super::process::{Common, Context, Process, Words};
use crate::analysis::Control;
use crate::analysis::consolidation::{self, LeftOut, Params, ParcelInput, Reason};
use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::rules::{self, RuleSet};
use crate::service::instruments::dedicated_land;
use crate::spatial::arena::Arena;
use crate::spatial::polygons::Subset;
use area::{rows_in_question, standing};
use chrono::{Datelike, NaiveDate};
use connect::connections;
use evidence::{evidence, plain};
use inputs::params;
use std::time::{Duration, Instant};

pub(super) use evidence::parcels_to_judge;

/// What a run is made of.
struct Instance<'a> {
    set: Subset<'a, Arena>,
    parcels: Vec<ParcelInput>,
    params: Params,
    /// Rows in question that an instrument has taken into a plan parcel by then.
    gone: Vec<u32>,
}

/// Seconds that a run may take when nothing is said.
const DEFAULT_TIME_LIMIT: f64 = 20.0;

pub struct Consolidate;

impl Process for Consolidate {
    const ID: &'static str = "consolidate";
    const PACKS: &'static [&'static str] = &["consolidation"];
    const SEED: Option<u64> = Some(1);
    const EXAMPLE: &'static str = r#"{"park": "BA-01", "sites": 4, "min_area_ha": 3, "weights": {"owners": 0.3}, "seed": 1}"#;

    type Inputs = Inputs;
    type Answer = Consolidation;
    type Defaults = Defaults;

    fn words() -> Words {
        Words { zh: "土地整备：连片用地方案", en: "Land consolidation: contiguous sites" }
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: inputs.seed, pack: inputs.pack.as_deref() }
    }

    fn defaults(rules: &RuleSet) -> Outcome<Defaults> {
        Ok(Defaults::of(&rules::ConsolidationPack::read(&rules.pack("consolidation")?)?))
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<Consolidation> {
        consolidate(context, &inputs)
    }
}

fn consolidate(context: &Context<'_>, inputs: &Inputs) -> Outcome<Consolidation> {
    let (city, as_of) = (context.city, context.as_of);
    let layers = context.rules.pack("consolidation")?;
    let pack = rules::ConsolidationPack::read(&layers)?;
    let table = city.table(LayerId::Parcel);
    let Instance { set, parcels, params, gone } = instance(city, table, inputs, &pack, as_of)?;
    if parcels.is_empty() {
        return Err(Fault::bad("no_parcels", "所选范围内没有宗地", "there is no parcel in the area")
            .help("换一个园区或画大一些", "choose another park or draw a larger area"));
    }
    let limit = inputs.time_limit.unwrap_or(DEFAULT_TIME_LIMIT);
    let deadline = Instant::now() + Duration::from_secs_f64(limit);
    let control = Control { stop: &|| (context.control.stop)() || Instant::now() >= deadline, progress: context.control.progress };
    let mut found = consolidation::consolidate(&set, &parcels, &plain(&pack), &params, control)?.drawn(&|point| city.crs.to_lon_lat(point));
    found.excluded.extend(consolidated_already(table, &gone));
    let connect = inputs.parcels.as_ref().map(|_| connections(city, table, &set.items, &pack, as_of, &params)).transpose()?;
    Ok(Consolidation { run: context.record::<Consolidate>((&pack.id, &pack.version), &layers.uses), found, connect })
}

/// Parcels in question that are no parcels any more.
fn consolidated_already(table: &Table, gone: &[u32]) -> Option<LeftOut> {
    (!gone.is_empty()).then(|| LeftOut {
        reason: Reason::Consolidated,
        count: gone.len(),
        area_m2: gone.iter().map(|row| table.shapes().area(*row as usize)).sum(),
        parcels: gone.iter().map(|row| table.key(*row as usize).to_owned()).collect(),
        details: Vec::new(),
    })
}

/// One park with the pack's figures alone: what an action plan spreads over the years.
pub(super) fn solve_park(
    city: &City,
    park: &str,
    pack: &rules::ConsolidationPack,
    as_of: NaiveDate,
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Outcome<consolidation::Answer> {
    let inputs = Inputs { park: Some(park.to_owned()), seed: Some(seed), ..Inputs::default() };
    let table = city.table(LayerId::Parcel);
    let Instance { set, parcels, params, .. } = instance(city, table, &inputs, pack, as_of)?;
    consolidation::consolidate(&set, &parcels, &plain(pack), &params, Control { stop, progress: &|_| {} })
}

/// The parcels in question that stand on a day, with what lies on and over them.
fn instance<'a>(city: &City, table: &'a Table, inputs: &Inputs, pack: &rules::ConsolidationPack, as_of: NaiveDate) -> Outcome<Instance<'a>> {
    let (rows, share_inside) = rows_in_question(city, table, inputs)?;
    let (items, share_inside, gone) = standing(city, table, rows, share_inside, &as_of.to_string())?;
    let set = Subset { set: table.shapes(), items };
    let parcels = evidence(city, table, &set, &share_inside, pack);
    let params = Params { dedicated: dedicated_land(city, &set), ..params(inputs, pack, as_of.year()) };
    Ok(Instance { set, parcels, params, gone })
}
