//! Spreadsheets (XLSX, XLS, ODS): one sheet, header found, merged titles above it passed over.

use super::archive;
use super::gdal_layer::{layer_unknown, several_layers};
use super::read::{ReadOptions, file_name};
use super::sheet_cells::{self, Cells};
use super::sheet_layout::{self, Layout, Merged, column_letters};
use super::source::{Oddity, SourceNotice, Table};
use super::table::{Grid, GridRow, from_grid};
use super::taker::{Taker, bound_row};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use calamine::{Data, Range, Reader, Sheets, open_workbook_auto};
use serde_json::json;
use std::path::Path;

/// Spreadsheets keep 15 significant digits: the last ones of a longer whole number are noughts whatever was typed.
const LONGEST_WHOLE: f64 = 1e15;

pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let is_old = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xls"));
    if !is_old {
        archive::check(path, options.limits)?;
    }
    let broken = |error: &dyn std::fmt::Display| {
        Fault::bad("file_unreadable", format!("无法读取 {}：{error}", file_name(path)), format!("{} cannot be read: {error}", file_name(path)))
            .at(file_name(path))
    };
    let mut book = open_workbook_auto(path).map_err(|error| broken(&error))?;
    let name = choose_sheet(&book.sheet_names(), options)?;
    let layout = match &mut book {
        Sheets::Xlsx(_) => sheet_layout::read(path, &name)?,
        Sheets::Xls(book) => Layout { merged: merged(book.merge_cells_by_sheet_name(&name).ok()), ..Layout::default() },
        _ => Layout::default(),
    };
    let Cells { mut rows, first_row, first_column } = match &mut book {
        Sheets::Xlsx(book) => sheet_cells::read(book.worksheet_cells_reader(&name).map_err(|error| broken(&error))?, options.limits, broken)?,
        book => whole(&book.worksheet_range(&name).map_err(|error| broken(&error))?, options)?,
    };
    for (row, column, formula) in &layout.unsolved {
        let place = row.checked_sub(first_row).zip(column.checked_sub(first_column));
        if let Some((row, column)) = place.filter(|(row, column)| rows.get(*row).is_some_and(|row| *column < row.values.len())) {
            rows[row].odd.push((column, Oddity::Unsolved(formula.clone())));
        }
    }
    let notices = hidden(&layout, &rows);
    let merged = layout.merged.iter().filter_map(|merged| merged.within(first_row, first_column)).collect();
    from_grid(Grid { driver: "XLSX", layer: name, rows, merged, encoding: None, notices }, options, taker)
}

/// The cells of formats whose sheets are read as a whole.
fn whole(range: &Range<Data>, options: &ReadOptions<'_>) -> Outcome<Cells> {
    options.limits.hold_cells(range.height() as u64, range.width())?;
    let (first_row, first_column) = range.start().map_or((0, 0), |(row, column)| (row as usize, column as usize));
    let mut rows: Vec<GridRow> = Vec::new();
    for (index, cells) in range.rows().enumerate() {
        bound_row(rows.len(), None, options)?;
        let mut row = GridRow { number: (first_row + index) as u64 + 1, values: Vec::with_capacity(cells.len()), odd: Vec::new() };
        for (column, cell) in cells.iter().enumerate() {
            row.odd.extend(oddity(cell).map(|odd| (column, odd)));
            row.values.push(value(cell));
        }
        rows.push(row);
    }
    Ok(Cells { rows, first_row, first_column })
}

impl Merged {
    /// In a range that begins at a row and a column.
    fn within(&self, row: usize, column: usize) -> Option<Merged> {
        Some(Merged {
            top: self.top.checked_sub(row)?,
            left: self.left.checked_sub(column)?,
            bottom: self.bottom.checked_sub(row)?,
            right: self.right.checked_sub(column)?,
        })
    }
}

fn merged(found: Option<Vec<calamine::Dimensions>>) -> Vec<Merged> {
    let one = |range: calamine::Dimensions| Merged {
        top: range.start.0 as usize,
        left: range.start.1 as usize,
        bottom: range.end.0 as usize,
        right: range.end.1 as usize,
    };
    found.unwrap_or_default().into_iter().map(one).collect()
}

/// Hidden rows and columns are read as the others: whoever hid them may not have meant to leave them out, and whoever sends the file may not know.
fn hidden(layout: &Layout, rows: &[GridRow]) -> Vec<SourceNotice> {
    let filled = |row: &usize| rows.iter().any(|grid| grid.number == *row as u64 + 1 && grid.values.iter().any(|value| !value.is_null()));
    let hidden_rows: Vec<_> = layout.hidden_rows.iter().filter(|row| filled(row)).map(|row| json!(row + 1)).collect();
    let columns: Vec<_> = layout
        .hidden_columns
        .iter()
        .map(|(first, last)| {
            json!(if first == last { column_letters(*first) } else { format!("{}:{}", column_letters(*first), column_letters(*last)) })
        })
        .collect();
    let mut notices = Vec::new();
    if !hidden_rows.is_empty() {
        notices.push(SourceNotice {
            code: "hidden_rows",
            zh: format!("{} 行在表中被隐藏，也已读取", hidden_rows.len()),
            en: format!("{} rows are hidden in the sheet; they were read as well", hidden_rows.len()),
            items: hidden_rows,
        });
    }
    if !columns.is_empty() {
        notices.push(SourceNotice {
            code: "hidden_columns",
            zh: "表中有隐藏的列，也已读取".to_owned(),
            en: "columns are hidden in the sheet; they were read as well".to_owned(),
            items: columns,
        });
    }
    notices
}

/// The sheet that was asked for; else the one with our layer's name; else the only one.
fn choose_sheet(names: &[String], options: &ReadOptions<'_>) -> Outcome<String> {
    if let Some(wanted) = options.source_layer {
        return names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| layer_unknown(wanted, names));
    }
    match names {
        [] => Err(Fault::bad("file_has_no_layer", "工作簿里没有工作表", "the workbook has no sheet")),
        [only] => Ok(only.clone()),
        many => many.iter().find(|name| *name == options.our_layer).cloned().ok_or_else(|| several_layers(many)),
    }
}

pub(super) fn value(cell: &Data) -> Value {
    match cell {
        Data::Int(number) => Value::Integer(*number),
        Data::Float(real) if real.fract() == 0.0 && real.abs() < LONGEST_WHOLE * 9.0 => Value::Integer(*real as i64),
        Data::Float(real) => Value::Real(*real),
        Data::String(text) if text.trim().is_empty() => Value::Null,
        Data::String(text) => Value::Text(text.trim().to_owned()),
        Data::Bool(flag) => Value::Boolean(*flag),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            Value::Text(format!("{year:04}-{month:02}-{day:02}"))
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Text(text.clone()),
        Data::Error(_) | Data::Empty => Value::Null,
    }
}

pub(super) fn oddity(cell: &Data) -> Option<Oddity> {
    match cell {
        Data::Error(error) => Some(Oddity::Error(error.to_string())),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => Some(Oddity::Date),
        Data::Bool(_) => Some(Oddity::Boolean),
        Data::Float(real) if real.fract() == 0.0 && real.abs() >= LONGEST_WHOLE => Some(Oddity::Digits),
        Data::Int(whole) if whole.unsigned_abs() >= LONGEST_WHOLE as u64 => Some(Oddity::Digits),
        _ => None,
    }
}
