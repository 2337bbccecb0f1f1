//! Blocks: what the streets of a cell leave, with the use that dominates them.

use super::dice::{Dice, noise, place_of};
use super::lattice::{Lattice, Rect, millimetres};
use super::ring::{self, Ring};
use super::setting::Claim;
use geo_types::Coord;

/// What a block is mostly for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Character {
    Industry,
    NewIndustry,
    Logistics,
    Housing,
    Village,
    Commerce,
    Public,
    Utility,
    Green,
}

/// A block of one cell. `parcels` and `number` are set once the whole city is known.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) district: usize,
    pub(super) cell: (i32, i32),
    pub(super) claim: Option<Claim>,
    pub(super) rect: Rect,
    /// Width of the street at the lower, right, upper and left side, in metres.
    pub(super) streets: [f64; 4],
    pub(super) character: Character,
    pub(super) place: u64,
    pub(super) parcels: u32,
    pub(super) number: u32,
}

/// A local street inside a cell: its lattice line and width.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
    pub(super) width: f64,
}

/// How finely cells are divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grain {
    /// Mean parcel area inside parks, m².
    pub(super) park_parcel_m2: f64,
    /// Mean parcel area elsewhere, m².
    pub(super) town_parcel_m2: f64,
}

impl Grain {
    /// Area at which a block is no longer divided by streets.
    fn block_m2(&self, in_park: bool) -> f64 {
        if in_park { (self.park_parcel_m2 * 5.0).clamp(24_000.0, 62_000.0) } else { (self.town_parcel_m2 * 9.0).clamp(7_000.0, 36_000.0) }
    }

    fn lane_m(&self, in_park: bool) -> f64 {
        if in_park {
            16.0
        } else if self.town_parcel_m2 > 1500.0 {
            14.0
        } else {
            9.0
        }
    }
}

/// Divides a cell into blocks and lanes.
pub(super) fn divide(
    lattice: &Lattice,
    district: usize,
    cell: (i32, i32),
    claim: Option<Claim>,
    grain: &Grain,
    seed: u64,
) -> (Vec<Block>, Vec<Lane>) {
    let place = place_of(district as u64 + 1, i64::from(cell.0), i64::from(cell.1));
    let mut dice = Dice::new(seed, 1, place);
    let streets = [lattice.width(cell.1), lattice.width(cell.0 + 1), lattice.width(cell.1 + 1), lattice.width(cell.0)];
    let (target, lane) = (grain.block_m2(claim.is_some()), grain.lane_m(claim.is_some()));
    let mut open = vec![(lattice.cell_net(cell.0, cell.1), streets)];
    let (mut blocks, mut lanes) = (Vec::new(), Vec::new());
    while let Some((rect, streets)) = open.pop() {
        let short = rect.width().min(rect.height());
        if rect.area() < target * dice.between(1.15, 1.9) || short < 4.0 * lane {
            let number = blocks.len() as u64;
            let centre = rect.centre();
            let character = character(&mut dice, lattice.place(centre.0, centre.1), claim.is_some(), seed);
            blocks.push(Block {
                district,
                cell,
                claim,
                rect,
                streets,
                character,
                place: place ^ super::dice::mix(number + 77),
                parcels: 0,
                number: 0,
            });
            continue;
        }
        let share = dice.between(0.36, 0.64);
        let (mut low, mut high, mut low_streets, mut high_streets) = (rect, rect, streets, streets);
        if rect.width() > rect.height() * dice.between(0.85, 1.2) {
            let at = rect.x0 + rect.width() * share;
            (low.x1, high.x0) = (at - lane / 2.0, at + lane / 2.0);
            (low_streets[1], high_streets[3]) = (lane, lane);
            lanes.push(Lane { from: (at, rect.y0 - streets[0] / 2.0), to: (at, rect.y1 + streets[2] / 2.0), width: lane });
        } else {
            let at = rect.y0 + rect.height() * share;
            (low.y1, high.y0) = (at - lane / 2.0, at + lane / 2.0);
            (low_streets[2], high_streets[0]) = (lane, lane);
            lanes.push(Lane { from: (rect.x0 - streets[3] / 2.0, at), to: (rect.x1 + streets[1] / 2.0, at), width: lane });
        }
        open.push((high, high_streets));
        open.push((low, low_streets));
    }
    (blocks, lanes)
}

/// Uses gather: two noises make quarters of work, trade and housing of about a kilometre.
fn character(dice: &mut Dice, at: Coord<f64>, in_park: bool, seed: u64) -> Character {
    use Character::*;
    if in_park {
        let fresh = noise(seed, 21, at.x, at.y, 1300.0);
        return dice.weighted(&[
            (Industry, 0.66),
            (NewIndustry, if fresh > 0.55 { 0.28 } else { 0.05 }),
            (Logistics, if fresh < 0.3 { 0.14 } else { 0.05 }),
            (Housing, 0.045),
            (Commerce, 0.025),
            (Green, 0.05),
            (Utility, 0.025),
        ]);
    }
    let work = noise(seed, 22, at.x, at.y, 1700.0);
    let trade = noise(seed, 23, at.x, at.y, 1500.0);
    dice.weighted(&[
        (Industry, if work > 0.6 { 0.55 } else { 0.07 }),
        (NewIndustry, if work > 0.7 { 0.08 } else { 0.01 }),
        (Logistics, if work > 0.66 { 0.07 } else { 0.01 }),
        (Housing, 0.42),
        (Village, if trade < 0.45 { 0.32 } else { 0.14 }),
        (Commerce, if trade > 0.66 { 0.34 } else { 0.06 }),
        (Public, 0.10),
        (Utility, 0.02),
        (Green, 0.08),
    ])
}

impl Block {
    /// The block's ground ring with cut or rounded corners.
    pub(super) fn ring(&self, lattice: &Lattice) -> Ring {
        let rect = &self.rect;
        let corners = [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)];
        let mut points: Vec<(f64, f64)> = Vec::new();
        let reach = rect.width().min(rect.height()) / 4.0;
        for corner in 0..4 {
            let (before, after) = (self.streets[(corner + 3) % 4], self.streets[corner]);
            let radius = corner_radius(before, after).min(reach);
            points.extend(corner_points(corners[(corner + 3) % 4], corners[corner], corners[(corner + 1) % 4], radius, before.min(after) >= 26.0));
        }
        let mut ring = Ring::new();
        for index in 0..points.len() {
            let mut side = lattice.trace(points[index], points[(index + 1) % points.len()]);
            side.pop();
            ring.append(&mut side);
        }
        ring::thin(&mut ring, 38);
        ring
    }

    /// The block's centre on the ground.
    pub(super) fn centre(&self, lattice: &Lattice) -> Coord<f64> {
        let (x, y) = self.rect.centre();
        millimetres(lattice.place(x, y))
    }
}

/// Wide streets ask for a wide corner.
fn corner_radius(before: f64, after: f64) -> f64 {
    match before.min(after) {
        narrow if narrow < 12.0 => 3.0,
        narrow if narrow < 26.0 => 6.0,
        _ => 15.0,
    }
}

/// A chamfer of two points or an arc of four, between the sides `before → corner` and `corner → after`.
fn corner_points(before: (f64, f64), corner: (f64, f64), after: (f64, f64), radius: f64, round: bool) -> Vec<(f64, f64)> {
    let towards = |to: (f64, f64)| {
        let length = (to.0 - corner.0).hypot(to.1 - corner.1);
        ((to.0 - corner.0) / length, (to.1 - corner.1) / length)
    };
    let (b, a) = (towards(before), towards(after));
    let steps = if round { 3 } else { 1 };
    (0..=steps)
        .map(|step| {
            let angle = std::f64::consts::FRAC_PI_2 * f64::from(step) / f64::from(steps);
            let (u, v) = (radius * (1.0 - angle.sin()), radius * (1.0 - angle.cos()));
            (corner.0 + b.0 * u + a.0 * v, corner.1 + b.1 * u + a.1 * v)
        })
        .collect()
}
