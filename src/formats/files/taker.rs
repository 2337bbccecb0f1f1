//! Who takes the rows of a file while it is read, and says when to stop.

use super::limits::{Limits, exceeded};
use super::read::{ReadOptions, cancelled};
use super::source::{Progress, RawGeometry, SourceRow};
use crate::domain::Value;
use crate::domain::fault::Outcome;

/// Takes a block of rows away; what it leaves behind goes into the table.
pub(crate) type Blocks<'a> = &'a dyn Fn(&mut Vec<SourceRow>) -> Outcome<()>;

/// The one who waits for a file's rows.
#[derive(Clone, Copy)]
pub(crate) struct Taker<'a> {
    pub progress: Progress<'a>,
    /// Rows go there in blocks as they are read, so that no file stands in memory twice; without it they gather in the table.
    pub blocks: Option<Blocks<'a>>,
}

/// Rows of a block.
const BLOCK: usize = 512;

impl<'a> Taker<'a> {
    /// The same, for a reader that must see all rows before it lets one go.
    pub(super) fn gathering(&self) -> Taker<'a> {
        Taker { blocks: None, ..*self }
    }

    /// Reports every 1 000 rows and ends the reading when told so.
    pub(super) fn step(&self, rows: usize, total: Option<u64>) -> Outcome<()> {
        if rows.is_multiple_of(1000) && !(self.progress)(rows as u64, total) {
            return Err(cancelled());
        }
        Ok(())
    }
}

/// The rows of a layer, one by one.
pub(super) struct Rows<'a> {
    taker: &'a Taker<'a>,
    options: &'a ReadOptions<'a>,
    total: Option<u64>,
    kept: Vec<SourceRow>,
    count: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn new(taker: &'a Taker<'a>, options: &'a ReadOptions<'a>, total: Option<u64>) -> Self {
        Rows { taker, options, total, kept: Vec::new(), count: 0 }
    }

    /// Rows so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Bounds of the file.
    pub(super) fn limits(&self) -> &'a Limits {
        self.options.limits
    }

    /// Takes a row in, within the bounds.
    pub(super) fn push(&mut self, row: SourceRow) -> Outcome<()> {
        bound_row(self.count, row.geometry.as_ref(), self.options)?;
        self.count += 1;
        self.kept.push(row);
        if let Some(take) = self.taker.blocks.filter(|_| self.kept.len() >= BLOCK) {
            take(&mut self.kept)?;
        }
        self.taker.step(self.count, self.total)
    }

    /// Those that nobody took away.
    pub(super) fn rest(self) -> Vec<SourceRow> {
        self.kept
    }
}

/// Refuses the row that goes beyond a bound.
pub(super) fn bound_row(rows_so_far: usize, geometry: Option<&RawGeometry>, options: &ReadOptions<'_>) -> Outcome<()> {
    if rows_so_far as u64 >= options.limits.rows {
        return Err(exceeded("行数", "the number of rows", rows_so_far as u64 + 1, options.limits.rows));
    }
    let vertices = geometry.map_or(0, |geometry| geometry.shape.vertices());
    if vertices > options.limits.vertices_per_row {
        return Err(options.limits.too_many_vertices(vertices as u64).at(format!("row {}", rows_so_far + 1)));
    }
    Ok(())
}

/// Fields may turn up late in a file: rows before them have no value there.
pub(super) fn full_width(mut rows: Vec<SourceRow>, width: usize) -> Vec<SourceRow> {
    rows.iter_mut().for_each(|row| row.values.resize(width, Value::Null));
    rows
}
