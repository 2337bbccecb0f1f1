//! Query parameters and paths: what is not known, or said twice, is refused on every route; what is beyond the end is empty.

use crate::support::{Client, OWN_PARK, reading};
use serde_json::Value;
use std::collections::BTreeSet;

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

fn rels(page: &Value) -> BTreeSet<&str> {
    page["links"].as_array().unwrap().iter().map(|link| link["rel"].as_str().unwrap()).collect()
}

#[test]
fn an_offset_beyond_the_end_is_an_empty_page_without_next() {
    let client = Client::guest(reading());
    let matched = client.get("/collections/park/items?limit=1").json()["numberMatched"].as_u64().unwrap();
    for offset in [matched, matched + 5, u64::MAX - 1, u64::MAX] {
        let answer = client.get(&format!("/collections/park/items?limit=1&offset={offset}"));
        let page = answer.json();
        assert_eq!((&page["numberReturned"], &page["numberMatched"]), (&0.into(), &matched.into()), "{offset}");
        assert_eq!(rels(&page), BTreeSet::from(["self", "prev"]), "{offset}");
        assert!(!answer.header("link").contains("next"));
        let prev = page["links"][1]["href"].as_str().unwrap();
        assert!(prev.ends_with(&format!("offset={}", matched - 1)), "{prev}");
    }
    client.get("/collections/park/items?offset=18446744073709551616").problem(400);
    client.get("/collections/park/items?offset=-1").problem(400);
    let page = client.get(&format!("/units?park={OWN_PARK}&offset=18446744073709551615")).json();
    assert_eq!(page["units"], Value::Array(vec![]));
}

#[test]
fn unknown_and_repeated_parameters_are_refused_on_every_route() {
    let client = Client::guest(reading());
    let document = client.get("/api").json();
    let code = client.get("/collections/parcel/items?limit=1").json()["features"][0]["id"].as_str().unwrap().to_owned();
    let unit = client.get(&format!("/units?park={OWN_PARK}&limit=1")).json()["units"][0].clone();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        if methods.get("get").is_none() || path == "/changes/stream" {
            continue;
        }
        let path = path
            .replace("/parks/{code}", &format!("/parks/{OWN_PARK}"))
            .replace("/buildings/{code}", &format!("/buildings/{}", unit["building"].as_str().unwrap()))
            .replace("/units/{id}", &format!("/units/{}", unit["id"].as_str().unwrap()))
            .replace("{code}", &code)
            .replace("{id}", &code)
            .replace("{z}/{y}/{x}", "3/0/0");
        for query in ["foo=1", "foo=", "f=json&f=json"] {
            let problem = client.get(&format!("{path}?{query}")).problem(400);
            assert!(problem["place"] == "foo" || problem["place"] == "f", "{path}?{query}: {problem}");
        }
        asked += 1;
    }
    assert!(asked > 60, "{asked}");
    for (method, path) in
        [("POST", "/session?foo=1"), ("POST", "/exports?foo=1"), ("POST", "/collections/parcel/search?limit=3"), ("DELETE", "/session?foo=1")]
    {
        client.send(method, path, &[], "{}").problem(400);
    }
    for query in ["limit=5&limit=7", "park=BA-01&park=BA-02", "filter=1=1&filter=1=1", "bbox=1,2,3,4&bbox=1,2,3,4"] {
        client.get(&format!("/collections/parcel/items?{query}")).problem(400);
    }
}

#[test]
fn reference_systems_are_named_by_their_uris_where_they_mean_something() {
    let client = Client::guest(reading());
    let item = "/collections/park/items/BA-03";
    for (name, value) in [
        ("crs", "http://www.opengis.net/def/crs/EPSG/0/4548"),
        ("crs", "http://example.org/CRS84"),
        ("crs", "https://www.opengis.net/def/crs/OGC/1.3/CRS84"),
        ("crs", ""),
        ("crs", "EPSG:4547"),
        ("crs", "blahCRS84"),
        ("bbox-crs", "blahCRS84"),
        ("filter-crs", "x"),
    ] {
        client.query("/collections/parcel/items", &[(name, value)]).problem(400);
        client.query(item, &[(name, value)]).problem(400);
        client.query("/collections", &[(name, value)]).problem(400);
        client.query("/collections/parcel", &[(name, value)]).problem(400);
    }
    for name in ["crs", "bbox-crs", "filter-crs"] {
        assert_eq!(client.query("/collections/park/items", &[(name, CRS84)]).status, 200, "{name}");
    }
    assert_eq!(client.query(item, &[("crs", CRS84)]).status, 200);
    for name in ["bbox-crs", "filter-crs", "filter-lang", "bbox"] {
        client.query(item, &[(name, CRS84)]).problem(400);
    }
    client.query("/collections/park/summary", &[("crs", CRS84)]).problem(400);
    for (filter, language) in [("code = 'a'", "cql2-json"), (r#"{"op":"=","args":[{"property":"code"},"a"]}"#, "cql2-text")] {
        client.query("/collections/park/items", &[("filter", filter), ("filter-lang", language)]).problem(400);
    }
    for (bbox, system) in [("1,2,3,nan", CRS84), ("1,5,3,2", CRS84), ("3,2,1,5", "http://www.opengis.net/def/crs/EPSG/0/3857")] {
        client.query("/collections/park/items", &[("bbox", bbox), ("bbox-crs", system)]).problem(400);
    }
    for query in ["resulttype=all", "skipGeometry=yes", "filter-lang=sql", "limit=ten", "f=xml"] {
        client.get(&format!("/collections/park/items?{query}")).problem(400);
    }
}

#[test]
fn one_slash_too_many_leads_to_the_path_without() {
    let client = Client::guest(reading());
    for path in ["/collections", "/collections/parcel", "/collections/parcel/items", "/conformance", "/api", "/units"] {
        let answer = client.get(&format!("{path}/"));
        assert_eq!((answer.status, answer.header("location")), (308, path));
    }
    let answer = client.get("/collections/parcel/items/?limit=3&ids=a%2Cb");
    assert_eq!((answer.status, answer.header("location")), (308, "/collections/parcel/items?limit=3&ids=a%2Cb"));
    assert_eq!(client.send("POST", "/session/", &[], "{}").header("location"), "/session");
    // Nothing leads to another host.
    for path in ["//elsewhere.example/", "//elsewhere.example//", "/collections//", "/%5Celsewhere.example//"] {
        let answer = client.get(path);
        assert_eq!(answer.status, 404, "{path} → {}", answer.header("location"));
    }
}

#[test]
fn a_value_that_means_nothing_is_refused_with_what_may_stand_there() {
    let client = Client::guest(reading());
    let code = client.get("/collections/parcel/items?limit=1").json()["features"][0]["id"].as_str().unwrap().to_owned();
    let tile = "/collections/parcel/tiles/WebMercatorQuad/3/0/0";
    for (path, place, helps) in [
        ("/search?q=BA&limit=0".to_owned(), "limit", "1"),
        ("/search?q=BA&limit=-3".to_owned(), "limit", "1"),
        (format!("/units?park={OWN_PARK}&limit=0"), "limit", "1"),
        (format!("/units?park={OWN_PARK}&stale=maybe"), "stale", "true"),
        ("/changes?limit=0".to_owned(), "limit", "1"),
        ("/changes?since=-1".to_owned(), "since", "0"),
        ("/collections/park/items?limit=0".to_owned(), "limit", "1"),
        ("/collections/park/items?properties=nope".to_owned(), "properties", "lead_clusters"),
        ("/collections/parcel/items?properties=code,owner".to_owned(), "properties", "land_use"),
        ("/collections/park/items?f=csv&properties=nope".to_owned(), "properties", "lead_clusters"),
        ("/instruments?state=nope".to_owned(), "state", "in_force"),
        ("/instruments?at=x".to_owned(), "at", "2026-09-01"),
        ("/instruments?at=1000-01-01".to_owned(), "at", "1900"),
        (format!("{tile}?rev=abc"), "rev", "0"),
        (format!("{tile}?rev=-1"), "rev", "0"),
        (format!("/parcels/{code}/neighbours?tolerance=-1"), "tolerance", "50"),
        (format!("/parcels/{code}/neighbours?tolerance=NaN"), "tolerance", "50"),
    ] {
        for lang in ["zh", "en"] {
            let problem = client.get_with(&path, &[("accept-language", lang)]).problem(400);
            assert_eq!(problem["place"], place, "{path}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains(helps), "{path}: {problem}");
        }
    }
    for body in [r#"{"limit":0}"#, r#"{"properties":["nope"]}"#] {
        client.send("POST", "/collections/park/search", &[], body).problem(400);
    }
    for path in [format!("{tile}?rev=7"), "/instruments?state=in_force&at=2026-10-01".to_owned(), "/changes?since=0&limit=1".to_owned()] {
        assert!(client.get(&path).status < 300, "{path}");
    }
}

#[test]
fn rows_without_shapes_have_no_tiles_and_the_answer_says_why() {
    let client = Client::guest(reading());
    for path in ["tiles/WebMercatorQuad/3/0/0", "tiles/WebMercatorQuad", "tilejson.json"] {
        let problem = client.get(&format!("/collections/unit/{path}")).problem(404);
        assert!(problem["type"].as_str().unwrap().ends_with("no_tiles") && problem["place"] == "unit", "{path}: {problem}");
    }
}

#[test]
fn the_api_document_comes_under_a_type_that_was_asked_for() {
    let client = Client::guest(reading());
    let own = "application/vnd.oai.openapi+json;version=3.1";
    let gdal = "application/vnd.oai.openapi+json;version=3.0, application/openapi+json;version=3.0, application/json";
    for (accept, said) in [("*/*", own), ("application/json", own), (own, own), (gdal, "application/json")] {
        let answer = client.get_with("/api", &[("accept", accept)]);
        assert_eq!((answer.status, answer.header("content-type")), (200, said), "{accept}");
        let languages = &answer.json()["paths"]["/collections/parcel/items"]["get"]["parameters"];
        let named = languages.as_array().unwrap().iter().find(|parameter| parameter["name"] == "filter-lang").unwrap();
        assert!(named["schema"]["enum"].as_array().unwrap().iter().any(|language| language == "cql-text"));
    }
    let filter = [("filter", "(park = 'BA-03') AND (planar_area_m2 > 5000)"), ("filter-lang", "cql-text"), ("resulttype", "hits")];
    assert!(client.query("/collections/parcel/items", &filter).json()["numberMatched"].as_u64().unwrap() > 0);
}
