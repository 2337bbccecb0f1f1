//! Edits, checked: rights, `If-Match`, sums, states and references against one City in memory. A check never reads the store.

mod drafts;
mod import;
mod log;
mod moves;
mod plans;
mod reports;
mod restore;
mod unit_cells;
mod unit_floors;
mod unit_sheet;
mod unit_verdicts;
mod units;

use super::Viewer;
use crate::city::City;
use crate::domain::edit::Restore;
use crate::domain::fault::Outcome;
use crate::domain::{Edit, LogEntry, Row, RowChange};
use std::sync::Arc;

/// What a check needs beside the edit and the city.
#[derive(Clone, Debug)]
pub struct Person {
    pub viewer: Viewer,
    /// ISO date on which the edit is made.
    pub today: String,
}

/// An edit that may be made on the city it was checked against.
#[derive(Debug)]
pub struct Checked {
    pub changes: Vec<RowChange>,
    pub log: Vec<LogEntry>,
    /// Where the change comes from, for the log.
    pub source: String,
    pub reply: Reply,
}

/// What the caller of an edit is told, beside the revision.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Units as they are now, and those that were refused.
    Units { done: Vec<Row>, refused: Vec<RefusedUnit> },
    /// The code of an instrument.
    Instrument(String),
    /// The id of a plan.
    Plan(String),
    /// How many rows changed.
    Rows(usize),
    /// A table of units as it was judged, and the number of its receipt where anything changed.
    Sheet { judged: Arc<Judged>, receipt: Option<String> },
    /// The code of a report.
    Report(String),
}

/// A unit of a batch that was not confirmed.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct RefusedUnit {
    pub id: String,
    pub code: &'static str,
    pub detail: String,
    pub detail_en: String,
}

impl Checked {
    /// The edit that takes this one back.
    pub fn inverse(&self) -> Edit {
        Edit::Restore(Restore::of(&self.changes, &self.source))
    }

    fn of(changes: Vec<RowChange>, source: impl Into<String>, reply: Reply) -> Self {
        let log = changes.iter().map(log::entry).collect();
        Checked { changes, log, source: source.into(), reply }
    }
}

pub use import::complete;
pub(super) use log::logged_row;
pub use unit_sheet::judge;
pub use unit_verdicts::{CellValue, CellVerdict, Judged, JudgedCell, JudgedRow, KeptReceipt, RECEIPTS, RowVerdict, SheetCounts};
pub(super) use units::FLOOR_SLACK_M2;

/// Checks an edit against a city.
pub fn check(edit: &Edit, city: &City, person: &Person) -> Outcome<Checked> {
    match edit {
        Edit::UpdateUnit(edit) => units::update(edit, city, person),
        Edit::ConfirmUnits(edit) => units::confirm(edit, city, person),
        Edit::DraftInstrument(edit) => drafts::check(edit, city, person),
        Edit::MoveInstrument(edit) => moves::check(edit, city, person),
        Edit::KeepPlan(edit) => plans::check(edit, city, person),
        Edit::Import(edit) => import::check(edit, city, person),
        Edit::Restore(edit) => restore::check(edit, city, person),
        Edit::UpdateUnits(edit) => unit_sheet::check(edit, city, person),
        Edit::HandInReport(edit) => reports::check(edit, city, person),
    }
}
