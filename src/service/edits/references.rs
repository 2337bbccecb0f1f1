//! References between rows of kept tables: what a cell names is there when all changes of an edit are done.

use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Column, Fault, FaultKind, LayerId, Row, RowChange, dictionary};
use crate::service::kept::{Faults, rules_of};
use std::collections::HashSet;

/// The keys that some changes bring and take away.
pub(super) struct Keys<'c> {
    brought: HashSet<(LayerId, &'c str)>,
    taken: HashSet<(LayerId, &'c str)>,
}

impl<'c> Keys<'c> {
    pub(super) fn of(changes: &'c [RowChange]) -> Self {
        let mut keys = Keys { brought: HashSet::new(), taken: HashSet::new() };
        for change in changes {
            match change {
                RowChange::Insert { layer, row, .. } => keys.brought.insert((*layer, row.key(layer.layer()))),
                RowChange::Remove { layer, row, .. } => keys.taken.insert((*layer, row.key(layer.layer()))),
                RowChange::Update { .. } | RowChange::Plan { .. } => false,
            };
        }
        keys
    }

    fn stands(&self, city: &City, layer: LayerId, key: &str) -> bool {
        self.brought.contains(&(layer, key)) || (!self.taken.contains(&(layer, key)) && city.table(layer).row_of(key).is_some())
    }
}

/// The layer that a column refers to.
fn referred(column: &Column) -> Option<LayerId> {
    column.refers.as_deref().and_then(LayerId::parse)
}

/// Names the cells of a change that name a row which is not there. A cell that the change leaves as it was is not judged.
pub(super) fn missing(change: &RowChange, keys: &Keys<'_>, city: &City, faults: &mut Faults) {
    let (layer, before, after) = match change {
        RowChange::Insert { layer, row, .. } => (*layer, None, row),
        RowChange::Update { layer, before, after, .. } => (*layer, Some(before), after),
        RowChange::Remove { .. } | RowChange::Plan { .. } => return,
    };
    for (at, column) in layer.layer().columns.iter().enumerate() {
        let Some(other) = referred(column) else { continue };
        if before.is_some_and(|before| before.values[at] == after.values[at]) {
            continue;
        }
        if let Some(key) = named(after, at, column).into_iter().find(|key| !keys.stands(city, other, key)) {
            let (zh, en) = (&other.layer().zh, other.layer().en.to_lowercase());
            faults.add(&column.name, format!("没有{zh} {key}"), format!("there is no {en} {key}"));
        }
    }
}

/// The keys that a cell names: one, or each of a list.
fn named(row: &Row, at: usize, column: &Column) -> Vec<String> {
    let Some(text) = row.values[at].as_str() else { return Vec::new() };
    if column.kind == crate::domain::ColumnType::List {
        return serde_json::from_str(text).unwrap_or_default();
    }
    vec![text.to_owned()]
}

/// Refuses to take a row away that others still name.
pub(super) fn must_be_free(changes: &[RowChange], keys: &Keys<'_>, city: &City) -> Outcome<()> {
    for change in changes {
        let RowChange::Remove { layer, row, .. } = change else { continue };
        let key = row.key(layer.layer());
        if rules_of(*layer).is_none() || keys.brought.contains(&(*layer, key)) {
            continue;
        }
        if let Some((other, user)) = user_of(*layer, key, changes, keys, city) {
            let (zh, en) = (&other.layer().zh, other.layer().en.to_lowercase());
            return Err(Fault::new(
                FaultKind::Conflict,
                "still_named",
                format!("{key} 仍被{zh} {user} 引用，不能删除"),
                format!("{key} is still named by the {en} {user}, so it cannot be deleted"),
            )
            .at(key)
            .help("先删除或改动引用它的行", "delete or change the rows that name it first"));
        }
    }
    Ok(())
}

/// A row that names `key` once the changes are done.
fn user_of(layer: LayerId, key: &str, changes: &[RowChange], keys: &Keys<'_>, city: &City) -> Option<(LayerId, String)> {
    for other in LayerId::ALL {
        for (at, column) in dictionary().layers[other.index()].columns.iter().enumerate().filter(|(_, column)| referred(column) == Some(layer)) {
            let names = |row: &Row| named(row, at, column).iter().any(|own| own == key);
            let after = changes.iter().find_map(|change| match change {
                RowChange::Insert { layer, row, .. } | RowChange::Update { layer, after: row, .. } if *layer == other && names(row) => Some(row),
                _ => None,
            });
            if let Some(row) = after {
                return Some((other, row.key(other.layer()).to_owned()));
            }
            let table = city.table(other);
            let changed = |own: &str| {
                keys.taken.contains(&(other, own))
                    || changes
                        .iter()
                        .any(|change| matches!(change, RowChange::Update { layer, after, .. } if *layer == other && after.key(layer.layer()) == own))
            };
            let stands = (0..table.len()).find(|row| names(&table.row(*row)) && !changed(table.key(*row)));
            if let Some(row) = stands {
                return Some((other, table.key(row).to_owned()));
            }
        }
    }
    None
}
