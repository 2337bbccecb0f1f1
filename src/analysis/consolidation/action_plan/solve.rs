//! From a question to years: one programme when targets are soft, two when they are hard (C19).

use super::exchange::improved;
use super::greedy::first_fit;
use super::input::Question;
use super::model::{Goal, Programme, programme};
use super::settle;
use super::solver::{Solved, Solver};
use crate::domain::Fault;
use crate::domain::fault::Outcome;

/// Year index of each site of the checked question.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub year_of: Vec<Option<usize>>,
    /// Proven bound on C18's objective (under the relaxation that was found).
    pub bound: f64,
    /// Every step was solved to the end.
    pub optimal: bool,
}

/// Room for rounding when the second step must keep the first one's sum of relaxations.
const RELAXED_SLACK: f64 = 1e-7;

pub(super) fn solve(question: &Question, solver: Solver) -> Outcome<Found> {
    let first = first_fit(question);
    if !question.hard {
        return settled(question, solver, Goal::Plan, &first);
    }
    let least = step(question, solver, Goal::Relaxation, &first)?;
    let sum = super::answer::relaxation_sum(question, &least.year_of);
    let best = settled(question, solver, Goal::Within(sum + RELAXED_SLACK), &least.year_of)?;
    Ok(Found { optimal: best.optimal && least.optimal, ..best })
}

fn step(question: &Question, solver: Solver, goal: Goal, start: &[Option<usize>]) -> Outcome<Found> {
    let start = if solver.needs_a_good_start() { improved(question, goal, start) } else { start.to_vec() };
    let programme = programme(question, goal);
    let Solved { values, bound, optimal } = solver.maximise(&programme, &columns(question, &programme, &start), question.time_limit_s)?;
    let mut year_of = values.map_or(start, |values| years(question, &values));
    if !optimal {
        year_of = improved(question, goal, &year_of);
    }
    if goal == Goal::Plan && !super::answer::keeps_limits(question, &year_of) {
        return Err(Fault::internal("solver", "the plan misses a limit"));
    }
    Ok(Found { year_of, bound, optimal })
}

/// A step whose best plan is the same whichever solver found it, where plans are equally good.
fn settled(question: &Question, solver: Solver, goal: Goal, start: &[Option<usize>]) -> Outcome<Found> {
    let found = step(question, solver, goal, start)?;
    let first = programme(question, goal);
    let point = columns(question, &first, &found.year_of);
    let Some(second) = settle::second(question, &first, &point).filter(|_| found.optimal) else { return Ok(found) };
    let solved = solver.maximise(&second, &point, question.time_limit_s)?;
    let Some(values) = solved.values.filter(|_| solved.optimal) else { return Ok(found) };
    Ok(Found { year_of: years(question, &values), ..found })
}

/// The first year in which z is 1.
fn years(question: &Question, values: &[f64]) -> Vec<Option<usize>> {
    let years = question.years();
    (0..question.sites.len()).map(|s| (0..years).find(|y| values[s * years + y] > 0.5)).collect()
}

/// A plan as a point of the programme, the other columns at the least value that their rows allow.
fn columns(question: &Question, programme: &Programme, year_of: &[Option<usize>]) -> Vec<f64> {
    let years = question.years();
    let mut values = vec![0.0; programme.columns.len()];
    for (s, year) in year_of.iter().enumerate() {
        for y in year.unwrap_or(years)..years {
            values[s * years + y] = 1.0;
        }
    }
    let free = question.sites.len() * years;
    for row in &programme.rows {
        let [own] = row.terms.iter().filter(|(column, _)| *column >= free).collect::<Vec<_>>()[..] else { continue };
        let rest: f64 = row.terms.iter().filter(|(column, _)| *column < free).map(|(column, factor)| factor * values[*column]).sum();
        // Extra limits enter with −1 below a high bound, missing targets with +1 above a low one.
        let need = if own.1 < 0.0 { rest - row.high } else { row.low - rest };
        values[own.0] = need.max(values[own.0]);
    }
    values
}
