//! What is written in a format comes back the same.

use super::support::*;
use geo_types::{LineString, MultiLineString, Point};
use parkplan::domain::{Row, Value, dictionary};
use parkplan::formats::{CsvGeometry, VectorDriver, WriteOptions, write_csv, write_vector};
use parkplan::intake::ImportOptions;
use std::io::Write;

const FORMATS: [(VectorDriver, &str); 4] =
    [(VectorDriver::GeoPackage, "gpkg"), (VectorDriver::FlatGeobuf, "fgb"), (VectorDriver::Shapefile, "shp"), (VectorDriver::FileGeodatabase, "gdb")];

#[test]
fn parcels_come_back_from_every_format_with_every_value() {
    for (driver, ending) in FORMATS {
        let folder = folder();
        let path = folder.path().join(format!("宗地.{ending}"));
        let written = write(&path, driver, None, parcel_layer(), parcels());
        assert_eq!(written.rows, 3);
        let back = run(&path, &options("parcel"), &shenzhen()).unwrap_or_else(|fault| panic!("{ending}: {fault:?}"));
        let mut rows = back.rows.clone();
        rows.sort_by(|a, b| a.key(back.layer).cmp(b.key(back.layer)));
        for (row, original) in rows.iter().zip(parcels()) {
            for column in back.layer.columns.iter().filter(|column| !column.computed && column.name != "source") {
                assert_eq!(row.get(back.layer, &column.name), original.get(back.layer, &column.name), "{ending} {}", column.name);
            }
            assert_eq!(row.get(back.layer, "planar_area_m2").as_f64(), Some(10_000.0), "{ending}");
        }
        let crs = back.report.crs.expect("crs");
        assert_eq!((crs.source.as_str(), crs.given_by), ("EPSG:4547", "file"), "{ending}");
        assert_eq!(rows.len(), 3);
    }
}

#[test]
fn a_shapefile_lists_the_names_that_it_shortens_and_they_are_understood_again() {
    let folder = folder();
    let path = folder.path().join("p.shp");
    let written = write(&path, VectorDriver::Shapefile, Some("GB18030"), parcel_layer(), parcels());
    assert!(written.short_names.contains(&("registered_area_m2".to_owned(), "registered".to_owned())));
    assert!(written.files.iter().any(|file| file.extension().is_some_and(|ending| ending == "prj")));
    let back = run(&path, &options("parcel"), &shenzhen()).expect("prepared");
    assert!(back.report.mapping.iter().any(|mapped| mapped.ours == "registered_area_m2" && mapped.by == "short"));
}

#[test]
fn a_zip_with_one_stem_and_a_zipped_geodatabase_are_read() {
    for (driver, ending) in [(VectorDriver::Shapefile, "shp"), (VectorDriver::FileGeodatabase, "gdb")] {
        let folder = folder();
        let path = folder.path().join(format!("data.{ending}"));
        write(&path, driver, None, parcel_layer(), parcels());
        let archive = folder.path().join("上报.zip");
        let mut writer = zip::ZipWriter::new(std::fs::File::create(&archive).expect("create"));
        let inside = if ending == "gdb" { path.clone() } else { folder.path().to_owned() };
        for entry in std::fs::read_dir(inside).expect("folder").flatten().filter(|entry| entry.path().is_file() && entry.path() != archive) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = if ending == "gdb" { format!("资料/data.gdb/{name}") } else { format!("资料/{name}") };
            writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("entry");
            writer.write_all(&std::fs::read(entry.path()).expect("read")).expect("bytes");
        }
        writer.finish().expect("finish");
        let back = run(&archive, &options("parcel"), &shenzhen()).unwrap_or_else(|fault| panic!("{ending}: {fault:?}"));
        assert_eq!((back.rows.len(), back.report.file.as_str()), (3, "上报.zip"));
    }
}

#[test]
fn lines_points_and_tables_come_back() {
    let roads = dictionary().known("road");
    let mut road = Row::empty(roads);
    road.set(roads, "code", "r1").set(roads, "width_m", 24.5);
    road.geometry = Some(MultiLineString::new(vec![LineString::from(vec![(500_000.0, 2_500_000.0), (500_100.0, 2_500_000.0)])]).into());
    let facilities = dictionary().known("facility");
    let mut stop = Row::empty(facilities);
    stop.set(facilities, "code", "f1").set(facilities, "class", "metro");
    stop.geometry = Some(Point::new(500_000.0, 2_500_000.0).into());
    let units = dictionary().known("unit");
    let mut unit = Row::empty(units);
    unit.set(units, "id", "u1").set(units, "building", "b1").set(units, "lease_end", "2025-01-31").set(units, "area_m2", 88.25);
    for (driver, ending) in FORMATS {
        for (layer, row) in [(roads, &road), (facilities, &stop), (units, &unit)] {
            let folder = folder();
            let path = folder.path().join(format!("x.{ending}"));
            if !layer.is_spatial() && matches!(driver, VectorDriver::Shapefile | VectorDriver::FlatGeobuf) {
                let options = WriteOptions { driver, crs_from: "EPSG:4547", crs_to: "EPSG:4547", encoding: None, columns: None };
                let refused = write_vector(&path, layer, &mut std::iter::once(Ok(row.clone())), &options);
                assert_eq!(refused.expect_err("refused").code, "format_needs_geometry");
                continue;
            }
            write(&path, driver, None, layer, vec![row.clone()]);
            let back = run(&path, &options(&layer.name), &shenzhen()).unwrap_or_else(|fault| panic!("{ending} {}: {fault:?}", layer.name));
            let mut expected = row.clone();
            if layer.column("source").is_some() {
                expected.set(layer, "source", format!("x.{ending}"));
            }
            assert_eq!(back.rows, [expected], "{ending} {}", layer.name);
        }
    }
}

#[test]
fn kml_goes_out_in_degrees_and_comes_back_in_the_working_crs() {
    let folder = folder();
    let path = folder.path().join("p.kml");
    write(&path, VectorDriver::Kml, None, parcel_layer(), parcels());
    let back = run(&path, &options("parcel"), &shenzhen()).expect("prepared");
    assert_eq!((back.rows.len(), back.report.crs.expect("crs").given_by), (3, "format"));
    let area = back.rows[0].get(back.layer, "planar_area_m2").as_f64().expect("area");
    assert!((area - 10_000.0).abs() < 0.1, "{area}");
    assert_eq!(back.rows[0].get(back.layer, "name").as_str(), Some("深圳湾科技园"));
}

#[test]
fn closed_polylines_of_a_drawing_become_parcels_and_open_ones_are_told() {
    let polyline = |layer: &str, handle: &str, closed: u8, points: &[(f64, f64)]| {
        let mut text = format!("0\nLWPOLYLINE\n5\n{handle}\n100\nAcDbEntity\n8\n{layer}\n100\nAcDbPolyline\n90\n{}\n70\n{closed}\n", points.len());
        for (x, y) in points {
            text.push_str(&format!("10\n{x}\n20\n{y}\n"));
        }
        text
    };
    let ring = [(500_000.0, 2_500_000.0), (500_100.0, 2_500_000.0), (500_100.0, 2_500_100.0), (500_000.0, 2_500_100.0)];
    let drawing = format!(
        "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1021\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{}{}0\nENDSEC\n0\nEOF\n",
        polyline("宗地", "1A", 1, &ring),
        polyline("道路", "1B", 0, &ring[..3])
    );
    let folder = folder();
    let path = file(&folder, "规划.dxf", drawing);
    let asked = ImportOptions { key: Some("EntityHandle".into()), map: vec![("name".into(), "Layer".into())], ..parcels_in_4547() };
    let back = run(&path, &asked, &shenzhen()).expect("prepared");
    assert_eq!(back.rows.len(), 1);
    assert_eq!(back.rows[0].get(back.layer, "name").as_str(), Some("宗地"));
    assert_eq!(back.rows[0].get(back.layer, "planar_area_m2").as_f64(), Some(10_000.0));
    assert_eq!(back.report.rejected.iter().map(|note| note.reason).collect::<Vec<_>>(), ["open_line"]);
    assert_eq!(fault(&path, &ImportOptions { crs: None, ..asked }, &shenzhen()).code, "crs_missing");
}

#[test]
fn a_csv_goes_out_with_mark_and_guard_and_comes_back_as_it_was() {
    let folder = folder();
    let layer = parcel_layer();
    let mut rows = parcels();
    rows[0].set(layer, "name", "=cmd|' /C calc'!A0").set(layer, "code", "0044030");
    let columns: Vec<usize> = (0..layer.columns.len()).filter(|index| !layer.columns[*index].computed).collect();
    let mut bytes = Vec::new();
    let count =
        write_csv(&mut bytes, layer, &columns, &mut rows.clone().into_iter().map(Ok), CsvGeometry::Wkt, "EPSG:4547", "EPSG:4547").expect("written");
    assert_eq!(count, 3);
    assert!(bytes.starts_with(b"\xEF\xBB\xBF"));
    assert!(String::from_utf8_lossy(&bytes).contains(",'=cmd"));
    let path = file(&folder, "p.csv", &bytes);
    let back = run(&path, &parcels_in_4547(), &shenzhen()).expect("prepared");
    assert_eq!(back.rows[0].get(layer, "name"), &Value::from("=cmd|' /C calc'!A0"));
    assert_eq!(back.rows[0].key(layer), "0044030");
    assert_eq!(back.rows[2].geometry, rows[2].geometry);
}

#[test]
fn an_existing_target_and_a_failing_row_leave_no_silent_file() {
    let folder = folder();
    let path = file(&folder, "there.gpkg", "x");
    let options = WriteOptions { driver: VectorDriver::GeoPackage, crs_from: "EPSG:4547", crs_to: "EPSG:4547", encoding: None, columns: None };
    let result = write_vector(&path, parcel_layer(), &mut parcels().into_iter().map(Ok), &options);
    assert_eq!(result.expect_err("refused").code, "file_exists");
}
