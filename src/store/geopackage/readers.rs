//! Connections that read, and how a city is read where nothing may be written.

use super::fault::{cannot_open, sql_fault};
use super::sql;
use crate::domain::fault::Outcome;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How many idle read connections are kept.
const IDLE_READERS: usize = 8;

/// How the file is opened for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Read-only, in step with a writer by SQLite's `-wal` and `-shm`.
    ReadOnly,
    /// A handle that might write and is told not to: SQLite then clears its `-wal` and `-shm` away after the last one, which a
    /// read-only handle cannot.
    Querying,
    /// Nobody can write there: the file alone, without locks and without companions.
    Immutable,
}

/// A pool of connections that read one file.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    manner: Manner,
    idle: Mutex<Vec<Connection>>,
    /// The private copy that is read instead of the city, if that is how it is read.
    copy: Option<PrivateCopy>,
}

impl Readers {
    fn new(path: PathBuf, manner: Manner) -> Readers {
        Readers { path, manner, idle: Mutex::new(Vec::new()), copy: None }
    }

    /// Readers beside the writer of the same process.
    pub(super) fn beside_writer(path: PathBuf) -> Readers {
        Readers::new(path, Manner::ReadOnly)
    }

    /// Readers of a city that others may write to; also where this user may not write, on a share or in an archive.
    pub(super) fn anywhere(path: &Path) -> Outcome<Readers> {
        let whole = path.canonicalize().map_err(|error| cannot_open(path, &error))?;
        let fault = |error| sql_fault(path, error);
        let live = Readers::new(whole.clone(), Manner::Querying);
        match live.works() {
            Ok(true) => return Ok(live),
            Ok(false) => {}
            Err(error) if is_about_rights(&error) => {}
            Err(error) => return Err(fault(error)),
        }
        drop(live);
        // A server of another user is at work here, or was: SQLite can read beside it as long as it may read both companions.
        if companion(&whole, "-shm").exists() {
            let beside = Readers::new(whole.clone(), Manner::ReadOnly);
            if beside.works().is_ok() {
                return Ok(beside);
            }
        }
        if companion(&whole, "-wal").metadata().is_ok_and(|wal| wal.len() > 0) {
            let copy = PrivateCopy::of(&whole).map_err(|error| cannot_open(path, &error))?;
            return Ok(Readers { path: copy.city(), manner: Manner::Querying, idle: Mutex::default(), copy: Some(copy) });
        }
        Ok(Readers::new(whole, Manner::Immutable))
    }

    /// Whether a first question is answered; `false` when the system lets the file only be read.
    fn works(&self) -> rusqlite::Result<bool> {
        let connection = self.connect()?;
        if self.manner == Manner::Querying && connection.is_readonly("main")? {
            return Ok(false);
        }
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
        self.give_back(connection);
        Ok(true)
    }

    fn connect(&self) -> rusqlite::Result<Connection> {
        let access = if self.manner == Manner::Querying { OpenFlags::SQLITE_OPEN_READ_WRITE } else { OpenFlags::SQLITE_OPEN_READ_ONLY };
        let connection = if self.manner == Manner::Immutable {
            immutable(&self.path)?
        } else {
            Connection::open_with_flags(&self.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?
        };
        sql::prepare_reader(&connection)?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
    }

    /// Runs `work` on a connection of its own.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = idle.map_or_else(|| self.connect(), Ok)?;
        let answer = work(&connection);
        self.give_back(connection);
        answer
    }

    /// Whether others may write to what is read here.
    pub(super) fn is_live(&self) -> bool {
        self.manner != Manner::Immutable && self.copy.is_none()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Closes the idle connections.
    pub(super) fn clear(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn is_about_rights(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly | PermissionDenied))
}

/// `city.gpkg` → `city.gpkg-wal`.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// The file alone as it lies there: no locks, no companions.
pub(super) fn immutable(path: &Path) -> rusqlite::Result<Connection> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let encode = |byte: &u8| if plain(*byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") };
    let name: String = path.as_os_str().as_bytes().iter().map(encode).collect();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)
}

/// A copy of a city with its write-ahead log in a folder that only this user may enter; goes away when it is dropped.
#[derive(Debug)]
struct PrivateCopy(PathBuf);

impl PrivateCopy {
    fn of(city: &Path) -> std::io::Result<PrivateCopy> {
        let mut noise = [0u8; 12];
        getrandom::fill(&mut noise).map_err(|error| std::io::Error::other(error.to_string()))?;
        let name: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = std::env::temp_dir().join(format!("parkplan-{name}"));
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let copy = PrivateCopy(folder);
        // Not `fs::copy`: it would carry over a mode that forbids writing, and the log has to be worked in here.
        for suffix in ["", "-wal"] {
            let mut from = std::fs::File::open(companion(city, suffix))?;
            let mut to = std::fs::File::create(companion(&copy.city(), suffix))?;
            std::io::copy(&mut from, &mut to)?;
        }
        Ok(copy)
    }

    fn city(&self) -> PathBuf {
        self.0.join("city.gpkg")
    }
}

impl Drop for PrivateCopy {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go; the system empties its temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
