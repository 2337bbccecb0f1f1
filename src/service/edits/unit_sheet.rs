//! A table of units: every row judged against the city, all that can be taken in one change, with a receipt in the log.

use super::unit_cells::{Judging, warn_of_row};
use super::unit_verdicts::{CellVerdict, Judged, JudgedCell, JudgedRow, KeptReceipt, RECEIPTS, RowVerdict};
use super::{Checked, Person, Reply, log, unit_floors};
use crate::city::City;
use crate::domain::columns::unit;
use crate::domain::edit::{Refusal, StatedUnit, UpdateUnits};
use crate::domain::fault::Outcome;
use crate::domain::unit_sheet::{SheetColumn, sheet_tag};
use crate::domain::{LayerId, LogEntry, Row, RowChange};
use crate::service::occupancy;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::Arc;

/// What a unit says of itself when its figures came by a table.
const SOURCE: &str = "表格填报";

pub(super) fn check(edit: &UpdateUnits, city: &City, person: &Person) -> Outcome<Checked> {
    let mut judged = judge(edit, city, person)?;
    let changes = std::mem::take(&mut judged.changes);
    // The file's name may be a tenant's: it stands in the receipt, and not in the log that everybody reads.
    let source = SOURCE.to_owned();
    if changes.is_empty() {
        return Ok(Checked { changes, log: Vec::new(), source, reply: Reply::Sheet { judged: Arc::new(judged), receipt: None } });
    }
    // The edit makes the revision that follows the city's; where it is checked again on another head, it gets that one's.
    let revision = city.revision + 1;
    let number = format!("R{}-{revision}", person.today.replace('-', ""));
    let receipt = KeptReceipt::of(edit, &judged, revision);
    let entry = LogEntry {
        collection: RECEIPTS.to_owned(),
        id: number.clone(),
        action: "import",
        before: Json::Null,
        after: serde_json::to_value(&receipt).unwrap_or_default(),
    };
    let log = changes.iter().map(log::entry).chain([entry]).collect();
    Ok(Checked { changes, log, source, reply: Reply::Sheet { judged: Arc::new(judged), receipt: Some(number) } })
}

/// A row that may be taken, with the unit before and after it.
pub(super) struct Draft {
    /// Place among the judged rows.
    pub index: usize,
    /// Row of the unit in its table.
    pub at: usize,
    pub before: Row,
    pub after: Row,
    pub area_changes: bool,
}

/// Judges a table against a city: the same for a trial and for the change itself.
///
/// # Errors
/// 401 and 403: the park's operator alone may fill in its units. What is wrong with a row is in its verdict.
pub fn judge(edit: &UpdateUnits, city: &City, person: &Person) -> Outcome<Judged> {
    person.viewer.operator_of(Some(&edit.park))?;
    let mut first: HashMap<&str, u32> = HashMap::new();
    let mut twice: HashMap<&str, Vec<u32>> = HashMap::new();
    for stated in edit.rows.iter().filter(|stated| !stated.id.is_empty()) {
        let before = *first.entry(&stated.id).or_insert(stated.row);
        if before != stated.row {
            twice.entry(&stated.id).or_insert_with(|| vec![before]).push(stated.row);
        }
    }
    let (mut rows, mut drafts) = (Vec::with_capacity(edit.rows.len()), Vec::new());
    for stated in &edit.rows {
        let refused = stated.refused.clone().or_else(|| twice.get(stated.id.as_str()).map(|at| stands_twice(&stated.id, at)));
        let (row, draft) = match refused {
            Some(refusal) => (JudgedRow::refused(stated, &refusal), None),
            None => row(stated, &edit.park, city, person),
        };
        drafts.extend(draft.map(|draft| Draft { index: rows.len(), ..draft }));
        rows.push(row);
    }
    let drafts = unit_floors::hold(drafts, &mut rows, city);
    let units = city.table(LayerId::Unit);
    let changes = drafts
        .into_iter()
        .map(|draft| RowChange::Update { layer: LayerId::Unit, fid: units.fid(draft.at), before: draft.before, after: draft.after })
        .collect();
    Ok(Judged::of(rows, changes))
}

fn stands_twice(id: &str, rows: &[u32]) -> Refusal {
    let list = rows.iter().map(u32::to_string).collect::<Vec<_>>();
    Refusal::new(
        "stated_twice",
        format!("单元 {id} 在表中出现 {} 次（第 {} 行），不知以哪一行为准", rows.len(), list.join("、")),
        format!("the unit {id} stands {} times in the table (rows {}): which of them is meant is not known", rows.len(), list.join(", ")),
    )
}

fn row(stated: &StatedUnit, park: &str, city: &City, person: &Person) -> (JudgedRow, Option<Draft>) {
    let table = city.table(LayerId::Unit);
    let refused = |code: &str, zh: String, en: String| (JudgedRow::refused(stated, &Refusal::new(code, zh, en)), None);
    let id = &stated.id;
    let Some(at) = table.row_of(id) else {
        return refused("no_such_unit", format!("没有单元 {id}"), format!("there is no unit {id}"));
    };
    let before = table.row(at);
    let building = before.text(unit::BUILDING).unwrap_or_default();
    if occupancy::park_of_building(city, building) != Some(park) {
        return refused("other_park", format!("单元 {id} 不属于园区 {park}"), format!("the unit {id} is not in the park {park}"));
    }
    let mut judging = Judging::new(&before, person);
    let cells: Vec<JudgedCell> = stated.cells.iter().filter_map(|cell| judging.cell(cell)).collect();
    let (after, area_changes) = judging.end();
    let mut judged = JudgedRow::of(stated, &before, cells);
    let rejected = judged.cells.iter().filter(|cell| cell.verdict == CellVerdict::Rejected).count();
    if judged.cells.is_empty() {
        return (judged, None);
    }
    if let Some(refusal) = seen_otherwise(stated, &before) {
        judged.conflicts(&refusal, if stated.tag.is_empty() { RowVerdict::Rejected } else { RowVerdict::Conflict });
        return (judged, None);
    }
    if rejected > 0 {
        judged.verdict = RowVerdict::Rejected;
        return (judged, None);
    }
    let mut after = after;
    warn_of_row(&mut judged, &before, &after);
    after.put(unit::REVISION, before.integer(unit::REVISION).unwrap_or(0) + 1).put(unit::SOURCE, SOURCE);
    (judged, Some(Draft { index: 0, at, before, after, area_changes }))
}

/// Why the row does not speak of the unit as it stands; none where it does.
fn seen_otherwise(stated: &StatedUnit, before: &Row) -> Option<Refusal> {
    if stated.tag == sheet_tag(before) {
        return None;
    }
    Some(if stated.tag.is_empty() {
        Refusal::new(
            "no_tag",
            format!("此行没有“{}”，不知改动依据的是哪一版数据；请用新下载的模板填写", SheetColumn::Tag.label(crate::domain::Lang::Zh)),
            "the row has no row tag, so that it is not known which figures it rests on; fill in a template that is downloaded now",
        )
    } else {
        Refusal::new(
            "stale",
            "下载模板之后，别人已改过此单元：请对照两边的值，在新模板中重填",
            "somebody changed this unit after the template was downloaded: compare both and fill it in again in a new template",
        )
    })
}
