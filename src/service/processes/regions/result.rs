//! Regions as they go out, and as GeoJSON.

use super::super::features::{Feature, Features};
use super::units::Units;
use super::{RegionsAnswer, RegionsQuestion};
use crate::analysis::consolidation::regions::Regions;
use crate::domain::RunRecord;
use crate::spatial::{AdjacencyOptions, Drawing};
use serde::Serialize;
use serde_json::{Map, json};

#[derive(Clone, Debug, Serialize)]
pub struct RegionsBody {
    pub p: usize,
    pub p_bound: usize,
    pub heterogeneity: f64,
    pub units: usize,
    pub question: RegionsQuestion,
    /// The plane in which lengths are measured, in words.
    pub plane: String,
    pub typical_width: f64,
    pub tolerance: f64,
    pub min_length: f64,
    pub regions: Vec<Region>,
    pub unsolved: Vec<Unsolved>,
    pub excluded: Vec<ExcludedRows>,
    pub run: RunRecord,
}

#[derive(Clone, Debug, Serialize)]
pub struct Region {
    pub region: usize,
    pub units: usize,
    pub sum: f64,
    pub rows: Vec<u64>,
}

/// A component that cannot reach the threshold.
#[derive(Clone, Debug, Serialize)]
pub struct Unsolved {
    pub reason: &'static str,
    pub sum: f64,
    pub rows: Vec<u64>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExcludedRows {
    pub reason: &'static str,
    pub count: usize,
    pub rows: Vec<u64>,
}

pub(super) fn body(run: RunRecord, units: &Units, found: &Regions, question: &RegionsQuestion, options: &AdjacencyOptions) -> RegionsBody {
    let rows_of = |members: &[u32]| -> Vec<u64> { members.iter().map(|i| units.rows[*i as usize].number).collect() };
    let sum_of = |members: &[u32]| members.iter().map(|i| units.amount[*i as usize]).fold(0.0, |a, b| a + b);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); found.p];
    for (i, region) in found.region_of.iter().enumerate() {
        if let Some(region) = region {
            members[*region as usize].push(i as u32);
        }
    }
    let region = |(region, own): (usize, &Vec<u32>)| Region { region, units: own.len(), sum: sum_of(own), rows: rows_of(own) };
    let unsolved = |own: &Vec<u32>| Unsolved { reason: "sum_below_threshold", sum: sum_of(own), rows: rows_of(own) };
    let excluded = |(reason, rows): &(&'static str, Vec<u64>)| ExcludedRows { reason, count: rows.len(), rows: rows.clone() };
    RegionsBody {
        run,
        p: found.p,
        p_bound: found.p_bound,
        heterogeneity: found.heterogeneity,
        units: units.rows.len(),
        question: question.clone(),
        plane: units.plane.clone(),
        typical_width: units.width,
        tolerance: options.tolerance_m,
        min_length: options.min_length_m,
        regions: members.iter().enumerate().map(region).collect(),
        unsolved: found.unsolved.iter().map(unsolved).collect(),
        excluded: units.excluded.iter().map(excluded).collect(),
    }
}

impl RegionsAnswer {
    /// One feature per unit with the file's own fields and `region` (null where the component cannot reach the threshold).
    ///
    /// Coordinates are those of the file; a file in a projected CRS therefore is GeoJSON by shape, not by RFC 7946.
    pub fn features(&self) -> Features {
        let units = self.units.rows.iter().zip(&self.units.source_shapes).zip(&self.found.region_of);
        let features = units.map(|((row, shape), region)| {
            let mut properties = Map::new();
            for (name, value) in self.units.field_names.iter().zip(&row.values) {
                properties.insert(name.clone(), value.to_json(false));
            }
            properties.insert("region".to_owned(), json!(region));
            Feature::numbered(row.number, Drawing::of(shape, &|point| point), properties)
        });
        Features::new(&self.body.run, features.collect())
    }
}
