//! The CRS: read, given, or the file is refused; never guessed.

use super::support::*;
use geo::{Area, Centroid};
use geo_types::{Coord, Geometry, Point};
use parkplan::formats::VectorDriver;
use parkplan::intake::{ImportOptions, KnownShape, gcj02};
use parkplan::spatial::area::ellipsoidal_area;
use parkplan::spatial::crs::WorkingCrs;
use std::path::PathBuf;

/// A CSV of points, which never says its CRS.
fn points(folder: &tempfile::TempDir, places: &[(f64, f64)]) -> PathBuf {
    let lines: Vec<String> = places.iter().enumerate().map(|(index, (x, y))| format!("f{index},{x},{y}")).collect();
    file(folder, "points.csv", format!("code,x,y\n{}\n", lines.join("\n")))
}

fn with_crs(crs: &str) -> ImportOptions {
    ImportOptions { crs: Some(crs.to_owned()), ..options("facility") }
}

#[test]
fn a_file_without_a_crs_is_refused_and_told_what_it_looks_like() {
    let folder = folder();
    for (place, looks) in [
        ((114.05, 22.54), "EPSG:4490"),
        ((22.54, 114.05), "swapped"),
        ((38_505_955.0, 2_493_941.0), "EPSG:4526"),
        ((505_955.0, 2_493_941.0), "EPSG:4547"),
        ((2_493_941.0, 505_955.0), "swapped"),
        ((12_696_000.0, 2_577_000.0), "EPSG:3857"),
        ((112_345.0, 21_345.0), "local"),
    ] {
        for city in [shenzhen(), city("EPSG:4547")] {
            let fault = fault(&points(&folder, &[place]), &options("facility"), &city);
            assert_eq!(fault.code, "crs_missing");
            assert!(fault.en.contains(looks) && fault.help_en.as_deref().is_some_and(|help| help.contains("--crs")), "{place:?}: {}", fault.en);
        }
    }
}

#[test]
fn a_crs_that_the_numbers_deny_is_refused() {
    let folder = folder();
    for (place, crs) in [
        ((114.05, 22.54), "EPSG:4547"),
        ((22.54, 114.05), "EPSG:4326"),
        ((22.54, 114.05), "EPSG:4490"),
        ((505_955.0, 2_493_941.0), "EPSG:4490"),
        ((38_505_955.0, 2_493_941.0), "EPSG:4547"),
        ((505_955.0, 2_493_941.0), "EPSG:4526"),
        ((2_493_941.0, 505_955.0), "EPSG:4547"),
    ] {
        for city in [shenzhen(), city("EPSG:4547")] {
            let fault = fault(&points(&folder, &[place]), &with_crs(crs), &city);
            assert_eq!(fault.code, "crs_contradicted", "{place:?} {crs}: {}", fault.en);
            assert!(fault.place.is_some() && fault.help_zh.is_some());
        }
    }
}

#[test]
fn projected_coordinates_in_geojson_are_refused_and_taken_with_the_option() {
    let folder = folder();
    let path = geojson(&folder, &[r#"{"type":"Point","coordinates":[505955.85,2493941.25]}"#]);
    assert_eq!(fault(&path, &options("facility"), &shenzhen()).code, "crs_contradicted");
    let prepared = run(&path, &with_crs("EPSG:4547"), &shenzhen()).expect("prepared");
    assert_eq!(prepared.rows[0].geometry, Some(Point::new(505_955.85, 2_493_941.25).into()));
    let crs = prepared.report.crs.expect("crs");
    assert_eq!((crs.source.as_str(), crs.given_by, crs.to.as_str()), ("EPSG:4547", "option", "EPSG:4547"));
    assert!(prepared.report.notices.iter().any(|notice| notice.code == "crs_overridden"));
}

#[test]
fn the_register_sample_arrives_from_degrees_and_from_the_zone_prefix() {
    let folder = folder();
    for (place, crs) in [((114.0579, 22.5431), "EPSG:4490"), ((114.0579, 22.5431), "EPSG:4326"), ((38_505_955.85, 2_493_941.25), "EPSG:4526")] {
        let prepared = run(&points(&folder, &[place]), &with_crs(crs), &shenzhen()).expect(crs);
        let Some(Geometry::Point(there)) = prepared.rows[0].geometry else { panic!("no point") };
        assert!((there.x() - 505_955.85).abs() < 0.01 && (there.y() - 2_493_941.25).abs() < 0.01, "{crs}: {there:?}");
    }
}

#[test]
fn an_old_crs_member_of_geojson_counts() {
    let folder = folder();
    let path = file(
        &folder,
        "old.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":"f1","properties":{},"geometry":{"type":"Point","coordinates":[505955.85,2493941.25]}}],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}}"#,
    );
    let by_id = ImportOptions { key: Some("id".into()), ..options("facility") };
    let prepared = run(&path, &by_id, &shenzhen()).expect("prepared");
    assert_eq!((prepared.rows[0].key(prepared.layer), prepared.report.crs.expect("crs").given_by), ("f1", "file"));
}

#[test]
fn a_layer_far_from_the_districts_is_refused_and_a_stray_row_is_told() {
    let folder = folder();
    let beijing = (116.4, 39.9);
    let fault = fault(&points(&folder, &[beijing]), &with_crs("EPSG:4326"), &shenzhen());
    assert!(fault.code == "outside_city" && fault.en.contains("km"), "{}", fault.en);
    let prepared = run(&points(&folder, &[beijing, (114.05, 22.54)]), &with_crs("EPSG:4326"), &shenzhen()).expect("prepared");
    let notice = prepared.report.notices.iter().find(|notice| notice.code == "far_from_city").expect("notice");
    assert_eq!(notice.items, [serde_json::json!({ "row": 2, "key": "f0" })]);
}

#[test]
fn parks_shifted_like_the_web_maps_are_noticed_and_unshifted_ones_are_not() {
    let folder = folder();
    let corner = |index: usize| Coord { x: 114.0 + 0.05 * index as f64, y: 22.55 };
    let park = |shift: &dyn Fn(Coord<f64>) -> Coord<f64>| {
        let features: Vec<String> = (0..4)
            .map(|index| {
                let ring: Vec<String> = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01), (0.0, 0.0)]
                    .map(|(x, y)| shift(corner(index) + Coord { x, y }))
                    .map(|c| format!("[{},{}]", c.x, c.y))
                    .to_vec();
                format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(","))
            })
            .collect();
        geojson(&folder, &features.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let mut city = shenzhen();
    let known = run(&park(&|c| c), &options("park"), &city).expect("prepared");
    city.known = known
        .rows
        .iter()
        .map(|row| KnownShape {
            key: row.key(known.layer).to_owned(),
            name: None,
            centroid: row.geometry.as_ref().and_then(Centroid::centroid).expect("centroid"),
        })
        .collect();
    let codes = |shift: &dyn Fn(Coord<f64>) -> Coord<f64>| -> Vec<&'static str> {
        run(&park(shift), &options("park"), &city).expect("prepared").report.notices.iter().map(|notice| notice.code).collect()
    };
    assert!(codes(&gcj02::shifted).contains(&"gcj02_shift"));
    assert!(!codes(&|c| c).iter().any(|code| code.starts_with("gcj02")));
    assert!(!codes(&|c| Coord { x: c.x - 0.005, y: c.y }).iter().any(|code| code.starts_with("gcj02")));
}

#[test]
fn shapes_lie_where_plane_and_ellipsoid_agree_on_their_areas() {
    let folder = folder();
    let path = folder.path().join("p.gpkg");
    write(&path, VectorDriver::GeoPackage, None, parcel_layer(), parcels());
    let prepared = run(&path, &options("parcel"), &shenzhen()).expect("prepared");
    let working = WorkingCrs::parse(&shenzhen().crs).expect("crs");
    for row in &prepared.rows {
        let planar = row.get(prepared.layer, "planar_area_m2").as_f64().expect("planar");
        let Some(Geometry::MultiPolygon(shape)) = &row.geometry else { panic!("no polygons") };
        let ellipsoidal = ellipsoidal_area(shape, &working);
        assert_eq!(planar, shape.unsigned_area());
        assert!((planar - 10_000.0).abs() < 1e-6 && (ellipsoidal / planar - 1.0).abs() < 1e-5, "{planar} {ellipsoidal}");
    }
}
