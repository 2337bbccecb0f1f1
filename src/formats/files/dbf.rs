//! DBF tables from their bytes: GDAL would decode lossily and turn long codes into numbers.

use super::source::{Field, SourceNotice};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Value};
use crate::formats::encoding::{self, Decoded, EncodingUsed, FoundBy};
use encoding_rs::Encoding;
use std::path::Path;

/// A DBF in memory: records as bytes, decoded on reading.
pub(crate) struct Dbf {
    bytes: Vec<u8>,
    columns: Vec<DbfColumn>,
    header_length: usize,
    record_length: usize,
    records: usize,
    language: u8,
}

struct DbfColumn {
    name: Vec<u8>,
    kind: u8,
    offset: usize,
    width: usize,
}

/// The decoded table; deleted records are `None`.
pub(crate) struct DbfTable {
    pub fields: Vec<Field>,
    pub records: Vec<Option<Vec<Value>>>,
    pub encoding: EncodingUsed,
    pub notices: Vec<SourceNotice>,
}

impl Dbf {
    /// Reads the file and checks that the header's promises fit its size.
    pub(super) fn open(path: &Path) -> Outcome<Dbf> {
        let bytes = std::fs::read(path).map_err(|error| super::read::unreadable(path, &error))?;
        let broken = |zh: String, en: String| {
            Fault::bad("shapefile_truncated", zh, en).at(super::read::file_name(path)).help(
                "文件不完整：请重新复制或让提供者重新导出（.shp、.shx、.dbf 三个文件）",
                "the file is incomplete: copy it again or have it exported again (.shp, .shx and .dbf)",
            )
        };
        if bytes.len() < 33 {
            return Err(broken(
                format!("DBF 只有 {} 字节，不足一个文件头", bytes.len()),
                format!("the DBF has {} bytes, less than a header", bytes.len()),
            ));
        }
        let u16_at = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        let records = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
        let (header_length, record_length) = (u16_at(8), u16_at(10));
        let needed = header_length as u64 + records as u64 * record_length as u64;
        if header_length < 33 || record_length == 0 || needed > bytes.len() as u64 {
            return Err(broken(
                format!("DBF 文件头声称有 {records} 条记录（共 {needed} 字节），实际只有 {} 字节", bytes.len()),
                format!("the DBF header promises {records} records ({needed} bytes), the file has {} bytes", bytes.len()),
            ));
        }
        let mut columns = Vec::new();
        let mut offset = 1;
        for descriptor in bytes[32..header_length].chunks_exact(32) {
            if descriptor[0] == 0x0D {
                break;
            }
            let name: Vec<u8> = descriptor[..11].iter().copied().take_while(|byte| *byte != 0).collect();
            let kind = descriptor[11];
            // Some programs keep the high byte of a text's width where decimals stand; others leave noise there, so it is not read.
            let width = usize::from(descriptor[16]);
            columns.push(DbfColumn { name, kind, offset, width });
            offset += width;
        }
        if offset > record_length {
            return Err(broken(
                "DBF 的字段宽度之和与记录长度不符".to_owned(),
                "the widths of the DBF's fields do not fit its record length".to_owned(),
            ));
        }
        let language = bytes[29];
        Ok(Dbf { bytes, columns, header_length, record_length, records, language })
    }

    pub(super) fn fields(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn records(&self) -> usize {
        self.records
    }

    fn record(&self, index: usize) -> &[u8] {
        let start = self.header_length + index * self.record_length;
        &self.bytes[start..start + self.record_length]
    }

    fn cell(&self, index: usize, column: &DbfColumn) -> &[u8] {
        trim(&self.record(index)[column.offset..column.offset + column.width])
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> + Clone {
        let names = self.columns.iter().map(|column| column.name.as_slice());
        let cells = (0..self.records)
            .filter(|index| self.record(*index)[0] != b'*')
            .flat_map(move |index| self.columns.iter().filter(|c| c.kind == b'C').map(move |column| self.cell(index, column)));
        names.chain(cells)
    }

    fn choose_encoding(&self, given: Option<&str>, cpg: Option<&str>, path: &Path) -> Outcome<(&'static Encoding, FoundBy)> {
        if let Some(label) = given {
            return Ok((encoding::given(label)?, FoundBy::Option));
        }
        if let Some(encoding) = cpg.and_then(encoding::by_label) {
            return Ok((encoding, FoundBy::Cpg));
        }
        if let Some(encoding) = encoding::by_language_byte(self.language) {
            return Ok((encoding, FoundBy::Ldid));
        }
        encoding::guess(self.texts()).ok_or_else(|| {
            let opinion = encoding::second_opinion(self.texts());
            Fault::bad(
                "encoding_unknown",
                format!("属性表没有说明编码，既不是 UTF-8 也不是 GB18030（可能是 {opinion}）"),
                format!("the attribute table does not state its encoding and is neither UTF-8 nor GB18030 (perhaps {opinion})"),
            )
            .at(super::read::file_name(path))
            .help("请用 --encoding 指定", "state it with --encoding")
        })
    }

    /// Decodes every record. A text that the encoding cannot read is a fault with its row and field.
    pub(super) fn read(&self, given: Option<&str>, cpg: Option<&str>, path: &Path) -> Outcome<DbfTable> {
        let (encoding, found_by) = self.choose_encoding(given, cpg, path)?;
        let mut notices: Vec<SourceNotice> = encoding::doubt(encoding, self.texts()).map(SourceNotice::from).into_iter().collect();
        let bad = |row: usize, field: &str, bytes: &[u8], at: usize| {
            let hex: Vec<String> = bytes.iter().skip(at).take(4).map(|byte| format!("{byte:02X}")).collect();
            let hex = hex.join(" ");
            let better = encoding::guess(self.texts()).map_or("GB18030", |(encoding, _)| encoding::name(encoding));
            Fault::bad(
                "encoding_wrong",
                format!("第 {row} 行字段 {field} 的字节 {hex} 不是 {}", encoding::name(encoding)),
                format!("row {row}, field {field}: the bytes {hex} are not {}", encoding::name(encoding)),
            )
            .at(format!("row {row}, field {field}"))
            .help(format!("试试 --encoding {better}"), format!("try --encoding {better}"))
        };
        let mut fields = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            match encoding::decode(encoding, &column.name) {
                Decoded::Whole(name) | Decoded::Cut(name) => fields.push(Field::named(name.trim())),
                Decoded::Bad(at) => return Err(bad(0, &format!("#{}", index + 1), &column.name, at)),
            }
        }
        let mut cut = Vec::new();
        let mut records = Vec::with_capacity(self.records);
        for row in 0..self.records {
            if self.record(row)[0] == b'*' {
                records.push(None);
                continue;
            }
            let mut values = Vec::with_capacity(fields.len());
            for (column, field) in self.columns.iter().zip(&fields) {
                let bytes = self.cell(row, column);
                let text = match encoding::decode(encoding, bytes) {
                    Decoded::Whole(text) => text,
                    Decoded::Cut(text) if bytes.len() + 3 >= column.width => {
                        cut.push(serde_json::json!({ "row": row + 1, "column": field.name }));
                        text
                    }
                    Decoded::Cut(text) => return Err(bad(row + 1, &field.name, bytes, text.len().min(bytes.len() - 1))),
                    Decoded::Bad(at) => return Err(bad(row + 1, &field.name, bytes, at)),
                };
                values.push(value(column.kind, text));
            }
            records.push(Some(values));
        }
        if !cut.is_empty() {
            notices.push(SourceNotice {
                code: "text_cut",
                zh: format!("{} 处文字在字段末尾被截断半个字，已去掉残字", cut.len()),
                en: format!("{} texts end inside a character at the end of their field; the stump was left out", cut.len()),
                items: cut,
            });
        }
        Ok(DbfTable { fields, records, encoding: EncodingUsed::of(encoding, found_by), notices })
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes[..end].trim_ascii()
}

/// A cell by the type letter of its column.
fn value(kind: u8, text: String) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    match kind {
        b'N' | b'F' | b'I' | b'B' | b'O' | b'Y' => number(text),
        b'L' => match text.as_bytes()[0] {
            b'T' | b't' | b'Y' | b'y' => Value::Boolean(true),
            b'F' | b'f' | b'N' | b'n' => Value::Boolean(false),
            _ => Value::Null,
        },
        b'D' => date(text),
        _ => Value::Text(text),
    }
}

/// Digits that a number type would change (leading zeros, more than 18 places) stay text.
fn number(text: String) -> Value {
    if text.starts_with('*') {
        return Value::Null;
    }
    let leading_zero = text.len() > 1 && text.starts_with('0') && !text.contains('.');
    if leading_zero {
        return Value::Text(text);
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Value::Integer(whole);
    }
    match text.parse::<f64>() {
        Ok(real) if text.contains(['.', 'e', 'E']) => Value::Real(real),
        _ => Value::Text(text),
    }
}

fn date(text: String) -> Value {
    if text.bytes().all(|byte| byte == b'0') {
        return Value::Null;
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Value::Text(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
    }
    Value::Text(text)
}
