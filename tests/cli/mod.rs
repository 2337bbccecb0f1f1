//! The command line as scripts use it: exit codes, bad input, whole files or none.

mod backups;
mod earlier;
mod imported_rows;
mod intake;
mod land;
mod occupancy;
mod one_writer;
mod outputs;
mod processes;
mod round_trips;

use crate::support::{OWN_PARK, must, own_city, parkplan, path, refused, sample};
use std::path::Path;

fn bytes(city: &Path) -> Vec<u8> {
    std::fs::read(city).expect("the city file")
}

#[test]
fn the_same_seed_grows_the_same_city_and_another_seed_another() {
    let folder = tempfile::tempdir().unwrap();
    let dump = |name: &str, seed: &str| {
        let city = folder.path().join(name);
        must(&["--quiet", "sample", "--out", path(&city), "--parcels", "2000", "--seed", seed, "--as-of", "2026-09-01"]);
        must(&["export", path(&city), "--layer", "parcel", "--format", "geojson", "--out", "-", "--quiet"])
    };
    let first = dump("a.gpkg", "5");
    assert_eq!(first, dump("b.gpkg", "5"));
    assert_ne!(first, dump("c.gpkg", "6"));
}

#[test]
fn bad_input_exits_with_one_and_leaves_the_city_as_it_was() {
    let (folder, city) = own_city();
    let before = bytes(&city);
    let file = |name: &str, content: &[u8]| {
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        file
    };
    let open_ring = br#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[114,22.6],[114.01,22.6],[114.01,22.61],[114,22.61]]]}}]}"#;
    let nan = b"code,wkt\nA,\"POLYGON((114 22.6,nan 22.6,114.01 22.61,114 22.6))\"\n";
    let cases: Vec<(&str, std::path::PathBuf)> = vec![
        ("nothing in it", file("empty.geojson", b"")),
        ("not a map at all", file("noise.geojson", b"\x00\x01\x02 hello")),
        ("an unknown format", file("noise.xyz", b"1 2 3")),
        ("a truncated shapefile", {
            must(&[
                "export",
                path(&city),
                "--layer",
                "parcel",
                "--filter",
                &format!("park = '{OWN_PARK}'"),
                "--out",
                path(&folder.path().join("cut.shp")),
                "--quiet",
            ]);
            let cut = folder.path().join("cut.shp");
            let whole = std::fs::read(&cut).unwrap();
            std::fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
            cut
        }),
        ("a header that claims two gigabytes", {
            must(&[
                "export",
                path(&city),
                "--layer",
                "parcel",
                "--filter",
                &format!("park = '{OWN_PARK}'"),
                "--out",
                path(&folder.path().join("huge.shp")),
                "--quiet",
            ]);
            let huge = folder.path().join("huge.shp");
            let mut content = std::fs::read(&huge).unwrap();
            content[24..28].copy_from_slice(&(1_073_741_824u32).to_be_bytes());
            std::fs::write(&huge, content).unwrap();
            huge
        }),
        ("no CRS", {
            must(&[
                "export",
                path(&city),
                "--layer",
                "parcel",
                "--filter",
                &format!("park = '{OWN_PARK}'"),
                "--out",
                path(&folder.path().join("nocrs.shp")),
                "--quiet",
            ]);
            std::fs::remove_file(folder.path().join("nocrs.prj")).unwrap();
            folder.path().join("nocrs.shp")
        }),
        ("a file that is not there", folder.path().join("gone.shp")),
        ("an unclosed ring", file("open.geojson", open_ring)),
    ];
    let mut codes = std::collections::BTreeSet::new();
    for (what, file) in &cases {
        let fault = refused(&["import", path(&city), "--layer", "parcel", path(file)]);
        codes.insert(fault["code"].as_str().unwrap().to_owned());
        assert!(fault["detail"].as_str().unwrap().chars().count() > 4, "{what}: {fault}");
        assert!(bytes(&city) == before, "{what} changed the city file");
    }
    assert!(codes.len() >= 5, "each fault has its own code: {codes:?}");

    let report = |file: &Path, extra: &[&str]| -> serde_json::Value {
        let mut args = vec!["--json", "import", path(&city), "--layer", "parcel", path(file), "--dry-run"];
        args.extend(extra);
        serde_json::from_str(&must(&args)).unwrap()
    };
    let open = report(&file("open.geojson", open_ring), &[]);
    assert_eq!(open["repaired"][0]["reason"], "unclosed_ring", "{open}");
    let fault = refused(&["import", path(&city), "--layer", "parcel", path(&file("nan.csv", nan)), "--crs", "EPSG:4326"]);
    assert_eq!(fault["code"], "damaged_geometry");
    assert!(fault["place"].as_str().unwrap().starts_with("row 2"), "{fault}");
    assert!(bytes(&city) == before, "NaN changed the city file");
    refused(&["import", path(&city), "--layer", "parcel", path(&file("nan.csv", nan)), "--crs", "EPSG:4326", "--on-invalid", "reject"]);
    let nan = report(&file("nan.csv", nan), &["--crs", "EPSG:4326"]);
    assert_eq!(nan["rejected"].as_array().unwrap().len(), 1, "{nan}");
    assert!(bytes(&city) == before, "a dry run writes nothing");
}

#[test]
fn a_dbf_in_the_wrong_encoding_is_refused_with_the_row_and_the_right_one_is_read() {
    let (folder, city) = own_city();
    let out = folder.path().join("gbk.shp");
    must(&["export", path(&city), "--layer", "park", "--out", path(&out), "--encoding", "GB18030", "--quiet"]);
    let before = bytes(&city);
    let fault = refused(&["import", path(&city), "--layer", "park", path(&out), "--encoding", "UTF-8", "--mode", "update"]);
    assert!(fault["detail"].as_str().unwrap().contains("UTF-8"), "{fault}");
    assert!(bytes(&city) == before);
    let report: serde_json::Value =
        serde_json::from_str(&must(&["--json", "import", path(&city), "--layer", "park", path(&out), "--mode", "update"])).unwrap();
    assert_eq!(report["accepted"], 20, "{report}");
    let names = must(&["export", path(&city), "--layer", "park", "--out", "-", "--quiet"]);
    assert!(names.contains("新桥东"));
}

#[test]
fn an_existing_file_is_kept_unless_forced_and_wrong_usage_is_two() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("parks.geojson");
    std::fs::write(&out, "mine").unwrap();
    refused(&["export", path(sample()), "--layer", "park", "--out", path(&out)]);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "mine");
    must(&["export", path(sample()), "--layer", "park", "--out", path(&out), "--force"]);
    let exported: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(exported["features"].as_array().unwrap().len(), 20);
    assert_eq!(parkplan(&["export"]).status.code(), Some(2));
    assert_eq!(parkplan(&["consolidate", "x.gpkg"]).status.code(), Some(2));
    refused(&["new", path(&folder.path().join("c.gpkg")), "--crs", "EPSG:4326"]);
    refused(&["info", path(&out)]);
}

#[test]
fn rules_check_says_no_with_exit_code_three() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.toml");
    std::fs::write(&bad, "[pack]\nid = \"x\"\n").unwrap();
    assert_eq!(parkplan(&["rules", "check", path(&bad)]).status.code(), Some(3));
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata/rules/consolidation-shenzhen.toml");
    must(&["rules", "check", path(&rules)]);
}

#[test]
fn a_pack_changed_under_its_version_is_refused_and_a_new_version_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata/rules");
    let text = std::fs::read_to_string(shipped.join("upstairs-baoan.toml")).unwrap();
    let pack = folder.path().join("upstairs-baoan.toml");
    must(&["rules", "check"]);
    std::fs::write(&pack, text.replace("value = 100,", "value = 120,")).unwrap();
    let check = |args: &[&str]| {
        let output = parkplan(&[&["--json", "rules", "check"], args].concat());
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), value["problems"][0]["problem"]["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(check(&[path(&pack)]), (Some(3), "changed_in_place".to_owned()));
    std::fs::write(&pack, text.replace("value = 100,", "value = 120,").replace("2026.1", "2027.1")).unwrap();
    assert_eq!(check(&[path(&pack)]), (Some(0), String::new()));
    must(&["rules", "record", path(&pack)]);
    must(&["rules", "record", path(&pack)]);
    assert_eq!(std::fs::read_to_string(folder.path().join("packs.lock")).unwrap().lines().count(), 1);
    // From now on that text stands under 2027.1.
    std::fs::write(&pack, text.replace("value = 100,", "value = 130,").replace("2026.1", "2027.1")).unwrap();
    assert_eq!(check(&[path(&pack)]), (Some(3), "changed_in_place".to_owned()));
    assert_eq!(refused(&["rules", "record", path(&pack)])["code"], "changed_in_place");
}

#[test]
fn ogrinfo_reads_the_city_file_as_it_is() {
    let output = std::process::Command::new("ogrinfo").args(["-ro", "-so", path(sample()), "parcel"]).output().expect("ogrinfo");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("Multi Polygon") && text.contains("CGCS2000"), "{text}");
}

#[test]
fn an_action_plan_is_written_as_features_and_bad_targets_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("plan.geojson");
    let told = must(&[
        "--quiet",
        "--json",
        "actionplan",
        path(sample()),
        "--from",
        "2026",
        "--to",
        "2028",
        "--parks",
        "BA-03",
        "--capacity-ha",
        "15,10,10",
        "--target",
        "2028=5900",
        "--hard",
        "--out",
        path(&out),
    ]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["run"]["kind"], "actionplan");
    let plan: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let features = plan["features"].as_array().unwrap();
    assert!(!features.is_empty() && features.iter().all(|feature| feature["geometry"]["coordinates"].is_array()));
    assert!(features.iter().any(|feature| feature["properties"]["year"] == 2026));
    refused(&["actionplan", path(sample()), "--target", "soon", "--out", path(&out), "--force"]);
    refused(&["actionplan", path(sample()), "--from", "2030", "--to", "2026", "--out", path(&out), "--force"]);
    assert_eq!(refused(&["progress", path(sample()), "--plan", "nowhere"])["code"], "no_action_plan");
}

#[test]
fn regions_of_any_file_are_connected_reach_their_sum_and_name_what_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("units.geojson"), folder.path().join("regions.geojson"));
    // A strip of six cells in degrees and, apart from it, one cell that is too small alone.
    let cell = |at: f64, value: u32| {
        let (w, e) = (114.0 + at * 0.01, 114.01 + at * 0.01);
        format!(
            r#"{{"type":"Feature","properties":{{"people":{},"kind":{value}}},"geometry":{{"type":"Polygon","coordinates":[[[{w},22.6],[{e},22.6],[{e},22.61],[{w},22.61],[{w},22.6]]]}}}}"#,
            10 + value
        )
    };
    let cells: Vec<String> =
        [0.0, 1.0, 2.0].into_iter().map(|at| cell(at, 0)).chain([3.0, 4.0, 5.0].into_iter().map(|at| cell(at, 5))).chain([cell(9.0, 1)]).collect();
    std::fs::write(&file, format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, cells.join(","))).unwrap();
    let pairs = folder.path().join("pairs.csv");
    let asked = ["--sum", "people", "--at-least", "30", "--by", "kind", "--out", path(&out), "--neighbours", path(&pairs)];
    let told = must(&[&["--json", "regions", path(&file)], &asked[..]].concat());
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["p"], &told["heterogeneity"]), (&2.into(), &0.0.into()), "{told}");
    assert_eq!(told["unsolved"][0]["rows"], serde_json::json!([7]));
    assert!(told["plane"].as_str().unwrap().contains("laea"));
    let pairs = std::fs::read_to_string(&pairs).unwrap();
    let pairs: Vec<Vec<&str>> = pairs.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(pairs[0], ["a", "b", "length", "class"]);
    let ends: Vec<(&str, &str, &str)> = pairs[1..].iter().map(|pair| (pair[0], pair[1], pair[3])).collect();
    assert_eq!(ends, [("1", "2", "edge"), ("2", "3", "edge"), ("3", "4", "edge"), ("4", "5", "edge"), ("5", "6", "edge")]);
    // A hundredth of a degree of latitude.
    assert!(pairs[1..].iter().all(|pair| (pair[2].parse::<f64>().unwrap() - 1_107.0).abs() < 2.0), "{pairs:?}");
    let regions: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let region = |k: usize| regions["features"][k]["properties"]["region"].clone();
    assert!(region(0) == region(2) && region(3) == region(5) && region(2) != region(3) && region(6).is_null());
    assert_eq!(refused(&["regions", path(&file), "--sum", "nothing", "--at-least", "1", "--by", "kind"])["code"], "no_such_field");
    assert_eq!(refused(&["regions", path(&file), "--sum", "people", "--at-least=-1", "--by", "kind"])["code"], "bad_threshold");
}

#[test]
fn tasks_come_from_a_table_and_their_lights_go_into_one() {
    let (folder, city) = own_city();
    let file = |name: &str| folder.path().join(name);
    let tasks = "编号,名称,园区,类别,开始,结束,目标,单位,计划曲线\n\
        N-1,新任务,BA-03,土地整备,2026-01-01,2026-12-31,\"1,200\",ha,2026-03=10、2026-06=40、2026-12=100\n\
        N-2,颠倒,BA-03,land,2026-01-01,2026-05-31,5,ha,\n";
    std::fs::write(file("tasks.csv"), tasks).unwrap();
    must(&["import", path(&city), "--layer", "task", path(&file("tasks.csv"))]);
    std::fs::write(file("reports.csv"), "code,task,date,done\nN-1.1,N-1,2026-06-30,300\n").unwrap();
    must(&["import", path(&city), "--layer", "task_report", path(&file("reports.csv"))]);
    // Another program wrote an end before the start.
    rusqlite::Connection::open(&city).unwrap().execute("UPDATE task SET \"end\" = '2025-12-31' WHERE code = 'N-2'", []).unwrap();
    let told = must(&["--json", "progress", path(&city), "--as-of", "2026-06-30", "--out", path(&file("lights.xlsx"))]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let one = told["tasks"].as_array().unwrap().iter().find(|task| task["id"] == "N-1").unwrap();
    let last = one["periods"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["planned"], &last["actual"], &last["gap"], &last["shown"]), (&40.0.into(), &25.0.into(), &15.0.into(), &"yellow".into()));
    let left = &told["excluded"][0];
    assert_eq!((&left["id"], &left["reason"]), (&"N-2".into(), &"bad_task".into()), "what cannot be judged is told, the rest goes on");
    assert!(std::fs::read(file("lights.xlsx")).unwrap().starts_with(b"PK"));
    for (table, head) in [("tasks", "id,name,park"), ("months", "id,date,planned,actual,gap,computed,shown"), ("completion", "category,unit")] {
        let csv = must(&["--quiet", "progress", path(&city), "--as-of", "2026-06-30", "--table", table, "--out", "-", "--park", "BA-03"]);
        assert!(csv.is_empty() || csv.starts_with('{'), "to stdout goes JSON");
        let out = file(&format!("out-{table}.csv"));
        must(&["--quiet", "progress", path(&city), "--as-of", "2026-06-30", "--table", table, "--park", "BA-03", "--out", path(&out)]);
        let text = std::fs::read_to_string(out).unwrap();
        assert!(text.trim_start_matches('\u{feff}').starts_with(head), "{table}: {text}");
        assert!(table == "completion" || text.contains("N-1,"), "{table}: {text}");
    }
    assert_eq!(refused(&["progress", path(&city), "--out", path(&file("x.pdf"))])["code"], "format");
}
