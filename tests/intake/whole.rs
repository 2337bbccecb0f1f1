//! All or nothing: what was cut off or damaged is refused, and what is read stays as it lies there.

use super::support::*;
use parkplan::formats::VectorDriver;
use parkplan::intake::ImportOptions;
use std::path::{Path, PathBuf};

/// Rows that a file gives, 0 when it is refused.
fn rows(path: &Path, asked: &ImportOptions) -> usize {
    run(path, asked, &shenzhen()).map_or(0, |prepared| prepared.report.read as usize)
}

fn many(count: usize) -> Vec<parkplan::domain::Row> {
    let layer = parcel_layer();
    let mut rows: Vec<_> = (0..count).map(|_| parcels()[0].clone()).collect();
    for (index, row) in rows.iter_mut().enumerate() {
        row.geometry = Some(square(index % 90));
        row.set(layer, "code", format!("p{index}"));
    }
    rows
}

fn drawing(count: usize) -> String {
    let one = |index: usize| {
        let (x, y) = (500_000 + 200 * (index % 50), 2_500_000 + 200 * (index / 50));
        format!(
            "0\nLWPOLYLINE\n8\n0\n90\n4\n70\n1\n10\n{x}\n20\n{y}\n10\n{}\n20\n{y}\n10\n{}\n20\n{}\n10\n{x}\n20\n{}\n",
            x + 100,
            x + 100,
            y + 100,
            y + 100
        )
    };
    let entities: String = (0..count).map(one).collect();
    format!("0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n")
}

/// A sheet of parcels with their shapes as text.
fn workbook(folder: &tempfile::TempDir, count: usize) -> PathBuf {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["code", "wkt"]).expect("head");
    for index in 0..count {
        let west = 114.0 + index as f64 / 1000.0;
        let shape = format!("POLYGON (({west} 22.5, {0} 22.5, {0} 22.51, {west} 22.5))", west + 0.0005);
        sheet.write_row(index as u32 + 1, 0, [format!("p{index}"), shape]).expect("row");
    }
    let path = folder.path().join("a.xlsx");
    book.save(&path).expect("saved");
    path
}

/// A zipped shapefile.
fn zipped(folder: &tempfile::TempDir, count: usize) -> PathBuf {
    let shapes = folder.path().join("z.shp");
    write(&shapes, VectorDriver::Shapefile, None, parcel_layer(), many(count));
    let path = folder.path().join("a.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).expect("create"));
    for ending in ["shp", "shx", "dbf", "prj", "cpg"] {
        let Ok(bytes) = std::fs::read(shapes.with_extension(ending)) else { continue };
        archive.start_file(format!("z.{ending}"), zip::write::SimpleFileOptions::default()).expect("entry");
        std::io::Write::write_all(&mut archive, &bytes).expect("bytes");
    }
    archive.finish().expect("finish");
    path
}

#[test]
fn no_format_that_is_cut_anywhere_gives_a_part_of_its_rows() {
    const COUNT: usize = 60;
    let folder = folder();
    let mut files: Vec<(PathBuf, ImportOptions)> = Vec::new();
    for (name, driver) in
        [("a.gpkg", VectorDriver::GeoPackage), ("a.fgb", VectorDriver::FlatGeobuf), ("a.kml", VectorDriver::Kml), ("a.shp", VectorDriver::Shapefile)]
    {
        let path = folder.path().join(name);
        write(&path, driver, None, parcel_layer(), many(COUNT));
        files.push((path, options("parcel")));
    }
    let features: Vec<String> = (0..COUNT)
        .map(|index| {
            let west = 114.0 + index as f64 * 0.002;
            format!(r#"{{"type":"Feature","properties":{{"code":"p{index}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},22.5],[{},22.5],[{},22.501],[{west},22.5]]]}}}}"#, west + 0.001, west + 0.001)
        })
        .collect();
    files.push((file(&folder, "a.geojson", format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))), options("parcel")));
    files.push((file(&folder, "a.dxf", drawing(COUNT)), ImportOptions { key: Some("@row".into()), ..parcels_in_4547() }));
    let lines: String = (0..COUNT)
        .map(|index| format!("p{index},\"POLYGON (({0} 22.5, {0}1 22.5, {0}1 22.51, {0} 22.5))\"\n", 114.0 + index as f64 / 1000.0))
        .collect();
    files.push((file(&folder, "a.csv", format!("code,wkt\n{lines}")), ImportOptions { crs: Some("EPSG:4490".into()), ..options("parcel") }));
    files.push((workbook(&folder, COUNT), ImportOptions { crs: Some("EPSG:4490".into()), ..options("parcel") }));
    files.push((zipped(&folder, COUNT), options("parcel")));
    assert_eq!(files.len(), 9);
    for (path, asked) in &files {
        let whole = std::fs::read(path).expect("read");
        assert_eq!(rows(path, asked), COUNT, "{}", path.display());
        for cut in 1..=20 {
            let length = whole.len() * cut / 21;
            std::fs::write(path, &whole[..length]).expect("write");
            assert_eq!(
                rows(path, asked),
                if path.ends_with("a.csv") && whole[length - 1] == b'\n' {
                    whole[..length].iter().filter(|byte| **byte == b'\n').count() - 1
                } else {
                    0
                },
                "{} cut at {length}",
                path.display()
            );
        }
        std::fs::write(path, &whole).expect("write");
    }
}

#[test]
fn a_drawing_without_its_end_says_how_far_it_goes() {
    let folder = folder();
    let text = drawing(10);
    let path = file(&folder, "a.dxf", &text[..text.len() * 9 / 10]);
    let fault = fault(&path, &ImportOptions { key: Some("@row".into()), ..parcels_in_4547() }, &shenzhen());
    assert_eq!(fault.code, "file_cut");
    assert!(fault.en.contains("EOF") && fault.place.is_some_and(|place| place.starts_with("entity ")), "{}", fault.en);
}

#[test]
fn a_geopackage_with_a_page_that_is_gone_is_refused() {
    const PAGE: usize = 4096;
    let folder = folder();
    let path = folder.path().join("a.gpkg");
    write(&path, VectorDriver::GeoPackage, None, parcel_layer(), many(400));
    let whole = std::fs::read(&path).expect("read");
    let pages = whole.len() / PAGE;
    for page in (1..pages).step_by((pages / 12).max(1)) {
        let mut damaged = whole.clone();
        damaged[page * PAGE..(page + 1) * PAGE].fill(0);
        std::fs::write(&path, damaged).expect("write");
        let read = rows(&path, &options("parcel"));
        assert!(read == 0 || read == 400, "page {page}: {read} rows");
    }
}

#[test]
fn a_geopackage_with_a_log_is_read_as_it_stands_and_stays_as_it_was() {
    let folder = folder();
    let path = folder.path().join("a.gpkg");
    write(&path, VectorDriver::GeoPackage, None, parcel_layer(), parcels());
    let left = folder.path().join("left");
    std::fs::create_dir(&left).expect("folder");
    let connection = rusqlite::Connection::open(&path).expect("open");
    let triggers: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        .and_then(|mut all| all.query_map([], |row| row.get(0))?.collect())
        .expect("triggers");
    triggers.iter().for_each(|name| connection.execute_batch(&format!("DROP TRIGGER \"{name}\"")).expect("drop"));
    connection.pragma_update(None, "journal_mode", "wal").expect("wal");
    connection.execute("UPDATE parcel SET name = '改过' WHERE fid = 1", []).expect("edit");
    // A program that crashed leaves its log behind.
    for suffix in ["", "-wal"] {
        std::fs::copy(format!("{}{suffix}", path.display()), left.join(format!("a.gpkg{suffix}"))).expect("copy");
    }
    drop(connection);
    let source = left.join("a.gpkg");
    let all = || {
        let mut all: Vec<_> = std::fs::read_dir(&left)
            .expect("folder")
            .map(|entry| entry.expect("entry").path())
            .map(|path| (std::fs::read(&path).expect("read"), path))
            .collect();
        all.sort();
        all
    };
    let before = all();
    let prepared = run(&source, &options("parcel"), &shenzhen()).expect("prepared");
    assert_eq!(prepared.rows[0].get(prepared.layer, "name").as_str(), Some("改过"));
    assert!(all() == before, "the source was changed");
}

#[test]
fn a_last_row_without_a_shape_does_not_cut_the_file() {
    for (driver, ending) in [(VectorDriver::GeoPackage, "gpkg"), (VectorDriver::FileGeodatabase, "gdb")] {
        for without in 0..3 {
            let folder = folder();
            let path = folder.path().join(format!("p.{ending}"));
            let mut rows = parcels();
            rows[without].geometry = None;
            write(&path, driver, None, parcel_layer(), rows);
            let report = run(&path, &options("parcel"), &shenzhen()).unwrap_or_else(|fault| panic!("{ending} {without}: {fault:?}")).report;
            let rejected: Vec<_> = report.rejected.iter().map(|note| note.reason).collect();
            assert_eq!((report.read, report.accepted, rejected), (3, 2, vec!["null_geometry"]), "{ending} {without}");
        }
    }
}
