//! Footplates: rectangles on the column grid inside the outline (exact readings U6, U7).

use super::arrange::Buffers;
use super::ceiling::Ceiling;
use super::frame::{Channel, Frame, TOLERANCE};
use super::profile::Sweep;
use crate::analysis::upstairs::shape::{Point, at, length, segments};
use geo::MinimumRotatedRect;
use geo_types::MultiPolygon;
use std::cell::RefCell;
use std::ops::RangeInclusive;

/// Sizes a plate may have, counted in column spans.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::analysis::upstairs) struct Grid {
    /// Column span in m.
    pub span: f64,
    pub width: RangeInclusive<usize>,
    pub length: RangeInclusive<usize>,
    pub min_area: f64,
    pub fire_distance: f64,
    pub count_max: usize,
}

impl Grid {
    pub(crate) fn new(span: f64, width: (f64, f64), length: (f64, f64), min_area: f64, fire_distance: f64, count_max: usize) -> Self {
        let up = |metres: f64| ((metres / span - 1e-9).ceil().max(1.0)) as usize;
        let down = |metres: f64| (metres / span + 1e-9).floor().min(1e4) as usize;
        Grid { span, width: up(width.0)..=down(width.1), length: up(length.0)..=down(length.1), min_area, fire_distance, count_max }
    }

    pub(crate) fn cell(&self) -> f64 {
        self.span * self.span
    }

    /// The other side's spans for a side of `m` spans: smallest and largest, if any.
    pub(crate) fn partner(&self, m: usize) -> Option<(usize, usize)> {
        let (as_width, as_length) = (self.width.contains(&m), self.length.contains(&m));
        let (low, high) = match (as_width, as_length) {
            (true, true) => (*self.width.start().min(self.length.start()), *self.width.end().max(self.length.end())),
            (true, false) => (*self.length.start(), *self.length.end()),
            (false, true) => (*self.width.start(), *self.width.end()),
            (false, false) => return None,
        };
        let smallest = (self.min_area / (self.cell() * m as f64) - 1e-9).ceil().max(1.0) as usize;
        let low = low.max(smallest);
        (low <= high).then_some((low, high))
    }

    /// Whether plates of one frame keep to the grid's sizes and number, and their distance from one another.
    pub(super) fn allows(&self, plates: &[Plate]) -> bool {
        let size = |plate: &Plate| self.partner(plate.m).is_some_and(|(low, high)| (low..=high).contains(&plate.n));
        let gap = |from: f64, spans: usize, other: f64, other_spans: usize| {
            (other - from - spans as f64 * self.span).max(from - other - other_spans as f64 * self.span).max(0.0)
        };
        let apart = |a: &Plate, b: &Plate| gap(a.x, a.m, b.x, b.m).hypot(gap(a.y, a.n, b.y, b.n)) >= self.fire_distance - 2.0 * TOLERANCE;
        plates.len() <= self.count_max
            && plates.iter().all(size)
            && plates.iter().enumerate().all(|(index, a)| plates[index + 1..].iter().all(|b| apart(a, b)))
    }

    /// Sides that a plate may have across a slab and that fit into `extent` metres, ascending.
    pub(super) fn sides(&self, extent: f64) -> impl DoubleEndedIterator<Item = Side> + '_ {
        let (low, high) = (*self.width.start().min(self.length.start()), *self.width.end().max(self.length.end()));
        let high = high.min(spans(extent, self.span));
        (low..=high).filter_map(|m| self.partner(m).map(|(low, high)| Side { m, low, high }))
    }
}

/// A plate's side across a slab, in spans, and the shortest and the longest that the other one may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub m: usize,
    pub low: usize,
    pub high: usize,
}

/// A plate in its frame: low corner, and sides in spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plate {
    pub x: f64,
    pub y: f64,
    pub m: usize,
    pub n: usize,
}

impl Plate {
    pub(super) fn cells(&self) -> usize {
        self.m * self.n
    }
}

/// Plates that fit together in one frame. Each may be shrunk from its low corner and still fit.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub frame: usize,
    pub plates: Vec<Plate>,
}

impl Layout {
    pub(super) fn cells(&self) -> usize {
        self.plates.iter().map(Plate::cells).sum()
    }
}

/// Directions to try, degrees in [0, 90), ascending: of the outline's edges, longest first when there are many, and of its
/// minimum-area rectangle.
pub(in crate::analysis::upstairs) fn directions(outline: &MultiPolygon<f64>) -> Vec<f64> {
    const MOST: usize = 8;
    let mut sums: Vec<(f64, f64)> = Vec::new();
    let mut add = |along: Point, weight: f64| {
        let mut angle = along.y.atan2(along.x).to_degrees().rem_euclid(90.0);
        if angle > 90.0 - 1e-3 {
            angle = 0.0;
        }
        match sums.iter_mut().find(|(known, _)| (*known - angle).abs() < 1e-2) {
            Some((_, sum)) => *sum += weight,
            None => sums.push((angle, weight)),
        }
    };
    for (a, b) in segments(outline) {
        add(b - a, length(b - a));
    }
    if let Some(rectangle) = outline.minimum_rotated_rect() {
        let corner = rectangle.exterior();
        add(corner.0[1] - corner.0[0], f64::INFINITY);
    }
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.total_cmp(&b.0)));
    let mut angles: Vec<f64> = sums.into_iter().take(MOST).map(|(angle, _)| angle).collect();
    angles.sort_by(f64::total_cmp);
    angles
}

/// Buffers that one search reuses.
#[derive(Default)]
pub(super) struct Work {
    pub sweep: Sweep,
    pub stops: Vec<f64>,
    pub buffers: Buffers,
    pub channels: Vec<Channel>,
    pub ceiling: Ceiling,
}

impl Work {
    /// Lends the thread's own buffers: a search over many outlines makes them once.
    pub(super) fn lend<T>(to: impl FnOnce(&mut Work) -> T) -> T {
        thread_local! {
            static OWN: RefCell<Work> = RefCell::default();
        }
        OWN.with(|own| match own.try_borrow_mut() {
            Ok(mut own) => to(&mut own),
            Err(_) => to(&mut Work::default()),
        })
    }
}

/// Whole spans in a free length; one that misses by the outline's tolerance still counts (U6).
pub(super) fn spans(free: f64, span: f64) -> usize {
    // The cast cuts off downwards; `floor` is a call into the maths library.
    if free <= 0.0 { 0 } else { ((free + 2.0 * TOLERANCE) / span) as usize }
}

/// The plate's corners in the outline's coordinates, counter-clockwise, not closed.
pub(super) fn corners(frame: &Frame, plate: &Plate, span: f64) -> [Point; 4] {
    let (w, l) = (plate.m as f64 * span, plate.n as f64 * span);
    [(0.0, 0.0), (w, 0.0), (w, l), (0.0, l)].map(|(dx, dy)| frame.back(at(plate.x + dx, plate.y + dy)))
}
