//! Spreadsheets (XLSX, XLS, ODS): one sheet, header found, merged titles above it passed over.

use super::archive;
use super::gdal_layer::{layer_unknown, several_layers};
use super::read::{ReadOptions, file_name};
use super::source::{Progress, SourceNotice, Table};
use super::table::{Grid, from_grid};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use calamine::{Data, Reader, open_workbook_auto};
use std::path::Path;

/// A double holds integers exactly up to here; a longer code that a sheet keeps as a number has lost digits already.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, progress: Progress<'_>) -> Outcome<Table> {
    if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xls")) {
        archive::check(path, options.limits)?;
    }
    let broken = |error: &dyn std::fmt::Display| {
        Fault::bad("file_unreadable", format!("无法读取 {}：{error}", file_name(path)), format!("{} cannot be read: {error}", file_name(path)))
            .at(file_name(path))
    };
    let mut book = open_workbook_auto(path).map_err(|error| broken(&error))?;
    let name = choose_sheet(&book.sheet_names(), options)?;
    let range = book.worksheet_range(&name).map_err(|error| broken(&error))?;
    let first = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut rounded = Vec::new();
    let mut rows = Vec::new();
    for (index, cells) in range.rows().enumerate() {
        let number = first + index as u64 + 1;
        super::read::bound_row(rows.len(), None, options)?;
        let values = cells.iter().enumerate().map(|(column, cell)| {
            if matches!(cell, Data::Float(real) if real.fract() == 0.0 && real.abs() >= EXACT) {
                rounded.push(serde_json::json!({ "row": number, "column": column + 1, "value": cell.to_string() }));
            }
            value(cell)
        });
        rows.push((number, values.collect()));
    }
    let mut notices = Vec::new();
    if !rounded.is_empty() {
        notices.push(SourceNotice {
            code: "digits_lost",
            zh: format!("{} 个单元格以数字保存了超过 15 位的编码，末几位已不可靠：请把该列设为文本后重新填写", rounded.len()),
            en: format!(
                "{} cells keep a code of more than 15 digits as a number; its last digits are not reliable: make the column text and fill it again",
                rounded.len()
            ),
            items: rounded,
        });
    }
    from_grid(Grid { driver: "XLSX", layer: name, rows, encoding: None, notices }, options, progress)
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

fn value(cell: &Data) -> Value {
    match cell {
        Data::Int(number) => Value::Integer(*number),
        Data::Float(real) if real.fract() == 0.0 && real.abs() < EXACT => Value::Integer(*real as i64),
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
