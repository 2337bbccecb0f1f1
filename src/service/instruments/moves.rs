//! Moves of an instrument: draft → reviewed → in force, back or withdrawn; what is in force is undone by another instrument only.

use super::members::must_stand;
use super::{Instrument, Land, all, conflict, instrument_layer, land, lineage, no_such_instrument, plan_parcel_layer};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, InstrumentKind, InstrumentState, Layer, Lineage, Row};
use crate::service::occupancy::revision_of;
use crate::service::{Planner, Viewer};
use crate::store::{Author, Reading, RowChange};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value as Json;

/// Where an instrument is to go.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    pub to: InstrumentState,
    /// The day from which it is in force; today if absent.
    pub date: Option<String>,
    /// Why, for the change log.
    pub note: Option<String>,
}

impl Planner {
    /// Moves an instrument on, against the revision that the caller saw. Bringing one into force ends the parents and begins the children on its day.
    pub fn move_instrument(&self, viewer: &Viewer, code: &str, if_match: Option<&str>, wanted: &Move) -> Outcome<Json> {
        let account = viewer.planner()?.account.clone();
        let Some(if_match) = if_match else {
            return Err(Fault::new(FaultKind::PreconditionRequired, "if_match", "缺少 If-Match", "If-Match is missing")
                .help("先读取整备单元，把它的 ETag 放进 If-Match", "read the instrument first and send its ETag in If-Match"));
        };
        let expected = revision_of(if_match).unwrap_or(-1);
        let date = wanted.date.clone().unwrap_or_else(crate::service::today);
        if NaiveDate::parse_from_str(&date, "%Y-%m-%d").is_err() {
            return Err(Fault::bad("date", format!("日期应写作 2026-09-01：{date}"), format!("write the date as 2026-09-01: {date}")).at("/date"));
        }
        let source = wanted.note.clone().filter(|note| !note.trim().is_empty()).unwrap_or_else(|| "instrument".to_owned());
        let work = |reading: &dyn Reading| changes(reading, code, expected, wanted.to, &date);
        let moved = self.store.transact(&Author { account: &account, source: &source }, &work);
        let revision = moved.map_err(|fault| match fault.kind {
            FaultKind::PreconditionFailed => Fault { current: self.instrument(viewer, code).ok().map(Box::new), ..fault },
            _ => fault,
        })?;
        self.instruments_changed(revision, code)?;
        self.instrument(viewer, code)
    }
}

/// The changes that a move makes, or why it may not be made.
fn changes(reading: &dyn Reading, code: &str, expected: i64, to: InstrumentState, date: &str) -> Outcome<Vec<RowChange>> {
    let instruments = all(reading)?;
    let instrument = instruments.iter().find(|instrument| instrument.code == code).ok_or_else(|| no_such_instrument(code))?;
    if instrument.revision != expected {
        return Err(Fault::new(
            FaultKind::PreconditionFailed,
            "stale",
            "别人已先改过此整备单元，请核对后再提交",
            "somebody changed this instrument first; compare and submit again",
        ));
    }
    if !instrument.state.next().contains(&to) {
        let (from, to) = (instrument.state.as_str(), to.as_str());
        let fault = conflict("move", format!("不能从 {from} 到 {to}"), format!("an instrument does not go from {from} to {to}"));
        return Err(match instrument.state {
            InstrumentState::InForce => fault.help("已生效的只能用新的整备单元撤销", "what is in force is only undone by a new instrument"),
            _ => fault.help("顺序：草案 → 已审 → 生效", "the order is draft → reviewed → in force"),
        });
    }
    let layer = instrument_layer();
    let mut row = instrument.row.clone();
    row.set(layer, "state", to.as_str()).set(layer, "revision", instrument.revision + 1);
    let mut changes = match (to, instrument.kind) {
        (InstrumentState::InForce, kind) => {
            row.set(layer, "date", date);
            in_force(reading, &instruments, instrument, kind, date)?
        }
        (InstrumentState::Withdrawn, InstrumentKind::Merge | InstrumentKind::Split) => children(reading, instrument, |row, layer| {
            row.set(layer, "state", "withdrawn");
        })?,
        _ => Vec::new(),
    };
    changes.insert(0, RowChange::Update { layer, fid: instrument.fid, row });
    Ok(changes)
}

/// The land's part of coming into force.
fn in_force(reading: &dyn Reading, instruments: &[Instrument], instrument: &Instrument, kind: InstrumentKind, date: &str) -> Outcome<Vec<RowChange>> {
    let lineage = lineage(instruments);
    let lands = instrument.parents.iter().map(|parent| land(reading, parent)).collect::<Outcome<Vec<_>>>()?;
    must_stand(&lineage, &instrument.parents, &lands, date)?;
    must_be_last(instruments, &lineage, instrument, date)?;
    if kind == InstrumentKind::Undo {
        let undone = instrument.undoes.as_deref().unwrap_or_default();
        let undone = instruments.iter().find(|known| known.code == undone).ok_or_else(|| no_such_instrument(undone))?;
        may_be_undone(instruments, undone)?;
    } else {
        must_be_unchanged(instrument, &lands)?;
    }
    let layer = plan_parcel_layer();
    let mut changes = Vec::new();
    for land in lands.into_iter().filter(|land| !land.registered) {
        let mut row = land.row;
        row.set(layer, "state", "ended").set(layer, "valid_to", date);
        changes.push(RowChange::Update { layer, fid: land.fid, row });
    }
    changes.extend(children(reading, instrument, |row, layer| {
        // Plan parcels that an undo brings back begin anew: the time they did not stand is in the lineage.
        row.set(layer, "state", "in_force").set(layer, "valid_from", date).set(layer, "valid_to", None::<String>);
    })?);
    Ok(changes)
}

/// The instrument's children that are plan parcels, changed.
fn children(reading: &dyn Reading, instrument: &Instrument, change: impl Fn(&mut Row, &'static Layer)) -> Outcome<Vec<RowChange>> {
    let layer = plan_parcel_layer();
    let mut changes = Vec::new();
    for child in &instrument.children {
        if let Some((fid, mut row)) = reading.rows(layer, &[("code", child)])?.pop() {
            change(&mut row, layer);
            changes.push(RowChange::Update { layer, fid, row });
        }
    }
    Ok(changes)
}

/// Nothing may come into force before what is already known of the same land: later figures rest on that.
fn must_be_last(instruments: &[Instrument], lineage: &Lineage, instrument: &Instrument, date: &str) -> Outcome<()> {
    for code in instrument.parents.iter().chain(&instrument.children) {
        let Some(latest) = lineage.latest(code) else { continue };
        let drafted_before = instruments.iter().any(|known| known.code == latest.instrument && known.fid < instrument.fid);
        if latest.date.as_str() < date || (latest.date == date && drafted_before) {
            continue;
        }
        let (by, day) = (&latest.instrument, &latest.date);
        return Err(conflict(
            "too_early",
            format!("{code} 在 {day} 已由 {by} 变更，生效日须在其后"),
            format!("{code} was changed on {day} by {by}; the date must be after that"),
        )
        .at("/date")
        .help("改一个更晚的生效日", "give a later date"));
    }
    Ok(())
}

/// The ledger of a draft holds only for the land it was drawn from.
fn must_be_unchanged(instrument: &Instrument, lands: &[Land]) -> Outcome<()> {
    let ledger = instrument.ledger();
    let recorded = ledger["geometry_sha256"].as_array().cloned().unwrap_or_default();
    let differs = |(index, land): (usize, &Land)| recorded.get(index).and_then(Json::as_str) != Some(land.digest().as_str());
    match lands.iter().enumerate().find(|(index, land)| differs((*index, land))) {
        None => Ok(()),
        Some((index, _)) => {
            let code = &instrument.parents[index];
            Err(conflict(
                "land_changed",
                format!("{code} 的几何在起草之后有变，面积账不再成立"),
                format!("the geometry of {code} changed after the draft; its ledger no longer holds"),
            )
            .at(code.clone())
            .help("撤回此草案，按现状重新起草", "withdraw this draft and draft it anew"))
        }
    }
}

/// An instrument can be undone while it is in force, not undone yet, and its children have not gone into others.
pub(super) fn may_be_undone(instruments: &[Instrument], undone: &Instrument) -> Outcome<()> {
    let code = &undone.code;
    if undone.state != InstrumentState::InForce {
        return Err(conflict("not_in_force", format!("{code} 未生效，无需撤销"), format!("{code} is not in force, so there is nothing to undo"))
            .at(code.clone())
            .help("草案和已审的可以撤回", "a draft or a reviewed one can be withdrawn"));
    }
    if let Some(other) = instruments.iter().find(|other| other.undoes.as_deref() == Some(code) && other.state == InstrumentState::InForce) {
        return Err(
            conflict("undone", format!("{code} 已由 {} 撤销", other.code), format!("{code} has been undone by {}", other.code)).at(code.clone())
        );
    }
    let lineage = lineage(instruments);
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
