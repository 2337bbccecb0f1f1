//! What the reading process says, as bytes: numbers of variable length, texts after their length, coordinates as they lie in memory.

use super::super::form::{FilledForm, Odd};
use super::super::source::{DrawingUnit, Oddity, RawShape, SourceNotice, SourceRow, Table};
use super::request::{FOUND_BY, KINDS, cell, odd, row, says, shape};
use crate::domain::{Fault, Value};
use crate::formats::crs::Crs;
use crate::formats::encoding::EncodingUsed;
use geo_types::Coord;
use std::io::{Result, Write};

/// Bytes that gather before they go out.
const CHUNK: usize = 256 << 10;

/// Writes messages.
pub(super) struct Pen<W: Write> {
    out: W,
    bytes: Vec<u8>,
}

impl<W: Write> Pen<W> {
    pub(super) fn new(out: W) -> Self {
        Pen { out, bytes: Vec::with_capacity(CHUNK) }
    }

    /// Sends what has gathered.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.out.write_all(&self.bytes)?;
        self.bytes.clear();
        self.out.flush()
    }

    fn relieve(&mut self) -> Result<()> {
        if self.bytes.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    pub(super) fn ready(&mut self, has_fence: bool, has_filter: bool) -> Result<()> {
        self.bytes.extend([says::READY, u8::from(has_fence), u8::from(has_filter)]);
        self.flush()
    }

    pub(super) fn progress(&mut self, done: u64, total: Option<u64>) -> Result<()> {
        self.bytes.push(says::PROGRESS);
        self.number(done);
        self.number(total.map_or(0, |total| total.saturating_add(1)));
        self.flush()
    }

    pub(super) fn ask(&mut self, heading: &str) -> Result<()> {
        self.bytes.push(says::ASK);
        self.text(heading);
        self.flush()
    }

    pub(super) fn rows(&mut self, rows: &[SourceRow]) -> Result<()> {
        self.bytes.push(says::ROWS);
        self.number(rows.len() as u64);
        for row in rows {
            self.row(row);
            self.relieve()?;
        }
        Ok(())
    }

    /// Sends the end of a table, its rows being sent.
    pub(super) fn table(&mut self, table: &Table, peak_kib: u64) -> Result<()> {
        self.bytes.push(says::TABLE);
        self.number(peak_kib);
        self.text(&table.driver);
        self.text(&table.layer);
        self.number(table.fields.len() as u64);
        for field in &table.fields {
            self.text(&field.name);
            self.maybe(field.alias.as_deref());
        }
        self.crs(table.crs.as_ref());
        self.bytes.push(u8::from(table.crs_by_format));
        self.bytes.push(u8::from(table.spatial));
        self.encoding(table.encoding.as_ref());
        self.unit(table.unit);
        self.notices(&table.notices);
        self.flush()
    }

    pub(super) fn form(&mut self, form: &FilledForm) -> Result<()> {
        self.bytes.push(says::FORM);
        self.text(form.kind);
        self.encoding(form.encoding.as_ref());
        self.number(form.rows.len() as u64);
        for row in &form.rows {
            self.number(u64::from(row.number));
            self.number(row.cells.len() as u64);
            for cell in &row.cells {
                self.number(u64::from(cell.column));
                self.value(&cell.value);
                self.odd_of_form(cell.odd.as_ref());
            }
            self.relieve()?;
        }
        self.notices(&form.notices);
        self.flush()
    }

    pub(super) fn fault(&mut self, fault: &Fault) -> Result<()> {
        self.bytes.push(says::FAULT);
        // A kind that reading does not have is ours.
        let kind = KINDS.iter().position(|kind| *kind == fault.kind).unwrap_or(KINDS.len() - 1);
        self.bytes.push(kind as u8);
        for text in [fault.code, &fault.zh, &fault.en] {
            self.text(text);
        }
        for text in [&fault.place, &fault.help_zh, &fault.help_en] {
            self.maybe(text.as_deref());
        }
        self.number(fault.fields.len() as u64);
        for (pointer, zh, en) in &fault.fields {
            [pointer, zh, en].into_iter().for_each(|text| self.text(text));
        }
        self.flush()
    }

    /// What was tried, and the system's word against it.
    pub(super) fn attempts(&mut self, attempts: &[(&str, Option<String>)]) -> Result<()> {
        self.bytes.push(says::ATTEMPTS);
        self.number(attempts.len() as u64);
        for (what, refusal) in attempts {
            self.text(what);
            self.maybe(refusal.as_deref());
        }
        self.flush()
    }

    fn row(&mut self, source: &SourceRow) {
        let has_z = source.geometry.as_ref().is_some_and(|geometry| geometry.has_z);
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        self.bytes.push(
            bit(source.geometry.is_some(), row::GEOMETRY)
                | bit(has_z, row::HAS_Z)
                | bit(source.wide, row::WIDE)
                | bit(!source.odd.is_empty(), row::ODD),
        );
        self.number(source.number);
        if let Some(geometry) = &source.geometry {
            self.shape(&geometry.shape);
        }
        self.number(source.values.len() as u64);
        source.values.iter().for_each(|value| self.value(value));
        if !source.odd.is_empty() {
            self.number(source.odd.len() as u64);
            for (column, odd) in &source.odd {
                self.number(*column as u64);
                self.oddity(odd);
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.bytes.push(cell::NULL),
            Value::Text(text) => {
                self.bytes.push(cell::TEXT);
                self.text(text);
            }
            Value::Integer(whole) => {
                self.bytes.push(cell::INTEGER);
                self.bytes.extend(whole.to_le_bytes());
            }
            Value::Real(real) => {
                self.bytes.push(cell::REAL);
                self.bytes.extend(real.to_le_bytes());
            }
            Value::Boolean(flag) => self.bytes.push(if *flag { cell::TRUE } else { cell::FALSE }),
        }
    }

    fn shape(&mut self, shape: &RawShape) {
        match shape {
            RawShape::Empty => self.bytes.push(shape::EMPTY),
            RawShape::Points(points) => {
                self.bytes.push(shape::POINTS);
                self.run(points);
            }
            RawShape::Lines(lines) => {
                self.bytes.push(shape::LINES);
                self.runs(lines);
            }
            RawShape::Polygons(polygons) => {
                self.bytes.push(shape::POLYGONS);
                self.number(polygons.len() as u64);
                polygons.iter().for_each(|rings| self.runs(rings));
            }
            RawShape::Mixed(parts) => {
                self.bytes.push(shape::MIXED);
                self.number(parts.len() as u64);
                parts.iter().for_each(|part| self.shape(part));
            }
            RawShape::Other(name) => {
                self.bytes.push(shape::OTHER);
                self.text(name);
            }
            RawShape::Unreadable(why) => {
                self.bytes.push(shape::UNREADABLE);
                self.text(why);
            }
        }
    }

    fn runs(&mut self, lines: &[Vec<Coord<f64>>]) {
        self.number(lines.len() as u64);
        lines.iter().for_each(|line| self.run(line));
    }

    fn run(&mut self, line: &[Coord<f64>]) {
        self.number(line.len() as u64);
        self.bytes.reserve(line.len() * 16);
        for at in line {
            self.bytes.extend_from_slice(&at.x.to_le_bytes());
            self.bytes.extend_from_slice(&at.y.to_le_bytes());
        }
    }

    fn oddity(&mut self, oddity: &Oddity) {
        match oddity {
            Oddity::Error(text) => self.odd_text(odd::ERROR, text),
            Oddity::Unsolved(text) => self.odd_text(odd::UNSOLVED, text),
            Oddity::Date => self.bytes.push(odd::DATE),
            Oddity::Boolean => self.bytes.push(odd::BOOLEAN),
            Oddity::Digits => self.bytes.push(odd::DIGITS),
        }
    }

    fn odd_of_form(&mut self, odd: Option<&Odd>) {
        match odd {
            None => self.bytes.push(0),
            Some(Odd::Error(text)) => self.odd_text(odd::ERROR, text),
            Some(Odd::Formula) => self.bytes.push(odd::FORMULA),
            Some(Odd::Merged) => self.bytes.push(odd::MERGED),
            Some(Odd::Digits) => self.bytes.push(odd::DIGITS),
            Some(Odd::Date) => self.bytes.push(odd::DATE),
            Some(Odd::Boolean) => self.bytes.push(odd::BOOLEAN),
            Some(Odd::Long(length)) => {
                self.bytes.push(odd::LONG);
                self.number(*length as u64);
            }
        }
    }

    fn odd_text(&mut self, letter: u8, text: &str) {
        self.bytes.push(letter);
        self.text(text);
    }

    /// A code of the register where it means the same; else the definition.
    fn crs(&mut self, crs: Option<&Crs>) {
        let Some(crs) = crs else { return self.bytes.push(0) };
        self.bytes.push(1);
        self.text(crs.label());
        self.maybe(crs.definition().as_deref());
    }

    fn encoding(&mut self, encoding: Option<&EncodingUsed>) {
        let Some(encoding) = encoding else { return self.bytes.push(0) };
        let by = FOUND_BY.iter().position(|by| *by == encoding.found_by).unwrap_or_default();
        self.bytes.push(by as u8 + 1);
        self.text(&encoding.name);
    }

    fn unit(&mut self, unit: Option<DrawingUnit>) {
        self.maybe(unit.map(|unit| unit.en));
    }

    fn notices(&mut self, notices: &[SourceNotice]) {
        self.number(notices.len() as u64);
        for notice in notices {
            for text in [notice.code, &notice.zh, &notice.en] {
                self.text(text);
            }
            self.number(notice.items.len() as u64);
            notice.items.iter().for_each(|item| self.text(&item.to_string()));
        }
    }

    fn maybe(&mut self, text: Option<&str>) {
        self.bytes.push(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}
