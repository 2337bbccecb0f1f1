//! Ctrl-C and SIGTERM: what is half written goes away, and the program ends with 130.
//!
//! Files grow under names of their own (`.part-PID-name`) and are renamed when they are whole. Both happen under one lock, so that a
//! signal finds a file either growing, and removes it, or whole under its final name.

use super::shape_set;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Exit code of what was cancelled.
pub(super) const CANCELLED: u8 = 130;

/// What grows now.
static GROWING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Whether an output is whole under its final name.
static WHOLE: AtomicBool = AtomicBool::new(false);

/// Whether the city is being written, or was.
static WRITING: AtomicBool = AtomicBool::new(false);

/// How long a program may take to its own end after a signal that came too late.
const AFTER_OUTPUT: Duration = Duration::from_secs(3);
const AFTER_COMMIT: Duration = Duration::from_secs(120);

/// From here on a signal comes too late: the commit, which nobody could call off in its middle, is finished and told. A second one ends the
/// program all the same; the city then is as it was or as it will be.
pub(super) fn no_way_back() {
    let _no_signal_between = growing();
    WRITING.store(true, Ordering::Release);
}

/// How long the program may still go on to its own end: what was asked for is done, or cannot be called off.
fn patience(growing: &[PathBuf]) -> Option<Duration> {
    match () {
        () if WRITING.load(Ordering::Acquire) => Some(AFTER_COMMIT),
        () if WHOLE.load(Ordering::Acquire) && growing.is_empty() => Some(AFTER_OUTPUT),
        () => None,
    }
}

fn growing() -> MutexGuard<'static, Vec<PathBuf>> {
    GROWING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens on a thread of its own until the program ends. A server has its own way to end and does not call this.
pub(super) fn listen() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let signals = {
        let _inside = runtime.enter();
        [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(|kind| signal(kind).ok())
    };
    std::thread::spawn(move || {
        let [mut interrupt, mut terminate, mut hangup] = signals;
        let one = async |signal: &mut Option<tokio::signal::unix::Signal>| match signal {
            Some(signal) => signal.recv().await,
            None => std::future::pending().await,
        };
        let mut next = async || {
            tokio::select! {
                _ = one(&mut interrupt) => {}
                _ = one(&mut terminate) => {}
                _ = one(&mut hangup) => {}
            }
        };
        runtime.block_on(next());
        // Held to the end: nothing begins or is renamed any more.
        let mut held = growing();
        if let Some(patience) = patience(&held) {
            drop(held);
            runtime.block_on(async {
                tokio::select! {
                    () = next() => {}
                    () = tokio::time::sleep(patience) => {}
                }
            });
            held = growing();
        }
        held.iter().for_each(|path| remove(path));
        crate::formats::confined::forget_all();
        // A format that writes its file at the end may have made it anew meanwhile.
        held.iter().for_each(|path| remove(path));
        std::process::exit(i32::from(CANCELLED));
    });
}

/// A path that something grows under; what still lies there when this is dropped is removed, with the journals and folders beside it.
pub(super) struct Growing(PathBuf);

impl Growing {
    pub(super) fn at(path: PathBuf) -> Growing {
        growing().push(path.clone());
        Growing(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Does the last step (renaming) where no signal comes between.
    pub(super) fn finish<T>(self, last: impl FnOnce(&Path) -> T) -> T {
        let mut held = growing();
        let done = last(&self.0);
        held.retain(|path| *path != self.0);
        WHOLE.store(true, Ordering::Release);
        done
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        let mut growing = growing();
        growing.retain(|path| *path != self.0);
        remove(&self.0);
    }
}

/// Removes a file or folder and all that lies beside it under its name with an ending (`-journal`, `-wal`, `.parts`).
fn remove(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else { return };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(|other| other.starts_with(name))) {
        remove_entry(&entry.path());
    }
}

fn remove_entry(path: &Path) {
    let is_folder = path.symlink_metadata().is_ok_and(|there| there.is_dir());
    let _ = if is_folder { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
}

/// How the name of a growing file begins.
pub(super) const PART: &str = ".part-";
const SAMPLE_PART: &str = ".growing-";

/// Removes what dead processes left growing in a folder, and brings to its place what they left whole: a kill gives no time to tidy up.
pub(super) fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((process, target)) = name.to_str().and_then(process_of) else { continue };
        if process == std::process::id() || Path::new("/proc").join(process.to_string()).exists() {
            continue;
        }
        if is_whole(&entry.path()) {
            // What does not go now goes the next time.
            let _ = shape_set::take_place(&entry.path(), &folder.join(target));
        } else {
            remove_entry(&entry.path());
        }
    }
}

/// `.part-4711-land.geojson` → 4711 and `land.geojson`.
fn process_of(name: &str) -> Option<(u32, &str)> {
    let rest = [PART, SAMPLE_PART, shape_set::WHOLE, shape_set::PLACE].iter().find_map(|begin| name.strip_prefix(begin))?;
    let (process, target) = rest.split_once('-')?;
    Some((process.parse().ok()?, target))
}

/// A new Shapefile that was killed on the way to its place.
fn is_whole(path: &Path) -> bool {
    let named = |begin: &str| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begin));
    path.is_dir() && (named(shape_set::WHOLE) || named(shape_set::PLACE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grew_goes_with_its_journals_and_what_is_another_name_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let growing = Growing::at(at(".part-1-a.gpkg"));
        for name in [".part-1-a.gpkg", ".part-1-a.gpkg-journal", "a.gpkg", ".part-1-b.gpkg"] {
            std::fs::write(at(name), "").unwrap();
        }
        std::fs::create_dir(at(".part-1-a.gpkg.parts")).unwrap();
        drop(growing);
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, [".part-1-b.gpkg", "a.gpkg"]);
    }

    #[test]
    fn leftovers_of_the_dead_are_swept_and_those_of_the_living_stay() {
        let folder = tempfile::tempdir().unwrap();
        let dead = u32::MAX - 1;
        let own = format!(".part-{}-a.json", std::process::id());
        let living = ".part-1-b.json".to_owned();
        for name in [format!(".part-{dead}-a.json"), format!(".growing-{dead}-city.gpkg-wal"), own.clone(), living.clone(), ".part-x-mine".to_owned()]
        {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        std::fs::create_dir(folder.path().join(format!(".part-{dead}-land"))).unwrap();
        sweep(folder.path());
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        let mut expected = vec![own, living, ".part-x-mine".to_owned()];
        expected.sort();
        assert_eq!(left, expected);
    }
}
