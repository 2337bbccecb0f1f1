//! The stacking plan of a building.

use super::head::{Building, building};
use super::park::{Totals, totals};
use super::{UnitAnswer, stale_after_days, view};
use crate::city::City;
use crate::domain::columns::unit;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Floor, LayerId};
use crate::service::Viewer;
use serde::Serialize;
use utoipa::ToSchema;

/// A building with its floors, the top one first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stack {
    pub building: Building,
    pub as_of: String,
    pub stale_after_days: i64,
    pub floors: Vec<StackFloor>,
    pub totals: Totals,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StackFloor {
    #[serde(flatten)]
    pub floor: Floor,
    pub units: Vec<UnitAnswer>,
}

pub fn stack(city: &City, viewer: &Viewer, code: &str, today: &str) -> Outcome<Stack> {
    let (buildings, floors, units) = (city.table(LayerId::Building), city.table(LayerId::Floor), city.table(LayerId::Unit));
    let Some(row) = buildings.row_of(code) else {
        return Err(Fault::not_found("no_such_building", format!("没有建筑 {code}"), format!("there is no building {code}")).at(code));
    };
    let here: Vec<usize> = city.links().units_of_building(row).iter().map(|row| *row as usize).collect();
    let mut levels: Vec<Floor> = city.links().floors_of_building(row).iter().map(|row| Floor::from(&floors.row(*row as usize))).collect();
    levels.sort_by_key(|floor| std::cmp::Reverse(floor.order.unwrap_or(0)));
    let level = |floor: Floor| {
        let label = floor.floor.as_deref().unwrap_or_default();
        let on_it = here.iter().filter(|row| units.text(**row, unit::FLOOR).unwrap_or_default() == label);
        StackFloor { units: on_it.map(|row| view(city, viewer, &units.row(*row), today)).collect(), floor }
    };
    Ok(Stack {
        building: building(city, row)?,
        as_of: today.to_owned(),
        stale_after_days: stale_after_days(),
        // Sums go by floor label, then by id: the order in which they were always added.
        totals: {
            let mut rows = here.clone();
            rows.sort_by(|a, b| units.text(*a, unit::FLOOR).unwrap_or_default().cmp(units.text(*b, unit::FLOOR).unwrap_or_default()));
            totals(units, rows.into_iter(), today)
        },
        floors: levels.into_iter().map(level).collect(),
    })
}
