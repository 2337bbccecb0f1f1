//! Recorded floors of a building, for the check of existing buildings.

use crate::analysis::upstairs::ExistingFloor;
use crate::city::City;
use crate::domain::LayerId;
use crate::domain::columns::floor;

/// The floors of a building's row, from the ground up; those of one order as they stand in the file.
pub(super) fn floors_of(city: &City, building: usize) -> Vec<ExistingFloor> {
    let table = city.table(LayerId::Floor);
    let mut rows: Vec<u32> = city.links().floors_of_building(building).to_vec();
    rows.sort_unstable();
    let read = |row: usize| ExistingFloor {
        order: table.number(row, floor::FLOOR_ORDER).unwrap_or(1.0).max(0.0) as usize,
        height_m: table.number(row, floor::HEIGHT_M),
        load_kn_m2: table.number(row, floor::LOAD_KN_M2),
        fire_class: table.text(row, floor::FIRE_CLASS).map(str::to_owned),
        lifts: table.number(row, floor::LIFTS).map(|lifts| lifts.max(0.0) as usize),
    };
    let mut floors: Vec<ExistingFloor> = rows.into_iter().map(|row| read(row as usize)).collect();
    floors.sort_by_key(|floor| floor.order);
    floors
}
