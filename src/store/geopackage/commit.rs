//! Committing edits: one transaction, one flush.

use super::log::{self, End};
use super::rows::{RowWriter, WriteError};
use super::{GeoPackage, fault, touched};
use crate::domain::Fault;
use crate::store::city_store::{CommitError, Kept};
use rusqlite::{Connection, TransactionBehavior};

impl GeoPackage {
    pub(super) fn commit_edits(&self, base: i64, edits: &[Kept<'_>]) -> Result<(), CommitError> {
        let mut writer = self.writer().map_err(CommitError::Failed)?;
        if self.is_replaced(&writer) {
            return Err(CommitError::Failed(fault::replaced(self.name())));
        }
        let known = self.known();
        match write(&mut writer, self.crs.epsg(), base, &known, edits) {
            Ok(end) => {
                self.set_known(end);
                Ok(())
            }
            Err(Stop::Conflict { head }) => Err(CommitError::Conflict { head }),
            Err(Stop::Write(WriteError::Sql(error))) => Err(CommitError::Failed(self.fault(error))),
            Err(Stop::Write(WriteError::Refused(fault))) => Err(CommitError::Failed(fault)),
        }
    }
}

enum Stop {
    Conflict { head: i64 },
    Write(WriteError),
}

impl<E: Into<WriteError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Write(error.into())
    }
}

/// Writes all edits or, by the transaction's fall, none; where the city then stands.
fn write(connection: &mut Connection, srs_id: i32, base: i64, known: &End, edits: &[Kept<'_>]) -> Result<End, Stop> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut end = End::read(&step)?;
    // The same revision with another chain is another city: a copy that went its own way was put here.
    let another = known.revision == base && *known != end;
    if end.revision != base || another || end.past_the_log != known.past_the_log {
        return Err(Stop::Conflict { head: end.revision });
    }
    touched::ours(&step, true)?;
    let mut rows = RowWriter::new(&step, srs_id);
    let mut revision = base;
    for edit in edits {
        revision += 1;
        if edit.revision != revision {
            let detail = format!("an edit of revision {} came where {revision} was due", edit.revision);
            return Err(Stop::Write(WriteError::Refused(Fault::internal("revision", detail))));
        }
        rows.apply(edit.changes)?;
        for entry in edit.log {
            log::append(&step, &mut end, revision, edit.author, entry)?;
        }
    }
    if revision != base {
        rows.extents.write(&step)?;
        step.prepare_cached("UPDATE parkplan_meta SET value = ? WHERE key = 'revision'")?.execute([revision.to_string()])?;
    }
    touched::ours(&step, false)?;
    step.commit()?;
    Ok(End { revision, ..end })
}
