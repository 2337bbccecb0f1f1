//! Drafting: a site becomes one plan parcel with its area ledger, or an earlier instrument is to be undone.

use super::{Instrument, Land, Now, all, conflict, instrument_layer, land, lineage, no_such_instrument, plan_parcel_layer};
use crate::analysis::consolidation::{Ledger, LedgerRow, settle};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, InstrumentKind, InstrumentState, Lineage, Row};
use crate::service::{Planner, Viewer};
use crate::spatial::polygons::{PolygonSet, Polygons};
use crate::spatial::{AdjacencyOptions, Graph, adjacency, bridged};
use crate::store::{Author, Reading, RowChange};
use geo_types::{Geometry, MultiPolygon};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// What a planner sends to draft an instrument.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewInstrument {
    pub kind: InstrumentKind,
    /// Members of a merge: registered parcels or plan parcels.
    #[serde(default)]
    pub parcels: Vec<String>,
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

const MOST_PARENTS: usize = 2000;
const LONGEST_TEXT: usize = 500;

impl Planner {
    /// Records a draft. Nothing about the land changes yet.
    pub fn draft_instrument(&self, viewer: &Viewer, new: &NewInstrument) -> Outcome<Json> {
        let account = viewer.planner()?.account.clone();
        for (pointer, text) in [("/name", &new.name), ("/basis", &new.basis)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
                return Err(Fault::bad("too_long", format!("最多 {LONGEST_TEXT} 字"), format!("at most {LONGEST_TEXT} characters")).at(pointer));
            }
        }
        let today = crate::service::today();
        let code = std::cell::RefCell::new(String::new());
        let work = |reading: &dyn Reading| {
            let instruments = all(reading)?;
            let own = next_code(&instruments, &today);
            *code.borrow_mut() = own.clone();
            match new.kind {
                InstrumentKind::Merge => self.draft_merge(reading, &instruments, new, &own, &today),
                InstrumentKind::Undo => draft_undo(&instruments, new, &own),
            }
        };
        let revision = self.store.transact(&Author { account: &account, source: "instrument" }, &work)?;
        let code = code.into_inner();
        self.instruments_changed(revision, &code)?;
        self.instrument(viewer, &code)
    }

    fn draft_merge(
        &self,
        reading: &dyn Reading,
        instruments: &[Instrument],
        new: &NewInstrument,
        code: &str,
        today: &str,
    ) -> Outcome<Vec<RowChange>> {
        let parents: BTreeSet<String> = new.parcels.iter().cloned().collect();
        if parents.is_empty() || parents.len() > MOST_PARENTS {
            return Err(Fault::bad("parcels", format!("请给出 1 到 {MOST_PARENTS} 宗"), format!("name 1 to {MOST_PARENTS} parcels")).at("/parcels"));
        }
        let parents: Vec<String> = parents.into_iter().collect();
        let lands = parents.iter().map(|parent| land(reading, parent)).collect::<Outcome<Vec<_>>>()?;
        must_stand(&lineage(instruments), &parents, &lands, today)?;
        let shapes = parents.iter().zip(&lands).map(|(parent, land)| shape(parent, land)).collect::<Outcome<Vec<_>>>()?;
        let options = AdjacencyOptions::default();
        let tolerance = new.tolerance_m.unwrap_or(options.tolerance_m);
        if !(0.0..=50.0).contains(&tolerance) {
            return Err(Fault::bad("tolerance", "缝隙容差应为 0 到 50 米", "the gap tolerance is 0 to 50 m").at("/tolerance_m"));
        }
        self.must_hang_together(&parents, &shapes, tolerance, new.bridge_width_m.unwrap_or(0.0))?;
        let settled = settle(rows(&parents, &lands), &shapes, tolerance, &self.dedicated_land(&shapes.iter().collect::<Polygons>()));
        let child = format!("{code}-1");
        let park = shared(&lands, "park");
        let name = new.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| default_name(park.as_deref(), code));
        let run = new.run.as_ref().map(Json::to_string);
        let instrument = instrument_row(&Drafted {
            code,
            kind: InstrumentKind::Merge,
            name: &name,
            basis: new.basis.as_deref(),
            park: park.as_deref(),
            parents: &parents,
            children: std::slice::from_ref(&child),
            undoes: None,
            ledger: Some(self.kept_ledger(&settled.ledger, &lands, tolerance)),
            run: run.as_deref(),
        });
        let layer = plan_parcel_layer();
        let mut parcel = Row::empty(layer);
        parcel.geometry = Some(Geometry::MultiPolygon(settled.shape));
        parcel.set(layer, "code", child).set(layer, "name", name).set(layer, "park", park);
        parcel.set(layer, "instrument", code).set(layer, "state", "draft").set(layer, "source", code);
        parcel.set(layer, "planned_use", largest_use(&lands));
        Ok(vec![RowChange::Insert { layer: instrument_layer(), row: instrument }, RowChange::Insert { layer, row: parcel }])
    }

    /// The ledger as the instrument keeps it: figures, the members' geometry hashes, the tolerance; owners stay in the register.
    fn kept_ledger(&self, ledger: &Ledger, lands: &[Land], tolerance_m: f64) -> Json {
        let mut kept = ledger.to_json(&|point| self.crs.to_lon_lat(point));
        kept["tolerance_m"] = json!(tolerance_m);
        kept["geometry_sha256"] = lands.iter().map(Land::digest).collect();
        kept
    }

    /// Dedicated control lines near the shapes: land that leaves whoever owns it.
    pub(in crate::service) fn dedicated_land(&self, polygons: &impl PolygonSet) -> Vec<MultiPolygon<f64>> {
        let atlas = self.atlas();
        let Some(lines) = atlas.table("control_line") else { return Vec::new() };
        let mut rows: Vec<u32> = (0..polygons.len()).flat_map(|item| lines.index().rows(polygons.bounds(item))).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|row| lines.flag(*row as usize, "dedicated") == Some(true));
        rows.into_iter().map(|row| lines.shapes().multi_polygon(row as usize)).collect()
    }

    /// Refuses members that are not one piece by edge contacts, overlaps or allowed bridges (C4), naming what stands apart.
    fn must_hang_together(&self, parents: &[String], shapes: &[MultiPolygon<f64>], tolerance_m: f64, bridge_width_m: f64) -> Outcome<()> {
        let options = AdjacencyOptions { tolerance_m, ..AdjacencyOptions::default() };
        let members: Polygons = shapes.iter().collect();
        let mut contacts = adjacency(&members, &options);
        if bridge_width_m > 0.0 {
            contacts.extend(bridged(&members, &contacts, &|_| false, bridge_width_m.min(200.0), &options));
        }
        let graph = Graph::new(parents.len(), &contacts, |contact| contact.class != crate::spatial::ContactClass::Point);
        let (component, count) = graph.components();
        if count < 2 {
            return Ok(());
        }
        let mut sizes = vec![0usize; count];
        component.iter().for_each(|part| sizes[*part as usize] += 1);
        let main = sizes.iter().enumerate().max_by_key(|(part, size)| (**size, std::cmp::Reverse(*part))).map_or(0, |(part, _)| part as u32);
        let apart: Vec<&str> = parents.iter().zip(&component).filter(|(_, part)| **part != main).map(|(parent, _)| parent.as_str()).collect();
        let list = apart.iter().take(10).copied().collect::<Vec<_>>();
        Err(Fault::new(
            FaultKind::Unprocessable,
            "not_contiguous",
            format!("所选宗地不连片，分为 {count} 块；与主体不相连：{}", list.join("、")),
            format!("the parcels are not one piece but {count}; apart from the main one: {}", list.join(", ")),
        )
        .at("/parcels")
        .help("补上中间的宗地，或给出可跨越的宽度", "add the parcels between, or give a width that may be bridged"))
    }
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

/// Refuses members that another instrument has consumed by `day`.
pub(super) fn must_stand(lineage: &Lineage, parents: &[String], lands: &[Land], day: &str) -> Outcome<()> {
    for (parent, land) in parents.iter().zip(lands) {
        if !lineage.stands(parent, land.registered, day) {
            let by = lineage.latest(parent).map(|step| step.instrument.clone()).unwrap_or_default();
            return Err(conflict(
                "parent_ended",
                format!("{parent} 在 {day} 已不存在（整备单元 {by}）"),
                format!("{parent} does not stand on {day} (instrument {by})"),
            )
            .at(parent.clone())
            .help("改用其后的地块，或先撤销该整备单元", "take the land that came of it, or undo that instrument first"));
        }
    }
    Ok(())
}

fn shape(code: &str, land: &Land) -> Outcome<MultiPolygon<f64>> {
    match &land.row.geometry {
        Some(Geometry::MultiPolygon(shape)) if !shape.0.is_empty() => Ok(shape.clone()),
        _ => Err(Fault::new(FaultKind::Unprocessable, "no_geometry", format!("{code} 没有几何"), format!("{code} has no geometry")).at(code)),
    }
}

impl Land {
    fn text(&self, name: &str) -> Option<String> {
        let layer = if self.registered { crate::domain::dictionary().known("parcel") } else { plan_parcel_layer() };
        layer.column(name)?;
        self.row.get(layer, name).as_str().map(str::to_owned)
    }

    fn planar_area_m2(&self) -> f64 {
        match &self.row.geometry {
            Some(Geometry::MultiPolygon(shape)) => crate::spatial::area::planar_area(shape),
            _ => 0.0,
        }
    }
}

fn rows(parents: &[String], lands: &[Land]) -> Vec<LedgerRow> {
    let row = |(parent, land): (&String, &Land)| LedgerRow {
        parcel: parent.clone(),
        owner: None,
        tenure: land.text("tenure"),
        planar_area_m2: land.planar_area_m2(),
        dedication_m2: 0.0,
    };
    parents.iter().zip(lands).map(row).collect()
}

/// The value that all members share.
fn shared(lands: &[Land], name: &str) -> Option<String> {
    let mut values = lands.iter().map(|land| land.text(name));
    let first = values.next()??;
    values.all(|value| value.as_deref() == Some(first.as_str())).then_some(first)
}

/// The planned use of most of the land; the smaller code of equals.
fn largest_use(lands: &[Land]) -> Option<String> {
    let mut by_use: BTreeMap<String, f64> = BTreeMap::new();
    for land in lands {
        if let Some(planned) = land.text("planned_use") {
            *by_use.entry(planned).or_default() += land.planar_area_m2();
        }
    }
    by_use.into_iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(planned, _)| planned)
}

impl Planner {
    /// Takes a change of instruments into the snapshot and tells listeners.
    pub(super) fn instruments_changed(&self, revision: i64, code: &str) -> Outcome<()> {
        let table = std::sync::Arc::new(crate::service::load::table(self.store.as_ref(), plan_parcel_layer())?);
        let codes = all(&Now(self))?.into_iter().find(|instrument| instrument.code == code).map(|instrument| instrument.children).unwrap_or_default();
        self.atlas.rcu(|atlas| std::sync::Arc::new(atlas.with_table(revision.max(atlas.revision), table.clone())));
        self.tell(revision, "instrument", vec![code.to_owned()]);
        self.tell(revision, "plan_parcel", codes);
        Ok(())
    }
}
