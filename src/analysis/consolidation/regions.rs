//! Max-p regions (C16): as many connected regions as can each reach a threshold, then as alike inside as can be.
//!
//! # Source
//! The problem is Duque, Anselin and Rey (2012). Regions are peeled off from the rim, so that what is left keeps
//! together; enclaves join a neighbour; surplus is passed on until another region fits; then units change sides or
//! places under simulated annealing at a fixed number of regions. Starts are independent streams of the seed.

use super::dice::Dice;
use crate::spatial::Graph;
use ground::Ground;
use partition::Partition;
use rayon::prelude::*;

mod anneal;
mod bound;
mod construct;
mod ground;
mod partition;
#[cfg(test)]
mod tests;

const NONE: u32 = u32::MAX;

/// A max-p question; unit i is node i of the graph.
#[derive(Clone, Copy)]
pub struct RegionsInput<'a> {
    /// Threshold field of each unit.
    pub amount: &'a [f64],
    /// Least Σ amount of a region.
    pub at_least: f64,
    /// Fields that make units alike or not, one row per unit; compared as they are (no scaling).
    pub fields: &'a [Vec<f64>],
    /// Rook: edge contacts; queen: point contacts as well.
    pub graph: &'a Graph,
    pub seed: u64,
    /// 1 for the quick answer; more multiplies starts and steps.
    pub effort: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Regions {
    /// Region of each unit, numbered by smallest unit; `None` in a component that cannot reach the threshold.
    pub region_of: Vec<Option<u32>>,
    /// Number of regions.
    pub p: usize,
    /// H = Σ regions Σ pairs Σ fields |y_i − y_j|.
    pub heterogeneity: f64,
    /// Units of each component whose sum is below the threshold.
    pub unsolved: Vec<Vec<u32>>,
    /// p cannot exceed this: units that reach the threshold by themselves, and what the others' sums allow.
    pub p_bound: usize,
}

/// Starts of one batch; the next batch runs only while more regions seem possible.
const BATCH: usize = 2;
/// Starts without one region more after which no more are made.
const PATIENCE: usize = 24;
/// Small instances get more starts: units times starts stay about this.
const STARTED_UNITS: usize = 16_000;
const LEAST_STARTS: usize = 8;
const MOST_STARTS: usize = 64;
/// Best starts that are made alike: one, and so many more for each unit to spare beyond a few. A tiny instance is over in no
/// time but easily stuck: it has two at least. Few large regions lie in many ways, most of which no single walk reaches:
/// units times their starts stay about this.
const FEW_SPARE: f64 = 4.0;
const STARTS_A_SPARE: f64 = 6.0;
const MOST_POLISHED: usize = 3;
const MOST_POLISHED_OF_TINY: usize = 8;
const MOST_POLISHED_OF_LARGE: usize = 24;
const POLISHED_UNITS_OF_LARGE: usize = 4_000;
const LARGE_REGION: usize = 16;
const TINY: usize = 64;
/// Below this many units a thread costs more than it gains: starts come one by one.
const FEW_UNITS: usize = 200;

/// Solves; a function of the input alone unless `stop` cuts it short.
pub fn regions(input: &RegionsInput<'_>, stop: &(dyn Fn() -> bool + Sync)) -> Regions {
    let (component, count) = input.graph.components();
    let mut sums = vec![0.0; count];
    for (amount, c) in input.amount.iter().zip(&component) {
        sums[*c as usize] += amount;
    }
    let reaches = |sum: f64| sum >= input.at_least;
    let solvable: Vec<bool> = component.iter().map(|c| reaches(sums[*c as usize])).collect();
    let p_bound = bound::p_bound(input);
    let ground = Ground::new(input, solvable);
    let starts = constructed(&ground, p_bound, stop);
    let best = in_parallel(&ground, starts, |mut partition| {
        partition.anneal(stop);
        partition
    })
    .into_iter()
    .reduce(|best, next| if next.heterogeneity() < best.heterogeneity() { next } else { best });
    let unsolved = (0..count as u32)
        .filter(|c| !reaches(sums[*c as usize]))
        .map(|c| (0..component.len() as u32).filter(|i| component[*i as usize] == c).collect())
        .collect();
    match best {
        Some(best) => best.answer(unsolved, p_bound),
        None => Regions { region_of: Vec::new(), p: 0, heterogeneity: 0.0, unsolved, p_bound },
    }
}

/// The starts with most regions, the more alike first; batches end when the bound is met.
fn constructed<'a>(ground: &'a Ground<'a>, p_bound: usize, stop: &(dyn Fn() -> bool + Sync)) -> Vec<Partition<'a>> {
    let input = ground.input;
    let effort = input.effort.max(1);
    let batch = if ground.len() < FEW_UNITS { 1 } else { BATCH };
    let most_starts = (STARTED_UNITS / ground.len().max(1)).clamp(LEAST_STARTS, MOST_STARTS) * effort;
    let mut starts: Vec<Partition<'a>> = Vec::new();
    let (mut most_before, mut grown_at, mut polished) = (0, 0, 1);
    for first in (0..most_starts).step_by(batch) {
        let streams: Vec<usize> = (first..first + batch).filter(|start| *start == 0 || !stop()).collect();
        starts.extend(in_parallel(ground, streams, |start| Partition::construct(ground, p_bound, Dice::new(input.seed, start as u64))));
        let most = starts.iter().map(Partition::live).max().unwrap_or(0);
        starts.retain(|start| start.live() == most);
        if most > most_before {
            (most_before, grown_at) = (most, first);
        }
        polished = starts.first().map_or(1, |start| polished_of(ground, start));
        if (most >= p_bound && starts.len() >= polished) || first - grown_at >= PATIENCE * effort {
            break;
        }
    }
    // Sorting is stable: of equals the earlier stream stays in front.
    let mut keyed: Vec<(f64, Partition<'a>)> = starts.into_iter().map(|start| (start.heterogeneity(), start)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    keyed.into_iter().take(polished).map(|(_, start)| start).collect()
}

/// How many starts are worth making alike, told from one of them.
fn polished_of(ground: &Ground<'_>, start: &Partition<'_>) -> usize {
    let for_spare = ((start.spare_units() - FEW_SPARE).max(0.0) * STARTS_A_SPARE) as usize;
    let is_tiny = ground.len() <= TINY;
    let most = if ground.len() >= LARGE_REGION * start.live() {
        (POLISHED_UNITS_OF_LARGE / ground.len()).clamp(MOST_POLISHED, MOST_POLISHED_OF_LARGE)
    } else if is_tiny {
        MOST_POLISHED_OF_TINY
    } else {
        MOST_POLISHED
    };
    (1 + usize::from(is_tiny) + for_spare).min(most)
}

fn in_parallel<T: Send, U: Send>(ground: &Ground<'_>, items: Vec<T>, work: impl Fn(T) -> U + Sync + Send) -> Vec<U> {
    if ground.len() < FEW_UNITS { items.into_iter().map(work).collect() } else { items.into_par_iter().map(work).collect() }
}
