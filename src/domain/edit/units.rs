//! Changing floor units.

use super::Precondition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// New values of one unit, as a JSON Merge Patch of its fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UpdateUnit {
    pub id: String,
    pub seen: Precondition,
    pub patch: Map<String, Json>,
}

/// “与上月相同”: units as they stand, confirmed on a date. What is refused is listed, the rest is done: one edit, one revision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConfirmUnits {
    pub units: Vec<(String, Precondition)>,
    /// ISO date.
    pub as_of: String,
}
