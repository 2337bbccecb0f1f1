//! Plain tables that are no layer: names in the first row, a value a cell; one CSV, or sheets of a workbook.

use super::csv_write::cell;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

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

/// A workbook with a sheet for each table: heads stand still and can be filtered by, numbers are numbers, texts are texts and never formulas.
pub fn sheets_xlsx(sheets: &[Sheet]) -> Outcome<Vec<u8>> {
    workbook(sheets).map_err(|error| Fault::internal("xlsx", error))
}

fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let bold = Format::new().set_bold();
    let mut book = Workbook::new();
    for sheet in sheets {
        let page = book.add_worksheet().set_name(&sheet.name)?;
        for (column, name) in (0_u16..).zip(&sheet.head) {
            page.write_string_with_format(0, column, name, &bold)?;
        }
        for (line, row) in (1_u32..).zip(&sheet.rows) {
            for (column, value) in (0_u16..).zip(row) {
                match value {
                    Value::Null => continue,
                    Value::Text(text) => page.write_string(line, column, text)?,
                    Value::Integer(number) => page.write_number(line, column, *number as f64)?,
                    Value::Real(number) if number.is_finite() => page.write_number(line, column, *number)?,
                    Value::Real(_) => continue,
                    Value::Boolean(flag) => page.write_boolean(line, column, *flag)?,
                };
            }
        }
        page.set_freeze_panes(1, 0)?;
        page.autofilter(0, 0, sheet.rows.len() as u32, sheet.head.len().saturating_sub(1) as u16)?;
        page.autofit();
    }
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    #[test]
    fn a_workbook_reads_back_as_it_was_and_a_csv_runs_no_formula() {
        let sheet = Sheet {
            name: "任务".to_owned(),
            head: vec!["code".to_owned(), "done".to_owned()],
            rows: vec![vec!["=1+1".into(), 12.5.into()], vec!["甲".into(), Value::Null], vec!["乙".into(), f64::NAN.into()]],
        };
        let book = sheets_xlsx(std::slice::from_ref(&sheet)).expect("workbook");
        let range = Xlsx::new(Cursor::new(book)).expect("opens").worksheet_range("任务").expect("the sheet");
        assert_eq!(range.get_value((1, 0)), Some(&Data::String("=1+1".to_owned())));
        assert_eq!((range.get_value((1, 1)), range.height()), (Some(&Data::Float(12.5)), 4));
        let csv = String::from_utf8(sheet_csv(&sheet).expect("csv")).expect("UTF-8");
        assert_eq!(csv, "\u{FEFF}code,done\n'=1+1,12.5\n甲,\n乙,\n");
    }
}
