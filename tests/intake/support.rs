//! Short ways to make files and import them in a test.

use geo_types::{Coord, Geometry, MultiPolygon, Rect};
use parkplan::domain::fault::Outcome;
use parkplan::domain::{Fault, Layer, Row, dictionary};
use parkplan::formats::{VectorDriver, WriteOptions, Written, write_vector};
use parkplan::intake::{CityContext, ImportOptions, Prepared, prepare};
use std::path::{Path, PathBuf};

/// A city in `crs` that has nothing yet.
pub fn city(crs: &str) -> CityContext {
    CityContext { crs: crs.to_owned(), ..CityContext::default() }
}

/// A city in EPSG:4547 whose one district is a box over the middle of Shenzhen.
pub fn shenzhen() -> CityContext {
    let district = Rect::new(Coord { x: 480_000.0, y: 2_480_000.0 }, Coord { x: 530_000.0, y: 2_520_000.0 });
    CityContext { districts: Some(MultiPolygon::new(vec![district.to_polygon()])), ..city("EPSG:4547") }
}

pub fn options(layer: &str) -> ImportOptions {
    ImportOptions { layer: layer.to_owned(), ..ImportOptions::default() }
}

/// Options for a parcel file in EPSG:4547 that does not say so.
pub fn parcels_in_4547() -> ImportOptions {
    ImportOptions { crs: Some("EPSG:4547".to_owned()), ..options("parcel") }
}

/// The built program reads, as it does for itself.
pub fn reader() {
    parkplan::formats::confined::read_by(Some(Path::new(crate::support::PARKPLAN)));
}

pub fn run(path: &Path, options: &ImportOptions, city: &CityContext) -> Outcome<Prepared> {
    reader();
    prepare(path, options, city, &|_, _| true)
}

pub fn fault(path: &Path, options: &ImportOptions, city: &CityContext) -> Fault {
    match run(path, options, city) {
        Err(fault) => {
            assert!(!fault.zh.is_empty() && !fault.en.is_empty(), "{fault:?}");
            assert!(!fault.en.contains(&std::env::temp_dir().display().to_string()), "a path leaks: {}", fault.en);
            fault
        }
        Ok(prepared) => panic!("{} was taken: {:?}", path.display(), prepared.report),
    }
}

pub fn file(folder: &tempfile::TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("write");
    path
}

pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("temporary folder")
}

/// A GeoJSON file with one feature per geometry, keyed p1, p2, …
pub fn geojson(folder: &tempfile::TempDir, geometries: &[&str]) -> PathBuf {
    let features: Vec<String> = geometries
        .iter()
        .enumerate()
        .map(|(index, geometry)| format!(r#"{{"type":"Feature","properties":{{"code":"p{}"}},"geometry":{geometry}}}"#, index + 1))
        .collect();
    file(folder, "地块.geojson", format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")))
}

/// A square of 100 m in EPSG:4547.
pub fn square(index: usize) -> Geometry<f64> {
    let west = 500_000.0 + 200.0 * index as f64;
    let rect = Rect::new(Coord { x: west, y: 2_500_000.0 }, Coord { x: west + 100.0, y: 2_500_100.0 });
    MultiPolygon::new(vec![rect.to_polygon()]).into()
}

pub fn parcel_layer() -> &'static Layer {
    dictionary().known("parcel")
}

/// Three parcels of one hectare with Chinese names, a 19-digit code and every type of value.
pub fn parcels() -> Vec<Row> {
    let layer = parcel_layer();
    (0..3)
        .map(|index| {
            let mut row = Row::empty(layer);
            row.geometry = Some(square(index));
            row.set(layer, "code", format!("440305001010000{index:04}"))
                .set(layer, "name", ["深圳湾科技园", "坂雪岗", "石岩"][index])
                .set(layer, "land_use", ["100101", "1004", "07"][index])
                .set(layer, "registered_area_m2", 10_000.5 + index as f64)
                .set(layer, "built_year", 1990 + index as i64)
                .set(layer, "as_of", "2024-05-01");
            row
        })
        .collect()
}

/// Writes rows as a file of `driver` in EPSG:4547.
pub fn write(path: &Path, driver: VectorDriver, encoding: Option<&str>, layer: &Layer, rows: Vec<Row>) -> Written {
    let options = WriteOptions { driver, crs_from: "EPSG:4547", crs_to: "EPSG:4547", encoding, columns: None };
    write_vector(path, layer, &mut rows.into_iter().map(Ok), &options).expect("written")
}

/// A folder or file of the real data, if this machine has it.
pub fn real(name: &str) -> Option<PathBuf> {
    test_data(&format!("real/{name}"))
}

/// The corpora that other readers are tested with.
pub fn robust() -> Option<PathBuf> {
    test_data("robust")
}

fn test_data(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PARKPLAN_TEST_DATA").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join(name);
    if !path.exists() {
        println!("skipped: there is no {} on this machine", path.display());
        return None;
    }
    Some(path)
}
