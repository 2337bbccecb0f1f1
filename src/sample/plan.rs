//! Which cells are built up, how finely, and how many parcels each block gets.

use super::block::{Block, Character, Grain, Lane, divide};
use super::dice::{Dice, noise};
use super::setting::{Claim, Setting};
use geo_types::Coord;
use std::collections::{BTreeMap, BTreeSet};

/// Net share of a cell after streets, used only to estimate the grain.
const NET_SHARE: f64 = 0.72;
/// Parcels of a city that is not yet squeezed, m².
const PARK_PARCEL_M2: f64 = 14_000.0;
const TOWN_PARCEL_M2: f64 = 12_000.0;
/// Within this distance of a park or centre the land is built up whatever the terrain.
const SURROUNDINGS_M: f64 = 900.0;
/// Arterials go this far beyond the last blocks.
const ARTERIALS_M: f64 = 1500.0;

/// The city before parcels: blocks in spatial order and the cells that carry streets.
pub(super) struct Plan {
    pub(super) blocks: Vec<Block>,
    /// (district, column, row) of cells with at least one block.
    pub(super) cells: BTreeMap<(usize, i32, i32), Vec<Lane>>,
    /// Cells in or near parks, centres and blocks: arterials reach them.
    pub(super) near: BTreeSet<(usize, i32, i32)>,
}

struct Cell {
    district: usize,
    at: (i32, i32),
    claim: Option<Claim>,
    /// Small goes first: parks from their middles, then outwards.
    priority: f64,
    /// Whether the district's border stays clear of the cell.
    whole: bool,
    area: f64,
}

impl Plan {
    pub(super) fn new(setting: &Setting, parcels: u32, seed: u64) -> Plan {
        let cells = ranked_cells(setting, seed);
        let grain = grain_for(&cells, parcels);
        let (mut wanted, mut blocks, mut lanes) = (0.0, Vec::new(), BTreeMap::new());
        for cell in &cells {
            if wanted >= f64::from(parcels) {
                break;
            }
            let lattice = &setting.districts[cell.district].lattice;
            let (found, streets) = divide(lattice, cell.district, cell.at, cell.claim, &grain, seed);
            let kept: Vec<Block> = found.into_iter().filter(|block| cell.whole || block_inside(setting, block)).collect();
            if kept.is_empty() {
                continue;
            }
            wanted += kept.iter().map(|block| nominal(block, &grain, seed)).sum::<f64>();
            blocks.extend(kept);
            lanes.insert((cell.district, cell.at.0, cell.at.1), streets);
        }
        apportion(&mut blocks, &grain, parcels, seed);
        order(setting, &mut blocks);
        let last = cells.get(lanes.len()).map_or(0.0, |cell| cell.priority);
        let near =
            cells.iter().filter(|cell| cell.priority < last.max(0.0) + ARTERIALS_M).map(|cell| (cell.district, cell.at.0, cell.at.1)).collect();
        Plan { blocks, cells: lanes, near }
    }
}

/// All cells that may be built on, best first.
fn ranked_cells(setting: &Setting, seed: u64) -> Vec<Cell> {
    let attractions = attractions(setting);
    let mut cells = Vec::new();
    for (index, district) in setting.districts.iter().enumerate() {
        let lattice = &district.lattice;
        let (low, high) = district.bounds();
        let (columns, rows) = lattice.cells_over(low, high);
        for column in columns.0..=columns.1 {
            for row in rows.0..=rows.1 {
                let rect = lattice.cell(column, row);
                let ring = lattice.trace_rect(&rect);
                let inside = ring.iter().filter(|point| district.contains(**point)).count();
                if inside == 0 {
                    continue;
                }
                let (x, y) = rect.centre();
                let centre = lattice.place(x, y);
                let claim = setting.claims.get(&(index, column, row)).copied();
                let Some(priority) = priority(setting, &attractions, (index, centre), claim, seed) else { continue };
                cells.push(Cell { district: index, at: (column, row), claim, priority, whole: inside == ring.len(), area: rect.area() });
            }
        }
    }
    cells.sort_by(|a, b| a.priority.total_cmp(&b.priority).then((a.district, a.at).cmp(&(b.district, b.at))));
    cells
}

struct Attraction {
    at: Coord<f64>,
    reach: f64,
}

fn attractions(setting: &Setting) -> Vec<Attraction> {
    let of_cells = setting.claims.keys().map(|&(district, column, row)| {
        let lattice = &setting.districts[district].lattice;
        let (x, y) = lattice.cell(column, row).centre();
        Attraction { at: lattice.place(x, y), reach: 260.0 }
    });
    let of_centres =
        setting.centres.iter().map(|centre| Attraction { at: Coord { x: centre.easting, y: centre.northing }, reach: 0.5 * centre.radius_m });
    of_cells.chain(of_centres).collect()
}

fn distance_to(attractions: &[Attraction], at: Coord<f64>) -> f64 {
    attractions.iter().map(|place| (place.at.x - at.x).hypot(place.at.y - at.y) - place.reach).fold(f64::MAX, f64::min).max(0.0)
}

/// Distance to the nearest park or centre, in metres.
pub(super) fn away(setting: &Setting, at: Coord<f64>) -> f64 {
    distance_to(&attractions(setting), at)
}

/// High on hills and woods, in [0, 1].
pub(super) fn terrain(seed: u64, at: Coord<f64>) -> f64 {
    0.7 * noise(seed, 31, at.x, at.y, 3600.0) + 0.3 * noise(seed, 32, at.x, at.y, 1400.0)
}

/// `None` for land that stays open: hills and woods by noise, away from parks and centres.
fn priority(setting: &Setting, attractions: &[Attraction], place: (usize, Coord<f64>), claim: Option<Claim>, seed: u64) -> Option<f64> {
    let (district, centre) = place;
    if let Some((park, part, _)) = claim {
        let part = &setting.parks[park].parts[part];
        let lattice = &setting.districts[part.district].lattice;
        let places: Vec<Coord<f64>> = part
            .cells
            .iter()
            .flatten()
            .map(|&(column, row)| {
                let (x, y) = lattice.cell(column, row).centre();
                lattice.place(x, y)
            })
            .collect();
        let count = places.len() as f64;
        let middle = Coord { x: places.iter().map(|p| p.x).sum::<f64>() / count, y: places.iter().map(|p| p.y).sum::<f64>() / count };
        let spread = |p: &Coord<f64>| (p.x - middle.x).hypot(p.y - middle.y);
        let most = places.iter().map(spread).fold(1.0, f64::max);
        return Some(-1e6 + spread(&centre) / most * 1e3);
    }
    let (away, terrain) = (distance_to(attractions, centre), terrain(seed, centre));
    if away > SURROUNDINGS_M && terrain > 0.58 {
        return None;
    }
    Some(away * setting.districts[district].lattice.pull + 700.0 * terrain)
}

/// Coarse parcels while land is plentiful; finer ones when the city is full.
fn grain_for(cells: &[Cell], parcels: u32) -> Grain {
    let net = |in_park: bool| cells.iter().filter(|cell| cell.claim.is_some() == in_park).map(|cell| cell.area).sum::<f64>() * NET_SHARE;
    let full = net(true) / PARK_PARCEL_M2 + net(false) / TOWN_PARCEL_M2;
    let squeeze = (f64::from(parcels) / full).max(1.0);
    let park_parcel_m2 = PARK_PARCEL_M2 / squeeze.powf(0.3).min(2.0);
    let left = (f64::from(parcels) - net(true) / park_parcel_m2).max(1.0);
    // A tenth less than the land allows, so that the list of cells does not run out before the count is reached.
    let town_parcel_m2 = (0.9 * net(false) / left).clamp(180.0, TOWN_PARCEL_M2);
    Grain { park_parcel_m2, town_parcel_m2 }
}

fn block_inside(setting: &Setting, block: &Block) -> bool {
    let district = &setting.districts[block.district];
    district.lattice.trace_rect(&block.rect).iter().all(|point| district.contains(*point))
}

/// How many parcels a block would have for its area and use.
fn nominal(block: &Block, grain: &Grain, seed: u64) -> f64 {
    let mean = if block.claim.is_some() { grain.park_parcel_m2 } else { grain.town_parcel_m2 };
    let factor = match block.character {
        Character::Industry | Character::NewIndustry if block.claim.is_some() => 1.0,
        Character::Industry | Character::NewIndustry | Character::Logistics => 1.5,
        Character::Green => 4.0,
        Character::Public | Character::Utility => 1.8,
        Character::Commerce | Character::Housing => 1.0,
        Character::Village => 0.4,
    };
    // Works come in all sizes, and big ones stand together.
    let scatter = (0.42 * Dice::new(seed, 2, block.place).normal()).exp();
    (block.rect.area() / (mean * factor) * scatter).max(1.0)
}

/// Whole counts whose sum is the wanted count (largest remainders).
fn apportion(blocks: &mut [Block], grain: &Grain, parcels: u32, seed: u64) {
    let wishes: Vec<f64> = blocks.iter().map(|block| nominal(block, grain, seed)).collect();
    let scale = f64::from(parcels) / wishes.iter().sum::<f64>().max(1.0);
    let mut given: i64 = 0;
    for (block, wish) in blocks.iter_mut().zip(&wishes) {
        block.parcels = ((wish * scale).floor() as u32).max(1);
        given += i64::from(block.parcels);
    }
    let mut by_remainder: Vec<usize> = (0..blocks.len()).collect();
    let remainder = |i: usize| (wishes[i] * scale).fract();
    by_remainder.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(&b)));
    let mut turn = by_remainder.iter().cycle();
    while given < i64::from(parcels) {
        let Some(&index) = turn.next() else { return };
        blocks[index].parcels += 1;
        given += 1;
    }
}

/// District after district, along a Hilbert curve; then the numbers.
fn order(setting: &Setting, blocks: &mut Vec<Block>) {
    let mut keyed: Vec<(usize, u64, Block)> = std::mem::take(blocks)
        .into_iter()
        .map(|block| {
            let centre = block.centre(&setting.districts[block.district].lattice);
            (block.district, hilbert(centre), block)
        })
        .collect();
    keyed.sort_by_key(|(district, position, block)| (*district, *position, block.place));
    let mut number = (usize::MAX, 0);
    for (district, _, mut block) in keyed {
        number = if number.0 == district { (district, number.1 + 1) } else { (district, 1) };
        block.number = number.1;
        blocks.push(block);
    }
}

/// Position along a Hilbert curve over 262 km in cells of 4 m.
pub(super) fn hilbert(at: Coord<f64>) -> u64 {
    const SIDE: u64 = 1 << 16;
    let scale = |value: f64, low: f64| (((value - low) / 4.0).max(0.0) as u64).min(SIDE - 1);
    let (mut x, mut y) = (scale(at.x, 420_000.0), scale(at.y, 2_400_000.0));
    let (mut index, mut s) = (0, SIDE / 2);
    while s > 0 {
        let (rx, ry) = (u64::from(x & s > 0), u64::from(y & s > 0));
        index += s * s * ((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                (x, y) = (SIDE - 1 - x, SIDE - 1 - y);
            }
            (x, y) = (y, x);
        }
        s /= 2;
    }
    index
}
