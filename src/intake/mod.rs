//! Intake: from a file to rows that the city can take, and a report of everything that was done to them.
//!
//! [`prepare`] is a function of the file, the options and what the city is; it writes nothing. The steps, in order:
//! read (`formats`), map fields to columns, settle the CRS and test it against the numbers, then row by row key, geometry, cells.

pub mod gcj02;
pub mod options;
pub mod prepare;
pub mod report;

mod cells;
mod crs_check;
mod finish;
mod mapping;
mod merge;
mod plan;
mod reasons;
mod report_text;
mod rings;
mod rows;
mod same_shapes;
mod shapes;
mod shift;
mod values;

pub use options::{CityContext, ImportOptions, KnownShape, Mode, OnInvalid};
pub use prepare::{Prepared, prepare};
pub use report::{Duplicate, ImportReport, Notice, RowKey, RowNote};
