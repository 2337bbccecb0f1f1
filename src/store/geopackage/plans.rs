//! Plans that people keep.

use super::{changes, schema};
use crate::store::{Author, Plan};
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

pub(super) fn insert(connection: &mut Connection, plan: &Plan) -> rusqlite::Result<i64> {
    let step = connection.transaction()?;
    step.execute(
        "INSERT INTO plan VALUES (?,?,?,?,?,?,?)",
        params![plan.id, plan.name, plan.kind, plan.created, plan.by, json!(plan.parcels).to_string(), plan.result.to_string()],
    )?;
    let revision = schema::next_revision(&step)?;
    let author = Author { account: &plan.by, source: "plan" };
    changes::append(
        &step,
        revision,
        &author,
        "plan",
        &plan.id,
        "create",
        &json!(null),
        &json!({ "name": plan.name, "parcels": plan.parcels.len() }),
    )?;
    step.commit()?;
    Ok(revision)
}
