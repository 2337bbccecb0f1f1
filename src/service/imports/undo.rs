//! Taking an import back. What it replaced lies in a file of its own: a change log with whole shapes would be as large as the city.

use super::staged::{Uploads, no_room, private_folder};
use crate::city::City;
use crate::domain::edit::Restore;
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Edit, Fault, FaultKind, LayerId, Role, Row, RowChange};
use crate::service::Viewer;
use crate::service::edits::Checked;
use crate::service::imports::Intake;
use crate::service::sessions::random_token;
use crate::service::undo::TakeBack;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use utoipa::ToSchema;

/// How long what was replaced is kept.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// How many imports are kept at most; the oldest go first.
const MOST_KEPT: usize = 50;
/// Rows that a refusal names.
const NAMED: usize = 10;

#[derive(Debug, Serialize, ToSchema)]
pub struct ImportTakenBack {
    /// The revision that the undoing made.
    pub revision: i64,
    pub rows: usize,
}

/// Whose import it was.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    by: String,
    layer: LayerId,
    source: String,
}

/// The way back of one row. `left` is the hash of the row as the import left it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Back {
    Remove { fid: i64, left: String },
    Revert { fid: i64, left: String, before: Row },
    Insert { fid: i64, row: Row },
}

/// The way back of an import that is about to be written.
pub(super) struct Kept {
    folder: PathBuf,
    pending: Option<PathBuf>,
}

impl Kept {
    pub(super) fn of(uploads: &Uploads, viewer: &Viewer, checked: &Checked) -> Outcome<Kept> {
        let folder = uploads.folder("undo");
        let Some(layer) = checked.changes.iter().find_map(RowChange::layer) else { return Ok(Kept { folder, pending: None }) };
        private_folder(&folder)?;
        let path = folder.join(format!(".pending-{}", &random_token()?[..16]));
        let kept = Kept { folder, pending: Some(path.clone()) };
        let head = Head { by: viewer.name().to_owned(), layer, source: checked.source.clone() };
        write(&path, &head, &checked.changes)?;
        Ok(kept)
    }

    /// Under the revision that was made; whether there is anything that can be taken back. What was written stands in either case.
    pub(super) fn keep_as(mut self, revision: i64) -> bool {
        self.pending.take().is_some_and(|pending| std::fs::rename(&pending, named(&self.folder, revision)).is_ok())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(pending) = &self.pending {
            let _ = std::fs::remove_file(pending);
        }
    }
}

fn named(folder: &Path, revision: i64) -> PathBuf {
    folder.join(format!("{revision}.jsonl"))
}

fn write(path: &Path, head: &Head, changes: &[RowChange]) -> Outcome<()> {
    let failed = |error: std::io::Error| no_room(&error);
    let mut out = BufWriter::new(File::create_new(path).map_err(failed)?);
    let mut line = |json: serde_json::Result<String>| -> Outcome<()> {
        let text = json.map_err(|error| Fault::internal("json", error))?;
        out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(failed)
    };
    line(serde_json::to_string(head))?;
    // The last change is the first to be taken back.
    for change in changes.iter().rev() {
        let back = match change {
            RowChange::Insert { fid, row, .. } => Back::Remove { fid: *fid, left: hash(row)? },
            RowChange::Update { fid, before, after, .. } => Back::Revert { fid: *fid, left: hash(after)?, before: before.clone() },
            RowChange::Remove { fid, row, .. } => Back::Insert { fid: *fid, row: row.clone() },
            RowChange::Plan { .. } => continue,
        };
        line(serde_json::to_string(&back))?;
    }
    out.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)
}

fn hash(row: &Row) -> Outcome<String> {
    serde_json::to_vec(row).map(|bytes| sha256_hex(&bytes)).map_err(|error| Fault::internal("json", error))
}

/// Takes back what an import did.
///
/// # Errors
/// 404 for a revision that is no import, or too long ago; 403 for another person's; 409 `changed_since` with the rows that were changed again.
pub fn take_back(intake: &Intake, viewer: &Viewer, wanted: &TakeBack) -> Outcome<ImportTakenBack> {
    let account = viewer.planner()?;
    let path = named(&intake.uploads.folder("undo"), wanted.revision);
    let Ok(file) = File::open(&path) else { return Err(nothing_to_take_back(wanted.revision)) };
    let mut lines = BufReader::new(file).lines();
    let head: Head = read(lines.next())?;
    if head.by != account.account && account.role != Role::Admin {
        return Err(Fault::new(FaultKind::Forbidden, "not_yours", "只能撤销自己所做的导入", "you may only take back your own import")
            .help("请导入人本人或管理员撤销", "ask who made it, or an administrator"));
    }
    let city = intake.planner.city();
    let (mut changes, mut touched) = (Vec::new(), Vec::new());
    for line in lines {
        match as_left(&city, head.layer, read(Some(line))?)? {
            Ok(change) => changes.push(change),
            Err(key) => touched.push(key),
        }
    }
    if !touched.is_empty() {
        return Err(changed_since(touched));
    }
    let rows = changes.len();
    // The writer checks once more that every row is as it was left.
    let done = intake.planner.edit(viewer, Edit::Restore(Restore { changes, source: head.source }))?;
    let _ = std::fs::remove_file(&path);
    Ok(ImportTakenBack { revision: done.revision, rows })
}

fn read<T: serde::de::DeserializeOwned>(line: Option<std::io::Result<String>>) -> Outcome<T> {
    let text = line.transpose().map_err(|error| Fault::internal("undo", error))?.unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| Fault::internal("undo", error))
}

/// The change that brings a row back; the key of a row that is not as it was left.
fn as_left(city: &City, layer: LayerId, back: Back) -> Outcome<Result<RowChange, String>> {
    let table = city.table(layer);
    let found = |fid: i64, left: &str| -> Outcome<Result<Row, String>> {
        let Some(at) = table.row_of_fid(fid) else { return Ok(Err(fid.to_string())) };
        let row = table.row(at);
        Ok(if hash(&row)? == left { Ok(row) } else { Err(row.key(layer.layer()).to_owned()) })
    };
    Ok(match back {
        Back::Remove { fid, left } => found(fid, &left)?.map(|row| RowChange::Remove { layer, fid, row }),
        Back::Revert { fid, left, before } => found(fid, &left)?.map(|row| RowChange::Update { layer, fid, before: row, after: before }),
        Back::Insert { fid, row } => Ok(RowChange::Insert { layer, fid, row }),
    })
}

fn changed_since(mut touched: Vec<String>) -> Fault {
    touched.sort();
    let count = touched.len();
    let mut named: Vec<String> = touched.iter().take(NAMED).cloned().collect();
    if count > NAMED {
        named.push("…".to_owned());
    }
    Fault::new(
        FaultKind::Conflict,
        "changed_since",
        format!("{count} 行此后又有修改，不能撤销：{}", named.join("、")),
        format!("{count} rows were changed again since, so this cannot be taken back: {}", named.join(", ")),
    )
    .at(touched.swap_remove(0))
    .help("先撤销其后的修改，或逐个改正", "take back the later changes first, or correct the rows one by one")
}

fn nothing_to_take_back(revision: i64) -> Fault {
    let days = KEPT.as_secs() / 86_400;
    Fault::not_found(
        "no_such_import",
        format!("修订 {revision} 不是可撤销的导入"),
        format!("the revision {revision} is no import that can be taken back"),
    )
    .help(
        format!("导入在 {days} 天内、最近 {MOST_KEPT} 次之内可撤销；已撤销的不能再撤"),
        format!("an import can be taken back for {days} days, while it is among the last {MOST_KEPT}, and once"),
    )
}

/// Takes away what is too old to be taken back, and what a server that was cut off left.
pub(super) fn sweep(uploads: &Uploads) {
    let now = SystemTime::now();
    let mut kept: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(uploads.folder("undo")).into_iter().flatten().flatten() {
        let Ok(written) = entry.metadata().and_then(|metadata| metadata.modified()) else { continue };
        let age = now.duration_since(written).unwrap_or_default();
        let is_pending = entry.file_name().to_string_lossy().starts_with('.');
        let limit = if is_pending { Duration::from_secs(3600) } else { KEPT };
        if age > limit {
            let _ = std::fs::remove_file(entry.path());
        } else if !is_pending {
            kept.push((written, entry.path()));
        }
    }
    kept.sort();
    let surplus = kept.len().saturating_sub(MOST_KEPT);
    kept.iter().take(surplus).for_each(|(_, path)| {
        let _ = std::fs::remove_file(path);
    });
}
