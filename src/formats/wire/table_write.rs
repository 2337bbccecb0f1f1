//! Plain tables for people: one CSV, or sheets of a workbook. No layer of the city, just names and cells.

use super::csv_write::guarded;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::io::Write;
use std::path::Path;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
}

/// A table with a name: a sheet of a workbook.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainTable {
    pub name: &'static str,
    pub head: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

impl Cell {
    pub fn text(text: Option<impl Into<String>>) -> Cell {
        text.map_or(Cell::Empty, |text| Cell::Text(text.into()))
    }

    pub fn number(number: Option<f64>) -> Cell {
        number.filter(|number| number.is_finite()).map_or(Cell::Empty, Cell::Number)
    }
}

/// CSV for spreadsheets: byte-order mark, and no text that would be run as a formula.
pub fn write_plain_csv(path: &Path, table: &PlainTable) -> Outcome<()> {
    let mut out = std::fs::File::create(path).map_err(|error| failed(&error))?;
    out.write_all(b"\xEF\xBB\xBF").map_err(|error| failed(&error))?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&table.head).map_err(|error| failed(&error))?;
    for row in &table.rows {
        let cells = row.iter().map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => guarded(text),
            Cell::Number(number) => number.to_string(),
        });
        writer.write_record(cells).map_err(|error| failed(&error))?;
    }
    writer.flush().map_err(|error| failed(&error))
}

/// A workbook with a sheet for each table; heads stand still and can be filtered by.
pub fn write_workbook(path: &Path, tables: &[PlainTable]) -> Outcome<()> {
    workbook(tables).and_then(|mut book| book.save(path)).map_err(|error| failed(&error))
}

fn workbook(tables: &[PlainTable]) -> Result<Workbook, XlsxError> {
    let bold = Format::new().set_bold();
    let mut book = Workbook::new();
    for table in tables {
        let sheet = book.add_worksheet().set_name(table.name)?;
        for (column, name) in (0_u16..).zip(&table.head) {
            sheet.write_string_with_format(0, column, *name, &bold)?;
        }
        for (at, row) in (1_u32..).zip(&table.rows) {
            for (column, cell) in (0_u16..).zip(row) {
                match cell {
                    Cell::Empty => {}
                    Cell::Text(text) => {
                        sheet.write_string(at, column, text)?;
                    }
                    Cell::Number(number) => {
                        sheet.write_number(at, column, *number)?;
                    }
                }
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        let (last_row, last_column) = (table.rows.len() as u32, table.head.len().saturating_sub(1) as u16);
        sheet.autofilter(0, 0, last_row, last_column)?;
        sheet.autofit();
    }
    Ok(book)
}

fn failed(error: &dyn std::fmt::Display) -> Fault {
    Fault::internal("write", error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, open_workbook_auto};

    #[test]
    fn a_workbook_reads_back_as_it_was_and_a_csv_runs_no_formula() {
        let folder = tempfile::tempdir().expect("folder");
        let table = PlainTable {
            name: "任务",
            head: vec!["code", "done"],
            rows: vec![vec![Cell::Text("=1+1".to_owned()), Cell::Number(12.5)], vec![Cell::Text("甲".to_owned()), Cell::Empty]],
        };
        let (book, csv) = (folder.path().join("a.xlsx"), folder.path().join("a.csv"));
        write_workbook(&book, std::slice::from_ref(&table)).expect("workbook");
        write_plain_csv(&csv, &table).expect("csv");
        let range = open_workbook_auto(&book).expect("opens").worksheet_range("任务").expect("the sheet");
        assert_eq!(range.get_value((1, 0)), Some(&Data::String("=1+1".to_owned())));
        assert_eq!((range.get_value((1, 1)), range.height()), (Some(&Data::Float(12.5)), 3));
        assert_eq!(std::fs::read_to_string(&csv).expect("read"), "\u{FEFF}code,done\n'=1+1,12.5\n甲,\n");
    }
}
