//! Drafting, moving and assessing designations.

use super::Precondition;
use crate::domain::DesignationStep;
use serde::{Deserialize, Serialize};

/// A new draft, or new contents of one. Only drafts are edited.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DraftDesignation {
    /// The draft to edit; none for a new one.
    pub edits: Option<(String, Precondition)>,
    pub park: String,
    /// The cluster that is judged; the park's first where nothing is said.
    pub lead_cluster: Option<String>,
    /// On what the application rests.
    pub basis: Option<String>,
    pub pack: JudgedBy,
}

/// The rule pack that a designation is judged by, with its very text: a later version of the program judges by the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedBy {
    pub id: String,
    pub version: String,
    /// SHA-256 as rule packs have it.
    pub sha256: String,
    /// Texts of its layers, city first.
    pub texts: Vec<String>,
}

/// Where a designation is to go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MoveDesignation {
    pub code: String,
    pub seen: Precondition,
    pub step: DesignationStep,
    /// ISO date of the step.
    pub date: String,
    pub reason: Option<String>,
    /// With a decision. It was worked out before the edit entered the queue, and names the revision that it read.
    pub frozen: Option<Box<Frozen>>,
}

/// The grade of a year is recorded (S6).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AssessDesignation {
    pub code: String,
    pub seen: Precondition,
    pub year: i32,
    pub frozen: Box<Frozen>,
}

/// The evidence of a decision, and what the register shows of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// Canonical JSON (RFC 8785).
    pub evidence: String,
    /// Its SHA-256, hex.
    pub sha256: String,
    pub lead_cluster: Option<String>,
    pub grade: String,
    /// None where it would tell what is withheld outside the park: the register is everybody's.
    pub total: Option<f64>,
    pub rank: Option<i64>,
    pub passes: bool,
    /// Why it does not pass, as the card says.
    pub reasons: Vec<String>,
    /// The record of the run, as JSON text.
    pub run: String,
    pub pack: JudgedBy,
    pub term_years: usize,
    pub recheck_months: usize,
    /// So many years of D in a row make a re-check fail.
    pub revoke_after: usize,
}
