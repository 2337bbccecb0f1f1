//! Files in and out: everything that knows GDAL, CSV, spreadsheets, DBF bytes and text encodings ([`files`]), and what we write and serve ([`wire`]).
//!
//! Reading gives a [`Table`]: rows as the file has them, in the file's CRS, rings as written (maybe open, maybe crossing).
//! Judging and repairing them is `intake`'s work. GDAL opens a file with one named driver only, never by trying all of them,
//! so a VRT, a web service or an archive inside an archive is never reached.

pub mod clean;
pub mod crs;
pub mod encoding;
pub mod files;
pub mod geos;
#[cfg(test)]
pub(crate) mod geos_twin;
pub mod room;
pub mod wire;

mod gdal_quiet;

pub use crs::{Crs, Transformer};
pub use encoding::{EncodingUsed, FoundBy};
pub use files::{
    DrawingUnit, Field, FilledForm, FormCell, FormRow, Limits, NotDrawn, Odd, Oddity, Progress, RawGeometry, RawShape, ReadOptions, SourceNotice,
    SourceRow, Table, confined, count_features, drawn_area, limits, read, read_box, read_form, source,
};
pub use wire::certificate::{CertificateSheet, draw_certificate};
pub use wire::cjk_font::FontFile;
pub use wire::sheet_write::{Sheet, sheet_csv, sheets_xlsx};
pub use wire::{CsvGeometry, LayerSheet, VectorDriver, WriteOptions, Written, write_csv, write_dxf, write_layer_xlsx, write_vector};
