//! Opening a city file: for writing, for accounts, for reading.

use super::log::End;
use super::outside::Watch;
use super::readers::Readers;
use super::schema::Age;
use super::{Access, GeoPackage, People, backup, fault, schema, sql};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::spatial::crs::WorkingCrs;
use crate::store::lock::CityLock;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::Mutex;

impl GeoPackage {
    /// Opens a city for writing and brings its schema up to date. One process at a time: another is refused (`city_held`) with
    /// who holds the city since when; `command` is what it will be told of this one.
    pub fn open_writing(path: &Path, command: &str) -> Outcome<Self> {
        must_exist(path)?;
        let lock = CityLock::take(path, command)?;
        Self::with_writer(path, Some(lock))
    }

    pub(super) fn with_writer(path: &Path, lock: Option<CityLock>) -> Outcome<Self> {
        must_exist(path)?;
        let whole = path.canonicalize().map_err(|error| fault::cannot_open(path, &error))?;
        let open = || -> rusqlite::Result<Result<(Connection, String, End), Fault>> {
            let mut connection = writing_handle(&whole)?;
            // Before anything is set up: another program's GeoPackage must stay as it is.
            if !schema::is_city_file(&connection)? {
                return Ok(Err(fault::not_a_city(path)));
            }
            let age = schema::age(&connection)?;
            if age == Age::Newer {
                return Ok(Err(fault::from_a_later_program(path)));
            }
            sql::prepare(&connection)?;
            connection.set_prepared_statement_cache_capacity(WRITER_STATEMENTS);
            if age == Age::Older {
                keep_before_upgrade(&connection, &whole)?;
            }
            schema::migrate(&mut connection)?;
            // A killed server's log, as far as others who read let it: from then on the file alone is a state of the city.
            connection.pragma_update(None, "wal_checkpoint", "PASSIVE").or_else(super::ignore_rows)?;
            let step = connection.transaction()?;
            let (crs, end) = (schema::meta(&step, "crs")?, End::read(&step)?);
            step.commit()?;
            Ok(Ok((connection, crs, end)))
        };
        let (connection, crs, end) = open().map_err(|error| fault::sql_fault(path, error))??;
        let access = Access::Writing { writer: Mutex::new(connection), people: People::default(), _lock: lock };
        Self::opened(path, &crs, end, Readers::beside_writer(whole), access)
    }

    /// Opens a city for its accounts and sessions, which may be written while another process holds the city.
    pub fn open_accounts(path: &Path) -> Outcome<Self> {
        Self::with_readers(path, Access::Accounts { people: People::default() })
    }

    /// Opens a city for reading: beside a server, on a read-only share, in an archive. Nothing is written, not even a new schema.
    pub fn open_reading(path: &Path) -> Outcome<Self> {
        Self::with_readers(path, Access::Reading)
    }

    fn with_readers(path: &Path, access: Access) -> Outcome<Self> {
        must_exist(path)?;
        let readers = Readers::anywhere(path)?;
        let known = readers.with(|connection| {
            let step = connection.unchecked_transaction()?;
            if !schema::is_city_file(&step)? {
                return Ok(None);
            }
            Ok(Some((schema::meta(&step, "crs")?, End::read(&step)?)))
        });
        let (crs, end) = known.map_err(|error| fault::sql_fault(path, error))?.ok_or_else(|| fault::not_a_city(path))?;
        Self::opened(path, &crs, end, readers, access)
    }

    fn opened(path: &Path, crs: &str, end: End, readers: Readers, access: Access) -> Outcome<Self> {
        let watch = Watch::new(path).map_err(|error| fault::cannot_open(path, &error))?;
        Ok(GeoPackage { path: path.to_owned(), crs: WorkingCrs::parse(crs)?, readers, access, known: Mutex::new(end), watch: Mutex::new(watch) })
    }
}

/// Leaves the city as an earlier program had it beside the file, before its schema is changed. A copy of the same revision that is there already stays.
fn keep_before_upgrade(connection: &Connection, city: &Path) -> rusqlite::Result<()> {
    let revision = schema::meta(connection, "revision")?;
    let stem = city.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let kept = city.with_file_name(format!("{stem}.before-upgrade-r{revision}.gpkg"));
    if kept.exists() {
        return Ok(());
    }
    let part = super::part_path(&kept);
    let _ = std::fs::remove_file(&part);
    let in_the_way = |error: std::io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    let made = backup::copy(connection, &part)
        .and_then(|copied| copied)
        .and_then(|()| std::fs::File::open(&part).and_then(|file| file.sync_all()).and_then(|()| std::fs::rename(&part, &kept)).map_err(in_the_way));
    if made.is_err() {
        super::remove_with_companions(&part);
    }
    made
}

/// Statements that the writer keeps: each layer's insert and the sets of columns that forms change.
const WRITER_STATEMENTS: usize = 256;

/// A connection that may write, not yet set up.
pub(super) fn writing_handle(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(sql::BUSY_WAIT)?;
    Ok(connection)
}

fn must_exist(path: &Path) -> Outcome<()> {
    match path.metadata() {
        Ok(there) if there.is_file() => Ok(()),
        Ok(_) => Err(fault::not_a_city(path)),
        Err(_) => Err(fault::no_such_file(path)),
    }
}
