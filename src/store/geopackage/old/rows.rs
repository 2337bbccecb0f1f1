//! Writing rows as an import brings them.

use super::changes;
use crate::domain::{Layer, Row};
use crate::spatial::crs::WorkingCrs;
use crate::store::geopackage::bulk::{encode, insert_rows};
use crate::store::geopackage::schema;
use crate::store::{Author, WriteMode};
use rusqlite::{Connection, ToSql};
use serde_json::json;

/// An import: all rows in one transaction, one revision, one entry of the change log.
pub(super) fn write_rows(
    connection: &mut Connection,
    crs: &WorkingCrs,
    layer: &'static Layer,
    rows: &[Row],
    mode: WriteMode,
    author: &Author<'_>,
) -> rusqlite::Result<i64> {
    let step = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    match mode {
        WriteMode::Add => insert_rows(&step, crs, layer, rows, "")?,
        WriteMode::Replace => {
            step.execute_batch(&format!("DELETE FROM \"{}\"", layer.name))?;
            insert_rows(&step, crs, layer, rows, "")?;
        }
        WriteMode::Update => update_rows(&step, crs, layer, rows)?,
    }
    schema::update_extent(&step, layer)?;
    let revision = schema::next_revision(&step)?;
    let after = json!({ "rows": rows.len(), "mode": mode });
    changes::append(&step, revision, author, &layer.name, "*", "import", &json!(null), &after)?;
    step.commit()?;
    Ok(revision)
}

/// Overwrites what a row states; what it leaves null stays as it was.
fn update_rows(connection: &Connection, crs: &WorkingCrs, layer: &Layer, rows: &[Row]) -> rusqlite::Result<()> {
    for row in rows {
        let encoded = encode(row, layer, crs);
        let key = row.key(layer).to_owned();
        let mut sets: Vec<String> = Vec::new();
        let mut values: Vec<Box<dyn ToSql>> = Vec::new();
        let mut set = |column: &str, value: Box<dyn ToSql>| {
            sets.push(format!("\"{column}\" = ?"));
            values.push(value);
        };
        for (column, value) in layer.columns.iter().zip(&row.values) {
            if !value.is_null() && column.name != layer.key && !column.computed {
                set(&column.name, Box::new(value.clone()));
            }
        }
        if let Some(blob) = encoded.blob {
            set("geom", Box::new(blob));
            for (name, figure) in [("planar_area_m2", encoded.planar), ("ellipsoidal_area_m2", encoded.ellipsoidal)] {
                if layer.column(name).is_some() {
                    set(name, Box::new(figure));
                }
            }
        }
        if sets.is_empty() {
            continue;
        }
        if layer.column("revision").is_some() {
            sets.push("revision = revision + 1".to_owned());
        }
        values.push(Box::new(key));
        let text = format!("UPDATE \"{}\" SET {} WHERE \"{}\" = ?", layer.name, sets.join(","), layer.key);
        connection.prepare_cached(&text)?.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(())
}
