//! Changes: of rows, as the City and the store take them; and as entries of the log, as people read them.

use super::columns::LayerId;
use super::plan::Plan;
use super::row::Row;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// One row's change. Rows are whole: a change says what was there before, so that it can be turned round.
///
/// `fid` is the row's number in the store; rows of a table stand in the order of their fids.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowChange {
    Insert {
        layer: LayerId,
        fid: i64,
        row: Row,
    },
    Update {
        layer: LayerId,
        fid: i64,
        before: Row,
        after: Row,
    },
    Remove {
        layer: LayerId,
        fid: i64,
        row: Row,
    },
    /// A plan is kept (`before: None`), replaced or given up (`after: None`).
    Plan {
        before: Option<Arc<Plan>>,
        after: Option<Arc<Plan>>,
    },
}

impl RowChange {
    /// The change that takes this one back.
    pub fn inverse(self) -> RowChange {
        match self {
            RowChange::Insert { layer, fid, row } => RowChange::Remove { layer, fid, row },
            RowChange::Remove { layer, fid, row } => RowChange::Insert { layer, fid, row },
            RowChange::Update { layer, fid, before, after } => RowChange::Update { layer, fid, before: after, after: before },
            RowChange::Plan { before, after } => RowChange::Plan { before: after, after: before },
        }
    }

    /// The layer whose rows change; none for plans.
    pub fn layer(&self) -> Option<LayerId> {
        match self {
            RowChange::Insert { layer, .. } | RowChange::Update { layer, .. } | RowChange::Remove { layer, .. } => Some(*layer),
            RowChange::Plan { .. } => None,
        }
    }
}

/// Who changes what, for the change log. The time comes in with the edit: nothing below reads a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub account: String,
    /// Where the change comes from: a file name, a form, a batch.
    pub source: String,
    /// RFC 3339, UTC, with milliseconds.
    pub at: String,
}

/// What an edit writes into the change log: one entry a row, or one for a whole import.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    pub collection: String,
    pub id: String,
    pub action: &'static str,
    pub before: serde_json::Value,
    pub after: serde_json::Value,
}

/// One entry of the change log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Change {
    pub revision: i64,
    /// RFC 3339, UTC.
    pub at: String,
    pub by: String,
    pub collection: String,
    pub id: String,
    pub action: String,
    pub before: serde_json::Value,
    pub after: serde_json::Value,
    pub source: String,
    /// Its number in the hash chain.
    pub seq: i64,
    /// Its hash in the chain.
    pub hash: String,
}

/// The end of the log's hash chain: who keeps it can tell later whether what was before it still stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LogHead {
    /// Number of the last entry; 0 for an empty log.
    pub seq: i64,
    /// Its hash, or 64 zeros.
    pub hash: String,
}

/// A copy of a city: what it holds is the city at this revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backup {
    pub name: String,
    pub revision: i64,
    /// The end of its log: the city's log goes on from there as long as both are of one history.
    pub head: LogHead,
}

/// What came of computing the whole chain again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogCheck {
    /// Entries that were read.
    pub entries: i64,
    pub head: LogHead,
    /// The first entry that does not hold.
    pub fault: Option<LogFault>,
}

/// Where the chain breaks, and why: `seq` (a number is missing or out of order), `link` (it does not name the entry before), `body` (its text is not
/// what was hashed) or `head` (the head that was kept does not lie in it).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogFault {
    pub seq: i64,
    pub why: &'static str,
}

/// Which changes to read; newest first.
#[derive(Clone, Debug, Default)]
pub struct ChangeQuery {
    /// Entries of later revisions only.
    pub since: i64,
    /// Entries up to this revision; all where nothing is said.
    pub until: Option<i64>,
    pub collection: Option<String>,
    pub id: Option<String>,
    pub limit: usize,
}
