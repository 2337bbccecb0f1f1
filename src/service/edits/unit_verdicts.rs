//! What is said of a table of units: by row, by cell, in counts, and as the receipt that is kept.

use crate::domain::columns::unit;
use crate::domain::edit::{Refusal, StatedCell, StatedUnit, UpdateUnits};
use crate::domain::unit_sheet::SheetColumn;
use crate::domain::{Row, RowChange, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What comes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowVerdict {
    Changed,
    Same,
    /// Changed, and something about it should be looked at.
    Warning,
    Rejected,
    /// Somebody else changed the unit meanwhile: both values are shown, nothing is overwritten.
    Conflict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CellVerdict {
    Changed,
    Warning,
    Rejected,
}

/// A value of a cell: codes as codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CellValue {
    Number(f64),
    Text(String),
}

impl CellValue {
    pub(super) fn of(value: &Value) -> Option<CellValue> {
        match value {
            Value::Null => None,
            Value::Text(text) => Some(CellValue::Text(text.clone())),
            Value::Boolean(flag) => Some(CellValue::Text(flag.to_string())),
            number => number.as_f64().map(CellValue::Number),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JudgedCell {
    /// Its address in the table, as `F12`.
    pub at: String,
    pub column: SheetColumn,
    pub verdict: CellVerdict,
    /// What the city holds.
    #[schema(required)]
    pub old: Option<CellValue>,
    /// What the table says.
    #[schema(required)]
    pub new: Option<CellValue>,
    /// Of a warning or a rejection.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<Why>,
}

/// A reason, with a stable word for scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Why {
    pub code: String,
    pub zh: String,
    pub en: String,
}

impl From<&Refusal> for Why {
    fn from(refusal: &Refusal) -> Self {
        Why { code: refusal.code.clone(), zh: refusal.zh.clone(), en: refusal.en.clone() }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JudgedRow {
    /// Its number in the table.
    pub row: u32,
    pub id: String,
    #[schema(required)]
    pub building: Option<String>,
    #[schema(required)]
    pub floor: Option<String>,
    pub verdict: RowVerdict,
    /// Of the row as a whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<Why>,
    /// Cells that differ from what the city holds, and those that cannot be taken.
    pub cells: Vec<JudgedCell>,
}

impl JudgedRow {
    pub(super) fn refused(stated: &StatedUnit, refusal: &Refusal) -> Self {
        JudgedRow {
            row: stated.row,
            id: stated.id.clone(),
            building: None,
            floor: None,
            verdict: RowVerdict::Rejected,
            why: Some(refusal.into()),
            cells: Vec::new(),
        }
    }

    pub(super) fn of(stated: &StatedUnit, before: &Row, cells: Vec<JudgedCell>) -> Self {
        let has = |verdict| cells.iter().any(|cell| cell.verdict == verdict);
        let verdict = match (has(CellVerdict::Warning), has(CellVerdict::Changed)) {
            (true, _) => RowVerdict::Warning,
            (false, true) => RowVerdict::Changed,
            (false, false) => RowVerdict::Same,
        };
        JudgedRow {
            row: stated.row,
            id: stated.id.clone(),
            building: before.text(unit::BUILDING).map(str::to_owned),
            floor: before.text(unit::FLOOR).map(str::to_owned),
            verdict,
            why: None,
            cells,
        }
    }

    /// The unit is not as the row saw it: no cell of it is taken.
    pub(super) fn conflicts(&mut self, refusal: &Refusal, verdict: RowVerdict) {
        self.verdict = verdict;
        self.why = Some(refusal.into());
        for cell in &mut self.cells {
            // A warning speaks of what would be done.
            cell.why = cell.why.take().filter(|_| cell.verdict == CellVerdict::Rejected);
            cell.verdict = CellVerdict::Rejected;
        }
    }

    pub(super) fn warn(&mut self, refusal: &Refusal) {
        self.verdict = RowVerdict::Warning;
        self.why.get_or_insert_with(|| refusal.into());
    }

    pub(super) fn reject(&mut self, column: SheetColumn, refusal: &Refusal) {
        self.verdict = RowVerdict::Rejected;
        for cell in self.cells.iter_mut().filter(|cell| cell.column == column) {
            (cell.verdict, cell.why) = (CellVerdict::Rejected, Some(refusal.into()));
        }
    }

    /// Whether nothing of it is taken.
    pub fn is_refused(&self) -> bool {
        matches!(self.verdict, RowVerdict::Rejected | RowVerdict::Conflict)
    }
}

impl JudgedCell {
    pub(super) fn of(cell: &StatedCell, verdict: CellVerdict, old: &Value, new: Option<CellValue>) -> Self {
        JudgedCell { at: cell.at.clone(), column: cell.column, verdict, old: CellValue::of(old), new, why: None }
    }

    pub(super) fn because(self, refusal: &Refusal) -> Self {
        JudgedCell { why: Some(refusal.into()), ..self }
    }
}

/// Rows by verdict; `changed` are those without a warning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SheetCounts {
    pub rows: usize,
    pub changed: usize,
    pub warning: usize,
    pub same: usize,
    pub rejected: usize,
    pub conflict: usize,
    /// Cells that change in the rows that are taken.
    pub cells: usize,
}

/// A table as it was judged.
#[derive(Clone, Debug)]
pub struct Judged {
    pub rows: Vec<JudgedRow>,
    pub counts: SheetCounts,
    pub(super) changes: Vec<RowChange>,
}

impl Judged {
    pub(super) fn of(rows: Vec<JudgedRow>, changes: Vec<RowChange>) -> Self {
        let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
        let counts = SheetCounts {
            rows: rows.len(),
            changed: count(RowVerdict::Changed),
            warning: count(RowVerdict::Warning),
            same: count(RowVerdict::Same),
            rejected: count(RowVerdict::Rejected),
            conflict: count(RowVerdict::Conflict),
            cells: rows.iter().filter(|row| !row.is_refused()).map(|row| row.cells.len()).sum(),
        };
        Judged { rows, counts, changes }
    }
}

/// The log's name for receipts.
pub const RECEIPTS: &str = "receipt";

/// Rows that are kept with a receipt at most: more than that is another file, or another park's.
const MOST_KEPT: usize = 2000;

/// A receipt as the log keeps it; its number, day and person stand beside it there.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptReceipt {
    pub park: String,
    pub file: String,
    pub sha256: String,
    pub counts: SheetCounts,
    pub revision: i64,
    pub rejects: Vec<JudgedRow>,
}

impl KeptReceipt {
    pub(super) fn of(edit: &UpdateUnits, judged: &Judged, revision: i64) -> Self {
        KeptReceipt {
            park: edit.park.clone(),
            file: edit.file.name.clone(),
            sha256: edit.file.sha256.clone(),
            counts: judged.counts,
            revision,
            rejects: judged.rows.iter().filter(|row| row.is_refused()).take(MOST_KEPT).cloned().collect(),
        }
    }
}
