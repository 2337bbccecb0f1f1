//! Rows of one key and rows without one: what stands, what is told, and that the same file gives the same keys again.

use super::support::*;
use geo::Area;
use parkplan::domain::Lang;
use parkplan::intake::{DuplicateDone, ImportOptions, MadeOf, Mode, OnDuplicate, OnMissingKey, Prepared};

/// Key, name and the west and south of a corner.
type Square<'a> = (&'a str, &'a str, Option<(f64, f64)>);

/// Squares of 100 m: key, name, west and south of the corner; no shape where the west is `None`.
fn squares(rows: &[Square<'_>]) -> String {
    let ring = |(x, y): (f64, f64)| format!("\"POLYGON(({x} {y},{} {y},{} {},{x} {},{x} {y}))\"", x + 100.0, x + 100.0, y + 100.0, y + 100.0);
    let line = |(key, name, corner): &Square<'_>| format!("{key},{name},{}\n", corner.map(ring).unwrap_or_default());
    format!("code,name,wkt\n{}", rows.iter().map(line).collect::<String>())
}

const WEST: Option<(f64, f64)> = Some((500_000.0, 2_500_000.0));
const BESIDE: Option<(f64, f64)> = Some((500_100.0, 2_500_000.0));
const OVER: Option<(f64, f64)> = Some((500_050.0, 2_500_000.0));
const FAR: Option<(f64, f64)> = Some((500_900.0, 2_500_000.0));

fn of(rows: &[Square<'_>], on_duplicate: Option<OnDuplicate>, on_missing_key: OnMissingKey) -> Prepared {
    let folder = folder();
    let path = file(&folder, "a.csv", squares(rows));
    run(&path, &ImportOptions { on_duplicate, on_missing_key, ..parcels_in_4547() }, &shenzhen()).expect("prepared")
}

fn duplicates(rows: &[Square<'_>], how: OnDuplicate) -> Prepared {
    of(rows, Some(how), OnMissingKey::Reject)
}

fn keys(prepared: &Prepared) -> Vec<&str> {
    prepared.rows.iter().map(|row| row.key(prepared.layer)).collect()
}

fn rejected(prepared: &Prepared) -> Vec<(u64, &'static str)> {
    prepared.report.rejected.iter().map(|note| (note.row, note.reason)).collect()
}

fn balanced(prepared: &Prepared) {
    let report = &prepared.report;
    assert_eq!(report.read, report.accepted + report.rejected.len() as u64 + report.unmatched.len() as u64);
    assert_eq!(report.written, prepared.rows.len() as u64);
}

#[test]
fn the_first_row_of_a_key_stands_and_the_others_are_rejected_unless_something_else_is_said() {
    let rows = [("A", "甲", WEST), ("A", "乙", BESIDE), ("B", "丙", FAR)];
    for on_duplicate in [None, Some(OnDuplicate::Reject)] {
        let prepared = of(&rows, on_duplicate, OnMissingKey::Reject);
        assert_eq!((keys(&prepared), rejected(&prepared)), (vec!["A", "B"], vec![(3, "duplicate_key")]));
        assert_eq!(prepared.report.duplicates[0].done, DuplicateDone::Rejected);
        balanced(&prepared);
    }
}

#[test]
fn first_takes_the_first_row_that_can_be_taken() {
    let prepared = duplicates(&[("A", "没有图形", None), ("A", "甲", WEST), ("A", "乙", BESIDE)], OnDuplicate::First);
    assert_eq!(rejected(&prepared), [(2, "null_geometry"), (4, "duplicate_left_out")]);
    assert_eq!(prepared.rows[0].get(prepared.layer, "name").as_str(), Some("甲"));
    assert_eq!((prepared.report.duplicates[0].done, prepared.report.duplicates[0].rows.as_slice()), (DuplicateDone::First, &[2, 3, 4][..]));
    balanced(&prepared);
}

#[test]
fn numbers_go_by_the_order_of_the_file_and_take_no_key_that_stands_in_it() {
    let rows = [("A", "甲", WEST), ("A", "乙", BESIDE), ("A-2", "丙", OVER), ("A", "丁", FAR)];
    let prepared = duplicates(&rows, OnDuplicate::Number);
    assert_eq!(keys(&prepared), ["A", "A-3", "A-2", "A-4"]);
    let told = &prepared.report.duplicates[0];
    assert_eq!((told.done, told.keys.as_slice()), (DuplicateDone::Numbered, &["A".to_owned(), "A-3".to_owned(), "A-4".to_owned()][..]));
    assert!(rejected(&prepared).is_empty());
    balanced(&prepared);
    // An update with the same file finds them again; adding it a second time adds nothing.
    let mut city = shenzhen();
    city.existing_keys = keys(&prepared).into_iter().map(str::to_owned).collect();
    let folder = folder();
    let path = file(&folder, "a.csv", squares(&rows));
    let again = |mode| run(&path, &ImportOptions { mode, on_duplicate: Some(OnDuplicate::Number), ..parcels_in_4547() }, &city).expect("prepared");
    assert_eq!((keys(&again(Mode::Update)), again(Mode::Update).report.unmatched.len()), (vec!["A", "A-3", "A-2", "A-4"], 0));
    assert_eq!(again(Mode::Add).report.rejected.iter().filter(|note| note.reason == "key_exists").count(), 4);
    assert_eq!(keys(&again(Mode::Replace)), keys(&prepared));
}

#[test]
fn parts_of_one_parcel_become_one_where_their_attributes_agree() {
    for (second, area, parts, shared) in
        [(FAR, 20_000.0, 2, None), (BESIDE, 20_000.0, 1, None), (OVER, 15_000.0, 1, Some(5_000.0)), (WEST, 10_000.0, 1, Some(10_000.0))]
    {
        let prepared = duplicates(&[("A", "甲", WEST), ("B", "乙", Some((500_000.0, 2_501_000.0))), ("A", "甲", second)], OnDuplicate::Merge);
        assert_eq!(keys(&prepared), ["A", "B"]);
        let row = &prepared.rows[0];
        let Some(geo_types::Geometry::MultiPolygon(shape)) = &row.geometry else { panic!("no polygons") };
        assert!((shape.unsigned_area() - area).abs() < 1e-6 && shape.0.len() == parts, "{second:?}: {shape:?}");
        assert!(row.get(prepared.layer, "planar_area_m2").as_f64().is_some_and(|told| (told - area).abs() < 1e-6));
        let told = &prepared.report.duplicates[0];
        assert_eq!((told.done, told.rows.as_slice(), prepared.report.accepted, prepared.report.written), (DuplicateDone::Merged, &[2, 4][..], 3, 2));
        let overlap = prepared.report.notices.iter().find(|notice| notice.code == "parts_overlap");
        let found = overlap.map(|notice| notice.items[0]["area_m2"].as_f64().expect("area"));
        assert!(
            match (found, shared) {
                (None, None) => true,
                (Some(found), Some(shared)) => (found - shared).abs() < 1e-6,
                _ => false,
            },
            "{second:?}: {found:?}"
        );
    }
}

#[test]
fn parts_whose_attributes_differ_are_all_refused_by_name() {
    let rows = [
        ("A", "甲", WEST),
        ("B", "丙", Some((500_000.0, 2_501_000.0))),
        ("A", "乙", FAR),
        ("C", "丁", Some((500_000.0, 2_502_000.0))),
        ("C", "丁", None),
    ];
    let prepared = duplicates(&rows, OnDuplicate::Merge);
    assert_eq!(keys(&prepared), ["B"]);
    assert_eq!(rejected(&prepared), [(2, "duplicate_differs"), (4, "duplicate_differs"), (5, "duplicate_part_rejected"), (6, "null_geometry")]);
    let note = &prepared.report.rejected[0];
    assert!(note.key.as_deref() == Some("A") && note.zh.contains("名称 甲 / 乙") && note.en.contains("name 甲 / 乙"), "{note:?}");
    assert!(prepared.report.duplicates.iter().all(|told| told.done == DuplicateDone::Refused));
    balanced(&prepared);
    // A value that one of them lacks is a difference too: nothing is filled in.
    assert!(keys(&duplicates(&[("A", "甲", WEST), ("A", "", FAR)], OnDuplicate::Merge)).is_empty());
}

#[test]
fn a_sum_that_was_asked_for_needs_no_agreement() {
    let folder = folder();
    let path = file(&folder, "a.csv", "code,name,登记\nA,甲,10\nA,甲,20\nB,乙,1\n");
    let mut city = shenzhen();
    city.existing_keys = ["A", "B"].map(str::to_owned).into();
    let asked = |on_duplicate, theirs: &str| ImportOptions {
        mode: Mode::Update,
        on_duplicate,
        map: vec![("registered_area_m2".into(), theirs.into())],
        ..options("parcel")
    };
    let of = |on_duplicate, theirs: &str| {
        let prepared = run(&path, &asked(on_duplicate, theirs), &city).expect("prepared");
        balanced(&prepared);
        prepared.rows.iter().map(|row| row.get(prepared.layer, "registered_area_m2").as_f64().expect("area")).collect::<Vec<_>>()
    };
    assert_eq!(of(Some(OnDuplicate::Merge), "sum(登记)"), [30.0, 1.0]);
    assert_eq!(of(Some(OnDuplicate::Merge), "登记"), [1.0]);
    assert_eq!(of(Some(OnDuplicate::First), "sum(登记)"), [10.0, 1.0]);
    assert_eq!(of(Some(OnDuplicate::Reject), "sum(登记)"), [10.0, 1.0]);
    assert_eq!(of(None, "sum(登记)"), [30.0, 1.0]);
}

#[test]
fn placeholders_and_empty_keys_get_one_that_the_same_shape_gives_again() {
    let rows = [("---", "甲", WEST), ("", "乙", BESIDE), ("无", "丙", FAR), ("A", "丁", Some((500_000.0, 2_501_000.0))), ("N/A", "戊", WEST)];
    let prepared = of(&rows, None, OnMissingKey::Make);
    let made = keys(&prepared).into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert!(made[0].starts_with("made-") && made[0].len() == 17 && made[3] == "A" && made[4] == format!("{}-2", made[0]), "{made:?}");
    assert!(rejected(&prepared).is_empty() && prepared.report.duplicates.is_empty());
    let told: Vec<_> = prepared.report.made_keys.iter().map(|made| (made.row, made.was.as_deref(), made.of)).collect();
    assert_eq!(told, [(2, Some("---"), MadeOf::Shape), (3, None, MadeOf::Shape), (4, Some("无"), MadeOf::Shape), (6, Some("N/A"), MadeOf::Shape)]);
    for lang in [Lang::Zh, Lang::En] {
        let text = prepared.report.text(lang);
        assert!(text.contains(&made[0]) && text.contains("← ---"), "{text}");
    }
    // In another order, with rings that begin elsewhere and turn the other way: the same keys.
    let folder = folder();
    let turned = "\"POLYGON((500100 2500100,500100 2500000,500000 2500000,500000 2500100,500100 2500100))\"";
    let path = file(&folder, "b.csv", format!("code,name,wkt\n.,乙,{turned}\n"));
    let again = run(&path, &ImportOptions { on_missing_key: OnMissingKey::Make, ..parcels_in_4547() }, &shenzhen()).expect("prepared");
    assert_eq!(keys(&again), [&made[0]]);
    // And an update finds them.
    let mut city = shenzhen();
    city.existing_keys = made.iter().cloned().collect();
    let path = file(&folder, "a.csv", squares(&rows));
    let asked = ImportOptions { mode: Mode::Update, on_missing_key: OnMissingKey::Make, ..parcels_in_4547() };
    let updated = run(&path, &asked, &city).expect("prepared");
    assert_eq!((keys(&updated), updated.report.unmatched.len()), (made.iter().map(String::as_str).collect(), 0));
}

#[test]
fn without_the_wish_a_placeholder_is_a_key_and_told() {
    let prepared = of(&[("---", "甲", WEST), ("---", "乙", BESIDE), ("", "丙", FAR)], None, OnMissingKey::Reject);
    assert_eq!((keys(&prepared), rejected(&prepared)), (vec!["---"], vec![(3, "duplicate_key"), (4, "missing_key")]));
    let told = prepared.report.notices.iter().find(|notice| notice.code == "keys_placeholder").expect("told");
    assert!(told.items.len() == 2 && told.en.contains("--on-missing-key make"));
}

#[test]
fn a_table_without_shapes_makes_keys_of_the_values() {
    let folder = folder();
    let path = file(&folder, "firms.csv", "code,name,jobs\n,某某公司,12\n-,另一公司,7\n91440300X,第三家,1\n");
    let of = || run(&path, &ImportOptions { on_missing_key: OnMissingKey::Make, ..options("firm") }, &shenzhen()).expect("prepared");
    let (one, two) = (of(), of());
    assert_eq!(keys(&one), keys(&two));
    assert!(one.report.made_keys.iter().all(|made| made.of == MadeOf::Values) && one.report.made_keys.len() == 2);
    assert_ne!(keys(&one)[0], keys(&one)[1]);
}

#[test]
fn cambridge_keeps_all_its_parcels_with_made_and_numbered_keys() {
    let Some(path) = real("cambridge_ma/ASSESSING_ParcelsFY2013.topojson") else { return };
    let asked = ImportOptions {
        key: Some("ML".into()),
        crs: Some("EPSG:4326".into()),
        on_missing_key: OnMissingKey::Make,
        on_duplicate: Some(OnDuplicate::Number),
        ..options("parcel")
    };
    let prepared = run(&path, &asked, &city("EPSG:26986")).expect("Cambridge");
    let report = &prepared.report;
    assert_eq!((report.read, report.accepted, report.written, report.rejected.len()), (13_159, 13_159, 13_159, 0));
    let distinct: std::collections::HashSet<&str> = keys(&prepared).into_iter().collect();
    assert_eq!(distinct.len(), 13_159);
    let placeholders = report.made_keys.iter().filter(|made| made.was.as_deref() == Some("---")).count();
    let empty = report.made_keys.iter().filter(|made| made.was.is_none()).count();
    println!("placeholders {placeholders}, empty {empty}, numbered groups {}", report.duplicates.len());
    assert_eq!((placeholders, empty), (59, 6));
    let merged = run(&path, &ImportOptions { on_duplicate: Some(OnDuplicate::Merge), ..asked }, &city("EPSG:26986")).expect("Cambridge");
    balanced(&merged);
    let area = |prepared: &Prepared| prepared.rows.iter().filter_map(|row| row.geometry.as_ref()).map(Area::unsigned_area).sum::<f64>();
    let groups: Vec<_> = merged.report.duplicates.iter().map(|told| (told.done, told.rows.len())).collect();
    println!("numbered {:.1} m², merged {:.1} m², groups {groups:?}", area(&prepared), area(&merged));
    assert!(area(&merged) <= area(&prepared));
}
