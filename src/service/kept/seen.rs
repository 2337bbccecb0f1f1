//! Who sees which rows of a table that people keep. Of all other layers everybody sees every row here; their rights stand in `items`.

use super::{KeptTable, rules_of};
use crate::city::{City, Table};
use crate::domain::{LayerId, Row};
use crate::service::Viewer;

/// Whether a layer has rows that some do not see.
pub fn hides_rows(layer: LayerId) -> bool {
    rules_of(layer).is_some_and(KeptTable::hides)
}

/// Whether a viewer sees a row.
pub fn sees(city: &City, viewer: &Viewer, layer: LayerId, row: &Row) -> bool {
    rules_of(layer).filter(|rules| rules.hides()).is_none_or(|rules| rules.sees(city, viewer, row))
}

/// Whether a viewer sees a row of a table.
pub fn sees_at(city: &City, viewer: &Viewer, table: &Table, row: usize) -> bool {
    rules_of(table.id()).filter(|rules| rules.hides()).is_none_or(|rules| rules.sees(city, viewer, &table.row(row)))
}

/// Whether a viewer sees the private columns of the rows that he sees.
pub fn sees_private(viewer: &Viewer, layer: LayerId) -> bool {
    rules_of(layer).map_or_else(|| viewer.sees_private(layer.name()), |rules| rules.sees_private(viewer))
}

/// Leaves the rows that a viewer sees.
pub fn keep_seen(city: &City, viewer: &Viewer, table: &Table, rows: &mut Vec<u32>) {
    if let Some(rules) = rules_of(table.id()).filter(|rules| rules.hides()) {
        rows.retain(|row| rules.sees(city, viewer, &table.row(*row as usize)));
    }
}

/// All rows that a viewer sees; none where everybody sees the whole table.
pub fn visible_rows(city: &City, viewer: &Viewer, table: &Table) -> Option<Vec<u32>> {
    rules_of(table.id()).filter(|rules| rules.hides())?;
    let mut rows = (0..table.len() as u32).collect();
    keep_seen(city, viewer, table, &mut rows);
    Some(rows)
}
