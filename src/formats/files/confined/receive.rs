//! What the reading process said, taken as a claim: every count and length is held against what may still come before room is made for it,
//! texts are UTF-8, codes are known ones, cells stand under fields. Whatever it is, it can lie about rows and do nothing else.

use super::super::dxf_scan::unit_named;
use super::super::form::{FilledForm, FormCell, FormRow, Odd};
use super::super::limits::{Limits, ProcessLimits, exceeded};
use super::super::source::{Field, Oddity, RawGeometry, RawShape, SourceNotice, SourceRow, Table};
use super::codes;
use super::request::{FOUND_BY, KINDS, cell, odd, row, shape};
use crate::domain::{Fault, Value};
use crate::formats::crs::Crs;
use crate::formats::encoding::EncodingUsed;
use geo_types::Coord;
use std::io::{BufRead, BufReader, Read};

/// Why a message was not understood.
#[derive(Debug)]
pub(super) enum Bad {
    /// The other side is gone, or reading was stopped.
    Ended,
    /// It says what it must not say.
    Answer(&'static str),
    /// It says more than it may.
    Much(Box<Fault>),
}

pub(super) type Taken<T> = Result<T, Bad>;

/// Bytes of a definition of a reference system, of a heading, of a text for people.
const LONGEST_DEFINITION: usize = 64 << 10;
const LONGEST_NAME: usize = 64 << 10;
const LONGEST_WORDS: usize = 1 << 20;
/// Bytes that are made into coordinates at a time.
const RUN: usize = 16 << 10;

/// Reads messages.
pub(super) struct Ear<R: Read> {
    from: BufReader<R>,
    limits: Limits,
    /// Bytes that the table may still take, and the words beside it.
    left: u64,
    most: u64,
    words: usize,
}

impl<R: Read> Ear<R> {
    pub(super) fn new(from: R, limits: &Limits, table: u64) -> Self {
        Ear { from: BufReader::with_capacity(256 << 10, from), limits: limits.clone(), left: table, most: table, words: ProcessLimits::TOLD }
    }

    pub(super) fn pipe(&self) -> &R {
        self.from.get_ref()
    }

    pub(super) fn byte(&mut self) -> Taken<u8> {
        let first = self.from.fill_buf().map_err(|_| Bad::Ended)?.first().copied().ok_or(Bad::Ended)?;
        self.from.consume(1);
        Ok(first)
    }

    pub(super) fn flag(&mut self) -> Taken<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Bad::Answer("flag")),
        }
    }

    pub(super) fn number(&mut self) -> Taken<u64> {
        let mut number = 0u64;
        for shift in (0u32..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F).checked_shl(shift).ok_or(Bad::Answer("number"))?;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Bad::Answer("number"))
    }

    /// A count of things of which each takes at least so much room with us.
    fn count(&mut self, each: usize) -> Taken<usize> {
        let count = self.number()?;
        self.spend(count.saturating_mul(each as u64))?;
        usize::try_from(count).map_err(|_| Bad::Answer("count"))
    }

    fn spend(&mut self, bytes: u64) -> Taken<()> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                let fault = exceeded("读出的表的字节数", "the size of the table in memory in bytes", self.most - self.left + bytes, self.most);
                Err(Bad::Much(Box::new(fault)))
            }
        }
    }

    fn bytes(&mut self, length: usize) -> Taken<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes).map_err(|_| Bad::Ended)?;
        Ok(bytes)
    }

    fn text(&mut self, longest: usize) -> Taken<String> {
        let length = self.count(1)?;
        if length > longest {
            return Err(Bad::Answer("length of a text"));
        }
        String::from_utf8(self.bytes(length)?).map_err(|_| Bad::Answer("text"))
    }

    /// A text for people: no control characters, which could write over what a terminal shows.
    fn words(&mut self) -> Taken<String> {
        let text = self.text(LONGEST_WORDS)?;
        self.words = self.words.checked_sub(text.len()).ok_or(Bad::Answer("too many words"))?;
        Ok(text.chars().map(|letter| if letter.is_control() && letter != '\n' && letter != '\t' { '\u{fffd}' } else { letter }).collect())
    }

    fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> Taken<T>) -> Taken<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Ok(None) }
    }

    pub(super) fn total(&mut self) -> Taken<Option<u64>> {
        Ok(self.number()?.checked_sub(1))
    }

    pub(super) fn heading(&mut self) -> Taken<String> {
        self.text(self.limits.cell_bytes)
    }

    /// A block of rows.
    pub(super) fn rows(&mut self, into: &mut Vec<SourceRow>) -> Taken<()> {
        let count = self.count(size_of::<SourceRow>())?;
        if (into.len() + count) as u64 > self.limits.rows {
            let fault = exceeded("行数", "the number of rows", (into.len() + count) as u64, self.limits.rows);
            return Err(Bad::Much(Box::new(fault)));
        }
        for _ in 0..count {
            into.push(self.row()?);
        }
        Ok(())
    }

    fn row(&mut self) -> Taken<SourceRow> {
        let bits = self.byte()?;
        let number = self.number()?;
        let geometry = if bits & row::GEOMETRY == 0 {
            None
        } else {
            let mut vertices = self.limits.vertices_per_row;
            Some(RawGeometry { shape: self.shape(&mut vertices, 0)?, has_z: bits & row::HAS_Z != 0 })
        };
        let count = self.count(size_of::<Value>())?;
        if count > self.limits.fields {
            return Err(Bad::Answer("number of cells"));
        }
        let mut values = Vec::with_capacity(count);
        for _ in 0..count {
            values.push(self.value()?);
        }
        let mut odd = Vec::new();
        if bits & row::ODD != 0 {
            for _ in 0..self.count(size_of::<(usize, Oddity)>())? {
                let column = self.number()?;
                let column = usize::try_from(column).ok().filter(|column| *column < self.limits.fields).ok_or(Bad::Answer("column"))?;
                odd.push((column, self.oddity()?));
            }
        }
        Ok(SourceRow { number, geometry, values, odd, wide: bits & row::WIDE != 0 })
    }

    fn value(&mut self) -> Taken<Value> {
        Ok(match self.byte()? {
            cell::NULL => Value::Null,
            cell::TEXT => Value::Text(self.text(self.limits.cell_bytes)?),
            cell::INTEGER => Value::Integer(i64::from_le_bytes(self.eight()?)),
            cell::REAL => Value::Real(f64::from_le_bytes(self.eight()?)),
            cell::FALSE => Value::Boolean(false),
            cell::TRUE => Value::Boolean(true),
            _ => return Err(Bad::Answer("cell")),
        })
    }

    fn eight(&mut self) -> Taken<[u8; 8]> {
        let mut bytes = [0; 8];
        self.from.read_exact(&mut bytes).map_err(|_| Bad::Ended)?;
        Ok(bytes)
    }

    fn shape(&mut self, vertices: &mut usize, depth: usize) -> Taken<RawShape> {
        if depth > self.limits.depth {
            return Err(Bad::Much(Box::new(self.limits.too_deep())));
        }
        Ok(match self.byte()? {
            shape::EMPTY => RawShape::Empty,
            shape::POINTS => RawShape::Points(self.run(vertices)?),
            shape::LINES => RawShape::Lines(self.runs(vertices)?),
            shape::POLYGONS => {
                let count = self.count(size_of::<Vec<Vec<Coord<f64>>>>())?;
                (0..count).map(|_| self.runs(vertices)).collect::<Taken<_>>().map(RawShape::Polygons)?
            }
            shape::MIXED => {
                let count = self.count(size_of::<RawShape>())?;
                (0..count).map(|_| self.shape(vertices, depth + 1)).collect::<Taken<_>>().map(RawShape::Mixed)?
            }
            shape::OTHER => RawShape::Other(self.text(LONGEST_NAME)?),
            shape::UNREADABLE => RawShape::Unreadable(self.text(LONGEST_WORDS)?),
            _ => return Err(Bad::Answer("shape")),
        })
    }

    fn runs(&mut self, vertices: &mut usize) -> Taken<Vec<Vec<Coord<f64>>>> {
        let count = self.count(size_of::<Vec<Coord<f64>>>())?;
        (0..count).map(|_| self.run(vertices)).collect()
    }

    fn run(&mut self, vertices: &mut usize) -> Taken<Vec<Coord<f64>>> {
        let count = self.count(size_of::<Coord<f64>>())?;
        *vertices = vertices.checked_sub(count).ok_or_else(|| Bad::Much(Box::new(self.limits.too_many_vertices(count as u64))))?;
        let mut line = Vec::with_capacity(count);
        let mut chunk = [0u8; RUN];
        let mut left = count * 16;
        while left > 0 {
            let part = &mut chunk[..left.min(RUN)];
            self.from.read_exact(part).map_err(|_| Bad::Ended)?;
            left -= part.len();
            line.extend(part.as_chunks::<16>().0.iter().map(|pair| {
                let (x, y) = pair.split_at(8);
                let of = |half: &[u8]| f64::from_le_bytes(half.try_into().unwrap_or_default());
                Coord { x: of(x), y: of(y) }
            }));
        }
        Ok(line)
    }

    fn oddity(&mut self) -> Taken<Oddity> {
        Ok(match self.byte()? {
            odd::ERROR => Oddity::Error(self.words()?),
            odd::UNSOLVED => Oddity::Unsolved(self.words()?),
            odd::DATE => Oddity::Date,
            odd::BOOLEAN => Oddity::Boolean,
            odd::DIGITS => Oddity::Digits,
            _ => return Err(Bad::Answer("odd cell")),
        })
    }

    /// The end of a table whose rows are here, and the memory that the other side took at most, in KiB.
    pub(super) fn table(&mut self, mut rows: Vec<SourceRow>) -> Taken<(Table, u64)> {
        let peak_kib = self.number()?;
        let (driver, layer) = (self.text(LONGEST_NAME)?, self.text(LONGEST_NAME)?);
        let count = self.count(size_of::<Field>())?;
        self.limits.hold_cells(rows.len() as u64, count).map_err(|fault| Bad::Much(Box::new(fault)))?;
        let field = |ear: &mut Self| Ok(Field { name: ear.text(LONGEST_NAME)?, alias: ear.maybe(|ear| ear.text(LONGEST_NAME))? });
        let fields = (0..count).map(|_| field(self)).collect::<Taken<Vec<_>>>()?;
        let mut short = 0u64;
        for row in &rows {
            if row.values.len() > count || row.odd.iter().any(|(column, _)| *column >= count) {
                return Err(Bad::Answer("a cell without a field"));
            }
            short += (count - row.values.len()) as u64;
        }
        self.spend(short * size_of::<Value>() as u64)?;
        rows.iter_mut().for_each(|row| row.values.resize(count, Value::Null));
        let crs = self.maybe(Self::crs)?;
        let (crs_by_format, spatial) = (self.flag()?, self.flag()?);
        let encoding = self.encoding()?;
        let unit = self.maybe(|ear| unit_named(&ear.text(LONGEST_NAME)?).ok_or(Bad::Answer("unit")))?;
        let notices = self.notices()?;
        Ok((Table { driver, layer, fields, rows, crs, crs_by_format, encoding, unit, spatial, notices }, peak_kib))
    }

    fn crs(&mut self) -> Taken<Crs> {
        let label = self.text(LONGEST_NAME)?;
        let definition = self.maybe(|ear| ear.text(LONGEST_DEFINITION))?;
        Crs::received(label, definition.as_deref()).map_err(|fault| Bad::Much(Box::new(fault)))
    }

    fn encoding(&mut self) -> Taken<Option<EncodingUsed>> {
        let Some(by) = self.byte()?.checked_sub(1) else { return Ok(None) };
        let found_by = *FOUND_BY.get(usize::from(by)).ok_or(Bad::Answer("encoding"))?;
        Ok(Some(EncodingUsed { name: self.words()?, found_by }))
    }

    fn notices(&mut self) -> Taken<Vec<SourceNotice>> {
        let count = self.count(size_of::<SourceNotice>())?;
        (0..count).map(|_| self.notice()).collect()
    }

    fn notice(&mut self) -> Taken<SourceNotice> {
        let code = self.code()?;
        let (zh, en) = (self.words()?, self.words()?);
        let count = self.count(size_of::<serde_json::Value>())?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(serde_json::from_str(&self.words()?).map_err(|_| Bad::Answer("item of a notice"))?);
        }
        Ok(SourceNotice { code, zh, en, items })
    }

    fn code(&mut self) -> Taken<&'static str> {
        codes::known(&self.text(LONGEST_NAME)?).ok_or(Bad::Answer("code"))
    }

    pub(super) fn fault(&mut self) -> Taken<Fault> {
        let kind = *KINDS.get(usize::from(self.byte()?)).ok_or(Bad::Answer("kind of fault"))?;
        let code = self.code()?;
        let mut fault = Fault::new(kind, code, self.words()?, self.words()?);
        fault.place = self.maybe(Self::words)?;
        fault.help_zh = self.maybe(Self::words)?;
        fault.help_en = self.maybe(Self::words)?;
        for _ in 0..self.count(size_of::<(String, String, String)>())? {
            let (pointer, zh, en) = (self.words()?, self.words()?, self.words()?);
            fault = fault.field(pointer, zh, en);
        }
        Ok(fault)
    }

    pub(super) fn form(&mut self) -> Taken<FilledForm> {
        let kind = match self.text(LONGEST_NAME)?.as_str() {
            "XLSX" => "XLSX",
            "CSV" => "CSV",
            _ => return Err(Bad::Answer("kind of table")),
        };
        let encoding = self.encoding()?;
        let mut rows = Vec::new();
        for _ in 0..self.count(size_of::<FormRow>())? {
            let number = self.small()?;
            let mut cells = Vec::new();
            for _ in 0..self.count(size_of::<FormCell>())? {
                cells.push(FormCell { column: self.small()?, value: self.value()?, odd: self.odd_of_form()? });
            }
            rows.push(FormRow { number, cells });
        }
        Ok(FilledForm { kind, encoding, rows, notices: self.notices()? })
    }

    fn small(&mut self) -> Taken<u32> {
        u32::try_from(self.number()?).map_err(|_| Bad::Answer("place"))
    }

    fn odd_of_form(&mut self) -> Taken<Option<Odd>> {
        Ok(Some(match self.byte()? {
            0 => return Ok(None),
            odd::ERROR => Odd::Error(self.words()?),
            odd::FORMULA => Odd::Formula,
            odd::MERGED => Odd::Merged,
            odd::DIGITS => Odd::Digits,
            odd::DATE => Odd::Date,
            odd::BOOLEAN => Odd::Boolean,
            odd::LONG => Odd::Long(usize::try_from(self.number()?).unwrap_or(usize::MAX)),
            _ => return Err(Bad::Answer("odd cell")),
        }))
    }

    pub(super) fn attempts(&mut self) -> Taken<Vec<(String, Option<String>)>> {
        let count = self.count(size_of::<(String, Option<String>)>())?;
        (0..count).map(|_| Ok((self.words()?, self.maybe(Self::words)?))).collect()
    }
}
