//! One import from the file to rows and a report.

use super::mapping;
use super::options::{CityContext, ImportOptions, Mode};
use super::plan::geometry_plan;
use super::report::ImportReport;
use super::rows::Intake;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer, Row, dictionary};
use crate::formats::{self, Progress, ReadOptions, SourceNotice, Table, clean};
use std::path::Path;

/// What the store is to write, in one transaction.
#[derive(Debug)]
pub struct Prepared {
    pub layer: &'static Layer,
    /// In the working CRS and the dictionary's column order; every row has its key.
    pub rows: Vec<Row>,
    pub mode: Mode,
    /// The columns that the file fills (indexes into `layer.columns`, the key among them): an update changes these and no others.
    pub columns: Vec<usize>,
    /// Whether the rows bring geometry; an update from a table does not.
    pub has_geometry: bool,
    pub report: ImportReport,
}

/// Reads the file and makes it ready. `progress` runs over the rows twice: reading, then judging.
pub fn prepare(path: &Path, options: &ImportOptions, city: &CityContext, progress: Progress<'_>) -> Outcome<Prepared> {
    let (layer, mut table) = read_table(path, options, progress)?;
    let mapping = mapping::resolve(layer, &table, options)?;
    let geometry = geometry_plan(&mut table, layer, options, city)?;
    let rows = std::mem::take(&mut table.rows);
    let mut intake = Intake::new(layer, mapping, options, city, geometry);
    intake.take_all(rows, progress)?;
    intake.settle_parts();
    intake.finish(path, table)
}

/// The layer that is to be filled, and the file's table with clean names.
pub(super) fn read_table(path: &Path, options: &ImportOptions, progress: Progress<'_>) -> Outcome<(&'static Layer, Table)> {
    let layer = dictionary().layer(&options.layer).ok_or_else(|| unknown_layer(&options.layer))?;
    let wanted = |text: &str| mapping::wanted(layer, options, text);
    let read = ReadOptions {
        our_layer: &layer.name,
        source_layer: options.source_layer.as_deref(),
        encoding: options.encoding.as_deref(),
        wanted: &wanted,
        wants_geometry: layer.is_spatial(),
        limits: &options.limits,
    };
    let mut table = formats::read(path, &read, progress)?;
    if table.rows.is_empty() {
        return Err(Fault::bad("no_rows", "文件里没有一行数据", "the file has no rows").at(table.layer));
    }
    clean_names(&mut table);
    Ok((layer, table))
}

/// Takes characters that are not seen out of the fields' names: a heading with one would match nothing.
fn clean_names(table: &mut Table) {
    let mut cleaned = Vec::new();
    for field in &mut table.fields {
        for name in std::iter::once(&mut field.name).chain(field.alias.as_mut()).filter(|name| clean::has_unseen(name)) {
            *name = clean::seen(name).into_owned();
            cleaned.push(serde_json::json!(name));
        }
    }
    if !cleaned.is_empty() {
        table.notices.push(SourceNotice {
            code: "names_cleaned",
            zh: format!("{} 个字段名含不可见字符，已去掉", cleaned.len()),
            en: format!("{} field names had characters that are not seen; they were taken out", cleaned.len()),
            items: cleaned,
        });
    }
}

fn unknown_layer(name: &str) -> Fault {
    let names: Vec<&str> = dictionary().layers.iter().map(|layer| layer.name.as_str()).collect();
    Fault::bad("layer_unknown", format!("没有图层“{name}”"), format!("there is no layer “{name}”"))
        .help(format!("图层：{}", names.join("、")), format!("layers: {}", names.join(", ")))
}
