//! A layer as a workbook: typed columns, units in the heads, codes as text, and the totals on a sheet of their own, so that the rows can be brought
//! back as they are.

use super::csv_write::CsvGeometry;
use super::vector_write::{Written, moved};
use crate::domain::fault::Outcome;
use crate::domain::{Column, ColumnType, Fault, Lang, Layer, Row, Value};
use crate::formats::crs::{Crs, Transformer};
use geo_types::Geometry;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::path::Path;

/// Rows and letters of a cell that a sheet can hold.
const MOST_ROWS: u32 = 1_048_575;
const LONGEST_TEXT: usize = 32_767;
/// Units whose figures may be added up; a height or a rate may not.
const ADDITIVE: [&str; 4] = ["m²", "ha", "万元", "kVA"];

/// How a layer goes into a workbook.
pub struct LayerSheet<'a> {
    pub layer: &'a Layer,
    /// Indexes into `layer.columns`.
    pub columns: &'a [usize],
    pub geometry: CsvGeometry,
    pub crs_from: &'a str,
    pub crs_to: &'a str,
    pub lang: Lang,
}

struct Formats {
    bold: Format,
    date: Format,
    area: Format,
}

/// Writes a workbook to `path`, which must not exist.
pub fn write_layer_xlsx(path: &Path, sheet: &LayerSheet<'_>, rows: &mut dyn Iterator<Item = Outcome<Row>>) -> Outcome<Written> {
    let failed = |error: XlsxError| Fault::internal("xlsx", error);
    let mut book = Workbook::new();
    let formats =
        Formats { bold: Format::new().set_bold(), date: Format::new().set_num_format("yyyy-mm-dd"), area: Format::new().set_num_format("#,##0.00") };
    let mut written = Written::default();
    let mut sums: Vec<(f64, u64)> = vec![(0.0, 0); sheet.columns.len()];
    // By this name the file is known again when it comes back.
    let page = book.add_worksheet().set_name(&sheet.layer.name).map_err(failed)?;
    heads(page, sheet, &formats).map_err(failed)?;
    let way = Transformer::new(&Crs::parse(sheet.crs_from)?, &Crs::parse(sheet.crs_to)?)?;
    for row in rows {
        let row = row?;
        written.rows += 1;
        let line = u32::try_from(written.rows).ok().filter(|line| *line <= MOST_ROWS).ok_or_else(too_many)?;
        for (at, index) in (0_u16..).zip(sheet.columns) {
            let column = &sheet.layer.columns[*index];
            let value = &row.values[*index];
            if let Some(number) = value.as_f64() {
                let sum = &mut sums[usize::from(at)];
                *sum = (sum.0 + number, sum.1 + 1);
            }
            cell(page, (line, at), value, column, &formats, row.key(sheet.layer), &mut written).map_err(failed)?;
        }
        if let (CsvGeometry::Xy, Some(shape)) = (sheet.geometry, &row.geometry)
            && let Geometry::Point(point) = moved(shape, &way)?
        {
            let first = sheet.columns.len() as u16;
            page.write_number(line, first, point.x()).and_then(|page| page.write_number(line, first + 1, point.y())).map_err(failed)?;
        }
    }
    let width = sheet.columns.len() as u16 + if sheet.geometry == CsvGeometry::Xy { 2 } else { 0 };
    page.set_freeze_panes(1, 0).and_then(|page| page.autofilter(0, 0, written.rows as u32, width.saturating_sub(1))).map_err(failed)?;
    page.autofit();
    totals(&mut book, sheet, &sums, written.rows, &formats).map_err(failed)?;
    book.save(path).map_err(failed)?;
    Ok(written)
}

fn too_many() -> Fault {
    Fault::bad("too_many_rows", format!("工作表最多 {MOST_ROWS} 行"), format!("a sheet holds {MOST_ROWS} rows at most"))
        .help("请缩小范围，或用 csv、gpkg", "choose fewer rows, or use csv or gpkg")
}

fn head(column: &Column, lang: Lang) -> String {
    let name = if lang == Lang::Zh { &column.zh } else { &column.en };
    match column.unit.as_deref().filter(|unit| *unit != "1") {
        Some(unit) => format!("{name} ({unit})"),
        None => name.clone(),
    }
}

fn heads(page: &mut Worksheet, sheet: &LayerSheet<'_>, formats: &Formats) -> Result<(), XlsxError> {
    let names = sheet.columns.iter().map(|index| head(&sheet.layer.columns[*index], sheet.lang));
    let place: &[&str] = if sheet.geometry == CsvGeometry::Xy { &["x", "y"] } else { &[] };
    for (at, name) in (0_u16..).zip(names.chain(place.iter().map(|name| (*name).to_owned()))) {
        page.write_string_with_format(0, at, name, &formats.bold)?;
    }
    Ok(())
}

fn cell(
    page: &mut Worksheet,
    (line, at): (u32, u16),
    value: &Value,
    column: &Column,
    formats: &Formats,
    key: &str,
    written: &mut Written,
) -> Result<(), XlsxError> {
    match value {
        Value::Null => {}
        Value::Text(text) => match day(text).filter(|_| column.kind == ColumnType::Date) {
            Some(day) => {
                page.write_datetime_with_format(line, at, &day, &formats.date)?;
            }
            None => {
                page.write_string(line, at, fitting(text, column, key, written))?;
            }
        },
        Value::Integer(number) if column.kind == ColumnType::Boolean => {
            page.write_boolean(line, at, *number != 0)?;
        }
        Value::Integer(number) => {
            page.write_number(line, at, *number as f64)?;
        }
        Value::Real(number) if number.is_finite() && column.unit.as_deref() == Some("m²") => {
            page.write_number_with_format(line, at, *number, &formats.area)?;
        }
        Value::Real(number) if number.is_finite() => {
            page.write_number(line, at, *number)?;
        }
        Value::Real(_) => {}
        Value::Boolean(flag) => {
            page.write_boolean(line, at, *flag)?;
        }
    }
    Ok(())
}

fn day(text: &str) -> Option<ExcelDateTime> {
    crate::domain::stated_day(text)?;
    ExcelDateTime::parse_from_str(text).ok()
}

/// A text that a cell can hold; what it lost is told.
fn fitting(text: &str, column: &Column, key: &str, written: &mut Written) -> String {
    let is_held = |letter: &char| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r');
    let mut held: String = text.chars().filter(is_held).collect();
    if held.len() != text.len() {
        written.lost_characters.push((key.to_owned(), column.name.clone()));
    }
    // A sheet counts in UTF-16.
    let mut units = 0;
    let end = held.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > LONGEST_TEXT
    });
    if let Some((end, _)) = end {
        held.truncate(end);
        written.cut_texts.push((key.to_owned(), column.name.clone()));
    }
    held
}

fn totals(book: &mut Workbook, sheet: &LayerSheet<'_>, sums: &[(f64, u64)], rows: u64, formats: &Formats) -> Result<(), XlsxError> {
    let told = |zh: &'static str, en: &'static str| if sheet.lang == Lang::Zh { zh } else { en };
    let page = book.add_worksheet().set_name(told("合计", "Totals"))?;
    for (at, name) in (0_u16..).zip([told("列", "Column"), told("合计", "Total"), told("有值的行", "Rows with a value")]) {
        page.write_string_with_format(0, at, name, &formats.bold)?;
    }
    page.write_string(1, 0, told("行数", "Rows"))?.write_number(1, 1, rows as f64)?;
    let mut line = 2;
    for (index, (sum, count)) in sheet.columns.iter().zip(sums) {
        let column = &sheet.layer.columns[*index];
        if *count > 0 && column.unit.as_deref().is_some_and(|unit| ADDITIVE.contains(&unit)) {
            page.write_string(line, 0, head(column, sheet.lang))?;
            page.write_number_with_format(line, 1, *sum, &formats.area)?.write_number(line, 2, *count as f64)?;
            line += 1;
        }
    }
    page.autofit();
    Ok(())
}
