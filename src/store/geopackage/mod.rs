//! The city file: one GeoPackage (SQLite in WAL mode) that QGIS and `ogrinfo` open as it is.

mod accounts;
mod baseline;
pub mod blob;
mod bulk;
mod changes;
mod plans;
mod schema;
mod sql;
mod transact;
mod units;

pub use baseline::RtreeBaseline;
pub use bulk::BulkWriter;

use super::{Account, Author, Change, ChangeQuery, CityInfo, Equals, Plan, Reading, RowChange, SameFloor, Store, StoredRow, Visit, WriteMode};
use crate::domain::fault::Outcome;
use crate::domain::row::CellRef;
use crate::domain::{ColumnType, Fault, FaultKind, Layer, Row};
use crate::spatial::crs::WorkingCrs;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An open city file.
pub struct GeoPackage {
    path: PathBuf,
    crs: WorkingCrs,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

/// How many idle read connections are kept.
const IDLE_READERS: usize = 8;

impl GeoPackage {
    /// Makes an empty city file. The file appears under its name only when it is complete.
    pub fn create(path: &Path, crs: &str, name: &str, sample: bool, as_of: &str) -> Outcome<()> {
        if path.exists() {
            return Err(Fault::bad("file_exists", format!("{} 已存在", path.display()), format!("{} already exists", path.display()))
                .help("换一个文件名，或加 --force 覆盖", "choose another name, or pass --force to replace it"));
        }
        let crs = WorkingCrs::parse(crs)?;
        let part = part_path(path);
        let _ = std::fs::remove_file(&part);
        let made = (|| {
            let mut connection = Connection::open(&part)?;
            sql::prepare(&connection)?;
            schema::create(&mut connection, &crs, name, sample, as_of)?;
            connection.pragma_update(None, "wal_checkpoint", "TRUNCATE").or_else(ignore_rows)?;
            connection.close().map_err(|(_, error)| error)
        })();
        if let Err(error) = made {
            remove_with_companions(&part);
            return Err(sql_fault(path, error));
        }
        std::fs::rename(&part, path).map_err(|error| Fault::internal("rename", error))
    }

    /// Opens a city file, bringing its schema up to date.
    pub fn open(path: &Path) -> Outcome<Self> {
        if !path.exists() {
            return Err(Fault::bad("no_such_file", format!("找不到 {}", path.display()), format!("no such file: {}", path.display()))
                .help("先用 parkplan new 或 parkplan sample 建立城市文件", "make one with `parkplan new` or `parkplan sample` first"));
        }
        let fault = |error| sql_fault(path, error);
        let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(fault)?;
        sql::prepare(&connection).map_err(fault)?;
        if !schema::is_city_file(&connection).unwrap_or(false) {
            return Err(not_a_city(path));
        }
        schema::migrate(&mut connection).map_err(fault)?;
        let crs: String = schema::meta(&connection, "crs").map_err(fault)?;
        Ok(GeoPackage { path: path.to_owned(), crs: WorkingCrs::parse(&crs)?, writer: Mutex::new(connection), readers: Mutex::new(Vec::new()) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn crs(&self) -> &WorkingCrs {
        &self.crs
    }

    /// Starts a bulk load into an empty city file (the sample).
    pub fn bulk(&self) -> Outcome<BulkWriter<'_>> {
        BulkWriter::begin(self)
    }

    /// Moves the write-ahead log into the file, so that the file alone is the city.
    pub fn checkpoint(&self) -> Outcome<()> {
        self.writer().pragma_update(None, "wal_checkpoint", "TRUNCATE").or_else(ignore_rows).map_err(|error| self.fault(error))
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic while writing rolled its transaction back; the connection itself is sound.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Outcome<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(&self.path, flags).map_err(|error| self.fault(error))?;
                sql::prepare_reader(&connection).map_err(|error| self.fault(error))?;
                connection
            }
        };
        let answer = work(&connection).map_err(|error| self.fault(error));
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        answer
    }

    fn fault(&self, error: rusqlite::Error) -> Fault {
        sql_fault(&self.path, error)
    }

    fn change_fault(&self, error: units::ChangeError) -> Fault {
        match error {
            units::ChangeError::Sql(error) => self.fault(error),
            units::ChangeError::Refused(fault) => fault,
        }
    }
}

impl Drop for GeoPackage {
    fn drop(&mut self) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let _ = self.checkpoint();
    }
}

impl Store for GeoPackage {
    fn info(&self) -> Outcome<CityInfo> {
        self.read(schema::info)
    }

    fn scan(&self, layer: &Layer, visit: Visit<'_>) -> Outcome<()> {
        self.read(|connection| {
            let mut statement = connection.prepare(&sql::select_all(layer))?;
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
                here.clear();
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
        self.read(|connection| sql::select_rows(connection, layer, equals))
    }

    fn write_rows(&self, layer: &'static Layer, rows: &[Row], mode: WriteMode, author: &Author<'_>) -> Outcome<i64> {
        let mut writer = self.writer();
        bulk::write_rows(&mut writer, &self.crs, layer, rows, mode, author).map_err(|error| self.fault(error))
    }

    fn change_row(
        &self,
        layer: &'static Layer,
        key: &str,
        expected: i64,
        author: &Author<'_>,
        check: &dyn Fn(&Row, &dyn SameFloor) -> Outcome<Row>,
    ) -> Outcome<Row> {
        let mut writer = self.writer();
        units::change_row(&mut writer, layer, key, expected, author, check).map_err(|error| self.change_fault(error))
    }

    fn transact(&self, author: &Author<'_>, work: &dyn Fn(&dyn Reading) -> Outcome<Vec<RowChange>>) -> Outcome<i64> {
        transact::transact(&mut self.writer(), &self.crs, author, work).map_err(|error| self.change_fault(error))
    }

    fn changes(&self, query: &ChangeQuery) -> Outcome<Vec<Change>> {
        self.read(|connection| changes::select(connection, query))
    }

    fn plans(&self) -> Outcome<Vec<Plan>> {
        self.read(plans::select)
    }

    fn add_plan(&self, plan: &Plan) -> Outcome<i64> {
        plans::insert(&mut self.writer(), plan).map_err(|error| self.fault(error))
    }

    fn accounts(&self) -> Outcome<Vec<Account>> {
        self.read(accounts::all)
    }

    fn account(&self, account: &str) -> Outcome<Option<(Account, String)>> {
        self.read(|connection| accounts::one(connection, account))
    }

    fn put_account(&self, account: &Account, password_hash: Option<&str>) -> Outcome<()> {
        accounts::put(&mut self.writer(), account, password_hash).map_err(|error| self.fault(error))
    }

    fn put_session(&self, token_hash: &str, account: &str, expires_unix: i64) -> Outcome<()> {
        accounts::put_session(&self.writer(), token_hash, account, expires_unix).map_err(|error| self.fault(error))
    }

    fn session(&self, token_hash: &str, now_unix: i64) -> Outcome<Option<Account>> {
        self.read(|connection| accounts::session(connection, token_hash, now_unix))
    }

    fn drop_session(&self, token_hash: &str) -> Outcome<()> {
        accounts::drop_session(&self.writer(), token_hash).map_err(|error| self.fault(error))
    }
}

/// `name.gpkg` → `.name.gpkg.part` beside it, so that the rename stays on one file system.
pub(crate) fn part_path(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.part"))
}

fn remove_with_companions(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
}

/// `wal_checkpoint` answers with a row, which `pragma_update` calls an error.
fn ignore_rows(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::ExecuteReturnedResults => Ok(()),
        other => Err(other),
    }
}

fn not_a_city(path: &Path) -> Fault {
    Fault::bad("not_a_city_file", format!("{} 不是园图城市文件", path.display()), format!("{} is not a parkplan city file", path.display())).help(
        "用 parkplan new 建立城市文件，再用 parkplan import 导入此数据",
        "make a city file with `parkplan new`, then `parkplan import` this data into it",
    )
}

fn sql_fault(path: &Path, error: rusqlite::Error) -> Fault {
    use rusqlite::ErrorCode::{ConstraintViolation, DatabaseBusy, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly};
    let place = path.display().to_string();
    let fault = match error.sqlite_error_code() {
        Some(NotADatabase | DatabaseCorrupt) => not_a_city(path),
        Some(DatabaseBusy) => {
            Fault::new(FaultKind::Conflict, "city_busy", "城市文件正被另一个程序写入", "another program is writing to the city file")
                .help("稍后再试", "try again in a moment")
        }
        Some(DiskFull) => Fault::new(FaultKind::Internal, "disk_full", "磁盘已满，未写入任何内容", "the disk is full; nothing was written"),
        Some(ReadOnly) => {
            Fault::new(FaultKind::Forbidden, "read_only", "城市文件只读，未写入任何内容", "the city file is read-only; nothing was written")
        }
        Some(ConstraintViolation) => Fault::new(
            FaultKind::Unprocessable,
            "constraint",
            format!("数据不符合城市文件的约束：{error}"),
            format!("the data breaks a constraint of the city file: {error}"),
        ),
        _ => Fault::internal("sqlite", &error),
    };
    fault.at(place)
}

/// Turns a SQLite value into the boolean-aware value of a column.
fn value_of(kind: ColumnType, value: ValueRef<'_>) -> crate::domain::Value {
    sql::cell(value).to_value(kind == ColumnType::Boolean)
}
