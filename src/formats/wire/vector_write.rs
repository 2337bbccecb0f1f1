//! Layers out through GDAL: GeoPackage, FlatGeobuf, Shapefile, file geodatabase; and KML by our own writer.

use super::{kml_write, whole};
use crate::domain::fault::Outcome;
use crate::domain::{Column, ColumnType, Fault, GeometryKind, Layer, Row, Value};
use crate::formats::crs::{Crs, Transformer};
use crate::formats::{encoding, gdal_quiet, geos, room};
use gdal::Dataset;
use gdal::vector::{Defn, Feature, FieldDefn, LayerOptions, OGRFieldType, OGRwkbGeometryType};
use geo::{CoordsIter, MapCoords};
use geo_types::{Coord, Geometry};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The formats of vector files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VectorDriver {
    GeoPackage,
    FlatGeobuf,
    Shapefile,
    FileGeodatabase,
    Kml,
}

impl VectorDriver {
    /// By GDAL's name or the file's ending.
    pub fn parse(name: &str) -> Option<VectorDriver> {
        match name.to_ascii_lowercase().trim_start_matches('.') {
            "gpkg" | "geopackage" => Some(VectorDriver::GeoPackage),
            "fgb" | "flatgeobuf" => Some(VectorDriver::FlatGeobuf),
            "shp" | "shapefile" | "esri shapefile" => Some(VectorDriver::Shapefile),
            "gdb" | "filegdb" | "openfilegdb" => Some(VectorDriver::FileGeodatabase),
            "kml" | "libkml" => Some(VectorDriver::Kml),
            _ => None,
        }
    }

    /// FlatGeobuf drops a row without geometry in silence, KML has nothing to show for it, a Shapefile would be a bare DBF.
    pub fn needs_geometry(self) -> bool {
        !matches!(self, VectorDriver::GeoPackage | VectorDriver::FileGeodatabase)
    }

    fn gdal_name(self) -> &'static str {
        match self {
            VectorDriver::GeoPackage => "GPKG",
            VectorDriver::FlatGeobuf => "FlatGeobuf",
            VectorDriver::Shapefile => "ESRI Shapefile",
            VectorDriver::FileGeodatabase => "OpenFileGDB",
            VectorDriver::Kml => "KML",
        }
    }
}

/// How to write.
pub struct WriteOptions<'a> {
    pub driver: VectorDriver,
    /// The rows' CRS, `EPSG:n`.
    pub crs_from: &'a str,
    /// The file's CRS; KML is WGS 84 whatever is asked.
    pub crs_to: &'a str,
    /// Of a Shapefile's texts: UTF-8 (default) or GB18030.
    pub encoding: Option<&'a str>,
    /// Indexes into `layer.columns`, all when `None`.
    pub columns: Option<&'a [usize]>,
}

/// What was written.
#[derive(Debug, Default, Serialize)]
pub struct Written {
    pub rows: u64,
    pub files: Vec<PathBuf>,
    /// Column and the shorter name that the format forced.
    pub short_names: Vec<(String, String)>,
    /// Key and column of texts that the format cut.
    pub cut_texts: Vec<(String, String)>,
    /// Key and column of texts with characters that the format forbids; they were left out.
    pub lost_characters: Vec<(String, String)>,
    /// Key and column of numbers that the format keeps with fewer digits than they have.
    pub rounded_numbers: Vec<(String, String)>,
    /// Keys of shapes whose holes stand as rings of their own.
    pub loose_rings: Vec<String>,
    /// Columns that the format has no place for.
    pub attributes_left: usize,
}

/// A Shapefile's bounds, bytes.
const SHORT_NAME: usize = 10;
const SHORT_TEXT: usize = 254;

/// Writes rows to a new file. `path` must not exist; the caller writes beside the final name and renames.
pub fn write_vector(path: &Path, layer: &Layer, rows: &mut dyn Iterator<Item = Outcome<Row>>, options: &WriteOptions<'_>) -> Outcome<Written> {
    gdal_quiet::listen();
    if path.exists() {
        return Err(Fault::bad("file_exists", "目标文件已存在", "the target exists already").at(crate::formats::files::read::file_name(path)));
    }
    if !layer.is_spatial() && options.driver.needs_geometry() {
        return Err(Fault::bad(
            "format_needs_geometry",
            format!("{} 没有图形，不能写成 {}", layer.zh, options.driver.gdal_name()),
            format!("the layer {} has no geometry and cannot be written as {}", layer.name, options.driver.gdal_name()),
        )
        .help("可用：CSV、GPKG", "use CSV or GPKG"));
    }
    let to = Crs::parse(if options.driver == VectorDriver::Kml { "EPSG:4326" } else { options.crs_to })?;
    let way = Transformer::new(&Crs::parse(options.crs_from)?, &to)?;
    let all: Vec<usize> = (0..layer.columns.len()).collect();
    let columns = options.columns.unwrap_or(&all);
    if options.driver == VectorDriver::Kml {
        let written = kml_write::write(path, layer, rows, columns, &way)?;
        return Ok(Written { files: vec![path.to_owned()], ..written });
    }
    let names = names(layer, columns, options.driver);
    let mut job = Job { path, layer, columns, names: &names, way, to, options, text: TextRule::new(options)?, written: Written::default() };
    let driver = gdal::DriverManager::get_driver_by_name(options.driver.gdal_name()).map_err(|error| job.failed(error))?;
    let mut dataset = driver.create_vector_only(path).map_err(|error| job.failed(error))?;
    // A GeoPackage commits each row by itself unless told otherwise: minutes instead of seconds.
    if options.driver == VectorDriver::GeoPackage {
        let mut transaction = dataset.start_transaction().map_err(|error| job.failed(error))?;
        job.fill(&mut transaction, rows)?;
        transaction.commit().map_err(|error| job.failed(error))?;
    } else {
        job.fill(&mut dataset, rows)?;
    }
    dataset.close().map_err(|error| job.failed(error))?;
    let is_whole = match options.driver {
        VectorDriver::FlatGeobuf => whole::flatgeobuf(path, job.written.rows),
        VectorDriver::Shapefile => whole::shapefile(path, job.written.rows),
        _ => Ok(true),
    };
    if !is_whole.unwrap_or(false) {
        let broken = Fault::bad("write_failed", "写出的文件不完整", "what was written is not whole");
        // What a driver needed beside the file is gone by now: room for the file once more is the measure.
        let wanted = path.metadata().map_or(0, |file| file.len());
        return Err(if room::is_full(path) || room::has_less_than(path, wanted) { Fault::disk_full() } else { broken });
    }
    if options.driver == VectorDriver::Shapefile && job.text.creation_option == "ENCODING=GB18030" {
        mark_chinese(path)?;
    }
    let mut written = job.written;
    written.files = files(path);
    written.short_names = columns
        .iter()
        .zip(&names)
        .map(|(index, name)| (layer.columns[*index].name.clone(), name.clone()))
        .filter(|(full, short)| full != short)
        .collect();
    Ok(written)
}

struct Job<'a> {
    path: &'a Path,
    layer: &'a Layer,
    columns: &'a [usize],
    names: &'a [String],
    way: Transformer,
    to: Crs,
    options: &'a WriteOptions<'a>,
    text: TextRule,
    written: Written,
}

impl Job<'_> {
    fn failed(&self, error: gdal::errors::GdalError) -> Fault {
        if room::is_full(self.path) {
            return Fault::disk_full();
        }
        let fault = Fault::bad("write_failed", format!("写出失败：{error}"), format!("writing failed: {error}"));
        gdal_quiet::with_detail(fault, self.path)
    }

    fn fill(&mut self, dataset: &mut Dataset, rows: &mut dyn Iterator<Item = Outcome<Row>>) -> Outcome<()> {
        let encoding = self.options.encoding.map_or("ENCODING=UTF-8", |_| self.text.creation_option);
        let layer_options: &[&str] = match self.options.driver {
            VectorDriver::Shapefile => &[encoding],
            VectorDriver::GeoPackage => &["GEOMETRY_NAME=geom", "FID=fid"],
            _ => &[],
        };
        let file_stem = self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = if self.options.driver == VectorDriver::Shapefile { file_stem.as_str() } else { self.layer.name.as_str() };
        let made = dataset.create_layer(LayerOptions {
            name,
            srs: self.layer.is_spatial().then(|| self.to.reference()),
            ty: geometry_type(self.layer.geometry),
            options: Some(layer_options),
        });
        let target = made.map_err(|error| self.failed(error))?;
        for (index, name) in self.columns.iter().zip(self.names) {
            let column = &self.layer.columns[*index];
            let field = FieldDefn::new(name, field_type(column)).map_err(|error| self.failed(error))?;
            if self.options.driver == VectorDriver::Shapefile && field_type(column) == OGRFieldType::OFTString {
                field.set_width(SHORT_TEXT as i32);
            }
            field.add_to_layer(&target).map_err(|error| self.failed(error))?;
        }
        let defn = Defn::from_layer(&target);
        // A driver may refuse or rename a field; the order is what the rows go by.
        for row in rows {
            let row = row?;
            let feature = self.feature(&defn, &row)?;
            feature.create(&target).map_err(|error| self.failed(error))?;
            self.written.rows += 1;
        }
        Ok(())
    }

    fn feature<'d>(&mut self, defn: &'d Defn, row: &Row) -> Outcome<Feature<'d>> {
        let mut feature = Feature::new(defn).map_err(|error| self.failed(error))?;
        for (place, index) in self.columns.iter().enumerate() {
            let put = match &row.values[*index] {
                // Left unset: FlatGeobuf writes a field that is set to null as zero.
                Value::Null => Ok(()),
                Value::Integer(number) => feature.set_field_integer64(place, *number),
                Value::Real(number) if number.is_finite() => {
                    if !holds(self.options.driver, *number) {
                        self.written.rounded_numbers.push((row.key(self.layer).to_owned(), self.layer.columns[*index].name.clone()));
                    }
                    feature.set_field_double(place, *number)
                }
                Value::Real(_) => Ok(()),
                Value::Boolean(flag) => feature.set_field_integer(place, i32::from(*flag)),
                Value::Text(text) => {
                    let place_of = || (row.key(self.layer).to_owned(), self.layer.columns[*index].name.clone());
                    let allowed = TextRule::allowed(text);
                    if allowed.len() < text.len() {
                        self.written.lost_characters.push(place_of());
                    }
                    let kept = self.text.fit(&allowed);
                    if kept.len() < allowed.len() {
                        self.written.cut_texts.push(place_of());
                    }
                    feature.set_field_string(place, kept)
                }
            };
            put.map_err(|error| self.failed(error))?;
        }
        if let Some(geometry) = &row.geometry {
            let there = moved(geometry, &self.way)?;
            let shape = geos::any_to_gdal(&there).map_err(|error| self.failed(error))?;
            feature.set_geometry(shape).map_err(|error| self.failed(error))?;
        } else if self.options.driver.needs_geometry() {
            let key = row.key(self.layer);
            return Err(Fault::bad("format_needs_geometry", format!("{key} 没有图形"), format!("{key} has no geometry")).at(key));
        }
        Ok(feature)
    }
}

/// Whether a format keeps this number to its last digit: a Shapefile's table has text of 24 places, 15 of them decimals.
fn holds(driver: VectorDriver, number: f64) -> bool {
    if driver != VectorDriver::Shapefile {
        return true;
    }
    let text = format!("{number:.15}");
    text.get(..24).unwrap_or(&text).parse::<f64>().is_ok_and(|kept| kept == number)
}

/// A geometry in the target CRS.
pub(crate) fn moved(geometry: &Geometry<f64>, way: &Transformer) -> Outcome<Geometry<f64>> {
    if way.is_identity() {
        return Ok(geometry.clone());
    }
    let mut coords: Vec<Coord<f64>> = geometry.coords_iter().collect();
    if !way.apply(&mut coords) {
        return Err(Fault::bad("outside_crs", "图形超出目标坐标系的范围", "a geometry has no image in the target CRS"));
    }
    let next = std::cell::Cell::new(0);
    Ok(geometry.map_coords(|_| coords[next.replace(next.get() + 1)]))
}

/// How long a text may be, in the bytes of the file's encoding.
struct TextRule {
    encoding: &'static encoding_rs::Encoding,
    creation_option: &'static str,
    bound: Option<usize>,
}

impl TextRule {
    fn new(options: &WriteOptions<'_>) -> Outcome<TextRule> {
        let encoding = options.encoding.map_or(Ok(encoding_rs::UTF_8), encoding::given)?;
        let creation_option = match encoding::name(encoding) {
            "UTF-8" => "ENCODING=UTF-8",
            "GB18030" => "ENCODING=GB18030",
            other => {
                return Err(Fault::bad("encoding_unknown", format!("不能以 {other} 写出"), format!("{other} is not written"))
                    .help("可用：UTF-8、GB18030", "use UTF-8 or GB18030"));
            }
        };
        let bound = (options.driver == VectorDriver::Shapefile).then_some(SHORT_TEXT);
        Ok(TextRule { encoding, creation_option, bound })
    }

    /// The text with the characters that the format has: all but NUL, at which GDAL would end the text.
    fn allowed(text: &str) -> Cow<'_, str> {
        if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
    }

    /// The longest beginning that fits, whole characters only.
    fn fit<'t>(&self, text: &'t str) -> &'t str {
        let Some(bound) = self.bound.filter(|bound| text.len() > *bound) else { return text };
        let mut bytes = 0;
        for (at, letter) in text.char_indices() {
            let mut buffer = [0u8; 4];
            bytes += self.encoding.encode(letter.encode_utf8(&mut buffer)).0.len();
            if bytes > bound {
                return &text[..at];
            }
        }
        text
    }
}

fn geometry_type(kind: GeometryKind) -> OGRwkbGeometryType::Type {
    match kind {
        GeometryKind::Polygon => OGRwkbGeometryType::wkbMultiPolygon,
        GeometryKind::Line => OGRwkbGeometryType::wkbMultiLineString,
        GeometryKind::Point => OGRwkbGeometryType::wkbPoint,
        GeometryKind::None => OGRwkbGeometryType::wkbNone,
    }
}

fn field_type(column: &Column) -> OGRFieldType::Type {
    match column.kind {
        ColumnType::Text | ColumnType::List => OGRFieldType::OFTString,
        ColumnType::Integer => OGRFieldType::OFTInteger64,
        ColumnType::Real => OGRFieldType::OFTReal,
        ColumnType::Boolean => OGRFieldType::OFTInteger,
        ColumnType::Date => OGRFieldType::OFTDate,
    }
}

/// The file's field names: ours, or for a Shapefile their first ten letters, numbered where two would be the same.
fn names(layer: &Layer, columns: &[usize], driver: VectorDriver) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for index in columns {
        let full = &layer.columns[*index].name;
        if driver != VectorDriver::Shapefile || full.len() <= SHORT_NAME {
            names.push(full.clone());
            continue;
        }
        let cut = full[..SHORT_NAME].to_owned();
        let numbered = (1..).map(|number| format!("{}_{number}", &full[..SHORT_NAME - 2]));
        let free = std::iter::once(cut).chain(numbered).find(|name| !names.contains(name));
        names.push(free.unwrap_or_default());
    }
    names
}

/// Puts the language byte for Chinese (code page 936) into the table and a `.cpg` beside it: old programs read the one, new ones the other.
fn mark_chinese(path: &Path) -> Outcome<()> {
    const LANGUAGE_BYTE: u64 = 29;
    let table = path.with_extension("dbf");
    let marked = std::fs::OpenOptions::new().write(true).open(table).and_then(|mut file| {
        file.seek(SeekFrom::Start(LANGUAGE_BYTE))?;
        file.write_all(&[0x4D])
    });
    marked
        .and_then(|()| std::fs::write(path.with_extension("cpg"), "GB18030"))
        .map_err(|error| Fault::bad("write_failed", format!("写出失败：{error}"), format!("writing failed: {error}")))
}

/// The file and, for a Shapefile, those beside it.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.extension().is_none_or(|ending| ending != "shp") {
        return vec![path.to_owned()];
    }
    ["shp", "shx", "dbf", "prj", "cpg"].iter().map(|ending| path.with_extension(ending)).filter(|file| file.exists()).collect()
}
