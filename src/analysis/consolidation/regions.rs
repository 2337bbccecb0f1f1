//! Max-p regions (C16): as many connected regions as can each reach a threshold, then as alike inside as can be.
//!
//! # Source
//! The problem is Duque, Anselin and Rey (2012). Regions are peeled off from the rim, so that what is left keeps
//! together; enclaves join a neighbour; surplus is passed on until another region fits; then units change sides under
//! simulated annealing at a fixed number of regions. Starts are independent streams of the seed.

use super::dice::Dice;
use crate::spatial::Graph;
use rayon::prelude::*;

mod anneal;
mod construct;
#[cfg(test)]
mod tests;

const NONE: u32 = u32::MAX;

/// A max-p question; unit i is node i of the graph.
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

/// Solves; a function of the input alone unless `stop` cuts it short.
pub fn regions(input: &RegionsInput<'_>, stop: &(dyn Fn() -> bool + Sync)) -> Regions {
    const STARTS: u64 = 8;
    const POLISHED: usize = 2;
    let (component, count) = input.graph.components();
    let mut sums = vec![0.0; count];
    for (amount, c) in input.amount.iter().zip(&component) {
        sums[*c as usize] += amount;
    }
    let solvable: Vec<bool> = component.iter().map(|c| sums[*c as usize] >= input.at_least).collect();
    let p_bound =
        if input.at_least > 0.0 { sums.iter().map(|s| (s / input.at_least * (1.0 + 1e-12)).floor() as usize).sum() } else { input.amount.len() };
    let mut starts: Vec<(u64, Partition<'_>)> = (0..STARTS)
        .into_par_iter()
        .filter(|start| *start == 0 || !stop())
        .map(|start| (start, Partition::construct(input, &solvable, Dice::new(input.seed, start))))
        .collect();
    starts.sort_by(|a, b| b.1.live().cmp(&a.1.live()).then(a.0.cmp(&b.0)));
    starts.truncate(POLISHED);
    let most = starts[0].1.live();
    starts.retain(|s| s.1.live() == most);
    let mut polished: Vec<(u64, Partition<'_>)> = starts
        .into_par_iter()
        .map(|(start, mut partition)| {
            partition.anneal(stop);
            (start, partition)
        })
        .collect();
    polished.sort_by(|a, b| b.1.live().cmp(&a.1.live()).then(a.1.heterogeneity().total_cmp(&b.1.heterogeneity())).then(a.0.cmp(&b.0)));
    let unsolved = (0..count as u32)
        .filter(|c| sums[*c as usize] < input.at_least)
        .map(|c| (0..component.len() as u32).filter(|i| component[*i as usize] == c).collect())
        .collect();
    polished[0].1.answer(unsolved, p_bound)
}

struct Partition<'a> {
    input: &'a RegionsInput<'a>,
    width: usize,
    /// Fields, row by row.
    flat: Vec<f64>,
    region_of: Vec<u32>,
    members: Vec<Vec<u32>>,
    sum: Vec<f64>,
    dice: Dice,
    seen: Vec<u32>,
    mark: u32,
}

impl<'a> Partition<'a> {
    fn construct(input: &'a RegionsInput<'a>, solvable: &[bool], dice: Dice) -> Self {
        let count = input.amount.len();
        let mut partition = Partition {
            input,
            width: input.fields.first().map_or(0, Vec::len),
            flat: input.fields.iter().flatten().copied().collect(),
            region_of: vec![NONE; count],
            members: Vec::new(),
            sum: Vec::new(),
            dice,
            seen: vec![0; count],
            mark: 0,
        };
        partition.peel(solvable);
        partition.adopt(solvable);
        partition.subdivide();
        partition
    }

    fn live(&self) -> usize {
        self.members.iter().filter(|m| !m.is_empty()).count()
    }

    fn transfer(&mut self, i: u32, to: u32) {
        let from = self.region_of[i as usize] as usize;
        if let Some(at) = self.members[from].iter().position(|m| *m == i) {
            self.members[from].swap_remove(at);
        }
        self.sum[from] -= self.input.amount[i as usize];
        self.members[to as usize].push(i);
        self.sum[to as usize] += self.input.amount[i as usize];
        self.region_of[i as usize] = to;
    }

    /// Whether the region still hangs together without `i`.
    fn can_leave(&mut self, i: u32) -> bool {
        let region = self.region_of[i as usize];
        let graph = self.input.graph;
        let mut open = graph.neighbours(i).filter(|j| self.region_of[*j as usize] == region);
        let Some(first) = open.next() else { return false };
        let mut missing = open.count();
        if missing == 0 {
            return true;
        }
        self.mark += 2;
        // mark − 1: a neighbour of i still to be reached; mark: reached.
        let (wanted, reached) = (self.mark - 1, self.mark);
        for j in graph.neighbours(i).filter(|j| self.region_of[*j as usize] == region) {
            self.seen[j as usize] = wanted;
        }
        self.seen[i as usize] = reached;
        self.seen[first as usize] = reached;
        let mut stack = vec![first];
        while let Some(at) = stack.pop() {
            for j in graph.neighbours(at) {
                if self.region_of[j as usize] != region || self.seen[j as usize] == reached {
                    continue;
                }
                if self.seen[j as usize] == wanted {
                    missing -= 1;
                    if missing == 0 {
                        return true;
                    }
                }
                self.seen[j as usize] = reached;
                stack.push(j);
            }
        }
        false
    }

    /// Σ over the region's members and fields of |y_i − y_j|.
    fn distance(&self, i: u32, region: u32) -> f64 {
        let row = |i: u32| &self.flat[i as usize * self.width..(i as usize + 1) * self.width];
        let own = row(i);
        self.members[region as usize].iter().map(|j| own.iter().zip(row(*j)).map(|(a, b)| (a - b).abs()).sum::<f64>()).sum()
    }

    fn heterogeneity(&self) -> f64 {
        (0..self.members.len() as u32).map(|r| self.members[r as usize].iter().map(|i| self.distance(*i, r)).sum::<f64>() / 2.0).sum()
    }

    fn answer(&self, unsolved: Vec<Vec<u32>>, p_bound: usize) -> Regions {
        let mut number = vec![NONE; self.members.len()];
        let mut p = 0;
        let region_of = self
            .region_of
            .iter()
            .map(|region| {
                if *region == NONE {
                    return None;
                }
                let slot = &mut number[*region as usize];
                if *slot == NONE {
                    *slot = p;
                    p += 1;
                }
                Some(*slot)
            })
            .collect();
        Regions { region_of, p: p as usize, heterogeneity: self.heterogeneity(), unsolved, p_bound }
    }
}
