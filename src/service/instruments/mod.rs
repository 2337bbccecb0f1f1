//! Instruments (整备单元): drafting, reviewing, bringing into force, undoing. The one way in which land merges or comes apart.
//!
//! Here is what is computed and read; `edits::{drafts, moves}` check what is written.

mod draft;
mod land;
mod members;
mod merge;
mod split;
mod view;

pub use draft::{NewInstrument, prepare};
pub use land::LandOn;
pub(super) use land::{keep_standing, merged_parcels};
pub(super) use members::{Land, land, must_stand};
pub(super) use merge::dedicated_land;
pub use split::Division;
pub use view::{InstrumentAnswer, InstrumentList, InstrumentQuery, LineageAnswer, Signature, Signatures, lineage_of, list, signatures, view};

use crate::city::Instruments;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Instrument, InstrumentState};
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// Where an instrument is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub to: InstrumentState,
    /// The day from which it is in force; today if absent.
    pub date: Option<String>,
    /// Why, for the change log.
    pub note: Option<String>,
}

pub(super) fn no_such_instrument(code: &str) -> Fault {
    Fault::not_found("no_such_instrument", format!("没有整备单元 {code}"), format!("there is no instrument {code}")).at(code)
}

pub(super) fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Conflict, code, zh, en)
}

/// The area ledger as it was kept.
pub(super) fn ledger(instrument: &Instrument) -> Json {
    instrument.ledger.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Json::Null)
}

/// An instrument can be undone while it is in force, not undone yet, and its children have not gone into others.
pub(super) fn may_be_undone(instruments: &Instruments, undone: &Instrument) -> Outcome<()> {
    let code = &undone.code;
    if undone.state != InstrumentState::InForce {
        return Err(conflict("not_in_force", format!("{code} 未生效，无需撤销"), format!("{code} is not in force, so there is nothing to undo"))
            .at(code.clone())
            .help("草案和已审的可以撤回", "a draft or a reviewed one can be withdrawn"));
    }
    let undoing = |other: &&Instrument| other.undoes.as_deref() == Some(code) && other.state == InstrumentState::InForce;
    if let Some(other) = instruments.all().iter().find(undoing) {
        return Err(
            conflict("undone", format!("{code} 已由 {} 撤销", other.code), format!("{code} has been undone by {}", other.code)).at(code.clone())
        );
    }
    let lineage = instruments.lineage();
    // What went on and came back by an undo of its own stands again.
    let gone = |child: &String| lineage.latest(child).filter(|step| step.instrument != *code && step.parents.contains(child));
    if let Some(step) = undone.children.iter().find_map(gone) {
        let later = &step.instrument;
        return Err(conflict(
            "built_upon",
            format!("{code} 的地块已用于 {later}，须先撤销 {later}"),
            format!("land of {code} has gone into {later}; undo {later} first"),
        )
        .at(later.clone()));
    }
    Ok(())
}
