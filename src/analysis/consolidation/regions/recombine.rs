//! Two neighbouring regions become one and are parted anew: what no row of single moves reaches while regions are large.

use super::NONE;
use super::anneal::Settled;
use super::partition::Partition;

/// Cuts of a tree that are compared.
const CUTS: usize = 4;
/// Units drawn for one on the border of two regions.
const DRAWN: usize = 16;
/// A new division is worked out only if moves alone bring it to within so many times the first heat of the old one.
const HOPEFUL: f64 = 5.0;
/// Rounds in vain at first, and for each that could part two regions, after which thresholds are too tight for more.
const VAIN: usize = 16;
const VAIN_A_PARTING: usize = 8;

/// A division to come back to.
struct Saved {
    region_of: Vec<u32>,
    members: Vec<Vec<u32>>,
    sum: Vec<f64>,
    kept: Vec<f64>,
}

impl Partition<'_> {
    /// Rounds of parting two regions anew, each followed by the last word and taken back unless all of it gains.
    pub(super) fn recombine(&mut self, units: &[u32], hot: f64, settled: &mut Settled, rounds: usize, stop: &(dyn Fn() -> bool + Sync)) {
        if self.kept.is_empty() {
            return;
        }
        let mut saved = Saved { region_of: self.region_of.clone(), members: self.members.clone(), sum: self.sum.clone(), kept: self.kept.clone() };
        settled.all_is();
        let mut parted = 0;
        for round in 0..rounds {
            if stop() || round > VAIN + VAIN_A_PARTING * parted {
                break;
            }
            let Some((pair, mut change)) = self.part_anew(units) else { continue };
            parted += 1;
            settled.unsettle(pair);
            change += self.descend(units, settled, false, stop);
            if change < HOPEFUL * hot {
                settled.unsettle_changed();
                change += self.descend(units, settled, true, stop);
            }
            self.keep_or_restore(change < -1e-9, settled, &mut saved);
            settled.all_is();
        }
    }

    /// Only what has changed is copied, one way or the other.
    fn keep_or_restore(&mut self, is_kept: bool, settled: &Settled, saved: &mut Saved) {
        let count = self.region_of.len();
        for region in (0..self.members.len()).filter(|region| settled.is_changed(*region)) {
            let row = region * count..(region + 1) * count;
            if is_kept {
                saved.members[region].clone_from(&self.members[region]);
                saved.sum[region] = self.sum[region];
                saved.kept[row.clone()].copy_from_slice(&self.kept[row]);
            } else {
                self.members[region].clone_from(&saved.members[region]);
                self.sum[region] = saved.sum[region];
                self.kept[row.clone()].copy_from_slice(&saved.kept[row]);
            }
        }
        if is_kept {
            saved.region_of.copy_from_slice(&self.region_of);
        } else {
            self.region_of.copy_from_slice(&saved.region_of);
        }
    }

    /// Parts two neighbouring regions along a random spanning tree of both; which, and the change of H.
    fn part_anew(&mut self, units: &[u32]) -> Option<([u32; 2], f64)> {
        let [a, b] = self.neighbouring_regions(units)?;
        let order = self.tree_of_both(a, b);
        let mut cuts = self.cuts(&order, self.sum[a as usize] + self.sum[b as usize]);
        let before = self.inner(a) + self.inner(b);
        let mut scratch = Vec::new();
        let mut best = (f64::INFINITY, Vec::new());
        for _ in 0..CUTS.min(cuts.len()) {
            let top = cuts.swap_remove(self.dice.below(cuts.len()));
            let (below, above) = self.sides_of(top, &order);
            let inner = self.ground.heterogeneity(&below, &mut scratch) + self.ground.heterogeneity(&above, &mut scratch);
            if inner < best.0 {
                best = (inner, below);
            }
        }
        let below = best.1;
        if below.is_empty() {
            return None;
        }
        // Each side keeps the name under which fewer units move.
        let of_a = below.iter().filter(|i| self.region_of[**i as usize] == a).count();
        let (to_below, to_above) = if 2 * of_a >= below.len() { (a, b) } else { (b, a) };
        self.mark += 1;
        let mark = self.mark;
        below.iter().for_each(|i| self.seen[*i as usize] = mark);
        for i in order {
            let to = if self.seen[i as usize] == mark { to_below } else { to_above };
            if self.region_of[i as usize] != to {
                self.transfer(i, to);
            }
        }
        Some(([a, b], self.inner(a) + self.inner(b) - before))
    }

    fn neighbouring_regions(&mut self, units: &[u32]) -> Option<[u32; 2]> {
        let ground = self.ground;
        (0..DRAWN).find_map(|_| {
            let i = units[self.dice.below(units.len())];
            let j = self.dice.pick(ground.neighbours(i))?;
            let (a, b) = (self.region_of[i as usize], self.region_of[j as usize]);
            (a != b && b != NONE).then_some([a, b])
        })
    }

    /// A random spanning tree of two regions as if they were one, from the root outwards.
    fn tree_of_both(&mut self, a: u32, b: u32) -> Vec<u32> {
        let count = self.region_of.len();
        self.tree.resize(count, NONE);
        self.below.resize(count, 0.0);
        let second = self.members[b as usize].clone();
        let both = [self.members[a as usize].as_slice(), &second].concat();
        second.iter().for_each(|i| self.region_of[*i as usize] = a);
        let order = self.grow_tree(a, &both);
        second.iter().for_each(|i| self.region_of[*i as usize] = b);
        order
    }

    /// Units of the tree below which there is enough, and enough besides.
    fn cuts(&mut self, order: &[u32], total: f64) -> Vec<u32> {
        let least = self.ground.input.at_least;
        for &i in order {
            self.below[i as usize] = self.amount(i);
        }
        let mut tops = Vec::new();
        for &i in order[1..].iter().rev() {
            let own = self.below[i as usize];
            if own >= least && total - own >= least {
                tops.push(i);
            }
            self.below[self.tree[i as usize] as usize] += own;
        }
        tops
    }

    /// The units of the tree from `top` on, and the others.
    fn sides_of(&mut self, top: u32, order: &[u32]) -> (Vec<u32>, Vec<u32>) {
        self.mark += 1;
        let mark = self.mark;
        self.seen[top as usize] = mark;
        for &i in &order[1..] {
            if self.seen[self.tree[i as usize] as usize] == mark {
                self.seen[i as usize] = mark;
            }
        }
        order.iter().partition(|i| self.seen[**i as usize] == mark)
    }

    /// Σ of differences within a region, from the sums that are kept.
    fn inner(&self, region: u32) -> f64 {
        self.members[region as usize].iter().map(|i| self.distance(*i, region)).sum::<f64>() / 2.0
    }
}
