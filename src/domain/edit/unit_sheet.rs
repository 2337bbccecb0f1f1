//! Many units by one table.

use crate::domain::Value;
use crate::domain::unit_sheet::SheetColumn;
use serde::{Deserialize, Serialize};

/// A table of units that an operator filled in. Rows that cannot be taken are listed, the others are one change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UpdateUnits {
    pub park: String,
    pub file: SheetFile,
    pub rows: Vec<StatedUnit>,
}

/// The file that the table came in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SheetFile {
    pub name: String,
    pub sha256: String,
}

/// A row of the table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatedUnit {
    /// As the table's own program counts, from 1.
    pub row: u32,
    /// Empty where the row names no unit.
    pub id: String,
    /// The state of the unit that the row speaks of; empty where it does not say.
    pub tag: String,
    pub cells: Vec<StatedCell>,
    /// Why the row cannot be taken, whatever the city says.
    pub refused: Option<Refusal>,
}

/// A cell of a column that the table has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StatedCell {
    /// Its address, as `F12`.
    pub at: String,
    pub column: SheetColumn,
    /// What the file shows.
    pub shown: String,
    pub stated: Stated,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    Empty,
    Value(Value),
    Refused(Refusal),
}

/// Why something is not taken: a stable word, and the reason in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: String,
    pub zh: String,
    pub en: String,
}

impl Refusal {
    pub fn new(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Refusal { code: code.to_owned(), zh: zh.into(), en: en.into() }
    }
}
