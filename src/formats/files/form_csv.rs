//! A filled-in CSV: UTF-8, UTF-16 or GB18030, rows counted as a spreadsheet counts them.

use super::csv_check;
use super::csv_read::{delimiter, to_text};
use super::form::{FilledForm, Gathering, Odd};
use super::limits::Limits;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use std::path::Path;

pub(super) fn read(bytes: &[u8], path: &Path, encoding: Option<&str>) -> Outcome<FilledForm> {
    let (text, encoding, doubt) = to_text(bytes.to_vec(), encoding, path)?;
    if text.contains('\0') {
        return Err(Fault::bad("form_kind", "这不是表格文件：含有空字符", "this is no table: it holds null characters").at(path.to_string_lossy()));
    }
    let separator = delimiter(&text);
    csv_check::check(path, &text, separator, &Limits::default())?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut gathering = Gathering::new();
    // A cell with line breaks takes several lines of the file and one row of the sheet; an empty line is a row, though the parser passes it over.
    let (mut counted, mut lines, mut inside) = (0usize, 1u32, 0u32);
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            Fault::bad("csv_syntax", format!("第 {line} 行不是合法的 CSV"), format!("line {line} is not CSV: {error}")).at(format!("line {line}"))
        })?;
        let begin = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(counted);
        let empty = text.as_bytes()[begin..].iter().take_while(|byte| matches!(**byte, b'\r' | b'\n')).count();
        lines += text.as_bytes()[counted..begin + empty].iter().filter(|byte| **byte == b'\n').count() as u32;
        counted = begin + empty;
        let number = lines.saturating_sub(inside);
        for (column, text) in record.iter().enumerate() {
            inside += text.matches('\n').count() as u32;
            let (value, odd) = cell(text);
            gathering.put(number, u32::try_from(column).unwrap_or(u32::MAX), value, odd)?;
        }
    }
    Ok(FilledForm { kind: "CSV", encoding: Some(encoding), rows: gathering.rows, notices: doubt.into_iter().collect() })
}

/// The apostrophe that our writer puts before what a spreadsheet would take for a formula comes off; `="0012"` is how people keep noughts.
fn cell(text: &str) -> (Value, Option<Odd>) {
    let text = text.trim();
    if text.is_empty() {
        return (Value::Null, None);
    }
    if let Some(shown) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).filter(|shown| !shown.contains('"')) {
        return (if shown.is_empty() { Value::Null } else { Value::from(shown) }, None);
    }
    if text.starts_with('=') {
        return (Value::from(text), Some(Odd::Formula));
    }
    if text.starts_with('#') && matches!(text, "#REF!" | "#DIV/0!" | "#VALUE!" | "#NAME?" | "#N/A" | "#NUM!" | "#NULL!" | "#SPILL!" | "#CALC!") {
        return (Value::from(text), Some(Odd::Error(text.to_owned())));
    }
    (Value::from(text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r'])).unwrap_or(text)), None)
}
