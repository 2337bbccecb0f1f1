//! The solver: single-threaded with a fixed seed, so that a question has one answer.

mod cbc;
#[cfg(feature = "highs")]
mod highs;
#[cfg(test)]
mod tests;

use super::model::Programme;
use crate::domain::Fault;
use crate::domain::fault::Outcome;

/// Who solves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Solver {
    #[cfg_attr(all(feature = "highs", not(test)), allow(dead_code))]
    Cbc,
    #[cfg(feature = "highs")]
    Highs,
}

/// What the solver found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Solved {
    /// Values of the columns; `None` when the work or the time was up before the first feasible point.
    pub values: Option<Vec<f64>>,
    /// Proven bound on the objective.
    pub bound: f64,
    /// The bound is met within [`GAP`].
    pub optimal: bool,
}

const SEED: i32 = 1;
/// Between the point and the bound, as a share: a point as near as this is optimal.
const GAP: f64 = 1e-7;
/// Of rows and of whole numbers.
const TOLERANCE: f64 = 1e-9;

impl Solver {
    /// The one that answers: HiGHS where it is built in.
    #[cfg(feature = "highs")]
    pub(super) const OURS: Solver = Solver::Highs;
    #[cfg(not(feature = "highs"))]
    pub(super) const OURS: Solver = Solver::Cbc;

    /// HiGHS finds exchanges of sites by its own heuristics, CBC does not.
    pub(super) fn needs_a_good_start(self) -> bool {
        self == Solver::Cbc
    }

    /// Maximises. `start` is a feasible point to begin with.
    ///
    /// # Errors
    /// `solver`: the solver refused the programme or ended without a bound.
    pub(super) fn maximise(self, programme: &Programme, start: &[f64], time_limit_s: f64) -> Outcome<Solved> {
        if programme.columns.is_empty() {
            return Ok(Solved { values: Some(Vec::new()), bound: 0.0, optimal: true });
        }
        match self {
            Solver::Cbc => cbc::maximise(programme, start, time_limit_s),
            #[cfg(feature = "highs")]
            Solver::Highs => highs::maximise(programme, start, time_limit_s),
        }
    }
}

fn failed(solver: &str, detail: impl std::fmt::Display) -> Fault {
    Fault::internal("solver", format!("{solver}: {detail}"))
}
