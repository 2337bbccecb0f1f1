//! Allocation (错位发展): which clusters lie in which districts, under bounds on both sides.
//!
//! # Units
//! Areas m², output 万元; fit, cosine and location quotient are plain numbers.
//!
//! # Source
//! analyses.md §5 and exact-designation.md A1–A6, A9–A11; the bounds are those of a rule pack.

mod audit;
mod best;
mod board;
mod certificate;
mod evidence;
mod figures;
mod fit;
mod flow;
mod overlap;
#[cfg(test)]
mod tests;

pub use audit::{Audit, Bound, Breach, ClusterCheck, ClusterCount, Counts, DistrictCount, Side, check_clusters};
pub use best::{Best, Placement};
pub use board::{Board, Matrix, Pair};
pub use certificate::{Certificate, EqualBounds};
pub use evidence::{Evidence, FirmRecord, ParkSite};
pub use figures::FirmFigures;
pub use fit::{Fit, FitTable, UnknownPart};
pub use overlap::{Overlap, OverlapBasis, overlaps};
