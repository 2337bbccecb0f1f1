//! The independent twin on shapely (GEOS): areas of every parcel, lengths of random neighbours, areas by district.

mod indicators;
mod matching;
mod progress;
mod split;
mod upstairs;

use crate::support::{must, path, sample};
use std::path::Path;
use std::process::Command;

/// Runs a script of this folder in the environment that `scripts/setup test` made; it must find no difference.
pub fn check(script: &str, args: &[&str]) {
    println!("{script} {}", run(script, args).trim());
}

/// Runs a script of this folder, which must succeed; what it printed.
pub fn run(script: &str, args: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join(".venv/bin/python");
    assert!(python.exists(), "run `scripts/setup test` first: the twin needs shapely");
    let output = Command::new(python).arg(root.join("tests/twin").join(script)).args(args).output().expect("python starts");
    assert!(output.status.success(), "{script}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn geos_agrees_on_the_area_of_every_parcel() {
    check("areas.py", &[path(sample())]);
}

#[test]
fn the_twin_agrees_on_two_thousand_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let contacts = folder.path().join("contacts.csv");
    must(&["adjacency", path(sample()), "--out", path(&contacts), "--quiet"]);
    check("adjacency.py", &[path(sample()), path(&contacts), "--pairs", "2000"]);
}

#[test]
fn geos_agrees_on_parcel_by_district() {
    let folder = tempfile::tempdir().unwrap();
    let shares = folder.path().join("overlay.csv");
    must(&["overlay", path(sample()), "--layer", "parcel", "--by", "district", "--out", path(&shares), "--quiet"]);
    check("overlay.py", &[path(sample()), path(&shares)]);
}
