//! What is asked of a solver, whichever it is.

use super::super::model::{Column, Programme, Row};
use super::{Solved, Solver};
use crate::analysis::consolidation::dice::Dice;
use std::time::{Duration, Instant};

const SOLVERS: &[Solver] = &[
    Solver::Cbc,
    #[cfg(feature = "highs")]
    Solver::Highs,
];

/// Takings from a few stores that hold only so much, and a shortfall that costs; taking nothing is allowed.
fn random(dice: &mut Dice, count: usize) -> (Programme, Vec<f64>) {
    let mut programme = Programme::default();
    for _ in 0..count {
        programme.columns.push(Column { value: dice.below(41) as f64 / 4.0 - 2.0, low: 0.0, high: 1.0, whole: true });
    }
    for _ in 0..=dice.below(3) {
        let mut terms = Vec::new();
        for at in 0..count {
            if dice.below(4) > 0 {
                terms.push((at, 0.05 + dice.below(30) as f64 / 40.0));
            }
        }
        programme.rows.push(Row { low: f64::NEG_INFINITY, high: 1.0 + dice.below(20) as f64 / 10.0, terms });
    }
    // The shortfall fills the row up: Σ share · x + shortfall ≥ 1.
    programme.columns.push(Column { value: -(dice.below(50) as f64) / 5.0, low: 0.0, high: f64::INFINITY, whole: false });
    let mut terms: Vec<(usize, f64)> = (0..count).map(|at| (at, dice.below(10) as f64 / 20.0)).filter(|(_, share)| *share > 0.0).collect();
    terms.push((count, 1.0));
    programme.rows.push(Row { low: 1.0, high: f64::INFINITY, terms });
    let mut start = vec![0.0; count + 1];
    start[count] = 1.0;
    (programme, start)
}

/// The best value, by trying every set of the whole columns.
fn by_hand(programme: &Programme) -> f64 {
    let count = programme.columns.len() - 1;
    let filled = programme.rows.len() - 1;
    let mut best = f64::NEG_INFINITY;
    for code in 0..1_usize << count {
        let mut point: Vec<f64> = (0..count).map(|at| ((code >> at) & 1) as f64).chain([0.0]).collect();
        let sum = |row: &Row, point: &[f64]| row.terms.iter().map(|(at, factor)| factor * point[*at]).sum::<f64>();
        point[count] = (1.0 - sum(&programme.rows[filled], &point)).max(0.0);
        if programme.rows[..filled].iter().all(|row| sum(row, &point) <= row.high + 1e-9) {
            best = best.max(programme.value(&point));
        }
    }
    best
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 2e-7 * a.abs().max(b.abs()).max(1.0)
}

fn value(programme: &Programme, solved: &Solved) -> f64 {
    let values = solved.values.as_ref().expect("a point");
    assert!(programme.holds(values), "the point keeps to the programme");
    programme.value(values)
}

#[test]
fn every_solver_finds_what_trying_everything_finds() {
    let mut dice = Dice::new(4, 11);
    for case in 0..150 {
        let count = 1 + dice.below(10);
        let (programme, start) = random(&mut dice, count);
        let best = by_hand(&programme);
        for solver in SOLVERS {
            let solved = solver.maximise(&programme, &start, 20.0).expect("solved");
            let found = value(&programme, &solved);
            assert!(close(found, best) && solved.optimal, "case {case}, {solver:?}: {found} against {best}");
            assert!(solved.bound >= best - 1e-9 && close(solved.bound, best), "case {case}, {solver:?}: bound {}", solved.bound);
        }
    }
}

#[test]
fn all_solvers_have_the_same_objective() {
    let mut dice = Dice::new(8, 3);
    for case in 0..12 {
        let (programme, start) = random(&mut dice, 40);
        let found: Vec<f64> = SOLVERS.iter().map(|solver| value(&programme, &solver.maximise(&programme, &start, 20.0).expect("solved"))).collect();
        assert!(found.iter().all(|one| close(*one, found[0])), "case {case}: {found:?}");
    }
}

#[test]
fn a_programme_of_shortfalls_alone_is_solved() {
    let programme = Programme {
        columns: vec![Column { value: -3.0, low: 0.0, high: f64::INFINITY, whole: false }],
        rows: vec![Row { low: 0.25, high: f64::INFINITY, terms: vec![(0, 1.0)] }],
    };
    for solver in SOLVERS {
        let solved = solver.maximise(&programme, &[1.0], 5.0).expect("solved");
        assert!(close(value(&programme, &solved), -0.75) && close(solved.bound, -0.75) && solved.optimal, "{solver:?}: {solved:?}");
    }
}

#[test]
fn jobs_that_solve_at_the_same_time_answer_as_alone() {
    let mut dice = Dice::new(2, 5);
    let programmes: Vec<(Programme, Vec<f64>)> = (0..16).map(|_| random(&mut dice, 30)).collect();
    for solver in SOLVERS {
        let solve =
            || -> Vec<Solved> { programmes.iter().map(|(programme, start)| solver.maximise(programme, start, 20.0).expect("solved")).collect() };
        let alone = solve();
        let together: Vec<Vec<Solved>> = std::thread::scope(|scope| {
            let jobs: Vec<_> = (0..4).map(|_| scope.spawn(solve)).collect();
            jobs.into_iter().map(|job| job.join().expect("a job")).collect()
        });
        assert!(together.iter().all(|answers| *answers == alone), "{solver:?}");
    }
}

/// Takings that no bound tells apart: a long search.
fn endless() -> (Programme, Vec<f64>) {
    let mut dice = Dice::new(1, 1);
    let count = 400;
    let mut programme = Programme::default();
    for _ in 0..count {
        programme.columns.push(Column { value: 1.0 + dice.unit() / 50.0, low: 0.0, high: 1.0, whole: true });
    }
    for _ in 0..40 {
        let terms: Vec<(usize, f64)> = (0..count).map(|at| (at, 0.5 + dice.unit())).collect();
        programme.rows.push(Row { low: f64::NEG_INFINITY, high: 20.0 + dice.unit(), terms });
    }
    (programme, vec![0.0; count])
}

#[test]
fn the_time_limit_ends_a_search_with_what_it_has() {
    let (programme, start) = endless();
    for solver in SOLVERS {
        let began = Instant::now();
        let solved = solver.maximise(&programme, &start, 0.5).expect("solved");
        assert!(began.elapsed() < Duration::from_secs(15), "{solver:?}: {:?}", began.elapsed());
        assert!(!solved.optimal && solved.bound > 0.0, "{solver:?}: {}", solved.bound);
    }
}

/// Handlers of signals as the kernel knows them: bit k − 1 is signal k.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by the test below in a process of its own: handlers are the process's, and other tests solve meanwhile"]
fn solving_alone_takes_over_no_signal() {
    const INTERRUPT_AND_FAULT: u64 = 1 << 1 | 1 << 10;
    let caught = || -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").expect("status");
        let line = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a line of signals");
        u64::from_str_radix(line.trim(), 16).expect("bits") & INTERRUPT_AND_FAULT
    };
    let before = caught();
    let (programme, start) = random(&mut Dice::new(6, 6), 20);
    for solver in SOLVERS {
        solver.maximise(&programme, &start, 5.0).expect("solved");
        assert_eq!(caught(), before, "{solver:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn solving_takes_over_no_signal() {
    let name = concat!(module_path!(), "::solving_alone_takes_over_no_signal").split_once("::").expect("the crate's name").1;
    let own = std::env::current_exe().expect("the tests");
    let done = std::process::Command::new(own).args(["--ignored", "--exact", name, "--test-threads=1"]).output().expect("run");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}
