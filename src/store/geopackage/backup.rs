//! A whole copy of a city, also while it is being written, and the look at one before it is trusted.

use super::{GeoPackage, fault, ignore_rows, log, schema};
use crate::domain::fault::Outcome;
use crate::domain::{Backup, Fault};
use rusqlite::Connection;
use rusqlite::backup::{Backup as Copying, StepResult};
use std::path::Path;

impl GeoPackage {
    /// Copies the city as it stands at one moment to `to`, a file that is not there yet: one file, on disk when this answers. Whoever writes goes on.
    /// Sessions stay behind: a copy signs nobody in.
    pub(super) fn back_up(&self, to: &Path) -> Outcome<Backup> {
        let copied = self.read(|connection| copy(connection, to))?;
        let made = copied.and_then(|()| finish(to)).map_err(|error| fault::sql_fault(to, error))?;
        std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(|error| fault::cannot_open(to, &error))?;
        Ok(made)
    }

    /// Whether every page and every index of the file is sound.
    ///
    /// # Errors
    /// `city_damaged` with the first thing that SQLite finds.
    pub fn must_be_sound(&self) -> Outcome<()> {
        let found: String = self.read(|connection| connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)))?;
        if found == "ok" {
            return Ok(());
        }
        let shown = self.path.display();
        Err(Fault::bad("city_damaged", format!("{shown} 已损坏：{found}"), format!("{shown} is damaged: {found}"))
            .at(shown.to_string())
            .help("请用另一份备份", "use another backup"))
    }
}

/// Pages copied in one read transaction: SQLite's snapshot, which writers neither wait for nor change. The inner result is about the copy.
pub(super) fn copy(from: &Connection, to: &Path) -> rusqlite::Result<rusqlite::Result<()>> {
    let step = from.unchecked_transaction()?;
    // The snapshot begins with the first read.
    schema::meta(&step, "revision")?;
    let copied = (|| {
        let mut copy = Connection::open(to)?;
        let done = Copying::new(&step, &mut copy)?.step(-1)?;
        match done {
            StepResult::Done => Ok(()),
            // Only locks of others stop a copy in one step, and the copy is nobody else's.
            _ => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
        }
    })();
    step.finish()?;
    Ok(copied)
}

/// Makes one plain file of the copy and says where it stands.
fn finish(path: &Path) -> rusqlite::Result<Backup> {
    let copy = Connection::open(path)?;
    copy.pragma_update(None, "journal_mode", "DELETE").or_else(ignore_rows)?;
    copy.execute("DELETE FROM session", [])?;
    let (info, head) = (schema::info(&copy)?, log::head(&copy)?);
    copy.close().map_err(|(_, error)| error)?;
    Ok(Backup { name: info.name, revision: info.revision, head })
}
