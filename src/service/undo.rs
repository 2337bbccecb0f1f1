//! Taking back a change of units: by who made it, and while nothing newer has touched them.

use super::edits::{RECEIPTS, logged_row};
use super::{Planner, Viewer};
use crate::city::City;
use crate::domain::edit::Restore;
use crate::domain::fault::Outcome;
use crate::domain::{Change, ChangeQuery, Edit, Fault, FaultKind, LayerId, RowChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which change to take back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBack {
    /// The revision that it made.
    pub revision: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TakenBack {
    /// The revision that the undoing made; it can be taken back as well.
    pub revision: i64,
    pub units: usize,
}

/// Entries of one revision that are read at most: a table has no more rows.
const MOST_ENTRIES: usize = 60_000;
/// Units that a refusal names.
const NAMED: usize = 10;

/// Takes back what a revision did to units.
///
/// # Errors
/// 404 for a revision without changes of units, 403 for another person's, 409 `changed_since` with the units that were changed again.
pub fn take_back(planner: &Planner, viewer: &Viewer, wanted: &TakeBack) -> Outcome<TakenBack> {
    viewer.signed_in()?;
    let revision = wanted.revision;
    let query = ChangeQuery { since: revision - 1, until: Some(revision), limit: MOST_ENTRIES, ..ChangeQuery::default() };
    let mut entries = planner.store.changes(&query)?;
    let units = LayerId::Unit.name();
    if entries.iter().any(|entry| entry.collection != units && entry.collection != RECEIPTS) {
        return Err(nothing_of_units(revision));
    }
    entries.retain(|entry| entry.collection == units && entry.action == "update");
    let Some(by) = entries.first().map(|entry| entry.by.clone()) else { return Err(nothing_of_units(revision)) };
    if by != viewer.name() {
        return Err(Fault::new(FaultKind::Forbidden, "not_yours", "只能撤销自己所做的修改", "you may only take back what you did yourself")
            .help("请修改人本人撤销，或直接改正", "ask who made the change, or correct the unit"));
    }
    let (changes, touched) = as_left(&planner.city(), &entries);
    if !touched.is_empty() {
        let mut named = touched.iter().take(NAMED).cloned().collect::<Vec<_>>();
        if touched.len() > NAMED {
            named.push("…".to_owned());
        }
        return Err(Fault::new(
            FaultKind::Conflict,
            "changed_since",
            format!("{} 个单元此后又有修改，不能撤销：{}", touched.len(), named.join("、")),
            format!("{} units were changed again since, so this cannot be taken back: {}", touched.len(), named.join(", ")),
        )
        .at(touched[0].clone())
        .help("先撤销其后的修改，或逐个改正", "take back the later changes first, or correct the units one by one"));
    }
    let source = entries.first().map(|entry| entry.source.clone()).unwrap_or_default();
    let count = changes.len();
    // The writer checks once more that every unit is as it was left.
    let done = planner.edit(viewer, Edit::Restore(Restore { changes, source }))?;
    Ok(TakenBack { revision: done.revision, units: count })
}

/// The changes turned round, and the units that are not as these entries left them.
fn as_left(city: &City, entries: &[Change]) -> (Vec<RowChange>, Vec<String>) {
    let table = city.table(LayerId::Unit);
    let (mut changes, mut touched) = (Vec::with_capacity(entries.len()), Vec::new());
    for entry in entries {
        let (left, had) = (logged_row(LayerId::Unit, &entry.after), logged_row(LayerId::Unit, &entry.before));
        match table.row_of(&entry.id).filter(|at| table.row(*at) == left) {
            Some(at) => changes.push(RowChange::Update { layer: LayerId::Unit, fid: table.fid(at), before: left, after: had }),
            None => touched.push(entry.id.clone()),
        }
    }
    touched.sort();
    (changes, touched)
}

fn nothing_of_units(revision: i64) -> Fault {
    Fault::not_found("no_such_change", format!("修订 {revision} 不是单元填报"), format!("the revision {revision} is no change of units"))
        .help("修订号见该次填报的答复或单元的修改记录", "the number stands in the answer to the change and in the unit's history")
}
