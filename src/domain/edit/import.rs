//! Rows from a file.

use crate::domain::{LayerId, Row, WriteMode};
use serde::{Deserialize, Serialize};

/// Rows that intake has read and judged, with the computed columns filled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Import {
    pub layer: LayerId,
    pub mode: WriteMode,
    pub rows: Vec<Row>,
    /// The file's name, for the change log.
    pub source: String,
    /// The revision at which it was judged before a person said yes; refused where the layer has changed since. None: it is judged and written at once.
    #[serde(default)]
    pub judged_at: Option<i64>,
}
