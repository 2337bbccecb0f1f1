//! Files in and out: everything that knows GDAL, CSV, spreadsheets, DBF bytes and text encodings, and the wire formats (GeoJSON, vector tiles, GeoPackage blobs).
//!
//! Reading gives a [`Table`]: rows as the file has them, in the file's CRS, rings as written (maybe open, maybe crossing).
//! Judging and repairing them is `intake`'s work. GDAL opens a file with one named driver only, never by trying all of them,
//! so a VRT, a web service or an archive inside an archive is never reached.

pub mod crs;
pub mod csv_write;
pub mod encoding;
pub mod geojson;
pub mod geopackage_blob;
pub mod geos;
pub mod limits;
pub mod read;
pub mod source;
pub mod vector_tile;
pub mod vector_write;

mod archive;
mod baseline;
mod csv_read;
mod dbf;
mod dxf;
mod gdal_layer;
mod gdal_quiet;
mod geojson_read;
mod raw;
mod scratch;
mod shapefile;
mod sheet;
mod sniff;
mod table;

pub use baseline::{count_features, read_box};
pub use crs::{Crs, Transformer};
pub use csv_write::{CsvGeometry, write_csv};
pub use encoding::{EncodingUsed, FoundBy};
pub use limits::Limits;
pub use read::{ReadOptions, read};
pub use source::{Field, Progress, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
pub use vector_write::{VectorDriver, WriteOptions, Written, write_vector};
