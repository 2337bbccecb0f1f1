//! Several plates: slabs side by side, with stacks of plates in each (exact readings U6, U7).

use super::frame::{Channel, Frame, TOLERANCE};
use super::layout::{Grid, Layout, Plate, Work, spans};

/// Cells by number of plates; index 0 is no plate, 0 cells.
type Tally = Vec<Option<usize>>;

/// The slab with which the best continuation of a place begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Skip,
    /// A slab of `m` spans with `count` plates; the next one may begin at place `next`.
    Slab {
        m: usize,
        count: usize,
        next: usize,
    },
}

/// For each number of plates from 2 on: the arrangement of most cells found in this frame, as slabs side by side with stacks in each.
/// `fine`: slabs may also start every sixth of a span, which between slanted edges may give a span more.
pub(super) fn arrangements(frames: &[Frame], index: usize, grid: &Grid, fine: bool, work: &mut Work) -> Vec<Layout> {
    let frame = &frames[index];
    let sides = grid.sides(frame.x_max - frame.x_min);
    let places = places(frame, grid, &sides, fine);
    let partners: Vec<(usize, usize)> = sides.iter().map(|m| grid.partner(*m).unwrap_or((1, 0))).collect();
    if !room_for_two(frame, grid, &sides, &partners, &places, work) {
        return Vec::new();
    }
    let most = grid.count_max;
    // best[i · (most + 1) + k]: most cells with k plates whose slabs start at places[i] or later, and how that begins.
    let row = most + 1;
    let mut best = std::mem::take(&mut work.best);
    best.clear();
    best.resize((places.len() + 1) * row, None);
    best.iter_mut().step_by(row).for_each(|slot| *slot = Some((0, Step::Skip)));
    let mut tally = Tally::new();
    for i in (0..places.len()).rev() {
        for k in 1..=most {
            best[i * row + k] = best[(i + 1) * row + k].map(|(cells, _)| (cells, Step::Skip));
        }
        let mut next = i;
        work.sweep.begin(&frame.profile, places[i] + TOLERANCE);
        for (&m, &partner) in sides.iter().zip(&partners) {
            let width = m as f64 * grid.span;
            if places[i] + width > frame.x_max + 2.0 * TOLERANCE {
                break;
            }
            work.sweep.reach(&frame.profile, places[i] + width - TOLERANCE, &mut work.channels);
            stack(m, partner, &work.channels, grid, &mut tally);
            if tally[1].is_none() {
                continue; // where not even one plate stands, no more do
            }
            // Wider slabs end later: the search goes on from where the last one stopped.
            while next < places.len() && places[next] < places[i] + width + grid.fire_distance - TOLERANCE {
                next += 1;
            }
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
    let found = (2..=most).filter_map(|k| trace(frame, grid, &places, &best, k, work).map(|plates| Layout { frame: index, plates })).collect();
    work.best = best;
    found
}

/// Whether two plates could stand in this frame at all: one over the other somewhere, or the leftmost and the rightmost one far enough apart. Most
/// parcels have room for one only, and this tells them far sooner than the search.
fn room_for_two(frame: &Frame, grid: &Grid, sides: &[usize], partners: &[(usize, usize)], places: &[f64], work: &mut Work) -> bool {
    let mut stacked = false;
    // Narrowest end of a plate that begins at a place; what holds one over the other on the way is noted.
    let mut end = |place: f64| {
        work.sweep.begin(&frame.profile, place + TOLERANCE);
        let mut first = None;
        for (&m, &partner) in sides.iter().zip(partners) {
            let width = m as f64 * grid.span;
            if place + width > frame.x_max + 2.0 * TOLERANCE {
                break;
            }
            work.sweep.reach(&frame.profile, place + width - TOLERANCE, &mut work.channels);
            let mut plates = 0;
            for channel in &work.channels {
                plates += [2, 1].into_iter().find(|count| stack_spans(channel, partner, *count, grid).is_some()).unwrap_or(0);
            }
            stacked |= plates >= 2;
            if plates >= 1 && first.is_none() {
                first = Some(place + width);
            }
        }
        first
    };
    // Where a slab is high enough for two, that shows at some place; else the two must stand side by side.
    let (mut leftmost, mut rightmost) = (f64::INFINITY, f64::NEG_INFINITY);
    for &place in places {
        if let Some(reached) = end(place) {
            leftmost = leftmost.min(reached);
            rightmost = rightmost.max(place);
            if rightmost + 2.0 * TOLERANCE >= leftmost + grid.fire_distance {
                return true;
            }
        }
    }
    stacked
}

fn trace(frame: &Frame, grid: &Grid, places: &[f64], best: &[Option<(usize, Step)>], plates: usize, work: &mut Work) -> Option<Vec<Plate>> {
    let (mut i, mut k, mut found) = (0, plates, Vec::new());
    while k > 0 {
        match best.get(i * (grid.count_max + 1) + k)?.as_ref()?.1 {
            Step::Skip => i += 1,
            Step::Slab { m, count, next } => {
                frame.channels(places[i], m as f64 * grid.span, &mut work.sweep, &mut work.channels);
                found.extend(stacked(places[i], m, &work.channels, grid, count)?);
                k -= count;
                i = next;
            }
        }
    }
    Some(found)
}

/// The same two plates side by side with spans traded between them: as much land, other sums to shrink to under a limit (U8).
pub(super) fn traded(frames: &[Frame], layout: &Layout, grid: &Grid) -> Vec<Layout> {
    const MOST: i64 = 4;
    let [one, two] = layout.plates[..] else { return Vec::new() };
    let frame = &frames[layout.frame];
    let moved = |m: usize, by: i64| usize::try_from(m as i64 + by).ok().filter(|m| *m > 0);
    (-MOST..=MOST)
        .filter(|by| *by != 0)
        .filter_map(|by| {
            let (first, second) = if one.x <= two.x { (one, two) } else { (two, one) };
            let shift = by as f64 * grid.span;
            let plates = vec![Plate { m: moved(first.m, by)?, ..first }, Plate { x: second.x + shift, m: moved(second.m, -by)?, ..second }];
            let fits = grid.allows(&plates) && plates.iter().all(|plate| frame.holds(plate, grid.span));
            fits.then_some(Layout { frame: layout.frame, plates })
        })
        .collect()
}

/// Where slabs may start, ascending: at corners, ending at corners, and packed against the left or right end. When there are too many, the
/// later kinds are left out whole, so that the choice does not hang on the order of corners.
fn places(frame: &Frame, grid: &Grid, sides: &[usize], fine: bool) -> Vec<f64> {
    const MOST: usize = 128;
    const PER_SPAN: f64 = 6.0;
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
    if fine {
        let step = grid.span / PER_SPAN;
        let steps = ((last - left) / step).clamp(0.0, 2.0 * MOST as f64) as usize;
        kept.extend((1..=steps).map(|index| left + index as f64 * step));
        kept.sort_by(f64::total_cmp);
        kept.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
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

/// Spans that `count` plates stacked in a channel have together, each within the partner's bounds; `None` when they do not fit.
fn stack_spans(channel: &Channel, (low, high): (usize, usize), count: usize, grid: &Grid) -> Option<usize> {
    let free = channel.high - channel.low - (count - 1) as f64 * grid.fire_distance;
    let total = spans(free, grid.span).min(count * high);
    (total >= count * low).then_some(total)
}

/// The most cells for each number of plates in a slab of `m` spans, over all its channels.
fn stack(m: usize, partner: (usize, usize), channels: &[Channel], grid: &Grid, tally: &mut Tally) {
    tally.clear();
    tally.resize(grid.count_max + 1, None);
    tally[0] = Some(0);
    if let [channel] = channels {
        for (count, slot) in tally.iter_mut().enumerate().skip(1) {
            let Some(total) = stack_spans(channel, partner, count, grid) else { break };
            *slot = Some(m * total);
        }
        return;
    }
    for channel in kept_apart(channels, grid) {
        // From many plates to few, so that each channel is used once.
        for k in (1..=grid.count_max).rev() {
            for count in 1..=k {
                let Some(total) = stack_spans(&channel, partner, count, grid) else { break };
                if let Some(before) = tally[k - count] {
                    tally[k] = tally[k].max(Some(before + m * total));
                }
            }
        }
    }
}

/// The plates of the best stack of `count` in a slab.
fn stacked(x: f64, m: usize, channels: &[Channel], grid: &Grid, count: usize) -> Option<Vec<Plate>> {
    let partner = grid.partner(m)?;
    // options[k]: cells and how many plates each channel so far holds.
    let mut options: Vec<Option<(usize, Vec<usize>)>> = vec![None; count + 1];
    options[0] = Some((0, Vec::new()));
    let kept: Vec<Channel> = kept_apart(channels, grid).collect();
    for channel in &kept {
        let mut after: Vec<Option<(usize, Vec<usize>)>> =
            options.iter().map(|option| option.as_ref().map(|(cells, held)| (*cells, [held.as_slice(), &[0]].concat()))).collect();
        for (k, slot) in after.iter_mut().enumerate() {
            for here in 1..=k {
                let (Some(total), Some((cells, held))) = (stack_spans(channel, partner, here, grid), &options[k - here]) else { continue };
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
        let total = stack_spans(channel, partner, here, grid)?;
        let mut y = channel.low;
        for index in 0..here {
            let n = total / here + usize::from(index < total % here);
            plates.push(Plate { x, y, m, n });
            y += n as f64 * grid.span + grid.fire_distance;
        }
    }
    Some(plates)
}
