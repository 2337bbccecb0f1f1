//! What slabs from each place on could hold at most, told before any slab is tried: from the ceiling's whole spans, the lines at both ends of a
//! slab, the sides that a plate may have and the fire distance from one slab to the next. Most directions and most places cannot be part of anything
//! better than what is known.

use super::ceiling::Ceiling;
use super::frame::{Frame, TOLERANCE};
use super::layout::{Grid, Side};
use super::profile::Chord;

/// A slab before its land is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sketch {
    /// The first place where the next slab may begin.
    pub next: u32,
    /// Plates in it have no more cells together, however many; 0 when none fits.
    pub cells: u32,
}

/// The sketches of one frame, and the most that can be made of them.
#[derive(Default)]
pub(super) struct Outlook {
    /// One for each place and side.
    sketches: Vec<Sketch>,
    /// The most cells of slabs at each place or later, and 0 beyond the last.
    rest: Vec<usize>,
    /// The same of two plates or more.
    several: Vec<usize>,
    /// For each side the first place where the next slab may begin, and one over its spans.
    nexts: Vec<(usize, f64)>,
    /// Cells left of each place, and what is free just to the right of it.
    begins: Vec<(f64, Chord)>,
    /// Cells left of every so many-th of a span, and what is free just to the left of the mark before.
    ends: Vec<(f64, Chord)>,
}

/// Marks in a span: an end is taken for the next mark, which costs little and may let a slab look that much wider.
const MARKS: usize = 4;

impl Outlook {
    pub(super) fn measure(&mut self, ceiling: &Ceiling, places: &[f64], sides: &[Side], grid: &Grid, frame: &Frame) {
        let count = places.len();
        self.begin(ceiling, places, sides, grid, frame);
        let (step, limit) = (grid.span / MARKS as f64, frame.x_max + 2.0 * TOLERANCE);
        // Of two plates one over the other this much of every line is lost, unless water or a yard parts them anyway.
        let gap = if ceiling.is_single() { ((grid.fire_distance - 2.0 * TOLERANCE).max(0.0) / grid.span) as usize } else { 0 };
        // Each channel with a plate may be short by the tolerance.
        let slack = 2.0 * TOLERANCE * grid.count_max as f64;
        let per_span = 1.0 / grid.span;
        let least = sides.iter().map(|side| side.low).min().unwrap_or(0);
        for i in (0..count).rev() {
            let (mut rest, mut several) = (self.rest[i + 1], self.several[i + 1]);
            let mark = ((places[i] - frame.x_min) / step + (1.0 - 1e-9)).max(0.0) as usize;
            let (before, first) = &self.begins[i];
            let mut over = usize::MAX;
            let sketches = &mut self.sketches[i * sides.len()..(i + 1) * sides.len()];
            for ((side, sketch), (next, share)) in sides.iter().zip(sketches).zip(&mut self.nexts) {
                let end = places[i] + side.m as f64 * grid.span;
                if end > limit {
                    break;
                }
                while *next > 0 && places[*next - 1] >= end + grid.fire_distance - TOLERANCE {
                    *next -= 1;
                }
                let (until, last) = &self.ends[(mark + side.m * MARKS).min(self.ends.len() - 1)];
                let mean = (until - before) * *share + 1e-6;
                // A wider slab has no more room.
                over = over.min(mean.min((first.room(last) + slack) * per_span).max(0.0) as u32 as usize);
                if over < side.low {
                    if over < least {
                        break;
                    }
                    continue; // not even one plate
                }
                let cells = side.m * over.min(side.high * grid.count_max);
                *sketch = Sketch { next: *next as u32, cells: cells as u32 };
                rest = rest.max(cells + self.rest[*next]);
                let stacked = over.saturating_sub(gap);
                if self.rest[*next] > 0 {
                    several = several.max(cells + self.rest[*next]);
                } else if stacked >= 2 * side.low {
                    several = several.max(cells.min(side.m * stacked));
                }
            }
            (self.rest[i], self.several[i]) = (rest, several);
        }
    }

    fn begin(&mut self, ceiling: &Ceiling, places: &[f64], sides: &[Side], grid: &Grid, frame: &Frame) {
        let count = places.len();
        self.sketches.clear();
        self.sketches.resize(count * sides.len(), Sketch::default());
        self.nexts.clear();
        self.nexts.extend(sides.iter().map(|side| (count, 1.0 / side.m as f64)));
        for most in [&mut self.rest, &mut self.several] {
            most.clear();
            most.resize(count + 1, 0);
        }
        let (mut cursor, mut part) = (0, 0);
        self.begins.clear();
        self.begins.extend(places.iter().map(|x| (ceiling.left_of(*x, &mut cursor), frame.profile.chord(x + TOLERANCE, &mut part))));
        let step = grid.span / MARKS as f64;
        let marks = ((frame.x_max - frame.x_min) / step) as usize + 1;
        let (mut cursor, mut part) = (0, 0);
        self.ends.clear();
        self.ends.extend((0..=marks).map(|mark| {
            let x = frame.x_min + mark as f64 * step;
            (ceiling.left_of(x, &mut cursor), frame.profile.chord(x - step - TOLERANCE, &mut part))
        }));
    }

    /// Side by side of the place, widest last: what a slab there could hold.
    pub(super) fn at(&self, place: usize, sides: usize) -> &[Sketch] {
        &self.sketches[place * sides..(place + 1) * sides]
    }

    /// The most cells of slabs at the place or later.
    pub(super) fn rest(&self, place: usize) -> usize {
        self.rest[place]
    }

    /// The most cells of two plates or more at the place or later.
    pub(super) fn several(&self, place: usize) -> usize {
        self.several[place]
    }
}
