//! Floors and units as people read them: one unit, lists, the stack of a building, a park's to-do list. `edits::units` changes them.

mod head;
mod park;
mod stack;

pub use head::Building;
pub use park::{Due, DueKind, ParkOccupancy, Totals, figures, of_park};
pub use stack::{Stack, stack};

use super::Viewer;
use crate::city::City;
use crate::city::letting::day;
use crate::domain::columns::{building, unit};
use crate::domain::edit::row_tag;
use crate::domain::fault::Outcome;
use crate::domain::{Change, Fault, LayerId, Row, Unit, dictionary};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

/// Days after which a figure is stale, from the progress pack (a figure of exactly that age is fresh: exact-designation P1).
pub fn stale_after_days() -> i64 {
    super::packs::progress().map_or(i64::MAX, |pack| pack.stale_days.value as i64)
}

/// Whole days from `as_of` to `today`; none when either is no date.
pub fn age_days(as_of: &str, today: &str) -> Option<i64> {
    Some((day(today)? - day(as_of)?).num_days())
}

/// A unit for a viewer: private figures inside its park only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitAnswer {
    #[serde(flatten)]
    pub unit: Unit,
    pub building_name: Option<String>,
    pub park: Option<String>,
    pub age_days: Option<i64>,
    pub stale: bool,
    /// Names what is shown of the row and its count of changes: the same in every answer that the viewer gets of it.
    pub etag: String,
}

/// Which units to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnitQuery {
    pub park: Option<String>,
    pub building: Option<String>,
    pub floor: Option<String>,
    pub stale: Option<bool>,
    #[param(minimum = 1)]
    pub limit: Option<usize>,
    pub offset: Option<usize>,
}

/// A page of units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitPage {
    pub units: Vec<UnitAnswer>,
    #[serde(rename = "numberMatched")]
    pub number_matched: usize,
}

/// Units of a page that are given when nothing is said, and at most.
const DEFAULT_PAGE: usize = 1000;
const LARGEST_PAGE: usize = 10_000;

/// The park of a building.
pub(super) fn park_of_building<'c>(city: &'c City, code: &str) -> Option<&'c str> {
    let buildings = city.table(LayerId::Building);
    buildings.row_of(code).and_then(|row| buildings.text(row, building::PARK))
}

fn building_name(city: &City, code: &str) -> Option<String> {
    let buildings = city.table(LayerId::Building);
    buildings.row_of(code).and_then(|row| buildings.text(row, building::NAME)).map(str::to_owned)
}

/// The row number of a unit.
pub(super) fn unit_row(city: &City, id: &str) -> Outcome<usize> {
    let found = city.table(LayerId::Unit).row_of(id);
    found.ok_or_else(|| Fault::not_found("no_such_unit", format!("没有单元 {id}"), format!("there is no unit {id}")).at(id))
}

/// The row number of a park.
pub(super) fn park_row(city: &City, park: &str) -> Outcome<usize> {
    city.table(LayerId::Park).row_of(park).ok_or_else(|| super::collections::no_such_park(park))
}

/// A unit's row as a viewer may see it.
pub fn view(city: &City, viewer: &Viewer, row: &Row, today: &str) -> UnitAnswer {
    let mut unit = Unit::from(row);
    let park = park_of_building(city, &unit.building).map(str::to_owned);
    if !viewer.sees_tenants_of(park.as_deref()) {
        unit.private = None;
    }
    let age = unit.as_of.as_deref().and_then(|as_of| age_days(as_of, today));
    let mut answer = UnitAnswer {
        building_name: building_name(city, &unit.building),
        park,
        age_days: age,
        stale: age.is_some_and(|age| age > stale_after_days()),
        etag: String::new(),
        unit,
    };
    answer.etag = row_tag(answer.unit.revision, &answer);
    answer
}

/// Days for which a tag is good for a change, as long as the row stays as it was: a form may be open over a holiday.
const TAG_DAYS: u64 = 31;

/// The entity tags by which a viewer may know a unit as it stands: today's, and those of the days before, because a unit's age is shown with it.
pub(super) fn tags(city: &City, viewer: &Viewer, row: &Row, today: &str) -> impl Iterator<Item = String> {
    let of = |today: &str| view(city, viewer, row, today).etag;
    let today_day = day(today);
    let before = (1..=TAG_DAYS).filter_map(move |days| today_day?.checked_sub_days(chrono::Days::new(days)));
    std::iter::once_with(move || of(today)).chain(before.map(move |day| of(&day.to_string())))
}

pub fn one(city: &City, viewer: &Viewer, id: &str, today: &str) -> Outcome<UnitAnswer> {
    Ok(view(city, viewer, &city.table(LayerId::Unit).row(unit_row(city, id)?), today))
}

/// Units of a park or a building, by building and id.
pub fn list(city: &City, viewer: &Viewer, query: &UnitQuery, today: &str) -> Outcome<UnitPage> {
    let (buildings, units) = (city.table(LayerId::Building), city.table(LayerId::Unit));
    let within: Vec<usize> = match (&query.building, &query.park) {
        (Some(code), _) => buildings.row_of(code).into_iter().collect(),
        (None, Some(park)) => city.links().buildings_of_park(park_row(city, park)?).iter().map(|row| *row as usize).collect(),
        (None, None) => return Err(Fault::bad("park_or_building", "请给出 park 或 building", "name a park or a building").at("park")),
    };
    let mut found = Vec::new();
    for row in within {
        if query.park.is_some() && buildings.text(row, building::PARK) != query.park.as_deref() {
            continue;
        }
        let here = city.links().units_of_building(row).iter().map(|unit| *unit as usize);
        let wanted = here.filter(|row| query.floor.is_none() || units.text(*row, unit::FLOOR) == query.floor.as_deref());
        found.extend(wanted.map(|row| view(city, viewer, &units.row(row), today)));
    }
    found.retain(|unit| query.stale.is_none_or(|stale| unit.stale == stale));
    let number_matched = found.len();
    let limit = query.limit.unwrap_or(DEFAULT_PAGE).min(LARGEST_PAGE);
    Ok(UnitPage { units: found.into_iter().skip(query.offset.unwrap_or(0)).take(limit).collect(), number_matched })
}

/// Past changes of a unit, newest first; private fields only inside the park, accounts for people who are signed in.
pub fn history(city: &City, viewer: &Viewer, id: &str, mut changes: Vec<Change>) -> Outcome<Vec<Change>> {
    let row = unit_row(city, id)?;
    let park = city.table(LayerId::Unit).text(row, unit::BUILDING).and_then(|code| park_of_building(city, code));
    if !viewer.sees_tenants_of(park) {
        changes.iter_mut().for_each(hide_private);
    }
    if viewer.account().is_none() {
        changes.iter_mut().for_each(|change| change.by.clear());
    }
    Ok(changes)
}

/// Takes the private columns out of a change's texts.
pub(super) fn hide_private(change: &mut Change) {
    let Some(layer) = dictionary().layer(&change.collection) else { return };
    for side in [&mut change.before, &mut change.after] {
        if let Json::Object(members) = side {
            members.retain(|name, _| layer.column(name).is_none_or(|column| !column.private));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_days() {
        assert_eq!(age_days("2026-08-24", "2026-09-23"), Some(30));
        assert_eq!(age_days("gestern", "2026-09-23"), None);
    }
}
