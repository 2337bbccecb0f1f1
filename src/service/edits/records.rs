//! Rows of kept tables: created, changed and deleted by what the dictionary and the table's own rules say, all of an edit or none of it.

use super::references::{Keys, missing, must_be_free};
use super::{Checked, Person, Reply, fields};
use crate::city::City;
use crate::domain::edit::{Precondition, RecordWrite, WriteRecords};
use crate::domain::fault::Outcome;
use crate::domain::{Column, Fault, FaultKind, Layer, LayerId, Row, RowChange, Value};
use crate::service::kept::{Case, Faults, KeptTable, Written, not_kept, record, rules_of, sees};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashSet};

pub(super) fn check(edit: &WriteRecords, city: &City, person: &Person) -> Outcome<Checked> {
    person.viewer.signed_in()?;
    let case = Case { city, viewer: &person.viewer, today: &person.today };
    let mut batch = Batch { case: &case, changes: Vec::new(), faults: Vec::new(), written: HashSet::new(), next_fid: BTreeMap::new() };
    for write in &edit.writes {
        batch.take(write)?;
    }
    batch.settle(edit.writes.len() > 1)
}

/// The writes of one edit so far.
struct Batch<'b> {
    case: &'b Case<'b>,
    changes: Vec<RowChange>,
    /// What is wrong with each.
    faults: Vec<Faults>,
    written: HashSet<(LayerId, String)>,
    next_fid: BTreeMap<LayerId, i64>,
}

impl Batch<'_> {
    fn take(&mut self, write: &RecordWrite) -> Outcome<()> {
        let layer = write.layer();
        let rules = rules_of(layer).ok_or_else(|| not_kept(layer))?;
        let mut faults = Faults::default();
        let change = match write {
            RecordWrite::Create { fields, .. } => self.create(layer, rules, fields, &mut faults)?,
            RecordWrite::Patch { id, seen, patch, .. } => self.patch((layer, id), rules, seen, patch, &mut faults)?,
            RecordWrite::Delete { id, seen, .. } => self.delete((layer, id), rules, seen)?,
        };
        if let Some(key) = key_of(&change)
            && !self.written.insert((layer, key.to_owned()))
        {
            let (zh, en) = (format!("{key} 在同一次修改中出现两次"), format!("{key} stands twice in one edit"));
            return Err(Fault::bad("stated_twice", zh, en).at(key));
        }
        self.changes.push(change);
        self.faults.push(faults);
        Ok(())
    }

    fn create(&mut self, layer: LayerId, rules: &dyn KeptTable, stated: &Map<String, Json>, faults: &mut Faults) -> Outcome<RowChange> {
        let definition = layer.layer();
        let mut row = Row::empty(definition);
        put(definition, stated, &mut row, faults, None);
        rules.may(self.case, Written { before: None, after: Some(&row) })?;
        if row.key(definition).is_empty()
            && !stated.contains_key(&definition.key)
            && let Some(prefix) = rules.prefix()
        {
            row.set(definition, &definition.key, self.next_key(layer, prefix));
        }
        rules.fill(self.case, None, &mut row);
        ours(definition, self.case, 1, &mut row);
        for (column, value) in definition.columns.iter().zip(&row.values) {
            if column.required && value.is_null() {
                let (zh, en) = fields::required();
                faults.add(&column.name, zh, en);
            }
        }
        let table = self.case.city.table(layer);
        let key = row.key(definition);
        if !key.is_empty() && table.row_of(key).is_some() {
            return Err(Fault::new(FaultKind::Conflict, "key_there_already", format!("{key} 已存在"), format!("{key} is there already"))
                .at(key)
                .help("换一个编号，或修改已有的行", "take another key, or change the row that is there"));
        }
        rules.check(self.case, None, &row, faults);
        let fid = self.next_fid.entry(layer).or_insert_with(|| table.next_fid());
        *fid += 1;
        Ok(RowChange::Insert { layer, fid: *fid - 1, row })
    }

    fn patch(
        &self,
        (layer, id): (LayerId, &str),
        rules: &dyn KeptTable,
        seen: &Precondition,
        patch: &Map<String, Json>,
        faults: &mut Faults,
    ) -> Outcome<RowChange> {
        let (fid, before) = self.standing(layer, id)?;
        let definition = layer.layer();
        let mut after = before.clone();
        put(definition, patch, &mut after, faults, Some(&definition.key));
        rules.may(self.case, Written { before: Some(&before), after: Some(&after) })?;
        self.as_seen(layer, &before, seen)?;
        rules.fill(self.case, Some(&before), &mut after);
        ours(definition, self.case, revision(definition, &before) + 1, &mut after);
        rules.check(self.case, Some(&before), &after, faults);
        Ok(RowChange::Update { layer, fid, before, after })
    }

    fn delete(&self, (layer, id): (LayerId, &str), rules: &dyn KeptTable, seen: &Precondition) -> Outcome<RowChange> {
        let (fid, row) = self.standing(layer, id)?;
        rules.may(self.case, Written { before: Some(&row), after: None })?;
        self.as_seen(layer, &row, seen)?;
        Ok(RowChange::Remove { layer, fid, row })
    }

    /// The row of a key, as long as the person may know that it is there.
    fn standing(&self, layer: LayerId, id: &str) -> Outcome<(i64, Row)> {
        let table = self.case.city.table(layer);
        let found = table.row_of(id).map(|at| (table.fid(at), table.row(at)));
        let name = layer.name();
        found
            .filter(|(_, row)| sees(self.case.city, self.case.viewer, layer, row))
            .ok_or_else(|| Fault::not_found("no_such_item", format!("{name} 中没有 {id}"), format!("{name} has no item {id}")).at(id))
    }

    /// The conflict carries the row as this viewer may see it.
    fn as_seen(&self, layer: LayerId, row: &Row, seen: &Precondition) -> Outcome<()> {
        let now = record(self.case.city, self.case.viewer, layer, row);
        seen.check([now.etag], || {
            let fault = Fault::new(
                FaultKind::PreconditionFailed,
                "stale",
                "别人已先改过此行，请核对后再提交",
                "somebody changed this row first; compare and submit again",
            );
            Fault { current: serde_json::from_str(&now.feature).ok().map(Box::new), ..fault.at(&now.id) }
        })
    }

    /// The number behind the largest that the table has under this prefix.
    fn next_key(&self, layer: LayerId, prefix: &str) -> String {
        let table = self.case.city.table(layer);
        let own = self.written.iter().filter(|(other, _)| *other == layer).map(|(_, key)| key.as_str());
        let number = |key: &str| key.strip_prefix(prefix)?.strip_prefix('-')?.parse::<u64>().ok();
        let last = (0..table.len()).map(|row| table.key(row)).chain(own).filter_map(number).max().unwrap_or(0);
        format!("{prefix}-{:04}", last + 1)
    }

    /// All faults of all writes at once, or the edit.
    fn settle(mut self, several: bool) -> Outcome<Checked> {
        let keys = Keys::of(&self.changes);
        for (change, faults) in self.changes.iter().zip(&mut self.faults) {
            missing(change, &keys, self.case.city, faults);
        }
        must_be_free(&self.changes, &keys, self.case.city)?;
        let mut fault =
            Fault::new(FaultKind::Unprocessable, "record_invalid", "填写内容有误，请改正标出的项", "some fields are not right; mend the marked ones");
        for (index, faults) in self.faults.into_iter().enumerate() {
            let place = if several { format!("/{index}") } else { String::new() };
            for (pointer, zh, en) in faults.into_fields() {
                fault = fault.field(format!("{place}{pointer}"), zh, en);
            }
        }
        if !fault.fields.is_empty() {
            return Err(fault);
        }
        let rows = self.changes.iter().filter_map(row_after).map(|(layer, row)| (layer, row.clone())).collect();
        let source = self.changes.iter().filter_map(row_after).find_map(stated_source).unwrap_or_else(|| "手工维护".to_owned());
        Ok(Checked::of(self.changes, source, Reply::Records(rows)))
    }
}

/// Puts stated cells into a row. `fixed` is the key of a row that has one.
fn put(layer: &Layer, stated: &Map<String, Json>, row: &mut Row, faults: &mut Faults, fixed: Option<&str>) {
    for (name, value) in stated {
        let Some(at) = layer.column_index(name) else {
            let known: Vec<&str> = layer.columns.iter().filter(|column| !column.computed).map(|column| column.name.as_str()).collect();
            faults.add(name, format!("没有此项；可用：{}", known.join("、")), format!("there is no such field; known: {}", known.join(", ")));
            continue;
        };
        match stated_cell(layer, &layer.columns[at], value, row, fixed) {
            Ok(cell) => row.values[at] = cell,
            Err((zh, en)) => faults.add(name, zh, en),
        }
    }
}

fn stated_cell(layer: &Layer, column: &Column, value: &Json, row: &Row, fixed: Option<&str>) -> Result<Value, fields::Words> {
    if column.computed {
        return Err(("此项由系统填写".to_owned(), "this field is filled in by the system".to_owned()));
    }
    if column.name == layer.key {
        if fixed.is_some() && value.as_str() != Some(row.key(layer)) {
            return Err(("编号不能更改".to_owned(), "the key of a row cannot be changed".to_owned()));
        }
        if let Some(text) = value.as_str() {
            fields::key(text)?;
        }
    }
    fields::cell(column, value)
}

/// What the system fills in where the table has it: count of changes, day and account.
fn ours(layer: &Layer, case: &Case<'_>, revision: i64, row: &mut Row) {
    let told: [(&str, Value); 3] = [("revision", revision.into()), ("updated_on", case.today.into()), ("by", case.viewer.name().into())];
    for (name, value) in told {
        if let Some(at) = layer.column_index(name).filter(|at| layer.columns[*at].computed) {
            row.values[at] = value;
        }
    }
}

fn revision(layer: &Layer, row: &Row) -> i64 {
    row.get(layer, "revision").as_i64().unwrap_or(0)
}

fn row_after(change: &RowChange) -> Option<(LayerId, &Row)> {
    match change {
        RowChange::Insert { layer, row, .. } | RowChange::Update { layer, after: row, .. } => Some((*layer, row)),
        RowChange::Remove { .. } | RowChange::Plan { .. } => None,
    }
}

fn stated_source((layer, row): (LayerId, &Row)) -> Option<String> {
    row.get(layer.layer(), "source").as_str().map(str::to_owned)
}

fn key_of(change: &RowChange) -> Option<&str> {
    let (RowChange::Insert { layer, row, .. } | RowChange::Update { layer, before: row, .. } | RowChange::Remove { layer, row, .. }) = change else {
        return None;
    };
    Some(row.key(layer.layer())).filter(|key| !key.is_empty())
}
