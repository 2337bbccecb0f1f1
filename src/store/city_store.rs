//! [`CityStore`]: where a city's data is kept. All in domain terms; what a file or a database looks like inside stays in its own folder.

use crate::domain::fault::Outcome;
use crate::domain::row::CellRef;
use crate::domain::{Author, Backup, Change, ChangeQuery, CityInfo, Fault, LayerId, LogCheck, LogEntry, LogHead, Plan, RowChange, Shape};
use std::path::Path;

/// What [`CityStore::load`] calls with each row: fid, cells in dictionary order, shape.
pub type Visit<'a> = &'a mut dyn FnMut(i64, &[CellRef<'_>], Shape<'_>);

/// What came of reading a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    pub rows: u64,
    /// Geometries that do not decode; their rows were visited with an empty shape.
    pub unreadable: u64,
}

/// One accepted edit on its way to the store.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// The revision that this edit makes; the first of a commit is the base's successor, and each next one more.
    pub revision: i64,
    pub author: &'a Author,
    pub changes: &'a [RowChange],
    pub log: &'a [LogEntry],
}

/// Why a commit wrote nothing.
#[derive(Debug)]
pub enum CommitError {
    /// The store stands at another revision than the base: another writer was first, or the city was replaced.
    Conflict { head: i64 },
    /// The store could not: disk full, read-only, a broken constraint.
    Failed(Fault),
}

/// How a city differs from what its reader knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The file was replaced, removed, or restored from a copy.
    Replaced,
    /// Somebody else wrote: the store stands at this revision.
    Written { revision: i64 },
    /// Somebody changed rows with another program, past the log: the revision says nothing of it.
    Altered,
}

/// The storage of one city. What [`CityStore::commit`] has answered is on disk.
pub trait CityStore: Send + Sync {
    fn info(&self) -> Outcome<CityInfo>;

    /// The largest fid of a layer, 0 where it has no rows: about how much there is to read.
    fn last_fid(&self, layer: LayerId) -> Outcome<i64>;

    /// Reads a whole layer in fid order; one call of `visit` a row. May be called from several threads for several layers.
    fn load(&self, layer: LayerId, visit: Visit<'_>) -> Outcome<Loaded>;

    /// Plans in the order of their making.
    fn plans(&self) -> Outcome<Vec<Plan>>;

    /// Writes all edits or none in one transaction with one flush, each with its entries in the hash chain of the log.
    fn commit(&self, base: i64, edits: &[Kept<'_>]) -> Result<(), CommitError>;

    /// Entries of the change log, newest first.
    fn changes(&self, query: &ChangeQuery) -> Outcome<Vec<Change>>;

    /// The end of the change log's hash chain.
    fn log_head(&self) -> Outcome<LogHead>;

    /// Computes the whole chain again. `kept` is a head that somebody wrote down: it must lie in the chain.
    fn check_log(&self, kept: Option<&str>) -> Outcome<LogCheck>;

    /// Whether the city was changed by somebody else since it stood at `head`. Cheap enough to ask before every answer.
    fn outside(&self, head: i64) -> Outcome<Option<Outside>>;

    /// Writes a whole copy of the city at one moment to a file that is not there yet, while others may write.
    fn backup(&self, to: &Path) -> Outcome<Backup>;

    /// Brings what was written into the city's own file as far as those who read let it, without waiting: from then on a copy of that file is whole.
    fn settle(&self) -> Outcome<()>;

    /// Leaves the city as one file, so that a copy of it is whole.
    fn checkpoint(&self) -> Outcome<()>;
}
