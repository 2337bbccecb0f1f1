//! Row changes as entries of the change log: both texts, and of a shape its hash.

use crate::domain::{ColumnType, LayerId, LogEntry, Plan, Row, RowChange, Value};
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

/// A row without a shape, as the log wrote it.
pub(in crate::service) fn logged_row(layer: LayerId, logged: &Json) -> Row {
    let layer = layer.layer();
    let mut row = Row::empty(layer);
    for (column, value) in layer.columns.iter().zip(&mut row.values) {
        let logged = &logged[column.name.as_str()];
        *value = match column.kind {
            ColumnType::Real => logged.as_f64().into(),
            ColumnType::Integer => logged.as_i64().into(),
            ColumnType::Boolean => logged.as_bool().into(),
            ColumnType::Text | ColumnType::Date | ColumnType::List => logged.as_str().map_or(Value::Null, Value::from),
        };
    }
    row
}
