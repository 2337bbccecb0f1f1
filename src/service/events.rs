//! What listeners are told of commits.

use super::{Viewer, kept};
use crate::city::City;
use crate::domain::{LayerId, RowChange};
use std::collections::BTreeMap;
use tokio::sync::broadcast;
use utoipa::ToSchema;

/// A recorded change, for those who watch the map.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct Event {
    pub revision: i64,
    pub collection: String,
    /// Keys of the rows; empty where they are too many to name, or not all to be named to the listener.
    pub ids: Vec<String>,
}

/// Events that a slow listener may fall behind before it is told to reload.
const EVENT_BACKLOG: usize = 256;
/// Rows of one collection that an event names.
const MOST_NAMED: usize = 1000;

/// Where events go out.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Events(broadcast::channel(EVENT_BACKLOG).0)
    }
}

impl Events {
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }

    pub(super) fn tell(&self, event: Event) {
        // Nobody listening is no fault.
        let _ = self.0.send(event);
    }
}

impl Event {
    /// The event as a listener may hear it: rows that he does not see, or that are gone from a table that hides some, are not named.
    pub fn heard_by(mut self, viewer: &Viewer, city: &City) -> Event {
        let hiding = LayerId::parse(&self.collection).filter(|layer| kept::hides_rows(*layer));
        if let Some(table) = hiding.map(|layer| city.table(layer))
            && !self.ids.iter().all(|id| table.row_of(id).is_some_and(|row| kept::sees_at(city, viewer, table, row)))
        {
            self.ids.clear();
        }
        self
    }

    /// One event a collection, in the order in which the changes name them.
    pub(super) fn of(revision: i64, changes: &[RowChange]) -> Vec<Event> {
        let mut order: Vec<Option<LayerId>> = Vec::new();
        let mut ids: BTreeMap<Option<LayerId>, Vec<String>> = BTreeMap::new();
        for change in changes {
            let layer = change.layer();
            if !order.contains(&layer) {
                order.push(layer);
            }
            ids.entry(layer).or_default().push(key(change));
        }
        let name = |layer: Option<LayerId>| layer.map_or("plan", LayerId::name).to_owned();
        let named = |ids: Vec<String>| if ids.len() > MOST_NAMED { Vec::new() } else { ids };
        order.into_iter().map(|layer| Event { revision, collection: name(layer), ids: named(ids.remove(&layer).unwrap_or_default()) }).collect()
    }
}

fn key(change: &RowChange) -> String {
    match change {
        RowChange::Insert { layer, row, .. } | RowChange::Remove { layer, row, .. } | RowChange::Update { layer, after: row, .. } => {
            row.key(layer.layer()).to_owned()
        }
        RowChange::Plan { before, after } => after.as_ref().or(before.as_ref()).map(|plan| plan.id.clone()).unwrap_or_default(),
    }
}
