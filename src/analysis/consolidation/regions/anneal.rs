//! Alike regions: units change sides, or places with a neighbour's, at a fixed number of regions.

use super::NONE;
use super::partition::Partition;

/// Steps per unit: one for every so many units, and the square of the units to spare over so many, for those can be in so
/// many places at once; the more of either, the more there is to gain. The question's effort multiplies all of it.
const UNITS_A_STEP: usize = 12;
const SPARE_SQUARED_A_STEP: f64 = 0.75;
const LEAST_STEPS_A_UNIT: usize = 6;
const MOST_STEPS_A_UNIT: usize = 250;
/// Steps that an attempt to exchange two units counts for beside its own, and one more for every so many units of the
/// region: about what it takes.
const EXCHANGE: usize = 6;
const UNITS_AN_EXCHANGE: usize = 16;
/// Of so many steps that could be a move one tries an exchange all the same: some places are reached by no single move.
const MOVES_AN_EXCHANGE: usize = 8;
/// The most work of one start, in differences looked at.
const MOST_WORK: usize = 40_000_000;
/// Rounds of the last word; it ends by itself long before.
const MOST_ROUNDS: usize = 50;
/// Units of a region looked at for an exchange in the last word.
const MOST_EXCHANGED: usize = 24;
/// A smaller gain of H is rounding (a share of what the sums are, in the last word).
const LEAST_GAIN: f64 = 1e-12;

/// What the last word need not look at again.
pub(super) struct Settled {
    clock: u32,
    /// When all was settled last.
    all: u32,
    /// When each region changed last.
    changed: Vec<u32>,
    /// When each unit was looked at last.
    looked: Vec<u32>,
}

impl Settled {
    fn nothing(regions: usize, units: usize) -> Self {
        Settled { clock: 1, all: 0, changed: vec![1; regions], looked: vec![0; units] }
    }

    pub(super) fn all_is(&mut self) {
        self.all = self.clock;
        self.changed.fill(self.clock);
        self.looked.fill(self.clock);
    }

    pub(super) fn unsettle(&mut self, regions: [u32; 2]) {
        self.clock += 1;
        regions.iter().for_each(|region| self.changed[*region as usize] = self.clock);
    }

    /// Everything that changed since all was settled is to be looked at once more.
    pub(super) fn unsettle_changed(&mut self) {
        self.clock += 1;
        self.changed.iter_mut().filter(|changed| **changed > self.all).for_each(|changed| *changed = self.clock);
    }

    pub(super) fn is_changed(&self, region: usize) -> bool {
        self.changed[region] > self.all
    }
}

impl Partition<'_> {
    /// Units move while that makes regions more alike, some losses taken at first; then so many rounds of recombining.
    pub(super) fn anneal(&mut self, rounds: usize, stop: &(dyn Fn() -> bool + Sync)) {
        let units: Vec<u32> = (0..self.region_of.len() as u32).filter(|i| self.region_of[*i as usize] != NONE).collect();
        if units.is_empty() || self.live() < 2 {
            return;
        }
        self.keep_sums();
        let size = units.len() / self.live() + 1;
        let by_size = (units.len() / UNITS_A_STEP).max(LEAST_STEPS_A_UNIT);
        let steps_a_unit = (by_size + (self.spare_units().powi(2) / SPARE_SQUARED_A_STEP) as usize).min(MOST_STEPS_A_UNIT);
        let steps = self.ground.input.effort.max(1) * (units.len() * steps_a_unit).min(MOST_WORK / size);
        let hot = self.temperature(&units);
        let mut total = 0.0;
        let mut best = (0.0, self.region_of.clone());
        self.spent = 0;
        for step in 0.. {
            if self.spent >= steps || (step % 256 == 0 && stop()) {
                break;
            }
            self.spent += 1;
            let left = 1.0 - self.spent as f64 / steps as f64;
            let heat = hot * left.max(0.0).powi(2);
            let i = units[self.dice.below(units.len())];
            if let Some(change) = self.try_step(i, heat) {
                total += change;
                // Copies are dear: the best is kept only once the heat is low.
                if left < 0.4 && total < best.0 - 1e-9 && step % 64 == 0 {
                    best = (total, self.region_of.clone());
                }
            }
        }
        self.patience = usize::MAX;
        if best.0 < total - 1e-9 {
            self.restore(best.1);
        }
        let mut settled = Settled::nothing(self.members.len(), self.region_of.len());
        self.descend(&units, &mut settled, true, stop);
        if rounds > 0 {
            self.recombine(&units, hot, &mut settled, rounds, stop);
        }
    }

    /// Something like the change of H when a middling unit moves: its differences to its own region.
    fn temperature(&mut self, units: &[u32]) -> f64 {
        // Tuned on libpysal's examples and lattices: half of it is still too cold for large regions, twice too hot.
        const SHARE: f64 = 0.6;
        let mut sample: Vec<f64> = (0..units.len().min(64))
            .map(|_| {
                let i = units[self.dice.below(units.len())];
                self.distance(i, self.region_of[i as usize])
            })
            .collect();
        sample.sort_unstable_by(f64::total_cmp);
        sample[sample.len() / 2] * SHARE
    }

    /// The last word: units take their best moves, and `exchanges` if asked, until none gains; the change of H. A unit is
    /// looked at again only after a region that it belongs to or touches has changed.
    pub(super) fn descend(&mut self, units: &[u32], settled: &mut Settled, exchanges: bool, stop: &(dyn Fn() -> bool + Sync)) -> f64 {
        let mut total = 0.0;
        for _ in 0..MOST_ROUNDS {
            let before = settled.clock;
            for &i in units {
                let (from, since) = (self.region_of[i as usize], settled.looked[i as usize]);
                let is_settled = |region: u32| region == NONE || settled.changed[region as usize] <= since;
                if is_settled(from) && self.ground.neighbours(i).iter().all(|j| is_settled(self.region_of[*j as usize])) {
                    continue;
                }
                settled.looked[i as usize] = settled.clock;
                if stop() {
                    return total;
                }
                if let Some(change) = self.best_step(i, exchanges) {
                    total += change;
                    settled.unsettle([from, self.region_of[i as usize]]);
                }
            }
            if settled.clock == before {
                break;
            }
        }
        total
    }

    /// Takes the best gainful move or exchange of unit `i`; the change of H.
    fn best_step(&mut self, i: u32, exchanges: bool) -> Option<f64> {
        let from = self.region_of[i as usize];
        let own = self.distance(i, from);
        let spare = self.sum[from as usize] - self.ground.input.at_least;
        let spares = self.members[from as usize].len() > 1 && spare >= self.amount(i);
        let ground = self.ground;
        let mut tried = NONE;
        let mut best = (-LEAST_GAIN * (1.0 + own), NONE, NONE);
        for &k in ground.neighbours(i) {
            let to = self.region_of[k as usize];
            // Neighbours come in runs of the same region often enough.
            if to == from || to == NONE || to == tried {
                continue;
            }
            tried = to;
            let gain = self.distance(i, to) - own;
            if spares && gain < best.0 {
                best = (gain, to, NONE);
            }
            if spares || !exchanges {
                continue;
            }
            let (mine, spare_there) = (self.amount(i), self.sum[to as usize] - ground.input.at_least);
            for &j in self.members[to as usize].iter().take(MOST_EXCHANGED) {
                let yours = self.amount(j);
                if spare - mine + yours < 0.0 || spare_there - yours + mine < 0.0 || !self.touches(j, from, i) {
                    continue;
                }
                let change = gain + self.distance(j, from) - self.distance(j, to) - 2.0 * ground.difference(i, j);
                if change < best.0 {
                    best = (change, to, j);
                }
            }
        }
        let (change, to, j) = best;
        if to == NONE || !(if j == NONE { self.can_leave(i) } else { self.can_swap(i, j) }) {
            return None;
        }
        self.transfer(i, to);
        if j != NONE {
            self.transfer(j, from);
        }
        Some(change)
    }

    /// Whether unit `j` has a neighbour in the region other than `but`.
    fn touches(&self, j: u32, region: u32, but: u32) -> bool {
        self.ground.neighbours(j).iter().any(|k| *k != but && self.region_of[*k as usize] == region)
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
        let neighbours = self.ground.neighbours(i);
        if neighbours.is_empty() {
            return None;
        }
        let from = self.region_of[i as usize];
        let to = self.region_of[neighbours[self.dice.below(neighbours.len())] as usize];
        if to == from || to == NONE {
            return None;
        }
        let spares = self.sum[from as usize] - self.amount(i) >= self.ground.input.at_least && self.members[from as usize].len() > 1;
        if spares && self.dice.below(MOVES_AN_EXCHANGE) > 0 { self.try_move(i, to, heat) } else { self.try_swap(i, to, heat) }
    }

    fn is_taken(&mut self, change: f64, heat: f64) -> bool {
        change < -LEAST_GAIN || (change < 20.0 * heat && self.dice.unit() < falling(change / heat))
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
        self.spent += EXCHANGE + self.members[from as usize].len() / UNITS_AN_EXCHANGE;
        let gain = self.distance(i, to) - self.distance(i, from);
        let (mine, least) = (self.amount(i), self.ground.input.at_least);
        for _ in 0..TRIES {
            let j = self.members[to as usize][self.dice.below(self.members[to as usize].len())];
            let yours = self.amount(j);
            if self.sum[from as usize] - mine + yours < least || self.sum[to as usize] - yours + mine < least || !self.touches(j, from, i) {
                continue;
            }
            let change = gain + self.distance(j, from) - self.distance(j, to) - 2.0 * self.ground.difference(i, j);
            if self.is_taken(change, heat) && self.can_swap(i, j) {
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

/// About e^−x for x ≥ 0. Multiplications alone: the same on every machine, which the C library's is not.
fn falling(x: f64) -> f64 {
    let mut power = 1.0 + x / 256.0;
    for _ in 0..8 {
        power *= power;
    }
    1.0 / power
}

#[test]
fn the_falling_curve_keeps_close_to_the_exponential() {
    assert!((0..200).map(|k| f64::from(k) / 10.0).all(|x| (falling(x) - (-x).exp()).abs() < 2e-3));
}
