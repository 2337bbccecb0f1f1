//! What a file is, before anybody says how it is to be taken: fields, encoding, where it lies.

use super::mapping;
use super::options::{CityContext, ImportOptions};
use super::prepare::read_table;
use super::proof::{CrsProof, proof};
use super::report::{Mapped, Notice};
use crate::domain::fault::Outcome;
use crate::domain::{Value, stated_day};
use crate::formats::encoding::reread;
use crate::formats::{EncodingUsed, Progress, Table};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;
use utoipa::ToSchema;

/// A file as it was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportInspection)]
pub struct Inspection {
    /// GDAL's driver, or `CSV`, `XLSX`, `DBF`.
    pub driver: String,
    pub source_layer: String,
    pub rows: u64,
    /// Whether rows carry geometry.
    pub spatial: bool,
    pub fields: Vec<FieldSeen>,
    /// `None` for formats that carry no choice.
    #[schema(required)]
    pub encoding: Option<EncodingUsed>,
    /// Texts of the file as each candidate encoding reads them, the one that is used first; empty where all would read the same.
    pub readings: Vec<Reading>,
    /// Columns that would be filled, and by what.
    pub mapping: Vec<Mapped>,
    /// Where the file would lie; none without geometry.
    #[schema(required)]
    pub proof: Option<CrsProof>,
    pub notices: Vec<Notice>,
}

/// A field of the file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportField)]
pub struct FieldSeen {
    pub name: String,
    #[schema(required)]
    pub alias: Option<String>,
    pub kind: FieldKind,
    /// Rows in which it is not empty.
    pub filled: u64,
    /// The first different values, as text.
    pub samples: Vec<String>,
}

/// What all values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportFieldKind)]
pub enum FieldKind {
    Empty,
    Integer,
    Real,
    Boolean,
    Date,
    Text,
}

/// Texts as one encoding reads them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EncodingReading)]
pub struct Reading {
    pub encoding: String,
    pub used: bool,
    /// Null where the bytes are none of this encoding.
    pub texts: Vec<Option<String>>,
}

/// Values that are shown of a field.
const SAMPLES: usize = 5;
/// Texts by which an encoding is judged.
const TEXTS: usize = 8;
/// Letters of a shown text.
const LETTERS: usize = 60;
/// Encodings that files of Chinese offices are in.
const CANDIDATES: [&str; 3] = ["UTF-8", "GB18030", "Big5"];
/// Formats whose encoding a person may have to state.
const CHOOSES: [&str; 3] = ["ESRI Shapefile", "DBF", "CSV"];

/// Reads the file and says what it is. Nothing is refused here but a file that cannot be read: what is wrong with its CRS is told in the proof.
pub fn inspect(path: &Path, options: &ImportOptions, city: &CityContext, progress: Progress<'_>) -> Outcome<Inspection> {
    let (layer, mut table) = read_table(path, options, progress)?;
    let fields = (0..table.fields.len()).map(|index| field(&table, index)).collect();
    let notices = table.notices.iter().map(|n| Notice::new(n.code, n.zh.clone(), n.en.clone()).with(n.items.clone())).collect();
    let (mapping, readings) = (mapping::suggest(layer, &table, options), readings(&table));
    let proof =
        if layer.is_spatial() && table.rows.iter().any(|row| row.geometry.is_some()) { Some(proof(&mut table, layer, options, city)) } else { None };
    Ok(Inspection {
        rows: table.rows.len() as u64,
        spatial: proof.is_some(),
        fields,
        readings,
        mapping,
        proof,
        notices,
        driver: table.driver,
        source_layer: table.layer,
        encoding: table.encoding,
    })
}

fn field(table: &Table, index: usize) -> FieldSeen {
    let mut seen = FieldSeen {
        name: table.fields[index].name.clone(),
        alias: table.fields[index].alias.clone(),
        kind: FieldKind::Empty,
        filled: 0,
        samples: Vec::new(),
    };
    for value in table.rows.iter().map(|row| &row.values[index]).filter(|value| !value.is_null()) {
        let text = shown(value);
        let own = kind(value);
        seen.kind = match (seen.kind, own) {
            (FieldKind::Empty, own) => own,
            (FieldKind::Integer, FieldKind::Real) | (FieldKind::Real, FieldKind::Integer) => FieldKind::Real,
            (all, own) if all == own => all,
            _ => FieldKind::Text,
        };
        seen.filled += 1;
        if seen.samples.len() < SAMPLES && !seen.samples.contains(&text) {
            seen.samples.push(text);
        }
    }
    seen
}

/// Tables keep numbers as texts; a text with a leading nought is a code.
fn kind(value: &Value) -> FieldKind {
    match value {
        Value::Null => FieldKind::Empty,
        Value::Integer(_) => FieldKind::Integer,
        Value::Real(_) => FieldKind::Real,
        Value::Boolean(_) => FieldKind::Boolean,
        Value::Text(text) => {
            let text = text.trim();
            let is_code = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
            if stated_day(text).is_some() {
                FieldKind::Date
            } else if is_code || text.len() > 15 {
                FieldKind::Text
            } else if text.parse::<i64>().is_ok() {
                FieldKind::Integer
            } else if text.parse::<f64>().is_ok_and(f64::is_finite) {
                FieldKind::Real
            } else {
                FieldKind::Text
            }
        }
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
    };
    text.chars().take(LETTERS).collect()
}

/// Names and values that are not plain ASCII, as each candidate reads their bytes.
fn readings(table: &Table) -> Vec<Reading> {
    let Some(used) = table.encoding.as_ref().filter(|_| CHOOSES.contains(&table.driver.as_str())) else { return Vec::new() };
    let names = table.fields.iter().map(|field| field.name.as_str());
    let values = table.rows.iter().flat_map(|row| &row.values).filter_map(Value::as_str);
    let mut texts: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    for text in names.chain(values).filter(|text| !text.is_ascii()) {
        let text: String = text.chars().take(LETTERS).collect();
        if seen.insert(text.clone()) {
            texts.push(text);
        }
        if texts.len() == TEXTS {
            break;
        }
    }
    if texts.is_empty() {
        return Vec::new();
    }
    let own = Reading { encoding: used.name.clone(), used: true, texts: texts.iter().cloned().map(Some).collect() };
    let other =
        |name: &str| Reading { encoding: name.to_owned(), used: false, texts: texts.iter().map(|text| reread(text, &used.name, name)).collect() };
    std::iter::once(own).chain(CANDIDATES.iter().filter(|name| **name != used.name).map(|name| other(name))).collect()
}
