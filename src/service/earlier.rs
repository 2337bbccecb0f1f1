//! An earlier state of a row, made its present one by a change of its own: checked by the same rules, with the same rights, and logged like any other.

use super::changes::MOST_OF_ONE;
use super::edits::logged_row;
use super::kept;
use super::occupancy;
use super::{Planner, Viewer};
use crate::domain::columns::unit;
use crate::domain::edit::{Precondition, RecordWrite, Restore, UpdateUnit, WriteRecords};
use crate::domain::fault::Outcome;
use crate::domain::{Edit, Fault, FaultKind, LayerId, Row, RowChange};
use crate::spatial::digest::digest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which state: as an entry of the change log left the row.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlierState {
    pub collection: String,
    pub id: String,
    /// Number of the entry.
    pub seq: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MadeAgain {
    /// The revision that it made.
    pub revision: i64,
    /// Columns that have their earlier values again.
    pub columns: Vec<String>,
}

/// Columns of kept tables and units that say when and by whom a row was changed: the new change says so of itself.
const OURS: [&str; 4] = ["revision", "updated_on", "by", "park"];

/// Gives a row the values that an entry of the log left it with.
///
/// # Errors
/// 404 for an entry that is not of this row, 409 where the row is gone or has another shape now (the log keeps a shape's hash, not the shape), where
/// decisions stand, and where nothing differs; all that the same change by hand would be refused for.
pub fn make_again(planner: &Planner, viewer: &Viewer, wanted: &EarlierState) -> Outcome<MadeAgain> {
    viewer.signed_in()?;
    let (city, id) = (planner.city(), wanted.id.as_str());
    let layer = super::table(&city, &wanted.collection)?.id();
    must_be_restorable(layer)?;
    if layer == LayerId::Unit {
        // Before anything is compared: that a unit differs from an earlier state is its park's own business.
        let units = city.table(layer);
        let building = units.row_of(id).and_then(|row| units.text(row, unit::BUILDING));
        viewer.operator_of(building.and_then(|building| occupancy::park_of_building(&city, building)))?;
    }
    let mut entries = planner.changes_of(&city, layer, id, MOST_OF_ONE)?;
    kept::hide_unseen(&city, viewer, &mut entries);
    let entry = entries.into_iter().find(|entry| entry.seq == wanted.seq && entry.after.is_object()).ok_or_else(|| {
        Fault::not_found(
            "no_such_state",
            format!("修改记录第 {} 条没有 {id} 的状态", wanted.seq),
            format!("entry {} of the log holds no state of {id}", wanted.seq),
        )
        .at("seq")
        .help(
            "编号见 /changes?collection=…&id=… 或 parkplan audit show",
            "the numbers stand in /changes?collection=…&id=… and in parkplan audit show",
        )
    })?;
    let table = city.table(layer);
    let Some(at) = table.row_of(id) else {
        return Err(conflict("row_gone", &format!("{id} 已不在"), &format!("{id} is gone"))
            .help("撤销删除它的那次导入，或从备份恢复", "undo the import that removed it, or restore it from a backup"));
    };
    let before = table.row(at);
    let logged = entry.after["geometry_sha256"].as_str();
    if logged != before.geometry.as_ref().map(digest).as_deref() {
        return Err(conflict(
            "shape_differs",
            &format!("{id} 的图形此后有变，修改记录只存图形的哈希"),
            &format!("{id} has another shape since; the log keeps a shape's hash only"),
        )
        .help("图形请由导入的撤销或备份恢复", "shapes come back by undoing the import, or from a backup"));
    }
    let after = Row { geometry: before.geometry.clone(), ..logged_row(layer, &entry.after) };
    let columns = differing(layer, &before, &after);
    if columns.is_empty() {
        return Err(conflict("nothing_differs", &format!("{id} 现在就是那时的状态"), &format!("{id} is as it was then")));
    }
    let edit = match (layer, kept::rules_of(layer)) {
        (LayerId::Unit, _) => {
            Edit::UpdateUnit(UpdateUnit { id: id.to_owned(), seen: Precondition::Any, patch: after.stated(layer.layer(), &columns) })
        }
        (layer, Some(_)) => {
            let write = RecordWrite::Patch { layer, id: id.to_owned(), seen: Precondition::Any, patch: after.stated(layer.layer(), &columns) };
            Edit::WriteRecords(WriteRecords { writes: vec![write] })
        }
        _ => {
            let change = RowChange::Update { layer, fid: table.fid(at), before, after };
            Edit::Restore(Restore { changes: vec![change], source: format!("#{}", wanted.seq) })
        }
    };
    let revision = planner.edit(viewer, edit)?.revision;
    Ok(MadeAgain { revision, columns })
}

/// Decisions are corrected by steps of their own; an establishment has no key of its own.
fn must_be_restorable(layer: LayerId) -> Outcome<()> {
    match layer {
        LayerId::Designation | LayerId::Instrument | LayerId::PlanParcel => {
            Err(conflict("decisions_stand", "决定的每一步都留痕，不能改回", "steps of a decision stand and are not set back")
                .help("用新的一步更正：退回、撤销或撤回", "correct it by a step of its own: return, revoke or withdraw"))
        }
        LayerId::Firm => {
            Err(conflict("no_own_key", "企业以代码和园区为键，不能单独恢复", "an establishment is code and park; it is not restored by its code")
                .help("请重新导入", "import it again"))
        }
        _ => Ok(()),
    }
}

fn differing(layer: LayerId, before: &Row, after: &Row) -> Vec<String> {
    let columns = layer.layer().columns.iter().zip(before.values.iter().zip(&after.values));
    let is_ours = |name: &str| OURS.contains(&name) && (layer == LayerId::Unit || kept::rules_of(layer).is_some());
    columns.filter(|(column, (before, after))| before != after && !is_ours(&column.name)).map(|(column, _)| column.name.clone()).collect()
}

fn conflict(code: &'static str, zh: &str, en: &str) -> Fault {
    Fault::new(FaultKind::Conflict, code, zh, en)
}
