//! Ends in the middle: a killed import leaves no reader behind, and the next start clears what it left; Ctrl-C clears at once; a full disk
//! is told and changes nothing.

use crate::support::{PARKPLAN, must, path, refused};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Bench {
    _home: tempfile::TempDir,
    city: PathBuf,
    scratch: PathBuf,
    file: PathBuf,
}

/// A city, and a file whose reading takes so long that something can happen in the middle.
fn bench() -> Bench {
    let home = tempfile::tempdir().expect("folder");
    let at = |name: &str| home.path().join(name);
    let (city, scratch, file) = (at("city.gpkg"), at("tmp"), at("many.geojson"));
    std::fs::create_dir(&scratch).expect("folder");
    must(&["new", path(&city), "--crs", "EPSG:4547"]);
    let features: Vec<String> = (0..100_000)
        .map(|index| {
            let (west, south) = (113.9 + f64::from(index % 300) * 0.001, 22.5 + f64::from(index / 300) * 0.001);
            format!(r#"{{"type":"Feature","properties":{{"code":"p{index}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{},{south}],[{},{}],[{west},{south}]]]}}}}"#, west + 0.0005, west + 0.0005, south + 0.0005)
        })
        .collect();
    std::fs::write(&file, format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))).expect("write");
    Bench { city, scratch, file, _home: home }
}

impl Bench {
    fn import(&self) -> Child {
        Command::new(PARKPLAN)
            .args(["--quiet", "import", path(&self.city), "--layer", "parcel", path(&self.file)])
            .env("TMPDIR", &self.scratch)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts")
    }

    fn left(&self) -> usize {
        std::fs::read_dir(&self.scratch).expect("folder").count()
    }
}

/// The reading process that a process has started.
fn reader_of(process: u32) -> Option<u32> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(20) {
        let threads = std::fs::read_dir(format!("/proc/{process}/task")).ok()?.flatten();
        let mut children = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
        if let Some(child) = children.find_map(|text| text.split_whitespace().next()?.parse().ok()) {
            return Some(child);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    None
}

fn gone(process: u32) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(5) {
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // What nobody has waited for yet is dead all the same.
        if stat.is_empty() || stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}

fn signal(process: u32, name: &str) {
    assert!(Command::new("kill").args([name, &process.to_string()]).status().expect("kill").success());
}

#[test]
fn a_killed_import_leaves_no_reader_and_the_next_start_clears_its_copy() {
    let bench = bench();
    let before = std::fs::read(&bench.city).expect("city");
    for delay in [0, 20, 60, 150] {
        let mut import = bench.import();
        let reader = reader_of(import.id()).expect("a reader");
        std::thread::sleep(Duration::from_millis(delay));
        signal(import.id(), "-KILL");
        import.wait().expect("ends");
        assert!(gone(reader), "the reader lives on");
        assert_eq!(std::fs::read(&bench.city).expect("city"), before, "killed after {delay} ms");
    }
    let left = bench.left();
    let mut import = bench.import();
    assert!(import.wait().expect("ends").success());
    assert!(left >= 1 && bench.left() == 0, "{left} were left, {} are", bench.left());
}

#[test]
fn an_interrupted_import_clears_its_copy_and_a_killed_reader_is_an_answer() {
    let bench = bench();
    let before = std::fs::read(&bench.city).expect("city");
    for name in ["-INT", "-TERM"] {
        let mut import = bench.import();
        let reader = reader_of(import.id()).expect("a reader");
        std::thread::sleep(Duration::from_millis(30));
        signal(import.id(), name);
        assert_eq!(import.wait().expect("ends").code(), Some(130));
        assert!(gone(reader) && bench.left() == 0, "{name}: {} left", bench.left());
    }
    let mut import = bench.import();
    signal(reader_of(import.id()).expect("a reader"), "-SEGV");
    assert_eq!(import.wait().expect("ends").code(), Some(1));
    assert!(bench.left() == 0 && std::fs::read(&bench.city).expect("city") == before);
}

/// A disk of one megabyte, where this machine lets us have one.
struct Disk(PathBuf);

impl Disk {
    fn small(at: &Path) -> Option<Disk> {
        std::fs::create_dir(at).ok()?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs", path(at)]).stderr(Stdio::null()).status();
        mounted.is_ok_and(|status| status.success()).then(|| Disk(at.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_temporary_folder_is_told_and_changes_nothing() {
    let bench = bench();
    let Some(disk) = Disk::small(&bench.city.with_file_name("small")) else {
        println!("skipped: no disk can be mounted here");
        return;
    };
    let before = std::fs::read(&bench.city).expect("city");
    let output = Command::new(PARKPLAN)
        .args(["--json", "import", path(&bench.city), "--layer", "parcel", path(&bench.file)])
        .env("TMPDIR", &disk.0)
        .output()
        .expect("runs");
    let fault: serde_json::Value = serde_json::from_slice(&output.stderr).expect("a fault");
    assert_eq!((output.status.code(), fault["code"].as_str()), (Some(1), Some("scratch_full")), "{fault}");
    assert_eq!(std::fs::read_dir(&disk.0).expect("disk").count(), 0);
    assert!(std::fs::read(&bench.city).expect("city") == before);
    drop(disk);
    // A folder that is not there is told as well.
    let output = Command::new(PARKPLAN)
        .args(["--json", "import", path(&bench.city), "--layer", "parcel", path(&bench.file)])
        .env("TMPDIR", bench.scratch.join("none"))
        .output()
        .expect("runs");
    let fault: serde_json::Value = serde_json::from_slice(&output.stderr).expect("a fault");
    assert_eq!(fault["code"], "scratch_failed", "{fault}");
    assert_eq!(refused(&["import", path(&bench.city), "--layer", "parcel", path(&bench.scratch.join("none.shp"))])["code"], "file_missing");
}
