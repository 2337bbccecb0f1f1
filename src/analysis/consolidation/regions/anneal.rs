//! Alike regions: units change sides at a fixed number of regions.

use super::{NONE, Partition};

impl Partition<'_> {
    /// Units change sides while that makes regions more alike, some losses taken at first.
    pub(super) fn anneal(&mut self, stop: &(dyn Fn() -> bool + Sync)) {
        let units: Vec<u32> = (0..self.region_of.len() as u32).filter(|i| self.region_of[*i as usize] != NONE).collect();
        if units.is_empty() || self.live() < 2 {
            return;
        }
        let size = units.len() / self.live() + 1;
        let steps = (units.len() * 250).min(40_000_000 / size).max(2_000);
        let mut sample: Vec<f64> = (0..64)
            .map(|_| {
                let i = units[self.dice.below(units.len())];
                self.distance(i, self.region_of[i as usize]) / size as f64
            })
            .collect();
        sample.sort_unstable_by(f64::total_cmp);
        let hot = sample[sample.len() / 2] * 0.5;
        let mut total = 0.0;
        let mut best = (0.0, self.region_of.clone());
        for step in 0..steps {
            if step % 256 == 0 && stop() {
                break;
            }
            let left = 1.0 - step as f64 / steps as f64;
            let heat = if left > 0.1 { hot * left * left } else { 0.0 };
            let i = units[self.dice.below(units.len())];
            if let Some(change) = self.try_move(i, heat) {
                total += change;
                // Copies are dear: the best is kept only once the heat is low.
                if left < 0.5 && total < best.0 - 1e-9 && step % 64 == 0 {
                    best = (total, self.region_of.clone());
                }
            }
        }
        // The last word: descend until nothing gains.
        for _ in 0..50 {
            let mut gained = false;
            for &i in &units {
                if stop() {
                    break;
                }
                while let Some(change) = self.try_move(i, 0.0) {
                    total += change;
                    gained = true;
                }
            }
            if !gained {
                break;
            }
        }
        if best.0 < total {
            self.restore(best.1);
        }
    }

    fn restore(&mut self, region_of: Vec<u32>) {
        self.region_of = region_of;
        self.members.iter_mut().for_each(Vec::clear);
        self.sum.iter_mut().for_each(|s| *s = 0.0);
        for (i, region) in self.region_of.iter().enumerate().filter(|(_, r)| **r != NONE) {
            self.members[*region as usize].push(i as u32);
            self.sum[*region as usize] += self.input.amount[i];
        }
    }

    /// Moves unit `i` to a neighbouring region if that gains, or by chance if it loses little.
    fn try_move(&mut self, i: u32, heat: f64) -> Option<f64> {
        let from = self.region_of[i as usize];
        if self.sum[from as usize] - self.input.amount[i as usize] < self.input.at_least || self.members[from as usize].len() < 2 {
            return None;
        }
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
        let here = self.distance(i, from);
        let to = if heat > 0.0 {
            around[self.dice.below(found)]
        } else {
            around[..found].iter().copied().min_by(|a, b| self.distance(i, *a).total_cmp(&self.distance(i, *b)))?
        };
        let change = self.distance(i, to) - here;
        let is_taken = change < -1e-12 || (heat > 0.0 && self.dice.unit() < (-change / heat).exp());
        if !is_taken || !self.can_leave(i) {
            return None;
        }
        self.transfer(i, to);
        Some(change)
    }
}
