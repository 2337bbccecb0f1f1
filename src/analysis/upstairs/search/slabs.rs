//! Slabs: upright strips of a frame, with stacks of plates in each (exact readings U6, U7).

use super::frame::{Channel, Frame, TOLERANCE};
use super::layout::{Grid, Plate, Side, spans};

/// Where slabs may start, ascending: at corners, ending at corners, and packed against the left or right end. When there are too many, the
/// later kinds are left out whole, so that the choice does not hang on the order of corners. `fine`: also every sixth of a span, which between slanted
/// edges may give a span more.
pub(super) fn places(frame: &Frame, grid: &Grid, sides: &[Side], fine: bool, kept: &mut Vec<f64>) {
    const MOST: usize = 128;
    const PER_SPAN: f64 = 6.0;
    let (Some(&least), Some(&most)) = (sides.first(), sides.last()) else { return kept.clear() };
    let width = |side: &Side| side.m as f64 * grid.span;
    let (left, right, gap) = (frame.x_min, frame.x_max, grid.fire_distance);
    let last = right - width(&least);
    let near = |kept: &mut Vec<f64>| kept.dedup_by(|a, b| (*a - *b).abs() < 1e-3);
    let sort = |kept: &mut Vec<f64>| {
        kept.sort_unstable_by(f64::total_cmp);
        near(kept);
    };
    kept.clear();
    let mut kinds = Vec::with_capacity(5);
    let mut add = |more: &mut dyn Iterator<Item = f64>| {
        kept.extend(more.filter(|x| *x >= left - TOLERANCE && *x <= last + 2.0 * TOLERANCE));
        kinds.push(kept.len());
    };
    add(&mut sides.iter().map(width).flat_map(|width| [left, left + width + gap, right - width]));
    add(&mut frame.corners());
    add(&mut frame.corners().flat_map(|corner| sides.iter().map(move |side| corner - width(side))));
    if grid.count_max > 2 {
        let both = || (2 * least.m..=2 * most.m).map(|both| both as f64 * grid.span);
        add(&mut both().map(|both| left + both + 2.0 * gap));
        add(&mut both().map(|both| right - both - gap));
    }
    if kept.len() > MOST {
        let all = std::mem::take(kept);
        let mut from = 0;
        for until in kinds {
            let before = kept.clone();
            kept.extend_from_slice(&all[from..until]);
            sort(kept);
            if kept.len() > MOST && !before.is_empty() {
                *kept = before;
            }
            from = until;
        }
    } else {
        sort(kept);
    }
    if fine {
        let step = grid.span / PER_SPAN;
        let steps = ((last - left) / step).clamp(0.0, 2.0 * MOST as f64) as usize;
        kept.extend((1..=steps).map(|index| left + index as f64 * step));
        // Two ascending runs: a stable sort merges them.
        kept.sort_by(f64::total_cmp);
        near(kept);
    }
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

/// The most spans that `count` plates have together in one slab; with several channels those of the best share.
pub(super) fn spans_of(channels: &[Channel], partner: (usize, usize), grid: &Grid, count: usize) -> Option<usize> {
    if let [channel] = channels {
        return stack_spans(channel, partner, count, grid);
    }
    let mut most = vec![None; count + 1];
    most[0] = Some(0);
    for channel in kept_apart(channels, grid) {
        for k in (1..=count).rev() {
            for here in 1..=k {
                let Some(spans) = stack_spans(&channel, partner, here, grid) else { break };
                most[k] = most[k].max(most[k - here].map(|before: usize| before + spans));
            }
        }
    }
    most[count]
}

/// The plates of a stack of `count` in a slab that have `total` spans together.
pub(super) fn stacked(x: f64, m: usize, channels: &[Channel], grid: &Grid, count: usize, total: usize) -> Option<Vec<Plate>> {
    let partner = grid.partner(m)?;
    let kept: Vec<Channel> = kept_apart(channels, grid).collect();
    let mut shares = Vec::with_capacity(kept.len());
    if !shared_out(&kept, partner, grid, count, total, &mut shares) {
        return None;
    }
    let mut plates = Vec::with_capacity(count);
    for (channel, (here, spans)) in kept.iter().zip(shares).filter(|(_, (here, _))| *here > 0) {
        let mut y = channel.low;
        for index in 0..here {
            let n = spans / here + usize::from(index < spans % here);
            plates.push(Plate { x, y, m, n });
            y += n as f64 * grid.span + grid.fire_distance;
        }
    }
    Some(plates)
}

/// Shares plates and spans out to the channels, as (plates, spans) of each; false when they do not fit.
fn shared_out(channels: &[Channel], partner: (usize, usize), grid: &Grid, count: usize, total: usize, shares: &mut Vec<(usize, usize)>) -> bool {
    let Some((channel, others)) = channels.split_first() else { return count == 0 && total == 0 };
    for here in (0..=count).rev() {
        let most = if here == 0 { Some(0) } else { stack_spans(channel, partner, here, grid) };
        let Some(most) = most else { continue };
        for spans in (here * partner.0..=most.min(total)).rev() {
            shares.push((here, spans));
            if shared_out(others, partner, grid, count - here, total - spans, shares) {
                return true;
            }
            shares.pop();
        }
    }
    false
}
