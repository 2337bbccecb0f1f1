//! Exports: exactly what is selected or filtered, with its count.

use super::items::{Selected, Selection, write_features};
use super::{Planner, Viewer};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::formats::geojson::FeatureStyle;
use rayon::prelude::*;
use serde::Deserialize;
use std::io::Write;

/// What to export and how.
#[derive(Debug, Deserialize)]
pub struct ExportRequest {
    pub collection: String,
    pub filter: Option<String>,
    pub ids: Option<Vec<String>>,
    pub bbox: Option<[f64; 4]>,
    #[serde(default = "geojson")]
    pub format: String,
    #[serde(default = "seven")]
    pub precision: u32,
}

fn geojson() -> String {
    "geojson".to_owned()
}

fn seven() -> u32 {
    7
}

/// Features that are written to text before they go out: bounds the memory of an export of any size.
const CHUNK: usize = 4096;

impl ExportRequest {
    pub fn selection(&self) -> Selection {
        Selection { filter: self.filter.clone(), ids: self.ids.clone(), bbox: self.bbox, sortby: None }
    }
}

impl Planner {
    /// The rows of an export; keys that are asked for and do not exist are refused, not skipped.
    pub fn select_for_export(&self, viewer: &Viewer, request: &ExportRequest) -> Outcome<Selected> {
        let selected = self.select(viewer, &request.collection, &request.selection())?;
        if let Some(ids) = &request.ids
            && let Some(missing) = ids.iter().find(|id| selected.table.row_of(id).is_none())
        {
            return Err(Fault::bad("no_such_item", format!("{} 中没有 {missing}，未导出", request.collection), format!("{} has no item {missing}; nothing was exported", request.collection)).at(missing.clone()));
        }
        Ok(selected)
    }

    /// Writes a FeatureCollection in constant memory; returns the number of features.
    pub fn write_geojson(&self, selected: &Selected, precision: u32, out: &mut dyn Write) -> std::io::Result<usize> {
        let style = FeatureStyle::of(&selected.table, None, selected.private, precision, true);
        write!(
            out,
            "{{\"type\":\"FeatureCollection\",\"name\":\"{}\",\"numberMatched\":{},\"features\":[",
            selected.table.layer().name,
            selected.rows.len()
        )?;
        let wave = CHUNK * rayon::current_num_threads();
        for (index, rows) in selected.rows.chunks(wave).enumerate() {
            let parts: Vec<String> = rows.par_chunks(CHUNK).map(|rows| write_features(&selected.table, rows, &self.crs, &style)).collect();
            for (part_index, part) in parts.iter().enumerate() {
                if index + part_index > 0 {
                    out.write_all(b",\n")?;
                }
                out.write_all(part.as_bytes())?;
            }
        }
        out.write_all(b"]}\n")?;
        Ok(selected.rows.len())
    }

    /// Writes CSV with a byte-order mark, ISO dates, codes as text, and cells that cannot become formulas.
    pub fn write_csv(&self, selected: &Selected, out: &mut dyn Write) -> Outcome<usize> {
        let failed = |error: csv::Error| Fault::internal("csv", error);
        out.write_all(b"\xEF\xBB\xBF").map_err(|error| Fault::internal("write", error))?;
        let mut writer = csv::Writer::from_writer(out);
        let layer = selected.table.layer();
        let columns: Vec<usize> = (0..layer.columns.len()).filter(|index| selected.private || !layer.columns[*index].private).collect();
        writer.write_record(columns.iter().map(|index| &layer.columns[*index].name)).map_err(failed)?;
        for row in &selected.rows {
            let row = *row as usize;
            let cells = columns.iter().map(|index| {
                let column = &selected.table.columns()[*index];
                match (column.text(row), column.number(row), column.flag(row)) {
                    (Some(text), _, _) => guard_formula(text),
                    (_, Some(number), _) => number.to_string(),
                    (_, _, Some(flag)) => flag.to_string(),
                    _ => String::new(),
                }
            });
            writer.write_record(cells).map_err(failed)?;
        }
        writer.flush().map_err(|error| Fault::internal("write", error))?;
        Ok(selected.rows.len())
    }
}

/// A text that a spreadsheet would run as a formula gets a leading apostrophe.
pub fn guard_formula(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::guard_formula;

    #[test]
    fn formulas_become_text() {
        assert_eq!(guard_formula("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(guard_formula("440306-412-0087"), "440306-412-0087");
    }
}
