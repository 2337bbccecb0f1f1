//! How many cells slabs of one direction could hold at most, told from the profile alone. Most directions cannot better what another one already
//! holds, and most places of a slab cannot be part of anything better: both are seen here before a slab is tried.

use super::frame::TOLERANCE;
use super::layout::Grid;
use super::profile::Profile;

/// Whole spans over every vertical line, summed up from the left.
#[derive(Clone, Debug, Default)]
pub(super) struct Ceiling {
    parts: Vec<Part>,
    all: f64,
    /// Some vertical line meets land more than once.
    parted: bool,
}

/// Between two corners: whole spans of a height that runs evenly. Where there are several channels, the part is there once for each.
#[derive(Clone, Copy, Debug)]
struct Part {
    left: f64,
    right: f64,
    /// Cells left of the part.
    before: f64,
    /// Height at the left end and its rise over a metre, both in spans.
    first: f64,
    rise: f64,
    /// Spans across a metre.
    wide: f64,
}

impl Ceiling {
    pub(super) fn measure(&mut self, profile: &Profile, grid: &Grid) {
        // A plate may reach half a millimetre over the outline on each side.
        let wide = (1.0 + 4.0 * TOLERANCE / grid.span) / grid.span;
        self.parts.clear();
        self.all = 0.0;
        self.parted = false;
        for part in profile.parts() {
            let (from, before) = (self.parts.len(), self.all);
            let width = part.right - part.left;
            self.parts.extend(part.heights().map(|[left, right]| Part {
                left: part.left,
                right: part.right,
                before,
                first: (left + 2.0 * TOLERANCE) / grid.span,
                rise: (right - left) / (width * grid.span),
                wide,
            }));
            self.all += self.parts[from..].iter().map(|one| one.cells(width)).sum::<f64>();
            self.parted |= self.parts.len() > from + 1;
            if self.parts.len() == from {
                self.parts.push(Part { left: part.left, right: part.right, before, first: 0.0, rise: 0.0, wide });
            }
        }
    }

    /// Cells that plates could have together, whatever stands where.
    pub(super) fn all(&self) -> f64 {
        self.all
    }

    /// Whether every vertical line meets land only once.
    pub(super) fn is_single(&self) -> bool {
        !self.parted
    }

    /// Cells that plates left of `x` could have together. `cursor` is 0 at first, and `x` does not fall from one call to the next.
    pub(super) fn left_of(&self, x: f64, cursor: &mut usize) -> f64 {
        while self.parts.get(*cursor).is_some_and(|part| part.right <= x) {
            *cursor += 1;
        }
        let Some(part) = self.parts.get(*cursor) else { return self.all };
        if x <= part.left {
            return part.before;
        }
        let here = self.parts[*cursor..].iter().take_while(|other| other.left == part.left);
        part.before + here.map(|one| one.cells(x - part.left)).sum::<f64>()
    }
}

impl Part {
    /// Cells over the first `width` metres.
    fn cells(&self, width: f64) -> f64 {
        // The cast cuts off downwards; `floor` is a call into the maths library.
        let whole = |u: f64| f64::from(u as i32);
        let last = self.first + self.rise * width;
        if (last - self.first).abs() < 1e-9 {
            return self.wide * width * whole(self.first.max(last).max(0.0));
        }
        // ∫ ⌊u⌋ from 0: k(k − 1)/2 for the whole steps below, and k over what is left. What is below 0 counts for nothing.
        let sum = |u: f64| whole(u) * (u - 0.5 * (whole(u) + 1.0));
        self.wide * (sum(last.max(0.0)) - sum(self.first.max(0.0))) / self.rise
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::upstairs::search::frame::Frame;
    use geo_types::{LineString, MultiPolygon, Polygon};

    #[test]
    fn whole_spans_of_a_slope_are_those_of_many_lines() {
        for ends in [[0.0, 95.0], [31.0, 31.0], [50.0, 12.0], [8.9, 9.1], [-4.0, 30.0], [100.0, 99.0]] {
            let [first, last] = ends.map(|height: f64| height / 9.0);
            let part = Part { left: 0.0, right: 40.0, before: 0.0, first, rise: (last - first) / 40.0, wide: 1.0 / 9.0 };
            let lines = 200_000;
            let spans = |index: i32| (first + (last - first) * (f64::from(index) + 0.5) / f64::from(lines)).max(0.0).floor();
            let mean = (0..lines).map(spans).sum::<f64>() / f64::from(lines);
            assert!((part.cells(40.0) - mean * 40.0 / 9.0).abs() < 1e-2, "{ends:?}: {} {mean}", part.cells(40.0));
        }
    }

    #[test]
    fn a_rectangle_holds_its_whole_spans_and_half_of_it_half_of_them() {
        let outline = MultiPolygon(vec![Polygon::new(LineString::from(vec![(0.0, 0.0), (90.0, 0.0), (90.0, 50.0), (0.0, 50.0)]), vec![])]);
        let frame = Frame::new(&outline, 0.0);
        let mut ceiling = Ceiling::default();
        ceiling.measure(&frame.profile, &Grid::new(9.0, (18.0, 45.0), (18.0, 90.0), 300.0, 13.0, 3));
        // 10 spans × ⌊50 / 9⌋ = 50 cells.
        let mut cursor = 0;
        let found = [-1.0, 45.0, 91.0].map(|x| ceiling.left_of(x, &mut cursor));
        assert!(found[0] == 0.0 && (found[1] - 25.0).abs() < 0.02 && (found[2] - 50.0).abs() < 0.02 && found[2] == ceiling.all(), "{found:?}");
    }
}
