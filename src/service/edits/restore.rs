//! Taking an edit back: every row must still be as that edit left it.

use super::references::{Keys, missing, must_be_free};
use super::{Checked, Person, Reply};
use crate::city::City;
use crate::domain::columns::{building, unit};
use crate::domain::edit::Restore;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Role, Row, RowChange};
use crate::service::kept::{Case, Faults, Written, rules_of};
use std::collections::HashSet;

pub(super) fn check(edit: &Restore, city: &City, person: &Person) -> Outcome<Checked> {
    let mut removed = HashSet::new();
    for change in &edit.changes {
        may(change, city, person)?;
        must_be_as_left(change, city, &removed)?;
        if let RowChange::Remove { layer, fid, .. } = change {
            removed.insert((*layer, *fid));
        }
    }
    must_keep_references(&edit.changes, city)?;
    Ok(Checked::of(edit.changes.clone(), format!("undo: {}", edit.source), Reply::Rows(edit.changes.len())))
}

/// Whoever may make a change of a row may take it back.
fn may(change: &RowChange, city: &City, person: &Person) -> Outcome<()> {
    if let Some(rules) = change.layer().and_then(rules_of) {
        let case = Case { city, viewer: &person.viewer, today: &person.today };
        return rules.may(&case, written(change));
    }
    match change.layer() {
        Some(LayerId::Unit) => {
            let park = unit_of(change).and_then(|row| {
                let buildings = city.table(LayerId::Building);
                buildings.row_of(row.text(unit::BUILDING)?).and_then(|row| buildings.text(row, building::PARK))
            });
            if person.viewer.role() == Role::Admin { Ok(()) } else { person.viewer.operator_of(park).map(|_| ()) }
        }
        Some(LayerId::Designation) => {
            person.viewer.signed_in()?;
            Err(Fault::new(
                FaultKind::Conflict,
                "decisions_stand",
                "授牌的每一步都留痕，不能撤回修改",
                "steps of a designation stand and are not taken back",
            )
            .help("用新的一步更正：退回、撤销或撤回", "correct it by a step of its own: return, revoke or withdraw"))
        }
        Some(LayerId::Instrument | LayerId::PlanParcel) | None => person.viewer.planner().map(|_| ()),
        Some(layer) => super::import::may(layer, person),
    }
}

fn written(change: &RowChange) -> Written<'_> {
    let (before, after) = match change {
        RowChange::Insert { row, .. } => (None, Some(row)),
        RowChange::Update { before, after, .. } => (Some(before), Some(after)),
        RowChange::Remove { row, .. } => (Some(row), None),
        RowChange::Plan { .. } => (None, None),
    };
    Written { before, after }
}

/// A kept row that comes back needs what it names, and one that goes must not be named any more.
fn must_keep_references(changes: &[RowChange], city: &City) -> Outcome<()> {
    let keys = Keys::of(changes);
    let mut faults = Faults::default();
    for change in changes {
        missing(change, &keys, city, &mut faults);
    }
    must_be_free(changes, &keys, city)?;
    if faults.is_empty() {
        return Ok(());
    }
    let fault = Fault::new(FaultKind::Conflict, "reference_gone", "撤回后的行所引用的数据已不在", "what the row would name again is no longer there");
    Err(Fault { fields: faults.into_fields(), ..fault })
}

fn unit_of(change: &RowChange) -> Option<&Row> {
    match change {
        RowChange::Insert { row, .. } | RowChange::Remove { row, .. } | RowChange::Update { before: row, .. } => Some(row),
        RowChange::Plan { .. } => None,
    }
}

/// `removed` are the rows that the same edit takes away before this change: their places are free.
fn must_be_as_left(change: &RowChange, city: &City, removed: &HashSet<(LayerId, i64)>) -> Outcome<()> {
    let (place, fits) = match change {
        RowChange::Insert { layer, fid, row } => {
            let table = city.table(*layer);
            let key = row.key(layer.layer());
            let free = |at: usize| removed.contains(&(*layer, table.fid(at)));
            // One establishment is firm × park: its code may stand in two parks.
            let key_free = *layer == LayerId::Firm || table.row_of(key).is_none_or(free);
            (key.to_owned(), table.row_of_fid(*fid).is_none_or(free) && key_free)
        }
        RowChange::Update { layer, fid, before: row, .. } | RowChange::Remove { layer, fid, row } => {
            let table = city.table(*layer);
            (row.key(layer.layer()).to_owned(), table.row_of_fid(*fid).is_some_and(|at| table.row(at) == *row))
        }
        RowChange::Plan { before, after } => {
            let id = before.as_ref().or(after.as_ref()).map(|plan| plan.id.clone()).unwrap_or_default();
            let fits = city.plan(&id).map(|plan| &**plan) == before.as_deref();
            (id, fits)
        }
    };
    if fits {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Conflict,
        "changed_since",
        format!("{place} 此后又有修改，不能撤回"),
        format!("{place} was changed again since, so this cannot be taken back"),
    )
    .at(place)
    .help("先撤回其后的修改", "take back the later change first"))
}
