//! A filled-in workbook. Cells come one by one: a sheet that says that it is a million columns wide takes no room.

use super::form::{FilledForm, Gathering, Odd, mark_merged};
use super::read::file_name;
use super::sheet_layout::{self, Layout};
use super::source::SourceNotice;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use calamine::{DataRef, Reader, Xlsx, open_workbook_from_rs};
use serde_json::json;
use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;

/// Spreadsheets keep 15 significant digits.
const LONGEST_WHOLE: f64 = 1e15;

pub(super) fn read(bytes: &[u8], path: &Path, sheets: &[&str]) -> Outcome<FilledForm> {
    let name = file_name(path);
    let broken = |error: &dyn std::fmt::Display| {
        Fault::bad("file_unreadable", format!("无法读取 {name}：{error}"), format!("{name} cannot be read: {error}"))
            .at(name.clone())
            .help("请在表格软件中打开后另存为 .xlsx", "open it in your spreadsheet program and save it as .xlsx")
    };
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(|error: calamine::XlsxError| broken(&error))?;
    let sheet = chosen(&book.sheet_names(), sheets)?;
    let layout = sheet_layout::read_from(Cursor::new(bytes), path, &sheet)?;
    let formulas: HashSet<(usize, usize)> = layout.formulas.iter().copied().collect();
    let mut gathering = Gathering::new();
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|error| broken(&error))?;
    while let Some(cell) = cells.next_cell().map_err(|error| broken(&error))? {
        let (row, column) = cell.get_position();
        let (value, odd) = read_cell(cell.get_value());
        let odd = if formulas.contains(&(row as usize, column as usize)) { Some(Odd::Formula) } else { odd };
        gathering.put(row.saturating_add(1), column, value, odd)?;
    }
    let mut rows = gathering.rows;
    // Cells of a damaged or hand-made sheet may come in any order.
    rows.sort_by_key(|row| row.number);
    rows.dedup_by(|later, kept| {
        let same = later.number == kept.number;
        if same {
            kept.cells.append(&mut later.cells);
        }
        same
    });
    rows.iter_mut().for_each(|row| row.cells.sort_by_key(|cell| cell.column));
    mark_merged(&mut rows, &layout.merged);
    let notices = hidden(&layout, |row| rows.iter().any(|filled| filled.number as usize == row + 1));
    Ok(FilledForm { kind: "XLSX", encoding: None, rows, notices })
}

/// The sheet by one of its names, else the first.
fn chosen(names: &[String], sheets: &[&str]) -> Outcome<String> {
    let known = names.iter().find(|name| sheets.contains(&name.as_str())).or(names.first());
    known.cloned().ok_or_else(|| Fault::bad("file_has_no_layer", "工作簿里没有工作表", "the workbook has no sheet"))
}

fn read_cell(cell: &DataRef<'_>) -> (Value, Option<Odd>) {
    let text = |text: &str| if text.trim().is_empty() { Value::Null } else { Value::Text(text.trim().to_owned()) };
    match cell {
        DataRef::Int(whole) => (Value::Integer(*whole), (whole.unsigned_abs() >= LONGEST_WHOLE as u64).then_some(Odd::Digits)),
        DataRef::Float(real) if real.fract() == 0.0 && real.abs() < LONGEST_WHOLE => (Value::Integer(*real as i64), None),
        DataRef::Float(real) => (Value::Real(*real), (real.abs() >= LONGEST_WHOLE).then_some(Odd::Digits)),
        DataRef::String(own) => (text(own), None),
        DataRef::SharedString(shared) => (text(shared), None),
        DataRef::Bool(flag) => (Value::Boolean(*flag), Some(Odd::Boolean)),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            (Value::Text(format!("{year:04}-{month:02}-{day:02}")), Some(Odd::Date))
        }
        DataRef::DateTimeIso(iso) | DataRef::DurationIso(iso) => (Value::Text(iso.split('T').next().unwrap_or_default().to_owned()), Some(Odd::Date)),
        DataRef::Error(error) => (Value::Text(error.to_string()), Some(Odd::Error(error.to_string()))),
        DataRef::Empty => (Value::Null, None),
    }
}

/// Hidden rows are read as the others: whoever hid them may not have meant to leave them out.
fn hidden(layout: &Layout, filled: impl Fn(usize) -> bool) -> Vec<SourceNotice> {
    let rows: Vec<_> = layout.hidden_rows.iter().filter(|row| filled(**row)).map(|row| json!(row + 1)).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![SourceNotice {
        code: "hidden_rows",
        zh: format!("{} 行在表中被隐藏（{}），也已读取", rows.len(), listed(&rows)),
        en: format!("{} rows are hidden in the sheet ({}); they were read as well", rows.len(), listed(&rows)),
        items: rows,
    }]
}

fn listed(rows: &[serde_json::Value]) -> String {
    let mut text: Vec<String> = rows.iter().take(5).map(ToString::to_string).collect();
    if rows.len() > text.len() {
        text.push("…".to_owned());
    }
    text.join(", ")
}
