//! Edits, checked: rights, `If-Match`, sums, states and references against one City in memory. A check never reads the store.

mod designation_drafts;
mod designation_moves;
mod drafts;
mod fields;
mod import;
mod import_rules;
mod log;
mod moves;
mod plans;
mod records;
mod references;
mod reports;
mod restore;
mod tasks;
mod unit_cells;
mod unit_floors;
mod unit_sheet;
mod unit_verdicts;
mod units;

use super::Viewer;
use crate::city::City;
use crate::domain::edit::Restore;
use crate::domain::fault::Outcome;
use crate::domain::{Edit, Fault, FaultKind, LayerId, LogEntry, Row, RowChange};
use std::sync::Arc;

/// What a check needs beside the edit and the city.
#[derive(Clone, Debug)]
pub struct Person {
    pub viewer: Viewer,
    /// ISO date on which the edit is made.
    pub today: String,
    /// Whether who drafts may not decide.
    pub two_persons: bool,
}

impl Person {
    /// Refuses a decision by the one who drafted or submitted, where two persons are asked for.
    fn must_not_be_the_applicant(&self, is_applicant: bool) -> Outcome<()> {
        if !(self.two_persons && is_applicant) {
            return Ok(());
        }
        let account = self.viewer.name();
        Err(Fault::new(
            FaultKind::Forbidden,
            "two_persons",
            format!("须由两人办理：{account} 起草或提交，不能再作决定"),
            format!("two persons are needed: {account} drafted or submitted this and may not decide on it"),
        )
        .help(
            "请由另一个账号办理；一人办理须在配置中写 two_persons = false（或 PARKPLAN_TWO_PERSONS=false）",
            "have another account do it; for one person alone the configuration must say two_persons = false (or PARKPLAN_TWO_PERSONS=false)",
        ))
    }
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
    /// The code of a designation.
    Designation(String),
    /// The id of a plan.
    Plan(String),
    /// Codes of tasks that were made, and of those that were there already.
    Tasks { made: Vec<String>, kept: Vec<String> },
    /// Rows of kept tables as they are now, those that were not deleted.
    Records(Vec<(LayerId, Row)>),
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

pub(super) use designation_moves::may;
pub use import::{CONTAINERS, PLANNERS_LAYERS, complete, must_stand_still};
pub(super) use import_rules::may_come_by_file;
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
        Edit::DraftDesignation(edit) => designation_drafts::check(edit, city, person),
        Edit::MoveDesignation(edit) => designation_moves::check(edit, city, person),
        Edit::AssessDesignation(edit) => designation_moves::assess(edit, city, person),
        Edit::KeepPlan(edit) => plans::check(edit, city, person),
        Edit::MakeTasks(edit) => tasks::make(edit, city, person),
        Edit::Import(edit) => import::check(edit, city, person),
        Edit::WriteRecords(edit) => records::check(edit, city, person),
        Edit::Restore(edit) => restore::check(edit, city, person),
        Edit::UpdateUnits(edit) => unit_sheet::check(edit, city, person),
        Edit::HandInReport(edit) => reports::check(edit, city, person),
    }
}
