//! Taking an edit back.

use crate::domain::RowChange;
use serde::{Deserialize, Serialize};

/// The inverse of an accepted edit: its row changes turned round, last first. It holds while nothing else has touched the rows since.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Restore {
    pub changes: Vec<RowChange>,
    /// What is taken back, for the change log.
    pub source: String,
}

impl Restore {
    /// The inverse of these changes.
    pub fn of(changes: &[RowChange], source: &str) -> Self {
        Restore { changes: changes.iter().rev().cloned().map(RowChange::inverse).collect(), source: source.to_owned() }
    }
}
