//! Floors and units: the stack of a building, a park's to-do list, and the one way a unit changes.

use super::letting::Letting;
use super::{Planner, Viewer};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Layer, Row, Value, catalogue, dictionary};
use crate::formats::wire::geojson::{FeatureStyle, write_feature};
use crate::store::{Author, ChangeQuery, SameFloor};
use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// Slack of a floor's sum in m² (exact-designation P0).
const FLOOR_SLACK_M2: f64 = 0.5;
/// Days before the end of a lease at which it enters the to-do list: a reminder, no rule rests on it.
const LEASE_NOTICE_DAYS: i64 = 90;
/// Fields that an update may state.
const EDITABLE: [&str; 10] = ["area_m2", "use", "state", "tenant", "cluster", "rent_yuan_m2_month", "lease_end", "as_of", "note", "source"];

/// Days after which a figure is stale, from the progress pack (a figure of exactly that age is fresh: exact-designation P1).
pub fn stale_after_days() -> i64 {
    super::packs::progress().map_or(i64::MAX, |pack| pack.stale_days.value as i64)
}

/// Whole days from `as_of` to `today`; none when either is no date.
pub fn age_days(as_of: &str, today: &str) -> Option<i64> {
    let date = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    Some((date(today)? - date(as_of)?).num_days())
}

pub(super) fn unit_layer() -> &'static Layer {
    dictionary().known("unit")
}

/// A unit's entity tag: changes with each update.
pub fn etag(revision: i64) -> String {
    format!("\"u{revision}\"")
}

/// The revision that an `If-Match` names; `*` matches whatever is there.
pub fn revision_of(if_match: &str) -> Option<i64> {
    if_match.trim().trim_start_matches("W/").trim_matches('"').strip_prefix('u')?.parse().ok()
}

/// Which units to list.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct UnitQuery {
    pub park: Option<String>,
    pub building: Option<String>,
    pub floor: Option<String>,
    pub stale: Option<bool>,
    pub limit: Option<usize>,
    pub offset: Option<usize>,
}

impl Planner {
    /// The park of a building.
    fn park_of_building(&self, building: &str) -> Option<String> {
        let city = self.city();
        let buildings = city.named("building")?;
        buildings.row_of(building).and_then(|row| buildings.text(row, "park")).map(str::to_owned)
    }

    fn building_name(&self, building: &str) -> Option<String> {
        let city = self.city();
        let buildings = city.named("building")?;
        buildings.row_of(building).and_then(|row| buildings.text(row, "name")).map(str::to_owned)
    }

    fn unit_json(&self, viewer: &Viewer, row: &Row, today: &str) -> Json {
        let layer = unit_layer();
        let building = row.get(layer, "building").as_str().unwrap_or_default();
        let park = self.park_of_building(building);
        let private = viewer.sees_tenants_of(park.as_deref());
        let mut unit: Map<String, Json> = layer
            .columns
            .iter()
            .zip(&row.values)
            .filter(|(column, _)| private || !column.private)
            .map(|(column, value)| (column.name.clone(), value.to_json(false)))
            .collect();
        let age = row.get(layer, "as_of").as_str().and_then(|as_of| age_days(as_of, today));
        unit.insert("building_name".into(), self.building_name(building).into());
        unit.insert("park".into(), park.into());
        unit.insert("age_days".into(), age.into());
        unit.insert("stale".into(), age.is_some_and(|age| age > stale_after_days()).into());
        unit.insert("etag".into(), etag(row.get(layer, "revision").as_i64().unwrap_or(0)).into());
        Json::Object(unit)
    }

    pub fn units(&self, viewer: &Viewer, query: &UnitQuery) -> Outcome<Json> {
        let layer = unit_layer();
        let today = super::today();
        let buildings: Vec<String> = match (&query.building, &query.park) {
            (Some(building), _) => vec![building.clone()],
            (None, Some(park)) => self.buildings_of(park)?,
            (None, None) => {
                return Err(Fault::bad("park_or_building", "请给出 park 或 building", "name a park or a building").at("park"));
            }
        };
        let mut units = Vec::new();
        for building in &buildings {
            if query.park.is_some() && self.park_of_building(building) != query.park {
                continue;
            }
            let mut equals = vec![("building", building.as_str())];
            if let Some(floor) = &query.floor {
                equals.push(("floor", floor));
            }
            units.extend(self.store.rows(layer, &equals)?.into_iter().map(|(_, row)| self.unit_json(viewer, &row, &today)));
        }
        if let Some(stale) = query.stale {
            units.retain(|unit| unit["stale"] == Json::Bool(stale));
        }
        let matched = units.len();
        let page: Vec<Json> = units.into_iter().skip(query.offset.unwrap_or(0)).take(query.limit.unwrap_or(1000).min(10_000)).collect();
        Ok(json!({ "units": page, "numberMatched": matched }))
    }

    fn buildings_of(&self, park: &str) -> Outcome<Vec<String>> {
        let city = self.city();
        let Some(parks) = city.named("park").filter(|parks| parks.row_of(park).is_some()) else {
            return Err(Fault::not_found("no_such_park", format!("没有园区 {park}"), format!("there is no park {park}")).at(park));
        };
        let _ = parks;
        let Some(buildings) = city.named("building") else { return Ok(Vec::new()) };
        Ok((0..buildings.len()).filter(|row| buildings.text(*row, "park") == Some(park)).map(|row| buildings.key(row).to_owned()).collect())
    }

    fn unit_row(&self, id: &str) -> Outcome<Row> {
        self.store
            .rows(unit_layer(), &[("id", id)])?
            .pop()
            .map(|(_, row)| row)
            .ok_or_else(|| Fault::not_found("no_such_unit", format!("没有单元 {id}"), format!("there is no unit {id}")).at(id))
    }

    pub fn unit(&self, viewer: &Viewer, id: &str) -> Outcome<Json> {
        Ok(self.unit_json(viewer, &self.unit_row(id)?, &super::today()))
    }

    /// Changes a unit: own park only, against the revision the caller saw, logged, durable when this returns.
    pub fn update_unit(&self, viewer: &Viewer, id: &str, if_match: Option<&str>, patch: &Map<String, Json>) -> Outcome<Json> {
        let layer = unit_layer();
        let row = self.unit_row(id)?;
        let building = row.get(layer, "building").as_str().unwrap_or_default().to_owned();
        let account = viewer.operator_of(self.park_of_building(&building).as_deref())?.account.clone();
        let Some(if_match) = if_match else {
            return Err(Fault::new(FaultKind::PreconditionRequired, "if_match", "缺少 If-Match", "If-Match is missing")
                .help("先读取单元，把它的 ETag 放进 If-Match", "read the unit first and send its ETag in If-Match"));
        };
        let expected = revision_of(if_match).unwrap_or(-1);
        let today = super::today();
        let patched = |present: &Row, floor: &dyn SameFloor| {
            viewer.operator_of(floor.park_of(&building).as_deref())?;
            apply(layer, id, present, patch, floor, &today)
        };
        let source = patch.get("source").and_then(Json::as_str).unwrap_or("园区填报").to_owned();
        let changed = self.store.change_row(layer, id, expected, &Author { account: &account, source: &source }, &patched);
        let after = changed.map_err(|fault| match fault.current {
            // The conflict carries the unit as this viewer may see it.
            Some(_) => Fault { current: self.unit(viewer, id).ok().map(Box::new), ..fault },
            None => fault,
        })?;
        self.occupancy.write().unwrap_or_else(PoisonError::into_inner).refresh(self.store.as_ref(), &building)?;
        self.tell(self.store.info()?.revision, "unit", vec![id.to_owned()]);
        Ok(self.unit_json(viewer, &after, &today))
    }

    /// “与上月相同”: confirms units as they stand on a date. Each is its own change; what is refused is listed, the rest is done.
    pub fn confirm_units(&self, viewer: &Viewer, units: &[(String, String)], as_of: &str) -> Outcome<Json> {
        viewer.signed_in()?;
        let (mut done, mut refused) = (Vec::new(), Vec::new());
        let mut patch = Map::new();
        patch.insert("as_of".into(), as_of.into());
        patch.insert("source".into(), "一键确认".into());
        for (id, etag) in units {
            match self.update_unit(viewer, id, Some(etag), &patch) {
                Ok(unit) => done.push(unit),
                Err(fault) => refused.push(json!({ "id": id, "code": fault.code, "detail": fault.zh, "detail_en": fault.en })),
            }
        }
        Ok(json!({ "done": done, "refused": refused }))
    }

    /// Past changes of a unit; private fields only inside the park.
    pub fn unit_history(&self, viewer: &Viewer, id: &str) -> Outcome<Json> {
        let row = self.unit_row(id)?;
        let park = self.park_of_building(row.get(unit_layer(), "building").as_str().unwrap_or_default());
        let private = viewer.sees_tenants_of(park.as_deref());
        let mut changes = self.store.changes(&ChangeQuery { since: 0, collection: Some("unit".into()), id: Some(id.to_owned()), limit: 200 })?;
        if !private {
            changes.iter_mut().for_each(hide_private);
        }
        Ok(json!({ "changes": changes }))
    }

    /// The stacking plan of a building, top floor first.
    pub fn stack(&self, viewer: &Viewer, building: &str) -> Outcome<Json> {
        let city = self.city();
        let buildings = self.table("building")?;
        let Some(row) = buildings.row_of(building) else {
            return Err(Fault::not_found("no_such_building", format!("没有建筑 {building}"), format!("there is no building {building}")).at(building));
        };
        let today = super::today();
        let (floor_layer, unit) = (dictionary().known("floor"), unit_layer());
        let mut floors = self.store.rows(floor_layer, &[("building", building)])?;
        floors.sort_by_key(|(_, floor)| std::cmp::Reverse(floor.get(floor_layer, "floor_order").as_i64().unwrap_or(0)));
        let mut units: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for (_, row) in self.store.rows(unit, &[("building", building)])? {
            units.entry(row.get(unit, "floor").as_str().unwrap_or_default().to_owned()).or_default().push(row);
        }
        let totals = totals(units.values().flatten());
        let stack: Vec<Json> = floors
            .iter()
            .map(|(_, floor)| {
                let mut members: Map<String, Json> =
                    floor_layer.columns.iter().zip(&floor.values).map(|(column, value)| (column.name.clone(), value.to_json(false))).collect();
                let order = members.remove("floor_order");
                members.insert("order".into(), order.unwrap_or(Json::Null));
                let label = floor.get(floor_layer, "floor").as_str().unwrap_or_default();
                let here = units.get(label).map_or(&[][..], Vec::as_slice);
                members.insert("units".into(), here.iter().map(|row| self.unit_json(viewer, row, &today)).collect());
                Json::Object(members)
            })
            .collect();
        let mut feature = String::new();
        write_feature(&mut feature, &buildings, row, &city.crs, &FeatureStyle::of(&buildings, None, false, 7, true));
        let feature: Json = serde_json::from_str(&feature).map_err(|error| Fault::internal("json", error))?;
        let mut head = feature["properties"].clone();
        head["geometry"] = feature["geometry"].clone();
        Ok(json!({ "building": head, "as_of": today, "stale_after_days": stale_after_days(), "floors": stack, "totals": totals }))
    }

    /// A park's buildings, totals and what is due.
    pub fn park_occupancy(&self, viewer: &Viewer, park: &str) -> Outcome<Json> {
        let today = super::today();
        let unit = unit_layer();
        let floor_layer = dictionary().known("floor");
        let (mut rows, mut buildings, mut due) = (Vec::new(), Vec::new(), Vec::new());
        let private = viewer.sees_tenants_of(Some(park));
        let table = self.table("building")?;
        for code in self.buildings_of(park)? {
            let units: Vec<Row> = self.store.rows(unit, &[("building", &code)])?.into_iter().map(|(_, row)| row).collect();
            if units.is_empty() {
                continue;
            }
            let mut ages: BTreeMap<String, i64> = BTreeMap::new();
            let mut sums: BTreeMap<String, f64> = BTreeMap::new();
            for row in &units {
                let text = |name: &str| row.get(unit, name).as_str();
                let floor = text("floor").unwrap_or_default().to_owned();
                *sums.entry(floor.clone()).or_default() += row.get(unit, "area_m2").as_f64().unwrap_or(0.0);
                if let Some(age) = text("as_of").and_then(|as_of| age_days(as_of, &today)) {
                    let oldest = ages.entry(floor.clone()).or_default();
                    *oldest = age.max(*oldest);
                }
                if let Some(left) =
                    text("lease_end").and_then(|end| age_days(&today, end)).filter(|left| private && (0..=LEASE_NOTICE_DAYS).contains(left))
                {
                    due.push(json!({ "kind": "lease", "building": code, "building_name": self.building_name(&code), "floor": floor, "unit": text("id"), "days": left, "detail": text("lease_end") }));
                }
            }
            let stale: Vec<(&String, &i64)> = ages.iter().filter(|(_, age)| **age > stale_after_days()).collect();
            for (floor, age) in &stale {
                due.push(json!({ "kind": "stale", "building": code, "building_name": self.building_name(&code), "floor": floor, "days": age, "detail": null }));
            }
            for (_, floor) in self.store.rows(floor_layer, &[("building", &code)])? {
                let label = floor.get(floor_layer, "floor").as_str().unwrap_or_default();
                let (sum, area) = (sums.get(label).copied().unwrap_or(0.0), floor.get(floor_layer, "area_m2").as_f64());
                if let Some(area) = area.filter(|area| sum > area + FLOOR_SLACK_M2) {
                    due.push(json!({ "kind": "sum", "building": code, "building_name": self.building_name(&code), "floor": label, "days": null, "detail": sum - area }));
                }
            }
            let figures = totals(units.iter());
            let gfa = table.row_of(&code).and_then(|row| table.number(row, "gfa_m2"));
            buildings.push(json!({
                "code": code, "name": self.building_name(&code), "gfa_m2": gfa, "stale_floors": stale.len(), "let_rate": figures["let_rate"],
                "move_in_rate": figures["move_in_rate"], "units": units.len(),
            }));
            rows.extend(units);
        }
        let rank = |kind: &str| ["sum", "stale", "lease"].iter().position(|known| *known == kind);
        due.sort_by(|a, b| {
            rank(a["kind"].as_str().unwrap_or("")).cmp(&rank(b["kind"].as_str().unwrap_or(""))).then_with(|| {
                let days = |item: &Json| item["days"].as_i64().unwrap_or(0);
                if a["kind"] == "lease" { days(a).cmp(&days(b)) } else { days(b).cmp(&days(a)) }
            })
        });
        Ok(
            json!({ "park": park, "buildings": buildings, "totals": totals(rows.iter()), "due": due, "as_of": today, "stale_after_days": stale_after_days() }),
        )
    }
}

/// Areas by state with the let and move-in rates (exact-designation I8); a rate without a base is null.
fn totals<'a>(rows: impl Iterator<Item = &'a Row>) -> Json {
    let unit = unit_layer();
    let mut by_state: BTreeMap<String, f64> = ["own_use", "let", "vacant", "fit_out", "out_of_service"].map(|state| (state.to_owned(), 0.0)).into();
    let (mut letting, mut all, mut moved_in) = (Letting::default(), 0.0, 0.0);
    for row in rows {
        let area = row.get(unit, "area_m2").as_f64().unwrap_or(0.0);
        let state = row.get(unit, "state").as_str();
        if let Some(state) = state {
            *by_state.entry(state.to_owned()).or_default() += area;
        }
        letting.add(state, area, !row.get(unit, "tenant").is_null(), None);
        if state != Some("out_of_service") {
            all += area;
        }
        if matches!(state, Some("own_use" | "let")) {
            moved_in += area;
        }
    }
    let share = |part: f64, base: f64| if base > 0.0 { json!(part / base) } else { Json::Null };
    let mut totals = serde_json::to_value(by_state).unwrap_or_default();
    totals["let_rate"] = share(letting.lettable_m2 - letting.vacant_m2, letting.lettable_m2);
    totals["move_in_rate"] = share(moved_in, all);
    totals
}

pub(super) fn hide_private(change: &mut crate::store::Change) {
    let Some(layer) = dictionary().layer(&change.collection) else { return };
    for side in [&mut change.before, &mut change.after] {
        if let Json::Object(members) = side {
            members.retain(|name, _| layer.column(name).is_none_or(|column| !column.private));
        }
    }
}

/// The row after a patch, or every field's fault at once.
fn apply(layer: &'static Layer, id: &str, present: &Row, patch: &Map<String, Json>, floor: &dyn SameFloor, today: &str) -> Outcome<Row> {
    let mut after = present.clone();
    let mut fault =
        Fault::new(FaultKind::Unprocessable, "unit_invalid", "填报内容有误，请改正标出的项", "some fields are not right; mend the marked ones");
    for (name, value) in patch {
        if !EDITABLE.contains(&name.as_str()) {
            fault = fault.field(format!("/{name}"), "不能修改此项", "this field cannot be changed");
            continue;
        }
        match field_value(name, value, today) {
            Ok(value) => {
                after.set(layer, name, value);
            }
            Err((zh, en)) => fault = fault.field(format!("/{name}"), zh, en),
        }
    }
    let text = |name: &str| after.get(layer, name).as_str().unwrap_or_default().to_owned();
    if let Some(area) = floor.floor_area(&text("building"), &text("floor")) {
        let sum = floor.other_units_area(&text("building"), &text("floor"), id) + after.get(layer, "area_m2").as_f64().unwrap_or(0.0);
        if patch.contains_key("area_m2") && sum > area + FLOOR_SLACK_M2 {
            fault = fault.field(
                "/area_m2",
                format!("本层单元合计 {sum:.1} m²，超过楼层面积 {area:.1} m²"),
                format!("the units of this floor add up to {sum:.1} m², more than the floor's {area:.1} m²"),
            );
        }
    }
    if fault.fields.is_empty() { Ok(after) } else { Err(fault) }
}

fn field_value(name: &str, value: &Json, today: &str) -> Result<Value, (String, String)> {
    let refuse = |zh: &str, en: &str| Err((zh.to_owned(), en.to_owned()));
    if value.is_null() {
        return if matches!(name, "state" | "area_m2" | "as_of") { refuse("此项必填", "this field is required") } else { Ok(Value::Null) };
    }
    let coded = |list: &str, code: &str| catalogue().codes(list).is_some_and(|codes| codes.iter().any(|known| known.code == code));
    match (name, value) {
        ("area_m2", Json::Number(number)) if number.as_f64().is_some_and(|area| area > 0.0 && area < 1e7) => Ok(number.as_f64().into()),
        ("area_m2", _) => refuse("面积应为正数（m²）", "the area is a positive number of m²"),
        ("rent_yuan_m2_month", Json::Number(number)) if number.as_f64().is_some_and(|rent| (0.0..1e5).contains(&rent)) => Ok(number.as_f64().into()),
        ("rent_yuan_m2_month", _) => refuse("租金应为不小于 0 的数", "the rent is a number of at least 0"),
        ("state", Json::String(code)) if coded("unit_state", code) => Ok(code.as_str().into()),
        ("state", _) => refuse("状态应为 自用、出租、空置、装修、停用 之一", "the state is one of own_use, let, vacant, fit_out, out_of_service"),
        ("use", Json::String(code)) if coded("unit_use", code) => Ok(code.as_str().into()),
        ("use", _) => refuse("用途不在代码表中", "the use is not in the code list"),
        ("cluster", Json::String(id)) if id == "none" || catalogue().cluster(id).is_some() => Ok(id.as_str().into()),
        ("cluster", _) => refuse("产业集群不在目录中", "the cluster is not in the catalogue"),
        ("as_of" | "lease_end", Json::String(date)) => match age_days(date, today) {
            None => refuse("日期应写作 2026-09-01", "write the date as 2026-09-01"),
            Some(age) if age < 0 && name == "as_of" => refuse("截至日期不能在将来", "the as-of date cannot lie in the future"),
            Some(_) => Ok(date.as_str().into()),
        },
        ("tenant" | "note" | "source", Json::String(text)) if text.chars().count() <= 500 => Ok(text.as_str().into()),
        _ => refuse("填写的内容不合此项", "this value does not fit the field"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_days_and_the_limit_itself_is_fresh() {
        assert_eq!(age_days("2026-08-24", "2026-09-23"), Some(30));
        let fresh = Letting { oldest: Some("2026-08-24".into()), ..Letting::default() };
        assert!(!fresh.is_stale("2026-09-23") && fresh.is_stale("2026-09-24"));
    }

    #[test]
    fn entity_tags_read_back() {
        assert_eq!(revision_of(&etag(41)), Some(41));
        assert_eq!(revision_of("W/\"u7\""), Some(7));
        assert_eq!(revision_of("\"x\""), None);
    }

    #[test]
    fn fields_are_checked_in_words() {
        let field = |name: &str, value: Json| field_value(name, &value, "2026-09-01");
        assert!(field("as_of", json!("2026-09-02")).is_err() && field("as_of", json!("2026-09-01")).is_ok());
        assert!(field("state", json!("rented")).is_err() && field("state", Json::Null).is_err() && field("tenant", Json::Null).is_ok());
        assert!(field("area_m2", json!(-1)).is_err() && field("cluster", json!("c24-robot")).is_ok() && field("cluster", json!("机器人")).is_err());
    }
}
