//! Forms of an answer: `f=` before `Accept`, qualities, and files of exactly the page.

use crate::support::{Client, OWN_PARK, reading};
use gdal::Dataset;
use gdal::vector::LayerAccess;

#[test]
fn f_wins_over_accept_and_qualities_count() {
    let client = Client::guest(reading());
    let kind = |path: &str, accept: &str| {
        let answer = client.get_with(path, &[("accept", accept)]);
        assert!(answer.header("vary").contains("accept"), "{path}: {}", answer.header("vary"));
        (answer.status, answer.header("content-type").split(';').next().unwrap().to_owned())
    };
    let (json, html, geojson) = ("application/json", "text/html", "application/geo+json");
    for (path, accept, media_type) in [
        ("/", "application/json;q=1, text/html;q=0.2", json),
        ("/", "application/json;q=0.2, text/html", html),
        ("/?f=json", "text/html", json),
        ("/collections", "text/html,application/xhtml+xml,*/*;q=0.8", html),
        ("/collections?f=html", json, html),
        ("/collections/park", "*/*", json),
        ("/collections/park/items", json, geojson),
        ("/collections/park/items", "text/csv, application/json;q=0.9", "text/csv"),
        ("/collections/park/items", "application/flatgeobuf", "application/flatgeobuf"),
        ("/collections/park/items?f=json", "text/csv", geojson),
        ("/collections/park/items/BA-03", html, html),
        ("/collections/park/schema", json, "application/schema+json"),
    ] {
        assert_eq!(kind(path, accept), (200, media_type.to_owned()), "{path} {accept}");
    }
    for (path, f) in [("/collections", "xml"), ("/collections", "csv"), ("/collections/park/items", "xml"), ("/conformance", "")] {
        client.get(&format!("{path}?f={f}")).problem(400);
    }
    for path in ["/", "/collections", "/collections/park/items", "/units?park=BA-03"] {
        client.get_with(path, &[("accept", "image/png")]).problem(406);
    }
}

#[test]
fn the_language_of_a_problem_goes_by_quality() {
    let client = Client::guest(reading());
    for (wanted, language) in
        [("en;q=0.2, zh;q=0.8", "zh-CN"), ("zh;q=0.2, en;q=0.8", "en"), ("fr, en;q=0.1", "en"), ("fr", "zh-CN"), ("en;q=0", "zh-CN")]
    {
        assert_eq!(client.get_with("/collections/moon", &[("accept-language", wanted)]).header("content-language"), language, "{wanted}");
    }
}

#[test]
fn files_of_items_hold_exactly_the_page() {
    let client = Client::guest(reading());
    let query = format!("park={OWN_PARK}&limit=7&offset=5&sortby=-planar_area_m2");
    let page = client.get(&format!("/collections/parcel/items?{query}")).json();
    let codes: Vec<&str> = page["features"].as_array().unwrap().iter().map(|feature| feature["id"].as_str().unwrap()).collect();
    let folder = tempfile::tempdir().unwrap();
    for (form, ending, media_type) in [
        ("csv", "csv", "text/csv; charset=utf-8"),
        ("fgb", "fgb", "application/flatgeobuf"),
        ("gpkg", "gpkg", "application/geopackage+sqlite3"),
        ("shp", "zip", "application/zip"),
        ("kml", "kml", "application/vnd.google-earth.kml+xml"),
    ] {
        let answer = client.get(&format!("/collections/parcel/items?{query}&f={form}"));
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type), "{}", String::from_utf8_lossy(&answer.bytes));
        assert_eq!(answer.header("ogc-numbermatched"), page["numberMatched"].to_string());
        assert_eq!(answer.header("ogc-numberreturned"), "7");
        assert!(answer.header("link").contains("rel=\"next\"") && answer.header("link").contains("f="), "{}", answer.header("link"));
        assert!(answer.header("etag").starts_with("W/\"r"), "{}", answer.header("etag"));
        let file = folder.path().join(format!("page.{ending}"));
        std::fs::write(&file, &answer.bytes).unwrap();
        let inside = if form == "shp" { format!("/vsizip/{}", file.display()) } else { file.display().to_string() };
        let dataset = Dataset::open(inside).unwrap_or_else(|error| panic!("{form}: {error}"));
        let mut layer = dataset.layer(0).unwrap();
        // FlatGeobuf puts its rows into the order of their places.
        let at = layer.defn().field_index("code").or_else(|_| layer.defn().field_index("\u{feff}code")).unwrap_or(0);
        let mut read: Vec<String> = layer.features().map(|feature| feature.field_as_string(at).unwrap().unwrap()).collect();
        let mut wanted = codes.clone();
        if form == "fgb" {
            read.sort();
            wanted.sort_unstable();
        }
        assert_eq!(read, wanted, "{form}");
    }
    let narrow = client.get(&format!("/collections/parcel/items?{query}&f=csv&properties=land_use"));
    assert_eq!(String::from_utf8_lossy(&narrow.bytes).lines().next(), Some("\u{feff}code,land_use"));
    let html = client.get(&format!("/collections/parcel/items?{query}&f=html"));
    let text = String::from_utf8_lossy(&html.bytes).into_owned();
    assert!(codes.iter().all(|code| text.contains(&format!(">{code}</a>"))) && !text.contains("<script"), "{text}");
    client.get("/collections/parcel/items?f=csv&resulttype=hits").problem(400);
    assert_eq!(client.get("/collections/unit/items?f=csv&limit=3").header("ogc-numberreturned"), "3");
    assert!(!String::from_utf8_lossy(&client.get("/collections/parcel/items?f=csv").bytes).contains("owner"), "owners are private");
}

#[test]
fn who_refuses_chinese_is_answered_in_english() {
    let client = Client::guest(reading());
    for (header, language) in [("zh;q=0", "en"), ("zh;q=0, fr", "en"), ("zh", "zh-CN"), ("en;q=0", "zh-CN")] {
        let answer = client.get_with("/collections/moon", &[("accept-language", header)]);
        assert_eq!((answer.status, answer.header("content-language")), (404, language), "{header}");
    }
}
