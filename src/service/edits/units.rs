//! Units: new values of one, or a whole building confirmed as it stands.

use super::fields::{self, Words};
use super::{Checked, Person, RefusedUnit, Reply};
use crate::city::City;
use crate::city::letting::day;
use crate::domain::columns::{floor, unit};
use crate::domain::edit::{ConfirmUnits, Precondition, UpdateUnit};
use crate::domain::fault::Outcome;
use crate::domain::{Column, Fault, FaultKind, LayerId, Row, RowChange, Value};
use crate::service::occupancy;
use serde_json::{Map, Value as Json};

/// Slack of a floor's sum in m² (exact-designation P0).
pub(in crate::service) const FLOOR_SLACK_M2: f64 = 0.5;
/// Fields that an update may state.
const EDITABLE: [&str; 10] = ["area_m2", "use", "state", "tenant", "cluster", "rent_yuan_m2_month", "lease_end", "as_of", "note", "source"];

pub(super) fn update(edit: &UpdateUnit, city: &City, person: &Person) -> Outcome<Checked> {
    let change = change(&edit.id, &edit.seen, &edit.patch, city, person)?;
    let source = edit.patch.get("source").and_then(Json::as_str).unwrap_or("园区填报");
    let done = after(&change).into_iter().collect();
    Ok(Checked::of(vec![change], source, Reply::Units { done, refused: Vec::new() }))
}

/// Each unit is checked by itself; what is refused is listed, the rest is one change.
///
/// # Errors
/// `as_of` for a day that is none or lies in the future: it would be refused of every unit.
pub(super) fn confirm(edit: &ConfirmUnits, city: &City, person: &Person) -> Outcome<Checked> {
    person.viewer.signed_in()?;
    if let Err((zh, en)) = field_named("as_of", &Json::from(edit.as_of.as_str()), &person.today) {
        return Err(Fault::bad("as_of", zh.clone(), en.clone()).at(edit.as_of.clone()).field("/as_of", zh, en));
    }
    let mut patch = Map::new();
    patch.insert("as_of".into(), edit.as_of.as_str().into());
    patch.insert("source".into(), "一键确认".into());
    let (mut changes, mut refused): (Vec<RowChange>, Vec<RefusedUnit>) = (Vec::new(), Vec::new());
    for (id, seen) in &edit.units {
        let twice = changes.iter().filter_map(after).any(|row| row.text(unit::ID) == Some(id));
        let checked = if twice { Err(stated_twice(id)) } else { change(id, seen, &patch, city, person).and_then(not_backwards) };
        match checked {
            Ok(change) => changes.push(change),
            Err(fault) => refused.push(RefusedUnit { id: id.clone(), code: fault.code, detail: fault.zh, detail_en: fault.en }),
        }
    }
    let done = changes.iter().filter_map(after).collect();
    Ok(Checked::of(changes, "一键确认", Reply::Units { done, refused }))
}

/// A confirmation says that figures hold still: on an earlier day than the one that they hold of already it says nothing.
fn not_backwards(change: RowChange) -> Outcome<RowChange> {
    if let RowChange::Update { before, after, .. } = &change
        && let (Some(had), Some(wanted)) = (before.text(unit::AS_OF), after.text(unit::AS_OF))
        && wanted < had
    {
        return Err(Fault::bad(
            "as_of_backwards",
            format!("此单元已填报至 {had}，不能确认为更早的 {wanted}"),
            format!("this unit's figures are of {had} already; they cannot be confirmed as of the earlier {wanted}"),
        ));
    }
    Ok(change)
}

fn stated_twice(id: &str) -> Fault {
    Fault::bad("stated_twice", format!("单元 {id} 在同一批中出现两次"), format!("the unit {id} stands twice in one batch")).at(id)
}

fn after(change: &RowChange) -> Option<Row> {
    if let RowChange::Update { after, .. } = change { Some(after.clone()) } else { None }
}

/// The change of one unit: own park only, against the state that the caller saw.
fn change(id: &str, seen: &Precondition, patch: &Map<String, Json>, city: &City, person: &Person) -> Outcome<RowChange> {
    let table = city.table(LayerId::Unit);
    let at = occupancy::unit_row(city, id)?;
    let before = table.row(at);
    let building = before.text(unit::BUILDING).unwrap_or_default();
    person.viewer.operator_of(occupancy::park_of_building(city, building))?;
    let revision = before.integer(unit::REVISION).unwrap_or(0);
    let as_seen = || seen.check(occupancy::tags(city, &person.viewer, &before, &person.today), || stale(city, &before, person));
    if *seen == Precondition::Missing {
        as_seen()?;
    }
    let mut after = patched(&before, patch, city, at, &person.today)?;
    as_seen()?;
    after.put(unit::REVISION, revision + 1);
    Ok(RowChange::Update { layer: LayerId::Unit, fid: table.fid(at), before, after })
}

/// The conflict carries the unit as this viewer may see it.
fn stale(city: &City, row: &Row, person: &Person) -> Fault {
    let fault = Fault::new(
        FaultKind::PreconditionFailed,
        "stale",
        "别人已先改过此行，请核对后再提交",
        "somebody changed this row first; compare and submit again",
    );
    let current = occupancy::view(city, &person.viewer, row, &person.today);
    Fault { current: serde_json::to_value(current).ok().map(Box::new), ..fault }
}

/// The row after a patch, or every field's fault at once.
fn patched(before: &Row, patch: &Map<String, Json>, city: &City, at: usize, today: &str) -> Outcome<Row> {
    let mut after = before.clone();
    let mut fault =
        Fault::new(FaultKind::Unprocessable, "unit_invalid", "填报内容有误，请改正标出的项", "some fields are not right; mend the marked ones");
    for (name, value) in patch {
        let column = LayerId::Unit.layer().column_index(name).filter(|_| EDITABLE.contains(&name.as_str()));
        let Some(column) = column else {
            fault = fault.field(format!("/{name}"), "不能修改此项", "this field cannot be changed");
            continue;
        };
        match field_value(&LayerId::Unit.layer().columns[column], value, today) {
            Ok(value) => after.values[column] = value,
            Err((zh, en)) => fault = fault.field(format!("/{name}"), zh, en),
        }
    }
    if let Some((sum, area)) = floor_sum(city, at, &after).filter(|(sum, area)| patch.contains_key("area_m2") && *sum > area + FLOOR_SLACK_M2) {
        fault = fault.field(
            "/area_m2",
            format!("本层单元合计 {sum:.1} m²，超过楼层面积 {area:.1} m²"),
            format!("the units of this floor add up to {sum:.1} m², more than the floor's {area:.1} m²"),
        );
    }
    if fault.fields.is_empty() { Ok(after) } else { Err(fault) }
}

/// What the units of the unit's floor would add up to, and the floor's area, m²; none where the floor's is not recorded.
fn floor_sum(city: &City, at: usize, after: &Row) -> Option<(f64, f64)> {
    let (units, floors) = (city.table(LayerId::Unit), city.table(LayerId::Floor));
    let building = after.text(unit::BUILDING).and_then(|code| city.table(LayerId::Building).row_of(code))?;
    let label = after.text(unit::FLOOR);
    let of_floor = |row: &&u32| floors.text(**row as usize, floor::FLOOR) == label;
    let area = city.links().floors_of_building(building).iter().find(of_floor).and_then(|row| floors.number(*row as usize, floor::AREA_M2))?;
    let others = city.links().units_of_building(building).iter().map(|row| *row as usize);
    let others: f64 =
        others.filter(|row| *row != at && units.text(*row, unit::FLOOR) == label).filter_map(|row| units.number(row, unit::AREA_M2)).sum();
    Some((others + after.number(unit::AREA_M2).unwrap_or(0.0), area))
}

/// The cell of a column by its name.
pub(super) fn field_named(name: &str, value: &Json, today: &str) -> Result<Value, Words> {
    let column = LayerId::Unit.layer().column(name).ok_or_else(|| (format!("没有此项：{name}"), format!("there is no such field: {name}")))?;
    field_value(column, value, today)
}

/// What of a unit is asked beside what the dictionary says of its columns.
fn field_value(column: &Column, value: &Json, today: &str) -> Result<Value, Words> {
    let refuse = |zh: &str, en: &str| Err((zh.to_owned(), en.to_owned()));
    match (column.name.as_str(), value) {
        ("state" | "area_m2" | "as_of", Json::Null) => Err(fields::required()),
        ("area_m2", Json::Number(number)) if number.as_f64().is_some_and(|area| area > 0.0 && area < 1e7) => Ok(number.as_f64().into()),
        ("area_m2", _) => refuse("面积应为正数（m²）", "the area is a positive number of m²"),
        ("rent_yuan_m2_month", Json::Number(number)) if !number.as_f64().is_some_and(|rent| (0.0..1e5).contains(&rent)) => {
            refuse("租金应为不小于 0 的数", "the rent is a number of at least 0")
        }
        ("as_of", Json::String(date)) if day(date).zip(day(today)).is_some_and(|(date, today)| date > today) => {
            refuse("截至日期不能在将来", "the as-of date cannot lie in the future")
        }
        _ => fields::cell(column, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_checked_in_words() {
        let field = |name: &str, value: Json| field_value(LayerId::Unit.layer().column(name).unwrap(), &value, "2026-09-01");
        assert!(field("as_of", json!("2026-09-02")).is_err() && field("as_of", json!("2026-09-01")).is_ok());
        assert!(field("lease_end", json!("1000-01-01")).is_err() && field("lease_end", json!("2030-6-1")).is_err());
        assert!(field("as_of", json!("2999-01-01")).unwrap_err().1.contains("future"));
        assert!(field("state", json!("rented")).is_err() && field("state", Json::Null).is_err() && field("tenant", Json::Null).is_ok());
        assert!(field("note", json!("一行\n两行")).is_ok() && field("note", json!("a\0b")).is_err() && field("tenant", json!("\u{1b}[2J")).is_err());
        assert!(field("area_m2", json!(-1)).is_err() && field("cluster", json!("c24-robot")).is_ok() && field("cluster", json!("机器人")).is_err());
    }
}
