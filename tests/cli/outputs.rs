//! What a command writes: never over what it reads, never half, never a part of something else.

use crate::support::{PARKPLAN, must, own_city, parkplan, path, refused, sample};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").file_name().into_string().expect("name")).collect();
    names.sort();
    names
}

#[test]
fn no_command_writes_over_what_it_reads() {
    let (folder, city) = own_city();
    let before = std::fs::read(&city).unwrap();
    let (link, twin, drawn) = (folder.path().join("link.gpkg"), folder.path().join("twin.gpkg"), folder.path().join("area.geojson"));
    std::os::unix::fs::symlink(&city, &link).unwrap();
    std::fs::hard_link(&city, &twin).unwrap();
    std::fs::write(&drawn, r#"{"type":"Polygon","coordinates":[[[114,22.5],[114.1,22.5],[114.1,22.6],[114,22.5]]]}"#).unwrap();
    let city = path(&city);
    for out in [city, path(&link), path(&twin), &format!("{city}-wal"), &format!("{city}.lock")] {
        for command in [
            &["export", city, "--layer", "parcel"][..],
            &["export", city, "--layer", "parcel", "--format", "shp"],
            &["adjacency", city],
            &["overlay", city, "--layer", "parcel", "--by", "district"],
            &["topology", city],
            &["consolidate", city, "--park", "BA-03"],
            &["actionplan", city],
            &["upstairs", city, "--all"],
            &["designate", city],
        ] {
            let fault = refused(&[command, &["--out", out, "--force"]].concat());
            let code = fault["code"].as_str().unwrap();
            assert!(["output_is_input", "part_of_a_data_set"].contains(&code), "{command:?} {out}: {fault}");
        }
    }
    assert_eq!(refused(&["consolidate", city, "--area", path(&drawn), "--out", path(&drawn), "--force"])["code"], "output_is_input");
    let (same, report) = (folder.path().join("same.json"), folder.path().join("r.json"));
    let asked = ["regions", path(&drawn), "--sum", "n", "--at-least", "1", "--by", "n"];
    assert_eq!(refused(&[&asked[..], &["--out", path(&same), "--neighbours", path(&same)]].concat())["code"], "output_is_input");
    assert_eq!(refused(&["import", city, "--layer", "parcel", path(&drawn), "--report", path(&drawn)])["code"], "output_is_input");
    assert_eq!(refused(&["import", city, "--layer", "parcel", path(&drawn), "--report", city, "--force"])["code"], "output_is_input");
    std::fs::write(&report, "mine").unwrap();
    assert_eq!(refused(&["import", city, "--layer", "parcel", path(&drawn), "--report", path(&report)])["code"], "file_exists");
    assert_eq!(std::fs::read_to_string(&report).unwrap(), "mine");
    assert!(std::fs::read(city).unwrap() == before);
}

#[test]
fn a_report_that_cannot_be_written_stops_the_import_before_it_begins() {
    let (folder, city) = own_city();
    let before = std::fs::read(&city).unwrap();
    let file = folder.path().join("new.geojson");
    std::fs::write(&file, r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"X1"},"geometry":{"type":"Polygon","coordinates":[[[114,22.6],[114.001,22.6],[114.001,22.601],[114,22.6]]]}}]}"#).unwrap();
    let import = ["import", path(&city), "--layer", "parcel", path(&file), "--report"];
    let missing = folder.path().join("no/report.json");
    assert_eq!(refused(&[&import[..], &[path(&missing)]].concat())["code"], "folder_missing");
    assert!(std::fs::read(&city).unwrap() == before);
    let report = folder.path().join("report.json");
    must(&[&import[..], &[path(&report)]].concat());
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert_eq!(report["accepted"], 1);
}

#[test]
fn endings_count_in_any_case_and_a_format_that_is_not_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let export = |name: &str| must(&["--quiet", "export", path(sample()), "--layer", "park", "--out", path(&at(name))]);
    for name in ["a.SHP", "b.ZIP", "c.GPKG", "d.Csv", "e.GEOJSON", "f.FGB", "g.KML"] {
        export(name);
    }
    let begins = |name: &str, with: &[u8]| std::fs::read(at(name)).unwrap().starts_with(with);
    assert!(begins("a.SHP", b"\x00\x00\x27\x0a") && at("a.DBF").exists() && begins("b.ZIP", b"PK") && begins("c.GPKG", b"SQLite"));
    assert!(begins("d.Csv", b"\xEF\xBB\xBFcode") && begins("e.GEOJSON", b"{\"type\"") && begins("f.FGB", b"fgb") && begins("g.KML", b"<?xml"));
    let city = path(sample());
    for (command, name) in [
        (&["adjacency", city][..], "a.parquet"),
        (&["overlay", city, "--layer", "parcel", "--by", "district"], "o.parquet"),
        (&["topology", city], "t.gpkg"),
        (&["consolidate", city, "--park", "BA-03"], "c.csv"),
        (&["export", city, "--layer", "park"], "p.parquet"),
    ] {
        assert_eq!(refused(&[command, &["--out", path(&at(name))]].concat())["code"], "format", "{name}");
        assert!(!at(name).exists());
    }
}

#[test]
fn a_box_is_written_as_one_word() {
    let read = |bounds: &str| {
        let text = must(&["--quiet", "export", path(sample()), "--layer", "park", "--bbox", bounds, "--out", "-"]);
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["features"].as_array().unwrap().len()
    };
    assert!(read("113,22,115,23") >= 19);
    assert_eq!(read("-10,-20,-5,-15"), 0);
    assert_eq!(parkplan(&["export", path(sample()), "--layer", "park", "--bbox", "113,22,115", "--out", "-"]).status.code(), Some(2));
}

#[test]
fn an_export_that_is_ended_leaves_nothing_and_says_130() {
    let folder = tempfile::tempdir().unwrap();
    let mut ended = 0;
    for (turn, name) in ["x.geojson", "x.gpkg", "x.shp", "x.zip", "x.kml", "x.fgb", "x.csv"].iter().cycle().take(21).enumerate() {
        let out = folder.path().join(name);
        let mut child = Command::new(PARKPLAN)
            .args(["--quiet", "export", path(sample()), "--layer", "parcel", "--out", path(&out)])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        std::thread::sleep(Duration::from_millis(30 + 25 * turn as u64));
        let signal = if turn % 2 == 0 { "-INT" } else { "-TERM" };
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
        match child.wait().expect("ends").code() {
            Some(0) => {}
            // The signal came before the program was there to hear it.
            None => assert_eq!(names(folder.path()), Vec::<String>::new(), "{name} {signal}"),
            code => {
                assert_eq!((code, names(folder.path())), (Some(130), Vec::new()), "{name} {signal}");
                ended += 1;
            }
        }
        names(folder.path()).iter().for_each(|name| std::fs::remove_file(folder.path().join(name)).unwrap());
    }
    assert!(ended > 0, "no export was caught at work");
}

#[test]
fn what_a_killed_export_left_is_swept_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    for name in [".part-99999999999-land.geojson", ".part-4194304-land.gpkg", ".part-4194304-land.gpkg-journal"] {
        std::fs::write(folder.path().join(name), "half").unwrap();
    }
    std::fs::create_dir(folder.path().join(".part-4194304-land.shp")).unwrap();
    must(&["--quiet", "export", path(sample()), "--layer", "park", "--out", path(&folder.path().join("p.geojson"))]);
    // The first is no number of a process.
    assert_eq!(names(folder.path()), [".part-99999999999-land.geojson", "p.geojson"]);
}
