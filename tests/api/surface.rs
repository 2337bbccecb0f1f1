//! Landing, conformance, OpenAPI, errors, tiles: what scripts and QGIS rely on.

use crate::support::{Client, reading};
use gdal::Dataset;
use gdal::vector::LayerAccess;

#[test]
fn the_root_is_a_page_for_browsers_and_a_document_for_everything_else() {
    let client = Client::guest(reading());
    let document = client.get("/").json();
    assert_eq!(document["city"]["crs"], "EPSG:4547");
    assert!(document["links"].as_array().unwrap().iter().any(|link| link["rel"] == "data"));
    let page = client.get_with("/", &[("accept", "text/html,*/*")]);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(client.get_with("/?f=json", &[("accept", "text/html")]).json()["city"].is_object());
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'self'") && !policy.contains("'unsafe-eval'"), "{policy}");
}

#[test]
fn every_path_of_the_api_document_without_parameters_answers() {
    let client = Client::guest(reading());
    let document = client.get("/api").json();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let needs_account = path.starts_with("/collections/firm") || path.starts_with("/import");
        if methods.get("get").is_none() || path.contains('{') || path == "/changes/stream" || needs_account {
            continue;
        }
        let path = if path == "/search" {
            "/search?q=BA"
        } else if path == "/units" {
            "/units?park=BA-03"
        } else {
            path
        };
        let answer = client.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        asked += 1;
    }
    assert!(asked > 40, "{asked}");
}

#[test]
fn errors_are_problems_in_the_language_of_the_request() {
    let client = Client::guest(reading());
    let zh = client.get("/collections/moon/items").problem(404);
    let en = client.get_with("/collections/moon/items", &[("accept-language", "en-GB,en;q=0.9")]);
    assert_eq!(en.header("content-language"), "en");
    assert_ne!(zh["title"], en.problem(404)["title"]);
    client.get("/collections/parcel/items?colour=red").problem(400);
    client.get("/collections/parcel/items?limit=0").problem(400);
    client.get("/collections/parcel/items?limit=x").problem(400);
    client.get("/collections/parcel/items?bbox=1,2,3").problem(400);
    client.query("/collections/parcel/items", &[("filter", "far_limit >")]).problem(400);
    client.query("/collections/parcel/items", &[("filter", "owner = 'OWN-00001'")]).problem(400);
    client.get("/collections/parcel/items/nowhere").problem(404);
    client.get("/no/such/page").problem(404);
    client.send("POST", "/collections/parcel/search", &[], "{").problem(400);
    client.send("POST", "/processes/consolidate/execution", &[], r#"{"inputs":{"park":"X-99"}}"#).problem(404);
    client.get("/collections/firm/items").problem(401);
}

#[test]
fn a_filter_as_deep_as_a_well_is_refused_and_the_server_lives() {
    let client = Client::guest(reading());
    let deep = format!("{}far_limit = 1{}", "(".repeat(5000), ")".repeat(5000));
    let body = serde_json::json!({ "filter": deep }).to_string();
    client.send("POST", "/collections/parcel/search", &[], &body).problem(400);
    let long = vec!["far_limit = 1"; 50_000].join(" OR ");
    let body = serde_json::json!({ "filter": long }).to_string();
    client.send("POST", "/collections/parcel/search", &[], &body).problem(400);
    assert_eq!(client.get("/healthz").json()["status"], "ok");
}

#[test]
fn tiles_read_back_with_gdal_and_hold_the_parcels_that_lie_in_them() {
    let client = Client::guest(reading());
    let found = client.get("/search?q=BA-03&limit=1").json();
    let centre: Vec<f64> = found["results"][0]["centre"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    let z = 14u32;
    let side = f64::from(1u32 << z);
    let x = ((centre[0] + 180.0) / 360.0 * side) as u32;
    let y = ((0.5 - centre[1].to_radians().tan().asinh() / std::f64::consts::TAU) * side) as u32;
    let answer = client.get(&format!("/collections/parcel/tiles/WebMercatorQuad/{z}/{y}/{x}"));
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/vnd.mapbox-vector-tile"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("{z}-{x}-{y}.mvt"));
    std::fs::write(&file, &answer.bytes).unwrap();
    let dataset = Dataset::open(&file).expect("GDAL reads the tile");
    let mut layer = dataset.layer_by_name("parcel").expect("a layer parcel");
    let code_at = layer.defn().field_index("code").expect("a code");
    let mut count = 0;
    for feature in layer.features() {
        let geometry = feature.geometry().expect("a geometry");
        assert!(geometry.area() > 0.0);
        let code = feature.field_as_string(code_at).unwrap().unwrap();
        if count < 5 {
            assert_eq!(client.get(&format!("/collections/parcel/items/{code}")).status, 200);
        }
        count += 1;
    }
    assert!(count > 10, "{count}");
    let tile_json = client.get("/collections/parcel/tilejson.json").json();
    assert_eq!((&tile_json["tilejson"], &tile_json["vector_layers"][0]["id"]), (&"3.0.0".into(), &"parcel".into()));
    assert_eq!(client.get("/collections/parcel/tiles/WebMercatorQuad/3/0/0").status, 204);
    client.get("/collections/parcel/tiles/WebMercatorQuad/3/99/0").problem(404);
}
