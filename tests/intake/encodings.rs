//! Chinese in DBF, CSV and file names, with and without a word about the encoding.

use super::support::*;
use parkplan::domain::{Row, dictionary};
use parkplan::formats::VectorDriver;
use parkplan::intake::ImportOptions;
use std::path::{Path, PathBuf};

fn shapefile(folder: &tempfile::TempDir, encoding: Option<&str>) -> PathBuf {
    let path = folder.path().join("图层 一.shp");
    write(&path, VectorDriver::Shapefile, encoding, parcel_layer(), parcels());
    path
}

fn names(path: &Path, options: &ImportOptions) -> (Vec<String>, String, serde_json::Value) {
    let prepared = run(path, options, &shenzhen()).expect("prepared");
    let names = prepared.rows.iter().map(|row| row.get(prepared.layer, "name").as_str().unwrap_or_default().to_owned()).collect();
    let encoding = prepared.report.encoding.expect("encoding");
    (names, encoding.name, serde_json::to_value(encoding.found_by).expect("json"))
}

const NAMES: [&str; 3] = ["深圳湾科技园", "坂雪岗", "石岩"];

#[test]
fn a_dbf_is_read_by_cpg_then_language_byte_then_guess() {
    for (written, name) in [(None, "UTF-8"), (Some("GB18030"), "GB18030")] {
        let folder = folder();
        let path = shapefile(&folder, written);
        let cpg = path.with_extension("cpg");
        if cpg.exists() {
            assert_eq!(names(&path, &options("parcel")), (NAMES.map(str::to_owned).to_vec(), name.to_owned(), "cpg".into()));
            std::fs::remove_file(cpg).expect("remove");
        }
        let by = if written.is_some() { "ldid" } else { "guess" };
        assert_eq!(names(&path, &options("parcel")), (NAMES.map(str::to_owned).to_vec(), name.to_owned(), by.into()));
        let dbf = path.with_extension("dbf");
        let mut bytes = std::fs::read(&dbf).expect("read");
        bytes[29] = 0;
        std::fs::write(&dbf, bytes).expect("write");
        assert_eq!(names(&path, &options("parcel")), (NAMES.map(str::to_owned).to_vec(), name.to_owned(), "guess".into()));
    }
}

#[test]
fn a_wrong_encoding_is_refused_with_the_first_bad_row_and_field() {
    let folder = folder();
    let path = shapefile(&folder, Some("GB18030"));
    let wrong = ImportOptions { encoding: Some("UTF-8".into()), ..options("parcel") };
    let fault = fault(&path, &wrong, &shenzhen());
    assert_eq!((fault.code, fault.place.as_deref()), ("encoding_wrong", Some("row 1, field name")));
    assert!(fault.help_en.is_some_and(|help| help.contains("GB18030")));
}

#[test]
fn utf8_read_as_gb18030_because_it_was_asked_for_is_doubted() {
    let folder = folder();
    let path = shapefile(&folder, None);
    let asked = ImportOptions { encoding: Some("GBK".into()), ..options("parcel") };
    let told = match run(&path, &asked, &shenzhen()) {
        Ok(prepared) => prepared.report.notices.iter().any(|notice| notice.code == "encoding_suspect"),
        Err(fault) => fault.code == "encoding_wrong",
    };
    assert!(told);
}

#[test]
fn a_text_over_254_bytes_is_cut_between_characters_and_listed() {
    let folder = folder();
    let layer = parcel_layer();
    let mut row: Row = parcels().remove(0);
    row.set(layer, "name", "园".repeat(200));
    let path = folder.path().join("long.shp");
    let written = write(&path, VectorDriver::Shapefile, Some("GB18030"), layer, vec![row]);
    assert_eq!(written.cut_texts, [("4403050010100000000".to_owned(), "name".to_owned())]);
    assert_eq!(names(&path, &options("parcel")).0, ["园".repeat(127)]);
}

#[test]
fn a_csv_of_chinese_excel_is_read_with_and_without_mark() {
    let folder = folder();
    let layer = dictionary().known("unit");
    let text = "编号,建筑,用途,状态\r\nu1,b1,研发,空置\r\nu2,b1,生产,出租\r\n";
    let gbk: Vec<u8> = encoding_rs::GBK.encode(text).0.into_owned();
    let marked = format!("\u{feff}{text}");
    let unicode: Vec<u8> = marked.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes, encoding) in [
        ("gbk.csv", gbk.as_slice(), "GB18030"),
        ("utf8.csv", text.as_bytes(), "UTF-8"),
        ("bom.csv", marked.as_bytes(), "UTF-8"),
        ("excel.txt", unicode.as_slice(), "UTF-16LE"),
    ] {
        let prepared = run(&file(&folder, name, bytes), &options("unit"), &shenzhen()).expect(name);
        assert_eq!(prepared.report.encoding.as_ref().map(|e| e.name.as_str()), Some(encoding), "{name}");
        assert_eq!(prepared.rows[0].get(layer, "use").as_str(), Some("r_and_d"));
        assert_eq!(prepared.rows[1].get(layer, "state").as_str(), Some("let"));
    }
    let wrong = ImportOptions { encoding: Some("UTF-8".into()), ..options("unit") };
    assert_eq!(fault(&folder.path().join("gbk.csv"), &wrong, &shenzhen()).place.as_deref(), Some("line 1, field 1"));
}
