//! What we read: vector files through GDAL, tables, and archives of them.

pub mod confined;
pub mod drawn;
pub mod form;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod limits;
pub mod read;
pub mod source;

mod archive;
mod baseline;
mod csv_check;
mod csv_read;
mod curves;
mod dbf;
mod drivers;
mod dxf;
mod dxf_scan;
mod form_csv;
mod form_xlsx;
mod gdal_layer;
mod geojson_coordinates;
mod geojson_read;
mod geojson_shape;
mod geopackage;
mod header;
mod json_text;
mod json_told;
mod kml;
mod raw;
mod scratch;
mod shapefile;
mod sheet;
mod sheet_cells;
mod sheet_layout;
mod sniff;
mod table;
mod taker;
mod xml;

pub use baseline::{count_features, read_box};
pub use confined::{read, read_form};
pub use drawn::{NotDrawn, drawn_area};
pub use form::{FilledForm, FormCell, FormRow, Odd};
pub use limits::Limits;
pub use read::ReadOptions;
pub use source::{DrawingUnit, Field, Oddity, Progress, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
