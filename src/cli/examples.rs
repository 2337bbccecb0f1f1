//! Every command that our papers and helps show is one that the program takes.

use super::Cli;
use clap::{CommandFactory, Parser};

/// Words as a shell parts them: blanks, double quotes, and remarks behind `#`.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for character in line.chars() {
        match character {
            '"' => (quoted, begun) = (!quoted, true),
            ' ' if !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            '#' if !quoted && !begun => break,
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

fn takes(line: &str) {
    if let Err(error) = Cli::try_parse_from(words(line)) {
        panic!("{line}\n{error}");
    }
}

#[test]
fn what_the_readme_shows_is_taken() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let blocks: Vec<&str> = readme.lines().filter(|line| line.starts_with("parkplan ")).collect();
    assert!(blocks.len() >= 12, "{blocks:?}");
    blocks.into_iter().for_each(takes);
    // In running text, dots stand for what is left to the reader.
    let inline = readme.split('`').filter(|text| text.starts_with("parkplan ") && !text.contains('…') && !text.contains('\n'));
    inline.for_each(takes);
}

#[test]
fn what_people_script_against_is_taken() {
    for line in [
        "serve",
        "serve city.gpkg --listen 127.0.0.1:8080 --open",
        "sample --out city.gpkg --parcels 2000 --seed 7",
        "new city.gpkg --crs EPSG:4547 --name 深圳",
        "info city.gpkg",
        "import city.gpkg --layer parcel land.shp --source-layer 宗地 --crs EPSG:4547 --encoding GBK --map code=宗地代码 name=名称 --key 宗地代码 --mode update",
        "import city.gpkg --layer parcel land.shp --profile sender.toml --on-invalid reject --dry-run --report report.json",
        "export city.gpkg --layer parcel --filter far_limit>4 --bbox 113,22,115,23 --out land.geojson --precision 7",
        "export city.gpkg --layer parcel --bbox=-1.5,-2,3,4 --out land.geojson",
        "export city.gpkg --layer parcel --bbox -1.5,-2,3,4 --ids a,b --plan p --out land.gpkg --format gpkg --crs EPSG:4490",
        "adjacency city.gpkg --park BA-03 --tolerance 0.5 --min-length 2 --out pairs.csv",
        "overlay city.gpkg --layer parcel --by district --out shares.csv",
        "topology city.gpkg --layer parcel --out faults.csv",
        "consolidate city.gpkg --park BA-03 --min-area-ha 3 --max-area-ha 20 --sites 2 --budget 50000 --weights area=1 compactness=1 cost=0.02 owners=0.1 readiness=0.5 --out s.json",
        "consolidate city.gpkg --area area.geojson --pin a,b --ban c --time-limit 5 --seed 1 --threads 2 --as-of 2026-09-01 --out s.geojson",
        "regions tracts.gpkg --sum people --at-least 1000 --by income,rent --time-limit 10",
        "actionplan city.gpkg --from 2026 --to 2035 --out plan.json",
        "upstairs city.gpkg --park BA-03 --cluster c24-sensor --set far=4 height=60 --out up.json",
        "designate city.gpkg --park BA-03",
        "virtualparks city.gpkg --park XN-01",
        "progress city.gpkg",
        "rules list",
        "rules check pack.toml",
        "user list city.gpkg",
    ] {
        takes(&format!("parkplan {line}"));
        takes(&format!("parkplan --lang en --json --quiet --no-progress {line}"));
    }
}

#[test]
fn numbers_that_are_none_are_wrong_usage_everywhere() {
    for (line, values) in [
        ("consolidate c --park p --out o --budget", &["NaN", "inf", "1e999", "x"][..]),
        ("consolidate c --park p --out o --min-area-ha", &["NaN", "-inf"]),
        ("consolidate c --park p --out o --time-limit", &["NaN", "inf"]),
        ("regions f --sum s --by b --at-least", &["NaN", "inf"]),
        ("regions f --sum s --by b --at-least 1 --tolerance", &["NaN", "-1", "inf"]),
        ("regions f --sum s --by b --at-least 1 --min-length", &["NaN", "-1"]),
        ("topology c --out o --tolerance", &["NaN", "-1", "inf"]),
        ("topology c --out o --sliver-width", &["NaN", "-0.1"]),
        ("adjacency c --out o --tolerance", &["NaN", "-1"]),
        ("adjacency c --out o --min-length", &["inf", "-1"]),
        ("export c --layer l --out o --bbox", &["1,2,3", "1,2,3,4,5", "1,NaN,3,4", "1,4,3,2", ""]),
        ("export c --layer l --out o --precision", &["-1", "99", "x"]),
        ("actionplan c --out o --budget", &["NaN"]),
        ("actionplan c --out o --capacity-ha", &["inf"]),
    ] {
        for value in values {
            let line = format!("parkplan {line}={value}");
            assert!(Cli::try_parse_from(words(&line)).is_err(), "{line}");
        }
    }
}

#[test]
fn helps_are_whole() {
    Cli::command().debug_assert();
}
