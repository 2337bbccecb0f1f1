//! What is staged, whose it is and how long it stays.

use super::answer::ImportAnswer;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use crate::service::Viewer;
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use utoipa::ToSchema;

/// Bounds on what people may stage.
#[derive(Clone, Copy, Debug)]
pub struct UploadLimits {
    /// Bytes of one upload with all its files.
    pub bytes: u64,
    /// Uploads of one person that are staged or on their way.
    pub per_person: usize,
    /// How long one stays after it was last used.
    pub stays: Duration,
}

impl Default for UploadLimits {
    fn default() -> Self {
        // A whole city's parcels with attributes stay below 1 GB of GeoJSON, and are a tenth of that as a zipped shapefile.
        UploadLimits { bytes: 1 << 30, per_person: 8, stays: Duration::hours(8) }
    }
}

/// One staged upload.
#[derive(Debug)]
pub(super) struct Staged {
    pub id: String,
    pub owner: String,
    pub files: Vec<StagedFile>,
    pub folder: PathBuf,
    /// What is read: the only file, or the main one of a set.
    pub main: PathBuf,
    pub created: DateTime<Utc>,
    /// How long it stays after it was last used.
    pub stays: Duration,
    pub state: Mutex<StagedState>,
}

/// What is learnt of an upload while it is worked on.
#[derive(Debug)]
pub(super) struct StagedState {
    pub used: DateTime<Utc>,
    /// Layers of a file that has several.
    pub layers: Vec<String>,
    /// The last trial, or what was written.
    pub last: Option<Arc<Last>>,
}

/// What was last done with an upload, and how.
#[derive(Debug)]
pub(super) struct Last {
    pub settings: super::ImportSettings,
    pub answer: Arc<ImportAnswer>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StagedFile {
    pub name: String,
    pub bytes: u64,
}

/// A staged upload as its owner is told of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StagedUpload {
    pub id: String,
    /// The file that is read.
    pub name: String,
    pub files: Vec<StagedFile>,
    pub bytes: u64,
    /// RFC 3339, UTC.
    pub created: String,
    /// When it goes unless it is used again.
    pub expires: String,
    /// Layers of a file that has several, as far as they are known.
    pub layers: Vec<String>,
    /// The revision that it made, once it was taken.
    #[schema(required)]
    pub taken: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StagedUploads {
    pub imports: Vec<StagedUpload>,
    /// Bytes of one upload at most.
    pub most_bytes: u64,
    /// Uploads that one person may have at most.
    pub most_uploads: usize,
}

/// The uploads of a server.
#[derive(Debug)]
pub struct Uploads {
    folder: PathBuf,
    pub(super) limits: UploadLimits,
    state: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    staged: BTreeMap<String, Arc<Staged>>,
    /// Uploads on their way, by account.
    coming: BTreeMap<String, usize>,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing inside is left half-changed by a panic: each lock guards single assignments.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder for this user alone.
pub(super) fn private_folder(path: &Path) -> Outcome<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| no_room(&error))
}

/// What the disk says when something is to be staged.
pub(super) fn no_room(error: &std::io::Error) -> Fault {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Fault::new(FaultKind::NoRoom, "no_room", "磁盘已满，文件未收下", "the disk is full; the file was not taken")
            .help("请管理员腾出空间后再试", "have the administrator make room and try again");
    }
    Fault::internal("staging", error)
}

impl Uploads {
    /// Staged beside the city file.
    pub fn beside(city: &Path, limits: UploadLimits) -> Uploads {
        let mut name = city.as_os_str().to_owned();
        name.push(".intake");
        Uploads { folder: PathBuf::from(name), limits, state: Mutex::default() }
    }

    pub(super) fn folder(&self, part: &str) -> PathBuf {
        self.folder.join(part)
    }

    /// A place for one more upload of a person, counted until it is given back.
    pub(super) fn reserve(&self, account: &str) -> Outcome<()> {
        self.sweep();
        let mut kept = locked(&self.state);
        let staged = kept.staged.values().filter(|own| own.owner == account).count();
        let coming = kept.coming.entry(account.to_owned()).or_default();
        let most = self.limits.per_person;
        if staged + *coming >= most {
            return Err(Fault::new(
                FaultKind::TooMany,
                "too_many_uploads",
                format!("您已有 {most} 个待导入文件，已到上限"),
                format!("you have {most} staged files, which is the most"),
            )
            .help("先完成或删除其中一个", "finish or discard one of them first"));
        }
        *coming += 1;
        Ok(())
    }

    pub(super) fn give_back(&self, account: &str) {
        let mut kept = locked(&self.state);
        if let Some(coming) = kept.coming.get_mut(account) {
            *coming = coming.saturating_sub(1);
        }
    }

    pub(super) fn keep(&self, staged: Arc<Staged>) {
        locked(&self.state).staged.insert(staged.id.clone(), staged);
    }

    pub(super) fn list(&self, viewer: &Viewer) -> StagedUploads {
        self.sweep();
        let kept = locked(&self.state);
        let mut own: Vec<_> = kept.staged.values().filter(|staged| staged.owner == viewer.name()).collect();
        own.sort_by_key(|staged| std::cmp::Reverse(staged.created));
        StagedUploads {
            imports: own.into_iter().map(|staged| staged.told()).collect(),
            most_bytes: self.limits.bytes,
            most_uploads: self.limits.per_person,
        }
    }

    pub(super) fn find(&self, viewer: &Viewer, id: &str) -> Outcome<Arc<Staged>> {
        self.sweep();
        let found = locked(&self.state).staged.get(id).filter(|staged| staged.owner == viewer.name()).cloned();
        let staged = found.ok_or_else(|| {
            Fault::not_found("no_such_upload", format!("没有待导入文件 {id}"), format!("there is no staged file {id}"))
                .at(id)
                .help("它可能已过期或被删除：请重新上传", "it may have expired or been discarded: upload it again")
        })?;
        locked(&staged.state).used = Utc::now();
        Ok(staged)
    }

    pub(super) fn discard(&self, viewer: &Viewer, id: &str) -> Outcome<()> {
        let staged = self.find(viewer, id)?;
        locked(&self.state).staged.remove(id);
        remove(&staged.folder);
        Ok(())
    }

    /// Takes away what nobody used for too long. Work that still reads such a file ends with a fault, not with half of it.
    pub fn sweep(&self) {
        let now = Utc::now();
        let mut kept = locked(&self.state);
        let old: Vec<Arc<Staged>> = kept.staged.values().filter(|staged| locked(&staged.state).used + staged.stays < now).cloned().collect();
        for staged in old {
            kept.staged.remove(&staged.id);
            remove(&staged.folder);
        }
        drop(kept);
        super::undo::sweep(self);
    }

    /// Takes away what an earlier server left: nobody knows any more whose it was.
    pub fn sweep_all(&self) {
        let known: Vec<PathBuf> = locked(&self.state).staged.values().map(|staged| staged.folder.clone()).collect();
        for entry in std::fs::read_dir(self.folder("uploads")).into_iter().flatten().flatten() {
            if !known.contains(&entry.path()) {
                remove(&entry.path());
            }
        }
        super::undo::sweep(self);
    }
}

/// Nothing can be done about a folder that does not go; the next sweep tries again.
fn remove(folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
}

impl Staged {
    pub(super) fn name(&self) -> String {
        self.main.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(super) fn told(&self) -> StagedUpload {
        let state = locked(&self.state);
        let stamp = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        StagedUpload {
            id: self.id.clone(),
            name: self.name(),
            files: self.files.clone(),
            bytes: self.files.iter().map(|file| file.bytes).sum(),
            created: stamp(self.created),
            expires: stamp(state.used + self.stays),
            layers: state.layers.clone(),
            taken: state.last.as_ref().filter(|last| !last.answer.dry_run).map(|last| last.answer.revision),
        }
    }
}
