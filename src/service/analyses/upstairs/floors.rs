//! Recorded floors by building, read from the store in one scan instead of once a building.

use crate::analysis::upstairs::ExistingFloor;
use crate::domain::dictionary;
use crate::domain::fault::Outcome;
use crate::domain::row::CellRef;
use crate::store::Store;
use std::collections::HashMap;

/// The floors of every building of one revision.
#[derive(Debug, Default)]
pub struct FloorIndex {
    pub revision: i64,
    by_building: HashMap<Box<str>, Vec<ExistingFloor>>,
}

impl FloorIndex {
    pub fn read(store: &dyn Store, revision: i64) -> Outcome<FloorIndex> {
        let layer = dictionary().known("floor");
        let at = |name: &str| layer.column_index(name);
        let (building, order, height, load) = (at("building"), at("floor_order"), at("height_m"), at("load_kn_m2"));
        let (fire, lifts) = (at("fire_class"), at("lifts"));
        let mut by_building: HashMap<Box<str>, Vec<ExistingFloor>> = HashMap::new();
        store.scan(layer, &mut |_, cells, _| {
            let cell = |column: Option<usize>| column.and_then(|column| cells.get(column));
            let number = |column| match cell(column) {
                Some(CellRef::Real(value)) => Some(*value),
                Some(CellRef::Integer(value)) => Some(*value as f64),
                _ => None,
            };
            let text = |column| match cell(column) {
                Some(CellRef::Text(text)) => Some(*text),
                _ => None,
            };
            let Some(code) = text(building) else { return };
            let floor = ExistingFloor {
                order: number(order).unwrap_or(1.0).max(0.0) as usize,
                height_m: number(height),
                load_kn_m2: number(load),
                fire_class: text(fire).map(str::to_owned),
                lifts: number(lifts).map(|lifts| lifts.max(0.0) as usize),
            };
            match by_building.get_mut(code) {
                Some(floors) => floors.push(floor),
                None => {
                    by_building.insert(code.into(), vec![floor]);
                }
            }
        })?;
        by_building.values_mut().for_each(|floors| floors.sort_by_key(|floor| floor.order));
        Ok(FloorIndex { revision, by_building })
    }

    pub fn of(city: &City, building: &str) -> &[ExistingFloor] {
        self.by_building.get(building).map_or(&[], Vec::as_slice)
    }
}
