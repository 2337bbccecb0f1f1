//! Files that are not what they should be: each is refused with a stable code, a place and a way out.

use super::support::*;
use parkplan::formats::VectorDriver;
use parkplan::intake::ImportOptions;
use std::io::Write;
use std::path::PathBuf;

fn shapefile(folder: &tempfile::TempDir) -> PathBuf {
    let path = folder.path().join("宗地.shp");
    write(&path, VectorDriver::Shapefile, None, parcel_layer(), parcels());
    path
}

#[test]
fn what_is_no_file_of_ours_is_refused() {
    let folder = folder();
    let cases: [(PathBuf, &str); 12] = [
        (folder.path().join("没有.shp"), "file_missing"),
        (folder.path().to_owned(), "file_is_directory"),
        (file(&folder, "empty.geojson", ""), "file_empty"),
        (file(&folder, "photo.jpg", [0xFF, 0xD8, 0xFF, 0xE0]), "format_unknown"),
        (
            file(
                &folder,
                "layer.vrt",
                "<OGRVRTDataSource><OGRVRTLayer name=\"a\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
            ),
            "format_refused",
        ),
        (
            file(&folder, "xxe.kml", "<?xml version=\"1.0\"?><!DOCTYPE kml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><kml><Document/></kml>"),
            "format_refused",
        ),
        (file(&folder, "plan.dwg", "AC1032\0\0\0\0"), "format_refused"),
        (file(&folder, "cut.geojson", r#"{"type":"FeatureCollection","features":[{"type":"Feature","#), "json_syntax"),
        (file(&folder, "other.json", r#"{"name":"no geodata"}"#), "format_unknown"),
        (PathBuf::from("/vsicurl/http://example.org/a.geojson"), "path_refused"),
        (PathBuf::from("https://example.org/a.geojson"), "path_refused"),
        (file(&folder, "bad.gpkg", b"SQLite format 3\0 and then nothing of a database"), "file_unreadable"),
    ];
    for (path, code) in cases {
        assert_eq!(fault(&path, &options("parcel"), &shenzhen()).code, code, "{}", path.display());
    }
}

#[test]
fn a_shapefile_without_its_parts_names_the_missing_one() {
    for ending in ["shx", "dbf"] {
        let folder = folder();
        let path = shapefile(&folder);
        std::fs::remove_file(path.with_extension(ending)).expect("remove");
        let fault = fault(&path, &options("parcel"), &shenzhen());
        assert_eq!(fault.code, "shapefile_part_missing");
        assert!(fault.zh.contains(ending) && fault.help_en.is_some());
    }
}

#[test]
fn a_shapefile_cut_anywhere_is_refused_with_both_sizes() {
    for (ending, keep) in [("shp", 300), ("shp", 60), ("shx", 104), ("dbf", 400), ("dbf", 10)] {
        let folder = folder();
        let path = shapefile(&folder);
        let part = path.with_extension(ending);
        let bytes = std::fs::read(&part).expect("read");
        std::fs::write(&part, &bytes[..keep.min(bytes.len())]).expect("cut");
        let fault = fault(&path, &options("parcel"), &shenzhen());
        assert_eq!(fault.code, "shapefile_truncated", "{ending} {keep}: {}", fault.en);
        assert!(fault.place.is_some() && fault.help_zh.is_some());
    }
}

#[test]
fn a_header_that_claims_two_gigabytes_is_refused_before_anything_is_read() {
    let folder = folder();
    let path = shapefile(&folder);
    let claim = |part: PathBuf, at: usize, bytes: [u8; 4]| {
        let mut content = std::fs::read(&part).expect("read");
        content[at..at + 4].copy_from_slice(&bytes);
        std::fs::write(&part, content).expect("write");
    };
    claim(path.clone(), 24, 0x4000_0000_u32.to_be_bytes());
    let of_shapes = fault(&path, &options("parcel"), &shenzhen());
    assert!(of_shapes.code == "shapefile_truncated" && of_shapes.en.contains("2147483648"), "{}", of_shapes.en);

    let folder = self::folder();
    let path = shapefile(&folder);
    claim(path.with_extension("dbf"), 4, 2_000_000_u32.to_le_bytes());
    let of_records = fault(&path, &options("parcel"), &shenzhen());
    assert!(of_records.code == "shapefile_truncated" && of_records.en.contains("2000000"), "{}", of_records.en);
}

#[test]
fn an_archive_that_leads_out_or_swells_is_refused() {
    let folder = folder();
    let zip = |name: &str, entries: &[(&str, Vec<u8>)]| {
        let path = folder.path().join(name);
        let mut writer = zip::ZipWriter::new(std::fs::File::create(&path).expect("create"));
        for (entry, bytes) in entries {
            writer.start_file(*entry, zip::write::SimpleFileOptions::default()).expect("entry");
            writer.write_all(bytes).expect("bytes");
        }
        writer.finish().expect("finish");
        path
    };
    let code = |path: PathBuf| fault(&path, &options("parcel"), &shenzhen()).code;
    assert_eq!(code(zip("out.zip", &[("../../evil.geojson", b"{}".to_vec())])), "archive_refused");
    assert_eq!(code(zip("bomb.zip", &[("big.geojson", vec![b' '; 40 << 20])])), "limit_exceeded");
    assert_eq!(code(zip("photos.zip", &[("a.jpg", vec![1, 2, 3])])), "archive_without_data");
    assert_eq!(code(zip("two.zip", &[("a.geojson", b"{}".to_vec()), ("b.geojson", b"{}".to_vec())])), "several_layers");
    assert_eq!(code(file(&folder, "broken.zip", b"PK\x03\x04 nothing")), "archive_broken");
}

#[test]
fn a_geometry_over_the_bound_is_refused_with_the_number() {
    let folder = folder();
    let ring: Vec<String> = (0..2000).map(|i| format!("[{},{}]", 114.0 + f64::from(i) * 1e-6, 22.5 + f64::from(i % 2) * 1e-6)).collect();
    let path = geojson(&folder, &[&format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, ring.join(","))]);
    let mut small = options("parcel");
    small.limits.vertices_per_row = 1000;
    let fault = fault(&path, &small, &shenzhen());
    assert!(fault.code == "limit_exceeded" && fault.en.contains("2000") && fault.en.contains("1000"), "{}", fault.en);
}

#[test]
fn options_that_name_nothing_are_refused_with_what_there_is() {
    let folder = folder();
    let path = geojson(&folder, &[r#"{"type":"Point","coordinates":[114.05,22.54]}"#]);
    let map = |ours: &str, theirs: &str| ImportOptions { map: vec![(ours.into(), theirs.into())], ..options("facility") };
    let cases = [
        (options("castle"), "layer_unknown"),
        (map("towers", "code"), "map_unknown_column"),
        (map("name", "nobody"), "map_unknown_field"),
        (ImportOptions { key: Some("nobody".into()), ..options("facility") }, "map_unknown_field"),
        (ImportOptions { crs: Some("WGS84".into()), ..options("facility") }, "crs_unknown"),
        (ImportOptions { encoding: Some("klingon".into()), ..options("facility") }, "encoding_unknown"),
    ];
    for (options, code) in cases {
        let fault = fault(&path, &options, &shenzhen());
        assert!(fault.code == code && fault.help_en.is_some(), "{fault:?}");
    }
    let computed = ImportOptions { map: vec![("planar_area_m2".into(), "code".into())], ..options("parcel") };
    assert_eq!(fault(&path, &computed, &shenzhen()).code, "map_computed_column");
}

#[test]
fn cancelling_ends_the_run_without_a_result() {
    let folder = folder();
    let many: Vec<&str> = vec![r#"{"type":"Point","coordinates":[114.05,22.54]}"#; 3000];
    let path = geojson(&folder, &many);
    reader();
    let result = parkplan::intake::prepare(&path, &options("facility"), &shenzhen(), &|done, _| done < 2000);
    assert_eq!(result.map(|_| ()).expect_err("cancelled").code, "cancelled");
}
