//! Writing many rows: the sample's bulk load and an import's all-or-nothing transaction.

use super::log::{self, End};
use super::{GeoPackage, schema, sql, touched};
use crate::domain::fault::Outcome;
use crate::domain::{Author, CitySink, Layer, LogEntry, Row, Value, dictionary};
use crate::spatial::area;
use crate::spatial::crs::WorkingCrs;
use crate::store::geopackage::blob;
use geo_types::Geometry;
use rayon::prelude::*;
use rusqlite::Connection;
use serde_json::json;
use std::sync::MutexGuard;

/// Rows that are encoded in parallel before they go to SQLite one after another.
const BATCH: usize = 8192;

/// Loads a fresh city file: no log, no triggers, indexes at the end. If it is dropped before [`BulkWriter::finish`], nothing was written.
pub struct BulkWriter<'a> {
    city: &'a GeoPackage,
    connection: MutexGuard<'a, Connection>,
    layer: Option<&'static Layer>,
    waiting: Vec<Row>,
    rows: u64,
    finished: bool,
}

impl<'a> BulkWriter<'a> {
    pub(super) fn begin(city: &'a GeoPackage) -> Outcome<Self> {
        let connection = city.writer()?;
        let started = (|| {
            connection.pragma_update(None, "journal_mode", "MEMORY").or_else(super::ignore_rows)?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.pragma_update(None, "cache_size", -200_000)?;
            connection.execute_batch("BEGIN IMMEDIATE")?;
            dictionary().layers.iter().try_for_each(|layer| {
                touched::unwatch(&connection, &layer.name)?;
                schema::drop_rtree_triggers(&connection, &layer.name)
            })
        })();
        started.map_err(|error| city.fault(error))?;
        Ok(BulkWriter { city, connection, layer: None, waiting: Vec::with_capacity(BATCH), rows: 0, finished: false })
    }

    /// Number of rows taken so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    fn flush(&mut self) -> rusqlite::Result<()> {
        let (Some(layer), rows) = (self.layer, std::mem::take(&mut self.waiting)) else { return Ok(()) };
        insert_rows(&self.connection, &self.city.crs, layer, &rows, "")?;
        self.waiting = rows;
        self.waiting.clear();
        Ok(())
    }

    /// Builds the indexes, logs one entry, commits and makes the file durable.
    pub fn finish(mut self, author: &Author) -> Outcome<()> {
        let done = (|| {
            self.flush()?;
            touched::watch_all(&self.connection)?;
            for layer in dictionary().layers.iter().filter(|layer| layer.is_spatial()) {
                let name = &layer.name;
                self.connection.execute_batch(&format!(
                    "INSERT INTO \"rtree_{name}_geom\" SELECT fid, ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), ST_MaxY(geom)
                     FROM \"{name}\" WHERE geom NOTNULL AND NOT ST_IsEmpty(geom)"
                ))?;
                schema::create_rtree_triggers(&self.connection, name)?;
                schema::update_extent(&self.connection, layer)?;
            }
            let revision = schema::next_revision(&self.connection)?;
            let mut end = End::read(&self.connection)?;
            let entry = LogEntry {
                collection: "*".to_owned(),
                id: "*".to_owned(),
                action: "create",
                before: json!(null),
                after: json!({ "rows": self.rows }),
            };
            log::append(&self.connection, &mut end, revision, author, &entry)?;
            self.connection.execute_batch("COMMIT; PRAGMA synchronous = FULL; PRAGMA optimize;")?;
            self.connection.pragma_update(None, "journal_mode", "WAL").or_else(super::ignore_rows)?;
            self.city.set_known(end);
            Ok(())
        })();
        self.finished = true;
        done.map_err(|error| self.city.fault(error))
    }
}

impl CitySink for BulkWriter<'_> {
    fn push(&mut self, layer: &'static Layer, row: Row) -> Outcome<()> {
        let changes_layer = self.layer.is_some_and(|current| current.name != layer.name);
        if changes_layer || self.waiting.len() == BATCH {
            self.flush().map_err(|error| self.city.fault(error))?;
        }
        self.layer = Some(layer);
        self.waiting.push(row);
        self.rows += 1;
        Ok(())
    }
}

impl Drop for BulkWriter<'_> {
    fn drop(&mut self) {
        if !self.finished {
            let _ = self.connection.execute_batch("ROLLBACK; PRAGMA synchronous = FULL;");
        }
    }
}

/// A row ready for SQLite: the geometry blob and the figures that only the geometry can give.
pub(super) struct Encoded {
    pub blob: Option<Vec<u8>>,
    pub planar: f64,
    pub ellipsoidal: f64,
}

pub(super) fn encode(row: &Row, layer: &Layer, crs: &WorkingCrs) -> Encoded {
    let (planar, ellipsoidal) = match &row.geometry {
        Some(Geometry::MultiPolygon(shape)) => {
            let wanted = layer.column("ellipsoidal_area_m2").is_some();
            (area::planar_area(shape), if wanted { area::ellipsoidal_area(shape, crs) } else { f64::NAN })
        }
        _ => (f64::NAN, f64::NAN),
    };
    Encoded { blob: row.geometry.as_ref().map(|geometry| blob::encode(geometry, crs.epsg())), planar, ellipsoidal }
}

pub(super) fn insert_rows(connection: &Connection, crs: &WorkingCrs, layer: &Layer, rows: &[Row], or: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(&sql::insert(layer, or))?;
    let planar_at = layer.column_index("planar_area_m2");
    let ellipsoidal_at = layer.column_index("ellipsoidal_area_m2");
    let revision_at = layer.column_index("revision");
    for batch in rows.chunks(BATCH) {
        let encoded: Vec<Encoded> = batch.par_iter().map(|row| encode(row, layer, crs)).collect();
        for (row, encoded) in batch.iter().zip(&encoded) {
            for (index, value) in row.values.iter().enumerate() {
                let figure = match Some(index) {
                    at if at == planar_at => Some(Value::Real(encoded.planar)),
                    at if at == ellipsoidal_at => Some(Value::Real(encoded.ellipsoidal)),
                    at if at == revision_at && value.is_null() => Some(Value::Integer(1)),
                    _ => None,
                };
                statement.raw_bind_parameter(index + 1, figure.as_ref().unwrap_or(value))?;
            }
            if layer.is_spatial() {
                statement.raw_bind_parameter(row.values.len() + 1, &encoded.blob)?;
            }
            statement.raw_execute()?;
        }
    }
    Ok(())
}
