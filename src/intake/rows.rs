//! Row by row: key, geometry, cells. Each row ends accepted, merged, unmatched or rejected with a note.

use super::duplicates::{Handling, Part};
use super::fitted::{self, Fitted};
use super::keys::Keys;
use super::mapping::Mapping;
use super::merge;
use super::options::{CityContext, ImportOptions, Mode};
use super::plan::GeometryPlan;
use super::reasons::{self, Reason};
use super::report::{RowKey, RowNote};
use super::values;
use crate::domain::fault::Outcome;
use crate::domain::{GeometryKind, Layer, Row};
use crate::formats::{self, Progress, SourceRow};
use geo::{Area, BoundingRect, Rect};
use geo_types::Geometry;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// Rows whose shapes are fitted together.
const BLOCK: usize = 4096;

/// The state of one import while rows pass.
pub(crate) struct Intake<'a> {
    pub(super) layer: &'static Layer,
    pub(super) options: &'a ImportOptions,
    pub(super) city: &'a CityContext,
    pub(super) mapping: Mapping,
    pub(super) geometry: Option<GeometryPlan>,
    pub(super) key: usize,
    /// Columns whose values are keys of another layer.
    pub(super) names_a_row: Vec<bool>,
    pub(super) handling: Handling,
    pub(super) keys: Keys,
    pub(super) rows: Vec<Row>,
    pub(super) numbers: Vec<u64>,
    pub(super) boxes: Vec<Option<Rect<f64>>>,
    /// Key → index into `rows`.
    pub(super) places: HashMap<String, usize>,
    /// Further rows of a key that are to become one with the first, by its index into `rows`.
    pub(super) parts: BTreeMap<usize, Vec<Part>>,
    pub(super) read: u64,
    pub(super) accepted: u64,
    pub(super) repaired: Vec<RowNote>,
    pub(super) rejected: Vec<RowNote>,
    pub(super) unmatched: Vec<RowKey>,
    pub(super) unparsed: Vec<serde_json::Value>,
    pub(super) unknown: BTreeMap<(String, String), u64>,
    /// Texts that were taken for an empty cell, by column.
    pub(super) blanks: BTreeMap<(String, String), u64>,
    /// Texts that lost blanks at their ends.
    pub(super) trimmed: u64,
    pub(super) lost_digits: Vec<serde_json::Value>,
    /// Cells of text columns that the sheet keeps as dates or truth values.
    pub(super) no_texts: Vec<serde_json::Value>,
    /// Keys that lost characters which are not seen.
    pub(super) cleaned: Vec<serde_json::Value>,
    pub(super) heights: u64,
    pub(super) repeated: u64,
    pub(super) reordered: u64,
    pub(super) closed_lines: u64,
    /// Rows whose rings stood in an order that takes a hole for the land.
    pub(super) nested: Vec<serde_json::Value>,
    pub(super) ignored_geometry: u64,
}

impl<'a> Intake<'a> {
    pub(super) fn new(
        layer: &'static Layer,
        mapping: Mapping,
        options: &'a ImportOptions,
        city: &'a CityContext,
        geometry: Option<GeometryPlan>,
    ) -> Self {
        let handling = Handling::of(options, geometry.is_some());
        Intake {
            layer,
            options,
            city,
            mapping,
            geometry,
            key: layer.column_index(&layer.key).unwrap_or_default(),
            names_a_row: layer.columns.iter().map(values::names_a_row).collect(),
            handling,
            keys: Keys::default(),
            rows: Vec::new(),
            numbers: Vec::new(),
            boxes: Vec::new(),
            places: HashMap::new(),
            parts: BTreeMap::new(),
            read: 0,
            accepted: 0,
            repaired: Vec::new(),
            rejected: Vec::new(),
            unmatched: Vec::new(),
            unparsed: Vec::new(),
            unknown: BTreeMap::new(),
            blanks: BTreeMap::new(),
            trimmed: 0,
            lost_digits: Vec::new(),
            no_texts: Vec::new(),
            cleaned: Vec::new(),
            heights: 0,
            repeated: 0,
            reordered: 0,
            closed_lines: 0,
            nested: Vec::new(),
            ignored_geometry: 0,
        }
    }

    pub(super) fn take_all(&mut self, rows: Vec<SourceRow>, progress: Progress<'_>) -> Outcome<()> {
        let total = rows.len() as u64;
        self.keep_typed_keys(&rows);
        let mut rows = rows.into_iter();
        loop {
            let block: Vec<SourceRow> = rows.by_ref().take(BLOCK).collect();
            if block.is_empty() {
                return Ok(());
            }
            let fitted = self.fitted(&block);
            for (row, fitted) in block.into_iter().zip(fitted) {
                self.read += 1;
                if self.read.is_multiple_of(500) && !progress(self.read, Some(total)) {
                    return Err(formats::read::cancelled());
                }
                if let Err(note) = self.take(row, fitted) {
                    self.rejected.push(*note);
                }
            }
        }
    }

    fn fitted(&self, rows: &[SourceRow]) -> Vec<Option<Fitted>> {
        match &self.geometry {
            Some(plan) => fitted::fitted(rows, self.layer.geometry, self.options.on_invalid, plan),
            None => rows.iter().map(|_| None).collect(),
        }
    }

    /// One row: key, geometry, cells. `Err` is the row's rejection.
    fn take(&mut self, source: SourceRow, fitted: Option<Fitted>) -> Result<(), Box<RowNote>> {
        let number = source.number;
        if source.wide {
            return Err(note(number, None, reasons::WIDE_ROW));
        }
        let mut row = self.values(&source)?;
        let (key, first) = self.key_of(&mut row, &source)?;
        if self.options.mode == Mode::Update && !self.city.existing_keys.contains(&key) {
            self.unmatched.push(RowKey { row: number, key });
            return Ok(());
        }
        match self.handling {
            Handling::Reject if !first => return Err(note(number, Some(&key), reasons::DUPLICATE_KEY)),
            Handling::First if self.places.contains_key(&key) => return Err(note(number, Some(&key), reasons::LEFT_OUT)),
            _ => {}
        }
        if self.options.mode == Mode::Add && self.city.existing_keys.contains(&key) {
            return Err(note(number, Some(&key), reasons::KEY_EXISTS));
        }
        self.fill(&source, fitted, &mut row, &key).map(|repaired| self.accept(row, number, key, repaired))
    }

    /// What else a row needs; the note if its shape was mended.
    fn fill(&mut self, source: &SourceRow, fitted: Option<Fitted>, row: &mut Row, key: &str) -> Result<Option<RowNote>, Box<RowNote>> {
        self.require(row, source.number, key)?;
        if self.geometry.is_none() {
            self.ignored_geometry += u64::from(source.geometry.is_some());
            return Ok(None);
        }
        let (geometry, mended) = self.shape(source, fitted, key)?;
        self.measure(row, &geometry);
        row.geometry = Some(geometry);
        Ok(mended)
    }

    fn accept(&mut self, row: Row, number: u64, key: String, repaired: Option<RowNote>) {
        self.repaired.extend(repaired);
        self.accepted += 1;
        match self.places.get(&key) {
            Some(place) if self.handling == Handling::Merge => self.parts.entry(*place).or_default().push(Part { row, number }),
            Some(place) => merge::merge(&mut self.rows[*place], &row, &self.mapping.links),
            None => {
                self.places.insert(key, self.rows.len());
                self.boxes.extend(self.geometry.as_ref().map(|_| row.geometry.as_ref().and_then(BoundingRect::bounding_rect)));
                self.rows.push(row);
                self.numbers.push(number);
            }
        }
    }

    /// A required value that is missing; an update may leave it out when no field brings it.
    fn require(&self, row: &Row, number: u64, key: &str) -> Result<(), Box<RowNote>> {
        for (index, column) in self.layer.columns.iter().enumerate() {
            let brought = self.mapping.links.iter().any(|link| link.column == index);
            if column.required && row.values[index].is_null() && (brought || self.options.mode != Mode::Update) {
                let mut missing = note(number, Some(key), reasons::MISSING_REQUIRED);
                missing.zh = format!("{}：{}", missing.zh, column.zh);
                missing.en = format!("{}: {}", missing.en, column.name);
                return Err(missing);
            }
        }
        Ok(())
    }

    /// The geometry in the working CRS, and the note if it was mended.
    fn shape(&mut self, source: &SourceRow, fitted: Option<Fitted>, key: &str) -> Result<(Geometry<f64>, Option<RowNote>), Box<RowNote>> {
        let Some(Fitted { outcome, tidied, has_z }) = fitted else { return Err(note(source.number, Some(key), reasons::NULL_GEOMETRY)) };
        let keyed = |mut told: Box<RowNote>| {
            told.key = Some(key.to_owned());
            told
        };
        let (geometry, mended) = outcome.map_err(keyed)?;
        self.heights += u64::from(has_z);
        self.repeated += u64::from(tidied.repeated_points);
        self.reordered += u64::from(tidied.reordered_rings);
        self.closed_lines += u64::from(tidied.closed_lines);
        if tidied.nested_rings {
            self.nested.push(json!({ "row": source.number, "key": key }));
        }
        Ok((geometry, mended.map(|told| *keyed(told))))
    }

    /// The area in the plane, by which shapes of an odd size are asked about. Both areas of the row are settled where it is written.
    pub(super) fn measure(&self, row: &mut Row, geometry: &Geometry<f64>) {
        if self.layer.geometry == GeometryKind::Polygon && self.layer.column("planar_area_m2").is_some() {
            row.set(self.layer, "planar_area_m2", geometry.unsigned_area());
        }
    }
}

pub(super) fn note(row: u64, key: Option<&str>, reason: Reason) -> Box<RowNote> {
    Box::new(RowNote { row, key: key.map(str::to_owned), reason: reason.0, zh: reason.1.to_owned(), en: reason.2.to_owned(), ..RowNote::default() })
}
