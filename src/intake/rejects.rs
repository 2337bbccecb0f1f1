//! The rows that were not taken, as a file to be mended and brought again: all their own fields, and why.

use super::options::{CityContext, ImportOptions};
use super::plan::geometry_plan;
use super::prepare::read_table;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang, Value};
use crate::formats::{Progress, RawShape, Sheet, SourceRow, Table, Transformer, sheet_csv};
use geo_types::Coord;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::path::Path;

/// A row that was not taken.
#[derive(Clone, Debug)]
pub struct Reject {
    /// Its number in the file.
    pub row: u64,
    pub reason: String,
    pub zh: String,
    pub en: String,
    /// `[x, y]` of the fault, in the file's CRS.
    pub place: Option<[f64; 2]>,
}

/// In which form the rows go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectForm {
    Csv,
    GeoJson,
}

/// Reads the file again and writes the rows in question with their reasons.
pub fn rejects_file(
    path: &Path,
    options: &ImportOptions,
    city: &CityContext,
    rejects: &[Reject],
    form: RejectForm,
    lang: Lang,
    progress: Progress<'_>,
) -> Outcome<Vec<u8>> {
    let (layer, mut table) = read_table(path, options, progress)?;
    let why: BTreeMap<u64, &Reject> = rejects.iter().map(|reject| (reject.row, reject)).collect();
    // Where the CRS was refused, no row was judged and none is here.
    let degrees = geometry_plan(&mut table, layer, options, city).ok().flatten().and_then(|plan| {
        let world = crate::formats::Crs::parse("EPSG:4326").ok()?;
        Transformer::new(&plan.from, &world).ok()
    });
    let rows: Vec<(&SourceRow, &Reject)> = table.rows.iter().filter_map(|row| why.get(&row.number).map(|reject| (row, *reject))).collect();
    match form {
        RejectForm::Csv => csv(&table, &rows, lang),
        RejectForm::GeoJson => geojson(&table, &rows, degrees.as_ref(), lang),
    }
}

const HEAD_ZH: [&str; 4] = ["行", "原因", "说明", "位置"];
const HEAD_EN: [&str; 4] = ["row", "reason", "detail", "place"];

fn csv(table: &Table, rows: &[(&SourceRow, &Reject)], lang: Lang) -> Outcome<Vec<u8>> {
    let own = if lang == Lang::Zh { HEAD_ZH } else { HEAD_EN };
    let head = own.into_iter().map(str::to_owned).chain(table.fields.iter().map(|field| field.name.clone())).collect();
    let line = |(row, reject): &(&SourceRow, &Reject)| {
        let place = reject.place.map_or(Value::Null, |[x, y]| Value::Text(format!("{x} {y}")));
        let told = [Value::Integer(row.number as i64), Value::from(reject.reason.as_str()), Value::from(detail(reject, lang)), place];
        told.into_iter().chain(row.values.iter().cloned()).collect()
    };
    sheet_csv(&Sheet { name: String::new(), head, rows: rows.iter().map(line).collect() })
}

fn detail(reject: &Reject, lang: Lang) -> &str {
    if lang == Lang::Zh { &reject.zh } else { &reject.en }
}

fn geojson(table: &Table, rows: &[(&SourceRow, &Reject)], degrees: Option<&Transformer>, lang: Lang) -> Outcome<Vec<u8>> {
    let feature = |(row, reject): &(&SourceRow, &Reject)| {
        let mut properties = Map::new();
        for (field, value) in table.fields.iter().zip(&row.values) {
            properties.insert(field.name.clone(), value.to_json(false));
        }
        properties.insert("_row".to_owned(), json!(row.number));
        properties.insert("_reason".to_owned(), json!(reject.reason));
        properties.insert("_detail".to_owned(), json!(detail(reject, lang)));
        let geometry = row.geometry.as_ref().zip(degrees).and_then(|(geometry, way)| drawn(&geometry.shape, way));
        json!({ "type": "Feature", "properties": properties, "geometry": geometry })
    };
    let features: Vec<Json> = rows.iter().map(feature).collect();
    let whole = json!({ "type": "FeatureCollection", "features": features });
    serde_json::to_vec(&whole).map_err(|error| Fault::internal("json", error))
}

/// The shape as the file has it, faults and all, in degrees; none where it has no place.
fn drawn(shape: &RawShape, way: &Transformer) -> Option<Json> {
    let ring = |ring: &Vec<Coord<f64>>| {
        let mut moved = ring.clone();
        way.apply(&mut moved).then(|| moved.iter().map(|at| json!([at.x, at.y])).collect::<Vec<Json>>())
    };
    let rings = |rings: &Vec<Vec<Coord<f64>>>| rings.iter().map(ring).collect::<Option<Vec<_>>>();
    Some(match shape {
        RawShape::Points(points) => json!({ "type": "MultiPoint", "coordinates": ring(points)? }),
        RawShape::Lines(lines) => json!({ "type": "MultiLineString", "coordinates": rings(lines)? }),
        RawShape::Polygons(polygons) => json!({ "type": "MultiPolygon", "coordinates": polygons.iter().map(rings).collect::<Option<Vec<_>>>()? }),
        RawShape::Mixed(parts) => {
            json!({ "type": "GeometryCollection", "geometries": parts.iter().filter_map(|part| drawn(part, way)).collect::<Vec<_>>() })
        }
        RawShape::Empty | RawShape::Other(_) | RawShape::Unreadable(_) => return None,
    })
}
