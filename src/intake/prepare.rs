//! One import from the file to rows and a report.

use super::cells::{self, Problem};
use super::mapping::{self, Aggregate, Mapping};
use super::options::{CityContext, ImportOptions, Mode};
use super::reasons::{self, Reason};
use super::report::{CrsReport, Duplicate, ImportReport, Notice, RowKey, RowNote};
use super::shapes::{self, Finding, Fit, Tidied};
use super::{crs_check, gcj02, merge};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, GeometryKind, Layer, Row, Value, dictionary};
use crate::formats::{self, Crs, Progress, ReadOptions, SourceRow, Table, Transformer, geos};
use geo::{Area, BoundingRect, Centroid, GeodesicArea, MapCoords, Rect};
use geo_types::{Coord, Geometry, MultiPolygon};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
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
    let mapping = mapping::resolve(layer, &table, options)?;
    let geometry = geometry_plan(&table, layer, options, city)?;
    let rows = std::mem::take(&mut table.rows);
    let mut intake = Intake::new(layer, &table, mapping, options, city, geometry);
    intake.take_all(rows, progress)?;
    intake.finish(path, table)
}

fn unknown_layer(name: &str) -> Fault {
    let names: Vec<&str> = dictionary().layers.iter().map(|layer| layer.name.as_str()).collect();
    Fault::bad("layer_unknown", format!("没有图层“{name}”"), format!("there is no layer “{name}”"))
        .help(format!("图层：{}", names.join("、")), format!("layers: {}", names.join(", ")))
}

/// The CRS part of an import with geometry.
struct GeometryPlan {
    from: Crs,
    given_by: &'static str,
    to_working: Transformer,
    /// Degrees, for the ellipsoidal area.
    to_degrees: Transformer,
    sample: Vec<Coord<f64>>,
}

/// `None` when the import brings no geometry. Settles the CRS and refuses one that the numbers deny.
fn geometry_plan(table: &Table, layer: &Layer, options: &ImportOptions, city: &CityContext) -> Outcome<Option<GeometryPlan>> {
    if !layer.is_spatial() {
        return Ok(None);
    }
    if !table.spatial || (options.mode == Mode::Update && table.rows.iter().all(|row| row.geometry.is_none())) {
        if options.mode == Mode::Update {
            return Ok(None);
        }
        return Err(Fault::bad("no_geometry", format!("{} 需要图形，而文件只有属性", layer.zh), format!("the layer {} needs geometry, and the file has attributes only", layer.name))
            .help(
                "属性表请用 --mode update 按编码并入；表格中的坐标列请命名为 wkt 或 x、y",
                "merge an attribute table by key with --mode update; columns with coordinates are called wkt, or x and y",
            ));
    }
    let sample = crs_check::sample(&table.rows);
    let given = options.crs.as_deref().map(Crs::parse).transpose()?;
    let (from, given_by) = match (given, &table.crs) {
        (Some(crs), _) => (crs, "option"),
        (None, Some(crs)) => (crs.clone(), if table.crs_by_format { "format" } else { "file" }),
        (None, None) => return Err(crs_check::missing(&sample, city)),
    };
    crs_check::contradiction(&from, &sample, city)?;
    let working = Crs::parse(&city.crs)?;
    let to_working = Transformer::new(&from, &working)?;
    let to_degrees = Transformer::new(&working, &Crs::parse("EPSG:4326")?)?;
    Ok(Some(GeometryPlan { from, given_by, to_working, to_degrees, sample }))
}

/// The state of one import while rows pass.
struct Intake<'a> {
    layer: &'static Layer,
    options: &'a ImportOptions,
    city: &'a CityContext,
    mapping: Mapping,
    geometry: Option<GeometryPlan>,
    key: usize,
    /// An update from a table without geometry: rows of one key merge.
    merges: bool,
    rows: Vec<Row>,
    numbers: Vec<u64>,
    boxes: Vec<Option<Rect<f64>>>,
    /// Key → rows of the file, in the order of the file.
    seen: HashMap<String, Vec<u64>>,
    key_order: Vec<String>,
    /// Key → index into `rows`.
    places: HashMap<String, usize>,
    read: u64,
    accepted: u64,
    repaired: Vec<RowNote>,
    rejected: Vec<RowNote>,
    unmatched: Vec<RowKey>,
    unparsed: Vec<serde_json::Value>,
    unknown: BTreeMap<(String, String), u64>,
    lost_digits: Vec<serde_json::Value>,
    heights: u64,
    repeated: u64,
    reordered: u64,
    ignored_geometry: u64,
}

impl<'a> Intake<'a> {
    fn new(layer: &'static Layer, table: &Table, mapping: Mapping, options: &'a ImportOptions, city: &'a CityContext, geometry: Option<GeometryPlan>) -> Self {
        let _ = table;
        let merges = options.mode == Mode::Update && geometry.is_none();
        Intake {
            layer,
            options,
            city,
            mapping,
            geometry,
            key: layer.column_index(&layer.key).unwrap_or_default(),
            merges,
            rows: Vec::new(),
            numbers: Vec::new(),
            boxes: Vec::new(),
            seen: HashMap::new(),
            key_order: Vec::new(),
            places: HashMap::new(),
            read: 0,
            accepted: 0,
            repaired: Vec::new(),
            rejected: Vec::new(),
            unmatched: Vec::new(),
            unparsed: Vec::new(),
            unknown: BTreeMap::new(),
            lost_digits: Vec::new(),
            heights: 0,
            repeated: 0,
            reordered: 0,
            ignored_geometry: 0,
        }
    }

    fn take_all(&mut self, rows: Vec<SourceRow>, progress: Progress<'_>) -> Outcome<()> {
        let total = rows.len() as u64;
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
        let mut row = self.values(&source);
        let key = match row.values[self.key].as_str().map(str::to_owned) {
            Some(key) => key,
            None => return Err(note(number, None, reasons::MISSING_KEY)),
        };
        let first = self.claim(&key, number);
        if self.options.mode == Mode::Update && !self.city.existing_keys.contains(&key) {
            self.unmatched.push(RowKey { row: number, key });
            return Ok(());
        }
        if !first && !self.merges {
            return Err(note(number, Some(&key), reasons::DUPLICATE_KEY));
        }
        if self.options.mode == Mode::Add && self.city.existing_keys.contains(&key) {
            return Err(note(number, Some(&key), reasons::KEY_EXISTS));
        }
        self.require(&row, number, &key)?;
        let mut repaired = None;
        if self.geometry.is_some() {
            let (geometry, mended) = self.shape(&source, &key)?;
            self.measure(&mut row, &geometry);
            self.boxes.push(geometry.bounding_rect());
            row.geometry = Some(geometry);
            repaired = mended;
        } else if source.geometry.is_some() {
            self.ignored_geometry += 1;
        }
        self.repaired.extend(repaired);
        self.accepted += 1;
        match self.places.get(&key) {
            Some(place) => merge::merge(&mut self.rows[*place], &row, &self.mapping.links),
            None => {
                self.places.insert(key, self.rows.len());
                self.rows.push(row);
                self.numbers.push(number);
            }
        }
        Ok(())
    }

    fn claim(&mut self, key: &str, number: u64) -> bool {
        match self.seen.get_mut(key) {
            Some(rows) => {
                rows.push(number);
                false
            }
            None => {
                self.seen.insert(key.to_owned(), vec![number]);
                self.key_order.push(key.to_owned());
                true
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

    fn values(&mut self, source: &SourceRow) -> Row {
        let mut row = Row::empty(self.layer);
        for link in &self.mapping.links {
            let column = &self.layer.columns[link.column];
            let cell = &source.values[link.field];
            let (value, problem) = cells::convert(cell, column, link.factor);
            if link.column == self.key && cells::lost_digits(cell) {
                self.lost_digits.push(json!({ "row": source.number, "value": cells::text_of(cell) }));
            }
            match problem {
                None => {}
                Some(Problem::Unparsed(text)) => {
                    self.unparsed.push(json!({ "row": source.number, "column": column.name, "value": text }));
                }
                Some(Problem::UnknownCode(text)) => *self.unknown.entry((column.name.clone(), text)).or_default() += 1,
            }
            row.values[link.column] = value;
        }
        if self.mapping.key_is_row {
            row.values[self.key] = Value::Text(source.number.to_string());
        }
        row
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
        Ok((moved, mended.map(|note| *note)))
    }

    fn measure(&self, row: &mut Row, geometry: &Geometry<f64>) {
        if self.layer.geometry != GeometryKind::Polygon {
            return;
        }
        if self.layer.column("planar_area_m2").is_some() {
            row.set(self.layer, "planar_area_m2", geometry.unsigned_area());
        }
        let Some(plan) = self.geometry.as_ref().filter(|_| self.layer.column("ellipsoidal_area_m2").is_some()) else { return };
        if let Some(degrees) = moved(geometry, &plan.to_degrees) {
            row.set(self.layer, "ellipsoidal_area_m2", degrees.geodesic_area_unsigned());
        }
    }

    fn finish(mut self, path: &Path, table: Table) -> Outcome<Prepared> {
        let mut notices: Vec<Notice> =
            table.notices.iter().map(|n| Notice::new(n.code, n.zh.clone(), n.en.clone()).with(n.items.clone())).collect();
        let mapped = self.mapping.told(self.layer, &table);
        notices.append(&mut self.mapping.notices);
        self.place_notices(&table, &mut notices)?;
        self.count_notices(&table, &mut notices);
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.name_source(&file);
        let duplicates: Vec<Duplicate> = self
            .key_order
            .iter()
            .filter_map(|key| self.seen.get(key).filter(|rows| rows.len() > 1).map(|rows| Duplicate { key: key.clone(), rows: rows.clone() }))
            .collect();
        if self.merges {
            self.merge_notice(&duplicates, &mut notices);
        }
        let mut untouched: Vec<String> = Vec::new();
        if self.options.mode == Mode::Update {
            let touched: HashSet<&String> = self.places.keys().collect();
            untouched = self.city.existing_keys.iter().filter(|key| !touched.contains(key)).cloned().collect();
            untouched.sort();
        }
        let mut columns: Vec<usize> = self.mapping.links.iter().map(|link| link.column).collect();
        if !columns.contains(&self.key) {
            columns.push(self.key);
        }
        columns.sort_unstable();
        let report = ImportReport {
            file,
            driver: table.driver,
            layer: self.layer.name.clone(),
            source_layer: table.layer,
            mode: self.options.mode,
            read: self.read,
            accepted: self.accepted,
            written: self.rows.len() as u64,
            repaired: self.repaired,
            rejected: self.rejected,
            unmatched: self.unmatched,
            duplicates,
            untouched,
            mapping: mapped,
            notices,
            crs: self.geometry.as_ref().map(|plan| CrsReport {
                source: plan.from.label().to_owned(),
                given_by: plan.given_by,
                to: self.city.crs.clone(),
            }),
            encoding: table.encoding,
        };
        Ok(Prepared { layer: self.layer, rows: self.rows, mode: self.options.mode, columns, has_geometry: self.geometry.is_some(), report })
    }

    /// New rows say which file they came from, unless a field says it.
    fn name_source(&mut self, file: &str) {
        let Some(source) = self.layer.column_index("source").filter(|_| self.options.mode != Mode::Update) else { return };
        for row in self.rows.iter_mut().filter(|row| row.values[source].is_null()) {
            row.values[source] = Value::from(file);
        }
    }

    fn place_notices(&self, table: &Table, notices: &mut Vec<Notice>) -> Outcome<()> {
        let Some(plan) = &self.geometry else { return Ok(()) };
        if let (Some(declared), "option") = (&table.crs, plan.given_by)
            && declared.label() != plan.from.label()
        {
            let (by_option, by_file) = (plan.from.label(), declared.label());
            notices.push(Notice::new(
                "crs_overridden",
                format!("按选项使用 {by_option}，未采用文件声明的 {by_file}"),
                format!("{by_option} is used as asked, not {by_file} as the file declares"),
            ));
        }
        let far = crs_check::outside(&self.boxes, &plan.from, &plan.sample, self.city)?;
        if !far.is_empty() {
            let items = far.iter().map(|index| json!({ "row": self.numbers[*index], "key": self.rows[*index].key(self.layer) })).collect();
            notices.push(
                Notice::new("far_from_city", format!("{} 行在城市 50 公里之外", far.len()), format!("{} rows lie more than 50 km from the city", far.len()))
                    .with(items),
            );
        }
        notices.extend(self.gcj_notice(plan));
        Ok(())
    }

    /// Compares centroids of shapes that the city already knows with the web maps' shift at the place.
    fn gcj_notice(&self, plan: &GeometryPlan) -> Option<Notice> {
        let back = Transformer::new(&Crs::parse("EPSG:4326").ok()?, &Crs::parse(&self.city.crs).ok()?).ok()?;
        let name = self.layer.column_index("name");
        let mut residues = Vec::new();
        for row in &self.rows {
            let key = row.key(self.layer);
            let named = |known: &str| name.is_some_and(|name| row.values[name].as_str() == Some(known));
            let Some(known) = self.city.known.iter().find(|known| known.key == key || known.name.as_deref().is_some_and(named)) else { continue };
            let here = row.geometry.as_ref().and_then(Centroid::centroid)?;
            let shifted = back.point(gcj02::shifted(plan.to_degrees.point(known.centroid.into())?))?;
            let expected = shifted - Coord::from(known.centroid);
            let offset = Coord::from(here) - Coord::from(known.centroid);
            residues.push((offset, expected));
        }
        let median = |pick: &dyn Fn(&(Coord<f64>, Coord<f64>)) -> f64| {
            let mut all: Vec<f64> = residues.iter().map(pick).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied()
        };
        let offset = Coord { x: median(&|r| r.0.x)?, y: median(&|r| r.0.y)? };
        let expected = Coord { x: median(&|r| r.1.x)?, y: median(&|r| r.1.y)? };
        let length = |c: Coord<f64>| c.x.hypot(c.y);
        // Two surveys of one district differ by tens of metres; a third of the shift is well beyond that and well below the shift itself.
        let near = |difference: Coord<f64>| length(difference) < length(expected) / 3.0 && length(expected) > 100.0;
        let (east, north, count) = (offset.x, offset.y, residues.len());
        if near(offset - expected) {
            return Some(Notice::new(
                "gcj02_shift",
                format!("与城市中已有的 {count} 个图形相比整体偏移（东 {east:.0} 米、北 {north:.0} 米），与 GCJ-02（高德、腾讯底图）的偏移一致：请改用未加偏的数据"),
                format!("compared with {count} shapes of the city all is shifted ({east:.0} m east, {north:.0} m north) as GCJ-02 (Amap, Tencent) does: use the unshifted data"),
            ));
        }
        near(offset + expected).then(|| {
            Notice::new(
                "gcj02_shift_of_city",
                format!("与城市中已有的 {count} 个图形相比偏移（东 {east:.0} 米、北 {north:.0} 米），像是城市中的图形含有 GCJ-02 偏移"),
                format!("compared with {count} shapes of the city all is shifted ({east:.0} m east, {north:.0} m north) as if the city's shapes carried the GCJ-02 shift"),
            )
        })
    }

    fn count_notices(&mut self, table: &Table, notices: &mut Vec<Notice>) {
        let counted = |count: u64, code: &'static str, zh: &str, en: &str| {
            (count > 0).then(|| Notice::new(code, format!("{count} {zh}"), format!("{count} {en}")))
        };
        notices.extend(counted(self.heights, "heights_dropped", "行的高程已舍去", "rows had heights, which were dropped"));
        notices.extend(counted(self.repeated, "repeated_points", "行有重复的相邻点，已去掉", "rows repeated a position; the repetition was dropped"));
        // Shapefiles and geodatabases turn their rings the other way by rule: nothing to tell.
        let by_rule = matches!(table.driver.as_str(), "ESRI Shapefile" | "OpenFileGDB");
        let reordered = if by_rule { 0 } else { self.reordered };
        notices.extend(counted(reordered, "rings_reordered", "行的环方向已统一（外环逆时针）", "rows had their rings turned (outer ring counter-clockwise)"));
        notices.extend(counted(self.ignored_geometry, "geometry_ignored", "行的图形未使用，该图层没有图形", "rows had geometry that was not used: the layer has none"));
        if !self.unparsed.is_empty() {
            let items = std::mem::take(&mut self.unparsed);
            notices.push(Notice::new("values_not_parsed", format!("{} 个值无法识别，置空", items.len()), format!("{} values did not parse and were left empty", items.len())).with(items));
        }
        if !self.unknown.is_empty() {
            let items: Vec<_> = std::mem::take(&mut self.unknown)
                .into_iter()
                .map(|((column, value), count)| {
                    let now = successor(&value);
                    json!({ "column": column, "value": value, "count": count, "successor": now })
                })
                .collect();
            notices.push(Notice::new("codes_unknown", format!("{} 个代码不在代码表中，置空", items.len()), format!("{} codes are not in their list and were left empty", items.len())).with(items));
        }
        if !self.lost_digits.is_empty() {
            let items = std::mem::take(&mut self.lost_digits);
            notices.push(
                Notice::new(
                    "digits_lost",
                    format!("{} 个编码已被表格软件变成科学计数，末几位丢失", items.len()),
                    format!("{} keys were turned into powers of ten by a spreadsheet; their last digits are lost", items.len()),
                )
                .with(items),
            );
        }
    }

    fn merge_notice(&self, duplicates: &[Duplicate], notices: &mut Vec<Notice>) {
        let merged: Vec<&Duplicate> = duplicates.iter().filter(|duplicate| self.places.contains_key(&duplicate.key)).collect();
        if merged.is_empty() {
            return;
        }
        let firsts: Vec<&str> = self
            .mapping
            .links
            .iter()
            .filter(|link| link.aggregate == Aggregate::First && link.column != self.key)
            .map(|link| self.layer.columns[link.column].name.as_str())
            .collect();
        notices.push(
            Notice::new(
                "keys_with_several_rows",
                format!("{} 个编码在表中有多行；取第一个非空值的列：{}", merged.len(), if firsts.is_empty() { "无".to_owned() } else { firsts.join("、") }),
                format!("{} keys have several rows; columns that take the first value: {}", merged.len(), if firsts.is_empty() { "none".to_owned() } else { firsts.join(", ") }),
            )
            .with(merged.iter().map(|duplicate| json!({ "key": duplicate.key, "rows": duplicate.rows.len() })).collect()),
        );
    }
}

/// The present cluster that a name of the 2022 catalogue went to, as a hint.
fn successor(name: &str) -> Option<String> {
    crate::domain::catalogue().lineage.iter().find(|step| step.from == name && !step.to.is_empty()).map(|step| step.to.clone())
}

fn note(row: u64, key: Option<&str>, reason: Reason) -> Box<RowNote> {
    Box::new(RowNote { row, key: key.map(str::to_owned), reason: reason.0, zh: reason.1.to_owned(), en: reason.2.to_owned(), ..RowNote::default() })
}

fn found(row: u64, key: &str, finding: &Finding) -> Box<RowNote> {
    let mut told = note(row, Some(key), finding.reason);
    told.place = finding.place.map(|place| [place.x, place.y]);
    told.ring = finding.ring;
    if let Some(ring) = finding.ring {
        let (part, number, vertex) = (ring.part + 1, ring.ring, ring.vertex + 1);
        let (ring_zh, ring_en) = if number == 0 { ("外环".to_owned(), "outer ring".to_owned()) } else { (format!("第 {number} 个内环"), format!("hole {number}")) };
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
    moved(geometry, &plan.to_working)
}

/// All coordinates of a geometry in one call.
fn moved(geometry: &Geometry<f64>, way: &Transformer) -> Option<Geometry<f64>> {
    use geo::CoordsIter;
    if way.is_identity() {
        return Some(geometry.clone());
    }
    let mut coords: Vec<Coord<f64>> = geometry.coords_iter().collect();
    if !way.apply(&mut coords) {
        return None;
    }
    let next = std::cell::Cell::new(0);
    Some(geometry.map_coords(|_| {
        let index = next.replace(next.get() + 1);
        coords[index]
    }))
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
