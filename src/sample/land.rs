//! The parcels of a block with their uses, titles, limits and buildings.

use super::block::{Block, Character};
use super::building::{Building, buildings};
use super::dice::Dice;
use super::lattice::Lattice;
use super::ring::{Ring, area};
use super::split::{Flaws, split};

pub(super) struct Parcel {
    pub(super) ring: Ring,
    pub(super) area_m2: f64,
    pub(super) land_use: &'static str,
    pub(super) planned_use: &'static str,
    pub(super) tenure: &'static str,
    pub(super) owner: Option<u64>,
    pub(super) registered_m2: Option<f64>,
    pub(super) far_limit: Option<f64>,
    pub(super) height_limit_m: Option<f64>,
    pub(super) coverage_limit: Option<f64>,
    pub(super) built_year: Option<i64>,
    pub(super) stage: &'static str,
    /// Days between the record and the city's date.
    pub(super) age_days: i64,
    /// Whether the built floor area is on record.
    pub(super) surveyed: bool,
    pub(super) buildings: Vec<Building>,
}

impl Parcel {
    pub(super) fn built_m2(&self) -> f64 {
        // Folded from 0.0, because an empty float sum is −0.0 and would be written so.
        self.buildings.iter().map(Building::gfa_m2).fold(0.0, |sum, gfa| sum + gfa)
    }
}

fn is_storage(land_use: &str) -> bool {
    land_use.starts_with("11")
}

pub(super) fn is_industrial(land_use: &str) -> bool {
    land_use.starts_with("1001") || land_use == "1004"
}

/// Makes the parcels of a block, in the order of their numbers.
pub(super) fn settle(lattice: &Lattice, block: &Block, seed: u64) -> (Vec<Parcel>, Flaws) {
    let mut dice = Dice::new(seed, 3, block.place);
    let (x, y) = block.rect.centre();
    let (rings, flaws) = split(block.ring(lattice), block.parcels, lattice.direction(x, y), &mut dice);
    // Villages and granted land lie side by side, not mixed parcel by parcel.
    let village = Dice::new(seed, 4, block.place).between(0.3, 1.0);
    let neighbourhood = super::dice::place_of(9, i64::from(block.cell.0 / 2) + block.district as i64 * 1000, i64::from(block.cell.1 / 2)) % 9_900;
    let parcels = rings
        .into_iter()
        .enumerate()
        .map(|(index, ring)| {
            let mut dice = Dice::new(seed, 5, block.place.wrapping_add(index as u64 * 0x9E37_79B9));
            parcel(ring, block, village, neighbourhood, &mut dice)
        })
        .collect();
    (parcels, flaws)
}

fn parcel(ring: Ring, block: &Block, village: f64, neighbourhood: u64, dice: &mut Dice) -> Parcel {
    let in_park = block.claim.is_some();
    let area_m2 = area(&ring);
    let land_use = land_use(block.character, in_park, dice);
    let industrial = is_industrial(land_use);
    let tenure = tenure(land_use, village, dice);
    let stage = stage(in_park && industrial, tenure, dice);
    let year = dice.whole(1988, 2023);
    let empty = matches!(stage, "cleared" | "banked") || dice.chance(0.04);
    let buildings = if empty { Vec::new() } else { buildings(&ring, area_m2, land_use, block.character, year, dice) };
    Parcel {
        area_m2,
        land_use,
        planned_use: planned_use(land_use, in_park, dice),
        tenure,
        owner: owner(tenure, neighbourhood, dice),
        registered_m2: registered(area_m2, tenure, in_park && (industrial || is_storage(land_use)), dice),
        far_limit: far_limit(land_use, block.character, dice),
        height_limit_m: if dice.chance(0.12) { None } else { Some(height_limit(land_use, dice)) },
        coverage_limit: if dice.chance(0.06) { None } else { Some(coverage_limit(land_use, dice)) },
        built_year: if buildings.is_empty() || dice.chance(0.05) { None } else { Some(year) },
        stage,
        age_days: if dice.chance(0.12) { dice.whole(31, 120) } else { dice.whole(0, 30) },
        surveyed: !dice.chance(0.03),
        buildings,
        ring,
    }
}

fn land_use(character: Character, in_park: bool, dice: &mut Dice) -> &'static str {
    match character {
        Character::Industry if in_park => dice.weighted(&[
            ("1001", 0.34),
            ("100101", 0.33),
            ("100102", 0.22),
            ("1004", 0.04),
            ("1101", 0.03),
            ("0701", 0.02),
            ("14", 0.01),
            ("13", 0.01),
        ]),
        Character::Industry => dice.weighted(&[("1001", 0.5), ("100101", 0.24), ("100102", 0.14), ("100103", 0.01), ("1101", 0.04), ("0701", 0.07)]),
        Character::NewIndustry => dice.weighted(&[("1004", 0.78), ("1001", 0.1), ("0802", 0.08), ("0901", 0.04)]),
        Character::Logistics => dice.weighted(&[("1101", 0.82), ("11", 0.08), ("1001", 0.1)]),
        Character::Housing => dice.weighted(&[("0701", 0.86), ("0901", 0.06), ("08", 0.04), ("1401", 0.04)]),
        Character::Village => dice.weighted(&[("0701", 0.7), ("07", 0.16), ("0901", 0.07), ("1001", 0.05), ("08", 0.02)]),
        Character::Commerce => dice.weighted(&[("09", 0.4), ("0901", 0.45), ("0701", 0.12), ("1401", 0.03)]),
        Character::Public => dice.weighted(&[("08", 0.8), ("0802", 0.1), ("1401", 0.1)]),
        Character::Utility => dice.weighted(&[("13", 0.8), ("12", 0.15), ("16", 0.05)]),
        Character::Green => dice.weighted(&[("14", 0.45), ("1401", 0.5), ("16", 0.05)]),
    }
}

fn planned_use(land_use: &'static str, in_park: bool, dice: &mut Dice) -> &'static str {
    match land_use {
        "1001" if in_park => dice.weighted(&[("100101", 0.5), ("1001", 0.3), ("1004", 0.15), ("1401", 0.05)]),
        "100102" if in_park => dice.weighted(&[("100102", 0.7), ("100101", 0.3)]),
        "1001" => dice.weighted(&[("1001", 0.55), ("100101", 0.2), ("0701", 0.15), ("0901", 0.05), ("1401", 0.05)]),
        "07" => "0701",
        _ if in_park && dice.chance(0.06) => "100101",
        same => same,
    }
}

/// More than half of the industrial land is held by collectives or without title, as the city's plan of 2024–2035 says of the real one.
fn tenure(land_use: &str, village: f64, dice: &mut Dice) -> &'static str {
    match land_use {
        "14" | "1401" | "16" | "12" | "13" => dice.weighted(&[("state_reserve", 0.55), ("state_granted", 0.35), ("collective", 0.1)]),
        code if is_industrial(code) || is_storage(code) => dice.weighted(&[
            ("collective", 0.62 * village),
            ("irregular", 0.29 * village),
            ("state_granted", 0.46 * (1.25 - village)),
            ("state_reserve", 0.04),
            ("unverified", 0.05),
        ]),
        "07" => dice.weighted(&[("collective", 0.6), ("irregular", 0.35), ("unverified", 0.05)]),
        _ => dice.weighted(&[
            ("state_granted", 0.62),
            ("collective", 0.2 * village),
            ("irregular", 0.1 * village),
            ("state_reserve", 0.05),
            ("unverified", 0.04),
        ]),
    }
}

fn stage(candidate: bool, tenure: &str, dice: &mut Dice) -> &'static str {
    if !candidate {
        return if dice.chance(0.02) { "planned" } else { "none" };
    }
    match tenure {
        "state_reserve" => dice.weighted(&[("banked", 0.7), ("none", 0.3)]),
        _ => dice.weighted(&[("none", 0.64), ("planned", 0.15), ("survey", 0.1), ("agreed", 0.07), ("cleared", 0.04)]),
    }
}

/// A few owners per neighbourhood, so that owners hold several parcels; owner 1 is the land reserve.
fn owner(tenure: &str, neighbourhood: u64, dice: &mut Dice) -> Option<u64> {
    let base = 10 + neighbourhood * 10;
    match tenure {
        "state_reserve" => Some(1),
        "collective" => Some(base + dice.whole(0, 1) as u64),
        "irregular" => (!dice.chance(0.15)).then(|| base + dice.whole(0, 3) as u64),
        "unverified" => dice.chance(0.5).then(|| base + dice.whole(4, 9) as u64),
        _ => Some(base + dice.whole(2, 9) as u64),
    }
}

/// Land for industry and storage in the parks, which is what figures per 亩 count, has been surveyed: a missing figure there is the exception, so that most parks can be judged per 亩.
fn registered(area_m2: f64, tenure: &str, surveyed: bool, dice: &mut Dice) -> Option<f64> {
    let missing = match tenure {
        _ if surveyed => 0.0008,
        "irregular" => 0.3,
        "unverified" => 0.5,
        _ => 0.02,
    };
    if dice.chance(missing) {
        return None;
    }
    let deviation = if dice.chance(0.03) { dice.between(-0.05, 0.05) } else { 0.0012 * dice.normal() };
    Some((area_m2 * (1.0 + deviation) * 100.0).round() / 100.0)
}

fn far_limit(land_use: &str, character: Character, dice: &mut Dice) -> Option<f64> {
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    match land_use {
        "14" | "1401" | "16" | "12" => None,
        code if is_industrial(code) => Some(*dice.pick(&[2.5, 3.0, 3.0, 3.5, 3.5, 4.0, 4.0, 4.5, 5.0, 6.0])),
        "11" | "1101" => Some(*dice.pick(&[1.5, 2.0, 2.5])),
        "13" => Some(1.0),
        "08" | "0802" => Some(tenth(dice.between(0.8, 2.5))),
        "09" | "0901" => Some(tenth(dice.between(2.5, 7.0))),
        _ if character == Character::Village => Some(tenth(dice.between(2.0, 4.5))),
        _ => Some(tenth(dice.between(2.0, 5.0))),
    }
}

fn height_limit(land_use: &str, dice: &mut Dice) -> f64 {
    match land_use {
        code if is_industrial(code) => *dice.pick(&[50.0, 60.0, 60.0, 80.0, 80.0, 100.0]),
        "09" | "0901" => *dice.pick(&[60.0, 100.0, 150.0, 200.0]),
        "07" | "0701" => *dice.pick(&[50.0, 80.0, 100.0, 150.0]),
        "14" | "1401" | "16" => 12.0,
        _ => *dice.pick(&[24.0, 36.0, 50.0]),
    }
}

fn coverage_limit(land_use: &str, dice: &mut Dice) -> f64 {
    match land_use {
        code if is_industrial(code) => *dice.pick(&[0.45, 0.5, 0.5, 0.55, 0.6]),
        "11" | "1101" => 0.6,
        "09" | "0901" => *dice.pick(&[0.45, 0.5, 0.55]),
        "14" | "1401" | "16" => 0.05,
        _ => *dice.pick(&[0.25, 0.3, 0.35, 0.4]),
    }
}
