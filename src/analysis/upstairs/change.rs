//! The smallest change that mends a scheme or reaches a wanted GFA (exact reading U18).

use super::case::{Overrides, ParcelCase};
use super::check::{Prepared, evaluate};
use super::limits::limits;
use super::result::{Change, LeverChange, UpstairsResult};
use crate::rules::upstairs::LeverRule;
use crate::rules::{Op, UpstairsPack, Verdict};
use std::collections::BTreeMap;

/// Ways listed at most, the cheapest first.
const LISTED: usize = 6;
/// Grid values of the first lever of a pair; the second is found by bisection.
const PAIR_STEPS: usize = 8;

/// Nothing to do gives an empty list. What cannot be reached inside the levers' bounds gives the best reachable, `reaches: false`.
pub(super) fn smallest_change(
    case: &ParcelCase,
    pack: &UpstairsPack,
    overrides: &Overrides,
    base: &UpstairsResult,
    prepared: Prepared,
) -> Vec<Change> {
    let wanted = overrides.wanted_gfa;
    let needed = match wanted {
        Some(wanted) => !Op::AtLeast.holds(base.gfa_m2, wanted),
        None => base.overall == Verdict::Fail,
    };
    if !needed {
        return Vec::new();
    }
    let levers = levers(pack, case, overrides, &prepared);
    let mut bench = Bench { case, pack, overrides, wanted, base, grounds: BTreeMap::new(), best_short: None };
    bench.grounds.insert(bench.ground_key(overrides), prepared);

    let mut ways: Vec<Change> = Vec::new();
    let mut reach: Vec<Option<f64>> = Vec::new();
    for lever in &levers {
        let found = bench.single(lever);
        reach.push(found.as_ref().map(|change| change.levers[0].to));
        ways.extend(found);
    }
    let mut limit = ways.iter().map(|change| change.cost).fold(f64::INFINITY, f64::min);
    for (first, a) in levers.iter().enumerate() {
        for (second, b) in levers.iter().enumerate().skip(first + 1) {
            if let Some(change) = bench.pair((a, reach[first]), (b, reach[second]), limit) {
                limit = limit.min(change.cost);
                ways.push(change);
            }
        }
    }
    // Stable: equal costs stay in lever order, singles before pairs.
    ways.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.levers.len().cmp(&b.levers.len())));
    ways.truncate(LISTED);
    if ways.is_empty() {
        ways.extend(bench.best_short);
    }
    ways
}

/// A lever with its present value and the bounds it may be moved to.
struct Lever<'a> {
    rule: &'a LeverRule,
    from: f64,
    /// Ends of the way it may go, the useful one first.
    ends: Vec<f64>,
}

/// The levers that mean something here: a limit that does not exist cannot be raised, lifts only count once they are stated.
fn levers<'a>(pack: &'a UpstairsPack, case: &ParcelCase, overrides: &Overrides, prepared: &Prepared) -> Vec<Lever<'a>> {
    let now = &prepared.limits;
    let deepest = |road: bool| prepared.line.pieces.iter().filter(|piece| piece.faces_road == road).map(|piece| piece.setback).reduce(f64::max);
    let present = |name: &str| match name {
        "far" => now.far.value,
        "height" => now.height.value,
        "coverage" => now.coverage.value,
        "storey_ground" => Some(now.heights[0]),
        "storey_lower" => Some(now.heights[1]),
        "storey_typical" => Some(now.heights[2]),
        "setback_road" => deepest(true),
        "setback_side" => deepest(false),
        "lifts" => overrides.lifts.map(|count| count as f64),
        "neighbour" => case.adjoining.as_ref().filter(|_| !overrides.neighbour).map(|_| 0.0),
        _ => None,
    };
    let falling = |name: &str| name.starts_with("storey") || name.starts_with("setback");
    let usable = pack.levers.iter().filter_map(|rule| Some((rule, present(&rule.name)?)));
    usable
        .map(|(rule, from)| {
            let mut ends = if falling(&rule.name) { vec![rule.min, rule.max] } else { vec![rule.max, rule.min] };
            ends.retain(|end| (end - from).abs() > 1e-9);
            Lever { rule, from, ends }
        })
        .collect()
}

impl Lever<'_> {
    /// Steps from the present value to an end.
    fn steps(&self, end: f64) -> usize {
        ((end - self.from).abs() / self.rule.step - 1e-9).ceil().max(1.0) as usize
    }

    fn value(&self, end: f64, step: usize) -> f64 {
        if step >= self.steps(end) {
            return end;
        }
        self.from + (end - self.from).signum() * step as f64 * self.rule.step
    }

    fn cost(&self, to: f64) -> f64 {
        let range = (self.rule.max - self.rule.min).max(f64::MIN_POSITIVE);
        self.rule.weight * (to - self.from).abs() / range
    }

    fn change(&self, to: f64) -> LeverChange {
        LeverChange { lever: self.rule.name.clone(), from: Some(self.from), to }
    }
}

/// Where schemes are tried. Ground that was searched once is kept: FAR, height, coverage and storey heights do not move it.
struct Bench<'a> {
    case: &'a ParcelCase,
    pack: &'a UpstairsPack,
    overrides: &'a Overrides,
    wanted: Option<f64>,
    base: &'a UpstairsResult,
    grounds: BTreeMap<[u64; 4], Prepared>,
    /// The best that did not reach: most GFA, then least cost.
    best_short: Option<Change>,
}

impl Bench<'_> {
    fn ground_key(&self, overrides: &Overrides) -> [u64; 4] {
        let bits = |value: Option<f64>| value.map_or(u64::MAX, f64::to_bits);
        // Height zones cut the outline by the height asked for.
        let height = if self.case.restrictions.iter().any(|restriction| restriction.height_limit_m.is_some()) { bits(overrides.height) } else { 0 };
        [bits(overrides.setback_road), bits(overrides.setback_side), u64::from(overrides.neighbour), height]
    }

    /// GFA with the levers at these values, and whether that is what was wanted.
    fn attempt(&mut self, moved: &[(&Lever<'_>, f64)]) -> (f64, bool) {
        let mut overrides = self.overrides.clone();
        for (lever, value) in moved {
            overrides.set(&lever.rule.name, *value);
        }
        let key = self.ground_key(&overrides);
        let (case, pack, known) = (self.case, self.pack, &self.base.plates);
        let prepared = self.grounds.entry(key).or_insert_with(|| {
            let mut ground = Prepared::new(case, pack, &overrides);
            ground.seed(known);
            ground
        });
        prepared.limits = limits(case, pack, &overrides);
        if let Some(open) = prepared.regimes.last_mut() {
            open.height = prepared.limits.height.value;
        }
        let result = evaluate(prepared, case, pack, &overrides, true).result;
        let reaches = match self.wanted {
            Some(wanted) => Op::AtLeast.holds(result.gfa_m2, wanted),
            None => result.overall != Verdict::Fail,
        };
        if !reaches {
            self.note_short(moved, result.gfa_m2);
        }
        (result.gfa_m2, reaches)
    }

    fn note_short(&mut self, moved: &[(&Lever<'_>, f64)], gfa: f64) {
        let cost = moved.iter().map(|(lever, to)| lever.cost(*to)).sum();
        let better = self.best_short.as_ref().is_none_or(|known| gfa > known.gfa_m2 * (1.0 + 1e-9) || (gfa >= known.gfa_m2 && cost < known.cost));
        if better {
            self.best_short = Some(Change { levers: moved.iter().map(|(lever, to)| lever.change(*to)).collect(), cost, gfa_m2: gfa, reaches: false });
        }
    }

    /// The nearest step of one lever that reaches with `fixed` in place: (value, GFA). Towards the useful end first; the other end serves rules that
    /// ask for less (a yard beside smaller plates) or for more of what costs GFA (a least height).
    fn nearest(&mut self, lever: &Lever<'_>, fixed: &[(&Lever<'_>, f64)], within: f64) -> Option<(f64, f64)> {
        for &end in &lever.ends {
            let try_at = |bench: &mut Self, value: f64| {
                let mut moved = fixed.to_vec();
                moved.push((lever, value));
                bench.attempt(&moved)
            };
            // What costs too much is not looked at, so the far end is the last affordable step.
            let affordable = (0..=lever.steps(end)).rev().find(|step| lever.cost(lever.value(end, *step)) < within);
            let Some(mut high) = affordable.filter(|step| *step > 0) else { continue };
            let (mut gfa, reaches) = try_at(self, lever.value(end, high));
            if !reaches {
                continue;
            }
            let mut low = 0;
            while high - low > 1 {
                let middle = (low + high) / 2;
                let (there, reaches) = try_at(self, lever.value(end, middle));
                if reaches {
                    (high, gfa) = (middle, there);
                } else {
                    low = middle;
                }
            }
            return Some((lever.value(end, high), gfa));
        }
        None
    }

    fn single(&mut self, lever: &Lever<'_>) -> Option<Change> {
        let (to, gfa) = self.nearest(lever, &[], f64::INFINITY)?;
        Some(Change { levers: vec![lever.change(to)], cost: lever.cost(to), gfa_m2: gfa, reaches: true })
    }

    /// The cheapest pair below `limit`: the first lever on its step grid on the way to its own solution, the second by bisection.
    fn pair(&mut self, (a, alone): (&Lever<'_>, Option<f64>), (b, _): (&Lever<'_>, Option<f64>), limit: f64) -> Option<Change> {
        let end = alone.or_else(|| a.ends.first().copied())?;
        let steps = a.steps(end);
        let stride = steps.div_ceil(PAIR_STEPS).max(1);
        let mut best: Option<Change> = None;
        let mut limit = limit;
        for step in (1..=steps).filter(|step| *step == steps || step % stride == 0) {
            let first = a.value(end, step);
            let spent = a.cost(first);
            if spent >= limit {
                break;
            }
            if let Some((second, gfa)) = self.nearest(b, &[(a, first)], limit - spent) {
                let cost = spent + b.cost(second);
                limit = cost;
                best = Some(Change { levers: vec![a.change(first), b.change(second)], cost, gfa_m2: gfa, reaches: true });
            }
        }
        best
    }
}
