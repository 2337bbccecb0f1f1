//! Features: pages, filters, totals, exports; each checked against another way of asking.

use crate::support::{Client, OWN_PARK, PLANNER, Server, own_city, reading};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

fn codes(collection: &Value) -> Vec<String> {
    collection["features"].as_array().unwrap().iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn following_next_gives_every_parcel_of_a_park_once() {
    let client = Client::guest(reading());
    let mut path = format!("/collections/parcel/items?park={OWN_PARK}&limit=37");
    let mut seen = Vec::new();
    let matched = client.get(&path).json()["numberMatched"].as_u64().unwrap();
    loop {
        let page = client.get(&path).json();
        seen.extend(codes(&page));
        match page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next") {
            Some(next) => path = next["href"].as_str().unwrap().split_once(reading().url.as_str()).unwrap().1.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len() as u64, matched);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len());
}

#[test]
fn cql2_agrees_with_a_filter_written_by_hand() {
    let client = Client::guest(reading());
    let all = client.get("/collections/parcel/items?limit=10000&skipGeometry=true").json();
    let features = all["features"].as_array().unwrap();
    assert_eq!(features.len() as u64, all["numberMatched"].as_u64().unwrap());
    let by_hand = |test: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
        features.iter().filter(|feature| test(&feature["properties"])).map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
    };
    let text = |properties: &Value, name: &str| properties[name].as_str().unwrap_or_default().to_owned();
    let number = |properties: &Value, name: &str| properties[name].as_f64();
    let mut dates: Vec<String> = features.iter().map(|feature| text(&feature["properties"], "as_of")).collect();
    dates.sort();
    let middle = dates[dates.len() / 2].clone();
    let since = format!("as_of >= DATE('{middle}')");
    type Test<'t> = Box<dyn Fn(&Value) -> bool + 't>;
    let cases: Vec<(&str, Test<'_>)> = vec![
        ("land_use = '1001'", Box::new(|p| text(p, "land_use") == "1001")),
        (
            "land_use LIKE '1001%' AND far_present < 1.5",
            Box::new(|p| text(p, "land_use").starts_with("1001") && number(p, "far_present").is_some_and(|far| far < 1.5)),
        ),
        ("NOT (tenure = 'collective')", Box::new(|p| p["tenure"].is_string() && text(p, "tenure") != "collective")),
        ("height_limit_m IS NULL", Box::new(|p| p["height_limit_m"].is_null())),
        ("planar_area_m2 BETWEEN 5000 AND 20000", Box::new(|p| number(p, "planar_area_m2").is_some_and(|area| (5000.0..=20000.0).contains(&area)))),
        (
            "tenure IN ('collective','irregular') OR built_year >= 2015",
            Box::new(|p| {
                ["collective", "irregular"].contains(&text(p, "tenure").as_str()) || number(p, "built_year").is_some_and(|year| year >= 2015.0)
            }),
        ),
        ("NOT (far_limit > 3)", Box::new(|p| number(p, "far_limit").is_some_and(|far| far <= 3.0))),
        (&since, Box::new(|p| text(p, "as_of") >= middle)),
    ];
    for (filter, test) in cases {
        let body = json!({ "filter": filter, "limit": 10_000, "skipGeometry": true }).to_string();
        let found: BTreeSet<String> = codes(&client.send("POST", "/collections/parcel/search", &[], &body).json()).into_iter().collect();
        let expected = by_hand(&*test);
        assert_eq!(found, expected, "{filter}");
        assert!(
            !expected.is_empty() && expected.len() < features.len(),
            "{filter} selects {} of {}: the case shows nothing",
            expected.len(),
            features.len()
        );
    }
}

#[test]
fn a_spatial_filter_and_a_box_find_the_same_as_a_test_of_every_geometry() {
    let client = Client::guest(reading());
    let park = client.get(&format!("/collections/park/items/{OWN_PARK}")).json();
    let bbox: Vec<f64> = park["bbox"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    let (west, south) = (bbox[0], bbox[1]);
    let (east, north) = ((bbox[0] + bbox[2]) / 2.0, (bbox[1] + bbox[3]) / 2.0);
    let all = client.get(&format!("/collections/parcel/items?limit=10000&park={OWN_PARK}")).json();
    let polygon = geo_types::Geometry::Polygon(geo_types::Rect::new((west, south), (east, north)).to_polygon());
    let expected: BTreeSet<String> = all["features"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|feature| {
            use geo::Intersects;
            let geometry: geojson::Geometry = serde_json::from_value(feature["geometry"].clone()).unwrap();
            geo_types::Geometry::<f64>::try_from(geometry).unwrap().intersects(&polygon)
        })
        .map(|feature| feature["id"].as_str().unwrap().to_owned())
        .collect();
    let filter = format!(
        "park = '{OWN_PARK}' AND S_INTERSECTS(geom, POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south})))"
    );
    let body = json!({ "filter": filter, "limit": 10_000, "skipGeometry": true }).to_string();
    let found: BTreeSet<String> = codes(&client.send("POST", "/collections/parcel/search", &[], &body).json()).into_iter().collect();
    assert_eq!(found, expected);
    let boxed: BTreeSet<String> =
        codes(&client.get(&format!("/collections/parcel/items?limit=10000&park={OWN_PARK}&bbox={west},{south},{east},{north}")).json())
            .into_iter()
            .collect();
    assert_eq!(boxed, expected, "a box finds what its polygon finds");
    assert!(boxed.len() < all["features"].as_array().unwrap().len());
    // A box whose west lies east of its east runs over ±180°: here it holds nothing, and then all.
    assert_eq!(client.get("/collections/parcel/items?bbox=170,20,-170,25").json()["numberMatched"], 0);
    let all = client.get("/collections/parcel/items").json()["numberMatched"].clone();
    assert_eq!(client.get("/collections/parcel/items?bbox=-180,-90,180,90").json()["numberMatched"], all);
    for world in ["BBOX(-180,-90,180,90)", "BBOX(24,-89,179,89)", "POLYGON((-180 -90,180 -90,180 90,-180 90,-180 -90))"] {
        let found = client.query("/collections/parcel/items", &[("limit", "1"), ("filter", &format!("S_INTERSECTS(geom,{world})"))]).json();
        assert_eq!(found["numberMatched"], all, "{world}");
    }
    assert_eq!(
        client.get("/collections/parcel/items?bbox=170,20,116,25").json()["numberMatched"],
        client.get("/collections/parcel/items").json()["numberMatched"]
    );
}

const EPSG: &str = "http://www.opengis.net/def/crs/EPSG/0/";

#[test]
fn coordinates_come_in_the_system_that_was_asked_for_in_the_order_of_its_axes() {
    let client = Client::guest(reading());
    let item = format!("/collections/park/items/{OWN_PARK}");
    let first = |answer: &Value| {
        let ring = &answer["geometry"]["coordinates"][0][0][0];
        [ring[0].as_f64().unwrap(), ring[1].as_f64().unwrap()]
    };
    let plain = client.get(&item);
    assert_eq!(plain.header("content-crs"), format!("<{CRS84}>"));
    let [lon, lat] = first(&plain.json());
    let own = parkplan::spatial::crs::WorkingCrs::parse("EPSG:4547").unwrap().from_lon_lat(geo_types::Coord { x: lon, y: lat });
    let mercator = [6_378_137.0 * lon.to_radians(), 6_378_137.0 * lat.to_radians().tan().asinh()];
    for (code, expected, slack) in [
        ("4326", [lat, lon], 1e-7),
        ("4490", [lat, lon], 1e-7),
        ("4547", [own.y, own.x], 0.02),
        ("4526", [own.y, own.x + 38_000_000.0], 0.02),
        ("3857", mercator, 0.02),
    ] {
        let uri = format!("{EPSG}{code}");
        let answer = client.query(&item, &[("crs", &uri)]);
        assert_eq!(answer.header("content-crs"), format!("<{uri}>"));
        let place = first(&answer.json());
        assert!((place[0] - expected[0]).abs() < slack && (place[1] - expected[1]).abs() < slack, "{code} {place:?} {expected:?}");
        // A page says the same, and its links ask in the same system.
        let page = client.query("/collections/park/items", &[("ids", OWN_PARK), ("crs", &uri), ("limit", "1")]);
        assert_eq!((page.header("content-crs"), first(&page.json()["features"][0])), (answer.header("content-crs"), place));
        assert!(page.json()["links"][0]["href"].as_str().unwrap().contains("crs=http"));
        let posted = client.send("POST", "/collections/park/search", &[], &json!({ "ids": [OWN_PARK], "crs": uri }).to_string());
        assert_eq!(first(&posted.json()["features"][0]), place);
        // The box of the feature, in that system, finds it; so does the filter.
        let bbox = answer.json()["bbox"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect::<Vec<_>>();
        let text = bbox.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
        let whole = client.query("/collections/park/items", &[("bbox", &text), ("bbox-crs", &uri), ("resulttype", "hits")]).json();
        let filter = format!("S_INTERSECTS(geom, BBOX({text}))");
        let filtered = client.query("/collections/park/items", &[("filter", &filter), ("filter-crs", &uri), ("resulttype", "hits")]).json();
        assert!(whole["numberMatched"].as_u64().unwrap() >= 1 && whole["numberMatched"] == filtered["numberMatched"], "{code}");
    }
    let collection = client.get("/collections/park").json();
    let listed: Vec<&str> = collection["crs"].as_array().unwrap().iter().map(|uri| uri.as_str().unwrap()).collect();
    assert_eq!((listed[0], collection["storageCrs"].as_str().unwrap()), (CRS84, &*format!("{EPSG}4547")));
    assert!(["4326", "4490", "4526", "4547", "3857"].iter().all(|code| listed.contains(&&*format!("{EPSG}{code}"))));
    assert_eq!(client.get("/collections/unit").json()["crs"], json!([CRS84]), "rows without a shape");
}

#[test]
fn files_say_in_which_system_they_are() {
    let client = Client::guest(reading());
    let own = format!("{EPSG}4547");
    for (form, crs, said) in [
        ("gpkg", None, &*own),
        ("fgb", None, &*own),
        ("kml", None, CRS84),
        ("csv", None, CRS84),
        ("gpkg", Some(CRS84), CRS84),
        ("geojsonseq", Some(&*own), &*own),
    ] {
        let mut query = vec![("f", form), ("limit", "2")];
        query.extend(crs.map(|crs| ("crs", crs)));
        let answer = client.query("/collections/park/items", &query);
        assert_eq!((answer.status, answer.header("content-crs")), (200, &*format!("<{said}>")), "{form}");
    }
    client.query("/collections/park/items", &[("f", "kml"), ("crs", &own)]).problem(400);
}

#[test]
fn sorting_is_total_and_nulls_go_last() {
    let client = Client::guest(reading());
    let page = client.get("/collections/parcel/items?sortby=-height_limit_m&limit=10000&skipGeometry=true&properties=height_limit_m").json();
    let values: Vec<Option<f64>> =
        page["features"].as_array().unwrap().iter().map(|feature| feature["properties"]["height_limit_m"].as_f64()).collect();
    let first_null = values.iter().position(Option::is_none).expect("some are null");
    assert!(values[first_null..].iter().all(Option::is_none));
    assert!(values[..first_null].windows(2).all(|pair| pair[0] >= pair[1]));
}

#[test]
fn the_summary_adds_up_to_the_items() {
    let client = Client::guest(reading());
    let filter = "land_use LIKE '1001%'";
    let body = json!({ "filter": filter }).to_string();
    let summary = client.send("POST", "/collections/parcel/summary", &[], &body).json();
    let body = json!({ "filter": filter, "limit": 10_000, "skipGeometry": true }).to_string();
    let items = client.send("POST", "/collections/parcel/search", &[], &body).json();
    let sum: f64 = items["features"].as_array().unwrap().iter().filter_map(|feature| feature["properties"]["planar_area_m2"].as_f64()).sum();
    assert!((summary["sum"]["planar_area_m2"].as_f64().unwrap() - sum).abs() < 1e-6 * sum);
    assert_eq!(summary["numberMatched"], items["numberMatched"]);
    for group in summary["groups"].as_object().unwrap().values() {
        let count: u64 = group.as_array().unwrap().iter().map(|entry| entry["count"].as_u64().unwrap()).sum();
        assert_eq!(count, items["numberMatched"].as_u64().unwrap());
    }
    for histogram in summary["histograms"].as_object().unwrap().values() {
        let counted: u64 = histogram["counts"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(counted + histogram["unknown"].as_u64().unwrap(), items["numberMatched"].as_u64().unwrap());
    }
}

#[test]
fn geojson_keeps_rfc_7946() {
    let client = Client::guest(reading());
    let page = client.get("/collections/parcel/items?limit=500").json();
    assert!(page.get("crs").is_none());
    for feature in page["features"].as_array().unwrap() {
        assert_eq!(feature["id"], feature["properties"]["code"]);
        assert!(feature["properties"].get("owner").is_none(), "owners are private");
        for part in feature["geometry"]["coordinates"].as_array().unwrap() {
            for (index, ring) in part.as_array().unwrap().iter().enumerate() {
                let ring: Vec<(f64, f64)> =
                    ring.as_array().unwrap().iter().map(|place| (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())).collect();
                assert!(ring.len() >= 4 && ring.first() == ring.last());
                assert!(ring.windows(2).all(|pair| pair[0] != pair[1]));
                let twice: f64 = ring
                    .windows(2)
                    .map(|pair| (pair[0].0 - ring[0].0) * (pair[1].1 - ring[0].1) - (pair[1].0 - ring[0].0) * (pair[0].1 - ring[0].1))
                    .sum();
                assert_eq!(twice > 0.0, index == 0, "winding");
            }
        }
    }
}

#[test]
fn an_export_holds_exactly_what_was_asked_for() {
    let client = Client::guest(reading());
    let wanted: Vec<String> = codes(&client.get(&format!("/collections/parcel/items?park={OWN_PARK}&limit=23")).json());
    let answer = client.send("POST", "/exports", &[], &json!({ "collection": "parcel", "ids": wanted, "format": "geojson" }).to_string());
    assert_eq!(answer.header("x-feature-count"), "23");
    let got: BTreeSet<String> = codes(&answer.json()).into_iter().collect();
    assert_eq!(got, wanted.iter().cloned().collect());
    for format in ["csv", "gpkg", "fgb", "shp", "kml"] {
        let answer = client.send("POST", "/exports", &[], &json!({ "collection": "parcel", "ids": wanted, "format": format }).to_string());
        assert_eq!((answer.status, answer.header("x-feature-count")), (200, "23"), "{format}");
        assert!(!answer.bytes.is_empty());
    }
    let csv = client.send("POST", "/exports", &[], &json!({ "collection": "parcel", "ids": wanted, "format": "csv" }).to_string());
    assert!(csv.bytes.starts_with(b"\xEF\xBB\xBF"));
    assert_eq!(String::from_utf8_lossy(&csv.bytes).lines().count(), 24);
    client.send("POST", "/exports", &[], r#"{"collection":"parcel","ids":["nowhere"]}"#).problem(400);
    client.send("POST", "/exports", &[], r#"{"collection":"parcel","format":"dwg"}"#).problem(400);
}

#[test]
fn a_plan_is_kept_by_planners_and_downloads_as_geojson() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let guest = Client::guest(&server);
    let wanted = codes(&guest.get(&format!("/collections/parcel/items?park={OWN_PARK}&limit=5")).json());
    let plan = json!({ "name": "试点地块", "kind": "selection", "parcels": wanted }).to_string();
    guest.send("POST", "/plans", &[], &plan).problem(401);
    let planner = Client::signed_in(&server, PLANNER);
    planner.send_bare("POST", "/plans", &[], &plan).problem(403);
    let made = planner.send("POST", "/plans", &[], &plan);
    assert_eq!(made.status, 201);
    let place = made.header("location").to_owned();
    assert_eq!(guest.get(&place).json()["name"], "试点地块");
    let items = guest.get(&format!("{place}/items")).json();
    assert_eq!(codes(&items).into_iter().collect::<BTreeSet<_>>(), wanted.into_iter().collect());
    planner.send("POST", "/plans", &[], r#"{"name":"x","kind":"selection","parcels":["nowhere"]}"#).problem(400);
}
