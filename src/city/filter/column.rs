//! What a filter asks of a table's columns: the only file of the filter that knows how they keep their values.

use super::super::column::Column;
use super::super::cql2::{Comparison, Number};
use super::text::{TextTest, holds};
use crate::domain::ColumnType;

/// A column by its name and type.
#[derive(Clone, Copy)]
pub(super) struct Cells<'t> {
    pub(super) name: &'t str,
    pub(super) kind: ColumnType,
    column: &'t Column,
}

impl<'t> Cells<'t> {
    pub(super) fn new(name: &'t str, kind: ColumnType, column: &'t Column) -> Self {
        Cells { name, kind, column }
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        self.column.is_null(row)
    }

    pub(super) fn text(&self, row: usize) -> Option<&'t str> {
        self.column.text(row)
    }

    pub(super) fn number(&self, row: usize) -> Option<f64> {
        self.column.number(row)
    }

    /// A cell of an integer column, exact.
    pub(super) fn integer(&self, row: usize) -> Option<i64> {
        self.column.integer(row)
    }

    pub(super) fn flag(&self, row: usize) -> Option<bool> {
        self.column.flag(row)
    }
}

/// A test of a text column. Texts that repeat are tested once in each block, when the filter is made.
pub(super) struct Texts<'t> {
    column: &'t Column,
    test: TextTest,
    /// By block and by number in the block; none when the texts do not repeat.
    distinct: Option<Vec<Box<[Option<bool>]>>>,
}

impl<'t> Texts<'t> {
    pub(super) fn new(cells: Cells<'t>, test: TextTest) -> Self {
        let column = cells.column;
        let block = |block| column.block_texts(block).map(|text| test.passes(text)).collect();
        let distinct = column.repeats().then(|| (0..column.block_count()).map(block).collect());
        Texts { column, test, distinct }
    }

    pub(super) fn passes(&self, row: usize) -> Option<bool> {
        match &self.distinct {
            Some(distinct) => self.column.text_place(row).and_then(|(block, id)| distinct[block][id]),
            None => self.column.text(row).and_then(|text| self.test.passes(text)),
        }
    }
}

/// A test of a number column against numbers that a person wrote.
pub(super) enum NumberTest {
    Compare(Comparison, Number),
    /// Sorted by value.
    In(Vec<Number>),
}

impl NumberTest {
    pub(super) fn one_of(mut numbers: Vec<Number>) -> Self {
        numbers.sort_by(|a, b| a.value().total_cmp(&b.value()));
        NumberTest::In(numbers)
    }

    pub(super) fn passes(&self, cells: &Cells<'_>, row: usize) -> Option<bool> {
        if cells.kind == ColumnType::Integer {
            let mine = cells.integer(row)?;
            return Some(match self {
                NumberTest::Compare(comparison, number) => holds(*comparison, &number.order_of(mine), &std::cmp::Ordering::Equal),
                NumberTest::In(numbers) => near(numbers, mine as f64).any(|number| number.order_of(mine).is_eq()),
            });
        }
        let mine = cells.number(row)?;
        Some(match self {
            NumberTest::Compare(comparison, number) => holds(*comparison, &mine, &number.value()),
            NumberTest::In(numbers) => near(numbers, mine).next().is_some(),
        })
    }
}

/// The numbers of a sorted list that a double cannot tell from `value`.
fn near(numbers: &[Number], value: f64) -> impl Iterator<Item = &Number> {
    let from = numbers.partition_point(|number| number.value() < value);
    numbers[from..].iter().take_while(move |number| number.value() <= value)
}
