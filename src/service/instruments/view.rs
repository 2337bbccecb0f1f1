//! Instruments as people read them, and the lineage of a piece of land.

use super::{Land, ledger, members};
use crate::city::{City, Table};
use crate::domain::columns::{parcel, plan_parcel};
use crate::domain::days::no_day;
use crate::domain::edit::row_tag;
use crate::domain::fault::Outcome;
use crate::domain::lineage::{Descent, Span};
use crate::domain::{Change, Instrument, InstrumentKind, InstrumentState, LayerId, stated_day};
use crate::service::Viewer;
use crate::spatial::Drawing;
use geo_types::{Geometry, MultiPolygon};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which instruments to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InstrumentQuery {
    #[param(inline)]
    pub state: Option<InstrumentState>,
    pub park: Option<String>,
    /// Only those in force on this day.
    #[param(format = Date)]
    pub at: Option<String>,
}

/// An instrument as people read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InstrumentAnswer {
    pub code: String,
    pub name: Option<String>,
    pub kind: InstrumentKind,
    pub state: InstrumentState,
    pub date: Option<String>,
    pub basis: Option<String>,
    pub park: Option<String>,
    pub parents: Vec<String>,
    pub children: Vec<String>,
    pub undoes: Option<String>,
    pub undone_by: Option<String>,
    /// The record of the run that proposed it.
    #[schema(value_type = Value)]
    pub run: Json,
    /// The area ledger that balances.
    #[schema(value_type = Value)]
    pub ledger: Json,
    /// GeoJSON of the plan parcels, side by side; of an undo, of what it ends.
    #[schema(required)]
    pub outline: Option<Drawing>,
    /// Who moved it to each state, and when.
    #[schema(value_type = BTreeMap<String, Signature>)]
    pub by: Signatures,
    pub next: &'static [InstrumentState],
    pub revision: i64,
    /// Names what is shown of the row and its count of changes: the same in every answer that the viewer gets of it.
    pub etag: String,
}

/// By state.
pub type Signatures = BTreeMap<String, Signature>;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Signature {
    /// For people who are signed in.
    pub account: Option<String>,
    pub at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InstrumentList {
    pub instruments: Vec<InstrumentAnswer>,
}

/// The instruments that a query names, in the order of their recording. `signed` reads one's changes from the log.
pub fn list(city: &City, viewer: &Viewer, query: &InstrumentQuery, signed: impl Fn(&str) -> Outcome<Vec<Change>>) -> Outcome<InstrumentList> {
    if let Some(at) = query.at.as_deref().filter(|at| stated_day(at).is_none()) {
        return Err(no_day("date", at).at("at"));
    }
    let in_force_at =
        |known: &Instrument, day: &str| known.state == InstrumentState::InForce && known.date.as_deref().is_some_and(|date| date <= day);
    let wanted = |known: &&Instrument| {
        query.state.is_none_or(|state| state == known.state)
            && query.park.as_deref().is_none_or(|park| known.park.as_deref() == Some(park))
            && query.at.as_deref().is_none_or(|day| in_force_at(known, day))
    };
    let answer = |known: &Instrument| Ok(view(city, viewer, known, signatures(viewer, signed(&known.code)?)));
    Ok(InstrumentList { instruments: city.instruments().all().iter().filter(wanted).map(answer).collect::<Outcome<_>>()? })
}

/// One instrument for a viewer.
pub fn view(city: &City, viewer: &Viewer, instrument: &Instrument, by: Signatures) -> InstrumentAnswer {
    let undoing = |other: &&Instrument| other.undoes.as_deref() == Some(&instrument.code) && other.state == InstrumentState::InForce;
    let mut ledger = ledger(instrument);
    name_owners(city, viewer, &mut ledger);
    let mut answer = InstrumentAnswer {
        code: instrument.code.clone(),
        name: instrument.name.clone(),
        kind: instrument.kind,
        state: instrument.state,
        date: instrument.date.clone(),
        basis: instrument.basis.clone(),
        park: instrument.park.clone(),
        parents: instrument.parents.clone(),
        children: instrument.children.clone(),
        undoes: instrument.undoes.clone(),
        undone_by: city.instruments().all().iter().find(undoing).map(|other| other.code.clone()),
        run: instrument.run.as_deref().and_then(|run| serde_json::from_str(run).ok()).unwrap_or(Json::Null),
        ledger,
        outline: outline_of(city, instrument),
        by: Signatures::new(),
        next: instrument.state.next(),
        revision: instrument.revision,
        etag: String::new(),
    };
    // Who moved it changes with its own count of changes; whether accounts are named, with the viewer.
    answer.etag = row_tag(instrument.revision, &(&answer, viewer.account().is_some()));
    InstrumentAnswer { by, ..answer }
}

/// Who moved an instrument to each state, from its entries in the change log (newest first).
pub fn signatures(viewer: &Viewer, mut changes: Vec<Change>) -> Signatures {
    changes.reverse();
    let known = viewer.account().is_some();
    let signature = |change: &Change| {
        let state = change.after["state"].as_str()?.to_owned();
        Some((state, Signature { account: known.then(|| change.by.clone()), at: change.at.clone() }))
    };
    changes.iter().filter_map(signature).collect()
}

/// Owners stand in the register, not in the ledger: who may see them gets them from there.
fn name_owners(city: &City, viewer: &Viewer, ledger: &mut Json) {
    if !viewer.sees_private("parcel") {
        return;
    }
    let parcels = city.table(LayerId::Parcel);
    for row in ledger.get_mut("rows").and_then(Json::as_array_mut).into_iter().flatten() {
        let owner = row["parcel"].as_str().and_then(|code| parcels.row_of(code)).and_then(|at| parcels.text(at, parcel::OWNER));
        row["owner"] = owner.into();
    }
}

fn outline_of(city: &City, instrument: &Instrument) -> Option<Drawing> {
    let table = city.table(LayerId::PlanParcel);
    let codes = if instrument.kind == InstrumentKind::Undo { &instrument.parents } else { &instrument.children };
    let mut shapes = Vec::new();
    for row in codes.iter().filter_map(|code| table.row_of(code)) {
        if let Some(Geometry::MultiPolygon(shape)) = table.geometry(row) {
            shapes.extend(shape);
        }
    }
    if shapes.is_empty() {
        return None;
    }
    Some(Drawing::of(&MultiPolygon::new(shapes), &|point| city.crs.to_lon_lat(point)))
}

/// A piece of land among its family.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineageNode {
    pub code: String,
    pub kind: &'static str,
    pub area_m2: Option<f64>,
    /// The last time during which it stands.
    pub from: Option<String>,
    pub to: Option<String>,
    pub spans: Vec<Span>,
    pub alive: bool,
}

/// The whole family of a piece of land, both ways.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineageAnswer {
    pub code: String,
    pub nodes: Vec<LineageNode>,
    pub edges: Vec<Descent>,
}

pub fn lineage_of(city: &City, code: &str, today: &str) -> Outcome<LineageAnswer> {
    let _: Land = members::land(city, code)?;
    let lineage = city.instruments().lineage();
    let (codes, edges) = lineage.family(code);
    let (parcels, plans): (&Table, &Table) = (city.table(LayerId::Parcel), city.table(LayerId::PlanParcel));
    let node = |code: String| {
        let parcel = parcels.row_of(&code).and_then(|row| parcels.number(row, parcel::PLANAR_AREA_M2));
        let registered = parcel.is_some();
        let spans = lineage.spans(&code, registered);
        LineageNode {
            kind: if registered { "parcel" } else { "plan_parcel" },
            area_m2: parcel.or_else(|| plans.row_of(&code).and_then(|row| plans.number(row, plan_parcel::PLANAR_AREA_M2))),
            from: spans.last().and_then(|span| span.from.clone()),
            to: spans.last().and_then(|span| span.to.clone()),
            alive: lineage.stands(&code, registered, today),
            spans,
            code,
        }
    };
    Ok(LineageAnswer { code: code.to_owned(), nodes: codes.into_iter().map(node).collect(), edges })
}
