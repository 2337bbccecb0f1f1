//! Drafting: land becomes one plan parcel or several with an area ledger, or an earlier instrument is to be undone.

use super::members::Members;
use super::split::Division;
use super::{Instrument, Now, all, instrument_layer, no_such_instrument, plan_parcel_layer};
use crate::analysis::consolidation::Ledger;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, InstrumentKind, InstrumentState, Row};
use crate::service::{Planner, Viewer};
use crate::spatial::area::planar_area;
use crate::store::{Author, Reading, RowChange};
use geo_types::{Geometry, MultiPolygon};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// What a planner sends to draft an instrument.
#[derive(Debug, Deserialize)]
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
    pub run: Option<Json>,
    /// Gaps narrower than this close, m.
    pub tolerance_m: Option<f64>,
    /// Roads or unparcelled strips up to this width may lie between the members, m.
    pub bridge_width_m: Option<f64>,
}

const LONGEST_TEXT: usize = 500;

/// All of a draft but its code, which the writing gives. Geometry is computed here, while others may write.
pub(super) struct Prepared {
    pub members: Members,
    /// Shapes of the new plan parcels.
    pub parts: Vec<MultiPolygon<f64>>,
    pub ledger: Json,
}

impl Planner {
    /// Records a draft. Nothing about the land changes yet.
    pub fn draft_instrument(&self, viewer: &Viewer, new: &NewInstrument) -> Outcome<Json> {
        let account = viewer.planner()?.account.clone();
        for (pointer, text) in [("/name", &new.name), ("/basis", &new.basis)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
                return Err(Fault::bad("too_long", format!("最多 {LONGEST_TEXT} 字"), format!("at most {LONGEST_TEXT} characters")).at(pointer));
            }
        }
        if new.split.is_some() && new.kind != InstrumentKind::Split {
            return Err(Fault::bad("split", "只有分割（kind: split）可带 split", "only an instrument of kind split takes split").at("/split"));
        }
        let today = crate::service::today();
        let prepared = match new.kind {
            InstrumentKind::Merge => Some(self.prepare_merge(new, &today)?),
            InstrumentKind::Split => Some(self.prepare_split(new, &today)?),
            InstrumentKind::Undo => None,
        };
        let code = self.record_draft(&account, new, prepared.as_ref(), &today)?;
        self.instrument(viewer, &code)
    }

    /// Writes a draft, if the land still is what it was computed from; the code that it got.
    pub(super) fn record_draft(&self, account: &str, new: &NewInstrument, prepared: Option<&Prepared>, today: &str) -> Outcome<String> {
        let code = std::cell::RefCell::new(String::new());
        let work = |reading: &dyn Reading| {
            let instruments = all(reading)?;
            let own = next_code(&instruments, today);
            *code.borrow_mut() = own.clone();
            let Some(prepared) = prepared else { return draft_undo(&instruments, new, &own) };
            prepared.members.must_be_as_read(reading, &instruments, today)?;
            Ok(draft_rows(prepared, new, &own))
        };
        let revision = self.store.transact(&Author { account, source: "instrument" }, &work)?;
        let code = code.into_inner();
        self.instruments_changed(revision, &code)?;
        Ok(code)
    }

    /// The ledger as the instrument keeps it: figures and the members' geometry hashes; owners stay in the register.
    pub(super) fn kept_ledger(&self, ledger: &Ledger, members: &Members) -> Json {
        let mut kept = ledger.to_json(&|point| self.crs.to_lon_lat(point));
        kept["geometry_sha256"] = members.digests();
        kept
    }
}

/// The instrument and its plan parcels, all drafts.
fn draft_rows(prepared: &Prepared, new: &NewInstrument, code: &str) -> Vec<RowChange> {
    let members = &prepared.members;
    let children: Vec<String> = (1..=prepared.parts.len()).map(|number| format!("{code}-{number}")).collect();
    let park = members.shared("park");
    let planned_use = members.largest_use();
    let name = new.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| default_name(park.as_deref(), code));
    let run = new.run.as_ref().map(Json::to_string);
    let mut ledger = prepared.ledger.clone();
    let area = |(child, shape): (&String, &MultiPolygon<f64>)| json!({ "parcel": child, "planar_area_m2": planar_area(shape) });
    ledger["children"] = children.iter().zip(&prepared.parts).map(area).collect();
    let instrument = instrument_row(&Drafted {
        code,
        kind: new.kind,
        name: &name,
        basis: new.basis.as_deref(),
        park: park.as_deref(),
        parents: members.codes(),
        children: &children,
        undoes: None,
        ledger: Some(ledger),
        run: run.as_deref(),
    });
    let mut changes = vec![RowChange::Insert { layer: instrument_layer(), row: instrument }];
    let layer = plan_parcel_layer();
    let is_split = new.kind == InstrumentKind::Split;
    for (index, (child, shape)) in children.into_iter().zip(&prepared.parts).enumerate() {
        let own_name = if is_split { format!("{name} {}", index + 1) } else { name.clone() };
        let mut parcel = Row::empty(layer);
        parcel.geometry = Some(Geometry::MultiPolygon(shape.clone()));
        parcel.set(layer, "code", child).set(layer, "name", own_name).set(layer, "park", park.clone());
        parcel.set(layer, "instrument", code).set(layer, "state", "draft").set(layer, "source", code);
        parcel.set(layer, "planned_use", planned_use.clone());
        changes.push(RowChange::Insert { layer, row: parcel });
    }
    changes
}

/// What a draft's row is made of.
struct Drafted<'a> {
    code: &'a str,
    kind: InstrumentKind,
    name: &'a str,
    basis: Option<&'a str>,
    park: Option<&'a str>,
    parents: &'a [String],
    children: &'a [String],
    undoes: Option<&'a str>,
    ledger: Option<Json>,
    run: Option<&'a str>,
}

fn instrument_row(drafted: &Drafted<'_>) -> Row {
    let layer = instrument_layer();
    let mut row = Row::empty(layer);
    row.set(layer, "code", drafted.code).set(layer, "name", drafted.name).set(layer, "kind", drafted.kind.as_str());
    row.set(layer, "state", InstrumentState::Draft.as_str()).set(layer, "basis", drafted.basis).set(layer, "park", drafted.park);
    row.set(layer, "parents", json!(drafted.parents).to_string()).set(layer, "children", json!(drafted.children).to_string());
    row.set(layer, "undoes", drafted.undoes).set(layer, "run", drafted.run);
    row.set(layer, "ledger", drafted.ledger.as_ref().map(Json::to_string)).set(layer, "revision", 1);
    row
}

/// An undo turns the arrows round: the children end, the parents stand again.
fn draft_undo(instruments: &[Instrument], new: &NewInstrument, code: &str) -> Outcome<Vec<RowChange>> {
    let Some(undoes) = &new.undoes else {
        return Err(Fault::bad("undoes", "请给出要撤销的整备单元", "name the instrument to undo").at("/undoes"));
    };
    let undone = instruments.iter().find(|instrument| instrument.code == *undoes).ok_or_else(|| no_such_instrument(undoes))?;
    super::moves::may_be_undone(instruments, undone)?;
    let name = new.name.clone().unwrap_or_else(|| format!("撤销 {undoes}"));
    let park = undone.row.get(instrument_layer(), "park").as_str().map(str::to_owned);
    let row = instrument_row(&Drafted {
        code,
        kind: InstrumentKind::Undo,
        name: &name,
        basis: new.basis.as_deref(),
        park: park.as_deref(),
        parents: &undone.children,
        children: &undone.parents,
        undoes: Some(undoes),
        ledger: None,
        run: None,
    });
    Ok(vec![RowChange::Insert { layer: instrument_layer(), row }])
}

/// `ZB-year-number`, one above the largest of the year.
fn next_code(instruments: &[Instrument], today: &str) -> String {
    let head = format!("ZB-{}-", today.get(..4).unwrap_or("0000"));
    let last = instruments.iter().filter_map(|instrument| instrument.code.strip_prefix(&head)?.parse::<u32>().ok()).max().unwrap_or(0);
    format!("{head}{:04}", last + 1)
}

fn default_name(park: Option<&str>, code: &str) -> String {
    park.map_or_else(|| code.to_owned(), |park| format!("{park} {code}"))
}

impl Planner {
    /// Takes a change of instruments into the snapshot and tells listeners.
    pub(super) fn instruments_changed(&self, revision: i64, code: &str) -> Outcome<()> {
        let table = std::sync::Arc::new(crate::service::load::table(self.store.as_ref(), plan_parcel_layer())?);
        let codes = all(&Now(self))?.into_iter().find(|instrument| instrument.code == code).map(|instrument| instrument.children).unwrap_or_default();
        self.city.rcu(|city| std::sync::Arc::new(city.with_table(revision.max(city.revision), table.clone())));
        self.tell(revision, "instrument", vec![code.to_owned()]);
        self.tell(revision, "plan_parcel", codes);
        Ok(())
    }
}
