//! One requirement over the whole city, beside a plain look at every floor.

use super::{median_ms, timed};
use crate::city::City;
use crate::domain::LayerId;
use crate::domain::columns::{floor, unit};
use crate::domain::fault::Outcome;
use crate::service::Planner;
use crate::service::processes::{Ask, Erased, Match, run};
use serde_json::{Value, json};
use std::path::Path;

/// Requirements per figure.
const TIMES: usize = 15;

pub(super) fn row(city: &Path) -> Outcome<Value> {
    let planner = Planner::open_reading(city)?;
    let city = planner.city();
    let need = json!({ "cluster": "c24-robot", "area_min_m2": 1500, "area_max_m2": 3000, "load_kn_m2": 8, "height_m": 4.5, "power_kva": 200,
        "fire_class": "丙", "districts": ["440306"], "by": "2027-03-01" });
    let inputs = Erased::of(&json!({ "need": need, "as_of": "2026-09-01", "limit": 50 }))?;
    // Packs are read once a day of a server's life.
    let first = run::<Match>(&Ask::plain(&city), &inputs)?;
    let mut samples = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let (answer, seconds) = timed(|| run::<Match>(&Ask::plain(&city), &inputs));
        answer?;
        samples.push(seconds);
    }
    let looks: Vec<f64> = (0..TIMES).map(|_| timed(|| vacant_floors(&city)).1).collect();
    let counts = first.counts;
    Ok(json!({
        "row": "match", "parcels": city.table(LayerId::Parcel).len(), "floors": city.table(LayerId::Floor).len(),
        "units": city.table(LayerId::Unit).len(), "candidates": counts.candidates, "fit_all": counts.fit_all, "ms": median_ms(samples),
        "baseline": "each floor's vacant area summed on one thread", "baseline_ms": median_ms(looks),
    }))
}

/// Vacant area of each floor, one after the other: what any answer has to look at.
fn vacant_floors(city: &City) -> f64 {
    let (buildings, floors, units) = (city.table(LayerId::Building), city.table(LayerId::Floor), city.table(LayerId::Unit));
    let mut sum = 0.0;
    for row in 0..buildings.len() {
        for floor_row in city.links().floors_of_building(row) {
            let label = floors.text(*floor_row as usize, floor::FLOOR);
            let here = city.links().units_of_building(row).iter().map(|row| *row as usize);
            let vacant = here.filter(|row| units.text(*row, unit::FLOOR) == label && units.text(*row, unit::STATE) == Some("vacant"));
            sum += vacant.filter_map(|row| units.number(row, unit::AREA_M2)).sum::<f64>();
        }
    }
    sum
}
