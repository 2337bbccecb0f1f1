//! Files by the page: staged, looked at, tried, taken as one edit, taken back.

pub mod files;
mod limits;
mod profiles;
mod rights;

use crate::support::{Client, PLANNER, Server, own_city, parkplan, path};
use files::{commit, gbk_shapefile, post, preview, some_parcels, staged, take_back, trial, upload, workbook};
use serde_json::{Value, json};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn count(client: &Client, filter: &str) -> u64 {
    client.query("/collections/parcel/items", &[("filter", filter), ("resulttype", "hits")]).json()["numberMatched"].as_u64().unwrap()
}

#[test]
fn a_gbk_shapefile_goes_from_preview_to_undo_and_its_report_is_the_command_line_s() {
    let (folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let (_, at) = some_parcels(&planner, 1);
    let zip = gbk_shapefile(at, true);
    let id = staged(&planner, &[("宗地.zip", &zip)]);
    let settings = json!({ "layer": "parcel" });

    let found = preview(&planner, &id, &settings);
    let seen = &found["inspection"];
    assert_eq!((text(&seen["driver"]), seen["rows"].as_u64(), seen["spatial"].as_bool()), ("ESRI Shapefile", Some(3), Some(true)));
    assert_eq!(seen["encoding"], json!({ "name": "GB18030", "found_by": "ldid" }));
    let readings = seen["readings"].as_array().unwrap();
    assert!(readings[0]["used"] == true && readings[0]["texts"].as_array().unwrap().contains(&json!("深圳湾科技园")), "{readings:?}");
    let utf_8 = readings.iter().find(|reading| reading["encoding"] == "UTF-8").unwrap();
    assert!(utf_8["texts"].as_array().unwrap().contains(&Value::Null), "these bytes are no UTF-8: {utf_8}");
    let mapped: Vec<&str> = seen["mapping"].as_array().unwrap().iter().map(|mapped| text(&mapped["ours"])).collect();
    assert_eq!(mapped, ["code", "name", "land_use"]);
    let proof = &seen["proof"];
    assert_eq!(text(&proof["declared"]), text(&proof["used"]));
    assert!(proof["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "crs_fits" && finding["weight"] == "fine"), "{proof}");
    let drawn = &proof["drawn"][0];
    assert!(drawn["used"] == true && drawn["in_city"] == true && drawn["outlines"].as_array().unwrap().len() == 3, "{drawn}");
    let bbox: Vec<f64> = drawn["bbox"].as_array().unwrap().iter().map(|side| side.as_f64().unwrap()).collect();
    assert!((bbox[0] - at[0]).abs() < 1e-5 && (bbox[1] - at[1]).abs() < 1e-5, "{bbox:?} {at:?}");

    let tried = trial(&planner, &id, &settings);
    assert_eq!(tried["diff"]["counts"], json!({ "added": 3, "changed": 0, "gone": 0, "same": count(&planner, "code IS NOT NULL"), "reshaped": 0 }));
    assert!(tried["dry_run"] == true && tried["refusal"].is_null() && tried["diff"]["shapes"].as_array().unwrap().len() == 3);
    let row = &tried["diff"]["rows"][0];
    assert!(row["change"] == "added" && row["key"] == "NEW-0" && row["area_after_m2"].as_f64().unwrap() > 10_000.0, "{row}");
    let file = folder.path().join("宗地.zip");
    std::fs::write(&file, &zip).unwrap();
    let told = parkplan(&["--json", "import", path(&city), "--layer", "parcel", path(&file), "--dry-run"]);
    let mut report: Value = serde_json::from_slice(&told.stdout).unwrap();
    report.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "dry_run" | "revision"));
    assert_eq!(tried["report"], report, "the page tells what the command line tells");
    assert_eq!(count(&planner, "code LIKE 'NEW-%'"), 0, "a trial writes nothing");

    let done = commit(&planner, &id, &settings, &tried["revision"]);
    assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.bytes));
    let done = done.json();
    assert!(done["dry_run"] == false && done["undoable"] == true && done["diff"]["counts"] == tried["diff"]["counts"]);
    assert_eq!(done["revision"].as_i64().unwrap(), tried["revision"].as_i64().unwrap() + 1, "one edit");
    assert_eq!(count(&planner, "code LIKE 'NEW-%' AND name = '坂雪岗工业区'"), 1);
    let item = planner.get("/collections/parcel/items/NEW-0").json();
    assert_eq!(text(&item["properties"]["source"]), "宗地.zip");
    assert_eq!(planner.get(&format!("/imports/{id}")).json()["taken"], done["revision"]);

    let again = commit(&planner, &id, &settings, &tried["revision"]).problem(409);
    assert!(text(&again["type"]).ends_with("city_moved_on"), "{again}");
    let undone = take_back(&planner, &done["revision"]);
    assert_eq!((undone.status, undone.json()["rows"].as_u64()), (200, Some(3)));
    assert_eq!(count(&planner, "code LIKE 'NEW-%'"), 0);
    take_back(&planner, &done["revision"]).problem(404);
}

#[test]
fn a_workbook_updates_cells_without_geometry_and_tells_what_it_left_out() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let (codes, _) = some_parcels(&planner, 2);
    let before = planner.get(&format!("/collections/parcel/items/{}", codes[0])).json();
    let rows: [&[&str]; 4] = [&["宗地号", "名称"], &[&codes[0], "新名称甲"], &[&codes[1], "=1+1"], &["没有这宗", "x"]];
    let book = workbook(&[("更新", &rows)]);
    let id = staged(&planner, &[("更新.xlsx", &book)]);
    let settings = json!({ "layer": "parcel", "mode": "update", "map": { "code": "宗地号" } });
    let seen = preview(&planner, &id, &settings)["inspection"].clone();
    assert!(seen["spatial"] == false && seen["proof"].is_null() && seen["encoding"].is_null() && seen["readings"] == json!([]));
    assert_eq!(seen["fields"][1]["samples"][0], "新名称甲");
    let tried = trial(&planner, &id, &settings);
    assert_eq!(
        tried["diff"]["counts"],
        json!({ "added": 0, "changed": 2, "gone": 0, "same": count(&planner, "code IS NOT NULL") - 2, "reshaped": 0 })
    );
    let row = tried["diff"]["rows"].as_array().unwrap().iter().find(|row| row["key"] == codes[0].as_str()).unwrap();
    assert_eq!(row["cells"], json!([{ "column": "name", "before": before["properties"]["name"], "after": "新名称甲" }]));
    assert_eq!(tried["report"]["unmatched"], json!([{ "row": 4, "key": "没有这宗" }]));

    let csv = planner.get_with(&format!("/imports/{id}/rejects?f=csv"), &[("accept-language", "zh")]);
    let csv = String::from_utf8(csv.bytes).unwrap();
    assert!(csv.contains("没有这宗") && csv.contains("unmatched") && csv.lines().count() == 2, "{csv}");
    let features = planner.get(&format!("/imports/{id}/rejects?f=geojson")).json();
    assert_eq!(features["features"][0]["properties"]["宗地号"], "没有这宗");

    let done = commit(&planner, &id, &settings, &tried["revision"]).json();
    let after = planner.get(&format!("/collections/parcel/items/{}", codes[0])).json();
    assert_eq!((text(&after["properties"]["name"]), &after["geometry"]), ("新名称甲", &before["geometry"]));

    // The same again changes nothing, and makes no revision.
    let id = staged(&planner, &[("更新.xlsx", &book)]);
    let tried = trial(&planner, &id, &settings);
    assert_eq!(tried["diff"]["counts"]["changed"], 0);
    let same = commit(&planner, &id, &settings, &tried["revision"]).json();
    assert!(same["revision"] == done["revision"] && same["undoable"] == false, "{same}");

    // Another's change in between is not lost.
    let rows: [&[&str]; 2] = [&["code", "name"], &[&codes[0], "别人的"]];
    let id = staged(&planner, &[("a.xlsx", &workbook(&[("a", &rows)]))]);
    let settings = json!({ "layer": "parcel", "mode": "update" });
    let revision = trial(&planner, &id, &settings)["revision"].clone();
    let later = commit(&planner, &id, &settings, &revision).json();
    let refused = take_back(&planner, &done["revision"]).problem(409);
    assert!(text(&refused["detail"]).contains(&codes[0]), "{refused}");
    assert_eq!(take_back(&planner, &later["revision"]).status, 200);
    assert_eq!(take_back(&planner, &done["revision"]).json()["rows"], 2);
    let back = planner.get(&format!("/collections/parcel/items/{}", codes[0])).json();
    assert_eq!(back["properties"]["name"], before["properties"]["name"]);
}

#[test]
fn a_file_of_several_layers_asks_which_and_a_replacement_says_what_goes() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let at = some_parcels(&planner, 1).1;
    let wkt = |east: f64| {
        let (w, s, e, n) = (at[0] + east, at[1], at[0] + east + 0.001, at[1] + 0.001);
        format!("POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))")
    };
    let (a, b) = (wkt(0.0), wkt(0.01));
    let first: [&[&str]; 3] = [&["code", "name", "wkt"], &["Z-1", "甲区", &a], &["Z-2", "乙区", &b]];
    let other: [&[&str]; 2] = [&["code", "name"], &["Z-9", "x"]];
    let book = workbook(&[("分区", &first), ("说明", &other)]);
    let id = staged(&planner, &[("分区.xlsx", &book)]);
    let found = preview(&planner, &id, &json!({ "layer": "zone" }));
    assert_eq!((&found["layers"], &found["inspection"]), (&json!(["分区", "说明"]), &Value::Null));
    let settings = json!({ "layer": "zone", "source_layer": "分区", "crs": "EPSG:4490", "mode": "replace" });
    let found = preview(&planner, &id, &settings);
    assert!(found["layers"] == json!(["分区", "说明"]) && found["inspection"]["rows"] == 2, "{found}");
    let tried = trial(&planner, &id, &settings);
    let zones = planner.get("/collections/zone/items?resulttype=hits").json()["numberMatched"].as_u64().unwrap();
    assert!(zones > 0);
    assert_eq!(tried["diff"]["counts"], json!({ "added": 2, "changed": 0, "gone": zones, "same": 0, "reshaped": 0 }));
    let done = commit(&planner, &id, &settings, &tried["revision"]).json();
    assert_eq!(planner.get("/collections/zone/items?resulttype=hits").json()["numberMatched"], 2);
    let before = planner.get("/collections/zone/items?limit=1000").json();
    assert_eq!(take_back(&planner, &done["revision"]).status, 200);
    assert_eq!(planner.get("/collections/zone/items?resulttype=hits").json()["numberMatched"].as_u64(), Some(zones));
    assert_ne!(planner.get("/collections/zone/items?limit=1000").json()["features"], before["features"]);
}

#[test]
fn a_file_without_a_crs_is_drawn_where_its_numbers_fit_and_not_taken() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let zip = gbk_shapefile(some_parcels(&planner, 1).1, false);
    let id = staged(&planner, &[("宗地.zip", &zip)]);
    let proof = preview(&planner, &id, &json!({ "layer": "parcel" }))["inspection"]["proof"].clone();
    assert!(proof["declared"].is_null() && proof["used"].is_null());
    assert!(
        proof["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "crs_missing" && finding["weight"] == "refused"),
        "{proof}"
    );
    let drawn = proof["drawn"].as_array().unwrap();
    assert!(drawn.iter().any(|drawn| drawn["crs"] == "EPSG:4490" && drawn["swapped"] == false && drawn["in_city"] == true), "{drawn:?}");
    post(&planner, &format!("/imports/{id}/trial"), &json!({ "layer": "parcel" })).problem(400);
    let settings = json!({ "layer": "parcel", "crs": "EPSG:3857" });
    let wrong = preview(&planner, &id, &settings)["inspection"]["proof"].clone();
    assert_eq!(wrong["findings"][0]["code"], "crs_contradicted", "{wrong}");
    let right = preview(&planner, &id, &json!({ "layer": "parcel", "crs": "EPSG:4490" }))["inspection"]["proof"].clone();
    assert!(text(&right["used"]) == "EPSG:4490" && right["drawn"].as_array().unwrap().len() == 1, "{right}");
}

#[test]
fn damage_is_told_by_the_trial_and_refused_until_a_person_says_what_to_do() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let at = some_parcels(&planner, 1).1;
    let (w, s) = (at[0], at[1]);
    let feature = |code: &str, ring: &str| {
        format!(r#"{{"type":"Feature","properties":{{"code":"{code}"}},"geometry":{{"type":"Polygon","coordinates":[[{ring}]]}}}}"#)
    };
    let good = format!("[{w},{s}],[{},{s}],[{},{}],[{w},{s}]", w + 0.001, w + 0.001, s + 0.001);
    let open = format!("[{w},{s}],[{},{s}],[{},{}],[{w},{}]", w + 0.001, w + 0.001, s + 0.001, s + 0.001);
    let file = format!(r#"{{"type":"FeatureCollection","features":[{},{}]}}"#, feature("D-1", &good), feature("D-2", &open));
    let id = staged(&planner, &[("坏.geojson", file.as_bytes())]);
    let settings = json!({ "layer": "parcel" });
    let tried = trial(&planner, &id, &settings);
    assert_eq!(tried["refusal"]["code"], "damaged_geometry", "{tried}");
    let refused = commit(&planner, &id, &settings, &tried["revision"]).problem(400);
    assert!(text(&refused["type"]).ends_with("damaged_geometry"));
    let settings = json!({ "layer": "parcel", "on_invalid": "reject" });
    let tried = trial(&planner, &id, &settings);
    assert!(tried["refusal"].is_null() && tried["report"]["rejected"].as_array().unwrap().len() == 1);
    let features = planner.get(&format!("/imports/{id}/rejects?f=geojson")).json();
    let left_out = &features["features"][0];
    assert_eq!((&left_out["properties"]["code"], left_out["geometry"]["coordinates"][0][0].as_array().unwrap().len()), (&json!("D-2"), 4));
    assert_eq!(commit(&planner, &id, &settings, &tried["revision"]).json()["diff"]["counts"]["added"], 1);
}

#[test]
fn a_trial_runs_as_a_job_and_a_cancelled_one_leaves_no_result() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let zip = gbk_shapefile(some_parcels(&planner, 1).1, true);
    let id = staged(&planner, &[("宗地.zip", &zip)]);
    let settings = json!({ "layer": "parcel" }).to_string();
    let run = || planner.send("POST", &format!("/imports/{id}/trial"), &[("prefer", "respond-async")], &settings);
    let accepted = run();
    assert_eq!(accepted.status, 201);
    let job = format!("/jobs/{}", text(&accepted.json()["jobID"]));
    assert_eq!(accepted.json()["processID"], "import-trial");
    while matches!(text(&planner.get(&job).json()["status"]), "accepted" | "running") {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let result = planner.get(&format!("{job}/results")).json();
    assert_eq!(result["diff"]["counts"]["added"], 3);
    assert_eq!(Client::guest(&server).get(&format!("{job}/results")).status, 404, "another's job");
    let job = format!("/jobs/{}", text(&run().json()["jobID"]));
    planner.send("DELETE", &job, &[], "");
    assert_ne!(planner.get(&format!("{job}/results")).status, 200);
}

#[test]
fn the_parts_of_a_shapefile_come_together_whatever_they_are_called() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let zip = gbk_shapefile(some_parcels(&planner, 1).1, true);
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&zip)).unwrap();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let ending = entry.name().unwrap().rsplit('.').next().unwrap().to_uppercase();
        let mut bytes = Vec::new();
        std::io::copy(&mut entry, &mut bytes).unwrap();
        parts.push((format!("{}.{ending}", if ending == "SHP" { "地块" } else { "别名" }), bytes));
    }
    let files: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let id = staged(&planner, &files);
    assert_eq!(trial(&planner, &id, &json!({ "layer": "parcel" }))["report"]["read"], 3);
    let without: Vec<(&str, &[u8])> = files.iter().copied().filter(|(name, _)| !name.ends_with("SHP")).collect();
    upload(&planner, &without).problem(400);
    upload(&planner, &[("a.csv", b"code\n1\n"), ("b.csv", b"code\n2\n")]).problem(400);
}
