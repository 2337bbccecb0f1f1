//! Plans that people keep.

use crate::domain::Plan;
use rusqlite::{Connection, params};
use serde_json::json;

pub(super) fn select(connection: &Connection) -> rusqlite::Result<Vec<Plan>> {
    let mut statement = connection.prepare_cached("SELECT id, name, kind, created, account, parcels, result FROM plan ORDER BY created, id")?;
    let rows = statement.query_map([], |row| {
        let (parcels, result): (String, String) = (row.get(5)?, row.get(6)?);
        Ok(Plan {
            id: row.get(0)?,
            name: row.get(1)?,
            kind: row.get(2)?,
            created: row.get(3)?,
            by: row.get(4)?,
            parcels: serde_json::from_str(&parcels).unwrap_or_default(),
            result: serde_json::from_str(&result).unwrap_or_default(),
        })
    })?;
    rows.collect()
}

/// Makes the plan of `before` into that of `after`; `false` when there is no such plan.
pub(super) fn change(connection: &Connection, before: Option<&Plan>, after: Option<&Plan>) -> rusqlite::Result<bool> {
    if let Some(before) = before
        && connection.prepare_cached("DELETE FROM plan WHERE id = ?")?.execute([&before.id])? != 1
    {
        return Ok(false);
    }
    let Some(plan) = after else { return Ok(true) };
    connection.prepare_cached("INSERT INTO plan VALUES (?,?,?,?,?,?,?)")?.execute(params![
        plan.id,
        plan.name,
        plan.kind,
        plan.created,
        plan.by,
        json!(plan.parcels).to_string(),
        plan.result.to_string()
    ])?;
    Ok(true)
}
