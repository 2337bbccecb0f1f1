//! The lights of tasks against SQL over the same file, written from the definitions: the sample, and cities with random tasks.

use super::{check, run};
use crate::support::{must, path, sample};
use std::path::Path;

const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/geodata/rules/progress.toml");

fn agrees(city: &Path, pack: &str, as_of: &str) {
    let folder = tempfile::tempdir().unwrap();
    let answer = folder.path().join("answer.json");
    must(&["--quiet", "progress", path(city), "--as-of", as_of, "--pack", pack, "--out", path(&answer)]);
    check("progress.py", &[path(city), pack, as_of, path(&answer)]);
}

#[test]
fn sql_agrees_on_every_light_of_the_sample() {
    let today = chrono::Local::now().date_naive();
    for days in [0, 30, 65, 180] {
        agrees(sample(), PACK, &(today - chrono::Days::new(days)).to_string());
    }
}

#[test]
fn sql_agrees_on_random_tasks_with_every_edge() {
    let folder = tempfile::tempdir().unwrap();
    let grown = folder.path().join("grown.gpkg");
    must(&["--quiet", "sample", "--out", path(&grown), "--parcels", "300", "--seed", "3", "--as-of", "2026-09-01"]);
    // Other lines: three yellows in a row, narrower bands, less that must be known.
    let other = std::fs::read_to_string(PACK).unwrap();
    let other = other.replace("value = 10,", "value = 5,").replace("value = 30, unit = \"百分点\"", "value = 20, unit = \"百分点\"");
    let other = other.replace("value = 2, unit = \"期\"", "value = 3, unit = \"期\"").replace("value = 0.9,", "value = 0.5,");
    let own = folder.path().join("other.toml");
    std::fs::write(&own, other.replace("id = \"progress\"", "id = \"other\"")).unwrap();
    for seed in 21..27 {
        let city = folder.path().join(format!("{seed}.gpkg"));
        std::fs::copy(&grown, &city).unwrap();
        run("plant_tasks.py", &[path(&city), &seed.to_string()]);
        for as_of in ["2026-08-31", "2026-09-14", "2026-05-31", "2027-02-01"] {
            agrees(&city, PACK, as_of);
        }
        agrees(&city, path(&own), "2026-08-31");
    }
}
