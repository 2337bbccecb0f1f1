//! The exact answer for up to 20 eligible parcels: every connected subset is measured, then sites are packed.
//!
//! Packing is a dynamic programme over (parcels used, sites used). A state's cost follows from its parcels, so the
//! budget needs no extra dimension. Dual prices bound what is still to come and drop most sites and states at once.

use super::problem::{Plan, Problem, Site, TIE, within};
use super::subsets::{Mask, Sites, bits};
use crate::spatial::PolygonSet;
use std::collections::HashMap;

/// States of a whole instance: about 1 GB.
const MOST_STATES: usize = 20_000_000;

/// The cheapest site, or that of fewest owners, which can stand beside `best`: costs and owners only add up, so without
/// pins one site is always least.
pub(super) fn least_site<'s>(sites: impl Iterator<Item = &'s Site>, goal: Goal, best: &Plan) -> Option<Plan> {
    let sites: Vec<&Site> = sites.collect();
    let gains: Vec<f64> = sites.iter().map(|site| goal.gain(site)).collect();
    let most = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut tied: Vec<Plan> = (0..gains.len())
        .filter(|&index| gains[index] >= most - TIE * most.abs())
        .map(|index| Plan::new(vec![sites[index].clone()]))
        .filter(|plan| !plan.dominates(best))
        .collect();
    tied.sort_by(Plan::rank);
    tied.iter().find(|plan| !best.dominates(plan) && !tied.iter().any(|other| other.dominates(plan))).cloned()
}

/// What a packing is to maximise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Goal {
    Objective,
    Cheapest,
    Largest,
    FewestOwners,
}

impl Goal {
    pub(super) fn gain(self, site: &Site) -> f64 {
        match self {
            Goal::Objective => site.value,
            Goal::Cheapest => -site.cost,
            Goal::Largest => site.area,
            Goal::FewestOwners => -(site.owners as f64),
        }
    }
}

/// A site as the packing sees it.
struct Piece {
    mask: Mask,
    gain: f64,
    slack: f64,
    index: usize,
}

/// The best plan for `goal` that holds all pins; `None` when there is none, `Err(())` when stopped.
/// A plan has at least one site: the empty plan is an answer only where nothing else is feasible (C12).
pub(super) fn pack<S: PolygonSet>(problem: &Problem<'_, S>, sites: &Sites, goal: Goal, stop: &(dyn Fn() -> bool + Sync)) -> Result<Option<Plan>, ()> {
    let gains: Vec<f64> = sites.list.iter().map(|(_, site)| goal.gain(site)).collect();
    let limits = Limits { most_sites: problem.params.most_sites(), budget: problem.params.budget(), most_states: MOST_STATES };
    let packed = Packing::new(problem, sites, &gains, limits).solve(stop)?;
    Ok(packed.map(|packed| Plan::new(packed.into_iter().map(|index| sites.list[index].1.clone()).collect())))
}

/// The sites (as indexes into the list) of greatest Σ `gains` that hold all pins, at least one site, within `limits`.
pub(super) fn pack_gains<S: PolygonSet>(
    problem: &Problem<'_, S>,
    sites: &Sites,
    gains: &[f64],
    limits: Limits,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Vec<usize>>, ()> {
    Packing::new(problem, sites, gains, limits).solve(stop)
}

/// What bounds a packing as a whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub most_sites: usize,
    pub budget: f64,
    /// More states than this would take more memory than the answer is worth (about 50 bytes each).
    pub most_states: usize,
}

struct Packing<'p> {
    sites: &'p Sites,
    limits: Limits,
    /// Pieces by lowest bit, by rising slack.
    by_low: Vec<Vec<Piece>>,
    /// Price of each parcel; the prices of a piece's parcels sum to at least its gain.
    price: Vec<f64>,
    all: Vec<(Mask, f64)>,
}

#[derive(Clone, Copy)]
struct State {
    used: Mask,
    sites: u32,
    gain: f64,
    /// Σ prices so far − gain: what this state has already lost against the dual bound.
    loss: f64,
    cost: f64,
    /// The step that led here.
    from: u32,
    piece: u32,
}

impl<'p> Packing<'p> {
    fn new<S: PolygonSet>(problem: &Problem<'_, S>, sites: &'p Sites, gains: &[f64], limits: Limits) -> Self {
        let count = sites.units.len();
        let all: Vec<(Mask, f64)> = sites.list.iter().map(|(mask, _)| *mask).zip(gains.iter().copied()).collect();
        let price = dual_prices(problem, &sites.units, &all);
        let mut by_low: Vec<Vec<Piece>> = (0..count).map(|_| Vec::new()).collect();
        for (index, (mask, gain)) in all.iter().enumerate() {
            let slack = bits(*mask).map(|i| price[i]).sum::<f64>() - gain;
            by_low[mask.trailing_zeros() as usize].push(Piece { mask: *mask, gain: *gain, slack: slack.max(0.0), index });
        }
        for pieces in &mut by_low {
            pieces.sort_by(|p, q| p.slack.total_cmp(&q.slack).then(p.mask.cmp(&q.mask)));
        }
        let limits = Limits { most_sites: limits.most_sites.min(count), ..limits };
        Packing { sites, limits, by_low, price, all }
    }

    fn solve(&self, stop: &(dyn Fn() -> bool + Sync)) -> Result<Option<Vec<usize>>, ()> {
        let bound: f64 = self.price.iter().sum();
        let floor = self.first_guess();
        let tolerance = 2.0 * TIE * floor.abs().max(if floor.is_finite() { bound.abs() } else { 0.0 });
        let most_loss = if floor.is_finite() { bound - floor + tolerance } else { f64::INFINITY };
        let Limits { most_sites, budget, most_states } = self.limits;

        let mut trail: Vec<State> = vec![State { used: 0, sites: 0, gain: 0.0, loss: 0.0, cost: 0.0, from: u32::MAX, piece: u32::MAX }];
        let mut layer: Vec<u32> = vec![0];
        let mut steps = 0u32;
        for low in 0..self.by_low.len() {
            let bit: Mask = 1 << low;
            let is_pin = self.sites.pins & bit != 0;
            let mut next = Layer::new(most_sites < self.by_low.len());
            for &at in &layer {
                let state = trail[at as usize];
                if state.used & bit != 0 {
                    next.offer(state, at, &mut trail);
                    continue;
                }
                let skipped = State { loss: state.loss + self.price[low], ..state };
                if !is_pin && skipped.loss <= most_loss {
                    next.offer_new(skipped, &mut trail);
                }
                if state.sites as usize >= most_sites {
                    continue;
                }
                for piece in &self.by_low[low] {
                    steps = steps.wrapping_add(1);
                    if steps.is_multiple_of(4096) && (stop() || trail.len() > most_states) {
                        return Err(());
                    }
                    if state.loss + piece.slack > most_loss {
                        break;
                    }
                    if piece.mask & state.used != 0 {
                        continue;
                    }
                    let cost = state.cost + self.sites.list[piece.index].1.cost;
                    if !within(cost, budget) {
                        continue;
                    }
                    let taken = State {
                        used: state.used | piece.mask,
                        sites: state.sites + 1,
                        gain: state.gain + piece.gain,
                        loss: state.loss + piece.slack,
                        cost,
                        from: at,
                        piece: piece.index as u32,
                    };
                    next.offer_new(taken, &mut trail);
                }
            }
            layer = next.states();
        }
        let mut best: Option<(Vec<usize>, Plan)> = None;
        let most = layer.iter().map(|at| trail[*at as usize]).filter(|s| s.sites > 0).map(|s| s.gain).fold(f64::NEG_INFINITY, f64::max);
        for &at in &layer {
            let state = trail[at as usize];
            if state.sites == 0 || state.gain < most - TIE * most.abs() {
                continue;
            }
            let packed = self.packed(at, &trail);
            let plan = Plan::new(packed.iter().map(|index| self.sites.list[*index].1.clone()).collect());
            if best.as_ref().is_none_or(|(_, held)| plan.rank(held).is_lt()) {
                best = Some((packed, plan));
            }
        }
        Ok(best.map(|(packed, _)| packed))
    }

    fn packed(&self, at: u32, trail: &[State]) -> Vec<usize> {
        let mut pieces = Vec::new();
        let mut state = trail[at as usize];
        while state.piece != u32::MAX {
            pieces.push(state.piece as usize);
            state = trail[state.from as usize];
        }
        pieces
    }

    /// A feasible gain to start from: sites by rising loss per parcel, pins first.
    fn first_guess(&self) -> f64 {
        let slack_of = |index: usize| {
            let (mask, gain) = self.all[index];
            (bits(mask).map(|i| self.price[i]).sum::<f64>() - gain) / f64::from(mask.count_ones())
        };
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        let keys: Vec<f64> = order.iter().map(|i| slack_of(*i)).collect();
        order.sort_by(|p, q| keys[*p].total_cmp(&keys[*q]).then(p.cmp(q)));
        let mut best = f64::NEG_INFINITY;
        for first in order.iter().take(64) {
            let (mut used, mut gain, mut cost, mut count) = (0 as Mask, 0.0, 0.0, 0usize);
            for &index in std::iter::once(first).chain(&order) {
                let (mask, add) = self.all[index];
                let holds_open_pin = mask & self.sites.pins & !used != 0;
                let next_cost = cost + self.sites.list[index].1.cost;
                if count >= self.limits.most_sites
                    || mask & used != 0
                    || !within(next_cost, self.limits.budget)
                    || (add <= 0.0 && !holds_open_pin && count > 0)
                {
                    continue;
                }
                (used, gain, cost, count) = (used | mask, gain + add, next_cost, count + 1);
            }
            if used & self.sites.pins == self.sites.pins && count > 0 {
                best = best.max(gain);
            }
        }
        best
    }
}

/// The best state per (parcels, sites): with no limit on sites, per parcels.
struct Layer {
    counts_sites: bool,
    best: HashMap<(Mask, u32), u32>,
}

impl Layer {
    fn new(counts_sites: bool) -> Self {
        Layer { counts_sites, best: HashMap::new() }
    }

    fn key(&self, state: &State) -> (Mask, u32) {
        (state.used, if self.counts_sites { state.sites } else { 0 })
    }

    fn offer(&mut self, state: State, at: u32, trail: &mut [State]) {
        let slot = self.best.entry(self.key(&state)).or_insert(at);
        if better(&state, &trail[*slot as usize]) {
            *slot = at;
        }
    }

    fn offer_new(&mut self, state: State, trail: &mut Vec<State>) {
        let key = self.key(&state);
        match self.best.get_mut(&key) {
            Some(slot) => {
                if better(&state, &trail[*slot as usize]) {
                    trail.push(state);
                    *slot = trail.len() as u32 - 1;
                }
            }
            None => {
                trail.push(state);
                self.best.insert(key, trail.len() as u32 - 1);
            }
        }
    }

    /// In the order of their keys: a hash map's own order must not reach the result.
    fn states(self) -> Vec<u32> {
        let mut states: Vec<((Mask, u32), u32)> = self.best.into_iter().collect();
        states.sort_unstable();
        states.into_iter().map(|(_, at)| at).collect()
    }
}

/// Same parcels: more gain, then fewer sites, then the later last piece (any fixed rule will do).
fn better(a: &State, b: &State) -> bool {
    if (a.gain - b.gain).abs() > TIE * a.gain.abs().max(b.gain.abs()) {
        return a.gain > b.gain;
    }
    (a.sites, a.piece) < (b.sites, b.piece)
}

/// Prices with Σ prices of a piece ≥ its gain for every piece: their sum bounds every packing from above.
/// Start from each parcel's best share of a gain, then lower one price after the other as far as the pieces allow.
fn dual_prices<S: PolygonSet>(problem: &Problem<'_, S>, units: &[u32], pieces: &[(Mask, f64)]) -> Vec<f64> {
    let count = units.len();
    let area = |i: usize| problem.units[units[i] as usize].area;
    let mut price = vec![0.0f64; count];
    for &(mask, gain) in pieces.iter().filter(|p| p.1 > 0.0) {
        let whole: f64 = bits(mask).map(area).sum();
        for i in bits(mask) {
            price[i] = price[i].max(gain * area(i) / whole);
        }
    }
    let mut slack: Vec<f64> = pieces.iter().map(|(mask, gain)| bits(*mask).map(|i| price[i]).sum::<f64>() - gain).collect();
    let mut by_unit: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (index, (mask, _)) in pieces.iter().enumerate() {
        bits(*mask).for_each(|i| by_unit[i].push(index as u32));
    }
    // Small steps first spread the reduction over all parcels instead of giving it to the first.
    for share in [0.2, 0.2, 0.2, 0.3, 0.3, 0.5, 0.5, 1.0, 1.0] {
        for i in 0..count {
            let room = by_unit[i].iter().map(|p| slack[*p as usize]).fold(price[i], f64::min).max(0.0) * share;
            if room > 0.0 {
                price[i] -= room;
                by_unit[i].iter().for_each(|p| slack[*p as usize] -= room);
            }
        }
    }
    price
}
