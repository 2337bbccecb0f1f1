//! `occupancy`: tables out and in again, receipts, rejects, reports.

use crate::support::{OTHER_PARK, OWN_PARK, must, own_city, parkplan, path, refused, sample};
use serde_json::Value;

/// Cells of a CSV without quotes, which is what a template of the sample is.
fn cells(csv: &str) -> Vec<Vec<String>> {
    csv.trim_start_matches('\u{feff}').lines().map(|line| line.trim_end_matches('\r').split(',').map(str::to_owned).collect()).collect()
}

fn text(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| row.join(",") + "\n").collect()
}

#[test]
fn a_table_goes_out_is_filled_in_and_comes_back() {
    let (folder, city) = own_city();
    let at = |name: &str| folder.path().join(name);
    let (template, filled, rejects) = (at("t.csv"), at("f.csv"), at("r.csv"));
    must(&["--lang", "en", "occupancy", "template", path(&city), "--park", OWN_PARK, "--out", path(&template)]);
    let mut rows = cells(&std::fs::read_to_string(&template).unwrap());
    assert_eq!(rows[0][..5], ["Id", "Row tag", "Building", "Building name", "Floor"].map(str::to_owned));
    let column = |rows: &[Vec<String>], name: &str| rows[0].iter().position(|heading| heading.starts_with(name)).unwrap();
    // As it went it changes nothing, from a city that is open for reading only.
    let import = |file: &std::path::Path, more: &[&str]| {
        let args = [&["--json", "occupancy", "import", path(&city), "--park", OWN_PARK, path(file)], more].concat();
        let output = parkplan(&args);
        (
            output.status.code(),
            serde_json::from_slice::<Value>(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))),
        )
    };
    let (code, answer) = import(&template, &["--dry-run"]);
    assert_eq!((code, answer["counts"]["same"].as_u64()), (Some(0), Some(rows.len() as u64 - 1)));
    let (note, area) = (column(&rows, "Note"), column(&rows, "Area"));
    rows[1][note] = "by hand".to_owned();
    rows[2][area] = "-4".to_owned();
    std::fs::write(&filled, text(&rows)).unwrap();
    let (code, trial) = import(&filled, &["--dry-run"]);
    assert_eq!((code, trial["receipt"].is_null()), (Some(3), true), "the check says no, and nothing is written");
    let (code, done) = import(&filled, &["--rejects", path(&rejects)]);
    assert_eq!((code, &done["rows"], &done["counts"]), (Some(3), &trial["rows"], &trial["counts"]));
    assert!(done["receipt"].as_str().unwrap().starts_with('R'));
    let told = std::fs::read_to_string(&rejects).unwrap();
    assert!(told.contains(&rows[2][0]) && !told.contains(&rows[1][0]), "{told}");
    let (code, again) = import(&filled, &["--rejects", path(&at("again.xlsx"))]);
    assert_eq!((code, again["receipt"].is_null()), (Some(3), true));
    assert!(std::fs::read(at("again.xlsx")).unwrap().starts_with(b"PK"));
    // In the spelling of Chinese Excel, read without being told.
    let gb = at("gb.csv");
    must(&["occupancy", "template", path(&city), "--park", OWN_PARK, "--encoding", "gb18030", "--out", path(&gb)]);
    assert!(std::fs::read_to_string(&gb).is_err(), "it is no UTF-8");
    let (code, answer) = import(&gb, &[]);
    assert_eq!((code, answer["file"]["encoding"].as_str()), (Some(0), Some("GB18030")));
    assert_eq!(refused(&["occupancy", "import", path(&city), "--park", "nowhere", path(&filled)])["code"], "no_such_park");
    // A device has no end, and a table has a size.
    assert_eq!(refused(&["occupancy", "import", path(&city), "--park", OWN_PARK, "/dev/zero"])["code"], "not_a_file");
    let large = at("large.csv");
    std::fs::File::create(&large).unwrap().set_len((16 << 20) + 1).unwrap();
    assert_eq!(refused(&["occupancy", "import", path(&city), "--park", OWN_PARK, path(&large)])["code"], "limit_exceeded");
    let other = refused(&["occupancy", "template", path(&city), "--park", OTHER_PARK, "--building", "nowhere", "--out", "-"]);
    assert_eq!(other["code"], "no_such_building");
}

#[test]
fn reports_are_listed_and_handed_in() {
    let list =
        |city: &str, more: &[&str]| -> Value { serde_json::from_str(&must(&[&["--json", "occupancy", "report", city], more].concat())).unwrap() };
    let all = list(path(sample()), &["--as-of", "2026-09-01"]);
    let parks = all["parks"].as_array().unwrap();
    assert!(parks.len() > 10 && all["pack"].as_str().unwrap().starts_with("designation-featured-park@"));
    for park in parks {
        let last = &park["years"][0];
        let of = |name: &str| last[name].as_u64().unwrap();
        assert_eq!((last["year"].as_u64(), of("due"), of("due")), (Some(2025), 5, of("made") + of("missed")));
    }
    let (_folder, city) = own_city();
    must(&["occupancy", "report", path(&city), "--park", OWN_PARK, "--submit", "2026-03-31"]);
    let own = list(path(&city), &["--park", OWN_PARK, "--year", "2026"]);
    assert_eq!(own["parks"][0]["years"][0]["periods"][0]["received"].as_str().map(str::len), Some(10));
    assert_eq!(refused(&["occupancy", "report", path(&city), "--park", OWN_PARK, "--submit", "2026-03-30"])["code"], "not_owed");
    assert_eq!(parkplan(&["occupancy", "report", path(&city), "--submit", "2026-03-31"]).status.code(), Some(2));
}
