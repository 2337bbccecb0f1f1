//! One changed unit: until it is in the next City, and until it is on disk and published.

use super::{median_ms, timed};
use crate::domain::columns::{building, unit};
use crate::domain::edit::{Edit, Precondition, UpdateUnit};
use crate::domain::fault::Outcome;
use crate::domain::{Account, Fault, LayerId, Role, Row, RowChange};
use crate::service::edits::{Person, check, complete};
use crate::service::{Planner, Viewer, load};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Units that a city gets for this row where it has fewer, a parcel.
const UNITS_A_PARCEL: usize = 2;
const ROUNDS: usize = 300;
const TODAY: &str = "2026-09-01";

/// The sample has units in its parks only; this row wants two a parcel all over the city.
fn with_units(planner: &Planner) -> Outcome<crate::city::City> {
    let city = planner.city();
    let buildings = city.table(LayerId::Building);
    let wanted = (city.table(LayerId::Parcel).len() * UNITS_A_PARCEL).saturating_sub(city.table(LayerId::Unit).len());
    let first = city.table(LayerId::Unit).next_fid();
    let insert = |number: usize| {
        let mut row = Row::empty(LayerId::Unit.layer());
        row.put(unit::ID, format!("bench-{number:08}")).put(unit::BUILDING, buildings.key(number / 40 % buildings.len().max(1)));
        row.put(unit::FLOOR, format!("{}F", number % 12)).put(unit::AREA_M2, 80.0 + (number % 50) as f64).put(unit::STATE, "let");
        row.put(unit::TENANT, format!("租户 {}", number % 5000)).put(unit::AS_OF, "2026-08-01").put(unit::SOURCE, "bench");
        complete(&mut row, LayerId::Unit.layer(), &city.crs);
        RowChange::Insert { layer: LayerId::Unit, fid: first + number as i64, row }
    };
    let changes: Vec<RowChange> = (0..wanted).map(insert).collect();
    city.with(&changes, city.revision + 1)
}

pub(super) fn row(path: &Path) -> Outcome<Value> {
    let planner = Planner::open(path, &crate::cli::command_line())?;
    let mut city = with_units(&planner)?;
    let units = city.table(LayerId::Unit).len();
    let parks = city.table(LayerId::Park);
    let account = Account {
        account: "bench".to_owned(),
        name: "bench".to_owned(),
        role: Role::Operator,
        parks: (0..parks.len()).map(|row| parks.key(row).to_owned()).collect(),
        disabled: false,
    };
    let person = Person { viewer: Viewer::of(account), today: TODAY.to_owned() };
    let owned = |row: &usize| {
        let (units, buildings) = (city.table(LayerId::Unit), city.table(LayerId::Building));
        let building = units.text(*row, unit::BUILDING).and_then(|code| buildings.row_of(code));
        building.is_some_and(|row| buildings.text(row, building::PARK).is_some())
    };
    let ids: Vec<String> = (0..units)
        .step_by((units / (ROUNDS * 4)).max(1))
        .filter(owned)
        .map(|row| city.table(LayerId::Unit).key(row).to_owned())
        .take(ROUNDS)
        .collect();
    let mut seconds = Vec::new();
    for (round, id) in ids.iter().enumerate() {
        let edit = update(id, round);
        // The City before is held by readers, as in a server: nothing can be changed in place.
        let held = city.clone();
        let (next, taken) = timed(|| check(&edit, &held, &person).and_then(|checked| held.with(&checked.changes, held.revision + 1)));
        city = next?;
        seconds.push(taken);
    }
    let most = seconds.iter().copied().fold(0.0, f64::max) * 1000.0;
    let (whole, before) = durable(&planner, &person)?;
    Ok(json!({
        "row": "edit", "parcels": city.table(LayerId::Parcel).len(), "units": units, "visible_p50_ms": median_ms(seconds), "visible_max_ms": most,
        "durable_p50_ms": whole, "baseline": "the table of units read anew from the file, as before", "baseline_ms": before,
    }))
}

fn update(id: &str, round: usize) -> Edit {
    let mut patch = Map::new();
    patch.insert("state".into(), json!(if round.is_multiple_of(2) { "let" } else { "own_use" }));
    patch.insert("tenant".into(), json!(format!("企业 {round}")));
    patch.insert("as_of".into(), json!(TODAY));
    Edit::UpdateUnit(UpdateUnit { id: id.to_owned(), seen: Precondition::Any, patch })
}

/// Edits through the writer on the city's own units, one after another (median, ms), and the time to read the units anew (ms).
fn durable(planner: &Planner, person: &Person) -> Outcome<(f64, f64)> {
    let city = planner.city();
    let (units, buildings) = (city.table(LayerId::Unit), city.table(LayerId::Building));
    let in_park = |row: &usize| {
        let row = units.text(*row, unit::BUILDING).and_then(|code| buildings.row_of(code));
        row.is_some_and(|row| buildings.text(row, building::PARK).is_some())
    };
    let mut seconds = Vec::new();
    for (round, row) in (0..units.len()).filter(in_park).take(ROUNDS).enumerate() {
        let (done, taken) = timed(|| planner.edit(&person.viewer, update(units.key(row), round)));
        done?;
        seconds.push(taken);
    }
    let (anew, before) = timed(|| load::table(planner.store(), LayerId::Unit));
    if anew?.len() != units.len() {
        return Err(Fault::internal("bench", "units were lost"));
    }
    Ok((median_ms(seconds), before * 1000.0))
}
