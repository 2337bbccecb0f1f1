//! A table that was handed out and comes back filled in: every cell by its address, taken from bytes that anybody may have sent.

use super::limits::{Limits, exceeded};
use super::sheet_layout::column_letters;
use super::source::SourceNotice;
use super::{form_csv, form_xlsx};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Value};
use crate::formats::encoding::EncodingUsed;
use std::path::Path;

/// The filled cells of a table.
#[derive(Debug)]
pub struct FilledForm {
    /// `XLSX` or `CSV`.
    pub kind: &'static str,
    pub encoding: Option<EncodingUsed>,
    /// Rows with a filled cell, from the top.
    pub rows: Vec<FormRow>,
    pub notices: Vec<SourceNotice>,
}

#[derive(Debug)]
pub struct FormRow {
    /// As the table's own program counts, from 1.
    pub number: u32,
    /// Filled cells from the left.
    pub cells: Vec<FormCell>,
}

#[derive(Debug)]
pub struct FormCell {
    /// From 0.
    pub column: u32,
    pub value: Value,
    pub odd: Option<Odd>,
}

/// A cell that is not what its value says, or not a value of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Odd {
    /// It is computed; what stands there may be old.
    Formula,
    /// `#REF!`, `#DIV/0!`, …
    Error(String),
    /// It is one with others.
    Merged,
    /// A whole number of more digits than a spreadsheet keeps.
    Digits,
    /// The text is longer than any field.
    Long(usize),
    Date,
    Boolean,
}

impl FormRow {
    pub fn cell(&self, column: u32) -> Option<&FormCell> {
        self.cells.iter().find(|cell| cell.column == column)
    }
}

/// `F12`: a cell as a spreadsheet calls it; the column counts from 0, the row from 1.
pub fn address(column: u32, row: u32) -> String {
    format!("{}{row}", column_letters(column as usize))
}

/// Rows and columns that a table may reach to: a park has some thousand units, and the form a dozen columns.
pub(super) const MOST_ROWS: u32 = 50_000;
pub(super) const MOST_COLUMNS: u32 = 256;
/// Characters of all cells together.
const MOST_TEXT: usize = 32 << 20;
/// Characters of one cell beyond which it is no field of ours.
pub(super) const LONGEST_CELL: usize = 2_000;

/// Bounds for what unpacks.
fn limits() -> Limits {
    Limits { bytes: 128 << 20, archive_entries: 500, ..Limits::default() }
}

/// Takes in the cells of a table and holds its bounds.
pub(super) struct Gathering {
    pub rows: Vec<FormRow>,
    text: usize,
}

impl Gathering {
    pub(super) fn new() -> Self {
        Gathering { rows: Vec::new(), text: 0 }
    }

    /// Cells come row by row, from the left.
    pub(super) fn put(&mut self, row: u32, column: u32, value: Value, odd: Option<Odd>) -> Outcome<()> {
        if value.is_null() && odd.is_none() {
            return Ok(());
        }
        if row > MOST_ROWS || column >= MOST_COLUMNS {
            let fault = match row > MOST_ROWS {
                true => exceeded("表格的行数", "the number of rows", u64::from(row), u64::from(MOST_ROWS)),
                false => exceeded("表格的列数", "the number of columns", u64::from(column) + 1, u64::from(MOST_COLUMNS)),
            };
            return Err(fault.at(address(column, row)));
        }
        let (value, odd) = match (value, odd) {
            (Value::Text(text), odd) if text.chars().count() > LONGEST_CELL => {
                let length = text.chars().count();
                (Value::Text(text.chars().take(40).collect()), odd.or(Some(Odd::Long(length))))
            }
            other => other,
        };
        self.text += value.as_str().map_or(8, str::len);
        if self.text > MOST_TEXT {
            return Err(exceeded("表格的字数", "the text of the table in bytes", self.text as u64, MOST_TEXT as u64).at(address(column, row)));
        }
        let cell = FormCell { column, value, odd };
        match self.rows.last_mut().filter(|last| last.number == row) {
            Some(last) => last.cells.push(cell),
            None => self.rows.push(FormRow { number: row, cells: vec![cell] }),
        }
        Ok(())
    }
}

/// Reads a table from its bytes; `name` is what people call the file, `sheets` are the names that the sheet to read may have.
///
/// # Errors
/// `form_kind` for what is neither a workbook nor a text, and the faults of either.
pub(super) fn read_form_here(bytes: &[u8], name: &str, encoding: Option<&str>, sheets: &[&str]) -> Outcome<FilledForm> {
    let path = Path::new(name);
    if bytes.is_empty() {
        return Err(Fault::bad("file_empty", format!("{name} 是空文件"), format!("{name} is empty")).at(name));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        super::archive::check_whole(bytes, path, &limits())?;
        return form_xlsx::read(bytes, path, sheets);
    }
    let other = [
        (&b"\xD0\xCF\x11\xE0"[..], "XLS"),
        (b"%PDF", "PDF"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"Rar!", "RAR"),
        (b"7z\xBC\xAF", "7z"),
    ];
    if let Some((_, kind)) = other.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Err(Fault::new(
            FaultKind::UnsupportedMedia,
            "form_kind",
            format!("{name} 是 {kind} 文件，此处收 XLSX 或 CSV"),
            format!("{name} is {kind}; XLSX and CSV are taken here"),
        )
        .at(name)
        .help("请在表格软件中另存为 .xlsx，或存为 CSV", "save it as .xlsx or CSV from your spreadsheet program"));
    }
    form_csv::read(bytes, path, encoding)
}

/// Rows in which cells are merged belong to nobody alone.
pub(super) fn mark_merged(rows: &mut [FormRow], merged: &[super::sheet_layout::Merged]) {
    for range in merged {
        for row in rows.iter_mut().filter(|row| (range.top..=range.bottom).contains(&(row.number as usize - 1))) {
            let columns = range.left as u32..=(range.right as u32).min(MOST_COLUMNS - 1);
            for cell in row.cells.iter_mut().filter(|cell| columns.contains(&cell.column)) {
                cell.odd = Some(Odd::Merged);
            }
            // Only the first cell of a merged range has a value; the others look empty and are not.
            let missing: Vec<u32> = columns.filter(|column| row.cell(*column).is_none()).collect();
            row.cells.extend(missing.into_iter().map(|column| FormCell { column, value: Value::Null, odd: Some(Odd::Merged) }));
            row.cells.sort_by_key(|cell| cell.column);
        }
    }
}
