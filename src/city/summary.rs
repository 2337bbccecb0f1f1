//! Totals of a selection: sums, groups, medians, histograms.

use super::table::Table;
use crate::domain::ColumnType;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// Number of bars in a histogram.
const BARS: usize = 24;

#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    #[serde(rename = "numberMatched")]
    pub number_matched: usize,
    pub sum: BTreeMap<String, f64>,
    pub groups: BTreeMap<String, Vec<Group>>,
    pub median: BTreeMap<String, f64>,
    pub histograms: BTreeMap<String, Histogram>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    pub value: Option<String>,
    pub count: usize,
    pub area_m2: f64,
}

/// Bars over [min, max]; the last bar also holds what lies above the 99th percentile, so that one outlier does not flatten the rest.
#[derive(Debug, Serialize, ToSchema)]
pub struct Histogram {
    pub min: f64,
    pub max: f64,
    pub edges: Vec<f64>,
    pub counts: Vec<usize>,
    /// Rows without the figure.
    pub unknown: usize,
}

/// Sums up `rows`; the histograms' edges come from the whole table, so that they stand still while a filter moves. `known` are the rows of
/// which the reader may know, where it is not all.
pub fn summarise(table: &Table, rows: &[u32], known: Option<&[u32]>) -> Summary {
    let mut summary =
        Summary { number_matched: rows.len(), sum: BTreeMap::new(), groups: BTreeMap::new(), median: BTreeMap::new(), histograms: BTreeMap::new() };
    for (definition, column) in table.layer().columns.iter().zip(table.columns()) {
        if definition.private {
            continue;
        }
        let name = &definition.name;
        match definition.kind {
            ColumnType::Real | ColumnType::Integer => {
                let mut values: Vec<f64> = rows.iter().filter_map(|row| column.number(*row as usize)).collect();
                if name.ends_with("_m2") {
                    summary.sum.insert(name.clone(), values.iter().sum());
                }
                if values.is_empty() {
                    continue;
                }
                let unknown = rows.len() - values.len();
                let middle = values.len() / 2;
                values.select_nth_unstable_by(middle, f64::total_cmp);
                summary.median.insert(name.clone(), values[middle]);
                if let Some(histogram) = histogram(table, name.as_str(), &values, unknown, known) {
                    summary.histograms.insert(name.clone(), histogram);
                }
            }
            ColumnType::Text if definition.codes.is_some() || matches!(name.as_str(), "district" | "park" | "class" | "kind") => {
                summary.groups.insert(name.clone(), groups(table, column, rows));
            }
            _ => {}
        }
    }
    summary
}

fn groups(table: &Table, column: &super::column::Column, rows: &[u32]) -> Vec<Group> {
    // Distinct texts stand once a block: each is given one number for all blocks.
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut names: Vec<&str> = Vec::new();
    let by_block: Vec<Vec<usize>> = (0..column.block_count())
        .map(|block| {
            let number = |text| {
                *numbers.entry(text).or_insert_with(|| {
                    names.push(text);
                    names.len()
                })
            };
            column.block_texts(block).map(number).collect()
        })
        .collect();
    // The first is for rows without a text.
    let mut counts = vec![(0usize, 0.0f64); names.len() + 1];
    // Of land the area of its shape; units and floors state theirs.
    let areas = table.column("planar_area_m2").or_else(|| table.column("area_m2"));
    for row in rows {
        let group = &mut counts[column.text_place(*row as usize).map_or(0, |(block, text)| by_block[block][text])];
        group.0 += 1;
        group.1 += areas.and_then(|areas| areas.number(*row as usize)).unwrap_or(0.0);
    }
    let mut groups: Vec<Group> = counts
        .into_iter()
        .enumerate()
        .filter(|(_, (count, _))| *count > 0)
        .map(|(id, (count, area_m2))| Group { value: id.checked_sub(1).map(|id| names[id].to_owned()), count, area_m2 })
        .collect();
    groups.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    groups
}

fn histogram(table: &Table, name: &str, values: &[f64], unknown: usize, known: Option<&[u32]>) -> Option<Histogram> {
    let column = table.column(name)?;
    let mut all: Vec<f64> = match known {
        Some(known) => known.iter().filter_map(|row| column.number(*row as usize)).collect(),
        None => (0..table.len()).step_by((table.len() / 50_000).max(1)).filter_map(|row| column.number(row)).collect(),
    };
    let last = all.len().checked_sub(1)?;
    all.sort_unstable_by(f64::total_cmp);
    let (min, max, upper) = (all[0], all[last], all[last * 99 / 100]);
    let width = if upper > min { (upper - min) / BARS as f64 } else { 1.0 };
    let edges: Vec<f64> = (0..=BARS).map(|bar| min + width * bar as f64).collect();
    let mut counts = vec![0; BARS];
    for value in values {
        let bar = ((value - min) / width).floor().clamp(0.0, (BARS - 1) as f64) as usize;
        counts[bar] += 1;
    }
    Some(Histogram { min, max, edges, counts, unknown })
}
