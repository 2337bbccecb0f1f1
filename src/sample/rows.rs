//! Parcels and buildings as rows.

use super::block::Block;
use super::building::Building;
use super::land::Parcel;
use super::ring::{Ring, polygon};
use super::setting::{Setting, ZONES};
use crate::domain::{Layer, Row, Value};
use chrono::{Days, NaiveDate};
use geo_types::{Geometry, MultiPolygon};

/// The mark of every generated row.
pub(super) const SOURCE: &str = "样例";

/// Rounds to hundredths, the digits that a register keeps.
pub(super) fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

pub(super) fn surface(ring: &Ring) -> Geometry<f64> {
    Geometry::MultiPolygon(MultiPolygon::new(vec![polygon(ring)]))
}

/// The ISO date `days` before `date`.
pub(super) fn days_before(date: NaiveDate, days: i64) -> String {
    date.checked_sub_days(Days::new(days.max(0) as u64)).unwrap_or(date).to_string()
}

pub(super) fn parcel_code(setting: &Setting, block: &Block, index: usize) -> String {
    format!("{}-{:03}-{:04}", setting.districts[block.district].code, block.number, index + 1)
}

pub(super) fn zone_code(setting: &Setting, park: usize, zone: usize) -> String {
    format!("{}-{}", setting.parks[park].code, ZONES[zone].0)
}

pub(super) fn parcel_row(layer: &'static Layer, setting: &Setting, block: &Block, index: usize, parcel: &Parcel, date: NaiveDate) -> Row {
    let district = &setting.districts[block.district];
    let place = block.claim.map_or(&district.name, |(park, _, _)| &setting.parks[park].name);
    let mut row = Row::empty(layer);
    row.geometry = Some(surface(&parcel.ring));
    row.set(layer, "code", parcel_code(setting, block, index))
        .set(layer, "name", format!("{place} {} 街坊 {} 号", block.number, index + 1))
        .set(layer, "district", district.code.as_str())
        .set(layer, "land_use", parcel.land_use)
        .set(layer, "planned_use", parcel.planned_use)
        .set(layer, "tenure", parcel.tenure)
        .set(layer, "owner", parcel.owner.map(|owner| format!("OWN-{owner:05}")))
        .set(layer, "registered_area_m2", parcel.registered_m2)
        .set(layer, "planar_area_m2", parcel.area_m2)
        .set(layer, "far_limit", parcel.far_limit)
        .set(layer, "height_limit_m", parcel.height_limit_m)
        .set(layer, "coverage_limit", parcel.coverage_limit)
        .set(layer, "built_year", parcel.built_year)
        .set(layer, "stage", parcel.stage)
        .set(layer, "as_of", days_before(date, parcel.age_days))
        .set(layer, "source", SOURCE);
    if let Some((park, _, zone)) = block.claim {
        row.set(layer, "park", setting.parks[park].code.as_str()).set(layer, "zone", zone_code(setting, park, zone));
    }
    if parcel.surveyed {
        let built = hundredths(parcel.built_m2());
        row.set(layer, "built_gfa_m2", built).set(layer, "far_present", (built / parcel.area_m2 * 1e4).round() / 1e4);
    }
    row
}

pub(super) fn building_code(parcel: &str, index: usize) -> String {
    format!("{parcel}-B{}", index + 1)
}

pub(super) fn building_row(
    layer: &'static Layer,
    setting: &Setting,
    block: &Block,
    parcel: (usize, &Parcel),
    index: usize,
    building: &Building,
) -> Row {
    let (number, parcel) = parcel;
    let code = parcel_code(setting, block, number);
    let mut row = Row::empty(layer);
    row.geometry = Some(surface(&building.ring));
    row.set(layer, "code", building_code(&code, index))
        .set(layer, "name", building_name(building.use_code, parcel.land_use, index + 1))
        .set(layer, "parcel", code)
        .set(layer, "park", block.claim.map_or(Value::Null, |(park, _, _)| setting.parks[park].code.as_str().into()))
        .set(layer, "use", building.use_code)
        .set(layer, "storeys", building.storeys)
        .set(layer, "height_m", hundredths(building.height_m))
        .set(layer, "gfa_m2", hundredths(building.gfa_m2()))
        .set(layer, "built_year", parcel.built_year)
        .set(layer, "structure", building.structure)
        .set(layer, "planar_area_m2", building.area_m2)
        .set(layer, "source", SOURCE);
    row
}

fn building_name(use_code: &str, land_use: &str, number: usize) -> String {
    let kind = match (use_code, land_use) {
        ("production", _) => "厂房",
        ("r_and_d", _) => "研发楼",
        ("storage", _) => "仓库",
        ("dormitory", "07" | "0701") => return format!("{number} 栋"),
        ("dormitory", _) => "宿舍",
        _ => return format!("{number} 号楼"),
    };
    format!("{number} 号{kind}")
}
