//! One row of a layer, in the dictionary's column order, and where rows go.

use super::columns::{Flag, Handle, Integer, Numeric, Textual};
use super::dictionary::{ColumnType, Layer};
use super::fault::Outcome;
use geo_types::{Coord, Geometry};
use serde::{Deserialize, Serialize};

/// A cell. Dates are ISO texts, lists are JSON texts: both are what GeoPackage readers expect.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    #[default]
    Null,
    Text(String),
    Integer(i64),
    Real(f64),
    Boolean(bool),
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Real(number) => Some(*number),
            Value::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Integer(number) => Some(*number),
            Value::Real(number) if number.fract() == 0.0 => Some(*number as i64),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Boolean(flag) => Some(*flag),
            Value::Integer(number) => Some(*number != 0),
            _ => None,
        }
    }

    /// The JSON of the cell; a non-finite number is `null`, a list text stays a list.
    pub fn to_json(&self, list: bool) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            Value::Text(text) if list => serde_json::from_str(text).unwrap_or_else(|_| serde_json::json!([text])),
            Value::Text(text) => serde_json::Value::from(text.as_str()),
            Value::Integer(number) => (*number).into(),
            Value::Real(number) => serde_json::Number::from_f64(*number).map_or(serde_json::Value::Null, Into::into),
            Value::Boolean(flag) => (*flag).into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        // A cell has one zero: the file knows no other, and what is in memory must be what is read again.
        Value::Real(number + 0.0)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Value::Boolean(flag)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Value::Null, Into::into)
    }
}

/// A row: geometry in the city's working CRS (x = easting, y = northing, metres) and the values in `Layer::columns` order.
/// Layers with geometry `polygon` take `MultiPolygon`, `line` takes `MultiLineString`, `point` takes `Point`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub geometry: Option<Geometry<f64>>,
    pub values: Vec<Value>,
}

impl Row {
    /// An all-null row of `layer`; fill it with [`Row::set`].
    pub fn empty(layer: &Layer) -> Self {
        Row { geometry: None, values: vec![Value::Null; layer.columns.len()] }
    }

    /// The row of an entry of the change log: its cells by their columns' names, lists as texts. None for what is no object.
    pub fn from_json(layer: &Layer, entry: &serde_json::Value) -> Option<Row> {
        let cells = entry.as_object()?;
        let mut row = Row::empty(layer);
        for (column, value) in layer.columns.iter().zip(&mut row.values) {
            let Some(cell) = cells.get(&column.name) else { continue };
            *value = match column.kind {
                ColumnType::Text | ColumnType::Date | ColumnType::List => cell.as_str().into(),
                ColumnType::Integer => cell.as_i64().into(),
                ColumnType::Real => cell.as_f64().into(),
                ColumnType::Boolean => cell.as_bool().into(),
            };
        }
        Some(row)
    }

    /// Values of named columns as a person states them in JSON: lists as lists.
    pub fn stated(&self, layer: &Layer, columns: &[String]) -> serde_json::Map<String, serde_json::Value> {
        let told = |column: &super::Column, value: &Value| match (column.kind, value.as_str()) {
            (ColumnType::List, Some(list)) => serde_json::from_str(list).unwrap_or_else(|_| serde_json::json!([list])),
            _ => value.to_json(false),
        };
        let all = layer.columns.iter().zip(&self.values).filter(|(column, _)| columns.contains(&column.name));
        all.map(|(column, value)| (column.name.clone(), told(column, value))).collect()
    }

    /// A text cell.
    pub fn text<T: Textual>(&self, column: Handle<T>) -> Option<&str> {
        self.values[column.at()].as_str()
    }

    pub fn number<T: Numeric>(&self, column: Handle<T>) -> Option<f64> {
        self.values[column.at()].as_f64()
    }

    pub fn integer(&self, column: Handle<Integer>) -> Option<i64> {
        self.values[column.at()].as_i64()
    }

    pub fn flag<T: Flag>(&self, column: Handle<T>) -> Option<bool> {
        self.values[column.at()].as_bool()
    }

    /// Puts a value into a cell; the handle's row must be of the handle's layer.
    pub fn put<T>(&mut self, column: Handle<T>, value: impl Into<Value>) -> &mut Self {
        self.values[column.at()] = value.into();
        self
    }

    /// Sets the named column; a name that the layer does not have is a programming error and is ignored in release, caught by tests.
    pub fn set(&mut self, layer: &Layer, column: &str, value: impl Into<Value>) -> &mut Self {
        match layer.column_index(column) {
            Some(index) => self.values[index] = value.into(),
            None => debug_assert!(false, "{} has no column {column}", layer.name),
        }
        self
    }

    pub fn get<'a>(&'a self, layer: &Layer, column: &str) -> &'a Value {
        static NULL: Value = Value::Null;
        layer.column_index(column).map_or(&NULL, |index| &self.values[index])
    }

    /// The row's key (code or id), empty if null.
    pub fn key(&self, layer: &Layer) -> &str {
        self.get(layer, &layer.key).as_str().unwrap_or_default()
    }
}

/// Where generated or imported rows go (a city file, or a test's memory).
pub trait CitySink {
    /// Takes one row of `layer`. Rows of one layer should come in spatial order: the file's R-tree and the city profit.
    fn push(&mut self, layer: &'static Layer, row: Row) -> Outcome<()>;
}

/// A borrowed cell, for scans that must not allocate per value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellRef<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Real(f64),
}

impl<'a> From<&'a Value> for CellRef<'a> {
    fn from(value: &'a Value) -> CellRef<'a> {
        match value {
            Value::Null => CellRef::Null,
            Value::Text(text) => CellRef::Text(text),
            Value::Integer(number) => CellRef::Integer(*number),
            Value::Real(number) => CellRef::Real(*number),
            Value::Boolean(flag) => CellRef::Integer(i64::from(*flag)),
        }
    }
}

impl CellRef<'_> {
    pub fn to_value(self, boolean: bool) -> Value {
        match self {
            CellRef::Null => Value::Null,
            CellRef::Text(text) => Value::Text(text.to_owned()),
            CellRef::Integer(number) if boolean => Value::Boolean(number != 0),
            CellRef::Integer(number) => Value::Integer(number),
            CellRef::Real(number) => Value::Real(number),
        }
    }
}

/// A borrowed shape: rings one after another, whatever the store keeps. No rings: no shape.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shape<'a> {
    pub coords: &'a [Coord<f64>],
    pub rings: &'a [RingEnd],
}

/// Where a ring (or a line, or a point) ends in [`Shape::coords`], and whether it begins a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingEnd {
    pub end: u32,
    pub exterior: bool,
}

/// How incoming rows meet the rows that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WriteMode {
    /// New rows; a key that the city has is rejected.
    #[default]
    Add,
    /// Changes to rows that the city has; other keys are listed as unmatched.
    Update,
    /// The layer becomes these rows.
    Replace,
}
