//! Keeping a plan.

use crate::domain::Plan;
use serde::{Deserialize, Serialize};

/// A plan to keep under a new id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeepPlan {
    pub plan: Plan,
}

/// A task for each park and year of a saved action plan. What is there already stays.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MakeTasks {
    /// The plan's id.
    pub plan: String,
}
