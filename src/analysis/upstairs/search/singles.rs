//! One plate: for each side the longest partner that fits anywhere (exact reading U6).

use super::frame::{Channel, Frame, TOLERANCE};
use super::layout::{Grid, Layout, Plate, Side, Work, spans};
use geo_types::MultiPolygon;

/// Sizes of single plates that some direction holds.
#[derive(Clone, Default)]
pub(super) struct Known(Vec<(usize, usize)>);

impl Known {
    /// The longest known plate that is at least `m` spans wide, either side being its width.
    fn longest(&self, m: usize) -> usize {
        self.0.iter().filter(|(width, _)| *width >= m).map(|(_, length)| *length).max().unwrap_or(0)
    }

    fn note(&mut self, m: usize, n: usize) {
        self.0.extend([(m, n), (n, m)]);
    }
}

/// Single plates that are not contained in another one's size: for each side the longest partner that fits. What a direction looked at earlier
/// holds as well is not looked for again: of two plates alike the one of the smaller direction is taken (U7).
pub(super) fn singles(frames: &[Frame], index: usize, grid: &Grid, known: &mut Known, work: &mut Work) -> Vec<Layout> {
    let frame = &frames[index];
    let mut found: Vec<Layout> = Vec::new();
    let mut longest = 0;
    // Widest first: a narrower slab is at least as long, so a size is new only when it is longer.
    for Side { m, low, high } in grid.sides(frame.x_max - frame.x_min).rev() {
        longest = longest.max(known.longest(m));
        if longest >= high {
            continue;
        }
        let shortest = (longest.max(low - 1) + 1) as f64;
        if !frame.profile.runs_on(m as f64 * grid.span - 4.0 * TOLERANCE, shortest * grid.span - 4.0 * TOLERANCE) {
            continue;
        }
        let wanted = Wanted { span: grid.span, more_than: longest.max(low - 1), enough: high };
        if let Some((x, channel)) = longest_channel(frame, m as f64 * grid.span, &wanted, work) {
            let fits = spans(channel.high - channel.low, grid.span).min(high);
            if fits >= low && fits > longest {
                longest = fits;
                known.note(m, fits);
                found.push(Layout { frame: index, plates: vec![Plate { x, y: channel.low, m, n: fits }] });
            }
        }
    }
    found
}

/// The most cells that one plate has along any of the directions, degrees; 0 when none fits.
pub(in crate::analysis::upstairs) fn most_cells_of_one(outline: &MultiPolygon<f64>, directions: &[f64], grid: &Grid) -> usize {
    let frames: Vec<Frame> = directions.iter().map(|angle| Frame::new(outline, *angle)).collect();
    let (mut known, mut work) = (Known::default(), Work::default());
    (0..frames.len()).flat_map(|index| singles(&frames, index, grid, &mut known, &mut work)).map(|layout| layout.cells()).max().unwrap_or(0)
}

/// Which lengths are of interest, in spans: a shorter one than `more_than` + 1 is of no use, a longer one than `enough` no better.
struct Wanted {
    span: f64,
    more_than: usize,
    enough: usize,
}

/// The free interval of most spans over all slabs of a width, found to 0.1 m of position; `None` when none is of use.
fn longest_channel(frame: &Frame, width: f64, wanted: &Wanted, work: &mut Work) -> Option<(f64, Channel)> {
    let mut stops = std::mem::take(&mut work.stops);
    let found = longest_between(frame, width, wanted, &mut stops, work);
    work.stops = stops;
    found
}

fn longest_between(frame: &Frame, width: f64, wanted: &Wanted, stops: &mut Vec<f64>, work: &mut Work) -> Option<(f64, Channel)> {
    let last = frame.x_max - width;
    if last < frame.x_min - 2.0 * TOLERANCE {
        return None;
    }
    let clamp = |x: f64| x.clamp(frame.x_min, last.max(frame.x_min));
    stops.clear();
    stops.extend(frame.corners().flat_map(|corner| [clamp(corner), clamp(corner - width)]));
    stops.sort_unstable_by(f64::total_cmp);
    stops.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
    let mut longest = |x: f64, width: f64| -> Option<Channel> {
        frame.channels(x, width, &mut work.sweep, &mut work.channels);
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
    for &x in stops.iter() {
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
        // The same edges bound the slab between two stops, so the free length is concave there. Three places bound it everywhere: between and
        // beyond them it lies below the lines through their neighbours. Where even that is not longer, nothing is.
        if frame.slanted {
            let quarter = (to - from) / 4.0;
            let [one, two, three] = [1.0, 2.0, 3.0].map(|step| {
                let x = from + step * quarter;
                let channel = longest(x, width);
                keep(x, channel, &mut most);
                free(&channel)
            });
            let top = [2.0 * one - two, 2.0 * two - three, 2.0 * two - one, 2.0 * three - two, one, two, three].into_iter().fold(0.0, f64::max);
            if spans(top + TOLERANCE, wanted.span) <= most {
                continue;
            }
        }
        // Else shrink around its top.
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
