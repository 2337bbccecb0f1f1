//! What only the inside can see or bring about.

use super::blob::{Scratch, decode, encode};
use super::*;
use crate::domain::{Author, LogEntry, Row, RowChange};
use crate::spatial::digest::digest;
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon, polygon};

fn city(folder: &tempfile::TempDir) -> GeoPackage {
    let path = folder.path().join("city.gpkg");
    if !path.exists() {
        GeoPackage::create(&path, "EPSG:4547", "city", false, "2026-09-01").unwrap();
    }
    GeoPackage::open_writing(&path, "a test").unwrap()
}

fn parcel(code: &str, x: f64, size: f64) -> Row {
    let mut row = Row::empty(LayerId::Parcel.layer());
    row.set(LayerId::Parcel.layer(), "code", code);
    let at = |dx: f64, dy: f64| Coord { x: 500_000.0 + x + dx, y: 2_500_000.0 + dy };
    row.geometry = Some(Geometry::MultiPolygon(MultiPolygon(vec![polygon![at(0., 0.), at(size, 0.), at(size, size), at(0., size)]])));
    row
}

fn commit(store: &GeoPackage, changes: &[RowChange]) -> Result<(), CommitError> {
    let base = store.info().unwrap().revision;
    let author = Author { account: "a".to_owned(), source: "test".to_owned(), at: "2026-09-01T00:00:00.000Z".to_owned() };
    let entry = LogEntry { collection: "parcel".to_owned(), id: "x".to_owned(), action: "update", before: ().into(), after: 1.into() };
    store.commit(base, &[Kept { revision: base + 1, author: &author, changes, log: &[entry] }])
}

fn insert(fid: i64, row: Row) -> RowChange {
    RowChange::Insert { layer: LayerId::Parcel, fid, row }
}

#[test]
fn the_digest_is_the_hash_of_the_blob_without_a_reference_system() {
    let line = LineString(vec![Coord { x: 0.1, y: -2.0 }, Coord { x: 3.0, y: 4.5 }]);
    let part: Polygon<f64> =
        polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)], interiors: [[(x: 6., y: 1.), (x: 7., y: 2.), (x: 7., y: 1.)]]);
    for geometry in [
        Geometry::Point(Point::new(5.0, -0.0)),
        Geometry::LineString(line.clone()),
        Geometry::MultiLineString(MultiLineString(vec![line.clone(), line])),
        Geometry::Polygon(part.clone()),
        Geometry::MultiPolygon(MultiPolygon(vec![part.clone(), part])),
        Geometry::MultiPolygon(MultiPolygon(Vec::new())),
        Geometry::MultiLineString(MultiLineString(Vec::new())),
        Geometry::GeometryCollection(geo_types::GeometryCollection(Vec::new())),
    ] {
        assert_eq!(digest(&geometry), crate::domain::run::sha256_hex(&encode(&geometry, 0)), "{geometry:?}");
    }
}

#[test]
fn a_blob_that_does_not_decode_leaves_no_rings_and_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = city(&folder);
    commit(&store, &[insert(1, parcel("a", 0.0, 1.0)), insert(2, parcel("b", 9.0, 1.0)), insert(3, parcel("c", 20.0, 1.0))]).unwrap();
    {
        let writer = store.writer().unwrap();
        schema::drop_rtree_triggers(&writer, "parcel").unwrap();
        writer.execute_batch("UPDATE parcel SET geom = substr(geom, 1, 90) WHERE fid = 1; UPDATE parcel SET geom = 'text' WHERE fid = 2").unwrap();
    }
    let mut rings = Vec::new();
    let loaded = store.load(LayerId::Parcel, &mut |_, _, shape| rings.push((shape.rings.len(), shape.coords.len()))).unwrap();
    assert_eq!((loaded, rings), (Loaded { rows: 3, unreadable: 2 }, vec![(0, 0), (0, 0), (1, 5)]));
}

#[test]
fn collections_in_collections_do_not_exhaust_the_stack() {
    let mut blob = b"GP\0\x01\0\0\0\0".to_vec();
    for _ in 0..200_000 {
        blob.extend(b"\x01\x07\0\0\0\x01\0\0\0");
    }
    assert_eq!(Scratch::default().read(&blob), Err(blob::BlobError::Nested));
    assert_eq!(decode(&blob), Err(blob::BlobError::Nested));
}

#[test]
fn a_full_disk_is_told_and_the_store_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let store = city(&folder);
    commit(&store, &[insert(1, parcel("a", 0.0, 1.0))]).unwrap();
    let pages: i64 = store.writer().unwrap().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let limit = |pages: i64| store.writer().unwrap().query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get::<_, i64>(0)).unwrap();
    limit(pages + 1);
    let many: Vec<RowChange> = (2..2_000).map(|fid| insert(fid, parcel(&fid.to_string(), fid as f64, 1.0))).collect();
    match commit(&store, &many) {
        Err(CommitError::Failed(fault)) => assert!(fault.code == "disk_full" && fault.help_en.is_some(), "{fault:?}"),
        other => panic!("{other:?}"),
    }
    assert_eq!((store.info().unwrap().revision, store.load(LayerId::Parcel, &mut |_, _, _| {}).unwrap().rows), (1, 1));
    limit(1 << 30);
    commit(&store, &many).unwrap();
    assert_eq!((store.info().unwrap().revision, store.load(LayerId::Parcel, &mut |_, _, _| {}).unwrap().rows), (2, 1999));
}

#[test]
fn a_panic_with_the_writer_in_hand_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let store = city(&folder);
    let ended = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let mut writer = store.writer().unwrap();
                let step = writer.transaction().unwrap();
                step.execute_batch("UPDATE parkplan_meta SET value = '77' WHERE key = 'revision'").unwrap();
                panic!("in the middle");
            })
            .join()
    });
    assert!(ended.is_err());
    assert_eq!(store.info().unwrap().revision, 0);
    commit(&store, &[insert(1, parcel("a", 0.0, 1.0))]).unwrap();
    assert_eq!(store.outside(1).unwrap(), None);
}

/// west, south, east, north of the parcels as GeoPackage readers see them, and of the R-tree.
fn extents(store: &GeoPackage) -> [[f64; 4]; 2] {
    let four = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]);
    store
        .read(|connection| {
            Ok([
                connection.query_row("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'parcel'", [], four)?,
                connection.query_row("SELECT min(minx), min(miny), max(maxx), max(maxy) FROM rtree_parcel_geom", [], four)?,
            ])
        })
        .unwrap()
}

#[test]
fn the_extent_follows_what_comes_and_what_goes_from_the_edge() {
    let folder = tempfile::tempdir().unwrap();
    let store = city(&folder);
    let check = |width: f64| {
        let [told, tree] = extents(&store);
        assert!(told.iter().zip(tree).all(|(told, tree)| (told - tree).abs() < 1.0), "{told:?} {tree:?}");
        assert!((told[2] - told[0] - width).abs() < 1.0, "{told:?}");
    };
    commit(&store, &[insert(1, parcel("a", 0.0, 100.0)), insert(2, parcel("b", 100.0, 50.0)), insert(3, parcel("c", 900.0, 100.0))]).unwrap();
    check(1000.0);
    let inner = RowChange::Update { layer: LayerId::Parcel, fid: 2, before: parcel("b", 100.0, 50.0), after: parcel("b", 300.0, 50.0) };
    commit(&store, &[inner]).unwrap();
    check(1000.0);
    commit(&store, &[RowChange::Remove { layer: LayerId::Parcel, fid: 3, row: parcel("c", 900.0, 100.0) }]).unwrap();
    check(350.0);
    commit(&store, &[insert(4, parcel("d", -500.0, 100.0))]).unwrap();
    check(850.0);
}

#[test]
fn dead_tables_go_unless_somebody_has_filled_them() {
    let folder = tempfile::tempdir().unwrap();
    drop(city(&folder));
    let path = folder.path().join("city.gpkg");
    let tables = || -> Vec<String> {
        let connection = Connection::open(&path).unwrap();
        let mut statement = connection
            .prepare("SELECT name FROM sqlite_master WHERE name IN ('run','occupancy_report') UNION ALL SELECT 'contents ' || table_name FROM gpkg_contents WHERE table_name IN ('run','occupancy_report') ORDER BY 1")
            .unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
    };
    assert!(tables().is_empty());
    let old = "CREATE TABLE IF NOT EXISTS run (id TEXT PRIMARY KEY, kind TEXT NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS occupancy_report (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, park TEXT);
        INSERT OR IGNORE INTO gpkg_contents (table_name,data_type,identifier) VALUES ('occupancy_report','attributes','occupancy_report');
        UPDATE parkplan_meta SET value = '2' WHERE key = 'schema';";
    Connection::open(&path).unwrap().execute_batch(old).unwrap();
    assert_eq!(tables().len(), 3);
    drop(city(&folder));
    assert!(tables().is_empty());
    Connection::open(&path).unwrap().execute_batch(&format!("{old} INSERT INTO occupancy_report (park) VALUES ('BA-03')")).unwrap();
    drop(city(&folder));
    assert_eq!(tables(), ["contents occupancy_report", "occupancy_report"]);
}
