//! Plans that people keep: a selection or a result under a name.

use serde::{Deserialize, Serialize};

/// A named variant or result that a planner keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub id: String,
    pub name: String,
    pub kind: String,
    /// RFC 3339, UTC.
    pub created: String,
    pub by: String,
    pub parcels: Vec<String>,
    /// What the page or an analysis said, in its own form.
    pub result: serde_json::Value,
}
