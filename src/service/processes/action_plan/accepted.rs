//! Accepted sites: the instruments (整备单元) that are reviewed or in force.
//!
//! # Source
//! exact-consolidation.md C17. An instrument's land is its parents; its cost is theirs by the pack (C9). Members that are plan parcels themselves
//! cost and have banked what the registered parcels they came of do, by their share of the land.

use super::super::consolidation::parcels_to_judge;
use super::sites::{CandidateSite, banked_m2};
use crate::analysis::consolidation::judge;
use crate::city::{City, Table};
use crate::domain::columns::{instrument, parcel};
use crate::domain::fault::Outcome;
use crate::domain::{InstrumentKind, InstrumentState, LayerId};
use crate::rules;
use crate::spatial::outline::outline;
use geo_types::MultiPolygon;
use std::collections::{BTreeMap, HashMap, HashSet};

/// States in which an instrument is accepted.
const ACCEPTED: [InstrumentState; 2] = [InstrumentState::Reviewed, InstrumentState::InForce];

/// One site an accepted instrument whose land lies in one of `parks`; empty while no instrument is recorded.
pub(super) fn accepted_sites(city: &City, parks: &[String], pack: &rules::ConsolidationPack, year: i32) -> Outcome<Vec<CandidateSite>> {
    let instruments = city.table(LayerId::Instrument);
    let parcels = city.table(LayerId::Parcel);
    let state = |row: usize| instruments.text(row, instrument::STATE).and_then(InstrumentState::parse);
    let kind = |row: usize| instruments.text(row, instrument::KIND).and_then(InstrumentKind::parse);
    let undone: HashSet<&str> = (0..instruments.len())
        .filter(|row| state(*row) == Some(InstrumentState::InForce))
        .filter_map(|row| instruments.text(row, instrument::UNDOES))
        .collect();
    let merges: Vec<usize> = (0..instruments.len())
        .filter(|row| state(*row).is_some_and(|state| ACCEPTED.contains(&state)) && kind(*row) == Some(InstrumentKind::Merge))
        .filter(|row| !undone.contains(instruments.key(*row)))
        .collect();
    // A merge whose plan parcel has become part of another one counts there.
    let members: HashSet<String> = merges.iter().flat_map(|row| instruments.list(*row, "parents").unwrap_or_default()).collect();
    let origins = Origins::new(city, parcels, instruments);
    let mut sites = Vec::new();
    for row in merges {
        let (codes, children) = (instruments.list(row, "parents").unwrap_or_default(), instruments.list(row, "children").unwrap_or_default());
        if !children.is_empty() && children.iter().all(|child| members.contains(child)) {
            continue;
        }
        let shares = origins.of(&codes);
        let rows: Vec<u32> = shares.keys().copied().collect();
        let Some(park) = park_of(parcels, &rows).filter(|park| parks.contains(park)) else { continue };
        let shapes: Vec<_> = codes.iter().filter_map(|code| origins.shape(code)).collect();
        let merged = outline(&shapes, pack.gap.value);
        let costs = costs_wan(city, &rows, pack, year);
        let banked = shares.iter().map(|(row, share)| share * banked_m2(parcels, &[parcels.key(*row as usize).to_owned()]));
        sites.push(CandidateSite {
            id: instruments.key(row).to_owned(),
            park,
            phase: None,
            area_m2: merged.union_m2,
            banked_m2: banked.fold(0.0, |sum, area| sum + area),
            cost_wan: costs.iter().zip(shares.values()).map(|(cost, share)| cost * share).sum(),
            parcels: codes,
            shape: merged.shape,
            source: "instrument",
        });
    }
    Ok(sites)
}

/// c_i of each of the parcels (C9), 万元.
fn costs_wan(city: &City, rows: &[u32], pack: &rules::ConsolidationPack, year: i32) -> Vec<f64> {
    let (inputs, areas, plain, params) = parcels_to_judge(city, rows, pack, year);
    judge(&inputs, &areas, &plain, &params).iter().map(|judgement| judgement.cost_wan).collect()
}

/// Of which registered parcels land is made.
struct Origins<'a> {
    parcels: &'a Table,
    plan_parcels: &'a Table,
    /// For each plan parcel the members of the instrument that made it, and the instrument's other children with it.
    made_of: HashMap<String, (Vec<String>, Vec<String>)>,
}

impl<'a> Origins<'a> {
    fn new(city: &'a City, parcels: &'a Table, instruments: &Table) -> Self {
        let makes = (0..instruments.len()).filter(|row| instruments.text(*row, instrument::UNDOES).is_none());
        let made_of = makes.flat_map(|row| {
            let (parents, children) = (instruments.list(row, "parents").unwrap_or_default(), instruments.list(row, "children").unwrap_or_default());
            children.clone().into_iter().map(move |child| (child, (parents.clone(), children.clone())))
        });
        Origins { parcels, plan_parcels: city.table(LayerId::PlanParcel), made_of: made_of.collect() }
    }

    /// The registered parcels of the land named, each with the share of it that is meant, by row.
    fn of(&self, codes: &[String]) -> BTreeMap<u32, f64> {
        let mut shares = BTreeMap::new();
        codes.iter().for_each(|code| self.add(code, 1.0, &mut shares));
        shares
    }

    fn add(&self, code: &str, share: f64, shares: &mut BTreeMap<u32, f64>) {
        if let Some(row) = self.parcels.row_of(code) {
            *shares.entry(row as u32).or_default() += share;
        } else if let Some((parents, children)) = self.made_of.get(code) {
            let whole: f64 = children.iter().map(|child| self.area(child)).sum();
            let part = if whole > 0.0 { self.area(code) / whole } else { 0.0 };
            parents.iter().for_each(|parent| self.add(parent, share * part, shares));
        }
    }

    fn area(&self, code: &str) -> f64 {
        self.plan_parcels.row_of(code).map_or(0.0, |row| self.plan_parcels.shapes().area(row))
    }

    fn shape(&self, code: &str) -> Option<MultiPolygon<f64>> {
        let of = |table: &Table| Some(table.shapes().multi_polygon(table.row_of(code)?));
        of(self.parcels).or_else(|| of(self.plan_parcels))
    }
}

/// The park with most of the parcels' area; the smaller code on a tie.
fn park_of(parcels: &Table, rows: &[u32]) -> Option<String> {
    let mut areas: BTreeMap<&str, f64> = BTreeMap::new();
    for row in rows.iter().map(|row| *row as usize) {
        if let Some(park) = parcels.text(row, parcel::PARK) {
            *areas.entry(park).or_default() += parcels.shapes().area(row);
        }
    }
    areas.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(park, _)| park.to_owned())
}
