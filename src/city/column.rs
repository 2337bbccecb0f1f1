//! Columns of a table, in shared blocks, each block as flat as its values allow.

use super::blocks::BLOCK;
use super::edit::cell;
use crate::domain::row::CellRef;
use crate::domain::{ColumnType, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// "No text" in [`Block::Text`].
const NO_TEXT: u16 = u16::MAX;

/// One column over all rows of a table.
#[derive(Clone, Debug)]
pub struct Column {
    kind: ColumnType,
    unique: bool,
    /// All full but the last.
    blocks: Arc<Vec<Arc<Block>>>,
    len: usize,
}

/// Up to [`BLOCK`] cells.
#[derive(Clone, Debug)]
enum Block {
    /// Nothing but nulls.
    Null(usize),
    /// Texts that repeat (codes, names of districts, dates): each distinct text of the block once. `u16::MAX` is null.
    Text { texts: Texts, index: Vec<u16> },
    /// Texts that do not repeat (keys). An empty text is null.
    Unique(Texts),
    /// NaN is null.
    Real(Vec<f64>),
    /// `i32::MIN` is null.
    Integer(Vec<i32>),
    /// Whole numbers of which one needs more room. `i64::MIN` is null.
    Long(Vec<i64>),
    /// 0 no, 1 yes, 2 null.
    Boolean(Vec<u8>),
}

/// Texts in one run of bytes.
#[derive(Clone, Debug, Default)]
struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.bytes[start..self.ends[index] as usize]
    }

    fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
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
        if !block.set(row % BLOCK, cell(value)) {
            *block = block.with(self.kind, row % BLOCK, cell(value));
        }
    }

    pub fn push(&mut self, value: CellRef<'_>) {
        let blocks = Arc::make_mut(&mut self.blocks);
        if self.len % BLOCK == 0 {
            blocks.push(Arc::new(Block::new(self.unique)));
        }
        if let Some(last) = blocks.last_mut() {
            Arc::make_mut(last).push(self.kind, value, &mut HashMap::new());
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
        if count % BLOCK != 0 {
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

impl Block {
    fn len(&self) -> usize {
        match self {
            Block::Null(count) => *count,
            Block::Text { index, .. } => index.len(),
            Block::Unique(texts) => texts.len(),
            Block::Real(values) => values.len(),
            Block::Integer(values) => values.len(),
            Block::Long(values) => values.len(),
            Block::Boolean(values) => values.len(),
        }
    }

    fn cell(&self, at: usize) -> CellRef<'_> {
        match self {
            Block::Null(_) => CellRef::Null,
            Block::Text { index, .. } if index[at] == NO_TEXT => CellRef::Null,
            Block::Text { texts, index } => CellRef::Text(texts.get(usize::from(index[at]))),
            Block::Unique(texts) if texts.get(at).is_empty() => CellRef::Null,
            Block::Unique(texts) => CellRef::Text(texts.get(at)),
            Block::Real(values) if values[at].is_nan() => CellRef::Null,
            Block::Real(values) => CellRef::Real(values[at]),
            Block::Integer(values) if values[at] == i32::MIN => CellRef::Null,
            Block::Integer(values) => CellRef::Integer(i64::from(values[at])),
            Block::Long(values) if values[at] == i64::MIN => CellRef::Null,
            Block::Long(values) => CellRef::Integer(values[at]),
            Block::Boolean(values) if values[at] > 1 => CellRef::Null,
            Block::Boolean(values) => CellRef::Integer(i64::from(values[at])),
        }
    }

    fn bytes(&self) -> usize {
        let of = |texts: &Texts| texts.bytes.capacity() + texts.ends.capacity() * 4;
        match self {
            Block::Null(_) => 0,
            Block::Text { texts, index } => of(texts) + index.capacity() * 2,
            Block::Unique(texts) => of(texts),
            Block::Real(values) => values.capacity() * 8,
            Block::Integer(values) => values.capacity() * 4,
            Block::Long(values) => values.capacity() * 8,
            Block::Boolean(values) => values.capacity(),
        }
    }
}

/// Distinct texts that are looked for one by one before a table of them pays.
const FEW: usize = 8;
/// Numbers of a block's distinct texts, where a builder keeps them.
type Known = HashMap<Box<str>, u16>;

impl Block {
    fn new(unique: bool) -> Self {
        if unique { Block::Unique(Texts::default()) } else { Block::Null(0) }
    }

    /// A block of `count` nulls that can take the values of a type.
    fn nulls(kind: ColumnType, count: usize) -> Self {
        match kind {
            ColumnType::Text | ColumnType::Date | ColumnType::List => Block::Text { texts: Texts::default(), index: vec![NO_TEXT; count] },
            ColumnType::Real => Block::Real(vec![f64::NAN; count]),
            ColumnType::Integer => Block::Integer(vec![i32::MIN; count]),
            ColumnType::Boolean => Block::Boolean(vec![2; count]),
        }
    }

    fn push(&mut self, kind: ColumnType, cell: CellRef<'_>, known: &mut Known) {
        match self {
            Block::Null(count) if cell == CellRef::Null => *count += 1,
            Block::Null(count) => {
                *self = Block::nulls(kind, *count);
                self.push(kind, cell, known);
            }
            Block::Text { texts, index } => index.push(match cell {
                CellRef::Text(text) => number_of(texts, known, text),
                _ => NO_TEXT,
            }),
            Block::Unique(texts) => texts.push(if let CellRef::Text(text) = cell { text } else { "" }),
            Block::Real(values) => values.push(real(cell)),
            Block::Integer(values) => match small(cell) {
                Some(number) => values.push(number),
                None => {
                    let mut wide: Vec<i64> = values.iter().map(|value| if *value == i32::MIN { i64::MIN } else { i64::from(*value) }).collect();
                    wide.push(long(cell));
                    *self = Block::Long(wide);
                }
            },
            Block::Long(values) => values.push(long(cell)),
            Block::Boolean(values) => values.push(flag(cell)),
        }
    }

    /// Changes a cell in place; `false` where the block's form has no room for the value.
    fn set(&mut self, at: usize, cell: CellRef<'_>) -> bool {
        match (self, cell) {
            (Block::Null(_), CellRef::Null) => {}
            (Block::Null(_) | Block::Unique(_), _) => return false,
            (Block::Text { index, .. }, CellRef::Null) => index[at] = NO_TEXT,
            (Block::Text { texts, index }, CellRef::Text(text)) => {
                // Texts that no row has any more stay until they are as many as the rows.
                let known = texts.iter().position(|known| known == text);
                index[at] = match known {
                    Some(id) => id as u16,
                    None if texts.len() >= 2 * BLOCK => return false,
                    None => {
                        texts.push(text);
                        (texts.len() - 1) as u16
                    }
                };
            }
            (Block::Text { index, .. }, _) => index[at] = NO_TEXT,
            (Block::Real(values), _) => values[at] = real(cell),
            (Block::Integer(values), _) => match small(cell) {
                Some(number) => values[at] = number,
                None => return false,
            },
            (Block::Long(values), _) => values[at] = long(cell),
            (Block::Boolean(values), _) => values[at] = flag(cell),
        }
        true
    }

    /// The block made anew with another cell.
    fn with(&self, kind: ColumnType, at: usize, value: CellRef<'_>) -> Block {
        let mut made = Block::new(matches!(self, Block::Unique(_)));
        let mut known = HashMap::new();
        (0..self.len()).for_each(|row| made.push(kind, if row == at { value } else { self.cell(row) }, &mut known));
        made
    }

    fn shrink(mut self) -> Self {
        match &mut self {
            Block::Text { texts, index } => {
                texts.shrink();
                index.shrink_to_fit();
            }
            Block::Unique(texts) => texts.shrink(),
            Block::Real(values) => values.shrink_to_fit(),
            Block::Integer(values) => values.shrink_to_fit(),
            Block::Long(values) => values.shrink_to_fit(),
            Block::Boolean(values) => values.shrink_to_fit(),
            Block::Null(_) => {}
        }
        self
    }
}

fn real(cell: CellRef<'_>) -> f64 {
    match cell {
        CellRef::Real(number) => number,
        CellRef::Integer(number) => number as f64,
        _ => f64::NAN,
    }
}

fn long(cell: CellRef<'_>) -> i64 {
    match cell {
        CellRef::Integer(number) => number,
        CellRef::Real(number) => number as i64,
        _ => i64::MIN,
    }
}

/// The number if it fits 32 bits; a null does.
fn small(cell: CellRef<'_>) -> Option<i32> {
    match cell {
        CellRef::Integer(_) | CellRef::Real(_) => i32::try_from(long(cell)).ok().filter(|number| *number != i32::MIN),
        _ => Some(i32::MIN),
    }
}

fn flag(cell: CellRef<'_>) -> u8 {
    match cell {
        CellRef::Integer(number) => u8::from(number != 0),
        _ => 2,
    }
}

impl Texts {
    fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

fn number_of(texts: &mut Texts, known: &mut Known, text: &str) -> u16 {
    if texts.len() <= FEW {
        if let Some(id) = texts.iter().position(|other| other == text) {
            return id as u16;
        }
    } else {
        if known.is_empty() {
            known.extend(texts.iter().enumerate().map(|(id, text)| (Box::from(text), id as u16)));
        }
        if let Some(id) = known.get(text) {
            return *id;
        }
    }
    let id = texts.len() as u16;
    texts.push(text);
    if !known.is_empty() {
        known.insert(text.into(), id);
    }
    id
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
        cells.iter().for_each(|value| builder.push(cell(value)));
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
            _ => (at % 2 == 0).into(),
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
            second.push(cell(&value(kind, 12)));
            let read = |column: &Column| (0..column.len()).map(|row| column.value(row)).collect::<Vec<_>>();
            assert_eq!(read(&second), expected);
            assert_eq!(first.value(1500), value(kind, 1500));
            assert!(Arc::ptr_eq(&first.blocks[1], &first.clone().blocks[1]) && !Arc::ptr_eq(&first.blocks[1], &second.blocks[1]));
            second.truncate(1030);
            assert_eq!(read(&second), expected[..1030]);
        }
    }
}
