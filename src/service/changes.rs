//! Reading the change log by right.

use super::edits::RECEIPTS;
use super::kept;
use super::occupancy::{self, hide_private};
use super::{Planner, Viewer};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Change, ChangeQuery, LayerId};
use serde::Serialize;
use utoipa::ToSchema;

/// Entries of the change log, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeList {
    /// The city's revision; entries of later ones are not among them.
    pub revision: i64,
    pub changes: Vec<Change>,
}

/// Entries about one row.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    pub changes: Vec<Change>,
}

/// Entries of one instrument or unit that are read at most.
pub(super) const MOST_OF_ONE: usize = 1000;
const MOST_OF_A_UNIT: usize = 200;

impl Planner {
    /// Changes that a query names. Private fields are left out here: a unit's own history shows them inside its park.
    pub fn changes(&self, city: &City, viewer: &Viewer, query: &ChangeQuery) -> Outcome<ChangeList> {
        // The log may be ahead of the city in hand.
        let mut changes = self.store.changes(&ChangeQuery { until: Some(city.revision), ..query.clone() })?;
        kept::hide_unseen(city, viewer, &mut changes);
        let known = viewer.account().is_some();
        for change in &mut changes {
            hide_private(change);
            hide_rejects(change);
            if !known {
                change.by.clear();
            }
        }
        Ok(ChangeList { revision: city.revision, changes })
    }

    /// Past changes of a unit; private fields only inside the park, accounts for people who are signed in.
    pub fn unit_history(&self, city: &City, viewer: &Viewer, id: &str) -> Outcome<History> {
        let changes = self.changes_of(city, LayerId::Unit, id, MOST_OF_A_UNIT)?;
        Ok(History { changes: occupancy::history(city, viewer, id, changes)? })
    }

    /// Past changes of an instrument, for its signatures.
    pub fn instrument_changes(&self, city: &City, code: &str) -> Outcome<Vec<Change>> {
        self.changes_of(city, LayerId::Instrument, code, MOST_OF_ONE)
    }

    /// The log may be ahead of the city in hand: what came later is not told.
    pub(super) fn changes_of(&self, city: &City, layer: LayerId, id: &str, limit: usize) -> Outcome<Vec<Change>> {
        let (collection, id) = (Some(layer.name().to_owned()), Some(id.to_owned()));
        self.store.changes(&ChangeQuery { since: 0, until: Some(city.revision), collection, id, limit })
    }
}

/// A receipt names tenants where rows with them were refused, and files by names that people gave them.
fn hide_rejects(change: &mut Change) {
    if change.collection != RECEIPTS {
        return;
    }
    if let Some(kept) = change.after.as_object_mut() {
        kept.retain(|name, _| matches!(name.as_str(), "park" | "counts" | "revision"));
    }
}
