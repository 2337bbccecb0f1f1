//! Several plates: which totals slabs side by side can have, plates shrunk at will (exact readings U6–U8).

use super::frame::{Frame, TOLERANCE};
use super::layout::{Grid, Layout, Side, Work};
use super::outlook::Outlook;
use super::slabs::{self, spans_of, stacked};
use super::totals::{Any, Fixed, Slab, Totals, Width};

/// What a search of one frame is after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Slabs may also start between corners.
    pub fine: bool,
    /// Fewer cells are of no use, more are of no more use.
    pub at_least: usize,
    pub at_most: usize,
}

/// The most cells not above a cap, 0 when none.
pub(super) type MostUnder<'a> = dyn Fn(usize) -> usize + 'a;

/// Buffers that one search reuses.
#[derive(Default)]
pub(super) struct Buffers {
    sides: Vec<Side>,
    places: Vec<f64>,
    outlook: Outlook,
    totals: Totals,
    tried: Tried,
}

/// What was tried of each side since the totals that a slab can be added to last changed: the same again is in vain.
#[derive(Default)]
struct Tried {
    row: usize,
    /// Rises when those totals change.
    version: usize,
    versions: Vec<usize>,
    /// The most spans for each side and number of plates, 0 for none.
    spans: Vec<usize>,
}

impl Tried {
    fn begin(&mut self, sides: usize, row: usize) {
        (self.row, self.version) = (row, 1);
        self.versions.clear();
        self.versions.resize(sides, 0);
        self.spans.clear();
        self.spans.resize(sides * row, 0);
    }

    /// The most spans tried of a side, by number of plates.
    fn of(&mut self, side: usize) -> &mut [usize] {
        let spans = &mut self.spans[side * self.row..(side + 1) * self.row];
        if std::mem::replace(&mut self.versions[side], self.version) != self.version {
            spans.fill(0);
        }
        spans
    }
}

/// The totals of several plates in one frame.
pub(super) struct Arrangements<'a> {
    frame: &'a Frame,
    index: usize,
    grid: &'a Grid,
    work: &'a mut Work,
}

impl<'a> Arrangements<'a> {
    /// Looks at the slabs from left to right until `settled` says of the totals so far that no other is wanted.
    pub(super) fn of(
        frames: &'a [Frame],
        index: usize,
        grid: &'a Grid,
        wanted: Wanted,
        work: &'a mut Work,
        settled: &mut dyn FnMut(&MostUnder<'_>) -> bool,
    ) -> Option<Arrangements<'a>> {
        let frame = &frames[index];
        work.ceiling.measure(&frame.profile, grid);
        if work.ceiling.all() < wanted.at_least as f64 - 1e-6 {
            return None;
        }
        let Buffers { sides, places, outlook, totals, tried } = &mut work.buffers;
        sides.clear();
        sides.extend(grid.sides(frame.x_max - frame.x_min));
        // No more than the largest plates have together.
        let largest = sides.iter().map(|side| side.m * side.high).max()?;
        slabs::places(frame, grid, sides, wanted.fine, places);
        outlook.measure(&work.ceiling, places, sides, grid, frame);
        if outlook.several(0) < wanted.at_least {
            return None;
        }
        totals.begin(places.len(), grid.count_max, wanted.at_most.min(largest * grid.count_max));
        tried.begin(sides.len(), grid.count_max + 1);
        let mut search = Search { frame, grid, wanted, work, settled };
        match search.work.buffers.totals.words() {
            1 => search.run(Fixed::<1>),
            2 => search.run(Fixed::<2>),
            3 => search.run(Fixed::<3>),
            4 => search.run(Fixed::<4>),
            words => search.run(Any(words)),
        }
        Some(Arrangements { frame, index, grid, work })
    }

    /// The most cells of several plates not above `cap`, 0 when none.
    pub(super) fn most(&self, cap: usize) -> usize {
        self.work.buffers.totals.most(cap)
    }

    /// A layout of exactly `total` cells with as few plates as have them.
    pub(super) fn layout(&mut self, total: usize) -> Option<Layout> {
        let slabs = self.work.buffers.totals.slabs(total)?;
        let places = &self.work.buffers.places;
        let mut plates = Vec::with_capacity(slabs.len());
        for slab in slabs {
            let x = places[slab.at];
            self.frame.channels(x, slab.m as f64 * self.grid.span, &mut self.work.sweep, &mut self.work.channels);
            plates.extend(stacked(x, slab.m, &self.work.channels, self.grid, slab.count, slab.spans)?);
        }
        plates.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        Some(Layout { frame: self.index, plates })
    }
}

/// The search of one frame under way.
struct Search<'a, 'b> {
    frame: &'a Frame,
    grid: &'a Grid,
    wanted: Wanted,
    work: &'b mut Work,
    settled: &'b mut dyn FnMut(&MostUnder<'_>) -> bool,
}

impl Search<'_, '_> {
    fn run(&mut self, width: impl Width) {
        for i in 0..self.work.buffers.places.len() {
            let Buffers { outlook, totals, tried, .. } = &mut self.work.buffers;
            // The most cells to the left of this slab.
            let (left, is_other) = totals.reach(i, width);
            tried.version += usize::from(is_other);
            let reachable = if left == 0 { outlook.several(i) } else { left + outlook.rest(i) };
            let has_more = reachable >= self.wanted.at_least && self.slabs_at(i, left, width);
            let totals = &self.work.buffers.totals;
            if has_more && (self.settled)(&|cap| totals.most(cap)) {
                return;
            }
        }
    }

    /// Adds what slabs at one place bring, `left` cells at most standing to their left. Whether several plates have a new total.
    fn slabs_at(&mut self, i: usize, left: usize, width: impl Width) -> bool {
        let (frame, grid, Wanted { at_least, at_most, .. }) = (self.frame, self.grid, self.wanted);
        let Work { sweep, channels, buffers, .. } = &mut *self.work;
        let Buffers { sides, places, outlook, totals, tried } = buffers;
        let mut has_more = false;
        let x = places[i];
        sweep.begin(&frame.profile, x + TOLERANCE);
        for (j, (side, sketch)) in sides.iter().zip(outlook.at(i, sides.len())).enumerate() {
            let (next, cells) = (sketch.next as usize, sketch.cells as usize);
            let rest = outlook.rest(next);
            let lacking = at_least.saturating_sub(left + rest);
            let (least, at_most) = (side.low.max(lacking.div_ceil(side.m)), at_most / side.m);
            if side.m * least > cells || least > at_most {
                continue;
            }
            sweep.reach(&frame.profile, x + side.m as f64 * grid.span - TOLERANCE, channels);
            if channels.is_empty() {
                break; // a wider slab has no more room
            }
            let tried = tried.of(j);
            // One plate by itself is not several.
            let fewest = if left == 0 && rest == 0 { 2 } else { 1 };
            for (count, tried) in tried.iter_mut().enumerate().skip(fewest) {
                let Some(most) = spans_of(channels, (side.low, side.high), grid, count) else { break };
                let (from, to) = ((count * side.low).max(least).max(*tried + 1), most.min(at_most));
                for spans in from..=to {
                    has_more |= totals.add(Slab { at: i, next, m: side.m, count, spans }, width);
                }
                *tried = (*tried).max(to);
            }
        }
        has_more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::upstairs::tests::noise;
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
    fn the_next_slab_is_looked_at_where_no_place_lies_between() {
        // One size only: the second slab may begin at the very next place.
        let grid = Grid::new(10.0, (20.0, 20.0), (20.0, 20.0), 400.0, 10.0, 3);
        assert_eq!(all_totals(&frames(&[(0.0, 0.0), (50.0, 0.0), (50.0, 20.0), (0.0, 20.0)]), &grid), BTreeSet::from([8]));
        assert_eq!(all_totals(&frames(&[(0.0, 0.0), (80.0, 0.0), (80.0, 20.0), (0.0, 20.0)]), &grid), BTreeSet::from([8, 12]));
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

    /// A ring around the origin that may be dented, in some with a yard in the middle.
    fn outline(noise: &mut impl FnMut() -> f64) -> MultiPolygon<f64> {
        let count = 4 + (noise() * 6.0) as usize;
        let mut ring = |radius: f64| {
            let turned = noise();
            let corner = |index: usize| ((index as f64 + 0.7 * turned) / count as f64 * std::f64::consts::TAU, radius * (0.55 + 0.6 * noise()));
            let points: Vec<(f64, f64)> = (0..count).map(corner).map(|(angle, r)| (1.5 * r * angle.cos(), r * angle.sin())).collect();
            LineString::from(points)
        };
        let (exterior, yard) = (ring(60.0), ring(10.0));
        MultiPolygon(vec![Polygon::new(exterior, if count.is_multiple_of(3) { vec![yard] } else { Vec::new() })])
    }

    #[test]
    fn what_is_needed_cuts_the_work_short_and_changes_no_total_from_there_on() {
        let mut state = 11u64;
        let mut noise = || noise(&mut state);
        let mut compared = 0;
        for _ in 0..150 {
            let frames = vec![Frame::new(&outline(&mut noise), 90.0 * noise())];
            let grid = grid(2 + (noise() * 3.0) as usize);
            let found = |at_least: usize| -> BTreeSet<usize> {
                let (mut work, wanted) = (Work::default(), Wanted { fine: false, at_least, at_most: 1000 });
                let arranged = Arrangements::of(&frames, 0, &grid, wanted, &mut work, &mut |_| false);
                arranged.map(|one| (1..1000).map(|cap| one.most(cap)).filter(|total| *total >= at_least.max(1)).collect()).unwrap_or_default()
            };
            let all = found(0);
            for at_least in all.iter().copied().chain([1000]).step_by(3) {
                assert_eq!(found(at_least), all.range(at_least..).copied().collect(), "{at_least}");
                compared += 1;
            }
        }
        assert!(compared > 1000, "{compared}");
    }
}
