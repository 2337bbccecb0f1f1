//! A division into regions and the moves that keep each of them connected.

use super::ground::Ground;
use super::{Dice, NONE, Regions};

/// Sums of differences from each unit to each region are kept up to this many regions: a move then brings two rows of all
/// units up to date, which pays only while regions are large against the number of units.
const MOST_KEPT: usize = 48;
/// And up to this many units, for at first each is compared with every other.
const MOST_UNITS_KEPT: usize = 10_000;

/// Units visited to see whether a region hangs together without one, until the last word: where the way around is longer,
/// the move is given up, which loses few and spares walks through large regions.
const WALKED: usize = 48;

pub(super) struct Partition<'a> {
    pub ground: &'a Ground<'a>,
    pub region_of: Vec<u32>,
    pub members: Vec<Vec<u32>>,
    pub sum: Vec<f64>,
    pub dice: Dice,
    /// Region by region, the sum of differences from each unit to its members; empty when not kept.
    pub kept: Vec<f64>,
    /// Scratch: differences from one unit to all.
    row: Vec<f64>,
    /// Units that a walk may visit before it gives up.
    pub patience: usize,
    /// Steps of annealing so far, by what they cost.
    pub spent: usize,
    /// Scratch of walks: a unit is seen when it bears the present mark.
    pub seen: Vec<u32>,
    pub mark: u32,
    queue: Vec<u32>,
    /// Scratch of trees: each unit's parent and the sum below it.
    pub tree: Vec<u32>,
    pub below: Vec<f64>,
}

impl<'a> Partition<'a> {
    /// A start with as many regions as peeling and cutting find; `enough` regions are not cut further.
    pub(super) fn construct(ground: &'a Ground<'a>, enough: usize, dice: Dice) -> Self {
        let count = ground.len();
        let mut partition = Partition {
            ground,
            region_of: vec![NONE; count],
            members: Vec::new(),
            sum: Vec::new(),
            dice,
            kept: Vec::new(),
            row: Vec::new(),
            patience: WALKED,
            spent: 0,
            seen: vec![0; count],
            mark: 0,
            queue: Vec::new(),
            tree: Vec::new(),
            below: Vec::new(),
        };
        partition.peel();
        partition.adopt();
        if partition.live() < enough {
            partition.subdivide();
        }
        partition
    }

    pub(super) fn live(&self) -> usize {
        self.members.iter().filter(|m| !m.is_empty()).count()
    }

    /// About how many units could leave their regions all at once: surplus over the mean amount of the region's units.
    pub(super) fn spare_units(&self) -> f64 {
        let least = self.ground.input.at_least;
        let spare = |(members, sum): (&Vec<u32>, &f64)| {
            let most = members.len() as f64 - 1.0;
            (members.len() as f64 * (1.0 - least / sum)).min(most).max(0.0)
        };
        self.members.iter().zip(&self.sum).filter(|(members, sum)| members.len() > 1 && **sum > 0.0).map(spare).sum()
    }

    /// How many units could leave their regions all at once, the smallest first.
    pub(super) fn small_units_to_spare(&self) -> usize {
        let mut amounts: Vec<f64> = Vec::new();
        let of_region = |(members, sum): (&Vec<u32>, &f64)| {
            amounts.clear();
            amounts.extend(members.iter().map(|i| self.amount(*i)));
            amounts.sort_unstable_by(f64::total_cmp);
            let mut left = *sum;
            let leaves = |amount: &&f64| {
                left -= **amount;
                left >= self.ground.input.at_least
            };
            amounts.iter().take(members.len().saturating_sub(1)).take_while(leaves).count()
        };
        self.members.iter().zip(&self.sum).map(of_region).sum()
    }

    pub(super) fn amount(&self, i: u32) -> f64 {
        self.ground.input.amount[i as usize]
    }

    pub(super) fn transfer(&mut self, i: u32, to: u32) {
        let from = self.region_of[i as usize] as usize;
        if let Some(at) = self.members[from].iter().position(|m| *m == i) {
            self.members[from].swap_remove(at);
        }
        self.sum[from] -= self.amount(i);
        self.members[to as usize].push(i);
        self.sum[to as usize] += self.amount(i);
        self.region_of[i as usize] = to;
        self.keep_up(i, from, to as usize);
    }

    /// Begins to keep sums of differences, if that pays.
    pub(super) fn keep_sums(&mut self) {
        let count = self.region_of.len();
        if self.members.len() > MOST_KEPT || count > MOST_UNITS_KEPT {
            return;
        }
        self.kept = vec![0.0; count * self.members.len()];
        self.row = vec![0.0; count];
        for (region, members) in self.members.iter().enumerate() {
            let sums = &mut self.kept[region * count..(region + 1) * count];
            for i in members {
                self.ground.differences(*i, &mut self.row);
                sums.iter_mut().zip(&self.row).for_each(|(sum, difference)| *sum += difference);
            }
        }
    }

    fn keep_up(&mut self, i: u32, from: usize, to: usize) {
        if self.kept.is_empty() {
            return;
        }
        let count = self.region_of.len();
        self.ground.differences(i, &mut self.row);
        self.kept[from * count..(from + 1) * count].iter_mut().zip(&self.row).for_each(|(sum, difference)| *sum -= difference);
        self.kept[to * count..(to + 1) * count].iter_mut().zip(&self.row).for_each(|(sum, difference)| *sum += difference);
    }

    /// Whether the region still hangs together without `i`: a walk outwards from one of its neighbours that ends as soon
    /// as the others are met, mostly two steps away. It is false as well when `patience` runs out before.
    pub(super) fn can_leave(&mut self, i: u32) -> bool {
        let region = self.region_of[i as usize];
        let ground = self.ground;
        let Self { region_of, seen, queue, mark, patience, .. } = self;
        *mark += 2;
        // mark − 1: a neighbour of i still to be reached; mark: reached.
        let (wanted, reached) = (*mark - 1, *mark);
        let (mut first, mut missing) = (NONE, 0u32);
        for &j in ground.neighbours(i) {
            if region_of[j as usize] == region {
                seen[j as usize] = wanted;
                if first == NONE { first = j } else { missing += 1 }
            }
        }
        if first == NONE || missing == 0 {
            return first != NONE;
        }
        seen[i as usize] = reached;
        seen[first as usize] = reached;
        queue.clear();
        queue.push(first);
        let mut next = 0;
        while next < queue.len() && next < *patience {
            let at = queue[next];
            next += 1;
            for &j in ground.neighbours(at) {
                if region_of[j as usize] != region || seen[j as usize] == reached {
                    continue;
                }
                if seen[j as usize] == wanted {
                    missing -= 1;
                    if missing == 0 {
                        return true;
                    }
                }
                seen[j as usize] = reached;
                queue.push(j);
            }
        }
        false
    }

    /// Σ over the region's members and fields of |y_i − y_j|.
    pub(super) fn distance(&self, i: u32, region: u32) -> f64 {
        if !self.kept.is_empty() {
            return self.kept[region as usize * self.region_of.len() + i as usize];
        }
        self.members[region as usize].iter().map(|j| self.ground.difference(i, *j)).sum()
    }

    pub(super) fn heterogeneity(&self) -> f64 {
        let mut scratch = Vec::new();
        self.members.iter().map(|members| self.ground.heterogeneity(members, &mut scratch)).sum()
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
