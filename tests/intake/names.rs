//! Encodings that a label gets wrong, and names that a reader loses: KML folders and extended data, XML in its own encoding.

use super::support::*;
use parkplan::formats::VectorDriver;
use parkplan::intake::{ImportOptions, Prepared};

const RING: &str = "114.05,22.54,0 114.051,22.54,0 114.051,22.541,0 114.05,22.541,0 114.05,22.54,0";

fn placemark(name: &str, data: &str) -> String {
    format!(
        "<Placemark><name>{name}</name>{data}<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
}

fn kml(encoding: &str, inside: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>{inside}</Document></kml>")
}

fn by_name(bytes: impl AsRef<[u8]>, more: ImportOptions) -> Prepared {
    let folder = folder();
    run(&file(&folder, "a.kml", bytes), &ImportOptions { key: Some("Name".into()), ..more }, &shenzhen()).expect("prepared")
}

fn keys(prepared: &Prepared) -> Vec<&str> {
    prepared.rows.iter().map(|row| row.key(prepared.layer)).collect()
}

#[test]
fn folders_of_one_name_are_one_layer_and_others_are_asked_for() {
    let text = kml(
        "UTF-8",
        &format!(
            "<Folder><name>地块</name>{}</Folder><Folder><name>地块</name>{}</Folder><Folder><name>别的</name>{}</Folder>",
            placemark("K1", ""),
            placemark("K2", ""),
            placemark("K3", "")
        ),
    );
    let folder = folder();
    let path = file(&folder, "a.kml", &text);
    let fault = fault(&path, &options("parcel"), &shenzhen());
    assert!(fault.code == "several_layers" && fault.en.contains("2 layers: 地块, 别的"), "{}", fault.en);
    assert_eq!(keys(&by_name(text, ImportOptions { source_layer: Some("地块".into()), ..options("parcel") })), ["K1", "K2"]);
}

#[test]
fn extended_data_keeps_its_own_names_whichever_way_it_is_written() {
    let data = "<ExtendedData><Data name=\"登记面积\"><value>123.50</value></Data><Data name=\"容积率上限\"><value>2.5</value></Data></ExtendedData>";
    let schema = "<ExtendedData><SchemaData schemaUrl=\"#s\"><SimpleData name=\"登记面积\">123.50</SimpleData><SimpleData name=\"容积率上限\">2.5</SimpleData></SchemaData></ExtendedData>";
    for data in [data, schema] {
        let prepared = by_name(kml("UTF-8", &placemark("K&amp;1", data)), options("parcel"));
        assert_eq!(keys(&prepared), ["K&1"]);
        let number = |column: &str| prepared.rows[0].get(prepared.layer, column).as_f64();
        assert_eq!((number("registered_area_m2"), number("far_limit")), (Some(123.5), Some(2.5)));
        assert!(prepared.report.notices.iter().all(|notice| notice.code != "heights_dropped"));
    }
}

#[test]
fn a_kml_is_read_in_the_encoding_that_it_declares() {
    let text = kml("GBK", &placemark("甲地", ""));
    let bytes = encoding_rs::GBK.encode(&text).0.into_owned();
    let prepared = by_name(&bytes, options("parcel"));
    assert_eq!((keys(&prepared), prepared.report.encoding.as_ref().expect("encoding").name.as_str()), (vec!["甲地"], "GB18030"));
    // One that lies is refused with the way out.
    let wrong = encoding_rs::GBK.encode(&text.replace("GBK", "UTF-8")).0.into_owned();
    let folder = folder();
    let path = file(&folder, "b.kml", &wrong);
    let asked = ImportOptions { key: Some("Name".into()), ..options("parcel") };
    let fault = fault(&path, &asked, &shenzhen());
    assert!(fault.code == "encoding_wrong" && fault.help_en.as_deref().is_some_and(|help| help.contains("--encoding GB18030")), "{fault:?}");
    assert_eq!(keys(&by_name(&wrong, ImportOptions { encoding: Some("GBK".into()), ..options("parcel") })), ["甲地"]);
}

#[test]
fn dates_survive_a_kml() {
    let folder = folder();
    let path = folder.path().join("p.kml");
    write(&path, VectorDriver::Kml, None, parcel_layer(), parcels());
    let back = run(&path, &options("parcel"), &shenzhen()).expect("prepared");
    assert_eq!(back.rows[0].get(back.layer, "as_of").as_str(), Some("2024-05-01"));
}

#[test]
fn control_characters_that_xml_has_not_are_left_out_and_told() {
    let folder = folder();
    let path = folder.path().join("p.kml");
    let mut rows = parcels();
    rows[0].set(parcel_layer(), "name", "一\u{b}二");
    let written = write(&path, VectorDriver::Kml, None, parcel_layer(), rows);
    assert_eq!(written.lost_characters.iter().map(|(_, column)| column.as_str()).collect::<Vec<_>>(), ["name"]);
    let back = run(&path, &options("parcel"), &shenzhen()).expect("prepared");
    assert_eq!(back.rows[0].get(back.layer, "name").as_str(), Some("一二"));
}

#[test]
fn a_single_byte_label_on_chinese_bytes_is_doubted_aloud() {
    for label in ["ISO-8859-1", "1252"] {
        let folder = folder();
        let path = folder.path().join("p.shp");
        write(&path, VectorDriver::Shapefile, Some("GB18030"), parcel_layer(), parcels());
        std::fs::write(path.with_extension("cpg"), label).expect("write");
        let report = run(&path, &options("parcel"), &shenzhen()).expect("prepared").report;
        let told = report.notices.iter().find(|notice| notice.code == "encoding_suspect").unwrap_or_else(|| panic!("{label}"));
        assert!(told.zh.contains("--encoding GB18030") && told.zh.contains("深圳"), "{}", told.zh);
    }
}
