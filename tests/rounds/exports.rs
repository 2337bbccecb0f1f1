//! Rounds of exports.

use super::Dice;
use super::disk::Disk;
use super::ending::{Ended, Ending, Played, bytes_in, names, run};
use super::same::content;
use crate::support::{must, path};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const FORMATS: [&str; 7] = ["gpkg", "geojson", "shp", "fgb", "csv", "xlsx", "dxf"];

/// A file set: name and bytes.
type Files = BTreeMap<String, Vec<u8>>;

/// What an undisturbed export of a format gives.
struct Whole {
    format: &'static str,
    took: Duration,
    /// Of the new files, to be compared.
    content: Files,
    bytes: u64,
    /// What stands there before.
    old: Files,
}

pub struct Bench {
    home: tempfile::TempDir,
    city: PathBuf,
    formats: Vec<Whole>,
    count: Cell<u32>,
}

impl Bench {
    pub fn new(seed: u64) -> Bench {
        let home = tempfile::tempdir().expect("folder");
        let city = home.path().join("city.gpkg");
        must(&["--quiet", "sample", "--out", path(&city), "--parcels", "1500", "--seed", &seed.to_string()]);
        let whole = |format: &'static str| {
            let folder = home.path().join(format!("whole-{format}"));
            std::fs::create_dir(&folder).expect("folder");
            let out = folder.join(format!("land.{format}"));
            must(&["--quiet", "export", path(&city), "--layer", "park", "--out", path(&out)]);
            let old = read(&folder);
            let begin = Instant::now();
            must(&["--quiet", "export", path(&city), "--layer", "parcel", "--out", path(&out), "--force"]);
            let took = begin.elapsed();
            Whole { format, took, content: contents(&folder), bytes: bytes_in(&folder), old }
        };
        let formats = FORMATS.map(whole).into();
        Bench { formats, city, home, count: Cell::new(0) }
    }

    pub fn play(&self, turn: usize, ending: Ending, dice: &mut Dice) -> Option<Played> {
        let whole = &self.formats[turn % self.formats.len()];
        self.count.set(self.count.get() + 1);
        let folder = self.home.path().join(format!("round-{}", self.count.get()));
        // With and without a file that is replaced.
        let old = if (turn / self.formats.len()).is_multiple_of(2) { whole.old.clone() } else { Files::new() };
        let room =
            old.values().map(|bytes| (bytes.len() as u64).next_multiple_of(4096)).sum::<u64>() + (dice.share() * 1.1 * whole.bytes as f64) as u64;
        let disk = match ending {
            Ending::FullDisk => Some(Disk::mount(&folder, room)?),
            _ => std::fs::create_dir(&folder).map(|()| None).expect("folder"),
        };
        old.iter().for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes).expect("write"));
        let out = folder.join(format!("land.{}", whole.format));
        let moment = whole.took.mul_f64(dice.share() * 1.05);
        let phase = |_| {
            let part = names(&folder).into_iter().find(|name| [".part-", ".whole-", ".place-"].iter().any(|begin| name.starts_with(begin)));
            match part {
                Some(part) => {
                    let part = folder.join(part);
                    let bytes = if part.is_dir() { bytes_in(&part) } else { part.metadata().map_or(0, |there| there.len()) };
                    // A GeoPackage and a table are written at the end.
                    format!("writing, {:3.0} % there", 100.0 * bytes as f64 / whole.bytes as f64)
                }
                None if contents_at(&folder).is_some_and(|now| now == whole.content) => "in its place".to_owned(),
                None => "selecting".to_owned(),
            }
        };
        let args = ["export", path(&self.city), "--layer", "parcel", "--out", path(&out), "--force"];
        let ended = run(&args, self.home.path(), ending, moment, &phase);
        let phase = match (&disk, ended.status.success()) {
            (Some(_), false) => format!("room for {:3.0} %", 100.0 * (room.saturating_sub(bytes_in_files(&old))) as f64 / whole.bytes as f64),
            _ => shortened(&ended.phase),
        };
        let mut faults = Vec::new();
        let after = self.judge(whole, &ended, ending, &folder, &old, &mut faults);
        if let Some(disk) = &disk {
            disk.resize(64 << 20);
            self.swept(&folder, &mut faults);
        }
        drop(disk);
        let _ = std::fs::remove_dir_all(&folder);
        Some(Played { what: format!("export {}", whole.format), phase, after, faults })
    }

    fn judge(&self, whole: &Whole, ended: &Ended, ending: Ending, folder: &Path, old: &Files, faults: &mut Vec<String>) -> &'static str {
        let left = |folder: &Path| -> Vec<String> { names(folder).into_iter().filter(|name| name.starts_with('.')).collect() };
        if ended.is_mute() {
            // A hard kill: the next that writes here tidies up.
            self.swept(folder, faults);
        }
        if !left(folder).is_empty() {
            faults.push(format!("left: {:?}", left(folder)));
        }
        let is_old = read(folder) == *old;
        let is_new = !is_old && contents_at(folder).is_some_and(|now| now == whole.content);
        let fits = match (ended.status.code(), ending) {
            (Some(0), _) => is_new,
            (Some(130), Ending::Interrupt | Ending::Terminate) => is_old,
            (Some(1), Ending::FullDisk) => is_old && ended.said.contains("disk_full"),
            (None, Ending::Kill | Ending::Interrupt | Ending::Terminate) => is_old || is_new,
            _ => false,
        };
        if !fits {
            faults.push(format!("{:?}, as before: {is_old}, new: {is_new}, files {:?}: {}", ended.status, names(folder), ended.said));
        }
        match (is_old, is_new) {
            (true, _) => "as before",
            (_, true) => "the new file",
            _ => "BROKEN",
        }
    }

    /// Another export into the folder, which is taken away again: what a kill left must go.
    fn swept(&self, folder: &Path, faults: &mut Vec<String>) {
        let other = folder.join("other.geojson");
        must(&["--quiet", "export", path(&self.city), "--layer", "district", "--out", path(&other)]);
        if std::fs::remove_file(&other).is_err() {
            faults.push("the next export wrote nothing".to_owned());
        }
    }
}

/// Every growth is a phase of its own in the log and one of four in the sum.
fn shortened(phase: &str) -> String {
    match phase.strip_prefix("writing, ").and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok()) {
        Some(0.0) => "writing, nothing yet".to_owned(),
        Some(share) if share < 50.0 => "writing, first half".to_owned(),
        Some(share) if share < 100.0 => "writing, second half".to_owned(),
        Some(_) => "writing, all there".to_owned(),
        None => phase.to_owned(),
    }
}

fn bytes_in_files(files: &Files) -> u64 {
    files.values().map(|bytes| bytes.len() as u64).sum()
}

fn read(folder: &Path) -> Files {
    let seen = names(folder).into_iter().filter(|name| !name.starts_with('.'));
    seen.map(|name| (name.clone(), std::fs::read(folder.join(&name)).expect("read"))).collect()
}

fn contents(folder: &Path) -> Files {
    let seen = names(folder).into_iter().filter(|name| !name.starts_with('.'));
    seen.map(|name| (name.clone(), content(&folder.join(&name)))).collect()
}

/// The same of files that may be half there.
fn contents_at(folder: &Path) -> Option<Files> {
    let folder = folder.to_owned();
    std::panic::catch_unwind(move || contents(&folder)).ok()
}
