//! A template as a person edits it: cells by heading and unit, and out again as a workbook or a CSV.

use crate::support::{Answer, Client, OWN_PARK};
use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use serde_json::Value;
use std::io::Cursor;

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Clone)]
pub struct Grid(pub Vec<Vec<Data>>);

impl Grid {
    pub fn of(bytes: &[u8]) -> Grid {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes.to_vec())).expect("a workbook");
        let name = book.sheet_names()[0].clone();
        Grid(book.worksheet_range(&name).expect("the sheet").rows().map(<[Data]>::to_vec).collect())
    }

    /// The template of the operator's park.
    pub fn template(client: &Client) -> Grid {
        Grid::of(&client.get(&format!("/parks/{OWN_PARK}/occupancy/template?f=xlsx")).bytes)
    }

    pub fn column(&self, heading: &str) -> usize {
        self.0[0].iter().position(|cell| cell.to_string().starts_with(heading)).unwrap_or_else(|| panic!("{heading}: {:?}", self.0[0]))
    }

    pub fn row(&self, id: &str) -> usize {
        let ids = self.column("编号");
        self.0.iter().position(|row| row[ids] == id).expect(id)
    }

    pub fn set(&mut self, id: &str, heading: &str, cell: impl Into<Data>) {
        let (row, column) = (self.row(id), self.column(heading));
        self.0[row][column] = cell.into();
    }

    /// Only these columns, in this order.
    pub fn only(&self, headings: &[&str]) -> Grid {
        let columns: Vec<usize> = headings.iter().map(|heading| self.column(heading)).collect();
        Grid(self.0.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect())
    }

    /// `F12`.
    pub fn address(&self, id: &str, heading: &str) -> String {
        format!("{}{}", char::from(b'A' + u8::try_from(self.column(heading)).unwrap()), self.row(id) + 1)
    }

    pub fn book(&self) -> Vec<u8> {
        self.book_with(|_| {})
    }

    /// A workbook with something more in its sheet.
    pub fn book_with(&self, more: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        for (row, cells) in self.0.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (row as u32, column as u16);
                match cell {
                    Data::Empty => continue,
                    Data::Int(number) => sheet.write_number(row, column, *number as f64).unwrap(),
                    Data::Float(number) => sheet.write_number(row, column, *number).unwrap(),
                    Data::DateTime(moment) => {
                        let (year, month, date, ..) = moment.to_ymd_hms_milli();
                        sheet.write_datetime_with_format(row, column, ExcelDateTime::from_ymd(year, month, date).unwrap(), &day).unwrap()
                    }
                    Data::Bool(flag) => sheet.write_boolean(row, column, *flag).unwrap(),
                    text => sheet.write_string(row, column, text.to_string()).unwrap(),
                };
            }
        }
        more(sheet);
        book.save_to_buffer().unwrap()
    }

    pub fn csv(&self) -> String {
        let quoted = |cell: &Data| {
            let text = match cell {
                Data::DateTime(moment) => {
                    let (year, month, date, ..) = moment.to_ymd_hms_milli();
                    format!("{year:04}-{month:02}-{date:02}")
                }
                other => other.to_string(),
            };
            format!("\"{}\"", text.replace('"', "\"\""))
        };
        self.0.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect()
    }
}

pub fn import(client: &Client, dry_run: bool, media_type: &str, bytes: &[u8]) -> Answer {
    client.upload(&format!("/parks/{OWN_PARK}/occupancy/import?dry_run={dry_run}&name=table"), media_type, bytes)
}

/// What the table would do; it changes nothing.
pub fn tried(client: &Client, bytes: &[u8]) -> Value {
    let answer = import(client, true, if bytes.starts_with(b"PK") { XLSX } else { "text/csv" }, bytes);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

pub fn applied(client: &Client, bytes: &[u8]) -> Value {
    let answer = import(client, false, if bytes.starts_with(b"PK") { XLSX } else { "text/csv" }, bytes);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

pub fn row_of<'a>(answer: &'a Value, id: &str) -> &'a Value {
    answer["rows"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id}: {answer}"))
}

/// The code of what is said of a cell.
pub fn why(answer: &Value, id: &str, at: &str) -> String {
    let cell = row_of(answer, id)["cells"].as_array().unwrap().iter().find(|cell| cell["at"] == at);
    cell.map(|cell| format!("{} {}", cell["verdict"].as_str().unwrap(), cell["why"]["code"].as_str().unwrap_or("-"))).unwrap_or_default()
}

/// Units of the operator's park as its operator sees them.
pub fn units(client: &Client) -> Vec<Value> {
    client.get(&format!("/units?park={OWN_PARK}&limit=10000")).json()["units"].as_array().unwrap().clone()
}

pub fn revision(client: &Client) -> i64 {
    client.get("/changes?since=0&limit=1").json()["revision"].as_i64().unwrap()
}
