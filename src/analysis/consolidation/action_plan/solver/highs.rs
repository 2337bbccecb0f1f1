//! HiGHS (Huangfu and Hall 2018), the solver of a build with the feature `highs`.

use super::{GAP, SEED, Solved, TOLERANCE};
use crate::analysis::consolidation::action_plan::model::Programme;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use highs::{HighsModelStatus as Status, HighsSolutionStatus, RowProblem, Sense};

/// Work limit: unlike the clock it ends every machine's run at the same point.
const MOST_NODES: i32 = 2_000;

/// As [`super::Solver::maximise`].
pub(super) fn maximise(programme: &Programme, start: &[f64], time_limit_s: f64) -> Outcome<Solved> {
    let mut problem = RowProblem::default();
    let columns: Vec<highs::Col> =
        programme.columns.iter().map(|column| problem.add_column_with_integrality(column.value, column.low..=column.high, column.whole)).collect();
    for row in &programme.rows {
        let terms: Vec<(highs::Col, f64)> = row.terms.iter().map(|(column, factor)| (columns[*column], *factor)).collect();
        problem.add_row(row.low..=row.high, &terms);
    }
    let mut model = problem.try_optimise(Sense::Maximise).map_err(|status| failed(format!("{status:?}")))?;
    let set = [
        model.try_set_option("threads", 1),
        model.try_set_option("random_seed", SEED),
        model.try_set_option("time_limit", time_limit_s.max(0.01)),
        model.try_set_option("mip_max_nodes", MOST_NODES),
        model.try_set_option("mip_rel_gap", GAP),
        model.try_set_option("mip_abs_gap", GAP),
        model.try_set_option("mip_feasibility_tolerance", TOLERANCE),
        model.try_set_option("primal_feasibility_tolerance", TOLERANCE),
    ];
    if set.iter().any(Result::is_err) {
        return Err(failed("an option is not known"));
    }
    // Without a start the solver still works; it only takes longer.
    let _ = model.try_set_solution(Some(start), None, None, None);
    let solved = model.try_solve().map_err(|status| failed(format!("{status:?}")))?;
    let status = solved.status();
    let ended = matches!(status, Status::Optimal | Status::ReachedTimeLimit | Status::ReachedSolutionLimit | Status::ReachedIterationLimit);
    if !ended {
        return Err(failed(format!("{status:?}")));
    }
    let has_point = solved.primal_solution_status() == HighsSolutionStatus::Feasible;
    // A programme without whole columns is linear: it has no bound of its own, its optimum is one.
    let is_linear = !programme.columns.iter().any(|column| column.whole);
    let bound = if is_linear { Ok(solved.objective_value()) } else { solved.double_info_value(c"mip_dual_bound") };
    let bound = bound.map_err(|status| failed(format!("{status:?}")))?;
    Ok(Solved { values: has_point.then(|| solved.get_solution().columns().to_vec()), bound, optimal: status == Status::Optimal })
}

fn failed(detail: impl std::fmt::Display) -> Fault {
    super::failed("HiGHS", detail)
}
