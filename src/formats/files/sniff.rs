//! What kind of file this is: by its first bytes, then by its ending. A file that is none of ours is refused with the reason.

use super::limits::Limits;
use super::read::{all_bytes, file_name, unreadable};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use encoding_rs::Encoding;
use std::io::Read;
use std::path::Path;

/// The kinds of files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Shapefile,
    Dbf,
    GeoJson,
    TopoJson,
    GeoPackage,
    FileGeodatabase,
    FlatGeobuf,
    Kml,
    Dxf,
    Csv,
    Spreadsheet,
    Archive,
}

/// Enough for every signature and for the root element of an XML file with a long comment.
const HEAD: u64 = 8192;

pub(crate) fn sniff(path: &Path, limits: &Limits) -> Outcome<Kind> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if metadata.is_dir() {
        return if ending == "gdb" { Ok(Kind::FileGeodatabase) } else { Err(directory(path)) };
    }
    if metadata.len() == 0 {
        return Err(Fault::bad("file_empty", format!("{} 是空文件", file_name(path)), format!("{} is empty", file_name(path))).at(file_name(path)));
    }
    let mut head = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head)).map_err(|error| unreadable(path, &error))?;
    by_signature(path, &ending, &head, limits)?.or_else(|| by_ending(&ending)).ok_or_else(|| unknown(path, &ending))
}

fn by_signature(path: &Path, ending: &str, head: &[u8], limits: &Limits) -> Outcome<Option<Kind>> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return match ending {
            "xlsx" | "xlsm" | "xlsb" | "ods" => Ok(Some(Kind::Spreadsheet)),
            "kmz" => Err(refused(path, "KMZ", "请解压后导入其中的 doc.kml", "unpack it and import the doc.kml inside")),
            _ => Ok(Some(Kind::Archive)),
        };
    }
    if head.starts_with(b"SQLite format 3\0") {
        return Ok(Some(Kind::GeoPackage));
    }
    if head.starts_with(b"fgb\x03") {
        return Ok(Some(Kind::FlatGeobuf));
    }
    if head.starts_with(b"\xD0\xCF\x11\xE0") && ending == "xls" {
        return Ok(Some(Kind::Spreadsheet));
    }
    if head.starts_with(&9994u32.to_be_bytes()) {
        return match ending {
            "shx" => Err(refused(path, ".shx", "请选择 .shp 文件", "choose the .shp")),
            _ => Ok(Some(Kind::Shapefile)),
        };
    }
    if head.starts_with(b"AutoCAD Binary DXF") {
        return Err(refused(path, "binary DXF", "请另存为文本（ASCII）DXF", "save it as text (ASCII) DXF"));
    }
    if head.starts_with(b"AC10") {
        return Err(refused(path, "DWG", "请另存为 DXF（R2000–2018）", "save it as DXF (R2000–2018)"));
    }
    let text = match Encoding::for_bom(head) {
        Some((marked, length)) => marked.decode_without_bom_handling(&head[length..]).0,
        None => String::from_utf8_lossy(head),
    };
    let text = text.trim_start_matches(['\u{feff}', '\u{1e}', ' ', '\t', '\r', '\n']);
    if text.starts_with('{') {
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let topology = bare.contains("\"type\":\"Topology\"") || ending == "topojson";
        return Ok(Some(if topology { Kind::TopoJson } else { Kind::GeoJson }));
    }
    if text.starts_with('<') {
        return xml(path, text, limits).map(Some);
    }
    Ok(None)
}

/// Only KML of the XML formats; entities of any kind are refused before a parser sees them.
fn xml(path: &Path, head: &str, limits: &Limits) -> Outcome<Kind> {
    if head.contains("<OGRVRT") {
        return Err(refused(path, "VRT", "请导入它所指向的文件", "import the file that it points to"));
    }
    let whole = all_bytes(path, limits)?;
    // In UTF-16 every other byte is nought: without them the words are the same.
    let bare: Vec<u8> = whole.iter().copied().filter(|byte| *byte != 0).collect();
    let has = |word: &[u8]| bare.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    if has(b"<!DOCTYPE") || has(b"<!ENTITY") {
        return Err(refused(path, "XML DOCTYPE/ENTITY", "请删除文件头部的 DOCTYPE 声明", "remove the DOCTYPE declaration"));
    }
    if head.contains("<kml") || head.contains(":kml") {
        return Ok(Kind::Kml);
    }
    Err(unknown(path, "xml"))
}

fn by_ending(ending: &str) -> Option<Kind> {
    match ending {
        "shp" => Some(Kind::Shapefile),
        "dbf" => Some(Kind::Dbf),
        "dxf" => Some(Kind::Dxf),
        "csv" | "txt" | "tsv" => Some(Kind::Csv),
        "geojson" | "json" | "geojsonl" | "geojsons" | "ndjson" => Some(Kind::GeoJson),
        "gpkg" => Some(Kind::GeoPackage),
        "fgb" => Some(Kind::FlatGeobuf),
        _ => None,
    }
}

fn directory(path: &Path) -> Fault {
    Fault::bad("file_is_directory", format!("{} 是文件夹", file_name(path)), format!("{} is a folder", file_name(path)))
        .at(file_name(path))
        .help("请选择文件；文件夹只接受 .gdb", "choose a file; of folders only .gdb is read")
}

fn refused(path: &Path, what: &str, zh: &str, en: &str) -> Fault {
    Fault::bad("format_refused", format!("不接受 {what}"), format!("{what} is not accepted")).at(file_name(path)).help(zh, en)
}

fn unknown(path: &Path, ending: &str) -> Fault {
    Fault::bad(
        "format_unknown",
        format!("不认识的文件格式：{}", file_name(path)),
        format!("unknown file format: {}{}", file_name(path), if ending.is_empty() { " (no ending)" } else { "" }),
    )
    .at(file_name(path))
    .help(
        "可读：Shapefile（含 zip）、GeoJSON、TopoJSON、GeoPackage、FileGDB、FlatGeobuf、KML、DXF、CSV、XLSX、DBF",
        "read are: Shapefile (also zipped), GeoJSON, TopoJSON, GeoPackage, FileGDB, FlatGeobuf, KML, DXF, CSV, XLSX, DBF",
    )
}
