//! Analyses: pure functions of plain evidence and a rule pack. No IO, no clock, no async.


//! Pure functions of parcels and a rule pack: seeded, without IO, clock or async.

pub mod consolidation;
pub mod designation;
pub mod upstairs;
