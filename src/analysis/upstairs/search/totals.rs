//! Totals of cells that plates in slabs can have together, as sets of a bit per number, with the slabs that led to them (exact readings U6, U7).

use super::attain::highest_up_to;

/// A slab `m` spans wide at place `at`, with `count` plates of `spans` together; the next one may begin at place `next`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slab {
    pub at: usize,
    pub next: usize,
    pub m: usize,
    pub count: usize,
    pub spans: usize,
}

impl Slab {
    fn cells(&self) -> usize {
        self.m * self.spans
    }
}

/// A slab that led to totals not had before, as the last one of so many plates.
#[derive(Clone, Copy, Debug)]
struct Step {
    slab: Slab,
    plates: usize,
}

/// How many words a set has. Most sets are small, and a number known to the compiler makes adding to them several times faster.
pub(super) trait Width: Copy {
    fn words(self) -> usize;
}

#[derive(Clone, Copy)]
pub(super) struct Fixed<const WORDS: usize>;

impl<const WORDS: usize> Width for Fixed<WORDS> {
    #[inline(always)]
    fn words(self) -> usize {
        WORDS
    }
}

#[derive(Clone, Copy)]
pub(super) struct Any(pub usize);

impl Width for Any {
    fn words(self) -> usize {
        self.0
    }
}

/// The totals of slabs from left to right, by number of plates.
#[derive(Default)]
pub(super) struct Totals {
    words: usize,
    /// One more than plates may stand together.
    row: usize,
    places: usize,
    /// A set for each place and number of plates: totals of slabs that end early enough for one to begin there.
    sets: Vec<u64>,
    /// Numbers of plates of which there are totals at the place looked at.
    filled: Vec<bool>,
    steps: Vec<Step>,
    /// A set for each number of plates: totals wherever the slabs end.
    all: Vec<u64>,
}

impl Totals {
    /// Nothing stands yet; there may be totals up to `most`.
    pub(super) fn begin(&mut self, places: usize, count_max: usize, most: usize) {
        (self.words, self.row, self.places) = (most / 64 + 1, count_max + 1, places);
        self.sets.clear();
        self.sets.resize((places + 1) * self.row * self.words, 0);
        self.sets[0] = 1;
        self.steps.clear();
        self.all.clear();
        self.all.resize(self.row * self.words, 0);
    }

    pub(super) fn words(&self) -> usize {
        self.words
    }

    /// Hands the totals at place `i` on to the next place. The most cells at place `i` that leave a plate to be had, and whether the totals there are
    /// others than at the place before.
    pub(super) fn reach(&mut self, i: usize, width: impl Width) -> (usize, bool) {
        let (words, row) = (width.words(), self.row);
        let (before, from_here) = self.sets.split_at_mut(i * row * words);
        let (here, after) = from_here.split_at_mut(row * words);
        // Every slab that ends before this place has been looked at: only now are the totals here complete.
        let is_other = before.rchunks_exact(row * words).next().is_none_or(|last| last != here);
        after.iter_mut().zip(&*here).for_each(|(word, more)| *word |= more);
        self.filled.clear();
        self.filled.extend(here.chunks_exact(words).map(|set| set.iter().any(|word| *word != 0)));
        (here.chunks_exact(words).take(row - 1).filter_map(|set| highest_up_to(set, usize::MAX)).max().unwrap_or(0), is_other)
    }

    /// Adds the totals that the slab's plates make with those to its left. Whether several plates have a new one.
    #[inline]
    pub(super) fn add(&mut self, slab: Slab, width: impl Width) -> bool {
        let (words, row) = (width.words(), self.row);
        let (before, after) = self.sets.split_at_mut(slab.next * row * words);
        let mut more = false;
        for plates in (slab.count..row).filter(|plates| self.filled[plates - slab.count]) {
            let from = &before[(slab.at * row + plates - slab.count) * words..][..words];
            let own = plates * words..(plates + 1) * words;
            let new = or_shifted(&mut self.all[own.clone()], from, slab.cells(), width);
            more |= new && plates > 1;
            // The last slab's totals are not handed on.
            let leads_on = slab.next < self.places && plates + 1 < row && or_shifted(&mut after[own], from, slab.cells(), width);
            if new || leads_on {
                self.steps.push(Step { slab, plates });
            }
        }
        more
    }

    /// The most cells of several plates not above `cap`, 0 when none.
    pub(super) fn most(&self, cap: usize) -> usize {
        self.all.chunks_exact(self.words).skip(2).filter_map(|set| highest_up_to(set, cap)).max().unwrap_or(0)
    }

    /// Slabs whose plates have `total` cells together, as few plates as have them; right to left.
    pub(super) fn slabs(&self, total: usize) -> Option<Vec<Slab>> {
        let (words, row) = (self.words, self.row);
        let has = |set: &[u64], total: usize| set.get(total / 64).is_some_and(|word| word >> (total % 64) & 1 == 1);
        let (mut k, mut rest, mut until) = ((2..row).find(|k| has(&self.all[k * words..(k + 1) * words], total))?, total, usize::MAX);
        let mut slabs = Vec::with_capacity(k);
        while k > 0 {
            let leads_here = |step: &&Step| {
                let Slab { at, next, count, .. } = step.slab;
                let from = || (at * row + k - count) * words;
                step.plates == k && next <= until && step.slab.cells() <= rest && has(&self.sets[from()..from() + words], rest - step.slab.cells())
            };
            let slab = self.steps.iter().find(leads_here)?.slab;
            slabs.push(slab);
            rest -= slab.cells();
            k -= slab.count;
            until = slab.at;
        }
        Some(slabs)
    }
}

/// Adds the numbers of `other`, each raised by `by`, and says whether one is new; what rises beyond the last word is dropped.
#[inline(always)]
fn or_shifted(set: &mut [u64], other: &[u64], by: usize, width: impl Width) -> bool {
    let words = width.words();
    let (set, other) = (&mut set[..words], &other[..words]);
    if words <= 2 {
        let double = |set: &[u64]| u128::from(set[0]) | u128::from(set.get(1).copied().unwrap_or(0)) << 64;
        let raised = double(other).checked_shl(by as u32).unwrap_or(0);
        let new = raised & !double(set);
        set[0] |= raised as u64;
        if words == 2 {
            set[1] |= (raised >> 64) as u64;
            return new != 0;
        }
        return new as u64 != 0;
    }
    let (skipped, bits) = (by / 64, by % 64);
    let mut new = 0;
    for index in skipped..words {
        let mut word = other[index - skipped] << bits;
        if bits > 0 && index > skipped {
            word |= other[index - skipped - 1] >> (64 - bits);
        }
        new |= word & !set[index];
        set[index] |= word;
    }
    new != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_raised_alike_whatever_the_width() {
        let mut state = 7u64;
        let mut word = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state & state >> 17 & state << 9
        };
        for by in [0, 1, 5, 63, 64, 65, 100, 127, 128, 130, 191, 192, 255] {
            for words in 1..=4 {
                let (set, other): (Vec<u64>, Vec<u64>) = (0..words).map(|_| (word(), word())).unzip();
                let has = |set: &[u64], number: usize| set[number / 64] >> (number % 64) & 1 == 1;
                let expected: Vec<bool> = (0..words * 64).map(|n| has(&set, n) || (n >= by && has(&other, n - by))).collect();
                let is_new = (0..words * 64).any(|n| expected[n] && !has(&set, n));
                let (mut fixed, mut any) = (set.clone(), set.clone());
                let new = match words {
                    1 => or_shifted(&mut fixed, &other, by, Fixed::<1>),
                    2 => or_shifted(&mut fixed, &other, by, Fixed::<2>),
                    3 => or_shifted(&mut fixed, &other, by, Fixed::<3>),
                    _ => or_shifted(&mut fixed, &other, by, Fixed::<4>),
                };
                assert_eq!(new, is_new, "{words} {by}");
                assert_eq!(or_shifted(&mut any, &other, by, Any(words)), is_new, "{words} {by}");
                assert!((0..words * 64).all(|n| has(&fixed, n) == expected[n] && has(&any, n) == expected[n]), "{words} {by}");
            }
        }
    }
}
