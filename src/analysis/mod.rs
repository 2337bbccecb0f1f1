//! Analyses: pure functions of plain evidence and a rule pack, seeded. No IO, no clock, no async.

pub mod allocation;
pub mod consolidation;
mod control;
pub mod designation;
pub mod disclosure;
pub mod matching;
pub mod progress;
pub mod upstairs;

pub use control::Control;
