//! Ways to our own readers for the fuzzer in `fuzz/`: whatever the bytes are, a reader gives a table or a fault. Built only for it.
//!
//! Here they run in the fuzzer's process, without the fence, so that what is found is a reader's own doing. GDAL's readers are not among them:
//! those are tried in the confined process (`fuzz/mutate.py`).

use super::dxf_scan::Drawing;
use super::form::read_form_here;
use super::limits::Limits;
use super::read::ReadOptions;
use super::scratch::Scratch;
use super::source::Table;
use super::taker::Taker;
use super::{csv_read, geojson_read, kml, sheet};
use crate::domain::fault::Outcome;
use crate::formats::encoding;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

type Reader = fn(&Path, &ReadOptions<'_>, &Taker<'_>) -> Outcome<Table>;

/// Headings and names that mean something, so that a file gets beyond the search for its head.
const WANTED: [&str; 5] = ["code", "name", "宗地代码", "x", "y"];

pub fn csv(bytes: &[u8]) {
    read("a.csv", csv_read::read, bytes);
}

pub fn dbf(bytes: &[u8]) {
    read("a.dbf", csv_read::read_dbf, bytes);
}

pub fn geojson(bytes: &[u8]) {
    read("a.geojson", geojson_read::read, bytes);
}

pub fn kml(bytes: &[u8]) {
    read("a.kml", kml::read, bytes);
}

pub fn xlsx(bytes: &[u8]) {
    read("a.xlsx", sheet::read, bytes);
}

/// A table that was handed out, as a workbook or a text.
pub fn form(bytes: &[u8]) {
    let _ = read_form_here(bytes, "a", None, &["unit", "空间单元"]);
}

/// What is looked for in a drawing before GDAL gets it.
pub fn dxf(bytes: &[u8]) {
    let Some((encoding, _)) = encoding::guess([bytes].into_iter()) else { return };
    if let encoding::Decoded::Whole(text) | encoding::Decoded::Cut(text) = encoding::decode(encoding, bytes) {
        let _ = Drawing::scan(&text).arcs();
    }
}

/// Texts under a label that may be wrong.
pub fn encoded(bytes: &[u8]) {
    let lines = || bytes.split(|byte| *byte == b'\n');
    let _ = encoding::guess(lines());
    let _ = encoding::second_opinion(lines());
    let _ = encoding::wide(bytes);
    let label = lines().next().and_then(|label| std::str::from_utf8(label).ok()).unwrap_or_default();
    if let Some(stated) = encoding::by_label(label) {
        let _ = encoding::doubt(stated, lines());
        let _ = encoding::reread(&String::from_utf8_lossy(bytes), encoding::name(stated), "GB18030");
    }
}

fn read(name: &str, reader: Reader, bytes: &[u8]) {
    static FOLDER: OnceLock<Option<Scratch>> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| Scratch::new().ok()).as_ref();
    let Some(path) = folder.map(|folder| folder.path().join(name)).filter(|path: &PathBuf| std::fs::write(path, bytes).is_ok()) else { return };
    let limits = Limits::default();
    for wants_geometry in [false, true] {
        // Well-known text in a cell is GDAL's.
        if wants_geometry && is_gdals(bytes) {
            continue;
        }
        let options = ReadOptions {
            our_layer: "parcel",
            source_layer: None,
            encoding: None,
            wanted: &|heading| WANTED.contains(&heading),
            wants_geometry,
            limits: &limits,
        };
        let _ = reader(&path, &options, &Taker { progress: &|_, _| true, blocks: None });
    }
}

fn is_gdals(bytes: &[u8]) -> bool {
    let words: [&[u8]; 6] = [b"POINT", b"LINE", b"POLYGON", b"CURVE", b"SURFACE", b"COLLECTION"];
    let upper = bytes.to_ascii_uppercase();
    bytes.starts_with(b"PK") || words.iter().any(|word| upper.windows(word.len()).any(|window| window == *word))
}
