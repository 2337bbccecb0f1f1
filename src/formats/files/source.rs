//! What reading a file gives: fields, rows, the declared CRS and how the text was decoded.

use crate::domain::Value;
use crate::formats::crs::Crs;
use crate::formats::encoding::{Doubt, EncodingUsed};
use geo_types::Coord;

/// Called with the rows done and the total if known; `false` cancels.
pub type Progress<'a> = &'a dyn Fn(u64, Option<u64>) -> bool;

/// One field of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    /// The second name that file geodatabases keep, often the Chinese one.
    pub alias: Option<String>,
}

impl Field {
    pub fn named(name: impl Into<String>) -> Self {
        Field { name: name.into(), alias: None }
    }
}

/// A geometry's parts as the file has them. Rings keep their first and last position as written.
#[derive(Clone, Debug, PartialEq)]
pub enum RawShape {
    Empty,
    Points(Vec<Coord<f64>>),
    Lines(Vec<Vec<Coord<f64>>>),
    /// Polygons of rings, the outer ring first.
    Polygons(Vec<Vec<Vec<Coord<f64>>>>),
    Mixed(Vec<RawShape>),
    /// A kind that we do not read, by its name.
    Other(String),
    /// The file has bytes here that are no geometry.
    Unreadable(String),
}

/// A geometry of the file, x and y only; `has_z` says that heights were left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct RawGeometry {
    pub shape: RawShape,
    pub has_z: bool,
}

impl RawShape {
    /// Calls `visit` with every position.
    pub fn each_coord(&self, visit: &mut impl FnMut(Coord<f64>)) {
        match self {
            RawShape::Points(points) => points.iter().for_each(|c| visit(*c)),
            RawShape::Lines(lines) => lines.iter().flatten().for_each(|c| visit(*c)),
            RawShape::Polygons(polygons) => polygons.iter().flatten().flatten().for_each(|c| visit(*c)),
            RawShape::Mixed(parts) => parts.iter().for_each(|part| part.each_coord(visit)),
            RawShape::Empty | RawShape::Other(_) | RawShape::Unreadable(_) => {}
        }
    }

    /// Multiplies every coordinate.
    pub fn scale(&mut self, factor: f64) {
        let each = |points: &mut Vec<Coord<f64>>| points.iter_mut().for_each(|at| *at = *at * factor);
        match self {
            RawShape::Points(points) => each(points),
            RawShape::Lines(lines) => lines.iter_mut().for_each(each),
            RawShape::Polygons(polygons) => polygons.iter_mut().flatten().for_each(each),
            RawShape::Mixed(parts) => parts.iter_mut().for_each(|part| part.scale(factor)),
            RawShape::Empty | RawShape::Other(_) | RawShape::Unreadable(_) => {}
        }
    }

    pub fn vertices(&self) -> usize {
        let mut count = 0;
        self.each_coord(&mut |_| count += 1);
        count
    }
}

/// A cell that is not what its value says.
#[derive(Clone, Debug, PartialEq)]
pub enum Oddity {
    /// `#REF!`, `#DIV/0!`, …
    Error(String),
    /// A formula that nobody has worked out, by its text.
    Unsolved(String),
    /// The sheet keeps a date.
    Date,
    /// The sheet keeps TRUE or FALSE.
    Boolean,
    /// A whole number of more digits than a spreadsheet keeps.
    Digits,
}

/// One row of the file. `number` is what the file's own program shows: the sheet or text line for tables,
/// the ordinal from 1 for geodata.
#[derive(Clone, Debug)]
pub struct SourceRow {
    pub number: u64,
    pub geometry: Option<RawGeometry>,
    /// In the order of [`Table::fields`].
    pub values: Vec<Value>,
    /// Odd cells by the index of their field.
    pub odd: Vec<(usize, Oddity)>,
    /// The row has filled cells beyond the last heading: which cell is which is not known.
    pub wide: bool,
}

impl SourceRow {
    /// A row whose cells are what they say.
    pub fn new(number: u64, geometry: Option<RawGeometry>, values: Vec<Value>) -> Self {
        SourceRow { number, geometry, values, odd: Vec::new(), wide: false }
    }
}

/// Something worth telling that reading found.
#[derive(Clone, Debug)]
pub struct SourceNotice {
    pub code: &'static str,
    pub zh: String,
    pub en: String,
    pub items: Vec<serde_json::Value>,
}

impl From<Doubt> for SourceNotice {
    fn from(doubt: Doubt) -> Self {
        SourceNotice { code: "encoding_suspect", zh: doubt.zh, en: doubt.en, items: Vec::new() }
    }
}

/// A unit of length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawingUnit {
    pub zh: &'static str,
    pub en: &'static str,
    pub metres: f64,
}

/// A file's layer in memory.
#[derive(Debug)]
pub struct Table {
    /// GDAL's short driver name, or `CSV`, `XLSX`, `DBF`.
    pub driver: String,
    pub layer: String,
    pub fields: Vec<Field>,
    pub rows: Vec<SourceRow>,
    /// The CRS that the file declares, if any.
    pub crs: Option<Crs>,
    /// The CRS is not written in the file but laid down by its format (GeoJSON, KML).
    pub crs_by_format: bool,
    pub encoding: Option<EncodingUsed>,
    /// The unit of length that the file states beside its CRS (drawings do); whether it holds is for the coordinates to say.
    pub unit: Option<DrawingUnit>,
    /// Whether the file can carry geometry at all; an attribute table cannot.
    pub spatial: bool,
    pub notices: Vec<SourceNotice>,
}
