//! Plain tables that are no layer: names in the first row, a value a cell.

use super::csv_write::guarded;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use rust_xlsxwriter::{Format, Workbook};

/// A table for a spreadsheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub name: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

/// CSV with a byte-order mark, and no text that a spreadsheet would run as a formula.
pub fn sheet_csv(sheet: &Sheet) -> Outcome<Vec<u8>> {
    let failed = |error: csv::Error| Fault::internal("csv", error);
    let mut writer = csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(&sheet.head).map_err(failed)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(cell)).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| Fault::internal("csv", error))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => guarded(text),
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
    }
}

/// A workbook of one sheet: numbers are numbers, texts are texts and never formulas.
pub fn sheet_xlsx(sheet: &Sheet) -> Outcome<Vec<u8>> {
    workbook(sheet).map_err(|error| Fault::internal("xlsx", error))
}

fn workbook(sheet: &Sheet) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name(&sheet.name)?;
    page.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, name) in (0u16..).zip(&sheet.head) {
        page.write_string_with_format(0, column, name, &bold)?;
        page.set_column_width(column, 16)?;
    }
    for (line, row) in (1u32..).zip(&sheet.rows) {
        for (column, value) in (0u16..).zip(row) {
            match value {
                Value::Null => continue,
                Value::Text(text) => page.write_string(line, column, text)?,
                Value::Integer(number) => page.write_number(line, column, *number as f64)?,
                Value::Real(number) => page.write_number(line, column, *number)?,
                Value::Boolean(flag) => page.write_boolean(line, column, *flag)?,
            };
        }
    }
    book.save_to_buffer()
}
