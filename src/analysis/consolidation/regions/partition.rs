//! A division into regions and the moves that keep each of them connected.

use super::{Dice, NONE, Regions, RegionsInput};

/// Sums of differences from each unit to each region are kept while there are at most this many; then a step costs
/// no walk over members.
const MOST_KEPT: usize = 1 << 16;
/// Differences of all pairs are kept up to this many units (8 bytes for each pair).
const MOST_PAIRED: usize = 1_500;

pub(super) struct Partition<'a> {
    pub input: &'a RegionsInput<'a>,
    width: usize,
    /// Fields, row by row.
    flat: Vec<f64>,
    pub region_of: Vec<u32>,
    pub members: Vec<Vec<u32>>,
    pub sum: Vec<f64>,
    pub dice: Dice,
    /// Differences of pairs, row by row; empty when there are too many.
    pairs: Vec<f64>,
    /// Region by region, the sum of differences from each unit to its members; empty when not kept.
    kept: Vec<f64>,
    /// Scratch of walks: a unit is seen when it bears the present mark.
    pub seen: Vec<u32>,
    pub mark: u32,
    stack: Vec<u32>,
    /// Scratch of trees: each unit's parent and the sum below it.
    pub tree: Vec<u32>,
    pub below: Vec<f64>,
}

impl<'a> Partition<'a> {
    pub(super) fn construct(input: &'a RegionsInput<'a>, solvable: &[bool], dice: Dice) -> Self {
        let count = input.amount.len();
        let mut partition = Partition {
            input,
            width: input.fields.first().map_or(0, Vec::len),
            flat: input.fields.iter().flatten().copied().collect(),
            region_of: vec![NONE; count],
            members: Vec::new(),
            sum: Vec::new(),
            dice,
            pairs: Vec::new(),
            kept: Vec::new(),
            seen: vec![0; count],
            mark: 0,
            stack: Vec::new(),
            tree: Vec::new(),
            below: Vec::new(),
        };
        partition.peel(solvable);
        partition.adopt(solvable);
        partition.subdivide();
        partition
    }

    pub(super) fn live(&self) -> usize {
        self.members.iter().filter(|m| !m.is_empty()).count()
    }

    pub(super) fn transfer(&mut self, i: u32, to: u32) {
        let from = self.region_of[i as usize] as usize;
        if let Some(at) = self.members[from].iter().position(|m| *m == i) {
            self.members[from].swap_remove(at);
        }
        self.sum[from] -= self.input.amount[i as usize];
        self.members[to as usize].push(i);
        self.sum[to as usize] += self.input.amount[i as usize];
        self.region_of[i as usize] = to;
        self.keep_up(i, from, to as usize);
    }

    /// Begins to keep sums of differences, if there are few enough.
    pub(super) fn keep_sums(&mut self) {
        let count = self.region_of.len();
        if count > MOST_PAIRED || count * self.members.len() > MOST_KEPT {
            return;
        }
        self.pairs = vec![0.0; count * count];
        for i in 0..count {
            for j in i + 1..count {
                let difference = self.difference(i as u32, j as u32);
                self.pairs[i * count + j] = difference;
                self.pairs[j * count + i] = difference;
            }
        }
        self.kept = vec![0.0; count * self.members.len()];
        for (region, members) in self.members.iter().enumerate() {
            for i in members {
                let row = &self.pairs[*i as usize * count..(*i as usize + 1) * count];
                self.kept[region * count..(region + 1) * count].iter_mut().zip(row).for_each(|(sum, difference)| *sum += difference);
            }
        }
    }

    fn keep_up(&mut self, i: u32, from: usize, to: usize) {
        if self.kept.is_empty() {
            return;
        }
        let count = self.region_of.len();
        let row = &self.pairs[i as usize * count..(i as usize + 1) * count];
        self.kept[from * count..(from + 1) * count].iter_mut().zip(row).for_each(|(sum, difference)| *sum -= difference);
        self.kept[to * count..(to + 1) * count].iter_mut().zip(row).for_each(|(sum, difference)| *sum += difference);
    }

    /// Σ fields |y_i − y_j|.
    pub(super) fn difference(&self, i: u32, j: u32) -> f64 {
        self.row(i).iter().zip(self.row(j)).map(|(a, b)| (a - b).abs()).sum()
    }

    fn row(&self, i: u32) -> &[f64] {
        &self.flat[i as usize * self.width..(i as usize + 1) * self.width]
    }

    /// Whether the region still hangs together without `i`.
    pub(super) fn can_leave(&mut self, i: u32) -> bool {
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
        self.stack.clear();
        self.stack.push(first);
        while let Some(at) = self.stack.pop() {
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
                self.stack.push(j);
            }
        }
        false
    }

    /// Σ over the region's members and fields of |y_i − y_j|.
    pub(super) fn distance(&self, i: u32, region: u32) -> f64 {
        if !self.kept.is_empty() {
            return self.kept[region as usize * self.region_of.len() + i as usize];
        }
        self.distance_afresh(i, region)
    }

    fn distance_afresh(&self, i: u32, region: u32) -> f64 {
        self.members[region as usize].iter().map(|j| self.difference(i, *j)).sum()
    }

    pub(super) fn heterogeneity(&self) -> f64 {
        (0..self.members.len() as u32).map(|r| self.members[r as usize].iter().map(|i| self.distance_afresh(*i, r)).sum::<f64>() / 2.0).sum()
    }

    pub(super) fn answer(&self, unsolved: Vec<Vec<u32>>, p_bound: usize) -> Regions {
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
