//! Tasks made from an action plan.

use super::{Checked, Person, Reply};
use crate::city::City;
use crate::domain::columns::{park, task};
use crate::domain::edit::MakeTasks;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Plan, Row, RowChange};
use crate::service::processes::{ACTION_PLAN, PlannedTask, planned_tasks, saved_sites};

pub(super) fn make(edit: &MakeTasks, city: &City, person: &Person) -> Outcome<Checked> {
    person.viewer.planner()?;
    let plan = action_plan(city, &edit.plan)?;
    let table = city.table(LayerId::Task);
    let (kept, new): (Vec<PlannedTask>, Vec<PlannedTask>) =
        planned_tasks(city, &saved_sites(plan)?).into_iter().partition(|planned| table.row_of(&planned.id).is_some());
    if new.is_empty() {
        return Err(nothing_new(plan, kept.len()));
    }
    let inserts = new.iter().zip(table.next_fid()..);
    let changes = inserts.map(|(planned, fid)| RowChange::Insert { layer: LayerId::Task, fid, row: row(city, plan, planned, &person.today) });
    let codes = |tasks: &[PlannedTask]| tasks.iter().map(|planned| planned.id.clone()).collect();
    Ok(Checked::of(changes.collect(), format!("actionplan {}", plan.id), Reply::Tasks { made: codes(&new), kept: codes(&kept) }))
}

fn action_plan<'c>(city: &'c City, id: &str) -> Outcome<&'c Plan> {
    let known = city.plan(id).ok_or_else(|| Fault::not_found("no_such_plan", format!("没有方案 {id}"), format!("there is no plan {id}")).at(id))?;
    if known.kind != ACTION_PLAN {
        return Err(Fault::bad("no_action_plan", format!("方案 {} 不是行动计划", known.name), format!("the plan {} is no action plan", known.name))
            .at(id)
            .help("请选行动计划", "choose an action plan"));
    }
    Ok(known)
}

fn nothing_new(plan: &Plan, kept: usize) -> Fault {
    let (zh, en) = if kept == 0 {
        (format!("行动计划 {} 没有排入年度的地块", plan.name), format!("no site of the action plan {} has a year", plan.name))
    } else {
        (format!("行动计划 {} 的 {kept} 项任务都已建立", plan.name), format!("all {kept} tasks of the action plan {} are there already", plan.name))
    };
    Fault::new(FaultKind::Conflict, "no_new_tasks", zh, en).at(plan.id.clone())
}

fn row(city: &City, plan: &Plan, planned: &PlannedTask, today: &str) -> Row {
    let parks = city.table(LayerId::Park);
    let name = parks.row_of(&planned.park).and_then(|row| parks.text(row, park::NAME)).unwrap_or(&planned.park);
    let mut row = Row::empty(LayerId::Task.layer());
    row.put(task::CODE, planned.id.as_str())
        .put(task::NAME, format!("{name} {} 年土地整备", planned.year))
        .put(task::PARK, planned.park.as_str())
        .put(task::DISTRICT, planned.district.as_deref())
        .put(task::CATEGORY, "land")
        .put(task::YEAR, i64::from(planned.year))
        .put(task::START, planned.start.to_string())
        .put(task::END, planned.end.to_string())
        .put(task::TARGET, planned.target_ha)
        .put(task::UNIT, "ha")
        .put(task::PLAN, plan.id.as_str())
        .put(task::SOURCE, format!("行动计划 {}", plan.name))
        .put(task::UPDATED_ON, today)
        .put(task::REVISION, 1_i64);
    row
}
