//! Tables for people to fill in: a workbook with locked cells, lists to choose from and a page of explanation, or a CSV.
//!
//! Texts go out as texts: a workbook's cell that holds one is never a formula, and in a CSV an apostrophe stands before what would be one.

use super::csv_write::{cell, guarded};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::clean::seen;
use crate::formats::encoding;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, ProtectionOptions,
    Workbook, Worksheet, XlsxError,
};

/// A table to be written.
pub struct Form<'a> {
    /// Name of the sheet.
    pub name: &'a str,
    pub columns: Vec<FormColumn>,
    pub rows: Vec<Vec<Value>>,
    /// Lines of a sheet that explains; none, no sheet.
    pub about: Option<(&'a str, Vec<String>)>,
    /// Name of the sheet that holds the lists.
    pub lists: &'a str,
    /// Whether what is not open is locked.
    pub locked: bool,
}

pub struct FormColumn {
    pub heading: String,
    pub kind: FormKind,
    pub open: bool,
    pub hidden: bool,
    /// Characters.
    pub width: f64,
    /// What may be chosen.
    pub choices: Vec<String>,
    /// Shown while a cell of the column is being filled in.
    pub hint: Option<String>,
    /// Told where something else was typed.
    pub refusal: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormKind {
    Text,
    Number,
    Date,
}

const HEADING_COLOUR: u32 = 0xE1E6EB;
const LOCKED_COLOUR: u32 = 0xF3F5F7;

/// The bytes of a workbook.
pub fn write_xlsx(form: &Form<'_>) -> Outcome<Vec<u8>> {
    let failed = |error: XlsxError| Fault::internal("xlsx", error);
    let mut book = Workbook::new();
    sheet_of(form, book.add_worksheet()).map_err(failed)?;
    if let Some((name, lines)) = &form.about {
        explain(name, lines, book.add_worksheet()).map_err(failed)?;
    }
    if form.columns.iter().any(|column| !column.choices.is_empty()) {
        lists(form, book.add_worksheet()).map_err(failed)?;
    }
    book.save_to_buffer().map_err(failed)
}

fn sheet_of(form: &Form<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(form.name)?;
    let heading = Format::new().set_bold().set_background_color(HEADING_COLOUR).set_border_bottom(FormatBorder::Thin).set_align(FormatAlign::Center);
    let last = (form.rows.len() as u32).max(1);
    let mut list = 0;
    for (at, column) in form.columns.iter().enumerate() {
        let at = at as u16;
        sheet.set_column_width(at, column.width)?;
        sheet.write_string_with_format(0, at, &column.heading, &heading)?;
        if let Some(validation) = validation(form, column, &mut list)?.filter(|_| column.open) {
            sheet.add_data_validation(1, at, last, at, &validation)?;
        }
        let format = cell_format(form, column);
        for (row, cells) in form.rows.iter().enumerate() {
            write_cell(sheet, row as u32 + 1, at, &cells[usize::from(at)], column.kind, &format)?;
        }
        if column.hidden {
            sheet.set_column_hidden(at)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_landscape().set_repeat_rows(0, 0)?;
    if let (Some(width), false) = ((form.columns.len() as u16).checked_sub(1), form.rows.is_empty()) {
        sheet.autofilter(0, 0, form.rows.len() as u32, width)?;
    }
    if form.locked {
        // No password: it keeps the hand from slipping, it keeps nobody out. What comes back is checked row by row.
        sheet.protect_with_options(&ProtectionOptions {
            format_columns: true,
            format_rows: true,
            use_autofilter: true,
            sort: true,
            ..ProtectionOptions::new()
        });
    }
    Ok(())
}

fn cell_format(form: &Form<'_>, column: &FormColumn) -> Format {
    let format = Format::new().set_num_format(match column.kind {
        // As text, so that codes of many digits and with noughts in front stay what they are.
        FormKind::Text => "@",
        FormKind::Number => "General",
        FormKind::Date => "yyyy-mm-dd",
    });
    match (form.locked, column.open) {
        (true, false) => format.set_background_color(LOCKED_COLOUR),
        (true, true) => format.set_unlocked(),
        _ => format,
    }
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, value: &Value, kind: FormKind, format: &Format) -> Result<(), XlsxError> {
    match value {
        Value::Null => sheet.write_blank(row, column, format)?,
        Value::Text(text) => match date(text).filter(|_| kind == FormKind::Date) {
            Some(day) => sheet.write_datetime_with_format(row, column, &day, format)?,
            None => sheet.write_string_with_format(row, column, seen(text), format)?,
        },
        Value::Integer(number) => sheet.write_number_with_format(row, column, *number as f64, format)?,
        Value::Real(number) if number.is_finite() => sheet.write_number_with_format(row, column, *number, format)?,
        Value::Real(_) => sheet.write_blank(row, column, format)?,
        Value::Boolean(flag) => sheet.write_boolean_with_format(row, column, *flag, format)?,
    };
    Ok(())
}

/// A day that spreadsheets know; their calendar begins in 1900, and its first two months are off by a day.
fn date(text: &str) -> Option<ExcelDateTime> {
    let day = crate::domain::stated_day(text)?;
    let (year, month, day) = (chrono::Datelike::year(&day), chrono::Datelike::month(&day), chrono::Datelike::day(&day));
    ExcelDateTime::from_ymd(u16::try_from(year).ok().filter(|year| *year > 1900)?, month as u8, day as u8).ok()
}

/// The rule of a column's cells; `list` counts the columns of the sheet of lists.
fn validation(form: &Form<'_>, column: &FormColumn, list: &mut u16) -> Result<Option<DataValidation>, XlsxError> {
    let rule = if column.choices.is_empty() {
        match column.kind {
            FormKind::Text => return Ok(None),
            FormKind::Number => DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
            FormKind::Date => {
                let (first, last) = (ExcelDateTime::from_ymd(1901, 1, 1)?, ExcelDateTime::from_ymd(2199, 12, 31)?);
                DataValidation::new().allow_date(DataValidationRule::Between(first, last))
            }
        }
    } else {
        let letter = char::from(b'A' + u8::try_from(*list).unwrap_or(0));
        *list += 1;
        DataValidation::new().allow_list_formula(Formula::new(format!("='{}'!${letter}$1:${letter}${}", form.lists, column.choices.len())))
    };
    let rule = rule.set_error_style(DataValidationErrorStyle::Stop);
    let rule = if let Some(refusal) = &column.refusal { rule.set_error_message(refusal.as_str())? } else { rule };
    Ok(Some(if let Some(hint) = &column.hint { rule.set_input_message(hint.as_str())? } else { rule }))
}

fn explain(name: &str, lines: &[String], sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_column_width(0, 96)?;
    let (title, line) = (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    for (row, text) in lines.iter().enumerate() {
        sheet.write_string_with_format(row as u32, 0, seen(text), if row == 0 { &title } else { &line })?;
    }
    Ok(())
}

fn lists(form: &Form<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(form.lists)?;
    for (at, column) in form.columns.iter().filter(|column| !column.choices.is_empty()).enumerate() {
        for (row, choice) in column.choices.iter().enumerate() {
            sheet.write_string(row as u32, at as u16, choice)?;
        }
    }
    sheet.set_hidden(true);
    Ok(())
}

/// The bytes of a CSV: UTF-8 with its mark, or another encoding that has every character.
///
/// # Errors
/// `encoding_unknown`, and `encoding_lacks` where a text has a character that the encoding has not.
pub fn write_form_csv(form: &Form<'_>, label: Option<&str>) -> Outcome<Vec<u8>> {
    let failed = |error: csv::Error| Fault::internal("csv", error);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(form.columns.iter().map(|column| column.heading.as_str())).map_err(failed)?;
    for row in &form.rows {
        writer.write_record(row.iter().map(text)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| Fault::internal("csv", error))?;
    let wanted = label.map(encoding::given).transpose()?.unwrap_or(encoding_rs::UTF_8);
    if wanted == encoding_rs::UTF_8 {
        return Ok([b"\xEF\xBB\xBF", bytes.as_slice()].concat());
    }
    let text = String::from_utf8(bytes).map_err(|error| Fault::internal("csv", error))?;
    let (encoded, _, lacks) = wanted.encode(&text);
    if lacks {
        let name = encoding::name(wanted);
        return Err(Fault::bad("encoding_lacks", format!("{name} 写不出表中的某些字"), format!("{name} lacks characters of the table"))
            .help("请改用 UTF-8 或 GB18030", "use UTF-8 or GB18030"));
    }
    Ok(encoded.into_owned())
}

/// Characters that nobody sees are shown.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => guarded(&seen(text)),
        other => cell(other),
    }
}
