//! Rows that were not taken, as a table to be sent on.

use super::SheetForm;
use crate::domain::fault::Outcome;
use crate::domain::unit_sheet::{SheetColumn, cell_text};
use crate::domain::{Lang, Value};
use crate::formats::wire::{Form, FormColumn, FormKind, write_form_csv, write_xlsx};
use crate::service::edits::{CellValue, JudgedRow, RowVerdict};

/// A line a refused cell, and one for what is said of a row as a whole.
pub fn rejects_file(rows: &[JudgedRow], form: SheetForm, lang: Lang) -> Outcome<Vec<u8>> {
    let told = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let column = |zh, en, width| FormColumn {
        heading: told(zh, en).to_owned(),
        kind: FormKind::Text,
        open: true,
        hidden: false,
        width,
        choices: Vec::new(),
        hint: None,
        refusal: None,
    };
    let sheet = Form {
        name: told("未接受", "Rejected"),
        columns: vec![
            column("行", "Row", 6.0),
            column("单元格", "Cell", 8.0),
            column("编号", "Id", 24.0),
            column("建筑", "Building", 24.0),
            column("楼层", "Floor", 8.0),
            column("列", "Column", 14.0),
            column("现有值", "Present value", 20.0),
            column("所填值", "Value in the file", 20.0),
            column("处理", "Verdict", 10.0),
            column("原因", "Reason", 60.0),
        ],
        rows: rows.iter().filter(|row| row.is_refused()).flat_map(|row| lines(row, lang)).collect(),
        about: None,
        lists: "",
        locked: false,
    };
    match form {
        SheetForm::Xlsx => write_xlsx(&sheet),
        SheetForm::Csv => write_form_csv(&sheet, None),
    }
}

fn lines(row: &JudgedRow, lang: Lang) -> Vec<Vec<Value>> {
    let verdict = match (row.verdict, lang) {
        (RowVerdict::Conflict, Lang::Zh) => "冲突",
        (RowVerdict::Conflict, Lang::En) => "conflict",
        (_, Lang::Zh) => "未接受",
        (_, Lang::En) => "rejected",
    };
    let reason = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let line = |at: &str, column: &str, old: String, new: String, why: String| -> Vec<Value> {
        let (building, floor) = (row.building.clone().unwrap_or_default(), row.floor.clone().unwrap_or_default());
        let row_number = row.row.to_string();
        [&row_number, at, &row.id, &building, &floor, column, &old, &new, verdict, &why].into_iter().map(Value::from).collect()
    };
    let whole = row.why.as_ref().map(|why| reason(&why.zh, &why.en));
    let mut lines = Vec::new();
    for cell in row.cells.iter().filter(|cell| cell.why.is_some() || row.verdict == RowVerdict::Conflict) {
        let why = cell.why.as_ref().map(|why| reason(&why.zh, &why.en)).or_else(|| whole.clone()).unwrap_or_default();
        let shown = |value: &Option<CellValue>| value.as_ref().map(|value| text(cell.column, value, lang)).unwrap_or_default();
        lines.push(line(&cell.at, cell.column.label(lang), shown(&cell.old), shown(&cell.new), why));
    }
    if lines.is_empty() {
        lines.push(line("", "", String::new(), String::new(), whole.unwrap_or_default()));
    }
    lines
}

/// A value as people read it.
pub(super) fn text(column: SheetColumn, value: &CellValue, lang: Lang) -> String {
    let value = match value {
        CellValue::Number(number) => Value::Real(*number),
        CellValue::Text(text) => Value::Text(text.clone()),
    };
    cell_text(column, &value, lang)
}
