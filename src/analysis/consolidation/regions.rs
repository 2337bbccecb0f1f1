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
mod recombine;
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
/// Starts without one region more after which no more are made; more of them where a region more would be a larger share.
const PATIENCE: usize = 24;
const PATIENCE_OF_FEW: usize = 400;
/// Small instances get more starts: units times starts stay about this.
const STARTED_UNITS: usize = 16_000;
const LEAST_STARTS: usize = 8;
const MOST_STARTS: usize = 128;
/// Best starts that are made alike: one, and one more for so much of the square of the units to spare. A tiny instance is
/// over in no time but easily stuck: it may have more, and has two at least.
const SPARE_SQUARED_A_START: f64 = 20.0;
const MOST_POLISHED: usize = 3;
const MOST_POLISHED_OF_TINY: usize = 8;
const TINY: usize = 64;
/// Regions of so many units of which so many small ones could leave lie in many ways, most of which no walk from one start
/// reaches. Their starts grow with the square of the units a region up to a most, units times starts stay below another.
const LARGE_REGION: f64 = 10.0;
const SMALL_TO_SPARE: usize = 5;
const VERY_LARGE_REGION: f64 = 24.0;
const MOST_POLISHED_OF_LARGE: f64 = 24.0;
const POLISHED_UNITS_OF_LARGE: usize = 2_000;
/// Rounds of recombining: so many for each unit of a region, until rounds times units of a region come to a most.
const ROUNDS_A_UNIT: f64 = 6.0;
const RECOMBINED_UNITS: f64 = 2_000.0;
/// Below this many units a thread costs more than it gains, except for rounds of recombining: starts come one by one.
const FEW_UNITS: usize = 200;

/// What a sum may fall short of the threshold by rounding, of the threshold.
const SUM_ROUNDING: f64 = 1e-9;

/// Solves; a function of the input alone unless `stop` cuts it short.
pub fn regions(input: &RegionsInput<'_>, stop: &(dyn Fn() -> bool + Sync)) -> Regions {
    // Amounts are decimal numbers and their sums are not: eight times 0.1 is to reach 0.8.
    let input = &RegionsInput { at_least: input.at_least * (1.0 - SUM_ROUNDING), ..*input };
    let (component, count) = input.graph.components();
    let mut sums = vec![0.0; count];
    for (amount, c) in input.amount.iter().zip(&component) {
        sums[*c as usize] += amount;
    }
    let reaches = |sum: f64| sum >= input.at_least;
    let solvable: Vec<bool> = component.iter().map(|c| reaches(sums[*c as usize])).collect();
    let p_bound = bound::p_bound(input);
    let ground = Ground::new(input, solvable);
    let (starts, rounds) = constructed(&ground, p_bound, stop);
    let is_long = ground.len() >= FEW_UNITS || rounds > 0;
    let best = in_parallel(is_long, starts, |mut partition| {
        partition.anneal(rounds, stop);
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

/// The starts with most regions, the more alike first, and rounds of recombining for each; batches end when the bound is met.
fn constructed<'a>(ground: &'a Ground<'a>, p_bound: usize, stop: &(dyn Fn() -> bool + Sync)) -> (Vec<Partition<'a>>, usize) {
    let input = ground.input;
    let effort = input.effort.max(1);
    let batch = if ground.len() < FEW_UNITS { 1 } else { BATCH };
    let most_starts = (STARTED_UNITS / ground.len().max(1)).clamp(LEAST_STARTS, MOST_STARTS) * effort;
    let mut starts: Vec<Partition<'a>> = Vec::new();
    let (mut most_before, mut grown_at, mut polish) = (0, 0, Polish { starts: 1, rounds: 0 });
    for first in (0..most_starts).step_by(batch) {
        let streams: Vec<usize> = (first..first + batch).filter(|start| *start == 0 || !stop()).collect();
        starts.extend(in_parallel(ground.len() >= FEW_UNITS, streams, |start| {
            Partition::construct(ground, p_bound, Dice::new(input.seed, start as u64))
        }));
        let most = starts.iter().map(Partition::live).max().unwrap_or(0);
        starts.retain(|start| start.live() == most);
        if most > most_before {
            (most_before, grown_at) = (most, first);
        }
        polish = starts.first().map_or(polish, |start| polish_of(ground, start));
        let patience = if most < p_bound { PATIENCE.max(PATIENCE_OF_FEW / most.max(1)) } else { PATIENCE };
        if (most >= p_bound && starts.len() >= polish.starts) || first - grown_at >= patience * effort {
            break;
        }
    }
    // Sorting is stable: of equals the earlier stream stays in front.
    let mut keyed: Vec<(f64, Partition<'a>)> = starts.into_iter().map(|start| (start.heterogeneity(), start)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    (keyed.into_iter().take(polish.starts).map(|(_, start)| start).collect(), polish.rounds * effort)
}

/// How much work is worth while to make regions alike.
#[derive(Clone, Copy)]
struct Polish {
    starts: usize,
    /// Of recombining, for each start.
    rounds: usize,
}

/// Told from one of the starts.
fn polish_of(ground: &Ground<'_>, start: &Partition<'_>) -> Polish {
    let for_spare = (start.spare_units().powi(2) / SPARE_SQUARED_A_START) as usize;
    let starts = if ground.len() <= TINY { (2 + for_spare).min(MOST_POLISHED_OF_TINY) } else { (1 + for_spare).min(MOST_POLISHED) };
    let size = ground.len() as f64 / start.live().max(1) as f64;
    if size < LARGE_REGION || start.small_units_to_spare() < SMALL_TO_SPARE {
        return Polish { starts, rounds: 0 };
    }
    let for_size = ((size / VERY_LARGE_REGION).powi(2) * MOST_POLISHED_OF_LARGE).min(MOST_POLISHED_OF_LARGE) as usize;
    let for_units = POLISHED_UNITS_OF_LARGE / ground.len();
    Polish { starts: for_size.min(for_units).max(starts), rounds: (ROUNDS_A_UNIT * size).min(RECOMBINED_UNITS / size) as usize }
}

fn in_parallel<T: Send, U: Send>(is_long: bool, items: Vec<T>, work: impl Fn(T) -> U + Sync + Send) -> Vec<U> {
    if is_long { items.into_par_iter().map(work).collect() } else { items.into_iter().map(work).collect() }
}
