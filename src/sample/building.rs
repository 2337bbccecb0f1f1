//! What stands on a parcel: how its use is built, the storeys, their heights and the structure.

use super::block::Character;
use super::dice::Dice;
use super::footprint::{Wish, footprints};
use super::land::is_industrial;
use super::ring::{Ring, area};

/// A building of a parcel.
pub(super) struct Building {
    pub(super) ring: Ring,
    pub(super) area_m2: f64,
    pub(super) storeys: i64,
    pub(super) height_m: f64,
    pub(super) structure: &'static str,
    pub(super) use_code: &'static str,
}

impl Building {
    pub(super) fn gfa_m2(&self) -> f64 {
        self.area_m2 * self.storeys as f64
    }
}

/// How a use is built: share of roofs, floor area ratio and the building's main use.
struct Manner {
    coverage: f64,
    far: f64,
    least_m: f64,
    storeys: (i64, i64),
    ground_m: f64,
    storey_m: f64,
    use_code: &'static str,
}

fn manner(land_use: &str, character: Character, dice: &mut Dice) -> Option<Manner> {
    let built = |coverage, far, least_m, storeys, ground_m, storey_m, use_code| {
        Some(Manner { coverage, far, least_m, storeys, ground_m, storey_m, use_code })
    };
    match land_use {
        // Around the mean present ratio 1.46 that a source gives for one district's industrial land; skewed, as old sheds are many.
        "1004" => built(dice.between(0.3, 0.45), (0.45 * dice.normal()).exp() * 2.3, 14.0, (2, 24), 6.0, 4.5, "r_and_d"),
        code if is_industrial(code) => built(dice.between(0.32, 0.55), (0.5 * dice.normal()).exp() * 1.42, 14.0, (1, 14), 6.0, 4.5, "production"),
        "11" | "1101" => built(dice.between(0.4, 0.6), dice.between(0.4, 1.8), 18.0, (1, 4), 9.0, 7.0, "storage"),
        "0802" => built(dice.between(0.25, 0.4), dice.between(0.8, 2.2), 12.0, (2, 10), 5.0, 4.2, "r_and_d"),
        "09" | "0901" => built(dice.between(0.35, 0.55), dice.between(1.2, 5.5), 10.0, (2, 32), 5.4, 4.2, "service"),
        "08" => built(dice.between(0.2, 0.3), dice.between(0.6, 1.4), 10.0, (2, 6), 4.2, 3.9, "service"),
        "13" => built(dice.between(0.1, 0.3), dice.between(0.1, 0.5), 6.0, (1, 2), 6.0, 4.5, "service"),
        "07" | "0701" if character == Character::Village => {
            built(dice.between(0.45, 0.62), dice.between(1.8, 3.6), 6.0, (3, 9), 3.6, 3.2, "dormitory")
        }
        "07" | "0701" => built(dice.between(0.2, 0.33), dice.between(1.6, 4.2), 9.0, (5, 33), 4.5, 3.0, "dormitory"),
        _ => None,
    }
}

/// The buildings of a parcel of `area_m2`; none on open land and where none fits.
pub(super) fn buildings(ring: &Ring, area_m2: f64, land_use: &str, character: Character, year: i64, dice: &mut Dice) -> Vec<Building> {
    let Some(manner) = manner(land_use, character, dice) else { return Vec::new() };
    let count = match area_m2 {
        small if small < 2500.0 => 1,
        small if small < 6000.0 => dice.whole(1, 2),
        middle if middle < 15_000.0 => dice.whole(1, 3),
        _ => dice.whole(2, 4),
    };
    let spacing_m = if area_m2 < 1500.0 { 4.0 } else { dice.between(9.0, 14.0) };
    let rings = footprints(ring, &Wish { count: count as usize, coverage: manner.coverage, spacing_m, least_m: manner.least_m }, dice);
    let roofs: f64 = rings.iter().map(|ring| area(ring)).sum();
    if roofs <= 0.0 {
        return Vec::new();
    }
    let storeys = manner.far * area_m2 / roofs;
    rings
        .into_iter()
        .enumerate()
        .map(|(index, ring)| {
            let area_m2 = area(&ring);
            // In a works of several buildings the last and smaller one is the hostel.
            let hostel = manner.use_code == "production" && index >= 2 && dice.chance(0.6);
            let storeys = ((storeys + dice.between(-0.4, 0.4)).round() as i64).clamp(manner.storeys.0, manner.storeys.1);
            let (ground, storey) = if hostel { (4.2, 3.3) } else { (manner.ground_m, manner.storey_m) };
            Building {
                ring,
                area_m2,
                storeys,
                height_m: height(manner.use_code, hostel, storeys, ground, storey),
                structure: structure(manner.use_code, storeys, year, dice),
                use_code: if hostel { "dormitory" } else { manner.use_code },
            }
        })
        .collect()
}

/// Works have 7 m on the ground, 6 m on the second and third storey and 4.5 m above, as their floors say; other uses have two heights.
fn height(use_code: &str, hostel: bool, storeys: i64, ground: f64, storey: f64) -> f64 {
    if use_code == "production" && !hostel {
        return (1..=storeys).map(|storey| storey_height_m(storey).0).sum();
    }
    ground + storey * (storeys - 1) as f64
}

/// Height (m) and floor load (kN/m²) of a works' storey by band.
pub(super) fn storey_height_m(storey: i64) -> (f64, f64) {
    match storey {
        ..=1 => (7.0, 20.0),
        2..=3 => (6.0, 10.0),
        _ => (4.5, 6.5),
    }
}

fn structure(use_code: &str, storeys: i64, year: i64, dice: &mut Dice) -> &'static str {
    match (use_code, storeys) {
        ("production" | "storage", 1) => dice.weighted(&[("steel", 0.55), ("simple", 0.25), ("rc", 0.2)]),
        (_, ..=5) if year < 2000 => dice.weighted(&[("brick", 0.45), ("rc", 0.55)]),
        _ => "rc",
    }
}
