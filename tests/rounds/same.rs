//! Whether an exported file is whole: the same as another of the same rows, but for the moment of its making.

use std::io::Read;
use std::path::Path;

/// What a file says, without when it was made.
pub fn content(file: &Path) -> Vec<u8> {
    let mut bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("gpkg") => rows(file),
        Some("xlsx") => cells(file),
        Some("dbf") => {
            // The day of the last change.
            bytes.get_mut(1..4).into_iter().flatten().for_each(|byte| *byte = 0);
            bytes
        }
        _ => bytes,
    }
}

/// A GeoPackage's features; it must be a sound data base.
fn rows(file: &Path) -> Vec<u8> {
    let base = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opens");
    let sound: String = base.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(sound, "ok", "{}", file.display());
    let layer: String = base.query_row("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'", [], |row| row.get(0)).expect("a layer");
    let mut statement = base.prepare(&format!("SELECT * FROM \"{layer}\" ORDER BY fid")).expect("rows");
    let columns = statement.column_count();
    let mut rows = statement.query([]).expect("rows");
    let mut all = Vec::new();
    while let Some(row) = rows.next().expect("a row") {
        for column in 0..columns {
            all.extend(format!("{:?}|", row.get_ref(column).expect("a cell")).into_bytes());
        }
    }
    all
}

/// A workbook's parts, but for the one that says when it was made.
fn cells(file: &Path) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(file).expect("opens")).expect("an archive");
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        if part.name().is_ok_and(|name| name != "docProps/core.xml") {
            part.read_to_end(&mut all).expect("whole");
        }
    }
    all
}
