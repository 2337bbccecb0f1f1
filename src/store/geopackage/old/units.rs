//! Changing one unit under optimistic locking.

use super::{changes, select_rows};
use crate::domain::{Fault, FaultKind, Layer, Row};
use crate::store::geopackage::schema;
use crate::store::{Author, SameFloor};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde_json::{Map, Value};

pub(super) enum ChangeError {
    Sql(rusqlite::Error),
    Refused(Fault),
}

impl From<rusqlite::Error> for ChangeError {
    fn from(error: rusqlite::Error) -> Self {
        ChangeError::Sql(error)
    }
}

struct Floors<'a>(&'a Connection);

impl SameFloor for Floors<'_> {
    fn floor_area(&self, building: &str, floor: &str) -> Option<f64> {
        self.0
            .query_row("SELECT area_m2 FROM floor WHERE building = ? AND floor = ?", params![building, floor], |row| row.get(0))
            .optional()
            .ok()
            .flatten()
            .flatten()
    }

    fn other_units_area(&self, building: &str, floor: &str, except: &str) -> f64 {
        self.0
            .query_row("SELECT total(area_m2) FROM unit WHERE building = ? AND floor = ? AND id <> ?", params![building, floor, except], |row| {
                row.get(0)
            })
            .unwrap_or(f64::INFINITY)
    }

    fn park_of(&self, building: &str) -> Option<String> {
        self.0.query_row("SELECT park FROM building WHERE code = ?", [building], |row| row.get(0)).optional().ok().flatten().flatten()
    }
}

/// Reads, checks and writes inside one immediate transaction, so that no other writer comes between.
pub(super) fn change_row(
    connection: &mut Connection,
    layer: &'static Layer,
    key: &str,
    expected: i64,
    author: &Author<'_>,
    check: &dyn Fn(&Row, &dyn SameFloor) -> Result<Row, Fault>,
) -> Result<Row, ChangeError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some((fid, before)) = select_rows(&step, layer, &[(layer.key.as_str(), key)])?.pop() else {
        return Err(ChangeError::Refused(Fault::not_found(
            "no_such_row",
            format!("没有 {} {key}", layer.zh),
            format!("there is no {} {key}", layer.name),
        )));
    };
    let mut after = check(&before, &Floors(&step)).map_err(ChangeError::Refused)?;
    let present = before.get(layer, "revision").as_i64().unwrap_or(0);
    if present != expected {
        let fault = Fault::new(
            FaultKind::PreconditionFailed,
            "stale",
            "别人已先改过此行，请核对后再提交",
            "somebody changed this row first; compare and submit again",
        );
        return Err(ChangeError::Refused(Fault { current: Some(Box::new(row_json(layer, &before))), ..fault }));
    }
    after.set(layer, "revision", present + 1);
    let sets: Vec<String> = layer.columns.iter().map(|column| format!("\"{}\" = ?", column.name)).collect();
    let mut statement = step.prepare_cached(&format!("UPDATE \"{}\" SET {} WHERE fid = {fid}", layer.name, sets.join(",")))?;
    statement.execute(rusqlite::params_from_iter(&after.values))?;
    drop(statement);
    let revision = schema::next_revision(&step)?;
    changes::append(&step, revision, author, &layer.name, key, "update", &row_json(layer, &before), &row_json(layer, &after))?;
    step.commit()?;
    Ok(after)
}

pub(super) fn row_json(layer: &Layer, row: &Row) -> Value {
    let members: Map<String, Value> =
        layer.columns.iter().zip(&row.values).map(|(column, value)| (column.name.clone(), value.to_json(false))).collect();
    Value::Object(members)
}
