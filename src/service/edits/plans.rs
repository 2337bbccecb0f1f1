//! Keeping a plan.

use super::{Checked, Person, Reply};
use crate::city::City;
use crate::domain::edit::KeepPlan;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, RowChange};
use crate::service::processes::saved_sites;
use std::sync::Arc;

const KINDS: [&str; 4] = ["selection", "consolidation", "upstairs", "actionplan"];
const LONGEST_NAME: usize = 100;

pub(super) fn check(edit: &KeepPlan, city: &City, person: &Person) -> Outcome<Checked> {
    person.viewer.planner()?;
    let plan = &edit.plan;
    if plan.name.is_empty() || plan.name.chars().count() > LONGEST_NAME {
        return Err(Fault::bad("plan_name", "方案名应为 1–100 个字", "a plan's name has 1 to 100 characters").field(
            "/name",
            "请填写方案名",
            "give the plan a name",
        ));
    }
    if !KINDS.contains(&plan.kind.as_str()) {
        return Err(Fault::bad("plan_kind", "方案类型不对", "unknown kind of plan").field("/kind", KINDS.join("、"), KINDS.join(", ")));
    }
    if plan.kind == "actionplan" {
        saved_sites(plan)?;
    }
    let parcels = city.table(LayerId::Parcel);
    if let Some(missing) = plan.parcels.iter().find(|code| parcels.row_of(code).is_none()) {
        return Err(Fault::bad("no_such_parcel", format!("没有宗地 {missing}"), format!("there is no parcel {missing}")).at(missing.clone()));
    }
    if city.plan(&plan.id).is_some() {
        return Err(Fault::internal("plan_id", format!("the id {} is taken", plan.id)));
    }
    let change = RowChange::Plan { before: None, after: Some(Arc::new(plan.clone())) };
    Ok(Checked::of(vec![change], "plan", Reply::Plan(plan.id.clone())))
}
