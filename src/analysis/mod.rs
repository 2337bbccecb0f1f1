//! Pure functions of parcels and a rule pack: seeded, without IO, clock or async.

pub mod consolidation;
