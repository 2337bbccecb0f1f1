//! Moves of an instrument: draft → reviewed → in force, back or withdrawn; what is in force is undone by another instrument only.

use super::{Checked, Person, Reply};
use crate::city::City;
use crate::domain::columns::{instrument as column, plan_parcel};
use crate::domain::days::no_day;
use crate::domain::edit::MoveInstrument;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Instrument, InstrumentKind, InstrumentState, LayerId, Row, RowChange, stated_day};
use crate::service::instruments::{self, InstrumentAnswer, Land, conflict, land, may_be_undone, must_stand, no_such_instrument};
use serde_json::Value as Json;

pub(super) fn check(edit: &MoveInstrument, city: &City, person: &Person) -> Outcome<Checked> {
    person.viewer.official()?;
    if stated_day(&edit.date).is_none() {
        return Err(no_day("date", &edit.date).at("/date"));
    }
    let Some(instrument) = city.instruments().get(&edit.code) else {
        edit.seen.check([], || no_such_instrument(&edit.code))?;
        return Err(no_such_instrument(&edit.code));
    };
    let now = std::iter::once_with(|| as_seen(city, instrument, person).etag);
    edit.seen.check(now, || stale(city, instrument, person))?;
    let changes = changes(city, instrument, edit.to, &edit.date)?;
    if edit.to == InstrumentState::InForce {
        person.must_not_be_the_applicant(edit.drafted_by.as_deref() == Some(person.viewer.name()))?;
    }
    let source = edit.note.clone().filter(|note| !note.trim().is_empty()).unwrap_or_else(|| "instrument".to_owned());
    Ok(Checked::of(changes, source, Reply::Instrument(edit.code.clone())))
}

/// The instrument as this viewer may see it, but for who moved it so far: that stands in the log, which a check does not read.
fn as_seen(city: &City, instrument: &Instrument, person: &Person) -> InstrumentAnswer {
    instruments::view(city, &person.viewer, instrument, instruments::Signatures::new())
}

/// The conflict carries the instrument as it stands.
fn stale(city: &City, instrument: &Instrument, person: &Person) -> Fault {
    let fault = Fault::new(
        FaultKind::PreconditionFailed,
        "stale",
        "别人已先改过此整备单元，请核对后再提交",
        "somebody changed this instrument first; compare and submit again",
    );
    let current = as_seen(city, instrument, person);
    Fault { current: serde_json::to_value(current).ok().map(Box::new), ..fault }
}

/// The changes that a move makes, or why it may not be made.
fn changes(city: &City, instrument: &Instrument, to: InstrumentState, date: &str) -> Outcome<Vec<RowChange>> {
    if !instrument.state.next().contains(&to) {
        let (from, to) = (instrument.state.as_str(), to.as_str());
        let fault = conflict("move", format!("不能从 {from} 到 {to}"), format!("an instrument does not go from {from} to {to}"));
        return Err(match instrument.state {
            InstrumentState::InForce => fault.help("已生效的只能用新的整备单元撤销", "what is in force is only undone by a new instrument"),
            _ => fault.help("顺序：草案 → 已审 → 生效", "the order is draft → reviewed → in force"),
        });
    }
    let table = city.table(LayerId::Instrument);
    let at = table.row_of(&instrument.code).ok_or_else(|| no_such_instrument(&instrument.code))?;
    let before = table.row(at);
    let mut after = before.clone();
    after.put(column::STATE, to.as_str()).put(column::REVISION, instrument.revision + 1);
    let lands = match (to, instrument.kind) {
        (InstrumentState::InForce, kind) => {
            after.put(column::DATE, date);
            in_force(city, instrument, kind, date)?
        }
        (InstrumentState::Withdrawn, InstrumentKind::Merge | InstrumentKind::Split) => children(city, instrument, |row| {
            row.put(plan_parcel::STATE, "withdrawn");
        }),
        _ => Vec::new(),
    };
    let own = RowChange::Update { layer: LayerId::Instrument, fid: table.fid(at), before, after };
    Ok(std::iter::once(own).chain(lands).collect())
}

/// The land's part of coming into force.
fn in_force(city: &City, instrument: &Instrument, kind: InstrumentKind, date: &str) -> Outcome<Vec<RowChange>> {
    let instruments = city.instruments();
    let lands = instrument.parents.iter().map(|parent| land(city, parent)).collect::<Outcome<Vec<_>>>()?;
    let standing: Vec<(String, bool)> = instrument.parents.iter().cloned().zip(lands.iter().map(|land| land.registered)).collect();
    must_stand(instruments.lineage(), &standing, date)?;
    must_be_last(city, instrument, date)?;
    if kind == InstrumentKind::Undo {
        let undone = instrument.undoes.as_deref().unwrap_or_default();
        may_be_undone(instruments, instruments.get(undone).ok_or_else(|| no_such_instrument(undone))?)?;
    } else {
        must_be_unchanged(instrument, &lands)?;
    }
    let mut changes: Vec<RowChange> = Vec::new();
    for land in lands.into_iter().filter(|land| !land.registered) {
        let mut after = land.row.clone();
        after.put(plan_parcel::STATE, "ended").put(plan_parcel::VALID_TO, date);
        changes.push(RowChange::Update { layer: LayerId::PlanParcel, fid: land.fid, before: land.row, after });
    }
    changes.extend(children(city, instrument, |row| {
        // Plan parcels that an undo brings back begin anew: the time they did not stand is in the lineage.
        row.put(plan_parcel::STATE, "in_force").put(plan_parcel::VALID_FROM, date).put(plan_parcel::VALID_TO, None::<String>);
    }));
    Ok(changes)
}

/// The instrument's children that are plan parcels, changed.
fn children(city: &City, instrument: &Instrument, change: impl Fn(&mut Row)) -> Vec<RowChange> {
    let table = city.table(LayerId::PlanParcel);
    let update = |row: usize| {
        let before = table.row(row);
        let mut after = before.clone();
        change(&mut after);
        RowChange::Update { layer: LayerId::PlanParcel, fid: table.fid(row), before, after }
    };
    instrument.children.iter().filter_map(|child| table.row_of(child)).map(update).collect()
}

/// Nothing may come into force before what is already known of the same land: later figures rest on that.
fn must_be_last(city: &City, instrument: &Instrument, date: &str) -> Outcome<()> {
    let instruments = city.instruments();
    for code in instrument.parents.iter().chain(&instrument.children) {
        let Some(latest) = instruments.lineage().latest(code) else { continue };
        let drafted_before = instruments.get(&latest.instrument).is_some_and(|known| known.fid < instrument.fid);
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
    let ledger = instruments::ledger(instrument);
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
