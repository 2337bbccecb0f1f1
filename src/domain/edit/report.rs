//! Handing in a periodical report.

use serde::{Deserialize, Serialize};

/// A park's figures, confirmed for a period. The first receipt counts (exact-designation I15); what is handed in again corrects it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HandInReport {
    pub park: String,
    /// `quarter` or `year`.
    pub period: String,
    /// ISO date, the last day of the period.
    pub period_end: String,
}
