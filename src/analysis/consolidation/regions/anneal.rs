//! Alike regions: units change sides, or places with a neighbour's, at a fixed number of regions.

use super::NONE;
use super::partition::Partition;

/// Steps per unit grow with the instance, one for every so many units, up to the most; the most work is in differences
/// looked at. The question's effort multiplies all of it.
const UNITS_A_STEP: usize = 4;
const MOST_STEPS_A_UNIT: usize = 250;
const MOST_WORK: usize = 40_000_000;

impl Partition<'_> {
    /// Units move while that makes regions more alike, some losses taken at first.
    pub(super) fn anneal(&mut self, stop: &(dyn Fn() -> bool + Sync)) {
        let units: Vec<u32> = (0..self.region_of.len() as u32).filter(|i| self.region_of[*i as usize] != NONE).collect();
        if units.is_empty() || self.live() < 2 {
            return;
        }
        self.keep_sums();
        let size = units.len() / self.live() + 1;
        let units_a_step = if units.len() <= super::TINY { 3 * UNITS_A_STEP } else { UNITS_A_STEP };
        let steps = self.input.effort.max(1) * (units.len() * (units.len() / units_a_step).min(MOST_STEPS_A_UNIT)).min(MOST_WORK / size);
        let hot = self.temperature(&units);
        let mut total = 0.0;
        let mut best = (0.0, self.region_of.clone());
        for step in 0..steps {
            if step % 256 == 0 && stop() {
                break;
            }
            let left = 1.0 - step as f64 / steps as f64;
            let heat = if left > 0.1 { hot * left * left } else { 0.0 };
            let i = units[self.dice.below(units.len())];
            if let Some(change) = self.try_step(i, heat) {
                total += change;
                // Copies are dear: the best is kept only once the heat is low.
                if left < 0.5 && total < best.0 - 1e-9 && step % 64 == 0 {
                    best = (total, self.region_of.clone());
                }
            }
        }
        total += self.descend(&units, stop);
        if best.0 < total {
            self.restore(best.1);
        }
    }

    /// Something like the change of H when a middling unit moves: its differences to its own region.
    fn temperature(&mut self, units: &[u32]) -> f64 {
        // Tuned on libpysal's examples and lattices: half of it is still too cold for large regions, twice too hot.
        const SHARE: f64 = 0.6;
        let mut sample: Vec<f64> = (0..64)
            .map(|_| {
                let i = units[self.dice.below(units.len())];
                self.distance(i, self.region_of[i as usize])
            })
            .collect();
        sample.sort_unstable_by(f64::total_cmp);
        sample[sample.len() / 2] * SHARE
    }

    /// The last word: every unit takes its best move until none gains.
    fn descend(&mut self, units: &[u32], stop: &(dyn Fn() -> bool + Sync)) -> f64 {
        let mut total = 0.0;
        for _ in 0..50 {
            let mut gained = false;
            for &i in units {
                if stop() {
                    return total;
                }
                while let Some(change) = self.try_step(i, 0.0) {
                    total += change;
                    gained = true;
                }
            }
            if !gained {
                break;
            }
        }
        total
    }

    fn restore(&mut self, region_of: Vec<u32>) {
        for (i, region) in region_of.into_iter().enumerate() {
            if self.region_of[i] != region {
                self.transfer(i as u32, region);
            }
        }
    }

    /// Moves unit `i` to a neighbouring region, or changes its place with a unit of it, if that gains or by chance if it
    /// loses little; the change of H.
    fn try_step(&mut self, i: u32, heat: f64) -> Option<f64> {
        let from = self.region_of[i as usize];
        let mut around: [u32; 8] = [NONE; 8];
        let mut found = 0;
        for j in self.input.graph.neighbours(i) {
            let region = self.region_of[j as usize];
            if region != from && region != NONE && found < around.len() && !around[..found].contains(&region) {
                around[found] = region;
                found += 1;
            }
        }
        if found == 0 {
            return None;
        }
        let to = if heat > 0.0 {
            around[self.dice.below(found)]
        } else {
            around[..found].iter().copied().min_by(|a, b| self.distance(i, *a).total_cmp(&self.distance(i, *b)))?
        };
        let spares = self.members[from as usize].len() > 1 && self.sum[from as usize] - self.input.amount[i as usize] >= self.input.at_least;
        if spares { self.try_move(i, to, heat) } else { self.try_swap(i, to, heat) }
    }

    fn is_taken(&mut self, change: f64, heat: f64) -> bool {
        change < -1e-12 || (heat > 0.0 && self.dice.unit() < (-change / heat).exp())
    }

    fn try_move(&mut self, i: u32, to: u32, heat: f64) -> Option<f64> {
        let change = self.distance(i, to) - self.distance(i, self.region_of[i as usize]);
        if !self.is_taken(change, heat) || !self.can_leave(i) {
            return None;
        }
        self.transfer(i, to);
        Some(change)
    }

    /// Unit `i` goes to `to` and one of its units comes back: what thresholds without slack leave to do.
    fn try_swap(&mut self, i: u32, to: u32, heat: f64) -> Option<f64> {
        const TRIES: usize = 4;
        let from = self.region_of[i as usize];
        let gain = self.distance(i, to) - self.distance(i, from);
        let (mine, least) = (self.input.amount[i as usize], self.input.at_least);
        for _ in 0..TRIES {
            let j = self.members[to as usize][self.dice.below(self.members[to as usize].len())];
            let yours = self.input.amount[j as usize];
            let touches = self.input.graph.neighbours(j).any(|k| k != i && self.region_of[k as usize] == from);
            let reaches = self.sum[from as usize] - mine + yours >= least && self.sum[to as usize] - yours + mine >= least;
            // A region of one unit has nobody left to touch.
            if !reaches || !(touches || self.members[from as usize].len() == 1) {
                continue;
            }
            let change = gain + self.distance(j, from) - self.distance(j, to) - 2.0 * self.difference(i, j);
            if !self.is_taken(change, heat) {
                continue;
            }
            if self.can_swap(i, j) {
                self.transfer(i, to);
                self.transfer(j, from);
                return Some(change);
            }
        }
        None
    }

    /// Whether both regions hang together after `i` and `j` have changed places.
    fn can_swap(&mut self, i: u32, j: u32) -> bool {
        let (from, to) = (self.region_of[i as usize], self.region_of[j as usize]);
        if self.members[from as usize].len() == 1 || self.members[to as usize].len() == 1 {
            return false;
        }
        self.region_of[j as usize] = from;
        let first = self.can_leave(i);
        self.region_of[j as usize] = to;
        if !first {
            return false;
        }
        self.region_of[i as usize] = to;
        let second = self.can_leave(j);
        self.region_of[i as usize] = from;
        second
    }
}
