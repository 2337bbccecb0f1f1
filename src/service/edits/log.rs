//! Row changes as entries of the change log: both texts, and of a shape its hash.

use crate::domain::{LayerId, LogEntry, Plan, Row, RowChange};
use crate::spatial::digest::digest;
use serde_json::{Map, Value as Json, json};

pub(super) fn entry(change: &RowChange) -> LogEntry {
    let of = |layer: &LayerId, row: &Row, action, before, after| LogEntry {
        collection: layer.name().to_owned(),
        id: row.key(layer.layer()).to_owned(),
        action,
        before,
        after,
    };
    match change {
        RowChange::Insert { layer, row, .. } => of(layer, row, "create", Json::Null, logged(*layer, row)),
        RowChange::Update { layer, before, after, .. } => of(layer, after, "update", logged(*layer, before), logged(*layer, after)),
        RowChange::Remove { layer, row, .. } => of(layer, row, "remove", logged(*layer, row), Json::Null),
        RowChange::Plan { before, after } => {
            let told = |plan: &Option<std::sync::Arc<Plan>>| {
                plan.as_ref().map_or(Json::Null, |plan| json!({ "name": plan.name, "parcels": plan.parcels.len() }))
            };
            let id = after.as_ref().or(before.as_ref()).map(|plan| plan.id.clone()).unwrap_or_default();
            let action = match (before, after) {
                (None, _) => "create",
                (Some(_), None) => "remove",
                (Some(_), Some(_)) => "update",
            };
            LogEntry { collection: "plan".to_owned(), id, action, before: told(before), after: told(after) }
        }
    }
}

fn logged(layer: LayerId, row: &Row) -> Json {
    let mut entry = row_json(layer, row);
    if let Some(geometry) = &row.geometry {
        entry["geometry_sha256"] = json!(digest(geometry));
    }
    entry
}

pub(super) fn row_json(layer: LayerId, row: &Row) -> Json {
    let members: Map<String, Json> =
        layer.layer().columns.iter().zip(&row.values).map(|(column, value)| (column.name.clone(), value.to_json(false))).collect();
    Json::Object(members)
}
