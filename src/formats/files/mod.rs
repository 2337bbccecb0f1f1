//! What we read: vector files through GDAL, tables, and archives of them.

pub mod drawn;
pub mod limits;
pub mod read;
pub mod source;

mod archive;
mod baseline;
mod csv_read;
mod dbf;
mod dxf;
mod gdal_layer;
mod geojson_read;
mod raw;
mod scratch;
mod shapefile;
mod sheet;
mod sniff;
mod table;

pub use baseline::{count_features, read_box};
pub use drawn::{NotDrawn, drawn_area};
pub use limits::Limits;
pub use read::{ReadOptions, read};
pub use source::{Field, Progress, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
