//! Up to 1,024 cells of one column, as flat as their values allow.

use super::blocks::BLOCK;
use crate::domain::ColumnType;
use crate::domain::row::CellRef;
use std::collections::HashMap;

/// "No text" in [`Block::Text`].
pub(super) const NO_TEXT: u16 = u16::MAX;

/// Up to [`BLOCK`] cells.
#[derive(Clone, Debug)]
pub(super) enum Block {
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
pub(super) struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.bytes[start..self.ends[index] as usize]
    }

    pub(super) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
    }

    /// The place of a text. Lengths are compared first: of many texts few are as long.
    fn position(&self, text: &str) -> Option<usize> {
        let (bytes, wanted) = (self.bytes.as_bytes(), text.as_bytes());
        let mut start = 0;
        self.ends.iter().position(|end| {
            let own = start..*end as usize;
            start = own.end;
            own.len() == wanted.len() && bytes[own] == *wanted
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }
}

impl Block {
    pub(super) fn len(&self) -> usize {
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

    pub(super) fn cell(&self, at: usize) -> CellRef<'_> {
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

    pub(super) fn bytes(&self) -> usize {
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
pub(super) type Known = HashMap<Box<str>, u16>;

impl Block {
    pub(super) fn new(unique: bool) -> Self {
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

    pub(super) fn push(&mut self, kind: ColumnType, cell: CellRef<'_>, known: &mut Known) {
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
    pub(super) fn set(&mut self, at: usize, cell: CellRef<'_>) -> bool {
        match (self, cell) {
            (Block::Null(_), CellRef::Null) => {}
            (Block::Null(_) | Block::Unique(_), _) => return false,
            (Block::Text { index, .. }, CellRef::Null) => index[at] = NO_TEXT,
            (Block::Text { texts, index }, CellRef::Text(text)) => {
                // Texts that no row has any more stay until they are as many as the rows.
                let known = texts.position(text);
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
    pub(super) fn with(&self, kind: ColumnType, at: usize, value: CellRef<'_>) -> Block {
        let mut made = Block::new(matches!(self, Block::Unique(_)));
        let mut known = HashMap::new();
        (0..self.len()).for_each(|row| made.push(kind, if row == at { value } else { self.cell(row) }, &mut known));
        made
    }

    pub(super) fn shrink(mut self) -> Self {
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
        CellRef::Real(number) => number + 0.0,
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
    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

fn number_of(texts: &mut Texts, known: &mut Known, text: &str) -> u16 {
    if texts.len() <= FEW {
        if let Some(id) = texts.position(text) {
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
