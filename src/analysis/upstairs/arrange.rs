//! Several plates: which totals slabs side by side can have, plates shrunk at will (exact readings U6–U8).

use super::attain::highest_up_to;
use super::ceiling::Ceiling;
use super::frame::{Frame, TOLERANCE};
use super::layout::{Grid, Layout, Work};
use super::slabs::{places, spans_of, stacked};

/// What a search of one frame is after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Slabs may also start between corners.
    pub fine: bool,
    /// Fewer cells are of no use, more are of no more use.
    pub at_least: usize,
    pub at_most: usize,
}

/// A slab `m` spans wide at place `at`, with `count` plates of `spans` together; the next one may begin at place `next`.
#[derive(Clone, Copy, Debug)]
struct Slab {
    at: usize,
    next: usize,
    m: usize,
    count: usize,
    spans: usize,
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

/// The most cells not above a cap, 0 when none.
pub(super) type MostUnder<'a> = dyn Fn(usize) -> usize + 'a;

/// Buffers that one search reuses.
#[derive(Default)]
pub(super) struct Buffers {
    places: Vec<f64>,
    /// Cells that the land to the left of each place could hold at most.
    before: Vec<f64>,
    /// A set for each place and number of plates: totals of slabs that end early enough for one to begin there, a bit per number of cells.
    sets: Vec<u64>,
    /// Numbers of plates of which there are totals at the place looked at.
    filled: Vec<bool>,
    steps: Vec<Step>,
    /// A set for each number of plates: totals wherever the slabs end.
    all: Vec<u64>,
}

impl Buffers {
    /// Nothing stands yet.
    fn begin(&mut self, ceiling: &Ceiling, row: usize, words: usize) {
        let mut cursor = 0;
        self.before.clear();
        self.before.extend(self.places.iter().map(|x| ceiling.left_of(*x, &mut cursor)));
        self.before.push(ceiling.all());
        self.sets.clear();
        self.sets.resize((self.places.len() + 1) * row * words, 0);
        self.sets[0] = 1;
        self.steps.clear();
        self.all.clear();
        self.all.resize(row * words, 0);
    }

    /// Hands the totals at place `i` on to the next place. The most cells there that leave a plate to be had.
    fn reach(&mut self, i: usize, row: usize, words: usize) -> usize {
        let (here, after) = self.sets[i * row * words..].split_at_mut(row * words);
        after.iter_mut().zip(&*here).for_each(|(word, more)| *word |= more);
        self.filled.clear();
        self.filled.extend(here.chunks_exact(words).map(|set| set.iter().any(|word| *word != 0)));
        here.chunks_exact(words).take(row - 1).filter_map(|set| highest_up_to(set, usize::MAX)).max().unwrap_or(0)
    }

    /// Adds the totals that the slab's plates make with those to its left, and notes the slab where one of them is new.
    fn add(&mut self, slab: Slab, words: usize, count_max: usize) {
        let row = count_max + 1;
        let (before, after) = self.sets.split_at_mut(slab.next * row * words);
        for plates in (slab.count..row).filter(|plates| self.filled[plates - slab.count]) {
            let from = &before[(slab.at * row + plates - slab.count) * words..][..words];
            let own = plates * words..(plates + 1) * words;
            let mut new = or_shifted(&mut self.all[own.clone()], from, slab.cells());
            if slab.next < self.places.len() && plates < count_max {
                new |= or_shifted(&mut after[own], from, slab.cells());
            }
            if new {
                self.steps.push(Step { slab, plates });
            }
        }
    }
}

/// The totals of several plates in one frame.
pub(super) struct Arrangements<'a> {
    frame: &'a Frame,
    index: usize,
    grid: &'a Grid,
    words: usize,
    work: &'a mut Work,
}

impl<'a> Arrangements<'a> {
    /// Looks at the slabs from left to right until `settled` says of the totals so far that no other is wanted.
    pub fn of(
        frames: &'a [Frame],
        index: usize,
        grid: &'a Grid,
        wanted: Wanted,
        work: &'a mut Work,
        settled: &mut dyn FnMut(&MostUnder<'_>) -> bool,
    ) -> Option<Arrangements<'a>> {
        let frame = &frames[index];
        work.ceiling.measure(&frame.profile, grid);
        let at_least = wanted.at_least as f64 - 1e-6;
        if work.ceiling.all() < at_least {
            return None;
        }
        let sides = grid.sides(frame.x_max - frame.x_min);
        // No more than the largest plates have together.
        let (largest, row) = (sides.iter().filter_map(|m| Some(m * grid.partner(*m)?.1)).max()?, grid.count_max + 1);
        let words = wanted.at_most.min(largest * grid.count_max) / 64 + 1;
        let mut buffers = std::mem::take(&mut work.buffers);
        places(frame, grid, &sides, wanted.fine, &mut buffers.places);
        buffers.begin(&work.ceiling, row, words);
        let (all, places) = (work.ceiling.all(), buffers.places.len());
        for i in 0..places {
            // The most cells to the left of this slab, and with what its own land and that to the right could hold.
            let left = buffers.reach(i, row, words) as f64;
            if left + all - buffers.before[i] < at_least {
                continue;
            }
            let (x, mut next, mut cursor, known) = (buffers.places[i], i + 1, 0, buffers.steps.len());
            work.sweep.begin(&frame.profile, x + TOLERANCE);
            for &m in &sides {
                let end = x + m as f64 * grid.span;
                if end > frame.x_max + 2.0 * TOLERANCE {
                    break;
                }
                while next < places && buffers.places[next] < end + grid.fire_distance - TOLERANCE {
                    next += 1;
                }
                let lacking = at_least - left - (all - buffers.before[next]);
                if lacking > 0.0 && work.ceiling.left_of(end, &mut cursor) - buffers.before[i] < lacking {
                    continue;
                }
                let lacking = if lacking > 0.0 { (lacking - 1e-9).max(0.0) as usize + 1 } else { 0 };
                let Some((low, high)) = grid.partner(m) else { continue };
                work.sweep.reach(&frame.profile, end - TOLERANCE, &mut work.channels);
                if work.channels.is_empty() {
                    break; // a wider slab has no more room
                }
                for count in 1..=grid.count_max {
                    let Some(most) = spans_of(&work.channels, (low, high), grid, count) else { break };
                    for spans in (count * low).max(lacking.div_ceil(m))..=most.min(wanted.at_most / m) {
                        buffers.add(Slab { at: i, next, m, count, spans }, words, grid.count_max);
                    }
                }
            }
            if buffers.steps.len() > known && settled(&|cap| most(&buffers.all, words, cap)) {
                break;
            }
        }
        work.buffers = buffers;
        Some(Arrangements { frame, index, grid, words, work })
    }

    /// The most cells of several plates not above `cap`, 0 when none.
    pub fn most(&self, cap: usize) -> usize {
        most(&self.work.buffers.all, self.words, cap)
    }

    /// A layout of exactly `total` cells with as few plates as have them.
    pub fn layout(&mut self, total: usize) -> Option<Layout> {
        let Buffers { places, sets, steps, all, .. } = &self.work.buffers;
        let (words, row) = (self.words, self.grid.count_max + 1);
        let has = |set: &[u64], total: usize| set.get(total / 64).is_some_and(|word| word >> (total % 64) & 1 == 1);
        let (mut k, mut rest, mut until) = ((2..row).find(|k| has(&all[k * words..(k + 1) * words], total))?, total, usize::MAX);
        let mut plates = Vec::with_capacity(k);
        while k > 0 {
            let leads_here = |step: &&Step| {
                let Slab { at, next, count, .. } = step.slab;
                let from = || (at * row + k - count) * words;
                step.plates == k && next <= until && step.slab.cells() <= rest && has(&sets[from()..from() + words], rest - step.slab.cells())
            };
            let slab = steps.iter().find(leads_here)?.slab;
            self.frame.channels(places[slab.at], slab.m as f64 * self.grid.span, &mut self.work.sweep, &mut self.work.channels);
            plates.extend(stacked(places[slab.at], slab.m, &self.work.channels, self.grid, slab.count, slab.spans)?);
            rest -= slab.cells();
            k -= slab.count;
            until = slab.at;
        }
        plates.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        Some(Layout { frame: self.index, plates })
    }
}

fn most(all: &[u64], words: usize, cap: usize) -> usize {
    all.chunks_exact(words).skip(2).filter_map(|set| highest_up_to(set, cap)).max().unwrap_or(0)
}

/// Adds the numbers of `other`, each raised by `by`, and says whether one is new; what rises beyond the last word is dropped.
fn or_shifted(set: &mut [u64], other: &[u64], by: usize) -> bool {
    let (words, bits) = (by / 64, by % 64);
    let mut new = 0;
    for index in words..set.len() {
        let mut word = other[index - words] << bits;
        if bits > 0 && index > words {
            word |= other[index - words - 1] >> (64 - bits);
        }
        new |= word & !set[index];
        set[index] |= word;
    }
    new != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{LineString, MultiPolygon, Polygon};
    use std::collections::BTreeSet;

    /// Ten-metre spans, sides of 2 to 4 of them, 10 m apart.
    fn grid(count_max: usize) -> Grid {
        Grid::new(10.0, (20.0, 40.0), (20.0, 40.0), 400.0, 10.0, count_max)
    }

    fn frames(points: &[(f64, f64)]) -> Vec<Frame> {
        vec![Frame::new(&MultiPolygon(vec![Polygon::new(LineString::from(points.to_vec()), vec![])]), 0.0)]
    }

    fn all_totals(frames: &[Frame], grid: &Grid) -> BTreeSet<usize> {
        let (mut work, wanted) = (Work::default(), Wanted { fine: false, at_least: 0, at_most: 1000 });
        let mut arranged = Arrangements::of(frames, 0, grid, wanted, &mut work, &mut |_| false).expect("room");
        let totals: BTreeSet<usize> = (1..1000).map(|cap| arranged.most(cap)).filter(|total| *total > 0).collect();
        for &total in &totals {
            let layout = arranged.layout(total).expect("a layout for every total");
            assert_eq!(layout.cells(), total);
            assert!(grid.allows(&layout.plates) && layout.plates.iter().all(|plate| frames[0].holds(plate, grid.span)), "{total}: {layout:?}");
        }
        totals
    }

    #[test]
    fn two_plates_side_by_side_have_every_sum_of_two_sizes() {
        let sizes = [4, 6, 8, 9, 12, 16];
        let sums: BTreeSet<usize> = sizes.iter().flat_map(|a| sizes.iter().map(move |b| a + b)).collect();
        assert_eq!(all_totals(&frames(&[(0.0, 0.0), (90.0, 0.0), (90.0, 40.0), (0.0, 40.0)]), &grid(2)), sums);
    }

    #[test]
    fn arms_of_a_u_hold_plates_in_one_slab_and_three_sizes_add_up() {
        // Open to the right: 40 m of back, arms of 30 m with 20 m between them; in a slab across the arms two plates stand one over the other.
        let u = [(0.0, 0.0), (80.0, 0.0), (80.0, 30.0), (40.0, 30.0), (40.0, 50.0), (80.0, 50.0), (80.0, 80.0), (0.0, 80.0)];
        let found = all_totals(&frames(&u), &grid(4));
        // Two arms of 3 × 3 at 50 m and two over one another behind: 20 m back, 4 × 2 each and 10 m apart leave 4 + 4 + 9 + 9.
        assert!(found.contains(&26) && found.contains(&18) && !found.contains(&5), "{found:?}");
        // By enumeration of slabs: no more than 8 spans of height anywhere, 7 of width less the gap.
        assert!(found.iter().all(|total| *total <= 56));
    }

    #[test]
    fn what_is_needed_cuts_the_work_short_and_changes_no_total_from_there_on() {
        let skewed = frames(&[(0.0, 3.0), (55.0, 0.0), (118.0, 7.0), (112.0, 70.0), (60.0, 81.0), (4.0, 66.0)]);
        let grid = grid(3);
        let all = all_totals(&skewed, &grid);
        for at_least in [10, 20, 28, 33] {
            let mut work = Work::default();
            let wanted = Wanted { fine: false, at_least, at_most: 1000 };
            let arranged = Arrangements::of(&skewed, 0, &grid, wanted, &mut work, &mut |_| false);
            let found: BTreeSet<usize> =
                arranged.map(|one| (1..1000).map(|cap| one.most(cap)).filter(|total| *total >= at_least).collect()).unwrap_or_default();
            assert_eq!(found, all.iter().copied().filter(|total| *total >= at_least).collect(), "{at_least}");
        }
    }
}
