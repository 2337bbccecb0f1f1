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
}
