//! Reading a layer.

use super::blob::Scratch;
use super::sql;
use crate::domain::Layer;
use crate::domain::row::CellRef;
use crate::store::city_store::{Loaded, Visit};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// Reads all rows in fid order. A column or a whole layer that an older file lacks is read as null or as no rows.
pub(super) fn load(connection: &Connection, layer: &Layer, visit: Visit<'_>) -> rusqlite::Result<Loaded> {
    let mut loaded = Loaded::default();
    let Some(query) = query(connection, layer)? else { return Ok(loaded) };
    let mut statement = connection.prepare_cached(&query)?;
    let mut rows = statement.query([])?;
    let mut cells = Vec::with_capacity(layer.columns.len());
    let mut shape = Scratch::default();
    let geometry_at = 1 + layer.columns.len();
    while let Some(row) = rows.next()? {
        // The cells borrow from the row, so the buffer is made anew for each row without giving up its room.
        let mut here: Vec<CellRef<'_>> = sql::recycle(cells);
        for index in 0..layer.columns.len() {
            here.push(sql::cell(row.get_ref(index + 1)?));
        }
        shape.clear();
        if layer.is_spatial() {
            let read = match row.get_ref(geometry_at)? {
                ValueRef::Null => true,
                ValueRef::Blob(blob) => shape.read(blob).is_ok(),
                _ => false,
            };
            loaded.unreadable += u64::from(!read);
        }
        visit(row.get(0)?, &here, shape.shape());
        loaded.rows += 1;
        cells = sql::recycle(here);
    }
    Ok(loaded)
}

/// The largest fid; 0 for a layer without rows or one that an older file lacks.
pub(super) fn last_fid(connection: &Connection, layer: &Layer) -> rusqlite::Result<i64> {
    if columns(connection, layer)?.is_empty() {
        return Ok(0);
    }
    let last: Option<i64> = connection.query_row(&format!("SELECT max(fid) FROM \"{}\"", layer.name), [], |row| row.get(0))?;
    Ok(last.unwrap_or(0))
}

/// Names of the columns that the file has of a layer; none for a layer that it lacks.
fn columns(connection: &Connection, layer: &Layer) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_table_info(?)")?;
    statement.query_map([&layer.name], |row| row.get(0))?.collect()
}

/// fid, the columns, and the geometry if the layer has one; none for a layer that the file lacks.
fn query(connection: &Connection, layer: &Layer) -> rusqlite::Result<Option<String>> {
    let present = columns(connection, layer)?;
    if present.is_empty() {
        return Ok(None);
    }
    let columns = layer.columns.iter().map(|column| {
        let null = if present.contains(&column.name) { "" } else { "NULL AS " };
        format!(",{null}\"{}\"", column.name)
    });
    let columns: String = columns.collect();
    let geometry = if layer.is_spatial() { ",geom" } else { "" };
    Ok(Some(format!("SELECT fid{columns}{geometry} FROM \"{}\" ORDER BY fid", layer.name)))
}
