//! The one door for files: what is it, may we read it, and by which reader.

use super::limits::{Limits, exceeded};
use super::sniff::{Kind, sniff};
use super::source::{Progress, RawGeometry, Table};
use super::{archive, csv_read, dxf, gdal_layer, geojson_read, geopackage, kml, shapefile, sheet};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use std::path::Path;

/// How to read a file.
pub struct ReadOptions<'a> {
    /// Our layer's name: a file with several layers is read without asking when one carries it.
    pub our_layer: &'a str,
    /// The layer, sheet or archive member to read.
    pub source_layer: Option<&'a str>,
    /// Encoding of the text, over what the file says.
    pub encoding: Option<&'a str>,
    /// Whether a header text means something to us; finds the header row of a table.
    pub wanted: &'a dyn Fn(&str) -> bool,
    /// Whether geometry columns of a table (WKT, x and y) are to be read.
    pub wants_geometry: bool,
    pub limits: &'a Limits,
}

/// Reads a file's layer into memory.
pub fn read(path: &Path, options: &ReadOptions<'_>, progress: Progress<'_>) -> Outcome<Table> {
    let path = admit(path)?;
    read_admitted(&path, options, progress)
}

/// Reads a file that is known to be a real one below no virtual file system.
pub(crate) fn read_admitted(path: &Path, options: &ReadOptions<'_>, progress: Progress<'_>) -> Outcome<Table> {
    let gdal = |driver: &str, open: &[&str]| gdal_layer::read(path, driver, open, options, progress);
    match sniff(path, options.limits)? {
        Kind::Shapefile => shapefile::read(path, options, progress),
        Kind::Dbf => csv_read::read_dbf(path, options, progress),
        Kind::GeoJson => geojson_read::read(path, options, progress),
        Kind::TopoJson => gdal("TopoJSON", &[]),
        Kind::GeoPackage => geopackage::read(path, options, progress),
        Kind::FileGeodatabase => gdal("OpenFileGDB", &[]),
        Kind::FlatGeobuf => gdal("FlatGeobuf", &["VERIFY_BUFFERS=YES"]),
        Kind::Kml => kml::read(path, options, progress),
        Kind::Dxf => dxf::read(path, options, progress),
        Kind::Csv => csv_read::read(path, options, progress),
        Kind::Spreadsheet => sheet::read(path, options, progress),
        Kind::Archive => archive::read(path, options, progress),
    }
}

/// Refuses GDAL's virtual paths and what is no file.
fn admit(path: &Path) -> Outcome<std::path::PathBuf> {
    let text = path.to_string_lossy();
    if text.starts_with("/vsi") || text.contains("://") || text.starts_with(['<', '{']) {
        return Err(Fault::bad("path_refused", "只接受本机文件", "only files of this machine are read")
            .at(text)
            .help("不接受网址和 /vsi 路径：请先下载", "URLs and /vsi paths are not accepted: download the file first"));
    }
    let real = path.canonicalize().map_err(|error| unreadable(path, &error))?;
    if real.starts_with("/vsi") {
        return Err(Fault::bad("path_refused", "只接受本机文件", "only files of this machine are read"));
    }
    Ok(real)
}

/// The fault for a file that the system does not give.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let name = file_name(path);
    if error.kind() == std::io::ErrorKind::NotFound {
        return Fault::bad("file_missing", format!("找不到文件 {name}"), format!("there is no file {name}")).at(name);
    }
    Fault::bad("file_unreadable", format!("无法读取 {name}：{error}"), format!("{name} cannot be read: {error}")).at(name)
}

/// The last part of a path, for people.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.to_string_lossy().into_owned(), |name| name.to_string_lossy().into_owned())
}

/// A whole text file within the bound.
pub(crate) fn all_bytes(path: &Path, limits: &Limits) -> Outcome<Vec<u8>> {
    let size = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if size > limits.bytes {
        return Err(exceeded("文件字节数", "the size of the file in bytes", size, limits.bytes));
    }
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

/// Refuses the row that goes beyond a bound.
pub(crate) fn bound_row(rows_so_far: usize, geometry: Option<&RawGeometry>, options: &ReadOptions<'_>) -> Outcome<()> {
    if rows_so_far as u64 >= options.limits.rows {
        return Err(exceeded("行数", "the number of rows", rows_so_far as u64 + 1, options.limits.rows));
    }
    let vertices = geometry.map_or(0, |geometry| geometry.shape.vertices());
    if vertices > options.limits.vertices_per_row {
        let fault = exceeded("一个图形的顶点数", "the number of vertices of one geometry", vertices as u64, options.limits.vertices_per_row as u64);
        return Err(fault.at(format!("row {}", rows_so_far + 1)));
    }
    Ok(())
}

/// Reports every 1 000 rows and ends the reading when told so.
pub(crate) fn step(rows: usize, total: Option<u64>, progress: Progress<'_>) -> Outcome<()> {
    if rows.is_multiple_of(1000) && !progress(rows as u64, total) {
        return Err(cancelled());
    }
    Ok(())
}

/// The fault of a cancelled run.
pub fn cancelled() -> Fault {
    Fault::new(FaultKind::Cancelled, "cancelled", "已取消，未作任何修改", "cancelled, nothing was changed")
}
