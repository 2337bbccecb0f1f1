//! Changes of several layers as one: all or none, each with an entry of the change log.

use super::units::{ChangeError, row_json};
use super::{blob, changes, select_rows};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer, Row};
use crate::spatial::crs::WorkingCrs;
use crate::store::geopackage::{bulk, schema};
use crate::store::{Author, Equals, Reading, RowChange, StoredRow};
use rusqlite::{Connection, TransactionBehavior};
use serde_json::{Value, json};

struct Inside<'a>(&'a Connection);

impl Reading for Inside<'_> {
    fn rows(&self, layer: &'static Layer, equals: Equals<'_>) -> Outcome<Vec<StoredRow>> {
        select_rows(self.0, layer, equals).map_err(|error| Fault::internal("sql", error))
    }
}

/// Runs `work` inside one immediate transaction, so that no other writer comes between what it reads and what it writes.
pub(super) fn transact(
    connection: &mut Connection,
    crs: &WorkingCrs,
    author: &Author<'_>,
    work: &dyn Fn(&dyn Reading) -> Outcome<Vec<RowChange>>,
) -> Result<i64, ChangeError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let wanted = work(&Inside(&step)).map_err(ChangeError::Refused)?;
    if wanted.is_empty() {
        return Ok(schema::meta(&step, "revision")?.parse().unwrap_or(0));
    }
    let revision = schema::next_revision(&step)?;
    let mut touched: Vec<&'static Layer> = Vec::new();
    for change in &wanted {
        let layer = apply(&step, crs, author, revision, change)?;
        if !touched.iter().any(|known| known.name == layer.name) {
            touched.push(layer);
        }
    }
    for layer in touched {
        schema::update_extent(&step, layer)?;
    }
    step.commit()?;
    Ok(revision)
}

fn apply(connection: &Connection, crs: &WorkingCrs, author: &Author<'_>, revision: i64, change: &RowChange) -> rusqlite::Result<&'static Layer> {
    match change {
        RowChange::Insert { layer, row } => {
            bulk::insert_rows(connection, crs, layer, std::slice::from_ref(row), "")?;
            let after = logged(connection, layer, row.key(layer))?;
            changes::append(connection, revision, author, &layer.name, row.key(layer), "create", &Value::Null, &after)?;
            Ok(layer)
        }
        RowChange::Update { layer, fid, row } => {
            let before = logged(connection, layer, row.key(layer))?;
            update(connection, crs, layer, *fid, row)?;
            let after = logged(connection, layer, row.key(layer))?;
            changes::append(connection, revision, author, &layer.name, row.key(layer), "update", &before, &after)?;
            Ok(layer)
        }
    }
}

fn update(connection: &Connection, crs: &WorkingCrs, layer: &Layer, fid: i64, row: &Row) -> rusqlite::Result<()> {
    let mut sets: Vec<String> = layer.columns.iter().map(|column| format!("\"{}\" = ?", column.name)).collect();
    let mut row = row.clone();
    let encoded = bulk::encode(&row, layer, crs);
    if encoded.blob.is_some() {
        for (name, figure) in [("planar_area_m2", encoded.planar), ("ellipsoidal_area_m2", encoded.ellipsoidal)] {
            if layer.column(name).is_some() {
                row.set(layer, name, figure);
            }
        }
        sets.push("geom = ?".to_owned());
    }
    let mut statement = connection.prepare_cached(&format!("UPDATE \"{}\" SET {} WHERE fid = ?", layer.name, sets.join(",")))?;
    for (index, value) in row.values.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value)?;
    }
    let mut at = row.values.len() + 1;
    if let Some(blob) = &encoded.blob {
        statement.raw_bind_parameter(at, blob)?;
        at += 1;
    }
    statement.raw_bind_parameter(at, fid)?;
    statement.raw_execute()?;
    Ok(())
}

/// The row as the log keeps it: its values, and of a geometry the hash of its bytes.
fn logged(connection: &Connection, layer: &'static Layer, key: &str) -> rusqlite::Result<Value> {
    let Some((_, row)) = select_rows(connection, layer, &[(layer.key.as_str(), key)])?.pop() else { return Ok(Value::Null) };
    let mut entry = row_json(layer, &row);
    if let Some(geometry) = &row.geometry {
        entry["geometry_sha256"] = json!(blob::digest(geometry));
    }
    Ok(entry)
}
