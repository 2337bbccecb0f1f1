//! Floors and units of the works and laboratories inside parks.

use super::block::Block;
use super::building::{Building, storey_height_m};
use super::dice::{Dice, mix};
use super::firm::{self, Firm, days_after};
use super::land::{Parcel, is_industrial};
use super::rows::{SOURCE, building_code, days_before, hundredths, parcel_code};
use super::setting::Setting;
use crate::domain::{Layer, Row};
use chrono::NaiveDate;

/// What a park brings to its units.
pub(super) struct Market {
    firms: Vec<Firm>,
    /// Share of the area that stands empty.
    vacancy: f64,
}

/// One market per park: vacancies from 8 to 29 per cent before chance moves them.
pub(super) fn markets(setting: &Setting, seed: u64) -> Vec<Market> {
    (0..setting.parks.len())
        .map(|park| Market { firms: firm::of_park(setting, park, seed), vacancy: Dice::new(seed, 70, park as u64).between(0.08, 0.29) })
        .collect()
}

/// A building that is let by floors, with where it stands.
pub(super) struct Site<'a> {
    pub(super) park: usize,
    pub(super) code: String,
    building: &'a Building,
    place: u64,
}

/// The buildings of a block that report their floors.
pub(super) fn sites<'a>(setting: &Setting, block: &Block, parcels: &'a [Parcel]) -> Vec<Site<'a>> {
    let Some((park, _, _)) = block.claim else { return Vec::new() };
    let mut sites = Vec::new();
    for (number, parcel) in parcels.iter().enumerate().filter(|(_, parcel)| is_industrial(parcel.land_use) || parcel.land_use == "0802") {
        let reports = |building: &&Building| matches!(building.use_code, "production" | "r_and_d");
        for (index, building) in parcel.buildings.iter().enumerate().filter(|(_, building)| reports(building)) {
            let code = building_code(&parcel_code(setting, block, number), index);
            sites.push(Site { park, code, building, place: mix(block.place ^ ((number as u64) << 8 | index as u64)) });
        }
    }
    sites
}

/// Floor label as people say it.
fn label(storey: i64) -> String {
    format!("{storey}F")
}

/// Storey height (m) and load (kN/m²); laboratories are lower and lighter.
fn storey(use_code: &str, storey: i64) -> (f64, f64) {
    match (use_code, storey) {
        ("production", _) => storey_height_m(storey),
        (_, 1) => (6.0, 10.0),
        _ => (4.5, 5.0),
    }
}

pub(super) fn floor_rows(layer: &'static Layer, site: &Site<'_>, seed: u64) -> Vec<Row> {
    let building = site.building;
    let mut dice = Dice::new(seed, 71, site.place);
    let lifts = ((building.area_m2 / 1500.0).ceil() as i64).clamp(1, 4) + i64::from(building.storeys > 6);
    let fire_class = dice.weighted(&[("丙二", 0.62), ("丁", 0.2), ("戊", 0.1), ("丙一", 0.08)]);
    let measured = !dice.chance(0.06);
    (1..=building.storeys)
        .map(|number| {
            let (height_m, load_kn_m2) = storey(building.use_code, number);
            let mut row = Row::empty(layer);
            row.set(layer, "code", format!("{}-{}", site.code, label(number)))
                .set(layer, "building", site.code.as_str())
                .set(layer, "floor", label(number))
                .set(layer, "floor_order", number)
                .set(layer, "area_m2", hundredths(building.area_m2))
                .set(layer, "height_m", height_m)
                .set(layer, "load_kn_m2", measured.then_some(load_kn_m2))
                .set(layer, "power_kva", (building.area_m2 * dice.between(0.06, 0.16) / 10.0).round() * 10.0)
                .set(layer, "fire_class", fire_class)
                .set(layer, "lifts", lifts);
            row
        })
        .collect()
}

/// How a building is run.
struct Run {
    own_use: bool,
    vacancy: f64,
    age_days: i64,
}

pub(super) fn unit_rows(layer: &'static Layer, site: &Site<'_>, market: &Market, seed: u64, date: NaiveDate) -> Vec<Row> {
    let mut dice = Dice::new(seed, 72, site.place);
    let own_use = dice.chance(0.15);
    // Empty floors gather in some buildings; the factors keep the park's mean.
    let gathering = dice.weighted(&[(0.25, 0.3), (0.8, 0.3), (1.5, 0.3), (2.4, 0.1)]);
    let run = Run { own_use, vacancy: (market.vacancy * gathering / 0.85).min(0.95), age_days: age(&mut dice) };
    let mut rows = Vec::new();
    for number in 1..=site.building.storeys {
        let count = units_on(site.building.area_m2, &mut dice);
        // Lobbies and shafts take some of a floor that is let in parts.
        let lettable = site.building.area_m2 * if count == 1 { dice.between(0.95, 1.0) } else { dice.between(0.86, 0.95) };
        let weights: Vec<f64> = (0..count).map(|_| dice.between(0.7, 1.3)).collect();
        let total: f64 = weights.iter().sum();
        for (index, weight) in weights.iter().enumerate() {
            // Rounded down, so that the units never exceed their floor.
            let area = (lettable * weight / total * 100.0).floor() / 100.0;
            rows.push(unit_row(layer, site, market, &run, (number, index), area, date, &mut dice));
        }
    }
    rows
}

/// About one report in seven is older than a month.
fn age(dice: &mut Dice) -> i64 {
    if dice.chance(0.15) { dice.whole(31, 120) } else { dice.whole(0, 30) }
}

fn units_on(floor_m2: f64, dice: &mut Dice) -> i64 {
    match floor_m2 {
        small if small < 700.0 => 1,
        small if small < 1500.0 => dice.whole(1, 2),
        middle if middle < 3000.0 => dice.whole(1, 3),
        _ => dice.whole(1, 4),
    }
}

#[expect(clippy::too_many_arguments, reason = "a unit is where building, market and date meet")]
fn unit_row(
    layer: &'static Layer,
    site: &Site<'_>,
    market: &Market,
    run: &Run,
    place: (i64, usize),
    area_m2: f64,
    date: NaiveDate,
    dice: &mut Dice,
) -> Row {
    let (number, index) = place;
    let state = match dice.unit() {
        draw if draw < run.vacancy => "vacant",
        _ if run.own_use => "own_use",
        _ => dice.weighted(&[("let", 0.94), ("fit_out", 0.045), ("out_of_service", 0.015)]),
    };
    let use_code = match (site.building.use_code, number) {
        ("production", 1) => dice.weighted(&[("production", 0.86), ("storage", 0.14)]),
        ("production", _) => dice.weighted(&[("production", 0.84), ("r_and_d", 0.06), ("office", 0.06), ("storage", 0.04)]),
        _ => dice.weighted(&[("r_and_d", 0.76), ("office", 0.16), ("production", 0.08)]),
    };
    let mut row = Row::empty(layer);
    row.set(layer, "id", format!("{}-{}-{:02}", site.code, label(number), index + 1))
        .set(layer, "building", site.code.as_str())
        .set(layer, "floor", label(number))
        .set(layer, "area_m2", area_m2)
        .set(layer, "use", use_code)
        .set(layer, "state", state)
        .set(layer, "as_of", days_before(date, run.age_days))
        .set(layer, "source", SOURCE);
    if matches!(state, "let" | "own_use" | "fit_out") {
        let tenant = if run.own_use { site.place as usize % market.firms.len() } else { dice.whole(0, market.firms.len() as i64 - 1) as usize };
        row.set(layer, "tenant", firm::tenant(site.park, tenant)).set(layer, "cluster", market.firms[tenant].cluster);
    }
    if state == "let" {
        let base = if use_code == "r_and_d" || use_code == "office" { 33.0 } else { 26.0 };
        let rent = (base + dice.normal() * 4.5).clamp(18.0, 45.0);
        let days = dice.whole(-45, 1500);
        let end = if days < 0 { days_before(date, -days) } else { days_after(date, days) };
        row.set(layer, "rent_yuan_m2_month", (rent * 10.0).round() / 10.0).set(layer, "lease_end", end);
    }
    row
}
