//! Keeping a plan.

use crate::domain::Plan;
use serde::{Deserialize, Serialize};

/// A plan to keep under a new id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeepPlan {
    pub plan: Plan,
}
