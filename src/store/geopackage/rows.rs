//! Row changes as SQL.

use super::extents::Extents;
use super::many::{MANY, Many};
use super::{blob, fault, plans};
use crate::domain::{ColumnType, Fault, Layer, LayerId, Row, RowChange};
use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension};
use std::fmt::Write;

/// Rows whose blobs are made in parallel before they go to SQLite one after another.
const BATCH: usize = 8192;
/// Below this many rows the threads cost more than they bring.
const PARALLEL_FROM: usize = 256;

/// Why a change was not written.
pub(super) enum WriteError {
    Sql(rusqlite::Error),
    Refused(Fault),
}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        WriteError::Sql(error)
    }
}

/// Writes changes inside the caller's transaction.
pub(super) struct RowWriter<'a> {
    connection: &'a Connection,
    srs_id: i32,
    pub extents: Extents,
}

impl<'a> RowWriter<'a> {
    pub(super) fn new(connection: &'a Connection, srs_id: i32) -> Self {
        RowWriter { connection, srs_id, extents: Extents::default() }
    }

    pub(super) fn apply(&mut self, changes: &[RowChange]) -> Result<(), WriteError> {
        let mut rest = changes;
        while let Some(first) = rest.first() {
            let taken = match first {
                RowChange::Insert { layer, .. } => self.insert_run(*layer, rest)?,
                RowChange::Update { layer, fid, before, after } => {
                    self.update(*layer, *fid, before, after)?;
                    1
                }
                RowChange::Remove { layer, fid, row } => {
                    self.remove(*layer, *fid, row)?;
                    1
                }
                RowChange::Plan { before, after } => {
                    if !plans::change(self.connection, before.as_deref(), after.as_deref())? {
                        let id = before.as_deref().map(|plan| plan.id.clone()).unwrap_or_default();
                        return Err(WriteError::Refused(Fault::not_found(
                            "no_such_plan",
                            format!("没有方案 {id}"),
                            format!("there is no plan {id}"),
                        )));
                    }
                    1
                }
            };
            rest = &rest[taken..];
        }
        Ok(())
    }

    /// The inserts into `layer` that `changes` begins with; how many they were.
    fn insert_run(&mut self, layer: LayerId, changes: &[RowChange]) -> Result<usize, WriteError> {
        let run = run_of_inserts(changes, layer);
        let mut many = if run.len() < MANY { None } else { Some(Many::begin(self.connection, layer.layer())?) };
        for batch in run.chunks(BATCH) {
            self.insert(layer, batch, many.as_mut())?;
        }
        many.map_or(Ok(()), Many::end)?;
        Ok(run.len())
    }

    fn insert(&mut self, layer_id: LayerId, rows: &[(i64, &Row)], mut many: Option<&mut Many<'_>>) -> Result<(), WriteError> {
        let layer = layer_id.layer();
        rows.iter().try_for_each(|(_, row)| check_width(layer, row))?;
        let encode = |(_, row): &(i64, &Row)| row.geometry.as_ref().map(|geometry| blob::encode(geometry, self.srs_id));
        let blobs: Vec<Option<Vec<u8>>> = match (layer.is_spatial(), rows.len()) {
            (false, _) => Vec::new(),
            (true, ..PARALLEL_FROM) => rows.iter().map(encode).collect(),
            (true, _) => rows.par_iter().map(encode).collect(),
        };
        let mut statement = self.connection.prepare_cached(&insert_text(layer))?;
        for (at, (fid, row)) in rows.iter().enumerate() {
            statement.raw_bind_parameter(1, fid)?;
            for (index, value) in row.values.iter().enumerate() {
                statement.raw_bind_parameter(index + 2, value)?;
            }
            if let Some(blob) = blobs.get(at) {
                statement.raw_bind_parameter(row.values.len() + 2, blob)?;
            }
            statement.raw_execute()?;
            if let Some(many) = &mut many {
                many.came(*fid, blobs.get(at).and_then(Option::as_deref));
            }
            if let (true, Some(geometry)) = (layer.is_spatial(), &row.geometry) {
                self.extents.came(layer_id, geometry);
            }
        }
        Ok(())
    }

    /// Writes the cells that differ, if the row still holds what the change was made from: whoever changed another cell past this program must
    /// not find it confirmed.
    fn update(&mut self, layer_id: LayerId, fid: i64, before: &Row, after: &Row) -> Result<(), WriteError> {
        let layer = layer_id.layer();
        check_width(layer, before)?;
        check_width(layer, after)?;
        let changed: Vec<usize> = (0..layer.columns.len()).filter(|at| before.values[*at] != after.values[*at]).collect();
        let reshaped = layer.is_spatial() && before.geometry != after.geometry;
        if changed.is_empty() && !reshaped {
            return Ok(());
        }
        // A cell that reads as null may hold what is no cell (a blob, bytes that are no text): it is not compared. Nor are whole numbers and
        // flags that stay, which may stand in the file in another way.
        let is_exact = |at: &usize| !matches!(layer.columns[*at].kind, ColumnType::Integer | ColumnType::Boolean);
        let known: Vec<usize> = (0..layer.columns.len()).filter(|at| changed.contains(at) || is_exact(at)).collect();
        let mut statement = self.connection.prepare_cached(&update_text(layer, &changed, reshaped, &known))?;
        let mut place = 0;
        let mut bind = |value: &dyn rusqlite::ToSql| {
            place += 1;
            statement.raw_bind_parameter(place, value)
        };
        changed.iter().try_for_each(|at| bind(&after.values[*at]))?;
        if reshaped {
            bind(&after.geometry.as_ref().map(|geometry| blob::encode(geometry, self.srs_id)))?;
        }
        bind(&fid)?;
        known.iter().try_for_each(|at| bind(&before.values[*at]))?;
        if statement.raw_execute()? != 1 {
            return Err(self.differs(layer, fid));
        }
        if reshaped {
            before.geometry.iter().for_each(|geometry| self.extents.went(layer_id, geometry));
            after.geometry.iter().for_each(|geometry| self.extents.came(layer_id, geometry));
        }
        Ok(())
    }

    fn remove(&mut self, layer_id: LayerId, fid: i64, row: &Row) -> Result<(), WriteError> {
        let layer = layer_id.layer();
        if self.connection.prepare_cached(&format!("DELETE FROM \"{}\" WHERE fid = ?", layer.name))?.execute([fid])? != 1 {
            return Err(self.differs(layer, fid));
        }
        if let (true, Some(geometry)) = (layer.is_spatial(), &row.geometry) {
            self.extents.went(layer_id, geometry);
        }
        Ok(())
    }

    fn differs(&self, layer: &Layer, fid: i64) -> WriteError {
        let text = format!("SELECT 1 FROM \"{}\" WHERE fid = ?", layer.name);
        match self.connection.query_row(&text, [fid], |_| Ok(())).optional() {
            Ok(present) => WriteError::Refused(fault::row_differs(&layer.name, fid, present.is_some())),
            Err(error) => WriteError::Sql(error),
        }
    }
}

/// The inserts into `layer` that `changes` begins with.
fn run_of_inserts(changes: &[RowChange], layer: LayerId) -> Vec<(i64, &Row)> {
    let insert = |change: &'_ RowChange| matches!(change, RowChange::Insert { layer: other, .. } if *other == layer);
    let run = changes.iter().take_while(|change| insert(change));
    run.filter_map(|change| if let RowChange::Insert { fid, row, .. } = change { Some((*fid, row)) } else { None }).collect()
}

fn check_width(layer: &Layer, row: &Row) -> Result<(), WriteError> {
    if row.values.len() == layer.columns.len() {
        return Ok(());
    }
    let detail = format!("a row of {} has {} cells instead of {}", layer.name, row.values.len(), layer.columns.len());
    Err(WriteError::Refused(Fault::internal("row_width", detail)))
}

fn insert_text(layer: &Layer) -> String {
    let mut names = "fid".to_owned();
    layer.columns.iter().for_each(|column| names.push_str(&format!(",\"{}\"", column.name)));
    if layer.is_spatial() {
        names.push_str(",geom");
    }
    let marks = vec!["?"; 1 + layer.columns.len() + usize::from(layer.is_spatial())].join(",");
    format!("INSERT INTO \"{}\" ({names}) VALUES ({marks})", layer.name)
}

fn update_text(layer: &Layer, changed: &[usize], reshaped: bool, known: &[usize]) -> String {
    let mut text = format!("UPDATE \"{}\" SET ", layer.name);
    for (place, at) in changed.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        let _ = write!(text, "{comma}\"{}\"=?", layer.columns[*at].name);
    }
    if reshaped {
        text.push_str(if changed.is_empty() { "geom=?" } else { ",geom=?" });
    }
    text.push_str(" WHERE fid=?");
    // Bound after the cells, the shape and the fid.
    let first = changed.len() + usize::from(reshaped) + 2;
    for (place, at) in known.iter().enumerate() {
        let (name, place) = (&layer.columns[*at].name, first + place);
        let _ = write!(text, " AND (?{place} IS NULL OR \"{name}\" IS ?{place})");
    }
    text
}
