//! What an import did, complete: every row that was changed, left out or not found is in a list.

use super::options::{Datum, Mode};
use crate::domain::provenance;
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
    /// Keys that more than one row has, and what was done with the rows.
    pub duplicates: Vec<Duplicate>,
    /// Rows that got a key because they had none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub made_keys: Vec<MadeKey>,
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

impl ImportReport {
    /// The file, and how its places came about where they are not as it has them: for the change log.
    pub fn source(&self) -> String {
        let marks = self.crs.iter().flat_map(CrsReport::marks);
        marks.fold(self.file.clone(), |told, mark| provenance::marked(&told, &mark))
    }
}

impl CrsReport {
    /// What a row's source says of how its place came about.
    pub(crate) fn marks(&self) -> impl Iterator<Item = String> + '_ {
        let unshifted = (self.datum == Some(Datum::Gcj02)).then(|| provenance::UNSHIFTED.to_owned());
        self.local.iter().map(LocalReport::mark).chain(unshifted)
    }
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
    pub done: DuplicateDone,
    /// The keys of the rows in their order, where they were numbered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

/// What was done with rows of one key.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateDone {
    /// The first row stands (unless it was rejected itself), the others are among the rejected.
    Rejected,
    /// The first row that could be taken stands, as asked.
    First,
    Numbered,
    /// One row of all of them: several parts, equal values.
    Merged,
    /// Their values differ, or one of them cannot be taken: all are among the rejected.
    Refused,
    /// One row of all of them, column by column: first, sum or greatest value.
    Aggregated,
    /// The city does not have the key.
    Unmatched,
}

/// A key that was made for a row.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, ToSchema)]
pub struct MadeKey {
    pub row: u64,
    pub key: String,
    /// What stood in its place.
    pub was: Option<String>,
    pub of: MadeOf,
}

/// What a made key is the hash of: it stays the same as long as that does.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MadeOf {
    Shape,
    Values,
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
    /// Nothing is written until a person has answered: by `datum` for `gcj02…`, else by saying that the place was checked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asks: bool,
}

impl Notice {
    pub(crate) fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Notice { code, zh: zh.into(), en: en.into(), items: Vec::new(), asks: false }
    }

    pub(crate) fn asking(mut self) -> Self {
        self.asks = true;
        self
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
    /// How local coordinates (`source` is then `local`) came to a public CRS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalReport>,
    /// The datum that was stated: the web maps' shift was taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datum: Option<Datum>,
}

/// A four-parameter transformation as it was used: X = dx + k (x cos θ − y sin θ), Y = dy + k (x sin θ + y cos θ).
#[derive(Clone, Debug, Serialize, PartialEq, ToSchema)]
pub struct LocalReport {
    pub to: String,
    pub dx: f64,
    pub dy: f64,
    pub scale: f64,
    /// Counter-clockwise.
    pub rotation_deg: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<ControlPoint>,
    /// Standard deviation of a coordinate of the control points; 0 for two of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deviation_m: Option<f64>,
}

/// A control point, and what the transformation makes of it less what it should be.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, ToSchema)]
pub struct ControlPoint {
    pub local: [f64; 2],
    pub to: [f64; 2],
    pub off_m: [f64; 2],
}
