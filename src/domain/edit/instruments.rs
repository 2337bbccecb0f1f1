//! Drafting and moving instruments.

use super::Precondition;
use crate::domain::{InstrumentKind, InstrumentState};
use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A draft. Its geometry was computed before the edit entered the queue: the hashes of the rows that it rests on are checked inside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DraftInstrument {
    pub kind: InstrumentKind,
    pub name: Option<String>,
    /// On what decision it rests.
    pub basis: Option<String>,
    /// The record of the run that proposed the site, as JSON text.
    pub run: Option<String>,
    /// The instrument to undo.
    pub undoes: Option<String>,
    /// The land that it takes, with the rows that were read.
    pub members: Vec<MemberHash>,
    /// Shapes of the new plan parcels, working CRS.
    pub parts: Vec<MultiPolygon<f64>>,
    /// The area ledger.
    pub ledger: Json,
    /// ISO date on which the members must stand.
    pub day: String,
}

/// A piece of land as it was when it was computed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberHash {
    pub code: String,
    /// SHA-256 of the row's values and shape, hex.
    pub row_sha256: String,
}

/// Where an instrument is to go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MoveInstrument {
    pub code: String,
    pub seen: Precondition,
    pub to: InstrumentState,
    /// ISO date from which it is in force.
    pub date: String,
    /// Why, for the change log.
    pub note: Option<String>,
    /// Who drafted it, as the change log says.
    pub drafted_by: Option<String>,
}
