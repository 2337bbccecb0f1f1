//! The search for the largest building: plates on the column grid inside an outline, storeys and plates together (exact readings U5–U8).
//!
//! `solve` asks the question and keeps the best answer; `singles` finds one plate, `arrange` several: `slabs` side by side whose `totals` of cells are kept
//! as sets, pruned by what the `outlook` says can still come. Both see the outline as a `frame` along one direction, with its `profile` of trapezoids.

mod arrange;
mod attain;
mod ceiling;
#[cfg(test)]
mod exhaustive;
mod frame;
mod layout;
mod outlook;
mod profile;
mod singles;
mod slabs;
mod solve;
mod totals;

pub(super) use layout::{Grid, directions};
pub(super) use singles::most_cells_of_one;
pub(super) use solve::{DrawnPlate, Lifted, Regime, Scheme, best, draw, regimes};
