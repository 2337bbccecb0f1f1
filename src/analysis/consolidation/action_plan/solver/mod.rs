//! The solver: single-threaded with a fixed seed, so that a question has one answer. CBC unless HiGHS is built in.

mod cbc;
#[cfg(feature = "highs")]
mod highs;
#[cfg(test)]
mod tests;

use super::model::Programme;
use crate::domain::Fault;
use crate::domain::fault::Outcome;

/// What the solver found.
#[derive(Clone, Debug)]
pub(super) struct Solved {
    /// Values of the columns; `None` when the time was up before the first feasible point.
    pub values: Option<Vec<f64>>,
    /// Proven bound on the objective.
    pub bound: f64,
    /// The bound is met within the solver's own tolerance.
    pub optimal: bool,
}

const SEED: i32 = 1;
/// Between the point and the bound, relative and absolute: a point as near as this is optimal.
const GAP: f64 = 1e-7;
/// Of rows and of whole numbers.
const TOLERANCE: f64 = 1e-9;

/// Maximises. `start` is a feasible point to begin with.
///
/// # Errors
/// `solver`: the solver refused the programme or ended without a bound.
pub(super) fn maximise(programme: &Programme, start: &[f64], time_limit_s: f64) -> Outcome<Solved> {
    if programme.columns.is_empty() {
        return Ok(Solved { values: Some(Vec::new()), bound: 0.0, optimal: true });
    }
    #[cfg(feature = "highs")]
    return highs::maximise(programme, start, time_limit_s);
    #[cfg(not(feature = "highs"))]
    return cbc::maximise(programme, start, time_limit_s);
}

fn failed(solver: &str, detail: impl std::fmt::Display) -> Fault {
    Fault::internal("solver", format!("{solver}: {detail}"))
}
