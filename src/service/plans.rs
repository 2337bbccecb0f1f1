//! Plans: what a planner keeps of a selection or a result.

use super::items::{Selection, write_features};
use super::{Planner, Viewer};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::formats::wire::geojson::FeatureStyle;
use crate::store::Plan;
use serde::Deserialize;
use serde_json::{Value, json};

/// A plan to keep.
#[derive(Debug, Deserialize)]
pub struct NewPlan {
    pub name: String,
    pub kind: String,
    #[serde(default)]
    pub parcels: Vec<String>,
    #[serde(default)]
    pub result: Value,
}

const KINDS: [&str; 4] = ["selection", "consolidation", "upstairs", "actionplan"];

impl Planner {
    pub fn plans(&self) -> Outcome<Value> {
        let plans: Vec<Value> = self.store.plans()?.iter().map(|plan| self.plan_json(plan, false)).collect();
        Ok(json!({ "plans": plans }))
    }

    pub fn plan(&self, id: &str) -> Outcome<Value> {
        Ok(self.plan_json(&self.find_plan(id)?, true))
    }

    fn find_plan(&self, id: &str) -> Outcome<Plan> {
        self.store
            .plans()?
            .into_iter()
            .find(|plan| plan.id == id)
            .ok_or_else(|| Fault::not_found("no_such_plan", format!("没有方案 {id}"), format!("there is no plan {id}")).at(id))
    }

    fn plan_json(&self, plan: &Plan, result: bool) -> Value {
        let area = self.city().named("parcel").map(|table| {
            plan.parcels.iter().filter_map(|code| table.row_of(code)).filter_map(|row| table.number(row, "planar_area_m2")).sum::<f64>()
        });
        let mut value = json!({
            "id": plan.id, "name": plan.name, "kind": plan.kind, "created": plan.created, "by": plan.by,
            "area_m2": area, "parcels": plan.parcels.len(),
        });
        if result {
            value["parcel_codes"] = json!(plan.parcels);
            value["result"] = plan.result.clone();
        }
        value
    }

    pub fn add_plan(&self, viewer: &Viewer, new: NewPlan) -> Outcome<Value> {
        let account = viewer.planner()?.account.clone();
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Fault::bad("plan_name", "方案名应为 1–100 个字", "a plan's name has 1 to 100 characters").field(
                "/name",
                "请填写方案名",
                "give the plan a name",
            ));
        }
        if !KINDS.contains(&new.kind.as_str()) {
            return Err(Fault::bad("plan_kind", "方案类型不对", "unknown kind of plan").field("/kind", KINDS.join("、"), KINDS.join(", ")));
        }
        let city = self.city();
        let known = |code: &String| city.named("parcel").is_some_and(|table| table.row_of(code).is_some());
        if let Some(missing) = new.parcels.iter().find(|code| !known(code)) {
            return Err(Fault::bad("no_such_parcel", format!("没有宗地 {missing}"), format!("there is no parcel {missing}")).at(missing.clone()));
        }
        let created = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let id = sha256_hex(format!("{account}\n{name}\n{created}").as_bytes())[..12].to_owned();
        let plan = Plan { id, name, kind: new.kind, created, by: account, parcels: new.parcels, result: new.result };
        let revision = self.store.add_plan(&plan)?;
        self.tell(revision, "plan", vec![plan.id.clone()]);
        Ok(self.plan_json(&plan, true))
    }

    /// The plan's parcels as a FeatureCollection; parcels that have gone since are named in `missing`.
    pub fn plan_items(&self, viewer: &Viewer, id: &str) -> Outcome<String> {
        let plan = self.find_plan(id)?;
        let selected = self.select(viewer, "parcel", &Selection { ids: Some(plan.parcels.clone()), ..Selection::default() })?;
        let missing: Vec<&String> = plan.parcels.iter().filter(|code| selected.table.row_of(code).is_none()).collect();
        let style = FeatureStyle::of(&selected.table, None, selected.private, 7, true);
        let features = write_features(&selected.table, &selected.rows, &self.crs, &style);
        Ok(format!(
            "{{\"type\":\"FeatureCollection\",\"plan\":{},\"missing\":{},\"numberMatched\":{},\"features\":[{features}]}}",
            self.plan_json(&plan, false),
            json!(missing),
            selected.rows.len(),
        ))
    }
}
