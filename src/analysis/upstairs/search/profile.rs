//! What of a vertical line lies in the outline, as a function of where the line stands: the outline cut into trapezoids.

use super::frame::Channel;
use crate::analysis::upstairs::shape::Point;

/// Between neighbouring corners the boundary is straight lines, taken in pairs from below: a lower and an upper side of free land.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    /// Places of corners, rising, m.
    xs: Vec<f64>,
    /// The land from `xs[i]` to `xs[i + 1]` is `land[starts[i]..starts[i + 1]]`, lowest first.
    starts: Vec<u32>,
    land: Vec<Trapezoid>,
}

/// The land between two neighbouring corners.
pub(super) struct Part<'a> {
    pub left: f64,
    pub right: f64,
    land: &'a [Trapezoid],
}

impl Part<'_> {
    /// Heights of its channels at the left and at the right end.
    pub(super) fn heights(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        self.land.iter().map(Trapezoid::heights)
    }
}

impl Trapezoid {
    fn heights(&self) -> [f64; 2] {
        [self.high[0] - self.low[0], self.high[1] - self.low[1]]
    }
}

/// What of one vertical line is free: from its lowest to its highest free point, and together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chord {
    pub low: f64,
    pub high: f64,
    pub free: f64,
}

impl Chord {
    /// No free land over both lines is higher than this.
    pub(super) fn room(&self, other: &Chord) -> f64 {
        (self.high.min(other.high) - self.low.max(other.low)).min(self.free.min(other.free))
    }
}

/// y at the left and at the right end.
#[derive(Clone, Copy, Debug)]
struct Trapezoid {
    low: [f64; 2],
    high: [f64; 2],
}

impl Profile {
    pub(super) fn of(segments: &[(Point, Point)]) -> Profile {
        let mut xs: Vec<f64> = segments.iter().map(|(a, _)| a.x).collect();
        xs.sort_unstable_by(f64::total_cmp);
        xs.dedup_by(|next, kept| *next - *kept < 1e-9);
        let (mut starts, mut land) = (vec![0], Vec::with_capacity(xs.len()));
        let mut lines: Vec<[f64; 2]> = Vec::new();
        for pair in xs.windows(2) {
            let middle = (pair[0] + pair[1]) / 2.0;
            lines.clear();
            lines.extend(segments.iter().filter(|(a, b)| (a.x <= middle) != (b.x <= middle)).map(|(a, b)| {
                // A nearly upright edge may begin a hair beside the place: its line is not followed beyond its ends.
                let slope = (b.y - a.y) / (b.x - a.x);
                [pair[0], pair[1]].map(|x| (a.y + slope * (x - a.x)).clamp(a.y.min(b.y), a.y.max(b.y)))
            }));
            lines.sort_unstable_by(|a, b| (a[0] + a[1]).total_cmp(&(b[0] + b[1])));
            land.extend(lines.chunks_exact(2).map(|sides| Trapezoid { low: sides[0], high: sides[1] }));
            starts.push(land.len() as u32);
        }
        Profile { xs, starts, land }
    }

    /// What is free all the way from `left` to `right`, lowest first, into `out`.
    pub(super) fn free(&self, left: f64, right: f64, sweep: &mut Sweep, out: &mut Vec<Channel>) {
        sweep.begin(self, left);
        sweep.reach(self, right, out);
    }

    /// The line at `x`. `cursor` is 0 at first, and `x` does not fall from one call to the next.
    pub(super) fn chord(&self, x: f64, cursor: &mut usize) -> Chord {
        while *cursor + 2 < self.xs.len() && self.xs[*cursor + 1] <= x {
            *cursor += 1;
        }
        let mut chord = Chord { low: f64::INFINITY, high: f64::NEG_INFINITY, free: 0.0 };
        let (Some(from), Some(to)) = (self.xs.get(*cursor), self.xs.get(*cursor + 1)) else { return chord };
        let share = ((x - from) / (to - from)).clamp(0.0, 1.0);
        for land in self.part(*cursor) {
            let [low, high] = [land.low, land.high].map(|[left, right]| left + (right - left) * share);
            chord = Chord { low: chord.low.min(low), high: chord.high.max(high), free: chord.free + high - low };
        }
        chord
    }

    /// The parts between neighbouring corners, from the left.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        (0..self.starts.len() - 1).map(|index| self.trapezoids(index))
    }

    fn trapezoids(&self, index: usize) -> Part<'_> {
        Part { left: self.xs[index], right: self.xs[index + 1], land: self.part(index) }
    }

    /// Whether land at least `height` high runs on for `width`: where it does not, no rectangle of these sides fits.
    pub(super) fn runs_on(&self, width: f64, height: f64) -> bool {
        // Where the run of land high enough began.
        let mut began = f64::NAN;
        for part in self.parts() {
            let (mut from, mut to) = (f64::INFINITY, f64::NEG_INFINITY);
            for [left, right] in part.heights() {
                let across = (height - left) / (right - left);
                let meets = part.left + (part.right - part.left) * across;
                match (left >= height, right >= height) {
                    (true, true) => (from, to) = (part.left, part.right),
                    (true, false) => (from, to) = (part.left, to.max(meets)),
                    (false, true) => (from, to) = (from.min(meets), part.right),
                    (false, false) => {}
                }
            }
            if from > to {
                began = f64::NAN;
                continue;
            }
            if from > part.left || began.is_nan() {
                began = from;
            }
            if to - began >= width {
                return true;
            }
            if to < part.right {
                began = f64::NAN;
            }
        }
        false
    }

    fn part(&self, index: usize) -> &[Trapezoid] {
        &self.land[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

/// Slabs that begin at one place, one wider than the other: what the narrower one was cut down to serves the wider one.
#[derive(Default)]
pub(super) struct Sweep {
    left: f64,
    /// The first part that is not wholly counted in.
    next: usize,
    begun: bool,
    free: Vec<Channel>,
    spare: Vec<Channel>,
}

impl Sweep {
    pub(super) fn begin(&mut self, profile: &Profile, left: f64) {
        self.left = left;
        self.next = profile.xs.partition_point(|x| *x <= left).saturating_sub(1);
        self.begun = false;
        self.free.clear();
    }

    /// What is free from the beginning to `right`, which must not fall from one call to the next.
    pub(super) fn reach(&mut self, profile: &Profile, right: f64, out: &mut Vec<Channel>) {
        while self.next + 1 < profile.xs.len() && profile.xs[self.next + 1] <= right {
            let whole = profile.xs[self.next + 1];
            let mut free = std::mem::take(&mut self.free);
            self.cut(profile, self.next, whole, &mut free);
            self.free = free;
            self.begun = true;
            self.next += 1;
        }
        out.clear();
        out.extend_from_slice(&self.free);
        if self.next + 1 < profile.xs.len() && profile.xs[self.next] < right {
            self.cut(profile, self.next, right, out);
        }
    }

    /// Cuts `free` down to what the part leaves from where the slab enters it to `right`.
    fn cut(&mut self, profile: &Profile, index: usize, right: f64, free: &mut Vec<Channel>) {
        let (from, to) = (profile.xs[index], profile.xs[index + 1]);
        let enters = (from < self.left).then(|| (self.left - from) / (to - from));
        let leaves = (right < to).then(|| (right - from) / (to - from));
        let at = |line: &[f64; 2], share: f64| line[0] + (line[1] - line[0]) * share;
        let ends = |line: &[f64; 2]| (enters.map_or(line[0], |share| at(line, share)), leaves.map_or(line[1], |share| at(line, share)));
        let between = |land: &Trapezoid| {
            let (bottom, top) = (ends(&land.low), ends(&land.high));
            Channel { low: bottom.0.max(bottom.1), high: top.0.min(top.1) }
        };
        let land = profile.part(index);
        if !self.begun && free.is_empty() {
            free.extend(land.iter().map(between).filter(|channel| channel.high > channel.low));
        } else if let ([channel], [only]) = (&mut free[..], land) {
            let other = between(only);
            *channel = Channel { low: channel.low.max(other.low), high: channel.high.min(other.high) };
            if channel.high <= channel.low {
                free.clear();
            }
        } else if !free.is_empty() {
            self.spare.clear();
            for channel in free.iter() {
                let common = land.iter().map(between).map(|other| Channel { low: channel.low.max(other.low), high: channel.high.min(other.high) });
                self.spare.extend(common.filter(|common| common.high > common.low));
            }
            std::mem::swap(free, &mut self.spare);
        }
    }
}
