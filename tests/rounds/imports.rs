//! Rounds of imports.

use super::Dice;
use super::disk::Disk;
use super::ending::{Ended, Ending, Played, bytes_in, names, run};
use crate::support::{must, parkplan, path};
use serde_json::{Value, json};
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Formats with shapes go into a city without these parcels; tables into one that has their shapes only.
const FORMATS: [&str; 7] = ["gpkg", "geojson", "shp", "fgb", "kml", "csv", "xlsx"];

/// What an undisturbed import does.
struct Whole {
    format: &'static str,
    file: PathBuf,
    before: PathBuf,
    /// The city's rows before and after.
    rows: [String; 2],
    took: Duration,
    /// By how much the city's files grow at most.
    growth: u64,
}

pub struct Bench {
    home: tempfile::TempDir,
    formats: Vec<Whole>,
    tiny: PathBuf,
    count: Cell<u32>,
}

impl Bench {
    pub fn new() -> Bench {
        let home = tempfile::tempdir().expect("folder");
        let at = |name: &str| home.path().join(name);
        let (source, empty, bare, tiny) = (at("source.gpkg"), at("empty.gpkg"), at("bare.gpkg"), at("tiny.geojson"));
        std::fs::write(&tiny, features(1, true).to_string()).expect("write");
        let (all, shapes) = (at("all.geojson"), at("shapes.geojson"));
        std::fs::write(&all, features(1500, true).to_string()).expect("write");
        std::fs::write(&shapes, features(1500, false).to_string()).expect("write");
        for (city, file) in [(&source, Some(&all)), (&bare, Some(&shapes)), (&empty, None)] {
            must(&["new", path(city), "--crs", "EPSG:4547"]);
            if let Some(file) = file {
                must(&["--quiet", "import", path(city), "--layer", "parcel", path(file)]);
            }
        }
        let whole = |format: &'static str| {
            let file = at(&format!("land.{format}"));
            must(&["--quiet", "export", path(&source), "--layer", "parcel", "--out", path(&file)]);
            let before = if matches!(format, "csv" | "xlsx") { &bare } else { &empty };
            let folder = at(&format!("whole-{format}"));
            std::fs::create_dir(&folder).expect("folder");
            let city = folder.join("city.gpkg");
            std::fs::copy(before, &city).expect("copy");
            let begin = Instant::now();
            must(&[&["--quiet"][..], &import(&city, &file)].concat());
            let (took, growth) = (begin.elapsed(), bytes_in(&folder).saturating_sub(before.metadata().expect("there").len()));
            Whole { format, rows: [rows(before), rows(&city)], file, before: before.clone(), took, growth }
        };
        let formats = FORMATS.map(whole).into();
        Bench { formats, tiny, home, count: Cell::new(0) }
    }

    pub fn play(&self, turn: usize, ending: Ending, dice: &mut Dice) -> Option<Played> {
        let whole = &self.formats[turn % self.formats.len()];
        self.count.set(self.count.get() + 1);
        let at = |name: &str| self.home.path().join(format!("{name}-{}", self.count.get()));
        let (folder, mut scratch) = (at("round"), at("tmp"));
        let before = whole.before.metadata().expect("there").len().next_multiple_of(4096);
        // The disk of the city, or that of the temporary folder.
        let of_city = (turn / self.formats.len()).is_multiple_of(2) || dice.below(4) > 0;
        let room = (dice.share() * 2.5 * whole.growth as f64) as u64;
        let disk = match (ending, of_city) {
            (Ending::FullDisk, true) => Some(Disk::mount(&folder, before + room)?),
            (Ending::FullDisk, false) => Some(Disk::mount(&scratch, (dice.share() * whole.file.metadata().expect("there").len() as f64) as u64)?),
            _ => None,
        };
        for folder in [&folder, &scratch] {
            let _ = std::fs::create_dir(folder);
        }
        scratch = scratch.canonicalize().expect("there");
        let city = folder.join("city.gpkg");
        std::fs::copy(&whole.before, &city).expect("copy");
        let phase = |has_read| {
            let log = folder.join("city.gpkg-wal").metadata().map_or(0, |log| log.len());
            if log > 0 && has_read { "writing".to_owned() } else { (if has_read { "judging" } else { "opening" }).to_owned() }
        };
        let ended = run(&import(&city, &whole.file), &scratch, ending, whole.took.mul_f64(dice.share() * 1.05), &phase);
        let phase = match (&disk, ended.status.success(), of_city) {
            (Some(_), false, true) => format!("city's disk +{:3.0} %", 100.0 * room as f64 / whole.growth.max(1) as f64),
            (Some(_), false, false) => "temporary disk".to_owned(),
            _ => ended.phase.clone(),
        };
        let mut faults = Vec::new();
        let after = judge(whole, &ended, ending, &city, disk.as_ref().is_some_and(|disk| disk.path() == folder), &mut faults);
        if let Some(disk) = &disk {
            disk.resize(256 << 20);
        }
        self.goes_on(whole, after, &city, &scratch, ended.is_mute(), &mut faults);
        drop(disk);
        for folder in [&folder, &scratch] {
            let _ = std::fs::remove_dir_all(folder);
        }
        Some(Played { what: format!("import {}", whole.format), phase, after, faults })
    }

    /// The next program finds nothing in its way, tidies up, and can do what was not done.
    fn goes_on(&self, whole: &Whole, after: &str, city: &Path, scratch: &Path, was_killed: bool, faults: &mut Vec<String>) {
        let left = names(scratch);
        if !left.is_empty() && !was_killed {
            faults.push(format!("left in the temporary folder: {left:?}"));
        }
        let file = if after == "none of it" { &whole.file } else { &self.tiny };
        let args = if after == "none of it" {
            import(city, file)
        } else {
            ["import", path(city), "--layer", "parcel", path(file), "--mode", "update"].into()
        };
        let output = std::process::Command::new(crate::support::PARKPLAN)
            .args(&args)
            .args(["--quiet", "--no-progress"])
            .env("TMPDIR", scratch)
            .output()
            .expect("starts");
        if !output.status.success() {
            faults.push(format!("the next import: {}", String::from_utf8_lossy(&output.stderr)));
        } else if after == "none of it" && rows(city) != whole.rows[1] {
            faults.push("the next import does not bring all".to_owned());
        }
        if !names(scratch).is_empty() {
            faults.push(format!("not swept from the temporary folder: {:?}", names(scratch)));
        }
        let beside = city.parent().map(names).unwrap_or_default();
        if beside != ["city.gpkg"] {
            faults.push(format!("left beside the city: {beside:?}"));
        }
    }
}

fn judge(whole: &Whole, ended: &Ended, ending: Ending, city: &Path, is_full: bool, faults: &mut Vec<String>) -> &'static str {
    let audit = parkplan(&["audit", "verify", path(city)]);
    if !audit.status.success() {
        let full = if is_full { " (on the full disk)" } else { "" };
        faults.push(format!("audit verify{full}: {}", String::from_utf8_lossy(&audit.stderr)));
        return "BROKEN";
    }
    let now = rows(city);
    let (none, all) = (now == whole.rows[0], now == whole.rows[1]);
    let fits = match (ended.status.code(), ending) {
        (Some(0), _) => all,
        (Some(130), Ending::Interrupt | Ending::Terminate) => none,
        (Some(1), Ending::FullDisk) => none && (ended.said.contains("disk_full") || ended.said.contains("scratch_full")),
        (None, Ending::Kill | Ending::Interrupt | Ending::Terminate) => none || all,
        _ => false,
    };
    if !fits {
        faults.push(format!("{:?}, none: {none}, all: {all}: {}", ended.status, ended.said));
    }
    match (none, all) {
        (true, _) => "none of it",
        (_, true) => "all of it",
        _ => "BROKEN",
    }
}

fn import<'a>(city: &'a Path, file: &'a Path) -> Vec<&'a str> {
    let mut args = vec!["import", path(city), "--layer", "parcel", path(file)];
    if file.extension().is_some_and(|ending| ending == "csv" || ending == "xlsx") {
        args.extend(["--mode", "update"]);
    }
    args
}

/// Revision and parcels of a city.
fn rows(city: &Path) -> String {
    let info: Value = serde_json::from_str(&must(&["--json", "info", path(city)])).expect("JSON");
    let rows = must(&["--quiet", "export", path(city), "--layer", "parcel", "--precision", "9", "--out", "-"]);
    format!("{} {rows}", info["revision"])
}

/// Parcels beside each other, with or without their values.
fn features(count: u32, with_values: bool) -> Value {
    let feature = |index: u32| {
        let (west, south) = (113.9 + f64::from(index % 60) * 0.001, 22.5 + f64::from(index / 60) * 0.001);
        let (east, north) = (west + 0.0007, south + 0.0006);
        let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        let mut properties = json!({ "code": format!("宗-{index:05}") });
        if with_values {
            properties["name"] = json!(format!("地块 {index}"));
            properties["land_use"] = json!("100101");
            properties["far_limit"] = json!(1.0 + f64::from(index % 7) / 4.0);
            properties["registered_area_m2"] = json!(4000 + index);
        }
        json!({ "type": "Feature", "properties": properties, "geometry": { "type": "Polygon", "coordinates": [ring] } })
    };
    json!({ "type": "FeatureCollection", "features": (0..count).map(feature).collect::<Vec<_>>() })
}
