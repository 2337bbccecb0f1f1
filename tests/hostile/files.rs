//! Hostile files, made as an attacker would make them: small to send, large or crooked to read. Each with the answer that it must get.

use super::archives;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file and the codes of which its answer must have one.
pub struct Hostile {
    pub path: PathBuf,
    pub codes: &'static [&'static str],
}

/// Makes them below a folder; what must be kept alive comes along.
pub struct Made {
    pub all: Vec<Hostile>,
    _socket: UnixListener,
}

struct Maker<'a> {
    folder: &'a Path,
    all: Vec<Hostile>,
}

const XML: &str = "<?xml version=\"1.0\"?>";
const REFUSED: &[&str] = &["format_refused"];
const BEYOND: &[&str] = &["limit_exceeded"];
const NO_FILE: &[&str] = &["not_a_file"];
const DAMAGED: &[&str] = &["file_unreadable", "file_cut"];

impl Maker<'_> {
    fn expect(&mut self, name: &str, codes: &'static [&'static str]) -> PathBuf {
        let path = self.folder.join(name);
        self.all.push(Hostile { path: path.clone(), codes });
        path
    }

    fn file(&mut self, name: &str, bytes: impl AsRef<[u8]>, codes: &'static [&'static str]) {
        let path = self.expect(name, codes);
        fs::write(path, bytes).expect("write");
    }
}

pub fn make(folder: &Path) -> Made {
    let mut maker = Maker { folder, all: Vec::new() };
    let socket = no_files(&mut maker);
    xml(&mut maker);
    json(&mut maker);
    tables(&mut maker);
    binaries(&mut maker);
    data_bases(&mut maker);
    drawings(&mut maker);
    for (name, bytes, codes) in archives::all() {
        maker.file(name, bytes, codes);
    }
    Made { all: maker.all, _socket: socket }
}

/// Pipes, sockets, devices, folders, links.
fn no_files(maker: &mut Maker<'_>) -> UnixListener {
    let pipe = maker.expect("pipe.geojson", NO_FILE);
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let socket = UnixListener::bind(maker.expect("socket.kml", NO_FILE)).expect("socket");
    symlink("/dev/zero", maker.expect("endless.csv", NO_FILE)).expect("link");
    fs::create_dir(maker.expect("folder.shp", &["file_is_directory"])).expect("folder");
    let gdb = maker.expect("linked.gdb", NO_FILE);
    fs::create_dir(&gdb).expect("folder");
    symlink("/etc/passwd", gdb.join("a00000001.gdbtable")).expect("link");
    let empty = maker.expect("empty.gdb", DAMAGED);
    fs::create_dir(empty).expect("folder");
    let shapes = maker.expect("stolen.shp", NO_FILE);
    fs::write(&shapes, shapefile_header(100)).expect("write");
    fs::write(shapes.with_extension("shx"), shapefile_header(100)).expect("write");
    symlink("/etc/passwd", shapes.with_extension("dbf")).expect("link");
    symlink("/proc/self/mem", maker.expect("memory.csv", &["file_empty", "file_unreadable"])).expect("link");
    socket
}

/// Entities, other files by reference, depth.
fn xml(maker: &mut Maker<'_>) {
    let vrt = "<OGRVRTDataSource><OGRVRTLayer name=\"parcel\"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>";
    maker.file("layer.vrt", vrt, REFUSED);
    maker.file("vrt.geojson", vrt, REFUSED);
    maker.file("vrt.kml", format!("{XML}<!-- <kml -->{vrt}"), REFUSED);
    let outside = |what: &str| {
        format!("{XML}<!DOCTYPE kml [<!ENTITY x SYSTEM \"{what}\">]><kml><Document><Placemark><name>&x;</name></Placemark></Document></kml>")
    };
    maker.file("passwd.kml", outside("file:///etc/passwd"), REFUSED);
    maker.file("http.kml", outside("http://127.0.0.1:9/"), REFUSED);
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(outside("file:///etc/passwd").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    maker.file("wide.kml", wide, REFUSED);
    let laughs: String = (1..10).map(|level| format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10))).collect();
    maker.file("laughs.kml", format!("{XML}<!DOCTYPE kml [<!ENTITY l0 \"ha\">{laughs}]><kml><name>&l9;</name></kml>"), REFUSED);
    maker.file("deep.kml", format!("{XML}<kml>{}{}</kml>", "<Folder>".repeat(200_000), "</Folder>".repeat(200_000)), BEYOND);
    let run = "114,22.5 ".repeat(9_000_000);
    let ring = format!("<Polygon><outerBoundaryIs><LinearRing><coordinates>{run}</coordinates></LinearRing></outerBoundaryIs></Polygon>");
    maker.file("run.kml", format!("{XML}<kml><Document><Placemark>{ring}</Placemark></Document></kml>"), BEYOND);
    maker.file(
        "linked.kml",
        format!("{XML}<kml><NetworkLink><Link><href>http://127.0.0.1:9/</href></Link></NetworkLink></kml>"),
        &["file_has_no_layer"],
    );
    maker.file(
        "schema.gml",
        format!("{XML}<FeatureCollection xsi:schemaLocation=\"http://127.0.0.1:9/a http://127.0.0.1:9/a.xsd\"/>"),
        &["format_unknown"],
    );
    maker.file("service.xml", "<GDAL_WMS><Service name=\"WMS\"><ServerUrl>http://127.0.0.1:9/</ServerUrl></Service></GDAL_WMS>", &["format_unknown"]);
}

/// Brackets, numbers and names without end.
fn json(maker: &mut Maker<'_>) {
    let collection = |geometry: &str| {
        format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"A"}},"geometry":{geometry}}}]}}"#)
    };
    maker.file("brackets.geojson", collection(&format!(r#"{{"type":"Polygon","coordinates":{}"#, "[".repeat(1_000_000))), BEYOND);
    let nested =
        format!("{}{}{}", r#"{"type":"GeometryCollection","geometries":["#.repeat(300), r#"{"type":"Point","coordinates":[1,2]}"#, "]}".repeat(300));
    maker.file("collections.geojson", collection(&nested), BEYOND);
    let ring = format!(r#"{{"type":"Polygon","coordinates":[[{}[1,2]]]}}"#, "[1,2],".repeat(10_000_000));
    maker.file("vertices.geojson", collection(&ring), BEYOND);
    maker.file("late.geojson", format!(r#"{{"coordinates":[{}[]],"type":"Polygon"}}"#, "[],".repeat(5_000_000)), BEYOND);
    let names: String = (0..20_000).map(|name| format!("\"n{name}\":1,")).collect();
    maker.file(
        "names.geojson",
        format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{{names}"code":"A"}},"geometry":null}}]}}"#),
        BEYOND,
    );
    maker.file("cut.geojson", r#"{"type":"FeatureCollection","features":[{"type":"Feature","#, &["json_syntax"]);
    let arcs = format!(r#"{{"type":"Topology","objects":{{"a":{{"type":"GeometryCollection","geometries":[{}]}}}},"arcs":[]}}"#, "[".repeat(100_000));
    maker.file("deep.topojson", arcs, DAMAGED);
}

/// Lines, cells and quotes without end.
fn tables(maker: &mut Maker<'_>) {
    maker.file("line.csv", format!("code,name\nA,{}", "x".repeat(70 << 20)), BEYOND);
    maker.file("columns.csv", format!("code{}\nA\n", ",c".repeat(2_500_000)), BEYOND);
    maker.file("fields.csv", format!("code{}\nA\n", ",c".repeat(5_000)), BEYOND);
    maker.file("quote.csv", format!("code,name\nA,\"{}", "x,y\n".repeat(1_000_000)), &["csv_quotes"]);
    let rows = format!("code{}\n{}", ",c".repeat(4_000), "A\n".repeat(200_000));
    maker.file("empty-cells.csv", rows, BEYOND);
    let nested = format!("{}POINT(1 2){}", "GEOMETRYCOLLECTION(".repeat(100_000), ")".repeat(100_000));
    maker.file("nested.csv", format!("code,wkt\nA,\"{nested}\"\n"), &["damaged_geometry", "nothing_accepted", "crs_missing"]);
    let ring = format!("POLYGON(({}1 2))", "1 2,".repeat(2_500_000));
    maker.file("ring.csv", format!("code,wkt\nA,\"{ring}\"\n"), BEYOND);
    maker.file(
        "noughts.csv",
        vec![0u8; 1 << 20],
        &["table_empty", "encoding_unknown", "nothing_accepted", "key_not_found", "map_no_key", "file_unreadable", "no_rows", "crs_missing"],
    );
}

/// A header of a shapefile that says how many bytes it has.
fn shapefile_header(bytes: u32) -> Vec<u8> {
    let mut header = vec![0u8; 100];
    header[..4].copy_from_slice(&9994u32.to_be_bytes());
    header[24..28].copy_from_slice(&(bytes / 2).to_be_bytes());
    header[28..32].copy_from_slice(&1000u32.to_le_bytes());
    header[32..36].copy_from_slice(&5u32.to_le_bytes());
    header
}

fn dbf(records: u32, record_length: u16, body: usize) -> Vec<u8> {
    let mut bytes = vec![0u8; 65];
    bytes[0] = 3;
    bytes[4..8].copy_from_slice(&records.to_le_bytes());
    bytes[8..10].copy_from_slice(&65u16.to_le_bytes());
    bytes[10..12].copy_from_slice(&record_length.to_le_bytes());
    bytes[32..36].copy_from_slice(b"code");
    (bytes[43], bytes[48], bytes[64]) = (b'C', record_length.saturating_sub(1) as u8, 0x0D);
    bytes.resize(65 + body, b' ');
    bytes
}

/// Headers that promise what no file holds.
fn binaries(maker: &mut Maker<'_>) {
    let claims = maker.expect("claims.shp", &["shapefile_truncated"]);
    fs::write(&claims, shapefile_header(u32::MAX - 1)).expect("write");
    fs::write(claims.with_extension("shx"), shapefile_header(100)).expect("write");
    fs::write(claims.with_extension("dbf"), dbf(0, 11, 0)).expect("write");
    let shape = maker.expect("shape.shp", BEYOND);
    let mut index = shapefile_header(108);
    index.extend([0, 0, 0, 50, 0x3F, 0xFF, 0xFF, 0xFF]);
    fs::write(&shape, shapefile_header(100)).expect("write");
    fs::write(shape.with_extension("shx"), index).expect("write");
    fs::write(shape.with_extension("dbf"), dbf(1, 11, 11)).expect("write");
    maker.file("records.dbf", dbf(u32::MAX, u16::MAX, 1000), &["shapefile_truncated"]);
    maker.file("many.dbf", dbf(8_000_000, 1, 8_000_000), BEYOND);
    let flatgeobuf = |rest: &[u8]| [b"fgb\x03fgb\x00", rest].concat();
    maker.file("header.fgb", flatgeobuf(&[0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3, 4]), DAMAGED);
    maker.file("nothing.fgb", flatgeobuf(&[0x10, 0, 0, 0]), DAMAGED);
    maker.file("noise.fgb", flatgeobuf(&(0..4096u32).map(|i| (i * 7919 % 251) as u8).collect::<Vec<_>>()), DAMAGED);
    maker.file("noise.shp", (0..4096u32).map(|i| (i * 7919 % 251) as u8).collect::<Vec<_>>(), &["shapefile_part_missing"]);
    maker.file("gzip.geojson", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0], &["json_syntax", "format_unknown", "encoding_wrong", "encoding_unknown"]);
    maker.file("rar.zip", b"Rar!\x1A\x07\x00", &["format_unknown"]);
    maker.file("\u{1b}[2Jname.jpg", b"\xFF\xD8\xFF\xE0", &["format_unknown"]);
}

/// GeoPackages that work when they are opened.
fn data_bases(maker: &mut Maker<'_>) {
    let geopackage = |path: &Path, view: &str| {
        let base = rusqlite::Connection::open(path).expect("open");
        base.execute_batch(&format!(
            "PRAGMA application_id = 0x47504B47; PRAGMA user_version = 10300;
             CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
             INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]]', '');
             CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
             CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk PRIMARY KEY (table_name, column_name));
             INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('parcel', 'features', 'parcel', 4326);
             INSERT INTO gpkg_geometry_columns VALUES ('parcel', 'geom', 'POLYGON', 4326, 0, 0);
             {view}"
        ))
        .expect("made");
    };
    let endless =
        "CREATE VIEW parcel AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid, NULL AS geom, 'A' AS code FROM n;";
    geopackage(&maker.expect("endless.gpkg", BEYOND), endless);
    let extension = "CREATE VIEW parcel AS SELECT 1 AS fid, NULL AS geom, load_extension('/tmp/evil.so') AS code;";
    geopackage(&maker.expect("extension.gpkg", DAMAGED), extension);
    let huge = "CREATE VIEW parcel AS SELECT 1 AS fid, zeroblob(900000000) AS geom, 'A' AS code;";
    geopackage(&maker.expect("blob.gpkg", &["limit_exceeded", "file_cut", "file_unreadable", "damaged_geometry"]), huge);
    maker.file("noise.gpkg", [b"SQLite format 3\0".as_slice(), &[0xAB; 8192]].concat(), DAMAGED);
}

/// Blocks in blocks in blocks.
fn drawings(maker: &mut Maker<'_>) {
    let inserts = |name: &str, times: usize| format!("0\nINSERT\n8\n0\n2\n{name}\n10\n0\n20\n0\n").repeat(times);
    let block = |name: &str, body: &str| format!("0\nBLOCK\n8\n0\n2\n{name}\n70\n0\n10\n0\n20\n0\n3\n{name}\n{body}0\nENDBLK\n");
    let line = "0\nLINE\n8\n0\n10\n0\n20\n0\n11\n1\n21\n1\n".repeat(10);
    let blocks: String = (0..9)
        .map(|level| if level == 0 { block("B0", &line) } else { block(&format!("B{level}"), &inserts(&format!("B{}", level - 1), 10)) })
        .collect();
    let drawing = |blocks: &str, entities: &str| {
        format!("0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nSECTION\n2\nBLOCKS\n{blocks}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n")
    };
    maker.file("blocks.dxf", drawing(&blocks, &inserts("B8", 10)), BEYOND);
    let itself = block("B0", &inserts("B0", 2));
    maker.file("itself.dxf", drawing(&itself, &inserts("B0", 1)), &["nothing_accepted", "file_cut", "no_rows", "file_unreadable", "crs_missing"]);
    maker.file("binary.dxf", b"AutoCAD Binary DXF\r\n\x1a\0", REFUSED);
}
