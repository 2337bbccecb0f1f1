//! The cells of an XLSX sheet, one by one: a sheet that says that it is a million rows long and sixteen thousand columns wide takes the room
//! of the cells that it has.

use super::limits::{Limits, exceeded};
use super::sheet::{oddity, value};
use super::sheet_layout::column_letters;
use super::table::GridRow;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use calamine::{Data, DataRef, XlsxCellReader};
use std::io::{Read, Seek};

/// Rows from the first that is filled to the last, and the first filled column; cells begin there.
pub(super) struct Cells {
    pub rows: Vec<GridRow>,
    pub first_row: usize,
    pub first_column: usize,
}

pub(super) fn read<R: Read + Seek>(
    mut cells: XlsxCellReader<'_, R>,
    limits: &Limits,
    broken: impl Fn(&dyn std::fmt::Display) -> Fault,
) -> Outcome<Cells> {
    let mut rows: Vec<GridRow> = Vec::new();
    let (mut first_column, mut width, mut room) = (usize::MAX, 0, 0u64);
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        if matches!(cell.get_value(), DataRef::Empty) {
            continue;
        }
        let (row, column) = cell.get_position();
        let (number, column) = (u64::from(row) + 1, column as usize);
        let at = || format!("{}{number}", column_letters(column));
        if column >= limits.fields {
            return Err(exceeded("表格的列数", "the number of columns", column as u64 + 1, limits.fields as u64).at(at()));
        }
        let data = Data::from(cell.get_value().clone());
        if let Data::String(text) = &data
            && text.len() > limits.cell_bytes
        {
            return Err(limits.cell_too_long(text.len() as u64).at(at()));
        }
        if rows.last().is_none_or(|last| last.number != number) {
            limits.hold_rows(rows.len() as u64 + 1)?;
            rows.push(GridRow { number, values: Vec::new(), odd: Vec::new() });
        }
        let Some(last) = rows.last_mut() else { continue };
        if last.values.len() <= column {
            room += (column + 1 - last.values.len()) as u64;
            if room > limits.cells {
                return Err(exceeded("单元格数", "the number of cells", room, limits.cells).at(at()));
            }
            last.values.resize(column + 1, Value::Null);
        }
        last.odd.extend(oddity(&data).map(|odd| (column, odd)));
        last.values[column] = value(&data);
        (first_column, width) = (first_column.min(column), width.max(column + 1));
    }
    let first_column = first_column.min(width);
    let (rows, first_row) = dense(in_order(rows), first_column, width, limits)?;
    Ok(Cells { rows, first_row, first_column })
}

/// Cells of a damaged or hand-made sheet may come in any order.
fn in_order(mut rows: Vec<GridRow>) -> Vec<GridRow> {
    if rows.is_sorted_by(|before, row| before.number < row.number) {
        return rows;
    }
    rows.sort_by_key(|row| row.number);
    rows.dedup_by(|later, kept| {
        let same = later.number == kept.number;
        if same {
            kept.values.resize(kept.values.len().max(later.values.len()), Value::Null);
            for (own, other) in kept.values.iter_mut().zip(later.values.drain(..)).filter(|(_, other)| !other.is_null()) {
                *own = other;
            }
            kept.odd.append(&mut later.odd);
        }
        same
    });
    rows
}

/// Puts in the rows between, which have no cells, and gives each filled one its full width.
fn dense(rows: Vec<GridRow>, first_column: usize, width: usize, limits: &Limits) -> Outcome<(Vec<GridRow>, usize)> {
    let Some((first, last)) = rows.first().zip(rows.last()).map(|(first, last)| (first.number, last.number)) else { return Ok((rows, 0)) };
    limits.hold_rows(last - first + 1)?;
    limits.hold_cells(rows.len() as u64, width - first_column)?;
    let mut all: Vec<GridRow> = Vec::with_capacity((last - first + 1) as usize);
    for mut row in rows {
        let next = first + all.len() as u64;
        all.extend((next..row.number).map(|number| GridRow { number, values: Vec::new(), odd: Vec::new() }));
        row.values.resize(width, Value::Null);
        row.values.drain(..first_column);
        row.odd.iter_mut().for_each(|(column, _)| *column -= first_column);
        all.push(row);
    }
    Ok((all, first as usize - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, values: &[(usize, i64)]) -> GridRow {
        let mut row = GridRow { number, values: Vec::new(), odd: Vec::new() };
        for (column, value) in values {
            row.values.resize(row.values.len().max(column + 1), Value::Null);
            row.values[*column] = Value::Integer(*value);
        }
        row
    }

    #[test]
    fn rows_come_in_order_whole_and_with_those_between() {
        let rows = in_order(vec![row(7, &[(2, 5)]), row(4, &[(2, 1)]), row(7, &[(3, 6)])]);
        let (rows, first) = dense(rows, 2, 4, &Limits::default()).unwrap();
        let told: Vec<(u64, Vec<Option<i64>>)> = rows.iter().map(|row| (row.number, row.values.iter().map(Value::as_i64).collect())).collect();
        assert_eq!(told, [(4, vec![Some(1), None]), (5, vec![]), (6, vec![]), (7, vec![Some(5), Some(6)])]);
        assert_eq!(first, 3);
        let far = vec![row(1, &[(0, 1)]), row(5_000_001, &[(0, 1)])];
        assert_eq!(dense(far, 0, 1, &Limits::default()).map(|_| ()).unwrap_err().code, "limit_exceeded");
    }
}
