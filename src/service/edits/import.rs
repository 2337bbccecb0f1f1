//! Rows of a file: all or none, one entry of the log.

use super::import_rules::{may_come_by_file, must_keep};
use super::{Checked, Person, Reply};
use crate::city::{City, Table};
use crate::domain::edit::Import;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Layer, LayerId, LogEntry, Role, Row, RowChange, Value, WriteMode};
use crate::spatial::area;
use crate::spatial::crs::WorkingCrs;
use geo_types::Geometry;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

pub(super) fn check(edit: &Import, city: &City, person: &Person) -> Outcome<Checked> {
    may(edit.layer, person)?;
    if let Some(revision) = edit.judged_at {
        must_stand_still(edit.layer, city, revision)?;
    }
    may_come_by_file(edit.layer)?;
    let table = city.table(edit.layer);
    let changes = match edit.mode {
        WriteMode::Add => add(edit, table, table.next_fid())?,
        WriteMode::Update => update(edit, city, table),
        WriteMode::Replace => {
            let mut changes: Vec<RowChange> =
                (0..table.len()).rev().map(|row| RowChange::Remove { layer: edit.layer, fid: table.fid(row), row: table.row(row) }).collect();
            changes.extend(inserts(edit, table.next_fid()));
            changes
        }
    };
    must_keep(edit.layer, &changes, city, person)?;
    let entry = LogEntry {
        collection: edit.layer.name().to_owned(),
        id: "*".to_owned(),
        action: "import",
        before: Json::Null,
        after: json!({ "rows": edit.rows.len(), "mode": edit.mode }),
    };
    let reply = Reply::Rows(changes.len());
    Ok(Checked { changes, log: vec![entry], source: edit.source.clone(), reply })
}

/// Layers that planners bring from files: what the bureau itself surveys. What firms and operators say of themselves, and what has a life of its own
/// (instruments, titles, kept tables), comes in by its own operations.
pub const PLANNERS_LAYERS: [LayerId; 9] = [
    LayerId::District,
    LayerId::Park,
    LayerId::Zone,
    LayerId::Parcel,
    LayerId::Building,
    LayerId::Floor,
    LayerId::Facility,
    LayerId::Road,
    LayerId::ControlLine,
];

/// Who may bring rows of a layer from a file, or take them back.
pub(super) fn may(layer: LayerId, person: &Person) -> Outcome<()> {
    if PLANNERS_LAYERS.contains(&layer) {
        return person.viewer.planner().map(|_| ());
    }
    if person.viewer.role() == Role::Admin {
        return Ok(());
    }
    person.viewer.signed_in()?;
    Err(Fault::new(FaultKind::Forbidden, "admins_only", "此图层的导入限管理员", "only administrators may import this layer"))
}

/// Layers whose shapes hold others, and which a row may name.
pub const CONTAINERS: [LayerId; 4] = [LayerId::District, LayerId::Park, LayerId::Zone, LayerId::Parcel];

/// Refuses an import that was judged on other rows than those that are there, or placed in other districts, parks and parcels.
pub fn must_stand_still(layer: LayerId, city: &City, revision: i64) -> Outcome<()> {
    let named = CONTAINERS.into_iter().filter(|container| layer.layer().column_index(container.name()).is_some());
    let Some(moved) = std::iter::once(layer).chain(named).find(|layer| city.changed(*layer).revision > revision) else { return Ok(()) };
    let (now, zh, en) = (city.changed(moved).revision, &moved.layer().zh, &moved.layer().en);
    Err(Fault::new(
        FaultKind::Conflict,
        "city_moved_on",
        format!("试运行之后{zh}又有修改（修订 {now}，试运行依据修订 {revision}），未写入任何内容"),
        format!("{en} changed after the trial (revision {now}, the trial read {revision}); nothing was written"),
    )
    .at(moved.name())
    .help("请重新试运行，核对差异后再写入", "run the trial again, look at the difference, then write it"))
}

fn inserts(edit: &Import, first: i64) -> impl Iterator<Item = RowChange> {
    let layer = edit.layer;
    edit.rows.iter().zip(first..).map(move |(row, fid)| RowChange::Insert { layer, fid, row: row.clone() })
}

fn add(edit: &Import, table: &Table, first: i64) -> Outcome<Vec<RowChange>> {
    // One establishment is firm × park: its code may stand in two parks.
    if edit.layer != LayerId::Firm
        && let Some(known) = edit.rows.iter().map(|row| row.key(edit.layer.layer())).find(|key| table.row_of(key).is_some())
    {
        return Err(Fault::new(
            FaultKind::Conflict,
            "key_there_already",
            format!("{known} 已存在，未写入任何内容"),
            format!("{known} is there already; nothing was written"),
        )
        .at(known));
    }
    Ok(inserts(edit, first).collect())
}

/// Overwrites what a row states; what it leaves null stays as it was.
fn update(edit: &Import, city: &City, table: &Table) -> Vec<RowChange> {
    let layer = edit.layer.layer();
    let mut latest: HashMap<usize, usize> = HashMap::new();
    let mut changes: Vec<RowChange> = Vec::new();
    for stated in &edit.rows {
        let Some(at) = table.row_of(stated.key(layer)) else { continue };
        let before = table.row(at);
        // A row that the file states twice is changed once, to what the later one says on top of the earlier.
        let earlier = latest.get(&at).copied();
        let base = match earlier.map(|index| &changes[index]) {
            Some(RowChange::Update { after, .. }) => after.clone(),
            _ => before.clone(),
        };
        // What it says already is no change, unless an earlier row of the file had changed it.
        let same = earlier.is_none().then(|| base.clone());
        let after = stated_over(base, stated, layer, &city.crs);
        let Some(mut after) = after.filter(|after| same.as_ref() != Some(after)) else { continue };
        if let Some(revision) = layer.column_index("revision") {
            let present = after.values[revision].as_i64().unwrap_or(0);
            after.values[revision] = Value::Integer(present + 1);
        }
        let change = RowChange::Update { layer: edit.layer, fid: table.fid(at), before, after };
        match earlier {
            Some(index) => changes[index] = change,
            None => {
                latest.insert(at, changes.len());
                changes.push(change);
            }
        }
    }
    changes
}

/// `None` when the row states nothing.
fn stated_over(mut base: Row, stated: &Row, layer: &Layer, crs: &WorkingCrs) -> Option<Row> {
    let mut any = false;
    for ((column, value), own) in layer.columns.iter().zip(&stated.values).zip(&mut base.values) {
        if !value.is_null() && column.name != layer.key && !column.computed {
            *own = value.clone();
            any = true;
        }
    }
    if stated.geometry.is_some() {
        base.geometry = stated.geometry.clone();
        complete(&mut base, layer, crs);
        any = true;
    }
    any.then_some(base)
}

/// Fills the columns that are computed: areas from the shape, and the first revision.
pub fn complete(row: &mut Row, layer: &Layer, crs: &WorkingCrs) {
    let at = |name: &str| layer.column_index(name);
    let Row { geometry, values } = row;
    let shape = if let Some(Geometry::MultiPolygon(shape)) = geometry { Some(shape) } else { None };
    if let Some(planar) = at("planar_area_m2") {
        values[planar] = shape.as_ref().map(|shape| area::planar_area(shape)).into();
    }
    if let Some(ellipsoidal) = at("ellipsoidal_area_m2") {
        values[ellipsoidal] = shape.as_ref().map(|shape| area::ellipsoidal_area(shape, crs)).into();
    }
    if let Some(revision) = at("revision").filter(|at| values[*at].is_null()) {
        values[revision] = Value::Integer(1);
    }
}
