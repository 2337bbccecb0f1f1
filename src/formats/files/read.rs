//! The one door for files: what is it, may we read it, and by which reader.

use super::limits::{Limits, exceeded};
use super::sniff::{Kind, sniff};
use super::source::Table;
use super::taker::Taker;
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

/// Reads a file that is known to be a real one below no virtual file system. Only the reading process comes here with a file from outside.
pub(super) fn read_here(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let gdal = |driver: &str, open: &[&str]| gdal_layer::read(path, driver, open, options, taker);
    match sniff(path, options.limits)? {
        Kind::Shapefile => shapefile::read(path, options, taker),
        Kind::Dbf => csv_read::read_dbf(path, options, taker),
        Kind::GeoJson => geojson_read::read(path, options, taker),
        Kind::TopoJson => gdal("TopoJSON", &[]),
        Kind::GeoPackage => geopackage::read(path, options, taker),
        Kind::FileGeodatabase => gdal("OpenFileGDB", &[]),
        Kind::FlatGeobuf => gdal("FlatGeobuf", &["VERIFY_BUFFERS=YES"]),
        Kind::Kml => kml::read(path, options, taker),
        Kind::Dxf => dxf::read(path, options, taker),
        Kind::Csv => csv_read::read(path, options, taker),
        Kind::Spreadsheet => sheet::read(path, options, taker),
        Kind::Archive => archive::read(path, options, taker),
    }
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

/// The fault of a cancelled run.
pub fn cancelled() -> Fault {
    Fault::new(FaultKind::Cancelled, "cancelled", "已取消，未作任何修改", "cancelled, nothing was changed")
}
