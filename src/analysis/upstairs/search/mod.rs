//! The search for the largest building: plates on the column grid inside an outline, storeys and plates together (exact readings U5–U8).
//!
//! `regimes` parts the outline by the heights allowed on it and draws the best answer; `solve` asks the question of one regime and keeps its best answer;
//! `singles` finds one plate, `arrange` several: `slabs` side by side whose `totals` of cells are kept as sets, pruned by what the `outlook` says can
//! still come. Both see the outline as a `frame` along one direction, with its `profile` of trapezoids.

mod arrange;
mod attain;
mod ceiling;
#[cfg(test)]
mod exhaustive;
mod frame;
mod layout;
mod outlook;
mod profile;
mod regimes;
mod singles;
mod slabs;
mod solve;
mod totals;

pub(super) use layout::{Grid, directions};
pub(super) use regimes::{DrawnPlate, Lifted, Regime, Scheme, best, draw, regimes};
pub(super) use singles::most_cells_of_one;
