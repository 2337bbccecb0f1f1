//! What the reading process is asked for: one line of JSON on its standard input.

use super::super::limits::{Limits, ProcessLimits};
use crate::domain::FaultKind;
use crate::formats::encoding::FoundBy;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// Who started it: when that one is gone, so is the reason to read.
    pub parent: u32,
    pub limits: ProcessLimits,
    /// The copy's folder, to be read, and the one to write in.
    pub input: PathBuf,
    pub work: PathBuf,
    pub job: Job,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Job {
    /// A layer of the file `name` in the input folder.
    Layer { name: PathBuf, our_layer: String, source_layer: Option<String>, encoding: Option<String>, wants_geometry: bool, limits: Limits },
    /// The filled-in table in the file `form`, which people call `name`.
    Form { name: String, encoding: Option<String>, sheets: Vec<String> },
    /// Tries what must not go, for the proof that it does not.
    Attempts { outside: PathBuf },
}

/// The name of a filled-in table's copy.
pub(super) const FORM: &str = "form";
/// Bytes of a request at most.
pub(super) const LONGEST: u64 = 1 << 20;

/// What the reading process says, one letter before each message.
pub(super) mod says {
    /// How it locked itself in.
    pub(crate) const READY: u8 = b'R';
    pub(crate) const PROGRESS: u8 = b'P';
    /// Whether a heading means something; one byte comes back.
    pub(crate) const ASK: u8 = b'A';
    pub(crate) const ROWS: u8 = b'B';
    /// The end: all of the table but its rows, a filled-in table, what came of attempts, or a fault.
    pub(crate) const TABLE: u8 = b'T';
    pub(crate) const FORM: u8 = b'F';
    pub(crate) const ATTEMPTS: u8 = b'X';
    pub(crate) const FAULT: u8 = b'!';
}

/// Letters of cells and shapes.
pub(super) mod cell {
    pub(crate) const NULL: u8 = 0;
    pub(crate) const TEXT: u8 = 1;
    pub(crate) const INTEGER: u8 = 2;
    pub(crate) const REAL: u8 = 3;
    pub(crate) const FALSE: u8 = 4;
    pub(crate) const TRUE: u8 = 5;
}

pub(super) mod shape {
    pub(crate) const EMPTY: u8 = 0;
    pub(crate) const POINTS: u8 = 1;
    pub(crate) const LINES: u8 = 2;
    pub(crate) const POLYGONS: u8 = 3;
    pub(crate) const MIXED: u8 = 4;
    pub(crate) const OTHER: u8 = 5;
    pub(crate) const UNREADABLE: u8 = 6;
}

/// Bits before a row.
pub(super) mod row {
    pub(crate) const GEOMETRY: u8 = 1;
    pub(crate) const HAS_Z: u8 = 2;
    pub(crate) const WIDE: u8 = 4;
    pub(crate) const ODD: u8 = 8;
}

/// Letters of odd cells, of tables and of filled-in ones.
pub(super) mod odd {
    pub(crate) const ERROR: u8 = 1;
    pub(crate) const UNSOLVED: u8 = 2;
    pub(crate) const DATE: u8 = 3;
    pub(crate) const BOOLEAN: u8 = 4;
    pub(crate) const DIGITS: u8 = 5;
    pub(crate) const FORMULA: u8 = 6;
    pub(crate) const MERGED: u8 = 7;
    pub(crate) const LONG: u8 = 8;
}

/// Kinds of faults by their number.
pub(super) const KINDS: [FaultKind; 5] =
    [FaultKind::BadInput, FaultKind::UnsupportedMedia, FaultKind::Cancelled, FaultKind::NoRoom, FaultKind::Internal];
/// Ways in which an encoding was found, by their number.
pub(super) const FOUND_BY: [FoundBy; 7] =
    [FoundBy::Option, FoundBy::Cpg, FoundBy::Ldid, FoundBy::Guess, FoundBy::Declared, FoundBy::Mark, FoundBy::Utf8];
