//! The city file: one GeoPackage (SQLite in WAL mode) that QGIS and `ogrinfo` open as it is.

mod accounts;
mod backup;
mod baseline;
mod blob;
mod bulk;
mod commit;
mod extents;
mod fault;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod load;
mod log;
mod log_check;
mod many;
mod open;
mod outside;
mod plans;
mod readers;
mod rows;
mod schema;
mod sql;
#[cfg(test)]
mod tests;
mod touched;

pub use baseline::RtreeBaseline;
pub use bulk::BulkWriter;

use super::city_store::{CityStore, CommitError, Kept, Loaded, Outside, Visit};
use super::lock::CityLock;
use crate::domain::fault::Outcome;
use crate::domain::{Backup, Change, ChangeQuery, CityInfo, Fault, LayerId, LogCheck, LogHead, Plan};
use crate::spatial::crs::WorkingCrs;
use fault::sql_fault;
use log::End;
use outside::Watch;
use readers::Readers;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// An open city file.
pub struct GeoPackage {
    path: PathBuf,
    crs: WorkingCrs,
    readers: Readers,
    access: Access,
    /// Where the city stands as far as this process knows: as it was opened, or as the last commit left it.
    known: Mutex<End>,
    watch: Mutex<Watch>,
}

/// What a city was opened for.
enum Access {
    /// The writer, and the right to be the only one (none only where the caller vouches for it).
    Writing {
        writer: Mutex<Connection>,
        people: People,
        _lock: Option<CityLock>,
    },
    /// Accounts and sessions only: they are no edits of the city, and SQLite's own lock keeps them in order.
    Accounts {
        people: People,
    },
    Reading,
}

/// The connection that writes accounts, opened when the first is written.
type People = Mutex<Option<Connection>>;

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

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's name, as faults tell it: where the file lies is nobody's business who asks over the network.
    fn name(&self) -> &Path {
        self.path.file_name().map_or(&self.path, Path::new)
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
        if matches!(self.access, Access::Reading | Access::Accounts { .. }) {
            return Ok(());
        }
        self.writer()?.pragma_update(None, "wal_checkpoint", "TRUNCATE").or_else(ignore_rows).map_err(|error| self.fault(error))
    }

    fn writer(&self) -> Outcome<MutexGuard<'_, Connection>> {
        match &self.access {
            // A panic while writing rolled its transaction back; the connection itself is sound.
            Access::Writing { writer, .. } => Ok(locked(writer)),
            Access::Accounts { .. } | Access::Reading => Err(fault::read_only(self.name())),
        }
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Outcome<T> {
        self.readers.with(work).map_err(|error| self.fault(error))
    }

    fn known(&self) -> End {
        locked(&self.known).clone()
    }

    fn set_known(&self, end: End) {
        *locked(&self.known) = end;
    }

    fn fault(&self, error: rusqlite::Error) -> Fault {
        sql_fault(self.name(), error)
    }
}

impl CityStore for GeoPackage {
    fn info(&self) -> Outcome<CityInfo> {
        self.read(schema::info)
    }

    fn last_fid(&self, layer: LayerId) -> Outcome<i64> {
        self.read(|connection| load::last_fid(connection, layer.layer()))
    }

    fn load(&self, layer: LayerId, visit: Visit<'_>) -> Outcome<Loaded> {
        self.read(|connection| load::load(connection, layer.layer(), visit))
    }

    fn plans(&self) -> Outcome<Vec<Plan>> {
        self.read(plans::select)
    }

    fn commit(&self, base: i64, edits: &[Kept<'_>]) -> Result<(), CommitError> {
        self.commit_edits(base, edits)
    }

    fn changes(&self, query: &ChangeQuery) -> Outcome<Vec<Change>> {
        self.read(|connection| log::select(connection, query))
    }

    fn log_head(&self) -> Outcome<LogHead> {
        self.read(log::head)
    }

    fn check_log(&self, kept: Option<&str>) -> Outcome<LogCheck> {
        self.read(|connection| log_check::check(connection, kept))
    }

    fn outside(&self, head: i64) -> Outcome<Option<Outside>> {
        self.look_outside(head)
    }

    fn backup(&self, to: &Path) -> Outcome<Backup> {
        self.back_up(to)
    }

    fn settle(&self) -> Outcome<()> {
        match &self.access {
            // Whoever writes at the moment is not waited for: there will be another quiet moment.
            Access::Writing { writer, .. } => match writer.try_lock() {
                Ok(writer) => writer.pragma_update(None, "wal_checkpoint", "PASSIVE").or_else(ignore_rows).map_err(|error| self.fault(error)),
                Err(_) => Ok(()),
            },
            Access::Accounts { .. } | Access::Reading => Ok(()),
        }
    }

    fn checkpoint(&self) -> Outcome<()> {
        GeoPackage::checkpoint(self)
    }
}

impl Drop for GeoPackage {
    fn drop(&mut self) {
        self.readers.clear();
        let overwritten = {
            let mut watch = locked(&self.watch);
            // Nothing is set aside for one bad look: the file is looked at again now that nobody writes.
            if watch.overwritten
                && let Some(stamp) = watch.present()
            {
                let _ = self.look(&mut watch, stamp, self.known().revision);
            }
            watch.close();
            watch.overwritten
        };
        if !overwritten {
            let _ = self.checkpoint();
            return;
        }
        // Another file's bytes lie under the city's name: the log must not be worked into them, now or by the next program.
        if let Access::Writing { writer, people, .. } = &self.access {
            *locked(people) = None;
            let _ = locked(writer).set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
            let log = readers::companion(self.readers.path(), "-wal");
            let _ = std::fs::rename(&log, readers::companion(self.readers.path(), "-wal.replaced"));
        }
    }
}

/// The guard, also after a panic of another holder: what these mutexes guard is whole at every step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `name.gpkg` → `.name.gpkg.part` beside it, so that the rename stays on one file system.
pub(crate) fn part_path(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.part"))
}

fn remove_with_companions(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(readers::companion(path, suffix));
    }
}

/// `wal_checkpoint` answers with a row, which `pragma_update` calls an error.
fn ignore_rows(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::ExecuteReturnedResults => Ok(()),
        other => Err(other),
    }
}
