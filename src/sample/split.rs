//! Splits a block into parcels: repeated cuts, some L shapes, and the few flaws that a real cadastre has.

use super::dice::Dice;
use super::lattice::millimetres;
use super::ring::{self, Ring, area, cut, extent, join};
use geo_types::Coord;

/// How many flaws were put in on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flaws {
    /// Strips of 0.1–0.4 m that belong to no parcel.
    pub gaps: u64,
    /// Parcels 0.5–1.5 m wide.
    pub slivers: u64,
    /// Pairs of neighbours that overlap by 0.2–0.6 m.
    pub overlaps: u64,
}

impl Flaws {
    pub(super) fn add(&mut self, other: Flaws) {
        self.gaps += other.gaps;
        self.slivers += other.slivers;
        self.overlaps += other.overlaps;
    }
}

const GAP_SHARE: f64 = 0.012;
const SLIVER_SHARE: f64 = 0.003;
const OVERLAP_SHARE: f64 = 0.003;
const L_SHARE: f64 = 0.09;

/// Fewest and most distinct vertices of a parcel.
pub(super) const VERTICES: (usize, usize) = (5, 40);

/// Splits `block` into about `count` rings. `direction` is the block's street direction (unit vector).
pub(super) fn split(block: Ring, count: u32, direction: Coord<f64>, dice: &mut Dice) -> (Vec<Ring>, Flaws) {
    let mut splitter = Splitter { direction, rings: Vec::with_capacity(count as usize), flaws: Flaws::default() };
    splitter.part(block, count, dice);
    let mut rings = splitter.rings;
    for ring in &mut rings {
        enrich(ring, dice);
    }
    (rings, splitter.flaws)
}

struct Splitter {
    direction: Coord<f64>,
    rings: Vec<Ring>,
    flaws: Flaws,
}

/// A cut line: the points p with `along · p = at`.
#[derive(Clone, Copy)]
struct Line {
    along: Coord<f64>,
    at: f64,
}

impl Splitter {
    fn part(&mut self, ring: Ring, count: u32, dice: &mut Dice) {
        if count <= 1 {
            self.rings.push(ring);
            return;
        }
        if count == 2 {
            self.pair(ring, dice);
            return;
        }
        let few = u32::max(1, (f64::from(count) * dice.between(0.36, 0.5)).round() as u32);
        let share = f64::from(few) / f64::from(count);
        let spread = if count <= 4 { 0.3 } else { 0.1 };
        let Some((_, low, high)) = self.cut_somewhere(&ring, share * (1.0 + dice.between(-spread, spread)), dice) else {
            self.rings.push(ring);
            return;
        };
        let (low_count, high_count) = if area(&low) < area(&high) { (few, count - few) } else { (count - few, few) };
        self.part(low, low_count, dice);
        self.part(high, high_count, dice);
    }

    /// The last cut: here shapes vary and flaws go in, where exactly one pair of parcels is touched.
    fn pair(&mut self, ring: Ring, dice: &mut Dice) {
        let Some((line, low, high)) = self.cut_somewhere(&ring, dice.between(0.27, 0.73), dice) else {
            self.rings.push(ring);
            return;
        };
        let draw = dice.unit();
        if draw < L_SHARE {
            if let Some((bent, rest)) = bend(&low, &high, line, dice) {
                self.rings.extend([bent, rest]);
                return;
            }
        } else if draw < L_SHARE + GAP_SHARE {
            if let Some((_, shifted)) = cut(&ring, line.along, line.at + dice.between(0.1, 0.4)) {
                self.flaws.gaps += 1;
                self.rings.extend([low, shifted]);
                return;
            }
        } else if draw < L_SHARE + GAP_SHARE + OVERLAP_SHARE {
            if let Some((_, shifted)) = cut(&ring, line.along, line.at - dice.between(0.2, 0.6)) {
                self.flaws.overlaps += 1;
                self.rings.extend([low, shifted]);
                return;
            }
        } else if draw < L_SHARE + GAP_SHARE + OVERLAP_SHARE + SLIVER_SHARE {
            let far = Line { along: line.along, at: line.at + dice.between(0.9, 1.5) };
            if let Some((strip, rest)) = cut(&high, far.along, far.at) {
                self.flaws.slivers += 1;
                self.rings.extend([low, strip, rest]);
                return;
            }
        }
        self.rings.extend([low, high]);
    }

    /// Cuts across the longer side at `share` of it, shifting a little where a vertex is in the way.
    fn cut_somewhere(&self, ring: &Ring, share: f64, dice: &mut Dice) -> Option<(Line, Ring, Ring)> {
        let tilt = if dice.chance(0.25) { dice.between(-0.09, 0.09) } else { 0.0 };
        let (sin, cos) = tilt.sin_cos();
        let d = self.direction;
        let first = Coord { x: d.x * cos - d.y * sin, y: d.x * sin + d.y * cos };
        let second = Coord { x: -first.y, y: first.x };
        let (one, two) = (extent(ring, first), extent(ring, second));
        let across_first = one.1 - one.0 > (two.1 - two.0) * dice.between(0.9, 1.15);
        let order = if across_first { [(first, one), (second, two)] } else { [(second, two), (first, one)] };
        for (along, (low, high)) in order {
            for shift in [0.0, 1.6, -1.6, 3.4, -3.4, 5.3] {
                let at = low + (high - low) * share + shift;
                if at - low < 1.5 || high - at < 1.5 {
                    continue;
                }
                if let Some((below, above)) = cut(ring, along, at) {
                    return Some((Line { along, at }, below, above));
                }
            }
        }
        None
    }
}

/// Gives a part of `high` to `low`, so that `low` becomes an L.
fn bend(low: &Ring, high: &Ring, line: Line, dice: &mut Dice) -> Option<(Ring, Ring)> {
    let across = Coord { x: -line.along.y, y: line.along.x };
    let (from, to) = extent(high, across);
    let (below, above) = cut(high, across, from + (to - from) * dice.between(0.3, 0.7))?;
    let (given, rest) = if dice.chance(0.5) { (below, above) } else { (above, below) };
    // The corner where the new cut meets the old one lies on an edge of `low`, which has to know it before the two can be joined.
    let corner = *given.iter().find(|point| !high.contains(point) && (point.x * line.along.x + point.y * line.along.y - line.at).abs() < 0.003)?;
    let mut low = low.clone();
    let edge = (0..low.len()).find(|&i| ring::distance(corner, low[i], low[(i + 1) % low.len()]) < 0.003)?;
    low.insert(edge + 1, corner);
    Some((join(&low, &given)?, rest))
}

/// Adds vertices on the edges, as surveys of different years leave them: off the line by less than a millimetre.
fn enrich(ring: &mut Ring, dice: &mut Dice) {
    let mut wanted = VERTICES.0 as i64;
    while wanted < 12 && dice.chance(0.5) {
        wanted += 1;
    }
    let mut tries = 0;
    while (ring.len() as i64) < wanted && tries < 40 {
        tries += 1;
        let edge = dice.whole(0, ring.len() as i64 - 1) as usize;
        let (a, b) = (ring[edge], ring[(edge + 1) % ring.len()]);
        if (b.x - a.x).hypot(b.y - a.y) < 6.0 {
            continue;
        }
        let t = dice.between(0.25, 0.75);
        ring.insert(edge + 1, millimetres(Coord { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }));
    }
    ring::thin(ring, VERTICES.1);
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;

    #[test]
    fn parcels_fill_their_block_but_for_the_flaws_however_fine_the_split() {
        for seed in 0..300 {
            let mut dice = Dice::new(seed, 1, 2);
            let (width, depth) = (dice.between(60.0, 260.0), dice.between(40.0, 200.0));
            let turn = Coord { x: 0.6, y: 0.8 };
            let at = |u: f64, v: f64| millimetres(Coord { x: 500_000.0 + turn.x * u - turn.y * v, y: 2_500_000.0 + turn.y * u + turn.x * v });
            let block = vec![at(0.0, 0.0), at(width, 0.0), at(width, depth), at(0.0, depth)];
            let whole = area(&block);
            let count = (whole / dice.between(200.0, 3000.0)).max(1.0) as u32;
            let (rings, flaws) = split(block, count, turn, &mut dice);
            let sum: f64 = rings.iter().map(|ring| area(ring)).sum();
            let slack = 0.5 + 0.6 * width.max(depth) * (flaws.gaps + flaws.overlaps) as f64;
            assert!((sum - whole).abs() < slack, "seed {seed}: {sum} of {whole}");
            assert!(rings.len() as f64 > 0.9 * f64::from(count), "seed {seed}: {} of {count}", rings.len());
            for ring in &rings {
                assert!(
                    ring::polygon(ring).is_valid() && area(ring) > 1.0 && (VERTICES.0..=VERTICES.1).contains(&ring.len()),
                    "seed {seed}: {ring:?}"
                );
            }
        }
    }
}
