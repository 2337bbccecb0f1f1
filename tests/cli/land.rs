//! From a site to the action plan on the command line: consolidate, instrument, lineage, topology, actionplan, and GDAL reading what came out.

use crate::support::{OWN_PARK, must, own_city, parkplan, path, refused, sample};
use serde_json::Value;
use std::process::Command;

fn json(args: &[&str]) -> Value {
    let args: Vec<&str> = ["--json", "--quiet"].iter().chain(args).copied().collect();
    serde_json::from_str(&must(&args)).expect("JSON on stdout")
}

fn ogrinfo(args: &[&str]) -> String {
    let output = Command::new("ogrinfo").args(args).output().expect("ogrinfo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_solved_site_goes_through_its_whole_life_by_commands() {
    let (folder, city) = own_city();
    let city = path(&city);
    let result = folder.path().join("sites.json");
    must(&["--quiet", "consolidate", city, "--park", OWN_PARK, "--min-area-ha", "2", "--sites", "2", "--out", path(&result)]);
    let drafted = json(&["instrument", "draft", city, "--from", path(&result), "--basis", "会议纪要"]);
    let code = drafted["code"].as_str().unwrap();
    let child = drafted["children"][0].as_str().unwrap();
    assert_eq!((&drafted["state"], drafted["run"]["kind"].as_str()), (&"draft".into(), Some("consolidate")));
    assert_eq!(refused(&["instrument", "move", city, code, "--to", "in_force"])["code"], "move");
    json(&["instrument", "move", city, code, "--to", "reviewed"]);
    let moved = json(&["instrument", "move", city, code, "--to", "in_force", "--date", "2026-05-01"]);
    assert_eq!(moved["date"], "2026-05-01");

    let on = |day: &str, layer: &str, out: &str| {
        let out = folder.path().join(out);
        json(&["export", city, "--layer", layer, "--datetime", day, "--out", path(&out)])["count"].as_u64().unwrap()
    };
    let members = drafted["parents"].as_array().unwrap().len() as u64;
    assert_eq!(on("2026-04-30", "parcel", "a.geojson") - on("2026-05-01", "parcel", "b.geojson"), members);
    assert_eq!((on("2026-04-30", "plan_parcel", "c.gpkg"), on("2026-05-01", "plan_parcel", "d.gpkg")), (0, 1));
    let lineage = json(&["lineage", city, child]);
    assert_eq!(lineage["edges"].as_array().unwrap().len() as u64, members);

    // The city file tells GDAL of it, area and all.
    let text = ogrinfo(&["-al", "-geom=NO", city, "plan_parcel"]);
    assert!(text.contains(child) && text.contains("valid_from (Date) = 2026/05/01"), "{text}");

    let undo = json(&["instrument", "undo", city, code]);
    let undo = undo["code"].as_str().unwrap();
    json(&["instrument", "move", city, undo, "--to", "reviewed"]);
    json(&["instrument", "move", city, undo, "--to", "in_force", "--date", "2026-07-01"]);
    assert_eq!((on("2026-07-01", "plan_parcel", "e.gpkg"), on("2026-06-30", "plan_parcel", "f.gpkg")), (0, 1));
    let listed = must(&["--lang", "en", "instrument", "list", city]);
    assert!(listed.contains(code) && listed.contains(undo), "{listed}");
}

#[test]
fn consolidated_land_is_not_offered_again_and_says_why() {
    let (folder, city) = own_city();
    let city = path(&city);
    let (first, second) = (folder.path().join("1.json"), folder.path().join("2.json"));
    let solve = |out: &std::path::Path| {
        must(&[
            "--quiet",
            "consolidate",
            city,
            "--park",
            OWN_PARK,
            "--min-area-ha",
            "2",
            "--sites",
            "1",
            "--as-of",
            "2026-09-01",
            "--out",
            path(out),
        ]);
        serde_json::from_str::<Value>(&std::fs::read_to_string(out).unwrap()).unwrap()
    };
    let before = solve(&first);
    let code = json(&["instrument", "draft", city, "--from", path(&first)])["code"].as_str().unwrap().to_owned();
    json(&["instrument", "move", city, &code, "--to", "reviewed"]);
    json(&["instrument", "move", city, &code, "--to", "in_force", "--date", "2026-08-01"]);
    let after = solve(&second);
    let taken = before["candidates"][0]["sites"][0]["parcels"].as_array().unwrap();
    let excluded = after["excluded"].as_array().unwrap().iter().find(|entry| entry["reason"] == "consolidated").expect("a reason");
    assert_eq!(excluded["parcels"].as_array().unwrap().len(), taken.len());
    for site in after["candidates"].as_array().unwrap().iter().flat_map(|candidate| candidate["sites"].as_array().unwrap()) {
        assert!(site["parcels"].as_array().unwrap().iter().all(|code| !taken.contains(code)));
    }
}

#[test]
fn topology_names_place_severity_and_repair() {
    let folder = tempfile::tempdir().unwrap();
    let (table, points) = (folder.path().join("faults.csv"), folder.path().join("faults.geojson"));
    let counts = json(&["topology", path(sample()), "--out", path(&table)]);
    let found: u64 = counts["faults"].as_object().unwrap().values().map(|kind| kind["count"].as_u64().unwrap()).sum();
    let text = std::fs::read_to_string(&table).unwrap();
    assert_eq!(text.lines().next(), Some("kind,severity,code,other,area_m2,lon,lat,repair"));
    assert_eq!(text.lines().count() as u64, found + 1);
    assert!(counts["faults"]["gap"]["count"].as_u64().unwrap() > 0 && counts["faults"]["sliver"]["count"].as_u64().unwrap() > 0, "{counts}");
    json(&["topology", path(sample()), "--out", path(&points)]);
    assert!(ogrinfo(&["-so", "-al", path(&points)]).contains(&format!("Feature Count: {found}")));
    assert_eq!(refused(&["topology", path(sample()), "--layer", "road", "--out", path(&folder.path().join("x.csv"))])["code"], "layer");
}

#[test]
fn one_command_plans_the_twenty_parks_to_2035() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, map) = (folder.path().join("plan.json"), folder.path().join("plan.geojson"));
    must(&["--quiet", "actionplan", path(sample()), "--from", "2026", "--to", "2035", "--as-of", "2026-09-01", "--out", path(&plan)]);
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(&plan).unwrap()).unwrap();
    let years = plan["years"].as_array().unwrap();
    assert_eq!((years.len(), &years[0]["year"], &years[9]["year"]), (10, &2026.into(), &2035.into()));
    let mut cumulative = plan["banked_before_ha"].as_f64().unwrap();
    for year in years {
        cumulative += year["area_ha"].as_f64().unwrap();
        assert!((year["cumulative_ha"].as_f64().unwrap() - cumulative).abs() < 1e-6 * cumulative.max(1.0), "{year}");
        if let Some(capacity) = year["capacity_ha"].as_f64() {
            assert!(year["area_ha"].as_f64().unwrap() <= capacity + 1e-6);
        }
    }
    let targets: Vec<f64> = plan["targets"].as_array().unwrap().iter().map(|target| target["ha"].as_f64().unwrap()).collect();
    assert!(targets.contains(&5900.0), "{targets:?}");
    // Reserve land never comes before the land of the phase before it in the same park.
    let sites = plan["sites"].as_array().unwrap();
    let phase = |site: &Value| ["start", "extend", "expand", "reserve"].iter().position(|name| site["phase"] == *name).map(|rank| [0, 1, 1, 2][rank]);
    for (a, b) in sites.iter().flat_map(|a| sites.iter().map(move |b| (a, b))) {
        if let (Some(p), Some(q), Some(x), Some(y)) = (phase(a), phase(b), a["year"].as_i64(), b["year"].as_i64())
            && a["park"] == b["park"]
            && q == p + 1
        {
            assert!(y >= x, "{a} {b}");
        }
    }
    must(&["--quiet", "actionplan", path(sample()), "--from", "2026", "--to", "2035", "--as-of", "2026-09-01", "--out", path(&map)]);
    let text = ogrinfo(&["-so", "-al", path(&map)]);
    assert!(text.contains(&format!("Feature Count: {}", sites.len())) && text.contains("year: Integer"), "{text}");
}

#[test]
fn a_parcel_is_split_by_commands() {
    let (folder, city) = own_city();
    let city = path(&city);
    let parcels = folder.path().join("parcels.geojson");
    json(&["export", city, "--layer", "parcel", "--out", path(&parcels)]);
    let parcels: Value = serde_json::from_str(&std::fs::read_to_string(parcels).unwrap()).unwrap();
    let area = |feature: &Value| feature["properties"]["planar_area_m2"].as_f64().unwrap();
    let mut features = parcels["features"].as_array().unwrap().clone();
    features.sort_by(|a, b| area(b).total_cmp(&area(a)));
    let code = |at: usize| features[at]["properties"]["code"].as_str().unwrap();
    let equal = json(&["instrument", "draft", city, "--parcels", code(0), "--split-equal", "3", "--direction", "-30"]);
    assert_eq!((equal["kind"].as_str(), equal["children"].as_array().unwrap().len()), (Some("split"), 3));
    assert_eq!(equal["ledger"]["split"]["direction_deg"], 330.0);
    let areas = json(&["instrument", "draft", city, "--parcels", code(1), "--split-areas", "1000,500.5"]);
    let own = |at: usize| areas["ledger"]["children"][at]["planar_area_m2"].as_f64().unwrap();
    assert!((own(0) - 1000.0).abs() < 1e-6 && (own(1) - 500.5).abs() < 1e-6 && (own(2) - (area(&features[1]) - 1500.5)).abs() < 1e-6);
    let line = folder.path().join("line.geojson");
    // Across the middle of the parcel, from a little west of it to a little east.
    let text = features[2]["geometry"]["coordinates"].to_string().replace(['[', ']'], "");
    let numbers: Vec<f64> = text.split(',').map(|number| number.parse().unwrap()).collect();
    let range = |from: usize| numbers.iter().skip(from).step_by(2).fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(*at), high.max(*at)));
    let ((west, east), (low, high)) = (range(0), range(1));
    let drawn = |y: f64| format!(r#"{{"type":"LineString","coordinates":[[{},{y}],[{},{y}]]}}"#, west - 0.001, east + 0.001);
    std::fs::write(&line, drawn((low + high) / 2.0)).unwrap();
    let cut = json(&["instrument", "draft", city, "--parcels", code(2), "--split-line", path(&line)]);
    assert!(cut["children"].as_array().unwrap().len() >= 2);
    std::fs::write(&line, drawn(high + 1.0)).unwrap();
    assert_eq!(refused(&["instrument", "draft", city, "--parcels", code(2), "--split-line", path(&line)])["code"], "not_parted");
    let shown = must(&["--lang", "en", "instrument", "show", city, equal["code"].as_str().unwrap()]);
    assert!(equal["children"].as_array().unwrap().iter().all(|child| shown.contains(child.as_str().unwrap())), "{shown}");
    for wrong in [&["--direction", "30"][..], &["--split-equal", "2", "--split-areas", "9"], &["--split-line", "x", "--direction", "3"]] {
        let args = [&["instrument", "draft", city, "--parcels", code(3)], wrong].concat();
        assert_eq!(parkplan(&args).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn wrong_words_are_refused_before_anything_is_opened() {
    let output = parkplan(&["instrument", "draft", path(sample())]);
    assert_eq!(output.status.code(), Some(2), "neither parcels nor a result");
    assert_eq!(refused(&["instrument", "move", path(sample()), "ZB-1", "--to", "gone"])["code"], "state");
    assert_eq!(refused(&["lineage", path(sample()), "no-such"])["code"], "no_such_parcel");
}
