//! One changed unit: until it is in the next City, and until it is on disk and published.

use super::{median_ms, resident_mb, timed};
use crate::city::{City, TableBuilder};
use crate::cli::command_line;
use crate::domain::columns::{building, unit};
use crate::domain::edit::{Edit, Precondition, UpdateUnit};
use crate::domain::fault::Outcome;
use crate::domain::row::{CellRef, Shape};
use crate::domain::{Account, Fault, LayerId, Role, Row};
use crate::service::edits::{Person, check, complete};
use crate::service::{Planner, Viewer, load};
use crate::spatial::crs::WorkingCrs;
use crate::store::CityStore;
use crate::store::geopackage::GeoPackage;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;

/// Units that a city gets for this row where it has fewer, a parcel.
const UNITS_A_PARCEL: usize = 2;
const ROUNDS: usize = 300;
const TODAY: &str = "2026-09-01";

/// The city read from its file, with two units a parcel: the sample has units in its parks only.
fn with_units(store: &dyn CityStore) -> Outcome<City> {
    let info = store.info()?;
    let crs = Arc::new(WorkingCrs::parse(&info.crs)?);
    let mut tables = LayerId::ALL.iter().map(|layer| load::table(store, *layer)).collect::<Outcome<Vec<_>>>()?;
    let (parcels, buildings) = (tables[LayerId::Parcel.index()].len(), &tables[LayerId::Building.index()]);
    let mut units = TableBuilder::new(LayerId::Unit);
    let (mut known, mut last) = (0, 0);
    store.load(LayerId::Unit, &mut |fid, cells, shape| {
        (known, last) = (known + 1, fid);
        units.push(fid, cells, shape);
    })?;
    for number in 0..(parcels * UNITS_A_PARCEL).saturating_sub(known) {
        let mut row = Row::empty(LayerId::Unit.layer());
        row.put(unit::ID, format!("bench-{number:08}")).put(unit::BUILDING, buildings.key(number / 40 % buildings.len().max(1)));
        row.put(unit::FLOOR, format!("{}F", number % 12)).put(unit::AREA_M2, 80.0 + (number % 50) as f64).put(unit::STATE, "let");
        row.put(unit::TENANT, format!("租户 {}", number % 5000)).put(unit::AS_OF, "2026-08-01").put(unit::SOURCE, "bench");
        complete(&mut row, LayerId::Unit.layer(), &crs);
        let cells: Vec<CellRef<'_>> = row.values.iter().map(CellRef::from).collect();
        units.push(last + 1 + number as i64, &cells, Shape::default());
    }
    tables[LayerId::Unit.index()] = units.finish();
    City::new(info, crs, tables, store.plans()?)
}

pub(super) fn row(path: &Path) -> Outcome<Value> {
    let before = resident_mb();
    let mut city = with_units(&GeoPackage::open_reading(path)?)?;
    let parcels = city.table(LayerId::Parcel).len();
    let bytes_per_parcel = before.zip(resident_mb()).map(|(before, after)| (after - before) * 1024.0 * 1024.0 / parcels as f64);
    let planner = Planner::open(path, &command_line::typed())?;
    let units = city.table(LayerId::Unit).len();
    let parks = city.table(LayerId::Park);
    let account = Account {
        account: "bench".to_owned(),
        name: "bench".to_owned(),
        role: Role::Operator,
        parks: (0..parks.len()).map(|row| parks.key(row).to_owned()).collect(),
        disabled: false,
    };
    let person = Person { viewer: Viewer::of(account), today: TODAY.to_owned(), two_persons: true };
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
    // Memory that was not touched before is touched by the first.
    let first = seconds.first().copied().unwrap_or(f64::NAN) * 1000.0;
    let rounds = seconds.len();
    seconds.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| seconds.get((seconds.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN) * 1000.0;
    let (p99, most) = (at(0.99), seconds.last().copied().unwrap_or(f64::NAN) * 1000.0);
    let (whole, before) = durable(&planner, &person)?;
    Ok(json!({
        "row": "edit", "parcels": parcels, "units": units, "bytes_per_parcel": bytes_per_parcel,
        "edits": rounds, "visible_first_ms": first, "visible_p50_ms": median_ms(seconds), "visible_p99_ms": p99, "visible_max_ms": most,
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
