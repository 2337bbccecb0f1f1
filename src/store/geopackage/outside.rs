//! Noticing that somebody else changed the file: replaced it, restored a copy over it, or wrote to it.

use super::log::End;
use super::{Access, GeoPackage, locked, readers};
use crate::domain::fault::Outcome;
use crate::store::city_store::Outside;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::TryLockError;
use std::time::{Duration, Instant};

/// How often the file is looked into. A stat (a microsecond) is made at every call; the look takes SQLite's shared lock and some
/// system calls, and at thousands of answers a second nobody gains from more than twenty looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What is kept from look to look.
pub(super) struct Watch {
    /// The name under which the city was opened; a link may be turned to another file.
    name: PathBuf,
    file: (u64, u64),
    connection: Option<Connection>,
    looked: Option<Instant>,
    data_version: i64,
    stamp: Option<Stamp>,
    /// Where the main file stood without its log.
    main: Option<End>,
    /// The log's index, opened once and never closed before SQLite's connections are: closing it would take their locks away.
    index: Option<File>,
    said: Option<Outside>,
    /// Another city's bytes lie in the very file: its log does not belong to it any more.
    pub overwritten: bool,
}

/// Size and time of change of the main file: they move at checkpoints, and when a copy is written over it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl Watch {
    pub(super) fn new(path: &Path) -> std::io::Result<Watch> {
        let name = std::path::absolute(path)?;
        let there = name.metadata()?;
        Ok(Watch {
            name,
            file: (there.dev(), there.ino()),
            connection: None,
            looked: None,
            data_version: 0,
            stamp: None,
            main: None,
            index: None,
            said: None,
            overwritten: false,
        })
    }

    pub(super) fn close(&mut self) {
        self.connection = None;
    }
}

/// What a look found.
enum Found {
    Nothing,
    /// The readers' view moved to where the caller's head is: the caller has read it since.
    Caught(End),
    Written(i64),
    Altered,
    Replaced {
        overwritten: bool,
    },
}

impl GeoPackage {
    /// Never waits for a commit of this process: while one is under way the next call looks.
    pub(super) fn look_outside(&self, head: i64) -> Outcome<Option<Outside>> {
        let mut watch = locked(&self.watch);
        let Some(stamp) = watch.present() else { return Ok(Some(Outside::Replaced)) };
        if watch.is_due() && self.readers.is_live() {
            // With the writer in hand no commit or checkpoint of our own is half seen.
            let quiet = match &self.access {
                Access::Writing { writer, .. } => match writer.try_lock() {
                    Ok(guard) => Some(Some(guard)),
                    Err(TryLockError::Poisoned(poisoned)) => Some(Some(poisoned.into_inner())),
                    Err(TryLockError::WouldBlock) => None,
                },
                Access::Accounts { .. } | Access::Reading => Some(None),
            };
            if quiet.is_some() {
                self.look(&mut watch, stamp, head).map_err(|error| self.fault(error))?;
            }
        }
        Ok(match &watch.said {
            Some(Outside::Written { revision }) if *revision == head => None,
            said => said.clone(),
        })
    }

    /// For the writer, which holds its connection: whether the file is another one than was opened.
    pub(super) fn is_replaced(&self, _writer: &Connection) -> bool {
        let mut watch = locked(&self.watch);
        let Some(stamp) = watch.present() else { return true };
        if watch.is_due() {
            // What cannot be looked at is no verdict; the commit itself will say what is wrong.
            let head = self.known().revision;
            let _ = self.look(&mut watch, stamp, head);
        }
        watch.said == Some(Outside::Replaced)
    }

    pub(super) fn look(&self, watch: &mut Watch, stamp: Stamp, head: i64) -> rusqlite::Result<()> {
        let found = self.found(watch, stamp, head)?;
        watch.looked = Some(Instant::now());
        // A bad look may have met the file in the middle of something: it counts until a good one.
        watch.overwritten = false;
        watch.said = match found {
            Found::Nothing => None,
            Found::Caught(end) => {
                self.set_known(end);
                None
            }
            Found::Written(revision) => Some(Outside::Written { revision }),
            Found::Altered => Some(Outside::Altered),
            Found::Replaced { overwritten } => {
                watch.overwritten = overwritten;
                Some(Outside::Replaced)
            }
        };
        Ok(())
    }

    fn found(&self, watch: &mut Watch, stamp: Stamp, head: i64) -> rusqlite::Result<Found> {
        let overwritten = watch.overwritten;
        let path = self.readers.path();
        let connection = watch.connection(path)?;
        let version: i64 = connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        let (moved, touched) = (version != watch.data_version, watch.stamp != Some(stamp));
        if !moved && !touched {
            return Ok(match watch.said.take() {
                Some(Outside::Written { revision }) if revision != head => Found::Written(revision),
                Some(Outside::Replaced) => Found::Replaced { overwritten },
                Some(Outside::Altered) => Found::Altered,
                // The caller has caught up, or nothing was said: the view is compared again below only when it moves.
                Some(Outside::Written { .. }) => Found::Caught(seen(watch.connection(path)?)?),
                None => Found::Nothing,
            });
        }
        let known = self.known();
        let mut judged = self.judge(watch, &known, moved, touched)?;
        // Another program may be just working its log into the file, so that a bad look is only believed when it lasts.
        for _ in 0..2 {
            if judged.is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
            judged = self.judge(watch, &known, moved, touched)?;
        }
        let view = match judged {
            Ok(view) => view,
            Err(overwritten) => return Ok(Found::Replaced { overwritten }),
        };
        (watch.data_version, watch.stamp) = (version, Some(stamp));
        Ok(match () {
            () if view.past_the_log != known.past_the_log => Found::Altered,
            () if view == known => Found::Nothing,
            () if view.revision == head => Found::Caught(view),
            () => Found::Written(view.revision),
        })
    }

    /// Where the city stands if it still is the city that this process knows; else whether its very bytes were overwritten.
    fn judge(&self, watch: &mut Watch, known: &End, moved: bool, touched: bool) -> rusqlite::Result<Result<End, bool>> {
        let path = self.readers.path();
        let (view, same_chain) = {
            let step = watch.connection(path)?.unchecked_transaction()?;
            (End::read(&step)?, known.lies_in(&step)?)
        };
        if !same_chain || view.revision < known.revision {
            // What came by SQLite is seen as a new version of the data; bytes written past it are not.
            return Ok(Err(!moved));
        }
        if touched && watch.stands_alone(path) {
            match main_end(path) {
                Ok(main) if follows(&main, watch.main.as_ref(), known, &view) => watch.main = Some(main),
                _ => return Ok(Err(true)),
            }
        }
        Ok(Ok(view))
    }
}

impl Watch {
    /// The stamp of the file under the city's name, if it is still the file that was opened.
    pub(super) fn present(&self) -> Option<Stamp> {
        let there = self.name.metadata().ok()?;
        let stamp = Stamp { size: there.len(), seconds: there.mtime(), nanoseconds: there.mtime_nsec() };
        ((there.dev(), there.ino()) == self.file).then_some(stamp)
    }

    /// Whether the main file alone is a state of the city. A checkpoint that stopped at a reader leaves out pages that the log has anew further
    /// on, and one that was killed may have worked in any of them. The log's index (`-shm`) says how far its frames go, how far they were worked
    /// in, and how far that was tried; after a crash SQLite counts all as tried.
    fn stands_alone(&mut self, path: &Path) -> bool {
        if self.index.is_none() {
            self.index = File::open(readers::companion(path, "-shm")).ok();
        }
        let mut head = [0u8; 132];
        if self.index.as_ref().is_none_or(|index| index.read_exact_at(&mut head, 0).is_err()) {
            return true;
        }
        let number = |at: usize| head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_ne_bytes);
        let (Some(frames), Some(worked_in), Some(tried)) = (number(16), number(96), number(128)) else { return true };
        worked_in == tried && (worked_in == 0 || worked_in == frames)
    }

    fn is_due(&self) -> bool {
        self.looked.is_none_or(|looked| looked.elapsed() >= LOOK_EVERY)
    }

    fn connection(&mut self, path: &Path) -> rusqlite::Result<&Connection> {
        if self.connection.is_none() {
            let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
            super::sql::prepare_reader(&connection)?;
            self.connection = Some(connection);
        }
        self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }
}

fn seen(connection: &Connection) -> rusqlite::Result<End> {
    let step = connection.unchecked_transaction()?;
    End::read(&step)
}

/// Where the main file stands without its log. The immutable view takes no locks and has no companions, so that it sees the bytes; SQLite itself
/// keeps its handle open for as long as others of this process hold locks on the file, which closing it would take away.
fn main_end(path: &Path) -> rusqlite::Result<End> {
    End::read(&readers::immutable(path)?)
}

/// Whether the main file can have come to `main` by checkpoints: never backwards, never past the view, the same entries under the same numbers.
fn follows(main: &End, before: Option<&End>, known: &End, view: &End) -> bool {
    let agrees = |end: &End| main.seq != end.seq || main.hash == end.hash;
    main.seq <= view.seq && before.is_none_or(|before| before.seq <= main.seq && agrees(before)) && agrees(known) && agrees(view)
}
