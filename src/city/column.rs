//! Columns of a table, in shared blocks, each block as flat as its values allow.

use super::block::{Block, Known, NO_TEXT, Texts};
use super::blocks::BLOCK;
use crate::domain::row::CellRef;
use crate::domain::{ColumnType, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// One column over all rows of a table.
#[derive(Clone, Debug)]
pub struct Column {
    kind: ColumnType,
    unique: bool,
    /// All full but the last.
    blocks: Arc<Vec<Arc<Block>>>,
    len: usize,
}

/// Where a repeating text stands: its block and its number among the block's distinct texts.
pub type TextPlace = (usize, usize);

impl Column {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn block(&self, row: usize) -> (&Block, usize) {
        (&self.blocks[row / BLOCK], row % BLOCK)
    }

    pub fn text(&self, row: usize) -> Option<&str> {
        match self.block(row) {
            (Block::Text { texts, index }, at) => Some(index[at]).filter(|id| *id != NO_TEXT).map(|id| texts.get(usize::from(id))),
            (Block::Unique(texts), at) => Some(texts.get(at)).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The place of the row's text among the distinct texts of its block; none for keys, nulls and other types.
    pub fn text_place(&self, row: usize) -> Option<TextPlace> {
        match self.block(row) {
            (Block::Text { index, .. }, at) => Some(index[at]).filter(|id| *id != NO_TEXT).map(|id| (row / BLOCK, usize::from(id))),
            _ => None,
        }
    }

    pub fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// The distinct texts of a block of a repeating column.
    pub fn block_texts(&self, block: usize) -> impl Iterator<Item = &str> {
        match &*self.blocks[block] {
            Block::Text { texts, .. } => Some(texts),
            _ => None,
        }
        .into_iter()
        .flat_map(Texts::iter)
    }

    /// The distinct texts of each block of a repeating column: the same text may come again from another block.
    pub fn distinct_texts(&self) -> impl Iterator<Item = &str> {
        (0..self.block_count()).flat_map(|block| self.block_texts(block))
    }

    /// Whether the texts of this column repeat, so that [`Column::text_place`] answers.
    pub fn repeats(&self) -> bool {
        !self.unique && matches!(self.kind, ColumnType::Text | ColumnType::Date | ColumnType::List)
    }

    pub fn kind(&self) -> ColumnType {
        self.kind
    }

    pub fn number(&self, row: usize) -> Option<f64> {
        match self.block(row) {
            (Block::Real(values), at) => Some(values[at]).filter(|value| !value.is_nan()),
            (Block::Integer(values), at) => Some(values[at]).filter(|value| *value != i32::MIN).map(f64::from),
            (Block::Long(values), at) => Some(values[at]).filter(|value| *value != i64::MIN).map(|value| value as f64),
            _ => None,
        }
    }

    /// A whole number, exactly.
    pub fn integer(&self, row: usize) -> Option<i64> {
        match self.block(row) {
            (Block::Integer(values), at) => Some(values[at]).filter(|value| *value != i32::MIN).map(i64::from),
            (Block::Long(values), at) => Some(values[at]).filter(|value| *value != i64::MIN),
            _ => None,
        }
    }

    pub fn flag(&self, row: usize) -> Option<bool> {
        match self.block(row) {
            (Block::Boolean(values), at) => [Some(false), Some(true), None][usize::from(values[at].min(2))],
            _ => None,
        }
    }

    pub fn is_null(&self, row: usize) -> bool {
        match self.block(row) {
            (Block::Null(_), _) => true,
            (Block::Text { index, .. }, at) => index[at] == NO_TEXT,
            (Block::Unique(texts), at) => texts.get(at).is_empty(),
            (Block::Real(values), at) => values[at].is_nan(),
            (Block::Integer(values), at) => values[at] == i32::MIN,
            (Block::Long(values), at) => values[at] == i64::MIN,
            (Block::Boolean(values), at) => values[at] > 1,
        }
    }

    pub fn value(&self, row: usize) -> Value {
        match self.block(row).0 {
            Block::Null(_) => Value::Null,
            Block::Text { .. } | Block::Unique(_) => self.text(row).into(),
            Block::Real(_) => self.number(row).into(),
            Block::Integer(_) | Block::Long(_) => self.integer(row).into(),
            Block::Boolean(_) => self.flag(row).into(),
        }
    }

    /// Gives one cell another value. The block is copied unless it is nobody else's.
    pub fn set(&mut self, row: usize, value: &Value) {
        let block = Arc::make_mut(&mut Arc::make_mut(&mut self.blocks)[row / BLOCK]);
        if !block.set(row % BLOCK, value.into()) {
            *block = block.with(self.kind, row % BLOCK, value.into());
        }
    }

    /// Appends a cell. `known` are the numbers of the last block's texts as far as the caller keeps them from one cell to the next; whoever
    /// changes the column otherwise in between empties it.
    pub(super) fn push(&mut self, value: CellRef<'_>, known: &mut Known) {
        let blocks = Arc::make_mut(&mut self.blocks);
        if self.len.is_multiple_of(BLOCK) {
            blocks.push(Arc::new(Block::new(self.unique)));
            known.clear();
        }
        if let Some(last) = blocks.last_mut() {
            Arc::make_mut(last).push(self.kind, value, known);
        }
        self.len += 1;
    }

    /// Keeps the first `count` cells.
    pub fn truncate(&mut self, count: usize) {
        let mut last = Block::new(self.unique);
        let mut known = HashMap::new();
        (count - count % BLOCK..count).for_each(|row| last.push(self.kind, self.blocks[row / BLOCK].cell(row % BLOCK), &mut known));
        let blocks = Arc::make_mut(&mut self.blocks);
        blocks.truncate(count / BLOCK);
        if !count.is_multiple_of(BLOCK) {
            blocks.push(Arc::new(last));
        }
        self.len = count;
    }

    /// Whether any row has a value.
    pub fn has_any(&self) -> bool {
        self.blocks.iter().any(|block| (0..block.len()).any(|at| block.cell(at) != CellRef::Null))
    }

    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.bytes() + size_of::<Block>() + 24).sum()
    }
}

/// Fills a [`Column`] row by row.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    kind: ColumnType,
    unique: bool,
    blocks: Vec<Arc<Block>>,
    open: Block,
    known: Known,
}

impl ColumnBuilder {
    /// `unique` columns are stored without a table of distinct texts.
    pub(super) fn new(kind: ColumnType, unique: bool) -> Self {
        ColumnBuilder { kind, unique, blocks: Vec::new(), open: Block::new(unique), known: HashMap::new() }
    }

    pub(super) fn push(&mut self, cell: CellRef<'_>) {
        self.open.push(self.kind, cell, &mut self.known);
        if self.open.len() == BLOCK {
            let full = std::mem::replace(&mut self.open, Block::new(self.unique));
            self.blocks.push(Arc::new(full.shrink()));
            self.known.clear();
        }
    }

    pub(super) fn finish(mut self) -> Column {
        let len = self.blocks.len() * BLOCK + self.open.len();
        if self.open.len() > 0 {
            self.blocks.push(Arc::new(self.open.shrink()));
        }
        Column { kind: self.kind, unique: self.unique, blocks: Arc::new(self.blocks), len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: ColumnType, unique: bool, cells: &[Value]) -> Column {
        let mut builder = ColumnBuilder::new(kind, unique);
        cells.iter().for_each(|value| builder.push(value.into()));
        builder.finish()
    }

    #[test]
    fn nulls_stay_null_and_texts_are_kept_once_a_block() {
        let texts = column(ColumnType::Text, false, &["宝安".into(), Value::Null, "宝安".into()]);
        assert_eq!((texts.text(0), texts.text(1), texts.text_place(2)), (Some("宝安"), None, Some((0, 0))));
        assert_eq!(texts.distinct_texts().collect::<Vec<_>>(), ["宝安"]);
        let reals = column(ColumnType::Real, false, &[Value::Null, Value::Integer(3)]);
        assert!(reals.is_null(0) && reals.value(0).is_null());
        assert_eq!(reals.number(1), Some(3.0));
    }

    #[test]
    fn whole_numbers_beyond_thirty_two_bits_stay_whole() {
        let mut numbers = column(ColumnType::Integer, false, &[Value::Integer(7), Value::Null, Value::Integer(9_007_199_254_740_993)]);
        assert_eq!([0, 1, 2].map(|row| numbers.integer(row)), [Some(7), None, Some(9_007_199_254_740_993)]);
        assert_eq!(numbers.value(2), Value::Integer(9_007_199_254_740_993));
        numbers.set(0, &Value::Integer(i64::from(i32::MIN)));
        assert_eq!((numbers.integer(0), numbers.is_null(1)), (Some(i64::from(i32::MIN)), true));
    }

    #[test]
    fn cells_that_are_set_pushed_and_cut_read_back() {
        let kinds = [ColumnType::Text, ColumnType::Real, ColumnType::Integer, ColumnType::Boolean];
        let value = |kind, at: usize| match (kind, at % 5) {
            (_, 0) => Value::Null,
            (ColumnType::Text, _) => format!("t{}", at % 700).into(),
            (ColumnType::Real, _) => (at as f64 / 3.0).into(),
            (ColumnType::Integer, _) => (at as i64).into(),
            _ => at.is_multiple_of(2).into(),
        };
        for kind in kinds {
            let mut expected: Vec<Value> = (0..2500).map(|at| value(kind, at)).collect();
            let first = column(kind, false, &expected);
            let mut second = first.clone();
            for (row, at) in [(0, 11), (1500, 3), (2499, 1300), (1499, 5)] {
                expected[row] = value(kind, at);
                second.set(row, &expected[row]);
            }
            expected.push(value(kind, 12));
            second.push((&value(kind, 12)).into(), &mut HashMap::new());
            let read = |column: &Column| (0..column.len()).map(|row| column.value(row)).collect::<Vec<_>>();
            assert_eq!(read(&second), expected);
            assert_eq!(first.value(1500), value(kind, 1500));
            assert!(Arc::ptr_eq(&first.blocks[1], &first.clone().blocks[1]) && !Arc::ptr_eq(&first.blocks[1], &second.blocks[1]));
            second.truncate(1030);
            assert_eq!(read(&second), expected[..1030]);
        }
    }
}
