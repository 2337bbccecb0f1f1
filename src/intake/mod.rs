//! Intake: from a file to rows that the city can take, and a report of everything that was done to them.
//!
//! [`prepare`] is a function of the file, the options and what the city is; it writes nothing. The steps, in order:
//! read (`formats`), map fields to columns, settle the CRS and test it against the numbers, then row by row key, geometry, cells.

pub mod drawn;
pub mod gcj02;
pub mod inspect;
pub mod options;
pub mod prepare;
pub mod proof;
pub mod rejects;
pub mod report;
pub mod shift;

mod cells;
mod crs_check;
mod duplicates;
mod finish;
mod fitted;
mod keys;
mod local;
mod mapping;
mod merge;
mod plan;
mod questions;
mod reasons;
mod report_text;
mod rings;
mod rows;
mod same_shapes;
mod shapes;
mod values;
mod way;

pub use drawn::{Outline, OutlineKind};
pub use inspect::{FieldKind, FieldSeen, Inspection, Reading, inspect};
pub use options::{CityContext, Datum, ImportOptions, KnownShape, Mode, OnDuplicate, OnInvalid, OnMissingKey};
pub use prepare::{Prepared, prepare};
pub use proof::{CrsFinding, CrsProof, DrawnCrs, Weight};
pub use rejects::{Reject, RejectForm, rejects_file};
pub use report::{Duplicate, DuplicateDone, ImportReport, MadeKey, MadeOf, Notice, RowKey, RowNote};

use crate::domain::{Column, Value};

/// A cell as a value of a column's type; null for an empty one.
///
/// # Errors
/// The cell's text where it is no value of the type.
pub fn read_cell(cell: &Value, column: &Column) -> Result<Value, String> {
    match cells::convert(cell, column, None) {
        (value, None | Some(cells::Problem::Blank(_))) => Ok(value),
        (_, Some(cells::Problem::Unparsed(text) | cells::Problem::UnknownCode(text))) => Err(text),
    }
}

/// Whether a cell is a long code that a spreadsheet turned into a number: its digits are gone.
pub fn digits_are_lost(cell: &Value) -> bool {
    cells::lost_digits(cell)
}
