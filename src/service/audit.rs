//! The change log's hash chain as people ask for it.

use super::Planner;
use crate::domain::fault::Outcome;
use crate::domain::{LogCheck, LogHead};

/// The end of the chain.
pub fn head(planner: &Planner) -> Outcome<LogHead> {
    planner.store.log_head()
}

/// The whole chain computed again. `kept` is a head that somebody wrote down.
pub fn verify(planner: &Planner, kept: Option<&str>) -> Outcome<LogCheck> {
    planner.store.check_log(kept)
}
