//! What the search must know of each parcel, found in the city, and the pack's figures as it takes them.

use super::inputs::{Inputs, params};
use crate::analysis::consolidation::{self, LandSplitTable, Params, ParcelInput, SharedStep};
use crate::city::{City, Table};
use crate::domain::LayerId;
use crate::domain::columns::{building, control_line, parcel};
use crate::rules;
use crate::spatial::arena::Arena;
use crate::spatial::overlay;
use crate::spatial::polygons::{PolygonSet, Subset};
use std::collections::{BTreeMap, HashMap};

/// Parcels as the eligibility test sees them, with their planar areas.
pub(in crate::service::processes) fn parcels_to_judge(
    city: &City,
    rows: &[u32],
    pack: &rules::ConsolidationPack,
    year: i32,
) -> (Vec<ParcelInput>, Vec<f64>, consolidation::ConsolidationPack, Params) {
    let params = params(&Inputs::default(), pack, year);
    let table = city.table(LayerId::Parcel);
    let set = Subset { set: table.shapes(), items: rows.to_vec() };
    let parcels = evidence(city, table, &set, &vec![1.0; rows.len()], pack);
    let areas = (0..set.len()).map(|i| set.area_m2(i)).collect();
    (parcels, areas, plain(pack), params)
}

/// The pack's figures without their sources, as the solver takes them.
pub(super) fn plain(pack: &rules::ConsolidationPack) -> consolidation::ConsolidationPack {
    let values = |figures: &BTreeMap<String, rules::Cited<f64>>| figures.iter().map(|(key, figure)| (key.clone(), figure.value)).collect();
    let split = &pack.split;
    let steps = split.bands.iter().enumerate().map(|(index, band)| {
        let far_to = split.bands.get(index + 1).map_or(f64::INFINITY, |next| next.from);
        SharedStep { far_to, base: band.base, per_far: band.per_far, cap: 1.0 }
    });
    consolidation::ConsolidationPack {
        industrial_uses: pack.planned_uses.value.clone(),
        min_share_inside: pack.inside_share.value,
        control_max_share: BTreeMap::new(),
        control_default_max_share: pack.control_share.value,
        recent_building_years: pack.recent_years.value,
        dense_far: pack.dense_far.value,
        land_price_wan_m2: values(&pack.land_price),
        demolition_price_wan_m2: values(&pack.demolition_price),
        readiness: values(&pack.readiness),
        land_split: Some(LandSplitTable {
            legal_tenures: split.legal_tenures.value.clone(),
            legal_factor: split.legal_factor.value,
            shared_tenures: split.shared_tenures.value.clone(),
            shared: steps.collect(),
            cap_share: split.retained_cap.value,
        }),
    }
}

pub(super) fn evidence(
    city: &City,
    table: &Table,
    set: &Subset<'_, Arena>,
    share_inside: &[f64],
    pack: &rules::ConsolidationPack,
) -> Vec<ParcelInput> {
    let mut control: Vec<Vec<(String, f64)>> = vec![Vec::new(); set.items.len()];
    let lines = city.table(LayerId::ControlLine);
    let hard: Vec<u32> = (0..lines.len() as u32)
        .filter(|row| lines.flag(*row as usize, control_line::HARD) == Some(true))
        .filter(|row| lines.text(*row as usize, control_line::KIND).is_some_and(|kind| pack.hard_kinds.value.iter().any(|known| known == kind)))
        .collect();
    let lines_set = Subset { set: lines.shapes(), items: hard };
    for (item, line, shared) in overlay(set, &lines_set) {
        let kind = lines.text(lines_set.items[line as usize] as usize, control_line::KIND).unwrap_or_default();
        let share = shared / set.area_m2(item as usize).max(f64::MIN_POSITIVE);
        let shares = &mut control[item as usize];
        match shares.iter_mut().find(|(known, _)| known == kind) {
            Some((_, sum)) => *sum += share,
            None => shares.push((kind.to_owned(), share)),
        }
    }
    let buildings = largest_buildings(city);
    set.items
        .iter()
        .zip(share_inside)
        .zip(control)
        .map(|((row, share), control_share)| {
            let row = *row as usize;
            let text = |name: &str| table.text(row, name).map(str::to_owned);
            let code = table.key(row).to_owned();
            let building = buildings.get(&code);
            ParcelInput {
                is_road: table
                    .text(row, parcel::LAND_USE)
                    .is_some_and(|code| pack.road_uses.value.iter().any(|road| code.starts_with(road.as_str()))),
                geometry_valid: table.shapes().area(row) > 0.0,
                tenure: text("tenure"),
                owner: text("owner"),
                built_gfa_m2: table.number(row, parcel::BUILT_GFA_M2),
                has_building: building.is_some(),
                built_year: table.number(row, parcel::BUILT_YEAR).map(|year| year as i32),
                structure: building.and_then(|(_, structure)| structure.clone()),
                planned_use: text("planned_use"),
                far_present: table.number(row, parcel::FAR_PRESENT),
                stage: text("stage"),
                share_inside: *share,
                control_share,
                code,
            }
        })
        .collect()
}

/// By parcel: GFA and structure of its largest building.
fn largest_buildings(city: &City) -> HashMap<String, (f64, Option<String>)> {
    let mut largest: HashMap<String, (f64, Option<String>)> = HashMap::new();
    let buildings = city.table(LayerId::Building);
    for row in 0..buildings.len() {
        let Some(parcel) = buildings.text(row, building::PARCEL) else { continue };
        let gfa = buildings.number(row, building::GFA_M2).unwrap_or(0.0);
        if largest.get(parcel).is_none_or(|(most, _)| gfa > *most) {
            largest.insert(parcel.to_owned(), (gfa, buildings.text(row, building::STRUCTURE).map(str::to_owned)));
        }
    }
    largest
}
