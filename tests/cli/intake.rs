//! Import as people call it: questions before anything is written, local systems by name, keys, strips between parcels.

use crate::support::{OWN_PARK, must, own_city, parkplan, path, refused};
use geo_types::Coord;
use parkplan::intake::gcj02;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn revision(city: &Path) -> Value {
    serde_json::from_str::<Value>(&must(&["--json", "info", path(city)])).expect("JSON")["revision"].clone()
}

/// The parcels of the park with every coordinate moved, under their codes with `prefix` before them.
fn moved(folder: &Path, city: &Path, prefix: &str, by: &dyn Fn(Coord<f64>) -> Coord<f64>) -> PathBuf {
    let filter = format!("park = '{OWN_PARK}'");
    let text = must(&["export", path(city), "--layer", "parcel", "--filter", &filter, "--precision", "9", "--out", "-", "--quiet"]);
    let mut all: Value = serde_json::from_str(&text).expect("GeoJSON");
    for feature in all["features"].as_array_mut().expect("features") {
        let code = format!("{prefix}{}", feature["properties"]["code"].as_str().expect("code"));
        feature["properties"] = json!({ "code": code });
        move_all(&mut feature["geometry"]["coordinates"], by);
    }
    let file = folder.join(format!("{prefix}moved.geojson"));
    std::fs::write(&file, all.to_string()).expect("write");
    file
}

fn move_all(value: &mut Value, by: &dyn Fn(Coord<f64>) -> Coord<f64>) {
    let Some(items) = value.as_array_mut() else { return };
    match items.as_slice() {
        [x, y] if x.is_number() => {
            let there = by(Coord { x: x.as_f64().expect("x"), y: y.as_f64().expect("y") });
            *value = json!([there.x, there.y]);
        }
        _ => items.iter_mut().for_each(|item| move_all(item, by)),
    }
}

#[test]
fn parcels_shifted_like_the_web_maps_are_asked_about_and_never_moved_in_silence() {
    let (folder, city) = own_city();
    let before = revision(&city);
    let import = |file: &Path, more: &[&str]| {
        [&["import", path(&city), "--layer", "parcel", path(file), "--no-progress"], more].concat().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let words = |list: &[String]| -> Vec<&'static str> { list.iter().map(|word| &*word.clone().leak()).collect() };
    // New parcels, by the lines that they cross; known ones, by where they were.
    let new = moved(folder.path(), &city, "N", &gcj02::shifted);
    let known = moved(folder.path(), &city, "", &gcj02::shifted);
    let fault = refused(&words(&import(&new, &[])));
    assert!(fault["code"] == "gcj02_suspected" && fault["help"].as_str().is_some_and(|help| help.contains("--datum gcj02")), "{fault}");
    assert_eq!(refused(&words(&import(&known, &["--mode", "update"])))["code"], "gcj02_shift");
    assert_eq!(revision(&city), before);
    // What lies where it should, or is off by as much in another direction, is not suspected.
    let plain = moved(folder.path(), &city, "P", &|at| at);
    let west = moved(folder.path(), &city, "W", &|at| at + (at - gcj02::shifted(at)));
    for file in [&plain, &west] {
        let report: Value = serde_json::from_str(&must(&words(&[vec!["--json".to_owned()], import(file, &["--dry-run"])].concat()))).expect("JSON");
        assert!(
            report["notices"].as_array().expect("notices").iter().all(|notice| !notice["code"].as_str().expect("code").starts_with("gcj02")),
            "{report}"
        );
    }
    // Stated, the shift is taken out, and the rows, the log and an export say so.
    let report: Value =
        serde_json::from_str(&must(&words(&[vec!["--json".to_owned()], import(&known, &["--mode", "update", "--datum", "gcj02"])].concat())))
            .expect("JSON");
    assert_eq!(report["crs"]["datum"], "gcj02");
    let export = parkplan(&[
        "--lang",
        "en",
        "export",
        path(&city),
        "--layer",
        "parcel",
        "--filter",
        &format!("park = '{OWN_PARK}'"),
        "--out",
        path(&folder.path().join("out.gpkg")),
    ]);
    let told = String::from_utf8_lossy(&export.stderr);
    assert!(export.status.success() && told.contains("were computed (see their source): [GCJ-02→WGS 84]"), "{told}");
    assert!(
        must(&["audit", "show", path(&city)]).contains("[GCJ-02→WGS 84]")
            || must(&["--json", "audit", "show", path(&city)]).contains("[GCJ-02→WGS 84]")
    );
}

#[test]
fn a_local_system_is_named_in_the_configuration_given_in_words_or_by_control_points() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("write");
        file
    };
    let wkt = "POLYGON((112345 21345,112445 21345,112445 21445,112345 21445,112345 21345))";
    let file = at("宗地.csv", &format!("code,wkt\nA,\"{wkt}\"\n"));
    let config = at("parkplan.toml", "[local.\"深圳独立\"]\nto = \"EPSG:4547\"\ndx = 391000.0\ndy = 2471000.0\nscale = 1.00001\nrotation = 0.5\n");
    let control = at("control.csv", "x,y,X,Y\n112345,21345,503345,2492345\n113345,21345,504345,2492345\n112345,22345,503345,2493345.02\n");
    let profile = at("profile.toml", "local = \"深圳独立\"\nkey = \"code\"\n");
    let words = "to=EPSG:4547,dx=391000,dy=2471000,scale=1.00001,rotation=0.5";
    let mut extents = Vec::new();
    for (name, options) in [
        ("a", vec!["--config", path(&config), "--crs", "local", "--local", "深圳独立"]),
        ("b", vec!["--crs", "local", "--local", words]),
        ("c", vec!["--config", path(&config), "--profile", path(&profile)]),
        ("d", vec!["--crs", "local", "--local", "to=EPSG:4547", "--control", path(&control)]),
    ] {
        let city = folder.path().join(format!("{name}.gpkg"));
        must(&["new", path(&city), "--crs", "EPSG:4547"]);
        let report: Value =
            serde_json::from_str(&must(&[&["--json", "import", path(&city), "--layer", "parcel", path(&file)], &options[..]].concat()))
                .expect("JSON");
        assert_eq!((&report["crs"]["source"], &report["crs"]["local"]["to"]), (&json!("local"), &json!("EPSG:4547")));
        assert_eq!(report["crs"]["local"]["points"].as_array().map_or(0, Vec::len), if name == "d" { 3 } else { 0 });
        let info: Value = serde_json::from_str(&must(&["--json", "info", path(&city)])).expect("JSON");
        let parcels = info["layers"].as_array().expect("layers").iter().find(|layer| layer["layer"] == "parcel").expect("parcels").clone();
        assert!(parcels["derived"].as_object().is_some_and(|marks| marks.keys().any(|mark| mark.starts_with("[local→EPSG:4547 dx="))), "{parcels}");
        extents.push(info["bbox"].clone());
    }
    assert!(extents[0] == extents[1] && extents[1] == extents[2] && extents[3] != extents[0]);
    let city = folder.path().join("a.gpkg");
    assert_eq!(refused(&["import", path(&city), "--layer", "parcel", path(&file), "--crs", "local", "--local", "没有"])["code"], "local_unknown");
    assert_eq!(refused(&["import", path(&city), "--layer", "parcel", path(&file), "--crs", "local"])["code"], "local_frame");
}

#[test]
fn a_layer_far_from_the_citys_plane_is_written_only_when_its_place_was_checked() {
    let folder = tempfile::tempdir().expect("folder");
    let (city, file) = (folder.path().join("city.gpkg"), folder.path().join("a.csv"));
    must(&["new", path(&city), "--crs", "EPSG:4547"]);
    std::fs::write(&file, "code,wkt\np1,\"POLYGON((2577000 12696000,2577350 12696000,2577350 12696350,2577000 12696000))\"\n").expect("write");
    let import = ["import", path(&city), "--layer", "parcel", path(&file), "--crs", "EPSG:3857"];
    let fault = refused(&import);
    assert!(fault["code"] == "far_from_working_crs" && fault["help"].as_str().is_some_and(|help| help.contains("--place-checked")), "{fault}");
    assert!(must(&[&import[..], &["--dry-run", "--lang", "en"]].concat()).contains("far outside the area of the city's CRS"));
    must(&[&import[..], &["--place-checked"]].concat());
}

#[test]
fn three_parcels_side_by_side_have_two_contacts_and_no_gap() {
    let folder = tempfile::tempdir().expect("folder");
    let city = folder.path().join("city.gpkg");
    must(&["new", path(&city), "--crs", "EPSG:4547"]);
    let file = folder.path().join("a.csv");
    let ring = |west: f64, east: f64| format!("\"POLYGON(({west} 2500000,{east} 2500000,{east} 2500100,{west} 2500100,{west} 2500000))\"");
    let (a, s, b) = (ring(500_000.0, 500_100.0), ring(500_100.0, 500_100.5), ring(500_100.5, 500_200.0));
    std::fs::write(&file, format!("code,wkt\nA,{a}\nS,{s}\nB,{b}\n")).expect("write");
    must(&["import", path(&city), "--layer", "parcel", path(&file), "--crs", "EPSG:4547"]);
    let lines = must(&["adjacency", path(&city), "--out", "-", "--quiet"]);
    assert_eq!(lines.lines().collect::<Vec<_>>(), ["a,b,length_m,class,gap_m", "A,S,100,edge,0", "S,B,100,edge,0"]);
    assert!(!must(&["topology", path(&city), "--layer", "parcel", "--out", "-", "--quiet"]).contains("gap"));
}
