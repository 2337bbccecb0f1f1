//! Every connected subset of a few parcels, each met once, and the feasible sites among them.

use super::problem::{Problem, Site, within};
use crate::spatial::PolygonSet;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Instances up to this many eligible parcels are enumerated (analyses.md §2).
pub(super) const MOST_UNITS: usize = 20;

/// More connected subsets than this are not looked through.
const MOST_SUBSETS: usize = 1 << MOST_UNITS;

/// Parcels of an enumeration as bits: bit i is `Sites::units[i]`.
pub(super) type Mask = u64;

/// Every feasible site among some units, by rising mask.
pub(super) struct Sites {
    pub units: Vec<u32>,
    pub list: Vec<(Mask, Site)>,
    pub pins: Mask,
}

/// All feasible sites of the whole instance, or nothing when `stop` said so first.
pub(super) fn enumerate<S: PolygonSet>(problem: &Problem<'_, S>, stop: &(dyn Fn() -> bool + Sync)) -> Option<Sites> {
    enumerate_among(problem, (0..problem.units.len() as u32).collect(), MOST_SUBSETS, stop)
}

/// All feasible sites among `units` (sorted, at most 64); nothing when stopped, or when more than `most` sites may be feasible.
pub(super) fn enumerate_among<S: PolygonSet>(
    problem: &Problem<'_, S>,
    units: Vec<u32>,
    most: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Sites> {
    let candidates = Subsets::new(problem, &units, most).all()?;
    let stopped = AtomicBool::new(false);
    let list: Vec<(Mask, Site)> = candidates
        .into_par_iter()
        .filter_map(|mask| {
            if stopped.load(Ordering::Relaxed) || stop() {
                stopped.store(true, Ordering::Relaxed);
                return None;
            }
            let site = problem.site(bits(mask).map(|i| units[i]).collect());
            problem.broken_limit(&site).is_none().then_some((mask, site))
        })
        .collect();
    let pins = units.iter().enumerate().filter(|(_, unit)| problem.units[**unit as usize].pinned).fold(0, |mask, (i, _)| mask | 1 << i);
    (!stopped.into_inner()).then_some(Sites { units, list, pins })
}

/// Connected subsets whose sums do not rule them out, each met once: a subset grows by neighbours above its lowest unit
/// that no earlier member was next to (Wernicke 2006).
struct Subsets<'p, 'a, S: PolygonSet> {
    problem: &'p Problem<'a, S>,
    units: &'p [u32],
    links: Vec<Mask>,
    most: usize,
    seen: usize,
    found: Vec<Mask>,
}

/// Sums over a subset: area, a lower bound of its union's area, cost.
#[derive(Clone, Copy, Default)]
struct Sums {
    area: f64,
    least_area: f64,
    cost: f64,
}

impl<'p, 'a, S: PolygonSet> Subsets<'p, 'a, S> {
    fn new(problem: &'p Problem<'a, S>, units: &'p [u32], most: usize) -> Self {
        let place = |unit: u32| units.binary_search(&unit).ok();
        let links = units.iter().map(|unit| problem.graph.neighbours(*unit).filter_map(place).fold(0, |mask, j| mask | 1 << j)).collect();
        Subsets { problem, units, links, most, seen: 0, found: Vec::new() }
    }

    /// By rising mask; nothing when there are too many.
    fn all(mut self) -> Option<Vec<Mask>> {
        for first in 0..self.units.len() {
            let above = if first + 1 < Mask::BITS as usize { Mask::MAX << (first + 1) } else { 0 };
            let own = 1 << first;
            let sums = self.with(Sums::default(), first);
            self.extend(own, self.links[first] & above, own | self.links[first], above, sums)?;
        }
        self.found.sort_unstable();
        Some(self.found)
    }

    fn with(&self, sums: Sums, i: usize) -> Sums {
        let unit = &self.problem.units[self.units[i] as usize];
        Sums {
            area: sums.area + unit.area,
            // Overlaps count once: what the unit shares with any other may be there already.
            least_area: sums.least_area + (unit.area - unit.overlap).max(0.0),
            cost: sums.cost + unit.cost,
        }
    }

    fn extend(&mut self, subset: Mask, mut open: Mask, near: Mask, above: Mask, sums: Sums) -> Option<()> {
        let params = &self.problem.params;
        if sums.least_area > params.max_area() + 1e-5 || !within(sums.cost, params.budget()) {
            return Some(());
        }
        self.seen += 1;
        if sums.area >= params.min_area_m2 - 1e-5 {
            self.found.push(subset);
        }
        if self.seen > MOST_SUBSETS || self.found.len() > self.most {
            return None;
        }
        while open != 0 {
            let next = open.trailing_zeros() as usize;
            open &= open - 1;
            let links = self.links[next];
            self.extend(subset | 1 << next, open | (links & above & !near), near | links, above, self.with(sums, next))?;
        }
        Some(())
    }
}

pub(super) fn bits(mask: Mask) -> impl Iterator<Item = usize> {
    let mut rest = mask;
    std::iter::from_fn(move || {
        (rest != 0).then(|| {
            let bit = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            bit
        })
    })
}
