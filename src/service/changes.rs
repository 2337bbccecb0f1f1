//! Reading the change log by right.

use super::occupancy::hide_private;
use super::{Planner, Viewer};
use crate::domain::fault::Outcome;
use crate::store::ChangeQuery;
use serde_json::{Value, json};

impl Planner {
    /// Changes after a revision, newest first. Private fields are left out here: a unit's own history shows them inside its park.
    pub fn changes(&self, viewer: &Viewer, since: i64, collection: Option<String>, id: Option<String>, limit: usize) -> Outcome<Value> {
        let mut changes = self.store.changes(&ChangeQuery { since, collection, id, limit })?;
        let known = viewer.account().is_some();
        for change in &mut changes {
            hide_private(change);
            if !known {
                change.by.clear();
            }
        }
        Ok(json!({ "revision": self.store.info()?.revision, "changes": changes }))
    }
}
