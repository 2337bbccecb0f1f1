//! Exports: exactly what is selected or filtered, with its count.

pub use super::exported::Exported;

use super::Viewer;
use super::items::select;
use super::items::{Selected, Selection, write_features_told};
use super::kept;
use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Column, Fault, GeometryKind, Lang, Layer, Patience, Row, provenance};
use crate::formats::wire::geojson::{FeatureStyle, Rounded};
use crate::formats::{
    Crs, CsvGeometry, LayerSheet, Transformer, VectorDriver, WriteOptions, Written, write_csv, write_dxf, write_layer_xlsx, write_vector,
};
use crate::spatial::frame::Frame;
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use utoipa::ToSchema;

/// What to export and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    pub collection: String,
    pub filter: Option<String>,
    pub ids: Option<Vec<String>>,
    pub bbox: Option<[f64; 4]>,
    #[serde(rename = "bbox-crs")]
    pub bbox_crs: Option<String>,
    #[serde(rename = "filter-crs")]
    pub filter_crs: Option<String>,
    /// The land that stood on a day or in an interval.
    pub datetime: Option<String>,
    #[serde(default = "geojson")]
    pub format: String,
    #[serde(default = "seven")]
    pub precision: u32,
    pub crs: Option<String>,
    pub encoding: Option<String>,
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
        Selection {
            filter: self.filter.clone(),
            ids: self.ids.clone(),
            bbox: self.bbox,
            bbox_crs: self.bbox_crs.clone(),
            filter_crs: self.filter_crs.clone(),
            sortby: None,
            datetime: self.datetime.clone(),
        }
    }
}

/// The rows of an export; keys that are asked for and do not exist are refused, not skipped.
pub fn select_for_export(city: &City, viewer: &Viewer, request: &ExportRequest) -> Outcome<Selected> {
    let selected = select(city, viewer, &request.collection, &request.selection())?;
    if let Some(ids) = &request.ids
        && let Some(missing) = ids.iter().find(|id| !selected.table.row_of(id).is_some_and(|row| kept::sees_at(city, viewer, &selected.table, row)))
    {
        return Err(Fault::bad(
            "no_such_item",
            format!("{} 中没有 {missing}，未导出", request.collection),
            format!("{} has no item {missing}; nothing was exported", request.collection),
        )
        .at(missing.clone()));
    }
    Ok(selected)
}

/// Marks of the rows' `source`, with the number of rows that have them.
pub fn derived(table: &Table, rows: impl Iterator<Item = usize>) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    if table.layer().is_spatial() && table.layer().column(provenance::COLUMN).is_some() {
        for source in rows.filter_map(|row| table.text(row, provenance::COLUMN)) {
            provenance::marks(source).for_each(|mark| *found.entry(mark.to_owned()).or_default() += 1);
        }
    }
    found
}

/// Writes GeoJSON texts one after the other (RFC 8142), in constant memory.
pub fn write_geojson_seq(city: &City, selected: &Selected, precision: u32, out: &mut dyn Write) -> std::io::Result<Exported> {
    write_seq(city, selected, &FeatureStyle::of(&selected.table, None, selected.private, precision, true), out)
}

fn write_seq(city: &City, selected: &Selected, style: &FeatureStyle, out: &mut dyn Write) -> std::io::Result<Exported> {
    let mut rounded = Rounded::default();
    let patience = Patience::current();
    for rows in selected.rows.chunks(CHUNK) {
        if patience.is_over() {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let parts: Vec<(String, Rounded)> =
            rows.par_iter().map(|row| write_features_told(&selected.table, std::slice::from_ref(row), &city.crs, style)).collect();
        for (feature, told) in &parts {
            rounded += *told;
            out.write_all(b"\x1E")?;
            out.write_all(feature.as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    Ok(Exported { count: selected.rows.len(), finer: rounded.finer, coarse: rounded.coarse, ..Exported::default() })
}

/// GeoJSON texts in a reference system of their own, in memory.
pub fn geojson_seq_in(city: &City, selected: &Selected, frame: &Frame) -> Outcome<(Vec<u8>, Exported)> {
    let style = FeatureStyle::of(&selected.table, None, selected.private, frame.usual_decimals(), true).in_frame(frame.clone());
    let mut bytes = Vec::new();
    let exported = write_seq(city, selected, &style, &mut bytes).map_err(|error| Fault::internal("write", error))?;
    Ok((bytes, Exported { derived: derived_of(selected), ..exported }))
}

/// Writes a FeatureCollection in constant memory.
pub fn write_geojson(city: &City, selected: &Selected, precision: u32, out: &mut dyn Write) -> std::io::Result<Exported> {
    let mut rounded = Rounded::default();
    let style = FeatureStyle::of(&selected.table, None, selected.private, precision, true);
    write!(
        out,
        "{{\"type\":\"FeatureCollection\",\"name\":\"{}\",\"numberMatched\":{},\"features\":[",
        selected.table.layer().name,
        selected.rows.len()
    )?;
    let wave = CHUNK * rayon::current_num_threads();
    let patience = Patience::current();
    for (index, rows) in selected.rows.chunks(wave).enumerate() {
        if patience.is_over() {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let parts: Vec<(String, Rounded)> =
            rows.par_chunks(CHUNK).map(|rows| write_features_told(&selected.table, rows, &city.crs, &style)).collect();
        for (part_index, (part, told)) in parts.iter().enumerate() {
            rounded += *told;
            if index + part_index > 0 {
                out.write_all(b",\n")?;
            }
            out.write_all(part.as_bytes())?;
        }
    }
    out.write_all(b"]}\n")?;
    Ok(Exported { count: selected.rows.len(), finer: rounded.finer, coarse: rounded.coarse, ..Exported::default() })
}

/// Writes `selected` to `path` (which must not exist) in any format; returns what the format did to the features. A Shapefile becomes a zip of its parts.
pub fn export_file(city: &City, selected: &Selected, options: &FileOptions<'_>, path: &Path) -> Outcome<Exported> {
    let exported = write_file(city, selected, options, path)?;
    Ok(Exported { derived: derived_of(selected), ..exported })
}

/// The rows one by one, as long as somebody waits for them.
fn rows_of(selected: &Selected) -> impl Iterator<Item = Outcome<Row>> {
    let patience = Patience::current();
    selected.rows.iter().map(move |row| patience.check().map(|()| selected.table.row(*row as usize)))
}

fn derived_of(selected: &Selected) -> BTreeMap<String, usize> {
    derived(&selected.table, selected.rows.iter().map(|row| *row as usize))
}

fn write_file(city: &City, selected: &Selected, options: &FileOptions<'_>, path: &Path) -> Outcome<Exported> {
    let failed = |error: std::io::Error| Fault::of_writing(&error);
    if matches!(options.format, Format::GeoJson | Format::GeoJsonSeq) && options.crs.is_none_or(|crs| crs == "EPSG:4326") {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path).map_err(failed)?);
        let write = if options.format == Format::GeoJson { write_geojson } else { write_geojson_seq };
        let written = write(city, selected, options.precision, &mut out);
        Patience::current().check()?;
        let exported = written.map_err(failed)?;
        out.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)?;
        return Ok(exported);
    }
    let (layer, from) = (selected.table.layer(), city.crs.name());
    let columns = options.columns(selected);
    let mut rows = rows_of(selected);
    let written = match options.format {
        Format::GeoJson | Format::GeoJsonSeq => {
            return Err(Fault::bad("geojson_crs", "GeoJSON 只用经纬度（RFC 7946）", "GeoJSON is in longitude and latitude only (RFC 7946)")
                .help("要其他坐标系请用 gpkg、fgb 或 shp", "for another CRS use gpkg, fgb or shp"));
        }
        Format::Csv => {
            let out = std::fs::File::create(path).map_err(failed)?;
            let geometry = if layer.geometry == GeometryKind::Point { CsvGeometry::Xy } else { CsvGeometry::Leave };
            write_csv(out, layer, &columns, &mut rows, geometry, &from, options.crs.unwrap_or("EPSG:4326"))?;
            Written::default()
        }
        Format::Xlsx => {
            let geometry = if layer.geometry == GeometryKind::Point { CsvGeometry::Xy } else { CsvGeometry::Leave };
            let crs_to = options.crs.unwrap_or("EPSG:4326");
            let sheet = LayerSheet { layer, columns: &columns, geometry, crs_from: &from, crs_to, lang: options.lang };
            write_layer_xlsx(path, &sheet, &mut rows)?
        }
        Format::Dxf => {
            let written = write_dxf(path, layer, &mut rows, &from, options.crs.unwrap_or(&from))?;
            // Columns that this reader would not have seen are not missed.
            let hidden = layer.columns.len() - columns.len();
            Written { attributes_left: written.attributes_left.saturating_sub(hidden), ..written }
        }
        Format::Vector(VectorDriver::Shapefile) => {
            // Beside the file and under its name, so that who removes the one removes the other.
            let mut scratch = path.as_os_str().to_owned();
            scratch.push(".parts");
            let scratch = PathBuf::from(scratch);
            std::fs::create_dir(&scratch).map_err(failed)?;
            let inner = scratch.join(format!("{}.shp", layer.name));
            let done = write_with_gdal(city, &inner, layer, &mut rows, &columns, options)
                .and_then(|written| zip_files(&written.files, path).map(|()| written));
            let _ = std::fs::remove_dir_all(&scratch);
            done?
        }
        Format::Vector(_) => write_with_gdal(city, path, layer, &mut rows, &columns, options)?,
    };
    let without_shapes = matches!(options.format, Format::Csv | Format::Xlsx) && !matches!(layer.geometry, GeometryKind::Point | GeometryKind::None);
    Ok(Exported { without_shapes, ..Exported::of(selected.rows.len(), written) })
}

/// Writes a Shapefile's parts as `folder/stem.*`, which must not exist; returns them.
pub fn export_shapefile(city: &City, selected: &Selected, options: &FileOptions<'_>, folder: &Path, stem: &str) -> Outcome<(Vec<PathBuf>, Exported)> {
    let layer = selected.table.layer();
    let columns = options.columns(selected);
    let mut rows = rows_of(selected);
    let mut written = write_with_gdal(city, &folder.join(format!("{stem}.shp")), layer, &mut rows, &columns, options)?;
    let files = std::mem::take(&mut written.files);
    Ok((files, Exported { derived: derived_of(selected), ..Exported::of(selected.rows.len(), written) }))
}

fn write_with_gdal(
    city: &City,
    path: &Path,
    layer: &'static Layer,
    rows: &mut dyn Iterator<Item = Outcome<Row>>,
    columns: &[usize],
    options: &FileOptions<'_>,
) -> Outcome<Written> {
    let Format::Vector(driver) = options.format else { return Ok(Written::default()) };
    let from = city.crs.name();
    write_vector(
        path,
        layer,
        rows,
        &WriteOptions { driver, crs_from: &from, crs_to: options.crs.unwrap_or(&from), encoding: options.encoding, columns: Some(columns) },
    )
}

/// What a person should know of the way from the working CRS to another, in 中文 and English; nothing where it is a known one.
pub fn doubt(city: &City, crs: &str) -> Outcome<Option<(String, String)>> {
    let way = Transformer::new(&Crs::parse(&city.crs.name())?, &Crs::parse(crs)?)?;
    Ok(way.doubt().map(|ends| {
        (
            format!("{ends}：两个基准之间没有公开的转换参数，位置可能相差几十到几百米"),
            format!("{ends}: no public (non-ballpark) transformation joins the two datums; places may be off by tens or hundreds of metres"),
        )
    }))
}

/// The bytes of an export, for a download, and what its format did to the features.
pub fn export_bytes(city: &City, selected: &Selected, options: &FileOptions<'_>) -> Outcome<(Vec<u8>, Exported)> {
    let scratch = tempdir(&std::env::temp_dir().join("parkplan"))?;
    let path = scratch.join(format!("export.{}", options.format.ending()));
    let bytes = export_file(city, selected, options, &path)
        .and_then(|done| std::fs::read(&path).map(|bytes| (bytes, done)).map_err(|error| Fault::internal("read", error)));
    let _ = std::fs::remove_dir_all(&scratch);
    bytes
}

/// A format by its usual ending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Format {
    GeoJson,
    /// A feature a line (RFC 8142).
    GeoJsonSeq,
    Csv,
    Xlsx,
    Dxf,
    Vector(VectorDriver),
}

impl Format {
    /// The names that are told; `parse` takes a few more.
    pub const NAMES: [&str; 9] = ["geojson", "geojsonseq", "csv", "xlsx", "gpkg", "fgb", "shp", "kml", "dxf"];

    pub fn parse(name: &str) -> Outcome<Format> {
        match name.to_ascii_lowercase().as_str() {
            "geojson" | "json" => Ok(Format::GeoJson),
            "geojsonseq" | "geojsonl" | "geojsons" | "ndjson" => Ok(Format::GeoJsonSeq),
            "csv" => Ok(Format::Csv),
            "xlsx" => Ok(Format::Xlsx),
            "dxf" => Ok(Format::Dxf),
            other => match VectorDriver::parse(other) {
                // A geodatabase is a folder: it cannot be one download.
                Some(driver) if driver != VectorDriver::FileGeodatabase => Ok(Format::Vector(driver)),
                _ => Err(Fault::bad("format", format!("不支持的格式 {name}"), format!("the format {name} is not supported"))
                    .help(format!("可用：{}", Format::NAMES.join("、")), format!("known: {}", Format::NAMES.join(", ")))),
            },
        }
    }

    /// Whether a file of it keeps the city's own reference system where none is asked for.
    pub fn is_in_own_crs(self) -> bool {
        matches!(self, Format::Dxf | Format::Vector(VectorDriver::GeoPackage | VectorDriver::FlatGeobuf | VectorDriver::Shapefile))
    }

    /// The ending of a downloaded file.
    pub fn ending(self) -> &'static str {
        match self {
            Format::GeoJson => "geojson",
            Format::GeoJsonSeq => "geojsons",
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Dxf => "dxf",
            Format::Vector(VectorDriver::GeoPackage) => "gpkg",
            Format::Vector(VectorDriver::FlatGeobuf) => "fgb",
            Format::Vector(VectorDriver::Kml) => "kml",
            Format::Vector(VectorDriver::Shapefile | VectorDriver::FileGeodatabase) => "zip",
        }
    }
}

/// How a file is written.
pub struct FileOptions<'a> {
    pub format: Format,
    pub precision: u32,
    /// `EPSG:n`; the working CRS (lon/lat for GeoJSON and CSV points) when not given.
    pub crs: Option<&'a str>,
    pub encoding: Option<&'a str>,
    /// Of a workbook's heads.
    pub lang: Lang,
    /// Columns beside the key; all that may be seen when not given.
    pub properties: Option<&'a [String]>,
}

impl FileOptions<'_> {
    /// Indexes of the columns that go into a file.
    fn columns(&self, selected: &Selected) -> Vec<usize> {
        let layer = selected.table.layer();
        let wanted = |column: &Column| self.properties.is_none_or(|names| column.name == layer.key || names.contains(&column.name));
        let visible = |index: &usize| selected.private || !layer.columns[*index].private;
        (0..layer.columns.len()).filter(visible).filter(|index| wanted(&layer.columns[*index])).collect()
    }
}

/// A new folder beside `path`, on the same file system.
fn tempdir(path: &Path) -> Outcome<PathBuf> {
    let token = super::sessions::random_token()?;
    let folder = path.with_file_name(format!(".parkplan-{}", &token[..16]));
    std::fs::create_dir_all(&folder).map_err(|error| Fault::of_writing(&error))?;
    Ok(folder)
}

fn zip_files(files: &[PathBuf], path: &Path) -> Outcome<()> {
    let failed = |error: &dyn std::fmt::Display| Fault::internal("zip", error);
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path).map_err(|error| failed(&error))?);
    for file in files {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        archive.start_file(name, zip::write::SimpleFileOptions::default()).map_err(|error| failed(&error))?;
        archive.write_all(&std::fs::read(file).map_err(|error| failed(&error))?).map_err(|error| failed(&error))?;
    }
    archive.finish().map(|_| ()).map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_that_is_told_is_known_and_the_refusal_tells_them_all() {
        for name in Format::NAMES {
            assert!(Format::parse(name).is_ok(), "{name}");
        }
        let help = Format::parse("dwg").expect_err("refused").help_en.expect("help");
        assert_eq!(help, "known: geojson, geojsonseq, csv, xlsx, gpkg, fgb, shp, kml, dxf");
    }
}
