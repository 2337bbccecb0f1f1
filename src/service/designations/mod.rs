//! Designations (授牌): the register, what a decision freezes, and whether a park would pass today.
//!
//! Here is what is read and computed; `edits::{designation_drafts, designation_moves}` check what is written.

mod certificate;
mod evidence;
mod freeze;
mod history;
mod past;
pub mod record;
mod register;
mod today;
pub mod view;

pub use certificate::certificate;
pub use evidence::{frozen_text, may_read_whole};
pub use freeze::{About, chosen_pack, freeze, judged_by};
pub use history::{HistoryEntry, history};
pub use past::on_day;
pub use register::{RegisterFormat, register_file};
pub use today::{Judged, TodayAnswer, kept_pack, today_answers};
pub use view::{Asked, DesignationAnswer, DesignationList, DesignationQuery, NextStep, list, view};

pub use crate::analysis::designation::FrozenCard;
use crate::domain::{DesignationStep, Fault, FaultKind};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a planner sends to draft an application, or to edit a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDesignation {
    pub park: String,
    /// One of the park's lead clusters, which is judged; the first where nothing is said.
    pub lead_cluster: Option<String>,
    /// On what it rests.
    pub basis: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force where nothing is said.
    pub pack: Option<String>,
}

/// New contents of a draft; what is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DraftPatch {
    pub lead_cluster: Option<String>,
    /// Empty to take it out.
    pub basis: Option<String>,
    pub pack: Option<String>,
}

/// Where a designation is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DesignationMove {
    pub step: DesignationStep,
    /// The day of the step; today if absent.
    #[schema(format = Date)]
    pub date: Option<String>,
    /// Asked for where a park is sent back, rejected or loses its title.
    pub reason: Option<String>,
}

/// The year whose grade is recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssessment {
    /// The day on which the evidence is read; today if absent. Its year is the year of the grade.
    #[schema(format = Date)]
    pub date: Option<String>,
}

pub(super) const LONGEST_TEXT: usize = 500;

pub(super) fn no_such_designation(code: &str) -> Fault {
    Fault::not_found("no_such_designation", format!("没有授牌记录 {code}"), format!("there is no designation {code}")).at(code)
}

pub(super) fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Conflict, code, zh, en)
}
