//! Storeys and layout together: the largest built GFA (exact readings U5, U7, U8).

use super::arrange::{Arrangements, MostUnder, Wanted};
use super::attain::{Attainable, Bits, several, smallest_of};
use super::frame::Frame;
use super::layout::{Grid, Layout, Plate, Work, directions};
use super::singles::{Known, singles};
use crate::analysis::upstairs::limits::Tower;
use crate::analysis::upstairs::shape::{Point, area, length};
use geo_types::MultiPolygon;

/// One question to the search: an outline and the limits on what stands on it.
pub(super) struct Question<'a> {
    pub outline: &'a MultiPolygon<f64>,
    pub site_area: f64,
    pub far: Option<f64>,
    /// Share of the site; 1 when there is no limit.
    pub coverage: f64,
    pub tower: &'a Tower,
    pub grid: &'a Grid,
    pub partial_top: bool,
}

/// What one outline can hold, whatever FAR, coverage and height say: searched as far as a question needs, and further for the next one.
#[derive(Clone, Default)]
pub(in crate::analysis::upstairs) struct Space {
    pub(super) frames: Vec<Frame>,
    pub angles: Vec<f64>,
    pub(super) attainable: Attainable,
    /// Where the upright frames begin, one for each direction.
    upright: Option<usize>,
    known: Known,
    /// Directions in which one plate has been looked for.
    singles: usize,
    /// Cells that several plates could have together, whatever the land's shape.
    sums: Option<Bits>,
    /// No arrangement of several plates has more cells than this.
    most: Option<usize>,
    /// A layout known from a tighter problem that fits here, with its direction.
    seed: Option<(f64, Vec<Plate>)>,
}

/// The best building found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::analysis::upstairs) struct Building {
    pub storeys: usize,
    /// Total plate area, m².
    pub plate_area: f64,
    /// Total plate cells.
    pub cells: usize,
    /// Area of a partial storey on top, 0 without one.
    pub partial: f64,
    pub gfa: f64,
}

impl Space {
    /// Takes a known layout in, if it still fits: every plate allowed by the grid, inside the outline and far enough from the others. Each plate
    /// is given by its low corner, the end of its first side and the end of its second.
    pub(crate) fn seed(&mut self, outline: &MultiPolygon<f64>, corners: &[[Point; 3]], grid: &Grid) {
        let Some([a, b, _]) = corners.first() else { return };
        let angle = (b.y - a.y).atan2(b.x - a.x).to_degrees();
        let frame = Frame::new(outline, angle);
        let spans = |from: Point, to: Point| (length(to - from) / grid.span).round() as usize;
        let plates: Vec<Plate> = corners
            .iter()
            .map(|[a, b, c]| {
                let low = frame.forth(*a);
                Plate { x: low.x, y: low.y, m: spans(*a, *b), n: spans(*a, *c) }
            })
            .collect();
        if grid.allows(&plates) && plates.iter().all(|plate| frame.holds(plate, grid.span)) {
            self.seed = Some((angle, plates));
        }
    }

    /// The best building for the question. The search goes no further than this question needs: it stops where the question's bound is reached, as every
    /// later layout would at best tie and lose, and passes over what could not better the building found so far.
    pub(super) fn best(&mut self, question: &Question<'_>) -> Building {
        Work::lend(|work| self.search(question, work))
    }

    fn search(&mut self, question: &Question<'_>, work: &mut Work) -> Building {
        let bound = question.bound();
        if self.angles.is_empty() {
            self.angles = directions(question.outline);
        }
        if bound <= 0.0 {
            return Building::default();
        }
        if let Some((angle, plates)) = self.seed.take() {
            self.frames = self.angles.iter().chain([&angle]).map(|angle| Frame::new(question.outline, *angle)).collect();
            self.attainable.add(Layout { frame: self.angles.len(), plates }, question.grid);
        }
        let reached = |found: &Building| found.gfa >= bound * (1.0 - 1e-9);
        let mut found = question.answer(&self.attainable);
        while self.singles < self.angles.len() {
            if reached(&found) {
                return found;
            }
            if self.frames.len() == self.singles {
                self.frames.push(Frame::new(question.outline, self.angles[self.singles]));
            }
            for layout in singles(&self.frames, self.singles, question.grid, &mut self.known, work) {
                self.attainable.add(layout, question.grid);
            }
            self.singles += 1;
            found = question.answer(&self.attainable);
        }
        if reached(&found) || self.attainable.is_empty() {
            return found;
        }
        self.several(question, found, work)
    }

    /// The best building with several plates, fewest plates and smallest angles first.
    fn several(&mut self, question: &Question<'_>, mut found: Building, work: &mut Work) -> Building {
        // Land for one plate is no land for two.
        let most = (area(question.outline) * 1.001 / question.grid.min_area.max(question.grid.cell())) as usize;
        let grid = &Grid { count_max: question.grid.count_max.min(most), ..question.grid.clone() };
        if grid.count_max < 2 {
            return found;
        }
        let sums = self.sums.get_or_insert_with(|| several(grid, question.cells(area(question.outline)))).clone();
        let needed = |found: &Building, attainable: &Attainable| question.needed(found, attainable, &sums);
        let mut wanted = needed(&found, &self.attainable).filter(|(cells, _)| self.most.is_none_or(|most| *cells <= most));
        if wanted.is_none() {
            return found;
        }
        // Slabs side by side along either axis: the same direction seen twice.
        let first = *self.upright.get_or_insert(self.frames.len());
        if first == self.frames.len() {
            self.frames.extend(self.angles.iter().map(|angle| Frame::new(question.outline, angle + 90.0)));
        }
        let frames: Vec<usize> = (0..self.angles.len()).chain(first..self.frames.len()).collect();
        // What would be built if every sum of plates fitted: nothing betters that.
        let ideal = question.answer_of(|cap| self.attainable.most(cap).max(sums.highest_up_to(cap).unwrap_or(0)));
        let reached = |found: &Building| found.gfa >= ideal.gfa * (1.0 - 1e-9);
        // The most cells seen to fit, and whether the question's limits kept larger ones from being seen.
        let (mut largest, mut limited) = (self.attainable.most(usize::MAX), false);
        for fine in [false, true] {
            // Between slanted edges a span more may fit between corners.
            for &index in frames.iter().filter(|index| !fine || self.frames[**index].slanted) {
                let Some((at_least, at_most)) = wanted else { return found };
                limited |= sums.lowest_from(at_most + 1).is_some();
                let best = |most: &MostUnder<'_>| question.answer_of(|cap| self.attainable.most(cap).max(most(cap)));
                let mut settled = |most: &MostUnder<'_>| reached(&best(most));
                let Some(mut arranged) = Arrangements::of(&self.frames, index, grid, Wanted { fine, at_least, at_most }, work, &mut settled) else {
                    continue;
                };
                largest = largest.max(arranged.most(usize::MAX));
                let better = best(&|cap| arranged.most(cap));
                if better.gfa <= found.gfa && better.storeys == found.storeys && better.cells == found.cells {
                    continue;
                }
                let Some(layout) = arranged.layout(better.cells) else { continue };
                self.attainable.add(layout, grid);
                found = question.answer(&self.attainable);
                if reached(&found) {
                    return found;
                }
                wanted = needed(&found, &self.attainable);
            }
        }
        if let Some((cells, _)) = wanted.filter(|_| !limited) {
            self.most = Some(largest.max(cells.saturating_sub(1)));
        }
        found
    }

    /// The plates of a building, in their frame.
    pub(super) fn layout(&self, building: &Building, grid: &Grid) -> Option<Layout> {
        if building.cells == 0 {
            return None;
        }
        let angle = |frame: usize| self.frames[frame].angle_deg.rem_euclid(90.0);
        let layout = self.attainable.layout(building.cells, grid, angle)?;
        Some(if layout.plates.len() > 1 { Work::lend(|work| self.evened(layout, grid, work)) } else { layout })
    }

    /// As many plates with as many cells in the same frame, the smallest of them as large as it can be (U7).
    fn evened(&self, layout: Layout, grid: &Grid, work: &mut Work) -> Layout {
        let (total, count) = (layout.cells(), layout.plates.len());
        let smallest = |layout: &Layout| layout.plates.iter().map(Plate::cells).min().unwrap_or(0);
        let candidates = smallest_of(grid, count, total, smallest(&layout));
        let (mut best, mut from, mut until) = (layout, 0, candidates.len());
        let wanted = Wanted { fine: false, at_least: total, at_most: total };
        while from < until {
            let middle = (from + until) / 2;
            let least = candidates[middle];
            let grid = Grid { min_area: least as f64 * grid.cell(), count_max: count, ..grid.clone() };
            let arranged = Arrangements::of(&self.frames, best.frame, &grid, wanted, work, &mut |most| most(total) == total);
            match arranged.and_then(|mut arranged| arranged.layout(total)).filter(|layout| layout.plates.len() == count && smallest(layout) >= least)
            {
                Some(layout) => {
                    until = candidates.partition_point(|least| *least > smallest(&layout)).min(middle);
                    best = layout;
                }
                None => from = middle + 1,
            }
        }
        best
    }
}

impl Question<'_> {
    /// Plate area that n storeys may have.
    fn cap(&self, n: usize) -> f64 {
        let by_far = self.far.map_or(f64::INFINITY, |far| far * self.site_area / self.tower.counted(n));
        by_far.min(self.coverage * self.site_area)
    }

    fn cells(&self, plate_area: f64) -> usize {
        let cells = plate_area / self.grid.cell();
        (cells + 1e-9 * cells.max(1.0)) as usize
    }

    /// No building of grid plates can have more GFA than this.
    pub(super) fn bound(&self) -> f64 {
        let room = area(self.outline);
        let least = self.grid.min_area;
        let whole = |n: usize| self.cells(self.cap(n).min(room)) as f64 * self.grid.cell();
        // Land or limits for less than the smallest plate are for none.
        let most = (1..=self.tower.heights.len()).map(|n| (n, whole(n))).filter(|(_, area)| *area >= least * (1.0 - 1e-9));
        most.map(|(n, area)| self.with_top(n, area).gfa).fold(0.0, f64::max)
    }

    /// The building of n storeys on `plate_area`, with a partial storey on top where the pack and the limits allow one.
    fn with_top(&self, n: usize, plate_area: f64) -> Building {
        let mut building = Building { storeys: n, plate_area, cells: self.cells(plate_area), partial: 0.0, gfa: n as f64 * plate_area };
        if self.partial_top
            && n < self.tower.heights.len()
            && let Some(far) = self.far
        {
            let counted = self.tower.counted(n) * plate_area;
            building.partial = ((far * self.site_area - counted) / self.tower.weights[n]).clamp(0.0, plate_area);
            building.gfa += building.partial;
        }
        building
    }

    /// From and up to how many cells a further layout of several plates could give another answer than the building found; `None` when none could.
    fn needed(&self, found: &Building, attainable: &Attainable, sums: &Bits) -> Option<(usize, usize)> {
        // Of equal buildings fewer storeys win; with as many, fewer plates, so that two plates or one are not looked beyond.
        let few = attainable.plates(found.cells) <= 2;
        let storeys = self.tower.heights.len();
        let ranges = (1..=storeys).filter_map(|n| {
            let floors = n + usize::from(self.partial_top && n < storeys && self.far.is_some());
            let equal = found.gfa / (floors as f64 * self.grid.cell());
            let better = n > found.storeys || (n == found.storeys && few);
            let least = if better { (equal * (1.0 + 1e-6)) as usize + 1 } else { (equal * (1.0 - 1e-6)).ceil() as usize };
            let most = sums.highest_up_to(self.cells(self.cap(n)))?;
            Some((sums.lowest_from(least).filter(|sum| *sum <= most)?, most))
        });
        ranges.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    fn answer(&self, attainable: &Attainable) -> Building {
        self.answer_of(|cap| attainable.most(cap))
    }

    /// The best building when `most` tells the most cells not above a cap.
    fn answer_of(&self, most: impl Fn(usize) -> usize) -> Building {
        let mut best = Building::default();
        for n in 1..=self.tower.heights.len() {
            let cells = most(self.cells(self.cap(n)));
            let building = self.with_top(n, cells as f64 * self.grid.cell());
            // Fewer storeys win a tie, so a later n must be better by more than the comparison's width.
            if building.gfa > best.gfa * (1.0 + 1e-6) {
                best = building;
            }
        }
        best
    }
}
