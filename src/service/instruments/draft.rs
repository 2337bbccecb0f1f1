//! Drafting: geometry and ledger are computed here, while others may write; the edit that comes of it is checked and written by the writer.

use super::members::Members;
use super::merge::merge;
use super::split::{Division, split};
use crate::analysis::consolidation::Ledger;
use crate::city::City;
use crate::domain::edit::DraftInstrument;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, InstrumentKind};
use geo_types::MultiPolygon;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

/// What a planner sends to draft an instrument.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstrument {
    pub kind: InstrumentKind,
    /// Members of a merge, or the one piece of land to split: registered parcels or plan parcels.
    #[serde(default)]
    pub parcels: Vec<String>,
    /// How a split divides its land.
    pub split: Option<Division>,
    /// The instrument to undo.
    pub undoes: Option<String>,
    pub name: Option<String>,
    /// On what decision it rests.
    pub basis: Option<String>,
    /// The record of the run that proposed the site.
    #[schema(value_type = Option<Value>)]
    pub run: Option<Json>,
    /// Gaps narrower than this close, m.
    pub tolerance_m: Option<f64>,
    /// Roads or unparcelled strips up to this width may lie between the members, m.
    pub bridge_width_m: Option<f64>,
}

const LONGEST_TEXT: usize = 500;

/// What a draft's geometry came to.
pub(super) struct Prepared {
    pub members: Members,
    /// Shapes of the new plan parcels.
    pub parts: Vec<MultiPolygon<f64>>,
    pub ledger: Json,
}

/// The edit that a draft makes: contiguity, outlines and ledger from the land as `city` has it. Seconds at the most members.
pub fn prepare(city: &City, new: &NewInstrument, today: &str) -> Outcome<DraftInstrument> {
    for (pointer, text) in [("/name", &new.name), ("/basis", &new.basis)] {
        if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
            return Err(Fault::bad("too_long", format!("最多 {LONGEST_TEXT} 字"), format!("at most {LONGEST_TEXT} characters")).at(pointer));
        }
    }
    if new.split.is_some() && new.kind != InstrumentKind::Split {
        return Err(Fault::bad("split", "只有分割（kind: split）可带 split", "only an instrument of kind split takes split").at("/split"));
    }
    let prepared = match new.kind {
        InstrumentKind::Merge => Some(merge(city, new, today)?),
        InstrumentKind::Split => Some(split(city, new, today)?),
        InstrumentKind::Undo => None,
    };
    let (members, parts, ledger) = match prepared {
        Some(prepared) => (prepared.members.hashes(), prepared.parts, prepared.ledger),
        None => (Vec::new(), Vec::new(), Json::Null),
    };
    Ok(DraftInstrument {
        kind: new.kind,
        name: new.name.clone(),
        basis: new.basis.clone(),
        run: new.run.as_ref().map(Json::to_string),
        undoes: new.undoes.clone(),
        members,
        parts,
        ledger,
        day: today.to_owned(),
    })
}

/// The ledger as the instrument keeps it: figures and the members' geometry hashes; owners stay in the register.
pub(super) fn kept_ledger(city: &City, ledger: &Ledger, members: &Members) -> Json {
    let mut kept = json!(ledger.drawn(&|point| city.crs.to_lon_lat(point)));
    kept["geometry_sha256"] = json!(members.digests());
    kept
}
