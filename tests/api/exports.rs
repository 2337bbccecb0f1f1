//! Files of what is selected, in each format, and what a format could not hold.

use crate::support::{Answer, Client, PLANNER, Server, must, own_city, path, reading};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use serde_json::{Value, json};
use std::io::Cursor;

fn export(client: &Client, body: &Value) -> Answer {
    let answer = client.send("POST", "/exports", &[], &body.to_string());
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer
}

/// The notices of an answer, in English.
fn notices(answer: &Answer) -> Vec<String> {
    let header = answer.header("x-export-notices");
    let mut bytes = Vec::new();
    let mut rest = header.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    if bytes.is_empty() {
        return Vec::new();
    }
    let list: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    list.iter().map(|notice| notice["en"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_workbook_has_typed_columns_units_in_its_heads_and_totals_beside_its_rows() {
    let client = Client::guest(reading());
    let answer = export(&client, &json!({ "collection": "parcel", "format": "xlsx", "filter": "registered_area_m2 > 0" }));
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(&answer.bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["parcel", "合计"]);
    let sheet = book.worksheet_range("parcel").unwrap();
    let heads: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let at = |head: &str| heads.iter().position(|own| own == head).unwrap_or_else(|| panic!("{head} in {heads:?}"));
    let (code, area) = (at("宗地代码"), heads.iter().position(|head| head.contains("(m²)")).unwrap());
    let rows: Vec<&[Data]> = sheet.rows().skip(1).collect();
    assert_eq!(rows.len().to_string(), answer.header("x-feature-count"));
    assert!(rows.iter().all(|row| matches!(row[code], Data::String(_)) && !matches!(row[area], Data::String(_))));
    let sum: f64 = rows.iter().filter_map(|row| if let Data::Float(number) = row[area] { Some(number) } else { None }).sum();
    let totals = book.worksheet_range("合计").unwrap();
    let told = totals.rows().find(|row| row[0].to_string() == heads[area]).expect("a total");
    assert!(matches!(told[1], Data::Float(total) if (total - sum).abs() < 0.01), "{told:?} {sum}");
    let english = client.send("POST", "/exports", &[("accept-language", "en")], &json!({ "collection": "parcel", "format": "xlsx" }).to_string());
    assert_eq!(open_workbook_from_rs::<Xlsx<_>, _>(Cursor::new(&english.bytes)).unwrap().sheet_names(), ["parcel", "Totals"]);
}

fn parcels_of(city: &std::path::Path) -> u64 {
    let told: Value = serde_json::from_str(&must(&["--json", "info", path(city)])).unwrap();
    told["layers"].as_array().unwrap().iter().find(|layer| layer["layer"] == "parcel").unwrap()["rows"].as_u64().unwrap()
}

#[test]
fn a_workbook_and_geojson_lines_come_back_as_they_went() {
    let (folder, city) = own_city();
    let file = |name: &str| folder.path().join(name);
    let all = parcels_of(&city);
    for (name, rest) in [("all.xlsx", "update"), ("all.geojsons", "replace")] {
        let out = file(name);
        must(&["export", path(&city), "--layer", "parcel", "--out", path(&out)]);
        let told = must(&["--json", "import", path(&city), "--layer", "parcel", path(&out), "--mode", rest, "--dry-run"]);
        let report: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((report["accepted"].as_u64(), report["rejected"].as_array().map(Vec::len)), (Some(all), Some(0)), "{name}: {}", report["notices"]);
    }
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let book = std::fs::read(file("all.xlsx")).unwrap();
    let id = super::imports::files::staged(&planner, &[("all.xlsx", &book)]);
    let tried = super::imports::files::trial(&planner, &id, &json!({ "layer": "parcel", "mode": "update" }));
    assert_eq!(tried["diff"]["counts"]["changed"], 0, "{}", tried["diff"]["rows"][0]);
}

#[test]
fn geojson_lines_are_a_text_each_and_a_drawing_has_closed_lines_with_codes_in_metres() {
    let client = Client::guest(reading());
    let lines = export(&client, &json!({ "collection": "park", "format": "geojsonseq" }));
    assert_eq!(lines.header("content-type"), "application/geo+json-seq");
    let text = String::from_utf8(lines.bytes.clone()).unwrap();
    let features: Vec<Value> = text.split('\u{1e}').skip(1).map(|line| serde_json::from_str(line.trim_end()).unwrap()).collect();
    assert_eq!(features.len().to_string(), lines.header("x-feature-count"));
    let by_f = client.get("/collections/park/items?f=geojsonseq&limit=1000");
    assert_eq!(String::from_utf8(by_f.bytes).unwrap(), text);

    let drawing = export(&client, &json!({ "collection": "parcel", "format": "dxf" }));
    assert_eq!(drawing.header("content-type"), "image/vnd.dxf");
    let told = notices(&drawing);
    assert!(told.iter().any(|notice| notice.contains("columns were left out")), "{told:?}");
    let text = String::from_utf8(drawing.bytes.clone()).unwrap();
    assert!(text.is_ascii() && text.ends_with("0\nEOF\n"));
    let count = |word: &str| text.matches(&format!("0\n{word}\n8\n")).count();
    assert_eq!(count("TEXT").to_string(), drawing.header("x-feature-count"));
    assert!(count("POLYLINE") >= count("TEXT") && count("POLYLINE") == count("SEQEND"));
    client.send("POST", "/exports", &[], &json!({ "collection": "parcel", "format": "dxf", "crs": "EPSG:4490" }).to_string()).problem(400);
    client.send("POST", "/exports", &[], &json!({ "collection": "virtual_park", "format": "dxf" }).to_string()).problem(400);
    assert_eq!(client.get("/collections/parcel/items?f=dxf&limit=5").header("content-type"), "image/vnd.dxf");
    assert_eq!(client.get("/collections/parcel/items?f=xlsx&limit=5").status, 200);
}

#[test]
fn a_drawing_is_read_again_where_it_lies() {
    let (folder, city) = own_city();
    let out = folder.path().join("宗地.dxf");
    must(&["export", path(&city), "--layer", "parcel", "--out", path(&out)]);
    let told = must(&[
        "--json",
        "import",
        path(&city),
        "--layer",
        "parcel",
        path(&out),
        "--crs",
        "EPSG:4547",
        "--key",
        "@row",
        "--on-invalid",
        "reject",
        "--dry-run",
    ]);
    let report: Value = serde_json::from_str(&told).unwrap();
    assert!(report["accepted"].as_u64().unwrap() >= 5900, "{}", report["accepted"]);
}

#[test]
fn what_a_shapefile_cannot_hold_is_told_beside_it() {
    let client = Client::guest(reading());
    let told = notices(&export(&client, &json!({ "collection": "parcel", "format": "shp" })));
    assert!(told.iter().any(|notice| notice.contains("names of fields were cut")), "{told:?}");
    let told = notices(&export(&client, &json!({ "collection": "parcel", "format": "csv" })));
    assert!(told.len() == 1 && told[0].contains("no shapes"), "{told:?}");
    assert!(notices(&export(&client, &json!({ "collection": "parcel", "format": "gpkg" }))).is_empty());
}
