//! Plans: what a planner keeps of a selection or a result.

use super::edits::Reply;
use super::items::{Selection, select, write_features};
use super::processes::{ACTION_PLAN, PlanLights, plan_lights, saved_sites};
use super::{Planner, Viewer, now, today};
use crate::city::City;
use crate::domain::columns::parcel;
use crate::domain::edit::{Edit, KeepPlan, MakeTasks};
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Fault, LayerId, Plan, stated_day};
use crate::formats::wire::geojson::FeatureStyle;
use crate::rules::RuleSet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A plan to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    pub name: String,
    pub kind: String,
    #[serde(default)]
    pub parcels: Vec<String>,
    #[serde(default)]
    pub result: Value,
}

/// A plan as people read it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanAnswer {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub created: String,
    pub by: String,
    /// Planar area of its parcels that are there.
    pub area_m2: Option<f64>,
    pub parcels: usize,
    /// With one plan, not in lists.
    #[serde(flatten)]
    #[schema(value_type = PlanWhole)]
    pub whole: Option<PlanWhole>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlanWhole {
    #[schema(required = false)]
    pub parcel_codes: Vec<String>,
    /// What was kept, in its own form.
    #[schema(required = false)]
    pub result: Value,
    /// How an action plan stands today.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lights: Option<PlanLights>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PlanList {
    pub plans: Vec<PlanAnswer>,
}

pub fn list(city: &City, viewer: &Viewer) -> PlanList {
    PlanList { plans: city.plans().into_iter().map(|plan| answer(city, viewer, plan, false)).collect() }
}

pub fn one(city: &City, viewer: &Viewer, id: &str) -> Outcome<PlanAnswer> {
    let plan = find(city, id)?;
    let lights = if plan.kind == ACTION_PLAN { Some(lights_today(city, plan)?) } else { None };
    let mut answer = answer(city, viewer, plan, true);
    if let Some(whole) = &mut answer.whole {
        whole.lights = lights;
    }
    Ok(answer)
}

fn lights_today(city: &City, plan: &Plan) -> Outcome<PlanLights> {
    let today = stated_day(&today()).ok_or_else(|| Fault::internal("clock", "today is no day"))?;
    plan_lights(city, &saved_sites(plan)?, today, RuleSet::shipped())
}

fn find<'c>(city: &'c City, id: &str) -> Outcome<&'c Plan> {
    let known = city.plan(id).map(|plan| &**plan);
    known.ok_or_else(|| Fault::not_found("no_such_plan", format!("没有方案 {id}"), format!("there is no plan {id}")).at(id))
}

fn answer(city: &City, viewer: &Viewer, plan: &Plan, whole: bool) -> PlanAnswer {
    let parcels = city.table(LayerId::Parcel);
    let area = |code: &String| parcels.row_of(code).and_then(|row| parcels.number(row, parcel::PLANAR_AREA_M2));
    PlanAnswer {
        id: plan.id.clone(),
        name: plan.name.clone(),
        kind: plan.kind.clone(),
        created: plan.created.clone(),
        // Accounts are for people who are signed in.
        by: if viewer.account().is_some() { plan.by.clone() } else { String::new() },
        area_m2: Some(plan.parcels.iter().filter_map(area).sum()),
        parcels: plan.parcels.len(),
        whole: whole.then(|| PlanWhole {
            parcel_codes: plan.parcels.clone(),
            result: plan.result_seen(|layer| viewer.sees_private(&layer.name)),
            lights: None,
        }),
    }
}

/// The plan's parcels as a FeatureCollection; parcels that have gone since are named in `missing`.
pub fn items(city: &City, viewer: &Viewer, id: &str) -> Outcome<String> {
    let plan = find(city, id)?;
    let selected = select(city, viewer, LayerId::Parcel.name(), &Selection { ids: Some(plan.parcels.clone()), ..Selection::default() })?;
    let missing: Vec<&String> = plan.parcels.iter().filter(|code| selected.table.row_of(code).is_none()).collect();
    let style = FeatureStyle::of(&selected.table, None, selected.private, 7, true);
    let features = write_features(&selected.table, &selected.rows, &city.crs, &style);
    let json = |value: serde_json::Result<Value>| value.map_err(|error| Fault::internal("json", error));
    Ok(format!(
        "{{\"type\":\"FeatureCollection\",\"plan\":{},\"missing\":{},\"numberMatched\":{},\"features\":[{features}]}}",
        json(serde_json::to_value(answer(city, viewer, plan, false)))?,
        json(serde_json::to_value(missing))?,
        selected.rows.len(),
    ))
}

/// What came of making tasks from an action plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeTasks {
    pub made: Vec<String>,
    /// Tasks that were there already, with what people have entered since: they stay.
    pub kept: Vec<String>,
    pub revision: i64,
}

/// A task for each park and year of a saved action plan.
pub fn make_tasks(planner: &Planner, viewer: &Viewer, plan: &str) -> Outcome<MadeTasks> {
    let done = planner.edit(viewer, Edit::MakeTasks(MakeTasks { plan: plan.to_owned() }))?;
    let Reply::Tasks { made, kept } = done.reply else { return Err(Fault::internal("edit", "the edit gave no tasks")) };
    Ok(MadeTasks { made, kept, revision: done.revision })
}

impl Planner {
    pub fn keep_plan(&self, viewer: &Viewer, new: NewPlan) -> Outcome<PlanAnswer> {
        let account = viewer.planner()?.account.clone();
        let (name, created) = (new.name.trim().to_owned(), now());
        let id = sha256_hex(format!("{account}\n{name}\n{created}").as_bytes())[..12].to_owned();
        let plan = Plan { id, name, kind: new.kind, created, by: account, parcels: new.parcels, result: new.result };
        self.edit(viewer, Edit::KeepPlan(KeepPlan { plan: plan.clone() }))?;
        Ok(answer(&self.city(), viewer, &plan, true))
    }
}
