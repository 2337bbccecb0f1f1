//! Real data, read from the folder beside the project; says so when it is not there.

mod cql2;

use crate::support::{Client, PARKPLAN, Server, must, path, real_data};
use crate::twin::check;
use serde_json::{Value, json};
use std::path::Path;

fn import(city: &Path, layer: &str, file: &Path, rest: &[&str]) -> Value {
    let mut args = vec!["--json", "import", path(city), "--layer", layer, path(file)];
    args.extend(rest);
    serde_json::from_str(&must(&args)).expect("a report")
}

fn count(report: &Value, name: &str) -> usize {
    report[name].as_array().map_or(0, Vec::len)
}

#[test]
fn cambridge_goes_from_its_files_to_sites_and_verdicts() {
    let Some(data) = real_data() else {
        eprintln!("SKIPPED: the real data sets are not beside this checkout");
        return;
    };
    let source = data.join("real/cambridge_ma");
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("cambridge.gpkg");
    must(&["new", path(&city), "--crs", "EPSG:26986", "--name", "Cambridge"]);

    let parcels = import(&city, "parcel", &source.join("ASSESSING_ParcelsFY2013.topojson"), &["--crs", "EPSG:4326", "--key", "ML"]);
    assert_eq!(parcels["read"], 13_159);
    let by_reason = |reason: &str| parcels["rejected"].as_array().unwrap().iter().filter(|row| row["reason"] == reason).count();
    // 81 rows repeat a key when "no key" counts as one; stated apart: 76 repeat a key, 6 have none.
    assert_eq!((by_reason("duplicate_key"), by_reason("missing_key")), (76, 6));
    assert_eq!(parcels["accepted"].as_u64().unwrap() as usize + count(&parcels, "rejected"), 13_159);
    // 24 invalid outlines in the file, 3 of them in rows that fall for their key.
    assert_eq!(count(&parcels, "repaired"), 21);

    let assessment = import(
        &city,
        "parcel",
        &source.join("TaxFY13.csv"),
        &["--mode", "update", "--key", "ML", "--map", "built_gfa_m2=sum(GrossArea)*0.09290304", "registered_area_m2=max(LandArea)*0.09290304"],
    );
    assert_eq!(assessment["read"], 27_424);
    assert_eq!(count(&assessment, "untouched"), 70);

    import(&city, "zone", &source.join("CDD_ZoningDistricts.geojson"), &["--key", "@row"]);

    must(&["export", path(&city), "--layer", "parcel", "--out", path(&folder.path().join("parcels.geojson"))]);
    let ogr = std::process::Command::new("ogrinfo").args(["-so", "-al", path(&folder.path().join("parcels.geojson"))]).output().unwrap();
    let text = String::from_utf8_lossy(&ogr.stdout).into_owned();
    assert!(text.contains("Feature Count: 13077"), "{text}");
    let ogr = std::process::Command::new("ogrinfo").args(["-so", path(&city), "parcel"]).output().unwrap();
    assert!(String::from_utf8_lossy(&ogr.stdout).contains("Feature Count: 13077"));
    must(&["adjacency", path(&city), "--out", path(&folder.path().join("contacts.csv")), "--quiet"]);
    crate::twin::check("areas.py", &[path(&city)]);
    crate::twin::check("adjacency.py", &[path(&city), path(&folder.path().join("contacts.csv")), "--pairs", "500"]);

    // The same questions through the API. A Massachusetts register has no Chinese tenure or use: every parcel says what it lacks.
    let server = Server::start(&city);
    let client = Client::guest(&server);
    let area =
        json!({ "type": "Polygon", "coordinates": [[[-71.105, 42.36], [-71.095, 42.36], [-71.095, 42.368], [-71.105, 42.368], [-71.105, 42.36]]] });
    let bare = client.execute("consolidate", json!({ "area": area })).json();
    assert_eq!(bare["eligible"]["count"], 0);
    assert!(bare["excluded"].as_array().unwrap().iter().any(|entry| entry["reason"] == "data_incomplete" && entry["count"].as_u64().unwrap() > 100));
    drop(server);

    // With planned use and tenure stated by the planner in a table, sites come out of the real parcels.
    let exported: Value = serde_json::from_str(&std::fs::read_to_string(folder.path().join("parcels.geojson")).unwrap()).unwrap();
    let mut table = "code,planned_use,tenure,built_year,far_limit,height_limit_m\n".to_owned();
    for feature in exported["features"].as_array().unwrap() {
        table.push_str(&format!("{},1001,state_granted,1950,3,40\n", feature["id"].as_str().unwrap()));
    }
    let stated = folder.path().join("stated.csv");
    std::fs::write(&stated, table).unwrap();
    let report = import(&city, "parcel", &stated, &["--mode", "update", "--key", "code"]);
    assert_eq!(report["accepted"], 13_077);
    let server = Server::start(&city);
    let client = Client::guest(&server);
    let answer = client.execute("consolidate", json!({ "area": area, "min_area_ha": 1, "max_area_ha": 5, "sites": 3, "time_limit": 20 })).json();
    let best = &answer["candidates"][0];
    assert!(best["area_m2"].as_f64().unwrap() >= 10_000.0, "{best}");
    for site in best["sites"].as_array().unwrap() {
        assert!(site["ledger"]["residual_m2"].as_f64().unwrap().abs() <= 1e-6 * site["parcels"].as_array().unwrap().len() as f64);
    }
    let code = best["sites"][0]["parcels"][0].as_str().unwrap();
    let upstairs = client.execute("upstairs", json!({ "parcel": code })).json();
    assert!(upstairs["waterfall"][0]["area_m2"].as_f64().unwrap() > 0.0);
    drop(server);
    let drawn = folder.path().join("area.geojson");
    std::fs::write(&drawn, area.to_string()).unwrap();
    must(&["upstairs", path(&city), "--parcel", code, "--out", path(&folder.path().join("upstairs.json"))]);
    let sites = folder.path().join("sites.geojson");
    must(&["consolidate", path(&city), "--area", path(&drawn), "--min-area-ha", "1", "--max-area-ha", "5", "--sites", "3", "--out", path(&sites)]);
    let ogr = std::process::Command::new("ogrinfo").args(["-so", "-al", path(&sites)]).output().unwrap();
    assert!(String::from_utf8_lossy(&ogr.stdout).contains("Polygon"));
}

#[test]
fn shanghai_in_gbk_and_singapore_with_its_faults() {
    let Some(data) = real_data() else {
        eprintln!("SKIPPED: the real data sets are not beside this checkout");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let shanghai = folder.path().join("shanghai.gpkg");
    must(&["new", path(&shanghai), "--crs", "EPSG:4549"]);
    let report = import(&shanghai, "district", &data.join("real/shanghai_gbk/区县界_area.shp"), &["--key", "@row", "--map", "name=NAME"]);
    assert_eq!((&report["read"], &report["accepted"]), (&17.into(), &17.into()));
    assert!(report["encoding"]["name"].as_str().unwrap().to_lowercase().contains("gb"), "{}", report["encoding"]);
    let singapore = folder.path().join("singapore.gpkg");
    must(&["new", path(&singapore), "--crs", "EPSG:3414"]);
    let report = import(
        &singapore,
        "zone",
        &data.join("real/singapore_mp2019/MP2019-boundary-zone-shapefiles.zip"),
        &["--key", "@row", "--source-layer", &subzones(&data)],
    );
    assert_eq!(count(&report, "repaired"), 6, "{}", report["repaired"]);
    for row in report["repaired"].as_array().unwrap() {
        assert!(row["reason"].is_string() && row["place"].is_array(), "{row}");
    }
}

/// The archive's member that holds the subzones.
fn subzones(data: &Path) -> String {
    let archive = std::process::Command::new("python3")
        .args([
            "-c",
            "import sys,zipfile; print(next(n for n in zipfile.ZipFile(sys.argv[1]).namelist() if n.endswith('.shp') and 'subzone' in n.lower()))",
        ])
        .arg(data.join("real/singapore_mp2019/MP2019-boundary-zone-shapefiles.zip"))
        .output()
        .unwrap();
    String::from_utf8(archive.stdout).unwrap().trim().trim_end_matches(".shp").to_owned()
}

/// A sample of the files; `tests/twin/readers.py PROGRAM ROBUST REAL --list FILE` reads them all in some minutes.
#[test]
fn plain_gdal_reads_the_same_or_the_difference_is_told() {
    let Some(data) = real_data() else {
        eprintln!("SKIPPED: the real data sets are not beside this checkout");
        return;
    };
    for folder in ["robust/geozero", "robust/flatgeobuf", "real/shanghai_gbk", "real/singapore_mp2019", "real/sz_taz_stevcdp", "real/bubenec_momepy"]
    {
        check("readers.py", &[PARKPLAN, path(&data.join(folder))]);
    }
}
