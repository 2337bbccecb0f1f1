//! A park's buildings, totals and what is due.

use super::{age_days, building_name, park_row, stale_after_days};
use crate::city::{City, LettingTotals, Table};
use crate::domain::LayerId;
use crate::domain::columns::{building, floor, unit};
use crate::domain::fault::Outcome;
use crate::service::Viewer;
use crate::service::edits::FLOOR_SLACK_M2;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Days before the end of a lease at which it enters the to-do list: a reminder, no rule rests on it.
const LEASE_NOTICE_DAYS: i64 = 90;

#[derive(Debug, Serialize, ToSchema)]
pub struct ParkOccupancy {
    pub park: String,
    pub buildings: Vec<BuildingLine>,
    pub totals: Totals,
    pub due: Vec<Due>,
    pub as_of: String,
    pub stale_after_days: i64,
}

/// A building of the park in figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct BuildingLine {
    pub code: String,
    pub name: Option<String>,
    pub gfa_m2: Option<f64>,
    pub stale_floors: usize,
    /// Sum of its floors, m²; null where the area of one of them is not recorded.
    pub floors_m2: Option<f64>,
    pub let_rate: Option<f64>,
    pub move_in_rate: Option<f64>,
    pub units: usize,
}

/// Something to do, by cause and building: the building with the most pressing one first, its floors from the lowest.
#[derive(Debug, Serialize, ToSchema)]
pub struct Due {
    pub kind: DueKind,
    pub building: String,
    pub building_name: Option<String>,
    /// Empty where it is about the building.
    pub floor: String,
    /// The floor's place in the building; 1 is the ground floor.
    pub order: Option<i64>,
    /// Of a lease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Option<String>>,
    /// Age of the oldest figure, or days until the lease ends.
    pub days: Option<i64>,
    /// The end of the lease, or m² above the floor's or the building's area.
    #[schema(value_type = Value)]
    pub detail: Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// Units add up to more than their floor.
    Sum,
    /// Floors add up to more than their building.
    Gfa,
    Stale,
    Lease,
}

/// Areas by state with the let and move-in rates (exact-designation I8), m²; a rate without a base is null.
#[derive(Debug, Serialize, ToSchema)]
pub struct Totals {
    #[serde(flatten)]
    pub by_state: BTreeMap<String, f64>,
    pub let_rate: Option<f64>,
    pub move_in_rate: Option<f64>,
    /// The oldest day that a part of them is of (exact-designation P1).
    pub oldest_as_of: Option<String>,
    /// Share of the area whose figures are stale; figures without a day are in neither part.
    pub stale_share: Option<f64>,
}

/// A park's figures as they stand: what its report confirms.
pub fn figures(city: &City, park: &str, today: &str) -> Outcome<Totals> {
    let rows = city.links().buildings_of_park(park_row(city, park)?);
    let units = rows.iter().flat_map(|row| city.links().units_of_building(*row as usize)).map(|row| *row as usize);
    Ok(totals(city.table(LayerId::Unit), units, today))
}

pub fn of_park(city: &City, viewer: &Viewer, park: &str, today: &str) -> Outcome<ParkOccupancy> {
    let (buildings, units) = (city.table(LayerId::Building), city.table(LayerId::Unit));
    let private = viewer.sees_tenants_of(Some(park));
    let (mut rows, mut lines, mut due) = (Vec::new(), Vec::new(), Vec::new());
    for row in city.links().buildings_of_park(park_row(city, park)?) {
        let row = *row as usize;
        let here: Vec<usize> = city.links().units_of_building(row).iter().map(|row| *row as usize).collect();
        if here.is_empty() {
            continue;
        }
        let code = buildings.key(row);
        let stale_floors = due_of_building(city, row, &here, private, today, &mut due);
        let figures = totals(units, here.iter().copied(), today);
        lines.push(BuildingLine {
            code: code.to_owned(),
            name: building_name(city, code),
            gfa_m2: buildings.number(row, building::GFA_M2),
            stale_floors,
            floors_m2: floors_m2(city, row),
            let_rate: figures.let_rate,
            move_in_rate: figures.move_in_rate,
            units: here.len(),
        });
        rows.extend(here);
    }
    in_order(&mut due);
    Ok(ParkOccupancy {
        park: park.to_owned(),
        buildings: lines,
        totals: totals(units, rows.into_iter(), today),
        due,
        as_of: today.to_owned(),
        stale_after_days: stale_after_days(),
    })
}

/// Adds what is due in a building; the number of its stale floors.
fn due_of_building(city: &City, building: usize, here: &[usize], private: bool, today: &str, due: &mut Vec<Due>) -> usize {
    let (units, floors) = (city.table(LayerId::Unit), city.table(LayerId::Floor));
    let code = city.table(LayerId::Building).key(building);
    let item = |kind, floor: &str, days, detail| Due {
        kind,
        building: code.to_owned(),
        building_name: building_name(city, code),
        floor: floor.to_owned(),
        order: order_of(city, building, floor),
        unit: None,
        days,
        detail,
    };
    let mut ages: BTreeMap<&str, i64> = BTreeMap::new();
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for row in here {
        let floor = units.text(*row, unit::FLOOR).unwrap_or_default();
        *sums.entry(floor).or_default() += units.number(*row, unit::AREA_M2).unwrap_or(0.0);
        if let Some(age) = units.text(*row, unit::AS_OF).and_then(|as_of| age_days(as_of, today)) {
            let oldest = ages.entry(floor).or_default();
            *oldest = age.max(*oldest);
        }
        let ends = units.text(*row, unit::LEASE_END).filter(|_| private);
        if let Some(left) = ends.and_then(|end| age_days(today, end)).filter(|left| (0..=LEASE_NOTICE_DAYS).contains(left)) {
            due.push(Due { unit: Some(Some(units.key(*row).to_owned())), ..item(DueKind::Lease, floor, Some(left), json!(ends)) });
        }
    }
    let stale = ages.iter().filter(|(_, age)| **age > stale_after_days());
    let before = due.len();
    due.extend(stale.map(|(floor, age)| item(DueKind::Stale, floor, Some(*age), Json::Null)));
    let stale = due.len() - before;
    for row in city.links().floors_of_building(building) {
        let label = floors.text(*row as usize, floor::FLOOR).unwrap_or_default();
        let sum = sums.get(label).copied().unwrap_or(0.0);
        if let Some(area) = floors.number(*row as usize, floor::AREA_M2).filter(|area| sum > area + FLOOR_SLACK_M2) {
            due.push(item(DueKind::Sum, label, None, json!(sum - area)));
        }
    }
    let gfa = city.table(LayerId::Building).number(building, building::GFA_M2);
    if let Some((floors, gfa)) = floors_m2(city, building).zip(gfa).filter(|(floors, gfa)| *floors > gfa + FLOOR_SLACK_M2) {
        due.push(item(DueKind::Gfa, "", None, json!(floors - gfa)));
    }
    stale
}

/// Groups by cause and building. Of a cause the building comes first that has waited longest, or whose lease ends soonest; in it floors go upwards.
fn in_order(due: &mut [Due]) {
    let urgency = |item: &Due| {
        let days = item.days.unwrap_or(0);
        if item.kind == DueKind::Lease { days } else { -days }
    };
    let mut first: BTreeMap<(DueKind, String), i64> = BTreeMap::new();
    for item in due.iter() {
        let kept = first.entry((item.kind, item.building.clone())).or_insert(i64::MAX);
        *kept = (*kept).min(urgency(item));
    }
    due.sort_by_cached_key(|item| {
        let most = first.get(&(item.kind, item.building.clone())).copied().unwrap_or(i64::MAX);
        (item.kind, most, item.building.clone(), item.order.unwrap_or(i64::MAX), item.floor.clone(), urgency(item))
    });
}

/// A floor's place in its building.
fn order_of(city: &City, building: usize, label: &str) -> Option<i64> {
    let floors = city.table(LayerId::Floor);
    let mut here = city.links().floors_of_building(building).iter().map(|row| *row as usize);
    here.find(|row| floors.text(*row, floor::FLOOR).unwrap_or_default() == label).and_then(|row| floors.integer(row, floor::FLOOR_ORDER))
}

/// What the floors of a building add up to, m²; none where one of them is not recorded (exact-designation P0: unknown, not guessed).
fn floors_m2(city: &City, building: usize) -> Option<f64> {
    let floors = city.table(LayerId::Floor);
    let here = city.links().floors_of_building(building);
    if here.is_empty() {
        return None;
    }
    here.iter().map(|row| floors.number(*row as usize, floor::AREA_M2)).sum()
}

pub(super) fn totals(units: &Table, rows: impl Iterator<Item = usize>, today: &str) -> Totals {
    let mut by_state: BTreeMap<String, f64> = ["own_use", "let", "vacant", "fit_out", "out_of_service"].map(|state| (state.to_owned(), 0.0)).into();
    let (mut letting, mut all, mut moved_in) = (LettingTotals::default(), 0.0, 0.0);
    let (mut dated, mut stale) = (0.0, 0.0);
    for row in rows {
        let area = units.number(row, unit::AREA_M2).unwrap_or(0.0);
        let state = units.text(row, unit::STATE);
        if let Some(state) = state {
            *by_state.entry(state.to_owned()).or_default() += area;
        }
        letting.add(units, row);
        if let Some(age) = units.text(row, unit::AS_OF).and_then(|as_of| age_days(as_of, today)) {
            dated += area;
            stale += if age > stale_after_days() { area } else { 0.0 };
        }
        if state != Some("out_of_service") {
            all += area;
        }
        if matches!(state, Some("own_use" | "let")) {
            moved_in += area;
        }
    }
    let share = |part: f64, base: f64| (base > 0.0).then(|| part / base);
    Totals {
        by_state,
        let_rate: share(letting.lettable_m2 - letting.vacant_m2, letting.lettable_m2),
        move_in_rate: share(moved_in, all),
        oldest_as_of: letting.oldest.map(|day| day.to_string()),
        stale_share: share(stale, dated),
    }
}
