//! Instruments (整备单元): drafting, reviewing, bringing into force, undoing. The one way in which land merges or comes apart.

mod draft;
mod land;
mod members;
mod merge;
mod moves;
mod split;
#[cfg(test)]
mod tests;
mod view;

pub use draft::NewInstrument;
pub use land::LandOn;
pub use moves::Move;
pub use split::Division;
pub use view::InstrumentQuery;

use super::Planner;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, InstrumentKind, InstrumentState, Layer, Lineage, Row, Step, dictionary};
use crate::store::geopackage::blob;
use crate::store::{Reading, StoredRow};
use serde_json::Value as Json;

pub(super) fn instrument_layer() -> &'static Layer {
    dictionary().known("instrument")
}

pub(super) fn plan_parcel_layer() -> &'static Layer {
    dictionary().known("plan_parcel")
}

/// An instrument's row, read.
struct Instrument {
    fid: i64,
    row: Row,
    code: String,
    kind: InstrumentKind,
    state: InstrumentState,
    date: Option<String>,
    parents: Vec<String>,
    children: Vec<String>,
    undoes: Option<String>,
    revision: i64,
}

impl Instrument {
    fn read((fid, row): StoredRow) -> Outcome<Self> {
        let layer = instrument_layer();
        let text = |name: &str| row.get(layer, name).as_str().map(str::to_owned);
        let list = |name: &str| -> Vec<String> { text(name).and_then(|list| serde_json::from_str(&list).ok()).unwrap_or_default() };
        let code = row.key(layer).to_owned();
        let damaged = |what: &str| Fault::internal("instrument", format!("{code} has no readable {what}"));
        Ok(Instrument {
            fid,
            kind: text("kind").and_then(|kind| InstrumentKind::parse(&kind)).ok_or_else(|| damaged("kind"))?,
            state: text("state").and_then(|state| InstrumentState::parse(&state)).ok_or_else(|| damaged("state"))?,
            date: text("date"),
            parents: list("parents"),
            children: list("children"),
            undoes: text("undoes"),
            revision: row.get(layer, "revision").as_i64().unwrap_or(0),
            code,
            row,
        })
    }

    fn ledger(&self) -> Json {
        self.row.get(instrument_layer(), "ledger").as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Json::Null)
    }
}

fn no_such_instrument(code: &str) -> Fault {
    Fault::not_found("no_such_instrument", format!("没有整备单元 {code}"), format!("there is no instrument {code}")).at(code)
}

fn conflict(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::new(FaultKind::Conflict, code, zh, en)
}

/// All instruments, in the order in which they were recorded.
fn all(reading: &dyn Reading) -> Outcome<Vec<Instrument>> {
    let mut found = reading.rows(instrument_layer(), &[])?.into_iter().map(Instrument::read).collect::<Outcome<Vec<_>>>()?;
    found.sort_by_key(|instrument| instrument.fid);
    Ok(found)
}

/// The lineage that the instruments in force make. Those of one day take effect in the order in which they were drafted, which [`moves`] keeps true.
fn lineage(instruments: &[Instrument]) -> Lineage {
    let in_force = instruments.iter().filter(|instrument| instrument.state == InstrumentState::InForce);
    let step = |instrument: &Instrument| {
        Some(Step {
            instrument: instrument.code.clone(),
            date: instrument.date.clone()?,
            parents: instrument.parents.clone(),
            children: instrument.children.clone(),
        })
    };
    Lineage::new(in_force.filter_map(step).collect())
}

/// A piece of land by its code: a registered parcel or a plan parcel.
struct Land {
    registered: bool,
    row: Row,
    fid: i64,
}

fn land(reading: &dyn Reading, code: &str) -> Outcome<Land> {
    for (layer, registered) in [(dictionary().known("parcel"), true), (plan_parcel_layer(), false)] {
        if let Some((fid, row)) = reading.rows(layer, &[("code", code)])?.pop() {
            return Ok(Land { registered, row, fid });
        }
    }
    Err(Fault::not_found("no_such_parcel", format!("没有宗地或规划地块 {code}"), format!("there is no parcel or plan parcel {code}")).at(code))
}

impl Land {
    fn digest(&self) -> String {
        self.row.geometry.as_ref().map(blob::digest).unwrap_or_default()
    }
}

/// Reads of the store outside a transaction.
struct Now<'a>(&'a Planner);

impl Reading for Now<'_> {
    fn rows(&self, layer: &'static Layer, equals: crate::store::Equals<'_>) -> Outcome<Vec<StoredRow>> {
        self.0.store.rows(layer, equals)
    }
}
