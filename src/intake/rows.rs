//! Row by row: key, geometry, cells. Each row ends accepted, merged, unmatched or rejected with a note.

use super::duplicates::{Handling, Part};
use super::keys::Keys;
use super::mapping::Mapping;
use super::merge;
use super::options::{CityContext, ImportOptions, Mode};
use super::plan::GeometryPlan;
use super::reasons::{self, Reason};
use super::report::{RowKey, RowNote};
use super::shapes::{self, Finding, Fit, Tidied};
use crate::domain::fault::Outcome;
use crate::domain::{GeometryKind, Layer, Row};
use crate::formats::{self, Progress, SourceRow, geos};
use geo::{Area, BoundingRect, GeodesicArea, Rect};
use geo_types::{Geometry, MultiPolygon};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// The state of one import while rows pass.
pub(crate) struct Intake<'a> {
    pub(super) layer: &'static Layer,
    pub(super) options: &'a ImportOptions,
    pub(super) city: &'a CityContext,
    pub(super) mapping: Mapping,
    pub(super) geometry: Option<GeometryPlan>,
    pub(super) key: usize,
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
        for row in rows {
            self.read += 1;
            if self.read.is_multiple_of(500) && !progress(self.read, Some(total)) {
                return Err(formats::read::cancelled());
            }
            if let Err(note) = self.take(row) {
                self.rejected.push(*note);
            }
        }
        Ok(())
    }

    /// One row: key, geometry, cells. `Err` is the row's rejection.
    fn take(&mut self, source: SourceRow) -> Result<(), Box<RowNote>> {
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
        self.fill(&source, &mut row, &key).map(|repaired| self.accept(row, number, key, repaired))
    }

    /// What else a row needs; the note if its shape was mended.
    fn fill(&mut self, source: &SourceRow, row: &mut Row, key: &str) -> Result<Option<RowNote>, Box<RowNote>> {
        self.require(row, source.number, key)?;
        if self.geometry.is_none() {
            self.ignored_geometry += u64::from(source.geometry.is_some());
            return Ok(None);
        }
        let (geometry, mended) = self.shape(source, key)?;
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
    fn shape(&mut self, source: &SourceRow, key: &str) -> Result<(Geometry<f64>, Option<RowNote>), Box<RowNote>> {
        let Some(plan) = &self.geometry else { return Err(note(source.number, Some(key), reasons::NULL_GEOMETRY)) };
        let Some(raw) = &source.geometry else { return Err(note(source.number, Some(key), reasons::NULL_GEOMETRY)) };
        let mut tidied = Tidied::default();
        let fit = shapes::fit(raw, self.layer.geometry, self.options.on_invalid, &mut tidied);
        let area = |geometry: &Geometry<f64>| to_working(geometry, plan).map(|moved| moved.unsigned_area());
        let (geometry, mut mended) = match fit {
            Fit::Good(geometry) => (geometry, None),
            Fit::Mended { geometry, before, finding } => {
                let mut mended = found(source.number, key, &finding);
                mended.area_before_m2 = area(&before);
                (geometry, Some(mended))
            }
            Fit::Bad { before, finding } => {
                let mut rejected = found(source.number, key, &finding);
                rejected.area_before_m2 = before.as_ref().and_then(area);
                return Err(rejected);
            }
        };
        let Some(mut moved) = to_working(&geometry, plan) else { return Err(note(source.number, Some(key), reasons::OUTSIDE_CRS)) };
        if !plan.to_working.is_identity() {
            settle(&mut moved, &mut mended, source.number, key)?;
        }
        if let Some(mended) = &mut mended {
            mended.area_after_m2 = Some(moved.unsigned_area());
        }
        self.heights += u64::from(raw.has_z);
        self.repeated += u64::from(tidied.repeated_points);
        self.reordered += u64::from(tidied.reordered_rings);
        self.closed_lines += u64::from(tidied.closed_lines);
        if tidied.nested_rings {
            self.nested.push(json!({ "row": source.number, "key": key }));
        }
        Ok((moved, mended.map(|note| *note)))
    }

    pub(super) fn measure(&self, row: &mut Row, geometry: &Geometry<f64>) {
        if self.layer.geometry != GeometryKind::Polygon {
            return;
        }
        if self.layer.column("planar_area_m2").is_some() {
            row.set(self.layer, "planar_area_m2", geometry.unsigned_area());
        }
        let Some(plan) = self.geometry.as_ref().filter(|_| self.layer.column("ellipsoidal_area_m2").is_some()) else { return };
        if let Some(degrees) = plan.to_degrees.moved(geometry) {
            row.set(self.layer, "ellipsoidal_area_m2", degrees.geodesic_area_unsigned());
        }
    }
}

pub(super) fn note(row: u64, key: Option<&str>, reason: Reason) -> Box<RowNote> {
    Box::new(RowNote { row, key: key.map(str::to_owned), reason: reason.0, zh: reason.1.to_owned(), en: reason.2.to_owned(), ..RowNote::default() })
}

fn found(row: u64, key: &str, finding: &Finding) -> Box<RowNote> {
    let mut told = note(row, Some(key), finding.reason);
    told.place = finding.place.map(|place| [place.x, place.y]);
    told.ring = finding.ring;
    if let Some(ring) = finding.ring {
        let (part, number, vertex) = (ring.part + 1, ring.ring, ring.vertex + 1);
        let (ring_zh, ring_en) =
            if number == 0 { ("外环".to_owned(), "outer ring".to_owned()) } else { (format!("第 {number} 个内环"), format!("hole {number}")) };
        told.zh = format!("{}（第 {part} 部分{ring_zh}第 {vertex} 点）", told.zh);
        told.en = format!("{} (part {part}, {ring_en}, vertex {vertex})", told.en);
    }
    if !finding.detail.is_empty() {
        told.zh = format!("{}：{}", told.zh, finding.detail);
        told.en = format!("{}: {}", told.en, finding.detail);
    }
    told
}

fn to_working(geometry: &Geometry<f64>, plan: &GeometryPlan) -> Option<Geometry<f64>> {
    plan.to_working.moved(geometry)
}

/// A polygon that was valid in the file's CRS can cross itself by a rounding in ours; that is mended and told whatever the option says,
/// because the file is not at fault.
fn settle(geometry: &mut Geometry<f64>, mended: &mut Option<Box<RowNote>>, row: u64, key: &str) -> Result<(), Box<RowNote>> {
    let Geometry::MultiPolygon(polygons) = geometry else { return Ok(()) };
    let Some(invalid) = geos::check(polygons) else { return Ok(()) };
    let before = polygons.unsigned_area();
    let repaired: MultiPolygon<f64> = geos::make_valid(polygons).ok_or_else(|| note(row, Some(key), reasons::NOTHING_LEFT))?;
    if mended.is_none() {
        let mut told = note(row, Some(key), reasons::invalid(invalid.kind));
        told.zh = format!("{}（坐标转换后）", told.zh);
        told.en = format!("{} (after the transformation)", told.en);
        told.area_before_m2 = Some(before);
        *mended = Some(told);
    }
    *geometry = repaired.into();
    Ok(())
}
