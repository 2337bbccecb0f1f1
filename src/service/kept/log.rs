//! Entries of the change log about rows that not everybody sees.

use super::{hides_rows, sees};
use crate::city::City;
use crate::domain::{Change, LayerId, Row};
use crate::service::Viewer;
use serde_json::Value as Json;

/// Leaves the entries of which a viewer sees a side, each with the sides that he sees.
pub fn hide_unseen(city: &City, viewer: &Viewer, changes: &mut Vec<Change>) {
    changes.retain_mut(|change| {
        let Some(layer) = LayerId::parse(&change.collection).filter(|layer| hides_rows(*layer)) else {
            return true;
        };
        let mut seen = false;
        for side in [&mut change.before, &mut change.after] {
            match Row::from_json(layer.layer(), side) {
                Some(row) if sees(city, viewer, layer, &row) => seen = true,
                _ => *side = Json::Null,
            }
        }
        // An entry about many rows (an import) has no row and tells counts only.
        seen || change.id == "*"
    });
}
