//! The indicators of designation against plain SQL over the same file: the sample, and small cities with nulls, dirt and edge cases planted.

use super::{check, run};
use crate::support::{must, path, sample};
use std::path::{Path, PathBuf};

const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/geodata/rules/designation-featured-park.toml");

/// A figure before the facilities: from what output (万元) a firm leads.
const LEADERS: &str = "leader_output = { value = 4000, unit = \"万元\", clause = \"c\", source = \"s\", status = \"unconfirmed\" }\n[facility]\n";

/// The day that the planted dates lie around.
const AS_OF: [&str; 2] = ["--as-of", "2026-09-01"];

/// The program's answer on the city beside that of SQL.
fn agrees(city: &Path, pack: &str, on: &[&str]) {
    let answer = tempfile::NamedTempFile::new().unwrap();
    must(&[&["designate", path(city), "--pack", pack, "--withheld", "--quiet", "--force", "--out", path(answer.path())], on].concat());
    check("indicators.py", &[path(city), pack, path(answer.path())]);
}

fn spoilt(folder: &Path, seed: u64) -> PathBuf {
    let (city, seed) = (folder.join(format!("{seed}.gpkg")), seed.to_string());
    must(&["--quiet", "sample", "--out", path(&city), "--parcels", "1200", "--seed", &seed, AS_OF[0], AS_OF[1]]);
    run("plant.py", &[path(&city), &seed]);
    city
}

#[test]
fn sql_agrees_on_every_indicator_of_the_sample() {
    agrees(sample(), PACK, &[]);
}

#[test]
fn sql_agrees_on_three_cities_that_were_spoilt_on_purpose() {
    let folder = tempfile::tempdir().unwrap();
    for seed in [11, 12, 13] {
        agrees(&spoilt(folder.path(), seed), PACK, &AS_OF);
    }
    // Service by connection, leading firms and another lower bound of what must be known, from the same records.
    let other = std::fs::read_to_string(PACK).unwrap().replace("mode = { value = \"distance\"", "mode = { value = \"connected\"");
    let other = other.replace("min_known = { value = 0.9,", "min_known = { value = 0.6,").replace("[facility]\n", LEADERS);
    let own = folder.path().join("other.toml");
    std::fs::write(&own, other.replace("id = \"designation-featured-park\"", "id = \"other\"")).unwrap();
    for seed in [11, 12, 13] {
        agrees(&folder.path().join(format!("{seed}.gpkg")), path(&own), &AS_OF);
    }
}
