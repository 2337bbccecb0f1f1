//! SQL texts made from the dictionary (names only; values are always bound) and connection set-up.

use crate::domain::row::CellRef;
use crate::domain::{Layer, Value};
use crate::store::geopackage::blob;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};

/// How long a connection waits for another one.
pub(super) const BUSY_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// Sets up a connection that may write.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.pragma_update(None, "journal_mode", "WAL").or_else(super::ignore_rows)?;
    // FULL: an answered write survives a power cut, not only a killed process.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    register_envelope_functions(connection)
}

pub(super) fn prepare_reader(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.pragma_update(None, "query_only", "ON")
}

/// The five SQL functions that GeoPackage's R-tree triggers call.
fn register_envelope_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    for (name, bound) in [("ST_MinX", 0), ("ST_MaxX", 1), ("ST_MinY", 2), ("ST_MaxY", 3)] {
        connection.create_scalar_function(name, 1, flags, move |context| Ok(envelope(context.get_raw(0)).map(|bounds| bounds[bound])))?;
    }
    connection.create_scalar_function("ST_IsEmpty", 1, flags, |context| Ok(i64::from(envelope(context.get_raw(0)).is_none())))
}

fn envelope(value: ValueRef<'_>) -> Option<[f64; 4]> {
    value.as_blob_or_null().ok().flatten().and_then(|blob| blob::blob_envelope(blob).ok().flatten())
}

/// `"a","b",…` of a layer's columns.
pub(super) fn column_list(layer: &Layer) -> String {
    layer.columns.iter().map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(",")
}

pub(super) fn insert(layer: &Layer, or: &str) -> String {
    let (name, geometry) = (&layer.name, if layer.is_spatial() { ",geom" } else { "" });
    let marks = vec!["?"; layer.columns.len() + usize::from(layer.is_spatial())].join(",");
    format!("INSERT {or} INTO \"{name}\" ({}{geometry}) VALUES ({marks})", column_list(layer))
}

pub(super) fn cell(value: ValueRef<'_>) -> CellRef<'_> {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => CellRef::Null,
        ValueRef::Integer(number) => CellRef::Integer(number),
        ValueRef::Real(number) => CellRef::Real(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_or(CellRef::Null, CellRef::Text),
    }
}

/// The buffer emptied, with its room and another lifetime: nothing borrowed is left in it.
pub(super) fn recycle<'a>(mut buffer: Vec<CellRef<'_>>) -> Vec<CellRef<'a>> {
    buffer.clear();
    buffer.into_iter().map(|_| CellRef::Null).collect()
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Real(number) if number.is_finite() => ValueRef::Real(*number),
            Value::Real(_) => ValueRef::Null,
            Value::Boolean(flag) => ValueRef::Integer(i64::from(*flag)),
        }))
    }
}
