//! The house's import directions, read from the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Room → rooms it may import. A room that is not listed here is a mistake.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("spatial", &["domain"]),
    ("rules", &["domain"]),
    ("city", &["domain", "spatial"]),
    ("analysis", &["domain", "spatial", "rules", "city"]),
    // The wire formats are written straight from the atlas's columns.
    ("formats", &["domain", "spatial", "city"]),
    ("intake", &["domain", "spatial", "formats"]),
    ("sample", &["domain", "spatial"]),
    ("store", &["domain", "spatial", "formats"]),
    ("service", &["domain", "spatial", "rules", "city", "analysis", "formats", "intake", "sample", "store"]),
    ("api", &["domain", "spatial", "rules", "city", "formats", "store", "service"]),
    ("config", &["domain"]),
    ("cli", &["domain", "spatial", "rules", "city", "formats", "intake", "sample", "store", "service", "api", "config"]),
];

/// Outside crate → rooms that may name it.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rstar", &["spatial"]),
    ("proj4rs", &["spatial"]),
    ("crs_definitions", &["spatial", "store"]),
    ("gdal", &["formats"]),
    ("gdal_sys", &["formats"]),
    ("calamine", &["formats"]),
    ("zip", &["formats", "service"]),
    ("rusqlite", &["store"]),
    ("axum", &["api", "cli"]),
    ("tower_http", &["api"]),
    ("rust_embed", &["api"]),
    ("argon2", &["service"]),
    ("highs", &["analysis"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("tokio", &["service", "api", "cli"]),
    ("toml", &["domain", "rules", "config", "sample", "cli"]),
    ("rayon", &["spatial", "city", "analysis", "sample", "store", "service", "cli"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src").map(|entry| entry.expect("entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
}

fn room_of(file: &Path, src: &Path) -> String {
    let inside = file.strip_prefix(src).expect("inside src");
    let first = inside.components().next().expect("a part").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code without comments: what is said about a room is no import of it.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("readable");
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn words_after<'t>(text: &'t str, prefix: &str) -> BTreeSet<&'t str> {
    text.match_indices(prefix)
        .filter(|(at, _)| *at == 0 || !text[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':'))
        .map(|(at, _)| {
            let rest = &text[at + prefix.len()..];
            &rest[..rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len())]
        })
        .collect()
}

#[test]
fn every_room_imports_only_what_the_house_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let may: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 50, "the sources were not found");
    let mut faults = Vec::new();
    for file in &files {
        let room = room_of(file, &src);
        if matches!(room.as_str(), "main" | "lib") {
            continue;
        }
        let allowed = may.get(room.as_str()).unwrap_or_else(|| panic!("the room {room} is not in the table"));
        let text = code(file);
        for other in words_after(&text, "crate::") {
            if may.contains_key(other) && other != room && !allowed.contains(&other) {
                faults.push(format!("{}: {room} may not import {other}", file.display()));
            }
        }
        for (outside, rooms) in ONLY_IN {
            let named = text
                .lines()
                .any(|line| line.trim_start().starts_with(&format!("use {outside}::")) || !words_after(line, &format!("{outside}::")).is_empty());
            if named && !rooms.contains(&room.as_str()) {
                faults.push(format!("{}: {room} may not name the crate {outside}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn main_only_wires() {
    let main = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).expect("main.rs");
    assert!(main.lines().count() < 80);
}
