//! Accepted sites: the instruments (整备单元) that are reviewed or in force.
//!
//! # Source
//! exact-consolidation.md C17. An instrument's land is its parents; its cost is theirs by the pack (C9).

use super::sites::{CandidateSite, banked_m2};
use crate::analysis::consolidation::judge;
use crate::atlas::Table;
use crate::domain::fault::Outcome;
use crate::rules;
use crate::service::Planner;
use crate::spatial::outline::outline;
use std::collections::{BTreeMap, HashSet};

/// States in which an instrument is accepted.
const ACCEPTED: [&str; 2] = ["reviewed", "in_force"];

impl Planner {
    /// One site an accepted instrument whose land lies in one of `parks`; empty while no instrument is recorded.
    pub(super) fn accepted_sites(&self, parks: &[String], pack: &rules::ConsolidationPack, year: i32) -> Outcome<Vec<CandidateSite>> {
        let instruments = self.table("instrument")?;
        let atlas = self.atlas();
        let Some(parcels) = atlas.table("parcel") else { return Ok(Vec::new()) };
        let undoes = |row: usize| instruments.text(row, "undoes").filter(|_| instruments.text(row, "state") == Some("in_force"));
        let undone: HashSet<&str> = (0..instruments.len()).filter_map(undoes).collect();
        let mut sites = Vec::new();
        for row in 0..instruments.len() {
            let is_accepted = instruments.text(row, "state").is_some_and(|state| ACCEPTED.contains(&state));
            if !is_accepted || instruments.text(row, "kind") != Some("merge") || undone.contains(instruments.key(row)) {
                continue;
            }
            let codes = list(&instruments, row, "parents");
            let rows: Vec<u32> = codes.iter().filter_map(|code| parcels.row_of(code)).map(|row| row as u32).collect();
            let Some(park) = park_of(parcels, &rows).filter(|park| parks.contains(park)) else { continue };
            let shapes: Vec<_> = rows.iter().map(|row| parcels.shapes().multi_polygon(*row as usize)).collect();
            let merged = outline(&shapes, pack.gap.value);
            sites.push(CandidateSite {
                id: instruments.key(row).to_owned(),
                park,
                phase: None,
                area_m2: merged.union_m2,
                banked_m2: banked_m2(parcels, &codes),
                cost_wan: self.cost_wan(&rows, pack, year),
                parcels: codes,
                shape: merged.shape,
                source: "instrument",
            });
        }
        Ok(sites)
    }

    /// Σ c_i of the parcels (C9).
    fn cost_wan(&self, rows: &[u32], pack: &rules::ConsolidationPack, year: i32) -> f64 {
        let (inputs, areas, plain, params) = self.parcels_to_judge(rows, pack, year);
        judge(&inputs, &areas, &plain, &params).iter().map(|judgement| judgement.cost_wan).sum()
    }
}

/// The texts of a list cell (a JSON array).
fn list(table: &Table, row: usize, column: &str) -> Vec<String> {
    table.text(row, column).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The park with most of the parcels' area; the smaller code on a tie.
fn park_of(parcels: &Table, rows: &[u32]) -> Option<String> {
    let mut areas: BTreeMap<&str, f64> = BTreeMap::new();
    for row in rows.iter().map(|row| *row as usize) {
        if let Some(park) = parcels.text(row, "park") {
            *areas.entry(park).or_default() += parcels.shapes().area(row);
        }
    }
    areas.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(park, _)| park.to_owned())
}
