//! Plans that people keep.

use super::changes;
use crate::store::geopackage::schema;
use crate::store::{Author, Plan};
use rusqlite::{Connection, params};
use serde_json::json;

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
