//! CSV and text tables: byte-order mark, GB18030 from Chinese Excel, separators, and codes kept as the text that they are.

use super::csv_check;
use super::dbf::Dbf;
use super::limits::Limits;
use super::read::{ReadOptions, all_bytes, file_name};
use super::shapefile::sibling;
use super::source::{SourceNotice, SourceRow, Table};
use super::table::{Grid, GridRow, from_grid};
use super::taker::{Rows, Taker, bound_row};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::encoding::{self, Decoded, EncodingUsed, FoundBy};
use encoding_rs::Encoding;
use std::path::Path;

/// Reads a CSV. Rows are numbered by their line in the file.
pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let bytes = all_bytes(path, options.limits)?;
    let (text, encoding, doubt) = to_text(bytes, options.encoding, path)?;
    let separator = delimiter(&text);
    csv_check::check(path, &text, separator, options.limits)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut rows: Vec<GridRow> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            Fault::bad("csv_syntax", format!("第 {line} 行不是合法的 CSV"), format!("line {line} is not CSV: {error}")).at(format!("line {line}"))
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        hold_record(&record, options.limits).map_err(|fault| fault.at(format!("line {line}")))?;
        rows.push(GridRow { number: line, values: record.iter().map(cell).collect(), odd: Vec::new() });
        bound_row(rows.len(), None, options)?;
    }
    ends_with_a_row(path, &text, &rows)?;
    let layer = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let notices = doubt.into_iter().collect();
    from_grid(Grid { driver: "CSV", layer, rows, merged: Vec::new(), encoding: Some(encoding), notices }, options, taker)
}

/// Holds the bounds of one line: its cells, and the length of each.
fn hold_record(record: &csv::StringRecord, limits: &Limits) -> Outcome<()> {
    limits.hold_cells(1, record.len())?;
    match record.iter().map(str::len).max() {
        Some(longest) if longest > limits.cell_bytes => Err(limits.cell_too_long(longest as u64)),
        _ => Ok(()),
    }
}

/// A last line that neither ends nor has all its cells is what is left of a row: the file was cut off there.
fn ends_with_a_row(path: &Path, text: &str, rows: &[GridRow]) -> Outcome<()> {
    let Some((last, before)) = rows.split_last().filter(|(_, before)| !before.is_empty()) else { return Ok(()) };
    let usual = before.iter().map(|row| row.values.len()).min().unwrap_or_default();
    let filled = |row: &GridRow| row.values.last().is_some_and(|value| !value.is_null());
    let is_half = last.values.len() < usual || (!filled(last) && before.iter().all(filled));
    if text.ends_with(['\n', '\r']) || !is_half {
        return Ok(());
    }
    let (name, line) = (file_name(path), last.number);
    Err(Fault::bad(
        "file_cut",
        format!("{name} 不完整：最后的第 {line} 行缺少单元格，也没有换行"),
        format!("{name} is not whole: its last line {line} lacks cells that all others have, and a line break"),
    )
    .at(format!("line {line}"))
    .help("文件被截断：请重新复制或重新导出", "the file was cut off: copy it again, or export it again"))
}

/// Reads a DBF that comes without shapes.
pub(crate) fn read_dbf(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let dbf = Dbf::open(path)?;
    options.limits.hold_rows(dbf.records() as u64)?;
    options.limits.hold_cells(dbf.records() as u64, dbf.fields())?;
    let total = Some(dbf.records() as u64);
    let cpg = sibling(path, "cpg").and_then(|cpg| std::fs::read_to_string(cpg).ok());
    let table = dbf.read(options.encoding, cpg.as_deref(), path)?;
    let mut rows = Rows::new(taker, options, total);
    for (index, values) in table.records.into_iter().enumerate() {
        if let Some(values) = values {
            rows.push(SourceRow::new(index as u64 + 1, None, values))?;
        }
    }
    Ok(Table {
        driver: "DBF".to_owned(),
        layer: path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
        fields: table.fields,
        rows: rows.rest(),
        crs: None,
        crs_by_format: false,
        encoding: Some(table.encoding),
        spatial: false,
        unit: None,
        notices: table.notices,
    })
}

/// The apostrophe that our writer puts before a text that a spreadsheet would take for a formula comes off again.
fn cell(text: &str) -> Value {
    let text = text.trim();
    // `="0012"` is how people keep a spreadsheet from eating noughts; what it shows is 0012.
    if let Some(shown) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).filter(|shown| !shown.contains('"')) {
        return if shown.is_empty() { Value::Null } else { Value::from(shown) };
    }
    let text = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    };
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

pub(super) fn to_text(mut bytes: Vec<u8>, given: Option<&str>, path: &Path) -> Outcome<(String, EncodingUsed, Option<SourceNotice>)> {
    // Excel's “Unicode text” is UTF-16 with a mark.
    let mark = take_mark(&mut bytes);
    let body = bytes.as_slice();
    let (encoding, by) = match (given, mark) {
        (Some(label), _) => (encoding::given(label)?, FoundBy::Option),
        (None, Some(marked)) => (marked, FoundBy::Mark),
        (None, None) => encoding::wide(body)
            .map(|wide| (wide, FoundBy::Guess))
            .or_else(|| encoding::guess([body].into_iter()))
            .ok_or_else(|| unknown(path, body))?,
    };
    let doubt = encoding::doubt(encoding, [body].into_iter()).map(SourceNotice::from);
    match encoding::decode_all(encoding, bytes) {
        (Decoded::Whole(text), _) => Ok((text, EncodingUsed::of(encoding, by), doubt)),
        (Decoded::Cut(_), body) => Err(bad_bytes(path, &body, body.len().saturating_sub(1), encoding)),
        (Decoded::Bad(at), body) => Err(bad_bytes(path, &body, at, encoding)),
    }
}

/// Takes a byte-order mark off and says what it means.
pub(super) fn take_mark(bytes: &mut Vec<u8>) -> Option<&'static Encoding> {
    let (marked, length) = Encoding::for_bom(bytes)?;
    bytes.drain(..length);
    Some(marked)
}

fn unknown(path: &Path, bytes: &[u8]) -> Fault {
    let opinion = encoding::second_opinion([bytes].into_iter());
    Fault::bad(
        "encoding_unknown",
        format!("文字既不是 UTF-8 也不是 GB18030（可能是 {opinion}）"),
        format!("the text is neither UTF-8 nor GB18030 (perhaps {opinion})"),
    )
    .at(file_name(path))
    .help("请用 --encoding 指定", "state it with --encoding")
}

/// The fault for bytes that do not decode, with line and column.
pub(crate) fn bad_bytes(path: &Path, bytes: &[u8], at: usize, encoding: &'static Encoding) -> Fault {
    let before = &bytes[..at.min(bytes.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let field = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default().iter().filter(|byte| **byte == b',').count() + 1;
    let hex = bytes.iter().skip(at).take(4).map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ");
    let name = encoding::name(encoding);
    let better = encoding::guess([bytes].into_iter()).map_or("GB18030", |(encoding, _)| encoding::name(encoding));
    Fault::bad(
        "encoding_wrong",
        format!("{} 第 {line} 行第 {field} 列的字节 {hex} 不是 {name}", file_name(path)),
        format!("{}, line {line}, field {field}: the bytes {hex} are not {name}", file_name(path)),
    )
    .at(format!("line {line}, field {field}"))
    .help(format!("试试 --encoding {better}"), format!("try --encoding {better}"))
}

/// The separator that the first line has most of.
pub(super) fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    [b',', b'\t', b';', b'|'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}
