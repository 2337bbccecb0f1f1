//! Action plan (行动计划): in which year each accepted site is done, under yearly budgets and capacities.
//!
//! # Units
//! Areas ha, money 万元, years as numbers of the calendar.
//!
//! # Source
//! analyses.md §2 (action plan) and exact-consolidation.md C17–C19. "Phase k − 1" of C17 is read as every earlier
//! phase: a reserve site never goes before a start site, also in a park where no site of the middle phase is chosen.

mod answer;
mod exchange;
mod greedy;
mod input;
mod model;
mod settle;
mod solve;
mod solver;
#[cfg(test)]
mod tests;

pub use answer::{ActionPlan, Excluded, Relaxation, TargetLine, Unplanned, YearLine};
pub use input::{Phase, PlanSite, Question, RelaxWeights, Target};

use crate::domain::fault::Outcome;
use solver::Solver;

/// Plans; a function of the question alone, whatever the order of its lists, unless `time_limit_s` cuts it short.
///
/// # Errors
/// `bad_years`, `bad_plan_numbers`, `site_twice`, `no_such_site`, `precedence_cycle`; `solver` when the solver fails.
pub fn plan(question: &Question) -> Outcome<ActionPlan> {
    plan_by(question, Solver::OURS)
}

fn plan_by(question: &Question, solver: Solver) -> Outcome<ActionPlan> {
    let question = question.clone().checked()?;
    let found = solve::solve(&question, solver)?;
    Ok(answer::answer(&question, &found))
}
