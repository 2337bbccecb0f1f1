//! Analyses: pure functions of plain evidence and a rule pack. No IO, no clock, no async.

pub mod designation;
pub mod upstairs;
