//! Drafting: the instrument and its plan parcels are written, if the land still is what they were computed from.

use super::{Checked, Person, Reply};
use crate::city::City;
use crate::domain::columns::{instrument, parcel, plan_parcel};
use crate::domain::edit::DraftInstrument;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Instrument, InstrumentKind, InstrumentState, LayerId, Row, RowChange};
use crate::service::instruments::{Land, conflict, land, may_be_undone, must_stand, no_such_instrument};
use crate::spatial::area::planar_area;
use geo_types::{Geometry, MultiPolygon};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

pub(super) fn check(edit: &DraftInstrument, city: &City, person: &Person) -> Outcome<Checked> {
    person.viewer.planner()?;
    let instruments = city.instruments().all();
    let code = next_code(instruments, &person.today);
    let changes = match edit.kind {
        InstrumentKind::Undo => vec![undo(edit, city, &code)?],
        InstrumentKind::Merge | InstrumentKind::Split => {
            let lands = members_as_read(edit, city)?;
            rows(edit, city, &lands, &code)
        }
    };
    Ok(Checked::of(changes, "instrument", Reply::Instrument(code)))
}

/// Refuses when a member ended or changed since it was read: what was computed from it no longer holds.
fn members_as_read(edit: &DraftInstrument, city: &City) -> Outcome<Vec<Land>> {
    let codes: Vec<String> = edit.members.iter().map(|member| member.code.clone()).collect();
    let lands: Vec<Outcome<Land>> = codes.iter().map(|code| land(city, code)).collect();
    let standing: Vec<(String, bool)> =
        codes.iter().zip(&lands).map(|(code, land)| (code.clone(), land.as_ref().is_ok_and(|land| land.registered))).collect();
    must_stand(city.instruments().lineage(), &standing, &edit.day)?;
    let mut same = Vec::with_capacity(lands.len());
    for (member, land) in edit.members.iter().zip(lands) {
        match land {
            Ok(land) if land.row_sha256() == member.row_sha256 => same.push(land),
            _ => {
                let code = &member.code;
                return Err(conflict(
                    "land_changed_meanwhile",
                    format!("起草期间 {code} 有变，草案未保存"),
                    format!("{code} changed while the draft was being made; nothing was saved"),
                )
                .at(code.clone())
                .help("按现状重新起草", "draft it again from the land as it is now"));
            }
        }
    }
    Ok(same)
}

/// The instrument and its plan parcels, all drafts.
fn rows(edit: &DraftInstrument, city: &City, lands: &[Land], code: &str) -> Vec<RowChange> {
    let children: Vec<String> = (1..=edit.parts.len()).map(|number| format!("{code}-{number}")).collect();
    let park = shared_park(lands);
    let planned_use = largest_use(lands);
    let name = edit.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| default_name(park.as_deref(), code));
    let mut ledger = edit.ledger.clone();
    let area = |(child, shape): (&String, &MultiPolygon<f64>)| json!({ "parcel": child, "planar_area_m2": planar_area(shape) });
    ledger["children"] = children.iter().zip(&edit.parts).map(area).collect();
    let parents: Vec<String> = edit.members.iter().map(|member| member.code.clone()).collect();
    let row = draft_row(&Drafted {
        code,
        kind: edit.kind,
        name: &name,
        edit,
        park: park.as_deref(),
        parents: &parents,
        children: &children,
        ledger: Some(ledger),
    });
    let mut changes = vec![RowChange::Insert { layer: LayerId::Instrument, fid: city.table(LayerId::Instrument).next_fid(), row }];
    let first = city.table(LayerId::PlanParcel).next_fid();
    let is_split = edit.kind == InstrumentKind::Split;
    for (index, (child, shape)) in children.into_iter().zip(&edit.parts).enumerate() {
        let own_name = if is_split { format!("{name} {}", index + 1) } else { name.clone() };
        let mut row = Row::empty(LayerId::PlanParcel.layer());
        row.geometry = Some(Geometry::MultiPolygon(shape.clone()));
        row.put(plan_parcel::CODE, child).put(plan_parcel::NAME, own_name).put(plan_parcel::PARK, park.clone());
        row.put(plan_parcel::INSTRUMENT, code).put(plan_parcel::STATE, "draft").put(plan_parcel::SOURCE, code);
        row.put(plan_parcel::PLANNED_USE, planned_use.clone());
        super::import::complete(&mut row, LayerId::PlanParcel.layer(), &city.crs);
        changes.push(RowChange::Insert { layer: LayerId::PlanParcel, fid: first + index as i64, row });
    }
    changes
}

/// What a draft's row is made of.
struct Drafted<'a> {
    code: &'a str,
    kind: InstrumentKind,
    name: &'a str,
    edit: &'a DraftInstrument,
    park: Option<&'a str>,
    parents: &'a [String],
    children: &'a [String],
    ledger: Option<Json>,
}

fn draft_row(drafted: &Drafted<'_>) -> Row {
    let mut row = Row::empty(LayerId::Instrument.layer());
    row.put(instrument::CODE, drafted.code).put(instrument::NAME, drafted.name).put(instrument::KIND, drafted.kind.as_str());
    row.put(instrument::STATE, InstrumentState::Draft.as_str()).put(instrument::BASIS, drafted.edit.basis.as_deref());
    row.put(instrument::PARK, drafted.park).put(instrument::PARENTS, json!(drafted.parents).to_string());
    row.put(instrument::CHILDREN, json!(drafted.children).to_string()).put(instrument::UNDOES, drafted.edit.undoes.as_deref());
    row.put(instrument::RUN, drafted.edit.run.as_deref()).put(instrument::LEDGER, drafted.ledger.as_ref().map(Json::to_string));
    row.put(instrument::REVISION, 1);
    row
}

/// An undo turns the arrows round: the children end, the parents stand again.
fn undo(edit: &DraftInstrument, city: &City, code: &str) -> Outcome<RowChange> {
    let Some(undoes) = &edit.undoes else {
        return Err(Fault::bad("undoes", "请给出要撤销的整备单元", "name the instrument to undo").at("/undoes"));
    };
    let undone = city.instruments().get(undoes).ok_or_else(|| no_such_instrument(undoes))?;
    may_be_undone(city.instruments(), undone)?;
    let name = edit.name.clone().unwrap_or_else(|| format!("撤销 {undoes}"));
    let row = draft_row(&Drafted {
        code,
        kind: InstrumentKind::Undo,
        name: &name,
        edit,
        park: undone.park.as_deref(),
        parents: &undone.children,
        children: &undone.parents,
        ledger: None,
    });
    Ok(RowChange::Insert { layer: LayerId::Instrument, fid: city.table(LayerId::Instrument).next_fid(), row })
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

/// The park that all members share.
fn shared_park(lands: &[Land]) -> Option<String> {
    let park = |land: &Land| land.text(parcel::PARK, plan_parcel::PARK);
    let first = lands.first().and_then(park)?;
    lands.iter().all(|land| park(land).as_ref() == Some(&first)).then_some(first)
}

/// The planned use of most of the land; the smaller code of equals.
fn largest_use(lands: &[Land]) -> Option<String> {
    let mut by_use: BTreeMap<String, f64> = BTreeMap::new();
    for land in lands {
        if let Some(planned) = land.text(parcel::PLANNED_USE, plan_parcel::PLANNED_USE) {
            *by_use.entry(planned).or_default() += land.planar_area_m2();
        }
    }
    by_use.into_iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(planned, _)| planned)
}
