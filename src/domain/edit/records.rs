//! Rows of tables that people keep row by row.

use super::Precondition;
use crate::domain::LayerId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Writes that belong together: all of them are done, in one commit, or none is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WriteRecords {
    pub writes: Vec<RecordWrite>,
}

/// One row written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordWrite {
    /// A new row. Its key may be left out where the table numbers its rows.
    Create {
        layer: LayerId,
        fields: Map<String, Json>,
    },
    /// New values of a row, as a JSON Merge Patch of its fields.
    Patch {
        layer: LayerId,
        id: String,
        seen: Precondition,
        patch: Map<String, Json>,
    },
    Delete {
        layer: LayerId,
        id: String,
        seen: Precondition,
    },
}

impl RecordWrite {
    pub fn layer(&self) -> LayerId {
        match self {
            RecordWrite::Create { layer, .. } | RecordWrite::Patch { layer, .. } | RecordWrite::Delete { layer, .. } => *layer,
        }
    }
}
