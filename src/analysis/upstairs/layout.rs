//! Footplates: rectangles on the column grid inside the outline (exact readings U6, U7).

use super::frame::{Channel, Frame, Scratch, TOLERANCE};
use super::shape::{Point, at, length, segments};
use geo::MinimumRotatedRect;
use geo_types::MultiPolygon;
use std::ops::RangeInclusive;

/// Sizes a plate may have, counted in column spans.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    /// Column span in m.
    pub span: f64,
    pub width: RangeInclusive<usize>,
    pub length: RangeInclusive<usize>,
    pub min_area: f64,
    pub fire_distance: f64,
    pub count_max: usize,
}

impl Grid {
    pub fn new(span: f64, width: (f64, f64), length: (f64, f64), min_area: f64, fire_distance: f64, count_max: usize) -> Self {
        let up = |metres: f64| ((metres / span - 1e-9).ceil().max(1.0)) as usize;
        let down = |metres: f64| (metres / span + 1e-9).floor().min(1e4) as usize;
        Grid { span, width: up(width.0)..=down(width.1), length: up(length.0)..=down(length.1), min_area, fire_distance, count_max }
    }

    pub fn cell(&self) -> f64 {
        self.span * self.span
    }

    /// The other side's spans for a side of `m` spans: smallest and largest, if any.
    pub fn partner(&self, m: usize) -> Option<(usize, usize)> {
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
    pub fn allows(&self, plates: &[Plate]) -> bool {
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
    fn sides(&self, extent: f64) -> Vec<usize> {
        let (low, high) = (*self.width.start().min(self.length.start()), *self.width.end().max(self.length.end()));
        let high = high.min(spans(extent, self.span));
        (low..=high).filter(|m| self.partner(*m).is_some()).collect()
    }
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
    pub fn cells(&self) -> usize {
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
    pub fn cells(&self) -> usize {
        self.plates.iter().map(Plate::cells).sum()
    }
}

/// Directions to try, degrees in [0, 90), ascending: of the outline's edges, longest first when there are many, and of its
/// minimum-area rectangle.
pub(super) fn directions(outline: &MultiPolygon<f64>) -> Vec<f64> {
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
    scratch: Scratch,
    channels: Vec<Channel>,
}

/// Single plates that are not contained in another one's size: for each side the longest partner that fits.
pub(super) fn singles(frames: &[Frame], index: usize, grid: &Grid, work: &mut Work) -> Vec<Layout> {
    let frame = &frames[index];
    let mut found: Vec<Layout> = Vec::new();
    let mut longest = 0;
    // Widest first: a narrower slab is at least as long, so a size is new only when it is longer.
    for m in grid.sides(frame.x_max - frame.x_min).into_iter().rev() {
        let Some((low, high)) = grid.partner(m) else { continue };
        if longest >= high {
            continue;
        }
        let wanted = Wanted { span: grid.span, more_than: longest.max(low - 1), enough: high };
        if let Some((x, channel)) = longest_channel(frame, m as f64 * grid.span, &wanted, work) {
            let fits = spans(channel.high - channel.low, grid.span).min(high);
            if fits >= low && fits > longest {
                longest = fits;
                found.push(Layout { frame: index, plates: vec![Plate { x, y: channel.low, m, n: fits }] });
            }
        }
    }
    found
}

/// Whole spans in a free length; one that misses by the outline's tolerance still counts (U6).
fn spans(free: f64, span: f64) -> usize {
    if free <= 0.0 { 0 } else { ((free + 2.0 * TOLERANCE) / span).floor() as usize }
}

/// Which lengths are of interest, in spans: a shorter one than `more_than` + 1 is of no use, a longer one than `enough` no better.
struct Wanted {
    span: f64,
    more_than: usize,
    enough: usize,
}

/// The free interval of most spans over all slabs of a width, found to 0.1 m of position; `None` when none is of use.
fn longest_channel(frame: &Frame, width: f64, wanted: &Wanted, work: &mut Work) -> Option<(f64, Channel)> {
    let last = frame.x_max - width;
    if last < frame.x_min - 2.0 * TOLERANCE {
        return None;
    }
    let clamp = |x: f64| x.clamp(frame.x_min, last.max(frame.x_min));
    let mut stops: Vec<f64> = frame.corners().flat_map(|corner| [clamp(corner), clamp(corner - width)]).collect();
    stops.sort_by(f64::total_cmp);
    stops.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    let mut longest = |x: f64, width: f64| -> Option<Channel> {
        frame.channels(x, width, &mut work.scratch, &mut work.channels);
        work.channels.iter().copied().max_by(|a, b| (a.high - a.low).total_cmp(&(b.high - b.low)))
    };
    let free = |channel: &Option<Channel>| channel.map_or(0.0, |channel| channel.high - channel.low);
    let mut best: Option<(f64, Channel)> = None;
    let mut most = wanted.more_than;
    let mut keep = |x: f64, channel: Option<Channel>, most: &mut usize| {
        if let Some(channel) = channel
            && spans(channel.high - channel.low, wanted.span) > *most
        {
            *most = spans(channel.high - channel.low, wanted.span);
            best = Some((x, channel));
        }
    };
    for &x in &stops {
        keep(x, longest(x, width), &mut most);
        if most >= wanted.enough {
            return best;
        }
    }
    for pair in stops.windows(2) {
        let (mut from, mut to) = (pair[0], pair[1]);
        // All slabs that begin between the two stops share their middle part: where that is not longer, none of them is.
        let shared = width - (to - from);
        if shared > 2.0 * TOLERANCE && spans(free(&longest(to, shared)), wanted.span) <= most {
            continue;
        }
        // The same edges bound the slab between two stops, so the free length is concave there: shrink around its top.
        while to - from > 0.05 && most < wanted.enough {
            let third = (to - from) / 3.0;
            let (one, two) = (longest(from + third, width), longest(to - third, width));
            keep(from + third, one, &mut most);
            keep(to - third, two, &mut most);
            if !frame.slanted {
                break; // all edges level or upright: it is the same everywhere between
            }
            if free(&one) < free(&two) { from += third } else { to -= third }
        }
    }
    best
}

/// Cells by number of plates; index 0 is no plate, 0 cells.
type Tally = Vec<Option<usize>>;

/// The slab with which the best continuation of a place begins.
#[derive(Clone, Copy, Debug)]
enum Step {
    Skip,
    /// A slab of `m` spans with `count` plates; the next one may begin at place `next`.
    Slab {
        m: usize,
        count: usize,
        next: usize,
    },
}

/// For each number of plates from 2 on: the arrangement of most cells found in this frame, as slabs side by side with stacks in each.
pub(super) fn arrangements(frames: &[Frame], index: usize, grid: &Grid, work: &mut Work) -> Vec<Layout> {
    let frame = &frames[index];
    let sides = grid.sides(frame.x_max - frame.x_min);
    let places = places(frame, grid, &sides);
    let most = grid.count_max;
    // best[i · (most + 1) + k]: most cells with k plates whose slabs start at places[i] or later, and how that begins.
    let row = most + 1;
    let mut best: Vec<Option<(usize, Step)>> = vec![None; (places.len() + 1) * row];
    best.iter_mut().step_by(row).for_each(|slot| *slot = Some((0, Step::Skip)));
    let mut tally = Tally::new();
    for i in (0..places.len()).rev() {
        for k in 1..=most {
            best[i * row + k] = best[(i + 1) * row + k].map(|(cells, _)| (cells, Step::Skip));
        }
        for &m in &sides {
            let width = m as f64 * grid.span;
            if places[i] + width > frame.x_max + 2.0 * TOLERANCE {
                break;
            }
            frame.channels(places[i], width, &mut work.scratch, &mut work.channels);
            stack(m, &work.channels, grid, &mut tally);
            if tally[1].is_none() {
                continue; // where not even one plate stands, no more do
            }
            let next = places.partition_point(|place| *place < places[i] + width + grid.fire_distance - TOLERANCE);
            for count in 1..=most {
                let Some(cells) = tally[count] else { continue };
                for k in count..=most {
                    let Some((more, _)) = best[next * row + k - count] else { continue };
                    let slot = &mut best[i * row + k];
                    if slot.is_none_or(|(known, _)| cells + more > known) {
                        *slot = Some((cells + more, Step::Slab { m, count, next }));
                    }
                }
            }
        }
    }
    (2..=most).filter_map(|k| trace(frame, grid, &places, &best, k, work).map(|plates| Layout { frame: index, plates })).collect()
}

fn trace(frame: &Frame, grid: &Grid, places: &[f64], best: &[Option<(usize, Step)>], plates: usize, work: &mut Work) -> Option<Vec<Plate>> {
    let (mut i, mut k, mut found) = (0, plates, Vec::new());
    while k > 0 {
        match best.get(i * (grid.count_max + 1) + k)?.as_ref()?.1 {
            Step::Skip => i += 1,
            Step::Slab { m, count, next } => {
                frame.channels(places[i], m as f64 * grid.span, &mut work.scratch, &mut work.channels);
                found.extend(stacked(places[i], m, &work.channels, grid, count)?);
                k -= count;
                i = next;
            }
        }
    }
    Some(found)
}

/// Where slabs may start, ascending: at corners, ending at corners, and packed against the left or right end. When there are too many, the
/// later kinds are left out whole, so that the choice does not hang on the order of corners.
fn places(frame: &Frame, grid: &Grid, sides: &[usize]) -> Vec<f64> {
    const MOST: usize = 128;
    let widths: Vec<f64> = sides.iter().map(|m| *m as f64 * grid.span).collect();
    let last = frame.x_max - widths.first().copied().unwrap_or(f64::INFINITY);
    let (left, right, gap) = (frame.x_min, frame.x_max, grid.fire_distance);
    let mut kept: Vec<f64> = Vec::new();
    let mut add = |more: &mut dyn Iterator<Item = f64>| {
        let before = kept.len();
        kept.extend(more.filter(|x| *x >= left - TOLERANCE && *x <= last + 2.0 * TOLERANCE));
        let mut merged = kept.clone();
        merged.sort_by(f64::total_cmp);
        merged.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
        if merged.len() > MOST && before > 0 {
            kept.truncate(before);
        } else {
            kept = merged;
        }
    };
    add(&mut widths.iter().flat_map(|width| [left, left + width + gap, right - width]));
    add(&mut frame.corners());
    add(&mut frame.corners().flat_map(|corner| widths.iter().map(move |width| corner - width)));
    if grid.count_max > 2 {
        let pairs = || widths.iter().enumerate().flat_map(|(index, first)| widths[index..].iter().map(move |second| first + second));
        add(&mut pairs().map(|both| left + both + 2.0 * gap));
        add(&mut pairs().map(|both| right - both - gap));
    }
    kept
}

/// Channels with what the fire distance to the channel below leaves of them.
fn kept_apart<'a>(channels: &'a [Channel], grid: &'a Grid) -> impl Iterator<Item = Channel> + 'a {
    let mut free_from = f64::NEG_INFINITY;
    channels.iter().map(move |channel| {
        let low = channel.low.max(free_from);
        free_from = channel.high + grid.fire_distance;
        Channel { low, high: channel.high }
    })
}

/// Spans that `count` plates of side `m` stacked in a channel have together; `None` when they do not fit.
fn stack_spans(channel: &Channel, m: usize, count: usize, grid: &Grid) -> Option<usize> {
    let (low, high) = grid.partner(m)?;
    let free = channel.high - channel.low - (count - 1) as f64 * grid.fire_distance;
    let total = spans(free, grid.span).min(count * high);
    (total >= count * low).then_some(total)
}

/// The most cells for each number of plates in a slab of `m` spans, over all its channels.
fn stack(m: usize, channels: &[Channel], grid: &Grid, tally: &mut Tally) {
    tally.clear();
    tally.resize(grid.count_max + 1, None);
    tally[0] = Some(0);
    for channel in kept_apart(channels, grid) {
        // From many plates to few, so that each channel is used once.
        for k in (1..=grid.count_max).rev() {
            for count in 1..=k {
                let Some(total) = stack_spans(&channel, m, count, grid) else { break };
                if let Some(before) = tally[k - count] {
                    tally[k] = tally[k].max(Some(before + m * total));
                }
            }
        }
    }
}

/// The plates of the best stack of `count` in a slab.
fn stacked(x: f64, m: usize, channels: &[Channel], grid: &Grid, count: usize) -> Option<Vec<Plate>> {
    // options[k]: cells and how many plates each channel so far holds.
    let mut options: Vec<Option<(usize, Vec<usize>)>> = vec![None; count + 1];
    options[0] = Some((0, Vec::new()));
    let kept: Vec<Channel> = kept_apart(channels, grid).collect();
    for channel in &kept {
        let mut after: Vec<Option<(usize, Vec<usize>)>> =
            options.iter().map(|option| option.as_ref().map(|(cells, held)| (*cells, [held.as_slice(), &[0]].concat()))).collect();
        for (k, slot) in after.iter_mut().enumerate() {
            for here in 1..=k {
                let (Some(total), Some((cells, held))) = (stack_spans(channel, m, here, grid), &options[k - here]) else { continue };
                if slot.as_ref().is_none_or(|(known, _)| cells + m * total > *known) {
                    *slot = Some((cells + m * total, [held.as_slice(), &[here]].concat()));
                }
            }
        }
        options = after;
    }
    let (_, held) = options.pop()??;
    let mut plates = Vec::with_capacity(count);
    for (channel, here) in kept.iter().zip(held).filter(|(_, here)| *here > 0) {
        let total = stack_spans(channel, m, here, grid)?;
        let mut y = channel.low;
        for index in 0..here {
            let n = total / here + usize::from(index < total % here);
            plates.push(Plate { x, y, m, n });
            y += n as f64 * grid.span + grid.fire_distance;
        }
    }
    Some(plates)
}

/// The plate's corners in the outline's coordinates, counter-clockwise, not closed.
pub(super) fn corners(frame: &Frame, plate: &Plate, span: f64) -> [Point; 4] {
    let (w, l) = (plate.m as f64 * span, plate.n as f64 * span);
    [(0.0, 0.0), (w, 0.0), (w, l), (0.0, l)].map(|(dx, dy)| frame.back(at(plate.x + dx, plate.y + dy)))
}
