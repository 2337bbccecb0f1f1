//! Regions as JSON and as GeoJSON.

use super::units::Units;
use super::{RegionsAnswer, RegionsQuestion};
use crate::analysis::consolidation::geometry_json;
use crate::analysis::consolidation::regions::Regions;
use crate::spatial::AdjacencyOptions;
use serde_json::{Map, Value, json};

pub(super) fn to_json(units: &Units, found: &Regions, question: &RegionsQuestion, options: &AdjacencyOptions) -> Value {
    let rows_of = |members: &[u32]| -> Vec<u64> { members.iter().map(|i| units.rows[*i as usize].number).collect() };
    let sum_of = |members: &[u32]| members.iter().map(|i| units.amount[*i as usize]).fold(0.0, |a, b| a + b);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); found.p];
    for (i, region) in found.region_of.iter().enumerate() {
        if let Some(region) = region {
            members[*region as usize].push(i as u32);
        }
    }
    let regions: Vec<Value> =
        members.iter().enumerate().map(|(k, own)| json!({ "region": k, "units": own.len(), "sum": sum_of(own), "rows": rows_of(own) })).collect();
    let unsolved: Vec<Value> =
        found.unsolved.iter().map(|own| json!({ "reason": "sum_below_threshold", "sum": sum_of(own), "rows": rows_of(own) })).collect();
    let excluded: Vec<Value> = units.excluded.iter().map(|(reason, rows)| json!({ "reason": reason, "count": rows.len(), "rows": rows })).collect();
    json!({
        "p": found.p, "p_bound": found.p_bound, "heterogeneity": found.heterogeneity, "units": units.rows.len(),
        "question": question, "plane": units.plane, "typical_width": units.width,
        "tolerance": options.tolerance_m, "min_length": options.min_length_m,
        "regions": regions, "unsolved": unsolved, "excluded": excluded,
    })
}

/// One feature per unit with the file's own fields and `region` (null where the component cannot reach the threshold).
///
/// Coordinates are those of the file; a file in a projected CRS therefore is GeoJSON by shape, not by RFC 7946.
pub fn regions_as_geojson(answer: &RegionsAnswer) -> Value {
    let features: Vec<Value> = answer
        .units
        .rows
        .iter()
        .zip(&answer.units.source_shapes)
        .zip(&answer.found.region_of)
        .map(|((row, shape), region)| {
            let mut properties = Map::new();
            for (name, value) in answer.units.field_names.iter().zip(&row.values) {
                properties.insert(name.clone(), value.to_json(false));
            }
            properties.insert("region".to_owned(), json!(region));
            json!({ "type": "Feature", "id": row.number, "geometry": geometry_json(shape, &|c| c), "properties": properties })
        })
        .collect();
    json!({ "type": "FeatureCollection", "run": answer.value["run"], "features": features })
}
