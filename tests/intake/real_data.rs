//! The figures that the real data sets are known for.

use super::support::{city, options, real, robust, run};
use geo::Area;
use parkplan::intake::{ImportOptions, Mode, Prepared};
use std::path::Path;

fn by(key: &str, layer: &str) -> ImportOptions {
    ImportOptions { key: Some(key.to_owned()), ..options(layer) }
}

fn cambridge(path: &Path, key: &str) -> Prepared {
    let asked = ImportOptions { crs: Some("EPSG:4326".to_owned()), ..by(key, "parcel") };
    run(path, &asked, &city("EPSG:26986")).expect("Cambridge")
}

#[test]
fn cambridge_has_13159_parcels_24_of_them_invalid() {
    let Some(path) = real("cambridge_ma/ASSESSING_ParcelsFY2013.topojson") else { return };
    let report = cambridge(&path, "@row").report;
    assert_eq!((report.read, report.accepted, report.repaired.len(), report.rejected.len()), (13_159, 13_159, 24, 0));
    for note in &report.repaired {
        assert!(note.place.is_some() && note.ring.is_some());
        let (before, after) = (note.area_before_m2.expect("before"), note.area_after_m2.expect("after"));
        assert!((after - before).abs() < 1.0, "{note:?}");
    }
}

/// The known “81 duplicate keys” are the rows that repeat an earlier key when a missing key counts as one:
/// 76 rows repeat a key that is there, and of the 6 rows without a key 5 repeat its absence.
#[test]
fn cambridge_repeats_a_key_in_76_rows_and_has_none_in_6() {
    let Some(path) = real("cambridge_ma/ASSESSING_ParcelsFY2013.topojson") else { return };
    let report = cambridge(&path, "ML").report;
    let count = |reason: &str| report.rejected.iter().filter(|note| note.reason == reason).count();
    assert_eq!((count("duplicate_key"), count("missing_key")), (76, 6));
    assert_eq!(report.duplicates.iter().map(|duplicate| duplicate.rows.len() - 1).sum::<usize>(), 76);
    assert_eq!((report.read, report.accepted), (13_159, 13_159 - 82));
}

#[test]
fn cambridge_assessment_has_27424_rows_and_leaves_70_parcels_without_one() {
    let (Some(parcels), Some(tax)) = (real("cambridge_ma/ASSESSING_ParcelsFY2013.topojson"), real("cambridge_ma/TaxFY13.csv")) else { return };
    let parcels = cambridge(&parcels, "ML");
    let mut context = city("EPSG:26986");
    context.existing_keys = parcels.rows.iter().map(|row| row.key(parcels.layer).to_owned()).collect();
    let asked = ImportOptions {
        mode: Mode::Update,
        map: vec![("built_gfa_m2".into(), "sum(GrossArea) * 0.09290304".into()), ("built_year".into(), "max(AYBYrBuilt)".into())],
        ..by("ML", "parcel")
    };
    let merged = run(&tax, &asked, &context).expect("assessment");
    let report = merged.report;
    assert_eq!((report.read, report.untouched.len(), report.unmatched.len(), report.rejected.len()), (27_424, 70, 53, 5));
    assert_eq!(report.read, report.accepted + 53 + 5);
    assert_eq!(report.written, context.existing_keys.len() as u64 - 70);
}

#[test]
fn shanghai_reads_17_districts_by_the_language_byte() {
    let Some(path) = real("shanghai_gbk/区县界_area.shp") else { return };
    let prepared = run(&path, &by("ADMINCODE", "district"), &city("EPSG:4549")).expect("Shanghai");
    let encoding = prepared.report.encoding.expect("encoding");
    assert_eq!((prepared.rows.len(), encoding.name.as_str(), serde_json::to_value(encoding.found_by).expect("json")), (17, "GB18030", "ldid".into()));
    assert!(prepared.rows.iter().any(|row| row.get(prepared.layer, "name").as_str() == Some("浦东新区")));
}

#[test]
fn singapore_raw_has_6_and_4_invalid_and_mending_keeps_the_area_of_the_known_repair() {
    let (Some(raw), Some(repaired)) =
        (real("singapore_mp2019/MP2019-boundary-zone-shapefiles.zip"), real("singapore_mp2019/MP2019-boundray-zone-SVY21.zip"))
    else {
        return;
    };
    for (layer, rows, invalid) in [("MP2019-subzone", 332, 6), ("MP2019-region", 5, 4), ("MP2019-planning-area", 55, 0)] {
        let asked = ImportOptions { source_layer: Some(layer.to_owned()), ..by("@row", "district") };
        let raw = run(&raw, &asked, &city("EPSG:3414")).expect(layer);
        let twin = run(&repaired, &asked, &city("EPSG:3414")).expect(layer);
        assert_eq!((raw.rows.len(), raw.report.repaired.len(), twin.report.repaired.len()), (rows, invalid, 0), "{layer}");
        for (ours, known) in raw.rows.iter().zip(&twin.rows) {
            let area = |row: &parkplan::domain::Row| row.geometry.as_ref().map(Area::unsigned_area).expect("area");
            let (ours, known) = (area(ours), area(known));
            assert!((ours / known - 1.0).abs() < 1e-6, "{layer}: {ours} {known}");
        }
    }
}

#[test]
fn shenzhen_zones_come_from_web_mercator_and_a_wrong_crs_is_denied() {
    let Some(path) = real("sz_taz_stevcdp/SZ_districts.shp") else { return };
    let asked = by("@row", "district");
    let prepared = run(&path, &asked, &city("EPSG:4547")).expect("zones");
    assert_eq!((prepared.rows.len(), prepared.report.crs.expect("crs").source.as_str()), (491, "EPSG:3857"));
    let wrong = ImportOptions { crs: Some("EPSG:4547".to_owned()), ..asked };
    assert_eq!(super::support::fault(&path, &wrong, &city("EPSG:4547")).code, "crs_contradicted");
}

#[test]
fn prague_gives_407_plots_and_144_buildings() {
    let Some(path) = real("bubenec_momepy/bubenec.gpkg") else { return };
    for (source, layer, rows) in [("plots", "parcel", 407), ("buildings", "building", 144)] {
        let asked = ImportOptions { source_layer: Some(source.to_owned()), ..by("@row", layer) };
        assert_eq!(run(&path, &asked, &city("EPSG:5514")).expect(source).rows.len(), rows);
    }
}

/// Whatever stands in the corpora: an answer or a fault with both texts, never a crash.
#[test]
fn the_corpora_of_other_readers_crash_nothing() {
    let Some(root) = robust() else { return };
    let mut files = vec![root];
    let (mut taken, mut refused) = (0, std::collections::BTreeMap::<&str, usize>::new());
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).expect("folder").flatten().map(|entry| entry.path()));
            continue;
        }
        for layer in ["parcel", "unit"] {
            let asked = ImportOptions { crs: Some("EPSG:4326".to_owned()), map: Vec::new(), ..by("@row", layer) };
            match run(&path, &asked, &city("EPSG:4547")) {
                Ok(prepared) => {
                    taken += 1;
                    let report = prepared.report;
                    assert_eq!(report.read, report.accepted + report.rejected.len() as u64 + report.unmatched.len() as u64, "{}", path.display());
                }
                Err(fault) => {
                    assert!(!fault.zh.is_empty() && !fault.en.is_empty());
                    *refused.entry(fault.code).or_default() += 1;
                }
            }
        }
    }
    println!("taken {taken}, refused {refused:?}");
    assert!(taken > 50);
}
