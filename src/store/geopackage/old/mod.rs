//! The store as [`Store`] knows it.

pub(super) mod blob;
mod changes;
mod plans;
mod rows;
mod transact;
mod units;

use super::log;
use super::{GeoPackage, sql};
use crate::domain::fault::Outcome;
use crate::domain::row::CellRef;
use crate::domain::{ColumnType, Fault, Layer, Row};
use crate::store::{
    Account, AccountStore, Author, Change, ChangeQuery, CityInfo, CityStore, Equals, Plan, Reading, RowChange, SameFloor, Store, StoredRow, Visit,
    WriteMode,
};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::path::Path;

impl GeoPackage {
    /// Opens a city file, bringing its schema up to date.
    pub fn open(path: &Path) -> Outcome<Self> {
        Self::with_writer(path, None)
    }

    fn change_fault(&self, error: units::ChangeError) -> Fault {
        match error {
            units::ChangeError::Sql(error) => self.fault(error),
            units::ChangeError::Refused(fault) => fault,
        }
    }
}

impl Store for GeoPackage {
    fn info(&self) -> Outcome<CityInfo> {
        CityStore::info(self)
    }

    fn scan(&self, layer: &Layer, visit: Visit<'_>) -> Outcome<()> {
        self.read(|connection| {
            let mut statement = connection.prepare(&select_all(layer))?;
            let mut rows = statement.query([])?;
            let mut cells = Vec::with_capacity(layer.columns.len());
            let blob_at = 1 + layer.columns.len();
            while let Some(row) = rows.next()? {
                // The cells borrow from the row, so the buffer is made anew for each row without giving up its room.
                let mut here: Vec<CellRef<'_>> = std::mem::take(&mut cells);
                for index in 0..layer.columns.len() {
                    here.push(sql::cell(row.get_ref(index + 1)?));
                }
                let blob = if layer.is_spatial() { row.get_ref(blob_at)?.as_blob_or_null().ok().flatten() } else { None };
                visit(row.get(0)?, &here, blob);
                cells = sql::recycle(here);
            }
            Ok(())
        })
    }

    fn count(&self, layer: &Layer) -> Outcome<u64> {
        self.read(|connection| {
            connection.query_row(&format!("SELECT count(*) FROM \"{}\"", layer.name), [], |row| row.get::<_, i64>(0)).map(|count| count.max(0) as u64)
        })
    }

    fn rows(&self, layer: &'static Layer, equals: Equals<'_>) -> Outcome<Vec<StoredRow>> {
        self.read(|connection| select_rows(connection, layer, equals))
    }

    fn write_rows(&self, layer: &'static Layer, rows: &[Row], mode: WriteMode, author: &Author<'_>) -> Outcome<i64> {
        let mut writer = self.writer()?;
        rows::write_rows(&mut writer, &self.crs, layer, rows, mode, author).map_err(|error| self.fault(error))
    }

    fn change_row(
        &self,
        layer: &'static Layer,
        key: &str,
        expected: i64,
        author: &Author<'_>,
        check: &dyn Fn(&Row, &dyn SameFloor) -> Outcome<Row>,
    ) -> Outcome<Row> {
        let mut writer = self.writer()?;
        units::change_row(&mut writer, layer, key, expected, author, check).map_err(|error| self.change_fault(error))
    }

    fn transact(&self, author: &Author<'_>, work: &dyn Fn(&dyn Reading) -> Outcome<Vec<RowChange>>) -> Outcome<i64> {
        let mut writer = self.writer()?;
        transact::transact(&mut writer, &self.crs, author, work).map_err(|error| self.change_fault(error))
    }

    fn changes(&self, query: &ChangeQuery) -> Outcome<Vec<Change>> {
        self.read(|connection| log::select(connection, query))
    }

    fn plans(&self) -> Outcome<Vec<Plan>> {
        CityStore::plans(self)
    }

    fn add_plan(&self, plan: &Plan) -> Outcome<i64> {
        let mut writer = self.writer()?;
        plans::insert(&mut writer, plan).map_err(|error| self.fault(error))
    }

    fn accounts(&self) -> Outcome<Vec<Account>> {
        AccountStore::accounts(self)
    }

    fn account(&self, account: &str) -> Outcome<Option<(Account, String)>> {
        AccountStore::account(self, account)
    }

    fn put_account(&self, account: &Account, password_hash: Option<&str>) -> Outcome<()> {
        AccountStore::put_account(self, account, password_hash)
    }

    fn put_session(&self, token_hash: &str, account: &str, expires_unix: i64) -> Outcome<()> {
        AccountStore::put_session(self, token_hash, account, expires_unix)
    }

    fn session(&self, token_hash: &str, now_unix: i64) -> Outcome<Option<Account>> {
        AccountStore::session(self, token_hash, now_unix)
    }

    fn drop_session(&self, token_hash: &str) -> Outcome<()> {
        AccountStore::drop_session(self, token_hash)
    }
}

/// fid, the columns, and the geometry if the layer has one; in fid order.
fn select_all(layer: &Layer) -> String {
    let geometry = if layer.is_spatial() { ",geom" } else { "" };
    format!("SELECT fid,{}{geometry} FROM \"{}\" ORDER BY fid", sql::column_list(layer), layer.name)
}

/// Turns a SQLite value into the boolean-aware value of a column.
fn value_of(kind: ColumnType, value: ValueRef<'_>) -> crate::domain::Value {
    sql::cell(value).to_value(kind == ColumnType::Boolean)
}

pub(super) fn select_rows(connection: &Connection, layer: &'static Layer, equals: Equals<'_>) -> rusqlite::Result<Vec<StoredRow>> {
    let known: Vec<_> = equals.iter().filter(|(column, _)| layer.column(column).is_some()).collect();
    let filter = known.iter().map(|(column, _)| format!("\"{column}\" = ?")).collect::<Vec<_>>().join(" AND ");
    let filter = if filter.is_empty() { String::new() } else { format!("WHERE {filter}") };
    let geometry = if layer.is_spatial() { ",geom" } else { "" };
    let text = format!("SELECT fid,{}{geometry} FROM \"{}\" {filter} ORDER BY \"{}\"", sql::column_list(layer), layer.name, layer.key);
    let mut statement = connection.prepare_cached(&text)?;
    let rows = statement.query_map(rusqlite::params_from_iter(known.iter().map(|(_, value)| value)), |row| stored_row(layer, row))?;
    rows.collect()
}

/// Reads fid, columns (and geometry) in the order of [`select_all`].
pub(super) fn stored_row(layer: &Layer, row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredRow> {
    let mut values = Vec::with_capacity(layer.columns.len());
    for (index, column) in layer.columns.iter().enumerate() {
        values.push(value_of(column.kind, row.get_ref(index + 1)?));
    }
    let geometry = if layer.is_spatial() {
        row.get_ref(layer.columns.len() + 1)?.as_blob_or_null().ok().flatten().and_then(|blob| blob::decode(blob).ok().flatten())
    } else {
        None
    };
    Ok((row.get(0)?, Row { geometry, values }))
}
