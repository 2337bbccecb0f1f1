//! CSV for spreadsheets: byte-order mark, ISO dates, codes as text, and no text that a spreadsheet would run as a formula.

use super::vector_write::moved;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer, Row, Value};
use crate::formats::crs::{Crs, Transformer};
use std::io::Write;

/// How geometry goes into a CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvGeometry {
    Leave,
    /// One column `wkt`.
    Wkt,
    /// Columns `x` and `y`, for points.
    Xy,
}

/// Writes `columns` (indexes into `layer.columns`) of the rows to `out`. Geometry, if wanted, goes from `crs_from` to `crs_to`. Returns the number of rows.
pub fn write_csv(
    out: impl Write,
    layer: &Layer,
    columns: &[usize],
    rows: &mut dyn Iterator<Item = Outcome<Row>>,
    geometry: CsvGeometry,
    crs_from: &str,
    crs_to: &str,
) -> Outcome<u64> {
    let way = Transformer::new(&Crs::parse(crs_from)?, &Crs::parse(crs_to)?)?;
    let mut out = out;
    out.write_all(b"\xEF\xBB\xBF").map_err(|error| failed(&error))?;
    let mut writer = csv::Writer::from_writer(out);
    let mut header: Vec<&str> = columns.iter().map(|index| layer.columns[*index].name.as_str()).collect();
    match geometry {
        CsvGeometry::Leave => {}
        CsvGeometry::Wkt => header.push("wkt"),
        CsvGeometry::Xy => header.extend(["x", "y"]),
    }
    writer.write_record(&header).map_err(|error| failed(&error))?;
    let mut count = 0;
    for row in rows {
        let row = row?;
        let mut record: Vec<String> = columns.iter().map(|index| cell(&row.values[*index])).collect();
        record.extend(place(&row, geometry, &way)?);
        writer.write_record(&record).map_err(|error| failed(&error))?;
        count += 1;
    }
    writer.flush().map_err(|error| failed(&error))?;
    Ok(count)
}

/// A cell as spreadsheets read it; no number that none of them knows.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => guarded(text),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) if number.is_finite() => number.to_string(),
        Value::Real(_) => String::new(),
        Value::Boolean(flag) => flag.to_string(),
    }
}

/// A text that begins like a formula gets an apostrophe; our reader takes it off again.
pub(crate) fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn place(row: &Row, geometry: CsvGeometry, way: &Transformer) -> Outcome<Vec<String>> {
    let moved = match (geometry, &row.geometry) {
        (CsvGeometry::Leave, _) => return Ok(Vec::new()),
        (_, Some(shape)) => Some(moved(shape, way)?),
        (_, None) => None,
    };
    match (geometry, moved) {
        (CsvGeometry::Xy, Some(geo_types::Geometry::Point(point))) => Ok(vec![point.x().to_string(), point.y().to_string()]),
        (CsvGeometry::Xy, _) => Ok(vec![String::new(), String::new()]),
        (_, Some(shape)) => {
            let shape =
                crate::formats::geos::any_to_gdal(&shape).and_then(|shape| shape.wkt()).map_err(|error| Fault::internal("csv_geometry", error))?;
            Ok(vec![shape])
        }
        (_, None) => Ok(vec![String::new()]),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Fault {
    Fault::bad("write_failed", format!("写出失败：{error}"), format!("writing failed: {error}"))
}
