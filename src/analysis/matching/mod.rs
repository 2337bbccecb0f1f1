//! Site matching (招商): which floors and parcels a requirement finds, what fits, what does not, and the smallest change.
//!
//! # Units
//! m², m, kN/m², kVA; costs are sums of the pack's weights and have none.
//!
//! # Source
//! analyses §7 and the exact readings P7, P8, M1–M10; weights come from the rule pack.

mod candidate;
mod criteria;
mod explain;
mod need;
mod rank;
#[cfg(test)]
mod tests;

pub use candidate::{Candidate, Free, Kind};
pub use criteria::{CRITERIA, Criterion};
pub use explain::{Change, Measure, Told, explain};
pub use need::Need;
pub use rank::{Ranked, order, rank};
