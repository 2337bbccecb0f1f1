//! What we write and serve: GeoJSON, vector tiles, CSV, and vector files through GDAL.

pub mod certificate;
pub mod cjk_font;
pub mod csv_write;
pub mod dxf_write;
pub mod form_write;
pub mod geojson;
pub mod kml_write;
pub mod layer_xlsx;
pub mod sheet_write;
pub mod vector_tile;
pub mod vector_write;

mod rounding;

pub use csv_write::{CsvGeometry, write_csv};
pub use dxf_write::write_dxf;
pub use form_write::{Form, FormColumn, FormKind, write_form_csv, write_xlsx};
pub use layer_xlsx::{LayerSheet, write_layer_xlsx};
pub use vector_write::{VectorDriver, WriteOptions, Written, write_vector};
