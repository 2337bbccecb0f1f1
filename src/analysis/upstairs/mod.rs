//! Going upstairs (工业上楼): what can be built upwards on a parcel, what stops it, and who could work on which floor.
//!
//! # Units
//! metres, m², kN/m²; coordinates in the city's working CRS.
//!
//! # Source
//! analyses §3 and the exact readings U1–U22; every figure comes from the rule pack.

mod binding;
mod case;
mod change;
mod check;
mod drawn;
mod edges;
mod envelope;
mod existing;
mod findings;
mod fit;
mod floor_fit;
mod land;
mod limits;
mod offset;
#[cfg(test)]
mod properties;
mod result;
mod rollup;
mod search;
mod shape;
#[cfg(test)]
mod tests;
mod yard;

pub use case::{Added, ExistingBuilding, ExistingFloor, Overrides, ParcelCase, Restriction, RoadLine};
pub use check::{Depth, check, check_from, check_to};
pub use drawn::{DrawnPlate, DrawnResult, DrawnYard};
pub use fit::{Verdicts, verdicts};
pub use floor_fit::{Fit, RecordedFloor, floor_fit};
pub use limits::{InForce, in_force};
pub use result::{
    BandResult, Bar, Binding, Change, ExistingResult, Finding, FitCell, FitVerdict, LeverChange, PlateResult, Requirement, StoreyResult,
    UpstairsResult, YardResult,
};
pub use rollup::{Capacity, PartialParcel, RollUp, roll_up, sum};
