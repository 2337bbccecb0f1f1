//! The key of a row: as typed, numbered where it repeats, or made where there is none.

use super::cells;
use super::duplicates::Handling;
use super::options::OnMissingKey;
use super::reasons;
use super::report::{MadeKey, MadeOf, RowNote};
use super::rows::{Intake, note};
use super::same_shapes::corners;
use crate::domain::run::sha256_hex;
use crate::domain::{Row, Value, is_placeholder};
use crate::formats::{SourceRow, clean};
use geo_types::Coord;
use std::collections::{HashMap, HashSet};

/// What a made key begins with: people see that no register gave it.
const MADE: &str = "made-";
/// Hex digits of a made key: of a million shapes two would share twelve with a chance of 1 in 500.
const DIGITS: usize = 12;

/// Keys as they pass.
#[derive(Default)]
pub(super) struct Keys {
    /// Every key that the file states, where some are numbered or made: none of those may be one of these.
    typed: HashSet<String>,
    /// Key as typed → rows of the file, in their order.
    pub groups: HashMap<String, Group>,
    /// The groups in the order of the file.
    pub order: Vec<String>,
    given: HashSet<String>,
    pub made: Vec<MadeKey>,
    /// Rows whose key is a text that stands for none, and was kept.
    pub placeholders: Vec<(u64, String)>,
}

/// The rows of one key.
#[derive(Default)]
pub(super) struct Group {
    pub rows: Vec<u64>,
    /// The key that each row got.
    pub keys: Vec<String>,
}

impl Keys {
    /// `key` where it is free, else with the first number that is.
    fn free(&self, key: &str) -> String {
        let taken = |key: &str| self.given.contains(key) || self.groups.contains_key(key) || self.typed.contains(key);
        (2u64..).map(|number| format!("{key}-{number}")).find(|key| !taken(key)).unwrap_or_default()
    }
}

impl Intake<'_> {
    /// Keeps what the file states as keys, where a key may have to be found that is none of them.
    pub(super) fn keep_typed_keys(&mut self, rows: &[SourceRow]) {
        if self.handling != Handling::Number && self.options.on_missing_key != OnMissingKey::Make {
            return;
        }
        let Some(field) = self.mapping.links.iter().find(|link| link.column == self.key).map(|link| link.field) else { return };
        let typed = rows.iter().filter_map(|row| cells::text_of(&row.values[field]));
        self.keys.typed = typed.map(|text| clean::seen(&text).into_owned()).collect();
    }

    /// The row's key, and whether the row is the first that has it.
    pub(super) fn key_of(&mut self, row: &mut Row, source: &SourceRow) -> Result<(String, bool), Box<RowNote>> {
        let typed = row.values[self.key].as_str().map(str::to_owned);
        let stands_for_none = !self.mapping.key_is_row && typed.as_deref().is_none_or(is_placeholder);
        let key = match typed {
            typed if stands_for_none && self.options.on_missing_key == OnMissingKey::Make => self.made_key(row, source, typed)?,
            Some(key) => {
                if stands_for_none {
                    self.keys.placeholders.push((source.number, key.clone()));
                }
                key
            }
            None => return Err(note(source.number, None, reasons::MISSING_KEY)),
        };
        let first = !self.keys.groups.contains_key(&key);
        let numbered = if first || self.handling != Handling::Number { key.clone() } else { self.keys.free(&key) };
        if first {
            self.keys.order.push(key.clone());
        }
        let group = self.keys.groups.entry(key).or_default();
        group.rows.push(source.number);
        group.keys.push(numbered.clone());
        self.keys.given.insert(numbered.clone());
        row.values[self.key] = Value::Text(numbered.clone());
        Ok((numbered, first || self.handling == Handling::Number))
    }

    /// A key of the shape's corners in millimetres of the working CRS, whichever way the rings run; of the row's values, where it has no shape.
    fn made_key(&mut self, row: &Row, source: &SourceRow, was: Option<String>) -> Result<String, Box<RowNote>> {
        let (of, content) = match (&self.geometry, &source.geometry) {
            (Some(plan), Some(raw)) => {
                let mut coords: Vec<Coord<f64>> = Vec::new();
                raw.shape.each_coord(&mut |coord| coords.push(coord));
                if !plan.to_working.apply(&mut coords) {
                    return Err(note(source.number, None, reasons::OUTSIDE_CRS));
                }
                (MadeOf::Shape, corners(coords.into_iter()).iter().map(|(x, y)| format!("{x} {y}\n")).collect::<String>())
            }
            (Some(_), None) => return Err(note(source.number, None, reasons::NULL_GEOMETRY)),
            (None, _) => {
                let stated = self.layer.columns.iter().zip(&row.values).enumerate().filter(|(at, _)| *at != self.key);
                let line = |(column, value): (&str, &Value)| cells::text_of(value).map(|text| format!("{column}={text}\n"));
                (MadeOf::Values, stated.filter_map(|(_, (column, value))| line((&column.name, value))).collect())
            }
        };
        let hash = sha256_hex(content.as_bytes());
        let key = format!("{MADE}{}", &hash[..DIGITS]);
        // The same shape a second time is another row without a key, not a second row of a key.
        let taken = self.keys.given.contains(&key) || self.keys.typed.contains(&key);
        let key = if taken { self.keys.free(&key) } else { key };
        self.keys.made.push(MadeKey { row: source.number, key: key.clone(), was, of });
        Ok(key)
    }
}
