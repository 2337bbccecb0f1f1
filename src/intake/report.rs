//! What an import did, complete: every row that was changed, left out or not found is in a list.

use super::options::Mode;
use crate::formats::EncodingUsed;
use serde::Serialize;
use utoipa::ToSchema;

/// The report of one import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// The file's name without its folder.
    pub file: String,
    /// GDAL's driver, or `CSV`, `XLSX`, `DBF`.
    pub driver: String,
    /// Our layer.
    pub layer: String,
    /// The file's layer or sheet.
    pub source_layer: String,
    pub mode: Mode,
    /// Rows in the file. `read = accepted + rejected + unmatched`.
    pub read: u64,
    /// Rows of the file that went into the result (several may merge into one).
    pub accepted: u64,
    /// Rows of the result.
    pub written: u64,
    /// Accepted rows whose geometry was mended.
    pub repaired: Vec<RowNote>,
    pub rejected: Vec<RowNote>,
    /// Rows of an update whose key the city does not have.
    pub unmatched: Vec<RowKey>,
    /// Keys that more than one row has; in an update from a table the rows merge, else the first row stands.
    pub duplicates: Vec<Duplicate>,
    /// Keys of the city for which an update has no row.
    pub untouched: Vec<String>,
    pub mapping: Vec<Mapped>,
    pub notices: Vec<Notice>,
    /// `None` when the rows have no geometry.
    #[schema(required)]
    pub crs: Option<CrsReport>,
    /// `None` for formats that carry no choice (spreadsheets).
    #[schema(required)]
    pub encoding: Option<EncodingUsed>,
}

/// A row with what was found and where.
#[derive(Clone, Debug, Serialize, Default, ToSchema)]
pub struct RowNote {
    /// Text or sheet line for tables, ordinal from 1 for geodata.
    pub row: u64,
    #[schema(required)]
    pub key: Option<String>,
    /// Stable word for scripts.
    pub reason: &'static str,
    /// `[x, y]` in the file's CRS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub place: Option<[f64; 2]>,
    /// Part, ring (0 = outer) and vertex, each from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ring: Option<RingPlace>,
    pub zh: String,
    pub en: String,
    /// Planar area in the working CRS, m²; of a crossing ring the amount by which its loops do not cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub area_before_m2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub area_after_m2: Option<f64>,
}

/// A vertex of a multi-part geometry, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RingPlace {
    pub part: usize,
    pub ring: usize,
    pub vertex: usize,
}

#[derive(Clone, Debug, Serialize, PartialEq, Eq, ToSchema)]
pub struct RowKey {
    pub row: u64,
    pub key: String,
}

#[derive(Clone, Debug, Serialize, PartialEq, Eq, ToSchema)]
#[schema(as = DuplicateKey)]
pub struct Duplicate {
    pub key: String,
    pub rows: Vec<u64>,
}

/// A column of ours and the field that fills it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MappedColumn)]
pub struct Mapped {
    pub ours: String,
    pub theirs: String,
    /// `option`, `name`, `zh`, `short` (a name that a Shapefile cut to ten letters) or `alias`.
    pub by: &'static str,
}

/// Something that a person should know; `items` lists every case.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportNotice)]
pub struct Notice {
    pub code: &'static str,
    pub zh: String,
    pub en: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub items: Vec<serde_json::Value>,
}

impl Notice {
    pub(crate) fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Notice { code, zh: zh.into(), en: en.into(), items: Vec::new() }
    }

    pub(crate) fn with(mut self, items: Vec<serde_json::Value>) -> Self {
        self.items = items;
        self
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CrsReport {
    pub source: String,
    /// `file`, `option`, or `format` (GeoJSON and KML are WGS 84 by their rules).
    pub given_by: &'static str,
    pub to: String,
}
