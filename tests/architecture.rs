//! The house, read from the sources: which room may import which, which outside crates are whose, no circle between files of different
//! folders, no long file. What does not hold yet stands by name in `known.rs`; that list only shrinks: an entry that is no longer needed
//! fails as well.

mod circles;
mod known;
mod sources;

use sources::{File, has_word, known_as, names_outside, signatures};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Room → rooms that it may import. A room that is not listed here is a mistake.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("spatial", &["domain"]),
    ("rules", &["domain"]),
    ("city", &["domain", "spatial", "rules"]),
    ("analysis", &["domain", "spatial", "rules"]),
    ("formats", &["domain", "spatial", "city"]),
    ("intake", &["domain", "spatial", "formats"]),
    ("sample", &["domain", "spatial"]),
    ("store", &["domain", "spatial"]),
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
    ("geojson", &["formats"]),
    ("calamine", &["formats"]),
    ("rust_xlsxwriter", &["formats"]),
    ("zip", &["formats", "service"]),
    ("landlock", &["formats"]),
    ("seccompiler", &["formats"]),
    ("nix", &["formats", "api"]),
    ("quick_xml", &["formats"]),
    ("krilla", &["formats"]),
    ("rusqlite", &["store"]),
    ("postgres", &["store"]),
    ("axum", &["api", "cli"]),
    ("axum_extra", &["api"]),
    ("hyper", &["api"]),
    ("hyper_util", &["api"]),
    ("http_body", &["api"]),
    ("tower_http", &["api"]),
    // Derives beside serde's: the types that are answered are the contract.
    ("utoipa", &["domain", "spatial", "rules", "city", "analysis", "formats", "intake", "service", "api"]),
    ("utoipa_axum", &["api"]),
    ("rust_embed", &["api"]),
    ("argon2", &["service"]),
    ("highs", &["analysis"]),
    ("coin_cbc", &["analysis"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("tokio", &["service", "api", "cli"]),
    ("toml", &["domain", "rules", "config", "sample", "cli"]),
    ("rayon", &["spatial", "intake", "city", "analysis", "sample", "store", "service", "cli"]),
];

/// Functions of `service` outside `edits` that take or give a part of an edit which has no form of ours: what a person drew, the ledger
/// that is kept with an instrument, the cells of a changed row.
const FREE_FORM: &[&str] = &[
    "src/service/instruments/draft.rs kept_ledger",
    "src/service/instruments/mod.rs ledger",
    "src/service/instruments/split.rs read_line",
    "src/service/instruments/view.rs name_owners",
    "src/service/use_cases.rs update_unit",
];

const LONGEST_FILE: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What was found against what is known: both a new fault and an entry that nothing needs any more fail.
fn only_known(found: &BTreeSet<String>, known: &[&str]) {
    let known: BTreeSet<String> = known.iter().map(|&entry| entry.to_owned()).collect();
    let new: Vec<&String> = found.difference(&known).collect();
    let idle: Vec<&String> = known.difference(found).collect();
    assert!(new.is_empty(), "new faults:\n{new:#?}");
    assert!(idle.is_empty(), "mended, so take them out of tests/architecture/known.rs:\n{idle:#?}");
}

#[test]
fn every_room_imports_only_what_the_house_allows() {
    let may: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut found = BTreeSet::new();
    for file in sources::of(&root().join("src")) {
        let room = file.room();
        if matches!(room, "main" | "lib") {
            continue;
        }
        let allowed = may.get(room).unwrap_or_else(|| panic!("the room {room} is not in the table"));
        for path in &file.paths {
            let other = path.first().map_or("", String::as_str);
            if may.contains_key(other) && other != room && !allowed.contains(&other) {
                found.insert(format!("{} imports {other}", file.name));
            }
        }
    }
    only_known(&found, known::IMPORTS);
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut found = BTreeSet::new();
    for file in sources::of(&root().join("src")).iter().filter(|file| !matches!(file.room(), "main" | "lib")) {
        for (outside, rooms) in ONLY_IN {
            if !rooms.contains(&file.room()) && names_outside(&file.code, outside) {
                found.insert(format!("{} names {outside}", file.name));
            }
        }
    }
    only_known(&found, known::CRATES);
}

#[test]
fn no_circle_runs_through_files_of_different_folders() {
    let files: Vec<File> = sources::of(&root().join("src")).into_iter().filter(|file| !file.is_test()).collect();
    let found = circles::across_folders(&files).into_iter().map(|members| members.join(" ⇄ ")).collect();
    only_known(&found, known::CIRCLES);
}

#[test]
fn no_file_is_too_long() {
    let mut found = BTreeSet::new();
    for folder in ["src", "tests"] {
        found.extend(sources::of(&root().join(folder)).into_iter().filter(|file| file.lines > LONGEST_FILE).map(|file| file.name));
    }
    only_known(&found, known::LONG_FILES);
}

#[test]
fn what_the_service_takes_and_gives_has_a_type() {
    let mut found = BTreeSet::new();
    let files = sources::of(&root().join("src"));
    for file in files.iter().filter(|file| file.room() == "service" && !file.name.starts_with("src/service/edits/")) {
        let names: Vec<String> = ["Value", "Map"].iter().flat_map(|own| known_as(&file.code, &["serde_json", own])).collect();
        let untyped = |types: &str| names.iter().any(|name| has_word(types, name));
        found.extend(signatures(&file.code).iter().filter(|(_, types)| untyped(types)).map(|(name, _)| format!("{} {name}", file.name)));
    }
    only_known(&found, FREE_FORM);
}

#[test]
fn columns_and_layers_are_named_by_their_handles() {
    // Every layer may have a name; all else belongs to one layer, whose handles know it.
    let files = sources::of(&root().join("src"));
    let rooms = files.iter().filter(|file| matches!(file.room(), "service" | "analysis" | "api") && !file.is_test());
    let found = rooms.flat_map(|file| sources::columns_in_words(&file.code).into_iter().map(|word| format!("{} says {word}", file.name))).collect();
    only_known(&found, &[]);
}

/// What everybody who holds the city at work can call; more than that wants a type of its own.
const MOST_METHODS: usize = 25;

#[test]
fn the_planner_stays_small() {
    let files = sources::of(&root().join("src"));
    let methods: Vec<String> = files.iter().flat_map(|file| sources::public_methods(&file.code, "Planner")).collect();
    assert!(methods.iter().any(|method| method == "edit"), "the planner's methods are not found");
    assert!(methods.len() <= MOST_METHODS, "{} methods: {methods:?}", methods.len());
}

#[test]
fn main_only_wires() {
    let main = std::fs::read_to_string(root().join("src/main.rs")).expect("main.rs");
    assert!(main.lines().count() < 80);
}
