//! The next table: changed cells, moved shapes, rows that came and went.

use super::block::Known;
use super::boxes::Boxes;
use super::keys::Keys;
use super::table::{Table, key_of};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, Row};
use crate::spatial::bounds;
use geo_types::Rect;
use std::collections::BTreeMap;

/// What became of a table.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// Box of all shapes that changed, before and after; none where none did.
    pub bounds: Option<Rect<f64>>,
    /// Whether row numbers mean other rows than before: something was removed, or put in between.
    pub renumbered: bool,
}

/// A table being changed; [`TableEdit::finish`] settles its indexes once for all changes.
pub(super) struct TableEdit {
    table: Table,
    /// Numbers of the texts of each column's last block, while rows are appended.
    known: Vec<Known>,
    moved: Vec<(u32, Option<Rect<f64>>)>,
    effect: Effect,
}

fn inconsistent(layer: LayerId, fid: i64, what: &str) -> Fault {
    Fault::internal("row_change", format!("{} {fid}: {what}", layer.name()))
}

impl TableEdit {
    /// Takes a table for changing. What other copies share with it is copied, block by block; what only it holds is changed in place.
    pub(super) fn of(table: Table) -> Self {
        TableEdit { known: vec![Known::new(); table.columns.len()], table, moved: Vec::new(), effect: Effect::default() }
    }

    fn touch(&mut self, bounds: Option<Rect<f64>>) {
        self.effect.bounds = [self.effect.bounds, bounds].into_iter().flatten().reduce(bounds::union);
    }

    /// Gives a row other values, and another shape where it differs.
    pub(super) fn update(&mut self, fid: i64, before: &Row, after: &Row) -> Outcome<()> {
        let id = self.table.id;
        let row = self.table.row_of_fid(fid).ok_or_else(|| inconsistent(id, fid, "no such row"))?;
        for ((column, known), (old, new)) in self.table.columns.iter_mut().zip(&mut self.known).zip(before.values.iter().zip(&after.values)) {
            if old != new {
                column.set(row, new);
                known.clear();
            }
        }
        if before.geometry != after.geometry {
            let old = self.table.shapes.bounds(row);
            self.table.shapes.replace(row, after.geometry.as_ref());
            let new = self.table.shapes.bounds(row);
            self.moved.push((row as u32, new));
            self.touch(old);
            self.touch(new);
        } else if id.layer().is_spatial() {
            self.touch(self.table.shapes.bounds(row));
        }
        Ok(())
    }

    /// Takes a new row. At the end this costs one block; in between, all rows behind it are moved.
    pub(super) fn insert(&mut self, fid: i64, row: &Row) -> Outcome<()> {
        if fid >= self.table.next_fid() {
            self.append(fid, row);
            return Ok(());
        }
        let id = self.table.id;
        if self.table.row_of_fid(fid).is_some() {
            return Err(inconsistent(id, fid, "the row is there already"));
        }
        self.rebuild_from(fid, |rows| {
            rows.insert(fid, row.clone());
        });
        Ok(())
    }

    pub(super) fn remove(&mut self, fid: i64) -> Outcome<()> {
        let id = self.table.id;
        let row = self.table.row_of_fid(fid).ok_or_else(|| inconsistent(id, fid, "no such row"))?;
        self.touch(self.table.shapes.len().checked_sub(row + 1).and_then(|_| self.table.shapes.bounds(row)));
        self.rebuild_from(fid, |rows| {
            rows.remove(&fid);
        });
        Ok(())
    }

    fn append(&mut self, fid: i64, row: &Row) {
        let table = &mut self.table;
        let at = table.fids.len() as u32;
        table.fids.push(fid);
        for ((column, known), value) in table.columns.iter_mut().zip(&mut self.known).zip(&row.values) {
            column.push(value.into(), known);
        }
        if table.id.layer().is_spatial() {
            table.shapes.push(row.geometry.as_ref());
        }
        if !self.effect.renumbered {
            let (columns, id) = (&table.columns, table.id);
            table.keys.push(at, |row| key_of(columns, id, row as usize));
            if let Some(own) = table.id.layer().is_spatial().then(|| table.shapes.bounds(at as usize)).flatten() {
                self.moved.push((at, Some(own)));
            }
        }
        let own = self.table.id.layer().is_spatial().then(|| self.table.shapes.bounds(at as usize)).flatten();
        self.touch(own);
    }

    fn truncate(&mut self, count: usize) {
        let table = &mut self.table;
        table.fids.truncate(count);
        table.columns.iter_mut().for_each(|column| column.truncate(count));
        self.known.iter_mut().for_each(Known::clear);
        if table.id.layer().is_spatial() {
            table.shapes.truncate(count);
        }
        self.effect.renumbered = true;
    }

    /// Takes up all rows from `fid` on, lets them be changed, and lays them down again.
    fn rebuild_from(&mut self, fid: i64, change: impl FnOnce(&mut BTreeMap<i64, Row>)) {
        let first = (0..self.table.len()).rev().take_while(|row| self.table.fid(*row) >= fid).last().unwrap_or(self.table.len());
        let mut rows: BTreeMap<i64, Row> = (first..self.table.len()).map(|row| (self.table.fid(row), self.table.row(row))).collect();
        change(&mut rows);
        self.truncate(first);
        for (fid, row) in rows {
            self.append(fid, &row);
        }
    }

    /// The table with its indexes, and what became of it.
    pub(super) fn finish(mut self) -> (Table, Effect) {
        let table = &mut self.table;
        if self.effect.renumbered {
            let boxes = table.boxes();
            table.index = Boxes::build(&boxes);
            let (columns, id) = (&table.columns, table.id);
            table.keys = Keys::build(table.fids.len(), |row| key_of(columns, id, row as usize));
            table.extent = boxes.iter().map(|(_, own)| *own).reduce(bounds::union);
        } else if !self.moved.is_empty() {
            let shapes = &table.shapes;
            let all = || (0..shapes.len()).filter_map(|row| shapes.bounds(row).map(|own| (row as u32, own))).collect();
            table.index = table.index.with(&self.moved, all);
            let shrunk = self.effect.bounds.is_some_and(|changed| table.extent.is_some_and(|extent| !inside(extent, changed)));
            table.extent =
                if shrunk { table.boxes().into_iter().map(|(_, own)| own).reduce(bounds::union) } else { table.extent.or(self.effect.bounds) };
        }
        // Drawing positions of new shapes need knots around them.
        let covered = match (table.grid.get(), table.extent) {
            (Some(grid), Some(extent)) => bounds::holds(grid.extent(), extent),
            _ => true,
        };
        if !covered {
            table.grid = std::sync::OnceLock::new();
        }
        (self.table, self.effect)
    }
}

/// Whether a change at `changed` cannot have moved the border of `extent`.
fn inside(extent: Rect<f64>, changed: Rect<f64>) -> bool {
    extent.min().x < changed.min().x && extent.min().y < changed.min().y && changed.max().x < extent.max().x && changed.max().y < extent.max().y
}
