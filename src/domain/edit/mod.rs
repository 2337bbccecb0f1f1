//! What a person wants to change. An [`Edit`] is data: it can be kept, sent and undone; `service::edits` checks it against a City.

mod designations;
mod import;
mod instruments;
mod plan;
mod precondition;
mod records;
mod report;
mod restore;
mod unit_sheet;
mod units;

pub use designations::{AssessDesignation, DraftDesignation, Frozen, JudgedBy, MoveDesignation};
pub use import::Import;
pub use instruments::{DraftInstrument, MemberHash, MoveInstrument};
pub use plan::{KeepPlan, MakeTasks};
pub use precondition::{EntityTag, Precondition, row_tag};
pub use records::{RecordWrite, WriteRecords};
pub use report::HandInReport;
pub use restore::Restore;
pub use unit_sheet::{Refusal, SheetFile, Stated, StatedCell, StatedUnit, UpdateUnits};
pub use units::{ConfirmUnits, UpdateUnit};

use serde::{Deserialize, Serialize};

/// Every change of a city's data.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "snake_case")]
pub enum Edit {
    UpdateUnit(UpdateUnit),
    ConfirmUnits(ConfirmUnits),
    DraftInstrument(Box<DraftInstrument>),
    MoveInstrument(MoveInstrument),
    KeepPlan(KeepPlan),
    MakeTasks(MakeTasks),
    Import(Import),
    /// Rows of tables that people keep row by row.
    WriteRecords(WriteRecords),
    DraftDesignation(Box<DraftDesignation>),
    MoveDesignation(Box<MoveDesignation>),
    AssessDesignation(Box<AssessDesignation>),
    /// Takes another edit back.
    Restore(Restore),
    UpdateUnits(UpdateUnits),
    HandInReport(HandInReport),
}
