//! CBC (Forrest and Lougee-Heimer 2005), which Debian ships: the solver of a build with the default features.
//!
//! CBC keeps the reading of its parameters in global variables, so `coin_cbc` lets one thread solve at a time; the
//! time limit counts from the moment at which a programme has its turn.

use super::{GAP, SEED, Solved, TOLERANCE};
use crate::analysis::consolidation::action_plan::model::Programme;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use coin_cbc::raw::{Model, Status};
use std::ffi::{CStr, CString};

/// Work limit: unlike the clock it ends every machine's run at the same point.
const MOST_NODES: i32 = 2_000;

/// As [`super::Solver::maximise`].
pub(super) fn maximise(programme: &Programme, start: &[f64], time_limit_s: f64) -> Outcome<Solved> {
    let mut model = load(programme)?;
    model.set_log_level(0);
    let settings: [(&CStr, String); 12] = [
        (c"log", "0".to_owned()),
        (c"slog", "0".to_owned()),
        // Else it counts the processor time of the whole process, that is, of other jobs too.
        (c"timeMode", "elapsed".to_owned()),
        (c"sec", time_limit_s.max(0.01).to_string()),
        (c"maxNodes", MOST_NODES.to_string()),
        (c"randomSeed", SEED.to_string()),
        (c"randomCbcSeed", SEED.to_string()),
        (c"ratioGap", GAP.to_string()),
        (c"allowableGap", "0".to_owned()),
        // By how much a point must be better than the last one: its default, 1e-5, overlooks points.
        (c"increment", TOLERANCE.to_string()),
        (c"integerTolerance", TOLERANCE.to_string()),
        (c"primalTolerance", TOLERANCE.to_string()),
    ];
    for (name, value) in settings {
        model.set_parameter(name, &CString::new(value).map_err(failed)?);
    }
    let is_linear = !programme.columns.iter().any(|column| column.whole);
    if !is_linear {
        model.set_initial_solution(start);
    }
    model.solve();
    if !is_linear && !matches!(model.status(), Status::Finished | Status::Stopped) {
        return Err(failed(format!("{:?}, {:?}", model.status(), model.secondary_status())));
    }
    // Nothing beats a start that is best already: CBC then ends without a point of its own.
    let found = [model.col_solution(), start].into_iter().filter(|point| programme.holds(point));
    let point = found.reduce(|best, other| if programme.value(other) > programme.value(best) { other } else { best });
    let proven = point.filter(|_| model.is_proven_optimal());
    Ok(Solved { bound: bound(programme, &model, proven), optimal: proven.is_some(), values: point.map(<[f64]>::to_vec) })
}

/// A search that has come to an end cut away what lay nearer than the gap. What CBC itself tells then is no bound: the
/// point's own value, or that of the first relaxation when the start was best.
fn bound(programme: &Programme, model: &Model, best: Option<&[f64]>) -> f64 {
    if !programme.columns.iter().any(|column| column.whole) {
        return -model.obj_value();
    }
    best.map_or(-model.best_possible_value(), |point| {
        let value = programme.value(point);
        value + GAP * value.abs()
    })
}

/// The programme in columns. CBC minimises what it is given, so the weights turn round.
fn load(programme: &Programme) -> Outcome<Model> {
    let mut columns: Vec<Vec<(i32, f64)>> = vec![Vec::new(); programme.columns.len()];
    for (row, terms) in (0_i32..).zip(programme.rows.iter().map(|row| &row.terms)) {
        for (column, factor) in terms {
            columns[*column].push((row, *factor));
        }
    }
    let mut starts = vec![0_i32];
    for column in &columns {
        let count = i32::try_from(column.len()).map_err(failed)?;
        starts.push(starts.last().copied().unwrap_or(0) + count);
    }
    let entries = columns.concat();
    let of = |value: fn(&super::super::model::Column) -> f64| -> Vec<f64> { programme.columns.iter().map(value).collect() };
    let mut model = Model::new();
    model.load_problem(
        columns.len(),
        programme.rows.len(),
        &starts,
        &entries.iter().map(|(row, _)| *row).collect::<Vec<_>>(),
        &entries.iter().map(|(_, factor)| *factor).collect::<Vec<_>>(),
        Some(&of(|column| column.low)),
        Some(&of(|column| column.high)),
        Some(&of(|column| -column.value)),
        Some(&programme.rows.iter().map(|row| row.low).collect::<Vec<_>>()),
        Some(&programme.rows.iter().map(|row| row.high).collect::<Vec<_>>()),
    );
    for (at, _) in programme.columns.iter().enumerate().filter(|(_, column)| column.whole) {
        model.set_integer(at);
    }
    Ok(model)
}

fn failed(detail: impl std::fmt::Display) -> Fault {
    super::failed("CBC", detail)
}
