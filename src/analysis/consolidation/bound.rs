//! A proven upper bound for instances too large to enumerate (C14).
//!
//! Relaxed: connectivity, A_min, shape and rectangle, whole parcels. What stays is a fractional knapsack with two rows
//! (budget; k·A_max), bounded by its Lagrangian dual: any prices λ, μ ≥ 0 give a valid bound, the best pair is sought.
//! Per parcel the bound grants the largest PP that the directions of the boundaries allow, and of its owner the share
//! 1/m when the owner holds m eligible parcels: summed over a site that is at most the number of its owners.

use super::problem::{Problem, TIE, Unit};
use crate::domain::units::hectares;
use crate::spatial::PolygonSet;
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

pub(super) const RELAXED: [&str; 5] = ["connectivity", "min_area", "shape", "rectangle", "whole_parcels"];

#[derive(Clone, Copy)]
struct Item {
    value: f64,
    cost: f64,
    area: f64,
    pinned: bool,
}

/// What each unit can bring at most, made once and asked for several rooms and prices.
pub(super) struct Bounds {
    /// By unit.
    items: Vec<Item>,
}

impl Bounds {
    pub(super) fn new<S: PolygonSet>(problem: &Problem<'_, S>) -> Self {
        let weights = problem.weights();
        let most_pp = largest_compactness(problem);
        let mut held: BTreeMap<u32, usize> = BTreeMap::new();
        for unit in &problem.units {
            *held.entry(unit.owner).or_default() += 1;
        }
        let item = |(unit, most_pp): (&Unit, f64)| Item {
            value: (weights.area + weights.compactness * most_pp) * hectares(unit.area) + weights.readiness * hectares(unit.ready)
                - weights.cost * unit.cost / 100.0
                - weights.owners / held[&unit.owner] as f64,
            cost: unit.cost,
            // Overlaps count once in a site's area, so a unit may add as little as this.
            area: (unit.area - unit.overlap).max(0.0),
            pinned: unit.pinned,
        };
        Bounds { items: problem.units.iter().zip(most_pp).map(item).collect() }
    }

    /// An upper bound on every feasible plan's objective. `can_be_used[i]` is false for units that no feasible site holds.
    pub(super) fn of_all<S: PolygonSet>(&self, problem: &Problem<'_, S>, can_be_used: &[bool]) -> f64 {
        let params = &problem.params;
        let room = match params.sites {
            None => f64::INFINITY,
            Some(0) => 0.0,
            Some(k) => k as f64 * (params.max_area() + 1e-6),
        };
        let items: Vec<Item> = self.items.iter().zip(can_be_used).filter(|(_, used)| **used).map(|(item, _)| *item).collect();
        knapsack_bound(&items, params.budget(), room)
    }

    /// An upper bound on the objective (or, if `by_area`, on the area) less `price` per 万元, of sites among `units` that take up to `room` m².
    pub(super) fn among<S: PolygonSet>(&self, problem: &Problem<'_, S>, units: &[u32], by_area: bool, price: f64, room: f64) -> f64 {
        let items: Vec<Item> = units
            .iter()
            .map(|unit| {
                let item = self.items[*unit as usize];
                let value = if by_area { problem.units[*unit as usize].area } else { item.value };
                Item { value: value - price * item.cost, cost: 0.0, ..item }
            })
            .collect();
        knapsack_bound(&items, f64::INFINITY, room)
    }

    /// The price of money from which no unit among `units` is worth its cost.
    pub(super) fn dearest<S: PolygonSet>(&self, problem: &Problem<'_, S>, units: &[u32], by_area: bool) -> f64 {
        let worth = |unit: &u32| {
            let item = self.items[*unit as usize];
            let value = if by_area { problem.units[*unit as usize].area } else { item.value };
            if item.cost > 0.0 { value / item.cost } else { 0.0 }
        };
        units.iter().map(worth).fold(0.0, f64::max)
    }
}

/// min over λ, μ ≥ 0 of λ·budget + μ·room + Σ max(0, v − λc − μa), pins without the max.
fn knapsack_bound(items: &[Item], budget: f64, room: f64) -> f64 {
    let dual = |lambda: f64, mu: f64| -> f64 {
        let prices = if lambda > 0.0 { lambda * budget } else { 0.0 } + if mu > 0.0 { mu * room } else { 0.0 };
        let rest: f64 = items
            .iter()
            .map(|item| {
                let reduced = item.value - lambda * item.cost - mu * item.area;
                if item.pinned { reduced } else { reduced.max(0.0) }
            })
            .sum();
        prices + rest
    };
    let most = |of: fn(&Item) -> f64| items.iter().filter(|i| of(i) > 0.0).map(|i| i.value.max(0.0) / of(i)).fold(0.0, f64::max);
    let most_lambda = if budget.is_finite() { most(|i| i.cost) } else { 0.0 };
    let most_mu = if room.is_finite() { most(|i| i.area) } else { 0.0 };
    let along_mu = |lambda: f64| least(|mu| dual(lambda, mu), most_mu);
    least(along_mu, most_lambda)
}

/// The least value of a convex function on [0, high], by golden section; both ends are tried as well.
fn least(of: impl Fn(f64) -> f64, high: f64) -> f64 {
    let mut best = of(0.0);
    if high <= 0.0 {
        return best;
    }
    best = best.min(of(high));
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut top) = (0.0, high);
    let (mut left, mut right) = (top - ratio * (top - low), low + ratio * (top - low));
    let (mut at_left, mut at_right) = (of(left), of(right));
    for _ in 0..60 {
        if at_left <= at_right {
            (top, right, at_right) = (right, left, at_left);
            left = top - ratio * (top - low);
            at_left = of(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (top - low);
            at_right = of(right);
        }
        best = best.min(at_left).min(at_right);
    }
    best
}

/// For each unit the largest PP that a site of its component can have.
///
/// By Wulff's theorem for the convex W that circumscribes the unit circle with the boundaries' normals, perimeter² ≥
/// 4·|W|·area, hence PP ≤ π/|W|. For a grid that is π/4. Where slits close, the mitre limit may add short edges across
/// sharp notches: their directions are granted as well.
fn largest_compactness<S: PolygonSet>(problem: &Problem<'_, S>) -> Vec<f64> {
    let (component, count) = problem.graph.components();
    let tiles = problem.components_that_tile(&component, count);
    let mut turns: Vec<Vec<f64>> = vec![Vec::new(); count];
    for i in 0..problem.units.len() {
        let own = &mut turns[component[i] as usize];
        for pair in problem.set.rings(i).flat_map(|ring| ring.windows(2)).filter(|pair| pair[0] != pair[1]) {
            own.push((pair[1].y - pair[0].y).atan2(pair[1].x - pair[0].x).rem_euclid(PI));
        }
    }
    let most: Vec<f64> = turns.into_iter().zip(tiles).map(|(turns, tiles)| compactness_of_directions(turns, tiles)).collect();
    component.iter().map(|c| most[*c as usize]).collect()
}

/// π/|W| for boundaries in these undirected directions (radians in 0..π).
fn compactness_of_directions(mut turns: Vec<f64>, tiles: bool) -> f64 {
    /// A notch sharper than this is cut by the mitre limit of 5: 2·asin(1/5), rounded up.
    const SHARP: f64 = 0.4028;
    turns.sort_unstable_by(f64::total_cmp);
    let Some(&first) = turns.first() else { return 1.0 };
    // An edge may bound a site from either side, so each direction comes twice on the circle.
    let mut arcs: Vec<(f64, f64)> = turns.iter().flat_map(|t| [(*t, *t), (t + PI, t + PI)]).collect();
    if !tiles {
        for (k, turn) in turns.iter().enumerate() {
            let next = turns.get(k + 1).copied().unwrap_or(first + PI);
            // The cut runs across the bisector of the notch, which lies between its sides.
            if next > *turn && next - turn < SHARP {
                arcs.extend([(turn + FRAC_PI_2, next + FRAC_PI_2), (turn + 3.0 * FRAC_PI_2, next + 3.0 * FRAC_PI_2)]);
            }
        }
    }
    // Arcs that pass the full circle begin anew.
    let mut split: Vec<(f64, f64)> = Vec::with_capacity(arcs.len());
    for (from, to) in arcs {
        let turns_passed = (from / TAU).floor() * TAU;
        let (from, to) = (from - turns_passed, to - turns_passed);
        split.push((from, to.min(TAU)));
        if to > TAU {
            split.push((0.0, to - TAU));
        }
    }
    split.sort_unstable_by(|p, q| p.0.total_cmp(&q.0).then(p.1.total_cmp(&q.1)));
    let start = split[0].0;
    let (mut wulff, mut reached) = (0.0, start);
    for (from, to) in split.into_iter().chain([(start + TAU, start + TAU)]) {
        if from > reached {
            wulff += if from - reached < PI - 1e-9 { ((from - reached) / 2.0).tan() } else { 0.0 };
        }
        // A full arc of normals is a piece of the circle itself.
        wulff += (to - from.max(reached)).max(0.0) / 2.0;
        reached = reached.max(to);
    }
    // Closed outlines are rounded to about a micrometre.
    let rounding = if tiles { TIE } else { 1e-5 };
    (PI / wulff * (1.0 + rounding)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_bound_compactness() {
        assert!((compactness_of_directions(vec![0.0, FRAC_PI_2], true) - PI / 4.0).abs() < 1e-8);
        assert!((compactness_of_directions(vec![0.0, 0.0, FRAC_PI_2], false) - PI / 4.0).abs() < 1e-4);
        // An octagon's directions allow the octagon: PP = π / (8·tan 22.5°).
        let octagon: Vec<f64> = (0..4).map(|k| f64::from(k) * PI / 4.0).collect();
        assert!((compactness_of_directions(octagon.clone(), true) - PI / (8.0 * (PI / 8.0).tan())).abs() < 1e-8);
        assert!(compactness_of_directions(octagon, false) <= 1.0);
        let all: Vec<f64> = (0..1000).map(|k| f64::from(k) * PI / 1000.0).collect();
        assert!((compactness_of_directions(all, false) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_dual_of_one_row_is_the_fractional_knapsack() {
        let item = |value, cost| Item { value, cost, area: 1.0, pinned: false };
        let items = [item(10.0, 5.0), item(6.0, 4.0), item(3.0, 3.0), item(-1.0, 0.0)];
        // 5 + 4 fit whole, 1 of the third's 3 remain of a budget of 10.
        assert!((knapsack_bound(&items, 10.0, f64::INFINITY) - 17.0).abs() < 1e-6);
        assert!((knapsack_bound(&items, f64::INFINITY, f64::INFINITY) - 19.0).abs() < 1e-12);
        assert!((knapsack_bound(&items, f64::INFINITY, 2.0) - 16.0).abs() < 1e-6);
    }
}
