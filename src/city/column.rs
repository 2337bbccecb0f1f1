//! Columns of a table, each as flat as its values allow.

use crate::domain::row::CellRef;
use crate::domain::{ColumnType, Value};
use std::collections::HashMap;

/// "No text" in [`Column::Text`].
const NO_TEXT: u32 = u32::MAX;

/// One column over all rows of a table.
#[derive(Debug)]
pub enum Column {
    /// Texts that repeat (codes, names of districts, dates): each distinct text once. `u32::MAX` is null.
    Text { texts: Vec<Box<str>>, index: Vec<u32> },
    /// Texts that do not repeat (keys): one run of bytes. An empty text is null.
    Unique { bytes: String, ends: Vec<u32> },
    /// NaN is null.
    Real(Vec<f64>),
    /// `i32::MIN` is null.
    Integer(Vec<i32>),
    /// 0 no, 1 yes, 2 null.
    Boolean(Vec<u8>),
}

/// A distinct text's number, or none.
pub type TextId = Option<u32>;

impl Column {
    pub fn text(&self, row: usize) -> Option<&str> {
        match self {
            Column::Text { texts, index } => texts.get(index[row] as usize).map(AsRef::as_ref),
            Column::Unique { bytes, ends } => {
                let start = if row == 0 { 0 } else { ends[row - 1] as usize };
                Some(&bytes[start..ends[row] as usize]).filter(|text| !text.is_empty())
            }
            _ => None,
        }
    }

    /// The number of the row's text among the distinct texts.
    pub fn text_id(&self, row: usize) -> TextId {
        match self {
            Column::Text { index, .. } => Some(index[row]).filter(|id| *id != NO_TEXT),
            _ => None,
        }
    }

    /// The distinct texts of a repeating column.
    pub fn texts(&self) -> &[Box<str>] {
        match self {
            Column::Text { texts, .. } => texts,
            _ => &[],
        }
    }

    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Column::Real(values) => Some(values[row]).filter(|value| !value.is_nan()),
            Column::Integer(values) => Some(values[row]).filter(|value| *value != i32::MIN).map(f64::from),
            _ => None,
        }
    }

    pub fn flag(&self, row: usize) -> Option<bool> {
        match self {
            Column::Boolean(values) => [Some(false), Some(true), None][usize::from(values[row].min(2))],
            _ => None,
        }
    }

    pub fn is_null(&self, row: usize) -> bool {
        match self {
            Column::Text { index, .. } => index[row] == NO_TEXT,
            Column::Unique { .. } => self.text(row).is_none(),
            Column::Real(_) | Column::Integer(_) => self.number(row).is_none(),
            Column::Boolean(_) => self.flag(row).is_none(),
        }
    }

    pub fn value(&self, row: usize) -> Value {
        match self {
            Column::Text { .. } | Column::Unique { .. } => self.text(row).into(),
            Column::Real(_) => self.number(row).into(),
            Column::Integer(_) => self.number(row).map(|number| number as i64).into(),
            Column::Boolean(_) => self.flag(row).into(),
        }
    }

    pub fn bytes(&self) -> usize {
        match self {
            Column::Text { texts, index } => texts.iter().map(|text| text.len() + 16).sum::<usize>() + index.capacity() * 4,
            Column::Unique { bytes, ends } => bytes.capacity() + ends.capacity() * 4,
            Column::Real(values) => values.capacity() * 8,
            Column::Integer(values) => values.capacity() * 4,
            Column::Boolean(values) => values.capacity(),
        }
    }
}

/// Fills a [`Column`] row by row.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    column: Column,
    known: HashMap<Box<str>, u32>,
}

impl ColumnBuilder {
    /// `unique` columns are stored without a table of distinct texts.
    pub(super) fn new(kind: ColumnType, unique: bool, rows: usize) -> Self {
        let column = match kind {
            ColumnType::Text if unique => Column::Unique { bytes: String::with_capacity(rows * 16), ends: Vec::with_capacity(rows) },
            ColumnType::Text | ColumnType::Date | ColumnType::List => Column::Text { texts: Vec::new(), index: Vec::with_capacity(rows) },
            ColumnType::Real => Column::Real(Vec::with_capacity(rows)),
            ColumnType::Integer => Column::Integer(Vec::with_capacity(rows)),
            ColumnType::Boolean => Column::Boolean(Vec::with_capacity(rows)),
        };
        ColumnBuilder { column, known: HashMap::new() }
    }

    pub(super) fn push(&mut self, cell: CellRef<'_>) {
        match &mut self.column {
            Column::Text { texts, index } => {
                let id = match cell {
                    CellRef::Text(text) => match self.known.get(text) {
                        Some(id) => *id,
                        None => {
                            let id = texts.len() as u32;
                            texts.push(text.into());
                            self.known.insert(text.into(), id);
                            id
                        }
                    },
                    _ => NO_TEXT,
                };
                index.push(id);
            }
            Column::Unique { bytes, ends } => {
                if let CellRef::Text(text) = cell {
                    bytes.push_str(text);
                }
                ends.push(bytes.len() as u32);
            }
            Column::Real(values) => values.push(match cell {
                CellRef::Real(number) => number,
                CellRef::Integer(number) => number as f64,
                _ => f64::NAN,
            }),
            Column::Integer(values) => values.push(match cell {
                CellRef::Integer(number) => i32::try_from(number).unwrap_or(i32::MIN),
                CellRef::Real(number) => number as i32,
                _ => i32::MIN,
            }),
            Column::Boolean(values) => values.push(match cell {
                CellRef::Integer(number) => u8::from(number != 0),
                _ => 2,
            }),
        }
    }

    pub(super) fn finish(self) -> Column {
        self.column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_stay_null_and_texts_are_kept_once() {
        let mut builder = ColumnBuilder::new(ColumnType::Text, false, 3);
        for cell in [CellRef::Text("宝安"), CellRef::Null, CellRef::Text("宝安")] {
            builder.push(cell);
        }
        let column = builder.finish();
        assert_eq!((column.text(0), column.text(1), column.text_id(2)), (Some("宝安"), None, Some(0)));
        assert_eq!(column.texts().len(), 1);

        let mut builder = ColumnBuilder::new(ColumnType::Real, false, 2);
        builder.push(CellRef::Null);
        builder.push(CellRef::Integer(3));
        let column = builder.finish();
        assert!(column.is_null(0) && column.value(0).is_null());
        assert_eq!(column.number(1), Some(3.0));
    }
}
