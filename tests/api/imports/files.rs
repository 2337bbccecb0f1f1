//! Files as senders make them, and the way they go.

use crate::support::{Answer, Client};
use geo_types::{Coord, Geometry, MultiPolygon, Rect};
use parkplan::domain::{Row, dictionary};
use parkplan::formats::{VectorDriver, WriteOptions, write_vector};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use std::io::Write;

const BOUNDARY: &str = "------parkplan-test";

/// A form with files as a browser sends it.
pub fn form(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        write!(
            body,
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .unwrap();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    write!(body, "--{BOUNDARY}--\r\n").unwrap();
    body
}

pub fn multipart() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

pub fn upload(client: &Client, files: &[(&str, &[u8])]) -> Answer {
    client.upload("/imports", &multipart(), &form(files))
}

/// The id of what was staged.
pub fn staged(client: &Client, files: &[(&str, &[u8])]) -> String {
    let answer = upload(client, files);
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
    let staged = answer.json();
    assert_eq!(answer.header("location"), format!("/imports/{}", staged["id"].as_str().unwrap()));
    staged["id"].as_str().unwrap().to_owned()
}

pub fn post(client: &Client, path: &str, body: &Value) -> Answer {
    client.send("POST", path, &[], &body.to_string())
}

pub fn preview(client: &Client, id: &str, settings: &Value) -> Value {
    let answer = post(client, &format!("/imports/{id}/preview"), settings);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

pub fn trial(client: &Client, id: &str, settings: &Value) -> Value {
    let answer = post(client, &format!("/imports/{id}/trial"), settings);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

pub fn commit(client: &Client, id: &str, settings: &Value, revision: &Value) -> Answer {
    post(client, &format!("/imports/{id}/commit"), &json!({ "settings": settings, "revision": revision }))
}

pub fn take_back(client: &Client, revision: &Value) -> Answer {
    post(client, "/imports:undo", &json!({ "revision": revision }))
}

/// Codes of some parcels, and the middle of the first one in degrees.
pub fn some_parcels(client: &Client, count: usize) -> (Vec<String>, [f64; 2]) {
    let page = client.get(&format!("/collections/parcel/items?limit={count}")).json();
    let features = page["features"].as_array().unwrap();
    let codes = features.iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect();
    let ring = &features[0]["geometry"]["coordinates"];
    let first = if ring[0][0][0].is_array() && ring[0][0][0][0].is_array() { &ring[0][0][0] } else { &ring[0][0] };
    let at = if first[0].is_array() { &first[0] } else { first };
    (codes, [at[0].as_f64().unwrap(), at[1].as_f64().unwrap()])
}

/// Three new parcels with Chinese texts in GB18030 without a code page file, as one zip.
pub fn gbk_shapefile(at: [f64; 2], with_prj: bool) -> Vec<u8> {
    let layer = dictionary().known("parcel");
    let folder = tempfile::tempdir().unwrap();
    let rows = (0..3).map(|index| {
        let west = at[0] + 0.002 * f64::from(index);
        let rect = Rect::new(Coord { x: west, y: at[1] }, Coord { x: west + 0.001, y: at[1] + 0.001 });
        let mut row = Row::empty(layer);
        row.geometry = Some(Geometry::MultiPolygon(MultiPolygon::new(vec![rect.to_polygon()])));
        row.set(layer, "code", format!("NEW-{index}"))
            .set(layer, "name", ["深圳湾科技园", "坂雪岗工业区", "石岩街道"][index as usize])
            .set(layer, "land_use", "100101");
        Ok(row)
    });
    let columns: Vec<usize> = ["code", "name", "land_use"].iter().map(|name| layer.column_index(name).unwrap()).collect();
    let options = WriteOptions {
        driver: VectorDriver::Shapefile,
        crs_from: "EPSG:4490",
        crs_to: "EPSG:4490",
        encoding: Some("GB18030"),
        columns: Some(&columns),
    };
    let written = write_vector(&folder.path().join("宗地.shp"), layer, &mut rows.into_iter(), &options).unwrap();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for file in &written.files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".cpg") || (name.ends_with(".prj") && !with_prj) {
            continue;
        }
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&std::fs::read(file).unwrap()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of texts: a sheet each with its head in the first row.
pub fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (line, row) in (0_u32..).zip(*rows) {
            for (column, cell) in (0_u16..).zip(*row) {
                sheet.write_string(line, column, *cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}
