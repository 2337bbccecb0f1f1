//! Drafting a merge: members that are one piece become one plan parcel, with the area ledger (C20).

use super::draft::{NewInstrument, Prepared, kept_ledger};
use super::land::{LandOn, keep_standing};
use super::members::Members;
use crate::analysis::consolidation::settle;
use crate::city::City;
use crate::domain::columns::control_line;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId};
use crate::spatial::polygons::{PolygonSet, Polygons};
use crate::spatial::{AdjacencyOptions, Graph, adjacency, bridged};
use geo::{Area, BooleanOps, BoundingRect};
use geo_types::MultiPolygon;
use serde_json::json;
use std::collections::BTreeSet;

const MOST_PARENTS: usize = 2000;
/// Land below this is a touch of boundaries, m².
const LEAST_LAND_M2: f64 = 0.01;

/// Contiguity, outline and ledger of a merge: seconds at the most members, and so before the writing.
pub(super) fn merge(city: &City, new: &NewInstrument, today: &str) -> Outcome<Prepared> {
    let parents: BTreeSet<String> = new.parcels.iter().cloned().collect();
    if parents.is_empty() || parents.len() > MOST_PARENTS {
        return Err(Fault::bad("parcels", format!("请给出 1 到 {MOST_PARENTS} 宗"), format!("name 1 to {MOST_PARENTS} parcels")).at("/parcels"));
    }
    let options = AdjacencyOptions::default();
    let tolerance = new.tolerance_m.unwrap_or(options.tolerance_m);
    if !(0.0..=50.0).contains(&tolerance) {
        return Err(Fault::bad("tolerance", "缝隙容差应为 0 到 50 米", "the gap tolerance is 0 to 50 m").at("/tolerance_m"));
    }
    let members = Members::read(city, parents.into_iter().collect(), today)?;
    let shapes = members.shapes();
    must_hang_together(members.codes(), shapes, tolerance, new.bridge_width_m.unwrap_or(0.0))?;
    let settled = settle(members.ledger_rows(), shapes, tolerance, &dedicated_land(city, &shapes.iter().collect::<Polygons>()));
    nobody_between(city, &members, &settled.shape, today)?;
    let mut ledger = kept_ledger(city, &settled.ledger, &members);
    ledger["tolerance_m"] = json!(tolerance);
    Ok(Prepared { members, parts: vec![settled.shape], ledger })
}

/// What closing the gaps adds must be nobody's: standing land that is no member is named, not swallowed (C2).
fn nobody_between(city: &City, members: &Members, merged: &MultiPolygon<f64>, today: &str) -> Outcome<()> {
    let added = members.shapes().iter().fold(merged.clone(), |left, member| left.difference(member));
    let Some(bounds) = added.bounding_rect().filter(|_| added.unsigned_area() >= LEAST_LAND_M2) else { return Ok(()) };
    let mut others: Vec<String> = Vec::new();
    for layer in [LayerId::Parcel, LayerId::PlanParcel] {
        let table = city.table(layer);
        let mut rows = table.index().rows(bounds);
        keep_standing(city, table, &mut rows, &LandOn::parse(today)?);
        let is_member = |row: usize| members.codes().iter().any(|code| code == table.key(row));
        let lies_in = |row: usize| table.shapes().multi_polygon(row).intersection(&added).unsigned_area() >= LEAST_LAND_M2;
        others.extend(rows.into_iter().map(|row| row as usize).filter(|row| !is_member(*row) && lies_in(*row)).map(|row| table.key(row).to_owned()));
    }
    if others.is_empty() {
        return Ok(());
    }
    let (zh, en) = (others.join("、"), others.join(", "));
    Err(Fault::new(
        FaultKind::Unprocessable,
        "land_between",
        format!("所选宗地之间是他人的土地，不是空隙：{zh}"),
        format!("what lies between the parcels is land of its own, no gap: {en}"),
    )
    .at("/parcels")
    .help(format!("把 {zh} 一并列入，或把缝隙容差改小"), format!("name {en} as well, or make the gap tolerance smaller")))
}

/// Dedicated control lines near the shapes: land that leaves whoever owns it.
pub(in crate::service) fn dedicated_land(city: &City, polygons: &impl PolygonSet) -> Vec<MultiPolygon<f64>> {
    let lines = city.table(LayerId::ControlLine);
    let mut rows: Vec<u32> = (0..polygons.len()).flat_map(|item| lines.index().rows(polygons.bounds(item))).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.retain(|row| lines.flag(*row as usize, control_line::DEDICATED) == Some(true));
    rows.into_iter().map(|row| lines.shapes().multi_polygon(row as usize)).collect()
}

/// Refuses members that are not one piece by edge contacts, overlaps or allowed bridges (C4), naming what stands apart.
fn must_hang_together(parents: &[String], shapes: &[MultiPolygon<f64>], tolerance_m: f64, bridge_width_m: f64) -> Outcome<()> {
    let options = AdjacencyOptions { tolerance_m, ..AdjacencyOptions::default() };
    let members: Polygons = shapes.iter().collect();
    let mut contacts = adjacency(&members, &options);
    if bridge_width_m > 0.0 {
        contacts.extend(bridged(&members, &contacts, &|_| false, bridge_width_m.min(200.0), &options));
    }
    let graph = Graph::new(parents.len(), &contacts, |contact| contact.class != crate::spatial::ContactClass::Point);
    let (component, count) = graph.components();
    if count < 2 {
        return Ok(());
    }
    let mut sizes = vec![0usize; count];
    component.iter().for_each(|part| sizes[*part as usize] += 1);
    let main = sizes.iter().enumerate().max_by_key(|(part, size)| (**size, std::cmp::Reverse(*part))).map_or(0, |(part, _)| part as u32);
    let apart: Vec<&str> = parents.iter().zip(&component).filter(|(_, part)| **part != main).map(|(parent, _)| parent.as_str()).collect();
    let list = apart.iter().take(10).copied().collect::<Vec<_>>();
    Err(Fault::new(
        FaultKind::Unprocessable,
        "not_contiguous",
        format!("所选宗地不连片，分为 {count} 块；与主体不相连：{}", list.join("、")),
        format!("the parcels are not one piece but {count}; apart from the main one: {}", list.join(", ")),
    )
    .at("/parcels")
    .help("补上中间的宗地，或给出可跨越的宽度", "add the parcels between, or give a width that may be bridged"))
}
