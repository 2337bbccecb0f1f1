//! Going upstairs over HTTP and from the command line: outlines, parks, the city, what-ifs, and what is refused.

use crate::support::{Client, OWN_PARK, must, parkplan, path, reading, refused, sample};
use serde_json::{Value, json};

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Sum of a member over rows, nulls left out.
fn sum(rows: &[Value], member: &str) -> f64 {
    rows.iter().filter_map(|row| row[member].as_f64()).sum()
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0), "{a} is not {b}");
}

#[test]
fn a_park_s_roll_up_is_the_sum_of_its_parcels_and_of_nothing_unknown() {
    let client = Client::guest(reading());
    let answer = client.execute("upstairs", json!({ "park": OWN_PARK, "add": { "far": 0.5, "height": 10 }, "matrix": true })).json();
    let (totals, parcels) = (&answer["totals"], list(&answer["parcels"]));
    assert_eq!(number(&totals["parcels"]) as usize, parcels.len());
    assert!(parcels.len() > 20);
    near(number(&totals["built_gfa_m2"]), sum(parcels, "built_gfa_m2"));
    near(number(&totals["allowed_gfa_m2"]), sum(parcels, "allowed_gfa_m2"));
    near(number(&totals["remaining_gfa_m2"]), sum(parcels, "remaining_gfa_m2"));
    let known: f64 = parcels.iter().filter(|row| !row["allowed_gfa_m2"].is_null()).map(|row| number(&row["gfa_m2"])).sum();
    near(number(&totals["potential_gfa_m2"]), known);
    let partial = parcels.iter().filter(|row| ["built_gfa_m2", "allowed_gfa_m2"].iter().any(|part| row[part].is_null())).count();
    assert_eq!(list(&totals["partial"]).len(), partial);
    // One park, so its row is the total.
    assert_eq!(list(&answer["by_park"]).len(), 1);
    assert_eq!(answer["by_park"][0]["potential_gfa_m2"], totals["potential_gfa_m2"]);
    assert_eq!(answer["by_park"][0]["park"], OWN_PARK);
    // Easing both limits never takes from a parcel, and the gain is what the parcels gain.
    for row in parcels.iter().filter(|row| !row["what_if_gfa_m2"].is_null()) {
        assert!(number(&row["what_if_gfa_m2"]) >= number(&row["gfa_m2"]) * (1.0 - 1e-6), "{row}");
    }
    let gain = number(&answer["what_if"]["gain_m2"]);
    assert!(gain > 0.0);
    near(gain, number(&answer["what_if"]["totals"]["potential_gfa_m2"]) - number(&totals["potential_gfa_m2"]));
    // 28 clusters on 4 bands; every parcel with the band is counted once.
    let matrix = list(&answer["matrix"]);
    assert_eq!(matrix.len(), 28 * 4);
    let counted = |row: &Value| ["fits", "after_retrofit", "no", "unknown"].iter().map(|part| number(&row[part]) as usize).sum::<usize>();
    let ground: Vec<usize> = matrix.iter().filter(|row| row["band"] == "ground" && row["cluster"] == "c24-ai").map(counted).collect();
    // The matrix is of the buildings that the moved figures allow.
    let built = |row: &&Value| row["what_if_gfa_m2"].as_f64().or(row["gfa_m2"].as_f64()).is_some_and(|gfa| gfa > 0.0);
    assert_eq!(ground, [parcels.iter().filter(built).count()]);
    let present = client.execute("upstairs", json!({ "park": OWN_PARK, "matrix": true })).json();
    let gfa = |matrix: &Value| -> f64 {
        list(matrix).iter().map(|row| ["fits", "after_retrofit", "no", "unknown"].iter().map(|part| number(&row["gfa_m2"][part])).sum::<f64>()).sum()
    };
    assert!(gfa(&answer["matrix"]) > gfa(&present["matrix"]) * 1.01);
    let higher = client.execute("upstairs", json!({ "park": OWN_PARK, "set": { "storey_typical": 9 }, "matrix": true })).json();
    assert_ne!(higher["matrix"], present["matrix"]);
    // The programme is compared with what was completed, year by year.
    let programme = &answer["programme"];
    assert_eq!((&programme["target_m2_per_year"], &programme["status"]), (&json!(2e7), &json!("sourced")));
    let completed = list(&programme["completed"]);
    assert!(!completed.is_empty());
    for year in completed {
        near(number(&year["share"]), number(&year["gfa_m2"]) / 2e7);
    }
    // Other uses are left out by name, and nothing else of the park.
    let left_out: usize = list(&answer["excluded"]).iter().map(|entry| list(&entry["parcels"]).len()).sum();
    let all = client.execute("upstairs", json!({ "park": OWN_PARK, "uses": ["all"] })).json();
    assert_eq!(list(&all["parcels"]).len(), parcels.len() + left_out);
    assert!(all["what_if"].is_null() && all["matrix"].is_null());
    // The run names the packs it rests on, by content.
    let packs = list(&answer["run"]["packs"]);
    assert!(packs.iter().any(|pack| pack["id"] == "upstairs-shenzhen") && packs.iter().any(|pack| pack["id"] == "floor-loads"));
    assert!(packs.iter().all(|pack| pack["hash"].as_str().unwrap().len() == 64));
}

#[test]
fn the_line_of_a_parcel_in_its_park_is_the_parcel_s_own_answer() {
    let client = Client::guest(reading());
    let park = client.execute("upstairs", json!({ "park": OWN_PARK })).json();
    let built: Vec<&Value> = list(&park["parcels"]).iter().filter(|row| number(&row["gfa_m2"]) > 0.0).take(6).collect();
    assert!(built.len() > 3);
    for row in built {
        let one = client.execute("upstairs", json!({ "parcel": row["parcel"] })).json();
        assert_eq!((&one["gfa_m2"], &one["overall"], &one["allowed_gfa_m2"]), (&row["gfa_m2"], &row["overall"], &row["allowed_gfa_m2"]), "{row}");
        let rules: Vec<&Value> = list(&one["binding"]).iter().map(|one| &one["rule"]).collect();
        assert_eq!(rules, list(&row["binding"]).iter().collect::<Vec<_>>());
        // What a mass on the map needs: bands from the ground to the top, plates, setback line, and the district's own pack.
        let bands = list(&one["bands"]);
        assert_eq!(bands[0]["base_m"], 0.0);
        near(number(&bands[bands.len() - 1]["top_m"]), number(&one["height_m"]));
        near(sum(bands, "gfa_m2"), number(&one["gfa_m2"]));
        assert_eq!(one["setback_line"]["type"], "MultiPolygon");
        assert!(one["run"]["packs"].to_string().contains("upstairs-baoan"), "{}", one["run"]);
        assert!(list(&one["findings"]).iter().any(|finding| finding["rule"] == "height_min" && finding["limit"] == 24.0));
    }
}

#[test]
fn a_drawn_outline_is_checked_like_the_parcel_it_follows() {
    let client = Client::guest(reading());
    let park = client.execute("upstairs", json!({ "park": OWN_PARK })).json();
    let row = list(&park["parcels"]).iter().find(|row| number(&row["gfa_m2"]) > 0.0 && !row["allowed_gfa_m2"].is_null()).expect("a parcel");
    let code = row["parcel"].as_str().unwrap();
    let feature = client.get(&format!("/collections/parcel/items/{code}")).json();
    let (coordinates, limits) = (&feature["geometry"]["coordinates"], &feature["properties"]);
    let outline = if feature["geometry"]["type"] == "MultiPolygon" { coordinates[0].clone() } else { coordinates.clone() };
    let outline = json!({ "type": "Polygon", "coordinates": outline });
    let mut set = json!({});
    for (lever, column) in [("far", "far_limit"), ("height", "height_limit_m"), ("coverage", "coverage_limit")] {
        if !limits[column].is_null() {
            set[lever] = limits[column].clone();
        }
    }
    let drawn = client.execute("upstairs", json!({ "outline": outline, "set": set })).json();
    let parcel = client.execute("upstairs", json!({ "parcel": code })).json();
    assert_eq!(drawn["parcels"], json!([code]));
    // Coordinates are rounded on the way: a plate that only just fits may miss by a column.
    assert!((number(&drawn["gfa_m2"]) / number(&parcel["gfa_m2"]) - 1.0).abs() < 0.02, "{} {}", drawn["gfa_m2"], parcel["gfa_m2"]);
    assert!((number(&drawn["outline_area_m2"]) / number(&parcel["outline_area_m2"]) - 1.0).abs() < 1e-3);
    // Without limits nothing is known of them.
    let bare = client.execute("upstairs", json!({ "outline": outline })).json();
    assert!(bare["allowed_gfa_m2"].is_null() && bare["overall"] != "pass");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("drawn.geojson");
    std::fs::write(
        &file,
        json!({ "type": "FeatureCollection", "features": [{ "type": "Feature", "properties": {}, "geometry": outline }] }).to_string(),
    )
    .unwrap();
    let out = folder.path().join("mass.geojson");
    let far = format!("far={}", number(&set["far"]));
    must(&["upstairs", path(sample()), "--outline", path(&file), "--set", &far, "--out", path(&out)]);
    let mass: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let kinds: Vec<&str> = list(&mass["features"]).iter().map(|feature| feature["properties"]["kind"].as_str().unwrap()).collect();
    for kind in ["site", "setback_line", "outline", "plate", "band"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    let plate = list(&mass["features"]).iter().find(|feature| feature["properties"]["kind"] == "plate").unwrap();
    assert!(number(&plate["properties"]["height"]) > 0.0 && number(&plate["properties"]["storeys"]) >= 1.0);
    let ogr = std::process::Command::new("ogrinfo").args(["-so", "-al", path(&out)]).output().unwrap();
    assert!(String::from_utf8_lossy(&ogr.stdout).contains("Feature Count"));
}

#[test]
fn questions_that_cannot_be_answered_are_refused_with_their_place() {
    let client = Client::guest(reading());
    let place = |inputs: Value, status: u16| client.execute("upstairs", inputs).problem(status);
    assert!(place(json!({}), 400).to_string().contains("/inputs"));
    place(json!({ "parcel": "A", "park": OWN_PARK }), 400);
    place(json!({ "park": "no-such-park" }), 404);
    place(json!({ "park": OWN_PARK, "magic": true }), 400);
    place(json!({ "all": true, "set": { "coverage": 2 } }), 400);
    place(json!({ "outline": { "type": "Point", "coordinates": [114, 22.6] } }), 400);
    place(
        json!({ "outline": { "type": "Polygon", "coordinates": [[[114.0, 22.6], [114.01, 22.61], [114.01, 22.6], [114.0, 22.61], [114.0, 22.6]]] } }),
        400,
    );
    // Packs in force later are not seen: on a day before the first there is none.
    let early = place(json!({ "park": OWN_PARK, "as_of": "2020-01-01" }), 404);
    assert!(early.to_string().contains("2020-01-01"), "{early}");
    let degree = json!({ "type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]] });
    let refusal = client.execute("upstairs", json!({ "outline": degree })).problem(400);
    assert!(refusal["detail"].as_str().unwrap().contains("公顷"), "a county is no building ground: {refusal}");
}

#[test]
fn the_command_line_rolls_up_the_city_and_says_what_a_change_of_limits_brings() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("city.json");
    let text = must(&["--lang", "en", "upstairs", path(sample()), "--all", "--add", "far=0.5", "height=10", "--matrix", "--out", path(&out)]);
    assert!(text.contains("gain") && text.contains("total") && text.contains(OWN_PARK), "{text}");
    let city: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    // The districts' sums are the city's.
    near(sum(list(&city["by_district"]), "potential_gfa_m2"), number(&city["totals"]["potential_gfa_m2"]));
    near(sum(list(&city["by_park"]), "gain_m2"), number(&city["what_if"]["gain_m2"]));
    let map = folder.path().join("park.geojson");
    must(&["upstairs", path(sample()), "--park", OWN_PARK, "--out", path(&map), "--quiet"]);
    let map: Value = serde_json::from_str(&std::fs::read_to_string(&map).unwrap()).unwrap();
    assert!(
        list(&map["features"]).iter().all(|feature| feature["geometry"]["type"] == "MultiPolygon" && feature["properties"]["parcel"].is_string())
    );
    assert_eq!(refused(&["upstairs", path(sample()), "--all", "--set", "far=99", "--out", path(&out), "--force"])["code"], "lever_range");
    assert_eq!(parkplan(&["upstairs", path(sample()), "--all", "--park", OWN_PARK, "--out", "x.json"]).status.code(), Some(2));
    assert_eq!(parkplan(&["upstairs", path(sample()), "--out", "x.json"]).status.code(), Some(2));
}
