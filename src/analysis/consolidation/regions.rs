//! Max-p regions (C16): as many connected regions as can each reach a threshold, then as alike inside as can be.
//!
//! # Source
//! The problem is Duque, Anselin and Rey (2012). Regions are peeled off from the rim, so that what is left keeps
//! together; enclaves join a neighbour; surplus is passed on until another region fits; then units change sides or
//! places under simulated annealing at a fixed number of regions. Starts are independent streams of the seed.

use super::dice::Dice;
use crate::spatial::Graph;
use partition::Partition;
use rayon::prelude::*;

mod anneal;
mod construct;
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
    /// p cannot exceed this: Σ components ⌊sum / threshold⌋.
    pub p_bound: usize,
}

/// Starts of one batch; the next batch runs only while more regions seem possible.
const BATCH: u64 = 4;
/// Batches without one region more after which no more are made.
const PATIENCE: u64 = 6;
/// Best starts that are made alike; of a tiny instance one, for its starts are much the same.
const POLISHED: usize = 2;
/// Up to this many units an instance is tiny: it is over in a fraction of a millisecond, and more work gains next to nothing.
const TINY: usize = 64;
/// Below this many units a thread costs more than it gains.
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
    let p_bound =
        if input.at_least > 0.0 { sums.iter().map(|s| (s / input.at_least * (1.0 + 1e-12)).floor() as usize).sum() } else { input.amount.len() };
    let starts = constructed(input, &solvable, p_bound, stop);
    let best = in_parallel(input, starts, |mut partition| {
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
fn constructed<'a>(input: &'a RegionsInput<'a>, solvable: &[bool], p_bound: usize, stop: &(dyn Fn() -> bool + Sync)) -> Vec<Partition<'a>> {
    let effort = input.effort.max(1) as u64;
    let most_batches = (BATCHED_UNITS / input.amount.len().max(1)).clamp(2, 16) as u64 * effort;
    let mut starts: Vec<Partition<'a>> = Vec::new();
    let (mut most_before, mut grown_in) = (0, 0);
    for batch in 0..most_batches {
        let streams: Vec<u64> = (batch * BATCH..(batch + 1) * BATCH).filter(|start| *start == 0 || !stop()).collect();
        starts.extend(in_parallel(input, streams, |start| Partition::construct(input, solvable, Dice::new(input.seed, start))));
        let most = starts.iter().map(Partition::live).max().unwrap_or(0);
        starts.retain(|start| start.live() == most);
        if most > most_before {
            (most_before, grown_in) = (most, batch);
        }
        if most >= p_bound || batch - grown_in >= PATIENCE * effort {
            break;
        }
    }
    // Sorting is stable: of equals the earlier stream stays in front.
    let mut keyed: Vec<(f64, Partition<'a>)> = starts.into_iter().map(|start| (start.heterogeneity(), start)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let polished = if input.amount.len() <= TINY { 1 } else { POLISHED };
    keyed.into_iter().take(polished).map(|(_, start)| start).collect()
}

/// Small instances get more batches: units times batches stay about this.
const BATCHED_UNITS: usize = 4_000;

fn in_parallel<T: Send, U: Send>(input: &RegionsInput<'_>, items: Vec<T>, work: impl Fn(T) -> U + Sync + Send) -> Vec<U> {
    if input.amount.len() < FEW_UNITS { items.into_iter().map(work).collect() } else { items.into_par_iter().map(work).collect() }
}
