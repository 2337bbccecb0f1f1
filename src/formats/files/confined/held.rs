//! Private folders for copies. Whoever made one holds a lock in it; a folder whose lock is free belongs to nobody any more and is swept.

use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use std::fs::File;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

const BEGIN: &str = "parkplan-read-";
const LOCK: &str = ".held";

/// What this process holds now.
static HOLDING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn holding() -> MutexGuard<'static, Vec<PathBuf>> {
    HOLDING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every folder of this process; for a program that ends in the middle of its work.
pub fn forget_all() {
    for folder in holding().drain(..) {
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// A folder with `in` for the copy and `work` for what reading writes; it goes away when this is dropped.
pub(super) struct Held {
    path: PathBuf,
    _lock: File,
}

impl Held {
    pub(super) fn new() -> Outcome<Held> {
        static SWEPT: Once = Once::new();
        let home = std::env::temp_dir();
        SWEPT.call_once(|| sweep(&home));
        // Another program's sweep may come just between the lock's making and its taking.
        Held::below(&home).or_else(|fault| if fault.kind == FaultKind::NoRoom { Err(fault) } else { Held::below(&home) })
    }

    fn below(home: &Path) -> Outcome<Held> {
        let failed = |error: &std::io::Error| no_scratch(error);
        let mut noise = [0u8; 12];
        getrandom::fill(&mut noise).map_err(|error| Fault::internal("scratch_failed", error))?;
        let name: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = home.join(format!("{BEGIN}{name}"));
        std::fs::DirBuilder::new().mode(0o700).create(&path).map_err(|error| failed(&error))?;
        holding().push(path.clone());
        // Nobody sweeps a folder that has no lock in it, and none whose lock is held: between the two lies one call.
        let lock = File::create_new(path.join(LOCK)).map_err(|error| failed(&error))?;
        lock.try_lock().map_err(|error| Fault::internal("scratch_failed", error))?;
        let held = Held { path, _lock: lock };
        for folder in [held.input(), held.work()] {
            std::fs::DirBuilder::new().mode(0o700).create(folder).map_err(|error| failed(&error))?;
        }
        Ok(held)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn input(&self) -> PathBuf {
        self.path.join("in")
    }

    pub(super) fn work(&self) -> PathBuf {
        self.path.join("work")
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        holding().retain(|other| *other != self.path);
        // Nothing can be done about a folder that does not go now; the next start sweeps it.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// The fault for a copy that could not be made.
pub(super) fn no_scratch(error: &std::io::Error) -> Fault {
    let home = std::env::temp_dir();
    let full = matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded);
    if full {
        return Fault::new(
            FaultKind::NoRoom,
            "scratch_full",
            "临时文件夹已满，放不下要读取的文件的副本，未作任何修改",
            "the temporary folder has no room for a copy of the file; nothing was changed",
        )
        .help(
            format!("请清理 {}，或用 TMPDIR 指向有空间的文件夹", home.display()),
            format!("make room in {}, or let TMPDIR name a folder that has some", home.display()),
        );
    }
    Fault::new(
        FaultKind::Internal,
        "scratch_failed",
        format!("无法在临时文件夹中放置文件的副本：{error}"),
        format!("no copy of the file can be put into the temporary folder: {error}"),
    )
    .help(format!("请检查 {} 是否可写", home.display()), format!("see whether {} can be written to", home.display()))
}

/// Removes what killed processes left behind.
fn sweep(home: &Path) {
    let Ok(entries) = std::fs::read_dir(home) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().and_then(|name| name.strip_prefix(BEGIN)).is_some_and(|rest| rest.len() == 24);
        if !is_ours || !is_folder_of_mine(&entry.path()) {
            continue;
        }
        let _ = match is_left(&entry.path()) {
            true => std::fs::remove_dir_all(entry.path()),
            // Killed before it had a lock in it. Who has just made it and is about to put one in makes another.
            false => std::fs::remove_dir(entry.path()),
        };
    }
}

fn is_folder_of_mine(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|there| there.is_dir() && there.uid() == nix::unistd::geteuid().as_raw())
}

fn is_left(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else { return false };
    lock.try_lock().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_dead_are_swept_and_all_others_stay() {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        let named = |letter: &str| format!("{BEGIN}{}", letter.repeat(24));
        for name in [named("a"), named("b"), named("c"), format!("{BEGIN}mine"), "parkplan-tests-1".to_owned()] {
            std::fs::create_dir(at(&name)).unwrap();
            std::fs::write(at(&name).join("data"), "x").unwrap();
            if name != named("c") {
                std::fs::write(at(&name).join(LOCK), "").unwrap();
            }
        }
        std::fs::create_dir(at(&named("d"))).unwrap();
        let living = File::open(at(&named("b")).join(LOCK)).unwrap();
        living.try_lock().unwrap();
        sweep(home.path());
        let mut left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        let mut expected = vec![named("b"), named("c"), format!("{BEGIN}mine"), "parkplan-tests-1".to_owned()];
        expected.sort();
        assert_eq!(left, expected);
    }
}
