//! The cells of one row: what a spreadsheet made of a text is told, and never taken for the text.

use super::cells::{self, Problem};
use super::reasons;
use super::report::RowNote;
use super::rows::{Intake, note};
use crate::domain::{Column, ColumnType, Row, Value, dictionary};
use crate::formats::{Oddity, SourceRow, clean};
use serde_json::json;
use std::borrow::Cow;

impl Intake<'_> {
    /// `Err` is the row's rejection: its key is not what was typed.
    pub(super) fn values(&mut self, source: &SourceRow) -> Result<Row, Box<RowNote>> {
        let mut row = Row::empty(self.layer);
        let links = std::mem::take(&mut self.mapping.links);
        let mut spoiled = None;
        for link in &links {
            let column = &self.layer.columns[link.column];
            let is_key = link.column == self.key;
            let cell = self.as_typed(source, link.field, column, is_key, &mut spoiled);
            let (value, problem) = cells::convert(&cell, column, link.factor);
            match problem {
                None => {}
                Some(Problem::Unparsed(text)) => {
                    self.unparsed.push(json!({ "row": source.number, "column": column.name, "value": text }));
                }
                Some(Problem::UnknownCode(text)) => *self.unknown.entry((column.name.clone(), text)).or_default() += 1,
                Some(Problem::Blank(text)) => *self.blanks.entry((column.name.clone(), text)).or_default() += 1,
            }
            if let (Value::Text(stated), Value::Text(taken)) = (&*cell, &value)
                && stated.len() > taken.len()
                && column.kind == ColumnType::Text
                && stated.trim() == taken
            {
                self.trimmed += 1;
            }
            row.values[link.column] = if is_key || self.names_a_row[link.column] { self.cleaned(value, source, column) } else { value };
        }
        self.mapping.links = links;
        if self.mapping.key_is_row {
            row.values[self.key] = Value::Text(source.number.to_string());
        }
        spoiled.map_or(Ok(row), Err)
    }

    /// The cell as it was typed, as far as the file still knows; null with a word to the person where it does not.
    fn as_typed<'s>(
        &mut self,
        source: &'s SourceRow,
        field: usize,
        column: &Column,
        is_key: bool,
        spoiled: &mut Option<Box<RowNote>>,
    ) -> Cow<'s, Value> {
        let cell = &source.values[field];
        let odd = source.odd.iter().find(|(at, _)| *at == field).map(|(_, odd)| odd);
        let is_text = column.kind == ColumnType::Text;
        let place = |value: &str| json!({ "row": source.number, "column": column.name, "value": value });
        match odd {
            Some(Oddity::Error(error)) => {
                self.unparsed.push(place(error));
                Cow::Owned(Value::Null)
            }
            Some(Oddity::Unsolved(formula)) => {
                self.unparsed.push(place(&format!("={formula}")));
                Cow::Owned(Value::Null)
            }
            Some(Oddity::Date | Oddity::Boolean) if is_text => {
                self.no_texts.push(place(&cells::text_of(cell).unwrap_or_default()));
                if is_key {
                    *spoiled = Some(note(source.number, None, reasons::KEY_NO_TEXT));
                }
                Cow::Owned(Value::Null)
            }
            Some(Oddity::Digits) if is_text => {
                self.without_digits(source, cell, column, is_key, spoiled);
                Cow::Borrowed(cell)
            }
            _ => {
                if is_key && cells::lost_digits(cell) {
                    self.without_digits(source, cell, column, is_key, spoiled);
                }
                Cow::Borrowed(cell)
            }
        }
    }

    /// A long code that was kept as a number may be any of several codes: told, and no key.
    fn without_digits(&mut self, source: &SourceRow, cell: &Value, column: &Column, is_key: bool, spoiled: &mut Option<Box<RowNote>>) {
        let shown = cells::text_of(cell);
        self.lost_digits.push(json!({ "row": source.number, "column": column.name, "value": shown }));
        if is_key {
            *spoiled = Some(note(source.number, shown.as_deref(), reasons::KEY_DIGITS_LOST));
        }
    }

    fn cleaned(&mut self, value: Value, source: &SourceRow, column: &Column) -> Value {
        match value {
            Value::Text(text) if clean::has_unseen(&text) => {
                let seen = clean::seen(&text).into_owned();
                self.cleaned.push(json!({ "row": source.number, "column": column.name, "value": seen }));
                if seen.is_empty() { Value::Null } else { Value::Text(seen) }
            }
            other => other,
        }
    }
}

/// A column whose values are keys of another layer.
pub(super) fn names_a_row(column: &Column) -> bool {
    dictionary().layer(&column.name).is_some()
}
