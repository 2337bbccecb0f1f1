//! Instruments as people read them, and the lineage of a piece of land.

use super::{Instrument, Now, all, instrument_layer, land, lineage, no_such_instrument};
use crate::domain::fault::Outcome;
use crate::domain::{InstrumentKind, InstrumentState};
use crate::service::occupancy::etag;
use crate::service::{Planner, Viewer};
use crate::store::ChangeQuery;
use geo_types::{Geometry, MultiPolygon};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// Which instruments to list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentQuery {
    pub state: Option<String>,
    pub park: Option<String>,
    /// Only those in force on this day.
    pub at: Option<String>,
}

impl Planner {
    /// Instruments in the order of their recording.
    pub fn instruments(&self, viewer: &Viewer, query: &InstrumentQuery) -> Outcome<Json> {
        let instruments = all(&Now(self))?;
        let layer = instrument_layer();
        let wanted = |instrument: &&Instrument| {
            query.state.as_deref().is_none_or(|state| state == instrument.state.as_str())
                && query.park.as_deref().is_none_or(|park| instrument.row.get(layer, "park").as_str() == Some(park))
                && query
                    .at
                    .as_deref()
                    .is_none_or(|day| instrument.state == InstrumentState::InForce && instrument.date.as_deref().is_some_and(|date| date <= day))
        };
        let list: Vec<Json> =
            instruments.iter().filter(wanted).map(|instrument| self.instrument_json(viewer, &instruments, instrument)).collect::<Outcome<_>>()?;
        Ok(json!({ "instruments": list }))
    }

    pub fn instrument(&self, viewer: &Viewer, code: &str) -> Outcome<Json> {
        let instruments = all(&Now(self))?;
        let instrument = instruments.iter().find(|instrument| instrument.code == code).ok_or_else(|| no_such_instrument(code))?;
        self.instrument_json(viewer, &instruments, instrument)
    }

    fn instrument_json(&self, viewer: &Viewer, instruments: &[Instrument], instrument: &Instrument) -> Outcome<Json> {
        let layer = instrument_layer();
        let text = |name: &str| instrument.row.get(layer, name).as_str();
        let run = text("run").and_then(|run| serde_json::from_str::<Json>(run).ok());
        let undone_by = instruments
            .iter()
            .find(|other| other.undoes.as_deref() == Some(&instrument.code) && other.state == InstrumentState::InForce)
            .map(|other| &other.code);
        let mut ledger = instrument.ledger();
        self.name_owners(viewer, &mut ledger);
        Ok(json!({
            "code": instrument.code, "name": text("name"), "kind": instrument.kind, "state": instrument.state, "date": instrument.date,
            "basis": text("basis"), "park": text("park"), "parents": instrument.parents, "children": instrument.children,
            "undoes": instrument.undoes, "undone_by": undone_by, "run": run, "ledger": ledger, "outline": self.outline_of(instrument),
            "by": self.signatures(viewer, &instrument.code)?, "next": instrument.state.next(),
            "revision": instrument.revision, "etag": etag(instrument.revision),
        }))
    }

    /// Owners stand in the register, not in the ledger: who may see them gets them from there.
    fn name_owners(&self, viewer: &Viewer, ledger: &mut Json) {
        let city = self.city();
        let Some(parcels) = city.named("parcel").filter(|_| viewer.sees_private("parcel")) else { return };
        let rows = ledger.get_mut("rows").and_then(Json::as_array_mut);
        for row in rows.into_iter().flatten() {
            let owner = row["parcel"].as_str().and_then(|code| parcels.row_of(code)).and_then(|at| parcels.text(at, "owner"));
            row["owner"] = json!(owner);
        }
    }

    /// The plan parcels' outlines in lon/lat, those of a split side by side; of an undo, of what it ends.
    fn outline_of(&self, instrument: &Instrument) -> Json {
        let city = self.city();
        let Some(table) = city.named("plan_parcel") else { return Json::Null };
        let codes = if instrument.kind == InstrumentKind::Undo { &instrument.parents } else { &instrument.children };
        let mut shapes = Vec::new();
        for row in codes.iter().filter_map(|code| table.row_of(code)) {
            if let Some(Geometry::MultiPolygon(shape)) = table.geometry(row) {
                shapes.extend(shape);
            }
        }
        if shapes.is_empty() {
            return Json::Null;
        }
        crate::analysis::consolidation::geometry_json(&MultiPolygon::new(shapes), &|point| self.crs.to_lon_lat(point))
    }

    /// Who moved it to each state, and when: read from the change log.
    fn signatures(&self, viewer: &Viewer, code: &str) -> Outcome<Json> {
        let mut changes =
            self.store.changes(&ChangeQuery { since: 0, collection: Some("instrument".into()), id: Some(code.to_owned()), limit: 1000 })?;
        changes.reverse();
        let known = viewer.account().is_some();
        let mut by = Map::new();
        for change in changes {
            if let Some(state) = change.after["state"].as_str() {
                by.insert(state.to_owned(), json!({ "account": known.then_some(&change.by), "at": change.at }));
            }
        }
        Ok(Json::Object(by))
    }

    /// The whole family of a piece of land, both ways.
    pub fn lineage_of(&self, code: &str) -> Outcome<Json> {
        land(&Now(self), code)?;
        let lineage = lineage(&all(&Now(self))?);
        let (codes, arrows) = lineage.family(code);
        let today = crate::service::today();
        let city = self.city();
        let area =
            |layer: &str, code: &str| city.named(layer).and_then(|table| table.row_of(code).and_then(|row| table.number(row, "planar_area_m2")));
        let nodes: Vec<Json> = codes
            .iter()
            .map(|code| {
                let parcel = area("parcel", code);
                let registered = parcel.is_some();
                let spans = lineage.spans(code, registered);
                json!({
                    "code": code, "kind": if registered { "parcel" } else { "plan_parcel" }, "area_m2": parcel.or_else(|| area("plan_parcel", code)),
                    "from": spans.last().and_then(|span| span.from.clone()), "to": spans.last().and_then(|span| span.to.clone()),
                    "spans": spans, "alive": lineage.stands(code, registered, &today),
                })
            })
            .collect();
        let edges: Vec<Json> = arrows
            .iter()
            .map(|arrow| json!({ "instrument": arrow.instrument, "parent": arrow.parent, "child": arrow.child, "date": arrow.date }))
            .collect();
        Ok(json!({ "code": code, "nodes": nodes, "edges": edges }))
    }
}
