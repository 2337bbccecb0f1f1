//! The limits that hold for one parcel: the tightest of record and pack, or what a planner sets (exact readings U5, U6).

use super::case::{Overrides, ParcelCase};
use super::search::Grid;
use crate::rules::{Cite, Cited, UpstairsPack};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A limit with where it comes from; `None` is no limit.
pub(super) type Limit = Cited<Option<f64>>;

#[derive(Clone, Debug)]
pub(super) struct Limits {
    pub far: Limit,
    pub coverage: Limit,
    pub height: Limit,
    pub storeys: Cited<usize>,
    pub roof_allowance: f64,
    /// Storey heights by band, m.
    pub heights: [f64; 4],
    pub grid: Grid,
}

pub(super) fn limits(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides) -> Limits {
    let plate = &pack.plate;
    Limits {
        far: tightest(case.far_limit, "宗地规划容积率 / the parcel's FAR limit", &pack.far_max, overrides.far, overrides.add.far),
        coverage: share(tightest(
            case.coverage_limit,
            "宗地规划密度 / the parcel's coverage limit",
            &pack.coverage_max,
            overrides.coverage,
            overrides.add.coverage,
        )),
        height: tightest(case.height_limit_m, "宗地限高 / the parcel's height limit", &pack.height_max, overrides.height, overrides.add.height),
        storeys: overrides.storeys.map_or_else(|| pack.storey.max.clone(), |value| Cited { value, cite: Cite::entered() }),
        roof_allowance: pack.roof_allowance.value,
        heights: storey_heights(pack, overrides),
        grid: Grid::new(
            plate.column.value,
            (plate.width_min.value, plate.width_max.value),
            (plate.length_min.value, plate.length_max.value),
            plate.min_plate.value,
            plate.fire_distance.value,
            overrides.plates.unwrap_or(plate.count_max.value),
        ),
    }
}

/// The figures that a check uses, by the levers' names: what sliders start from. `None` is no limit, or nothing stated.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = LeversInForce)]
pub struct InForce {
    #[schema(required)]
    pub far: Option<f64>,
    #[schema(required)]
    pub height: Option<f64>,
    #[schema(required)]
    pub coverage: Option<f64>,
    /// The largest over the road classes.
    #[schema(required)]
    pub setback_road: Option<f64>,
    pub setback_side: f64,
    pub storey_ground: f64,
    pub storey_lower: f64,
    pub storey_typical: f64,
    pub storeys: usize,
    pub plates: usize,
    #[schema(required)]
    pub lifts: Option<usize>,
    #[schema(required)]
    pub bays: Option<usize>,
}

pub fn in_force(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides) -> InForce {
    let limits = limits(case, pack, overrides);
    let roads = pack.setback.road.values().map(|figure| (figure.value + overrides.add.setback_road).max(0.0)).reduce(f64::max);
    InForce {
        far: limits.far.value,
        height: limits.height.value,
        coverage: limits.coverage.value,
        setback_road: overrides.setback_road.or(roads),
        setback_side: overrides.setback_side.unwrap_or((pack.setback.side.value + overrides.add.setback_side).max(0.0)),
        storey_ground: limits.heights[0],
        storey_lower: limits.heights[1],
        storey_typical: limits.heights[2],
        storeys: limits.storeys.value,
        plates: limits.grid.count_max,
        lifts: overrides.lifts,
        bays: overrides.bays,
    }
}

/// Storey heights by band, m.
pub(super) fn storey_heights(pack: &UpstairsPack, overrides: &Overrides) -> [f64; 4] {
    let [ground, lower, middle, upper] = pack.storey.height.each_ref().map(|figure| figure.value);
    [
        overrides.storey_ground.unwrap_or(ground + overrides.add.storey_ground),
        overrides.storey_lower.unwrap_or(lower + overrides.add.storey_lower),
        overrides.storey_typical.unwrap_or(middle + overrides.add.storey_typical),
        overrides.storey_typical.unwrap_or(upper + overrides.add.storey_typical),
    ]
}

/// No coverage is above the whole site.
fn share(limit: Limit) -> Limit {
    limit.map(|value| value.map(|value| value.min(1.0)))
}

/// The tighter of record and pack with what is added to it, or what a planner set.
fn tightest(record: Option<f64>, clause: &str, pack: &Cited<Option<f64>>, entered: Option<f64>, added: f64) -> Limit {
    if entered.is_some() {
        return Cited { value: entered, cite: Cite::entered() };
    }
    let own = own_limit(record, clause, pack);
    match own.value {
        Some(value) if added != 0.0 => Cited { value: Some((value + added).max(0.0)), cite: Cite::entered() },
        _ => own,
    }
}

fn own_limit(record: Option<f64>, clause: &str, pack: &Cited<Option<f64>>) -> Limit {
    match (record, pack.value) {
        (Some(record), Some(general)) if general < record => Cited { value: Some(general), cite: Arc::clone(&pack.cite) },
        (Some(record), _) => Cited { value: Some(record), cite: Cite::record(clause) },
        (None, _) => pack.clone(),
    }
}

/// Storey by storey from the ground: heights, counted weights and how far each limit lets the building rise.
#[derive(Clone, Debug, Default)]
pub(super) struct Tower {
    /// Height of storey n at `[n − 1]`, m.
    pub heights: Vec<f64>,
    /// Counted-area weight of storey n (U9).
    pub weights: Vec<f64>,
    /// Weights of the storeys up to n together.
    counted: Vec<f64>,
}

/// Beyond any building: keeps a search finite where neither height nor storeys are limited.
const ENOUGH_STOREYS: usize = 400;

impl Tower {
    /// As many storeys as height and number allow; Σ heights + roof ≤ `height`, with the comparison's slack.
    pub(super) fn new(limits: &Limits, pack: &UpstairsPack, height: Option<f64>, storeys: Option<usize>) -> Tower {
        let mut tower = Tower::default();
        let mut top = limits.roof_allowance;
        for n in 1..=storeys.unwrap_or(ENOUGH_STOREYS).min(ENOUGH_STOREYS) {
            let rise = limits.heights[pack.band(n)];
            top += rise;
            if height.is_some_and(|limit| top > limit + 1e-9 * limit.abs().max(1.0)) {
                break;
            }
            tower.push(rise, counted_weight(pack, rise));
        }
        tower
    }

    pub(super) fn push(&mut self, height: f64, weight: f64) {
        let below = self.counted.last().copied().unwrap_or(0.0);
        self.heights.push(height);
        self.weights.push(weight);
        self.counted.push(below + weight);
    }

    /// Counted-area weight of the first n storeys, at least one, together.
    pub(super) fn counted(&self, n: usize) -> f64 {
        self.counted[n - 1]
    }
}

pub(super) fn counted_weight(pack: &UpstairsPack, height: f64) -> f64 {
    pack.storey.counted.iter().rev().find(|(above, _)| height > above + 1e-9).map_or(1.0, |(_, weight)| *weight)
}
