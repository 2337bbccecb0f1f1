//! What every store of a city must do, written against the traits: a second store is one more line in [`stores`].

mod commits;
mod crash;
mod log;
mod opening;
mod outside;
mod people;
mod rows;

use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, polygon};
use parkplan::domain::{Author, ColumnType, GeometryKind, Layer, LayerId, LogEntry, RingEnd, Row, RowChange, Value};
use parkplan::store::geopackage::GeoPackage;
use parkplan::store::{AccountStore, CityStore, Kept};
use std::path::{Path, PathBuf};

/// A store with both of its sides.
pub trait Both: CityStore + AccountStore {}
impl<T: CityStore + AccountStore> Both for T {}

/// Opens the city in a folder, and makes it when there is none.
pub type Opener = fn(&Path) -> Box<dyn Both>;

/// All stores by name.
pub fn stores() -> Vec<(&'static str, Opener)> {
    vec![("geopackage", |folder| Box::new(geopackage(folder)))]
}

pub fn city_in(folder: &Path) -> PathBuf {
    folder.join("city.gpkg")
}

pub fn geopackage(folder: &Path) -> GeoPackage {
    let path = city_in(folder);
    if !path.exists() {
        GeoPackage::create(&path, "EPSG:4547", "城", false, "2026-09-01").unwrap();
    }
    GeoPackage::open_writing(&path, "a test").unwrap()
}

/// Runs a property on an empty city of every store.
pub fn on_every_store(property: impl Fn(&dyn Both, &dyn Fn() -> Box<dyn Both>)) {
    for (name, open) in stores() {
        println!("{name}");
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()));
        let again = || open(folder.path());
        // The property may close the store and open it again only through `again`, one at a time.
        let store = open(folder.path());
        property(&*store, &again);
    }
}

pub fn author(account: &str) -> Author {
    Author { account: account.to_owned(), source: "试验 \"x\"".to_owned(), at: "2026-09-01T08:00:00.123Z".to_owned() }
}

/// Commits one edit without entries of the log.
pub fn commit(store: &dyn CityStore, changes: &[RowChange]) {
    let base = store.info().unwrap().revision;
    let author = author("p");
    store.commit(base, &[Kept { revision: base + 1, author: &author, changes, log: &[] }]).unwrap();
}

pub fn entry(id: &str) -> LogEntry {
    let state = serde_json::json!({ "z": [1, null, "文"], "a": { "c": 0.1, "b": i64::MAX } });
    LogEntry { collection: "unit".to_owned(), id: id.to_owned(), action: "update", before: serde_json::Value::Null, after: state }
}

pub fn insert(layer: LayerId, fid: i64, row: Row) -> RowChange {
    RowChange::Insert { layer, fid, row }
}

/// A row of which only what must be there is there.
pub fn bare_row(layer: &'static Layer, number: i64) -> Row {
    let mut row = Row::empty(layer);
    for (at, column) in layer.columns.iter().enumerate() {
        if column.required {
            row.values[at] = if column.kind == ColumnType::Text { format!("{}{number}", layer.name).into() } else { value(column.kind, number) };
        }
    }
    with_building(layer, row)
}

/// A row with a value in every cell and a shape of many parts.
pub fn full_row(layer: &'static Layer, number: i64) -> Row {
    let mut row = bare_row(layer, number);
    for (at, column) in layer.columns.iter().enumerate() {
        if row.values[at].is_null() {
            row.values[at] = value(column.kind, number);
        }
    }
    row.geometry = shape(layer, number as f64);
    with_building(layer, row)
}

/// Floors and units stand in a building that is there.
fn with_building(layer: &'static Layer, mut row: Row) -> Row {
    if matches!(layer.name.as_str(), "floor" | "unit") {
        row.set(layer, "building", "building1");
    }
    row
}

fn value(kind: ColumnType, number: i64) -> Value {
    match kind {
        ColumnType::Text => format!("文{number} 'a\"b\\ \u{0}\u{feff}\u{10FFFF}\r\n\t;--").into(),
        ColumnType::List => r#"["新能源","a\"b"]"#.into(),
        ColumnType::Date => "2026-02-28".into(),
        ColumnType::Integer => [(1 << 31) + number, (1 << 53) + number, i64::MIN, i64::MAX][(number % 4) as usize].into(),
        ColumnType::Real => (0.1 + number as f64).into(),
        ColumnType::Boolean => (number % 2 == 0).into(),
    }
}

fn shape(layer: &Layer, x: f64) -> Option<Geometry<f64>> {
    let at = |dx: f64, dy: f64| Coord { x: 500_000.1 + x * 10.0 + dx, y: 2_500_000.7 + dy };
    match layer.geometry {
        GeometryKind::None => None,
        GeometryKind::Point => Some(Geometry::Point(Point(at(0.0, 0.0)))),
        GeometryKind::Line => Some(Geometry::MultiLineString(MultiLineString(vec![
            LineString(vec![at(0.0, 0.0), at(1.0, 1.0), at(2.0, 0.5)]),
            LineString(vec![at(5.0, 0.0), at(6.0, 1.0)]),
        ]))),
        // The first part runs clockwise and its hole too: a store turns nothing.
        GeometryKind::Polygon => Some(Geometry::MultiPolygon(MultiPolygon(vec![
            polygon!(exterior: [at(0., 0.), at(0., 9.), at(9., 9.), at(9., 0.)], interiors: [[at(1., 1.), at(1., 2.), at(2., 2.)], [at(3., 3.), at(4., 4.), at(4., 3.)]]),
            polygon![at(20., 0.), at(29., 0.), at(29., 9.)],
        ]))),
    }
}

/// A shape as a store lends it, kept.
pub type KeptShape = (Vec<Coord<f64>>, Vec<RingEnd>);

pub fn rings_of(geometry: Option<&Geometry<f64>>) -> KeptShape {
    let mut kept = KeptShape::default();
    let mut ring = |coords: &[Coord<f64>], exterior: bool| {
        kept.0.extend_from_slice(coords);
        kept.1.push(RingEnd { end: kept.0.len() as u32, exterior });
    };
    match geometry {
        Some(Geometry::Point(point)) => ring(&[point.0], true),
        Some(Geometry::MultiLineString(lines)) => lines.iter().for_each(|line| ring(&line.0, true)),
        Some(Geometry::MultiPolygon(parts)) => {
            for part in parts {
                ring(&part.exterior().0, true);
                part.interiors().iter().for_each(|hole| ring(&hole.0, false));
            }
        }
        _ => {}
    }
    kept
}

pub type LoadedRow = (i64, Vec<Value>, KeptShape);

pub fn expected(fid: i64, row: &Row) -> LoadedRow {
    (fid, row.values.clone(), rings_of(row.geometry.as_ref()))
}

/// All rows of a layer.
pub fn rows_of(store: &dyn CityStore, layer: LayerId) -> Vec<LoadedRow> {
    let columns = &layer.layer().columns;
    let mut rows = Vec::new();
    let loaded = store
        .load(layer, &mut |fid, cells, shape| {
            let values = cells.iter().zip(columns).map(|(cell, column)| cell.to_value(column.kind == ColumnType::Boolean)).collect();
            rows.push((fid, values, (shape.coords.to_vec(), shape.rings.to_vec())));
        })
        .unwrap();
    assert_eq!((loaded.rows, loaded.unreadable), (rows.len() as u64, 0));
    rows
}

/// All rows of all layers.
pub fn city_of(store: &dyn CityStore) -> Vec<Vec<LoadedRow>> {
    LayerId::ALL.into_iter().map(|layer| rows_of(store, layer)).collect()
}

/// A test of this binary run as a program of its own, with `PARKPLAN_STORE_CHILD` set to `argument`.
pub fn child(test: &str, argument: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(CHILD, argument);
    command
}

pub const CHILD: &str = "PARKPLAN_STORE_CHILD";
