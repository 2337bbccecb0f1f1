//! SQL texts made from the dictionary (names only; values are always bound) and connection set-up.

use super::value_of;
use crate::domain::row::CellRef;
use crate::domain::{Layer, Row, Value};
use crate::store::geopackage::blob;
use crate::store::{Equals, StoredRow};
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};

/// Sets up a connection that may write.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL").or_else(super::ignore_rows)?;
    // FULL: an answered write survives a power cut, not only a killed process.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    register_envelope_functions(connection)
}

pub(super) fn prepare_reader(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
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

/// fid, the columns, and the geometry if the layer has one; in fid order.
pub(super) fn select_all(layer: &Layer) -> String {
    let geometry = if layer.is_spatial() { ",geom" } else { "" };
    format!("SELECT fid,{}{geometry} FROM \"{}\" ORDER BY fid", column_list(layer), layer.name)
}

pub(super) fn insert(layer: &Layer, or: &str) -> String {
    let (name, geometry) = (&layer.name, if layer.is_spatial() { ",geom" } else { "" });
    let marks = vec!["?"; layer.columns.len() + usize::from(layer.is_spatial())].join(",");
    format!("INSERT {or} INTO \"{name}\" ({}{geometry}) VALUES ({marks})", column_list(layer))
}

pub(super) fn select_rows(connection: &Connection, layer: &'static Layer, equals: Equals<'_>) -> rusqlite::Result<Vec<StoredRow>> {
    let known: Vec<_> = equals.iter().filter(|(column, _)| layer.column(column).is_some()).collect();
    let filter = known.iter().map(|(column, _)| format!("\"{column}\" = ?")).collect::<Vec<_>>().join(" AND ");
    let filter = if filter.is_empty() { String::new() } else { format!("WHERE {filter}") };
    let geometry = if layer.is_spatial() { ",geom" } else { "" };
    let text = format!("SELECT fid,{}{geometry} FROM \"{}\" {filter} ORDER BY \"{}\"", column_list(layer), layer.name, layer.key);
    let mut statement = connection.prepare_cached(&text)?;
    let rows = statement.query_map(rusqlite::params_from_iter(known.iter().map(|(_, value)| value)), |row| stored_row(layer, row))?;
    rows.collect()
}

/// Reads fid, columns (and geometry) in the order of [`select_all`].
pub(super) fn stored_row(layer: &Layer, row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredRow> {
    let mut values = Vec::with_capacity(layer.columns.len());
    for (index, column) in layer.columns.iter().enumerate() {
        values.push(value_of(column.kind, row.get_ref(index + 1)?));
    }
    let geometry = if layer.is_spatial() {
        row.get_ref(layer.columns.len() + 1)?.as_blob_or_null().ok().flatten().and_then(|blob| blob::decode(blob).ok().flatten())
    } else {
        None
    };
    Ok((row.get(0)?, Row { geometry, values }))
}

pub(super) fn cell(value: ValueRef<'_>) -> CellRef<'_> {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => CellRef::Null,
        ValueRef::Integer(number) => CellRef::Integer(number),
        ValueRef::Real(number) => CellRef::Real(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_or(CellRef::Null, CellRef::Text),
    }
}

/// An emptied buffer with another lifetime: nothing borrowed is left in it.
pub(super) fn recycle<'a>(buffer: Vec<CellRef<'_>>) -> Vec<CellRef<'a>> {
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
