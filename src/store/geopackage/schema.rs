//! Tables of a city file: the layers of the dictionary as GeoPackage contents, and parkplan's own tables.

use super::touched;
use crate::domain::{CityInfo, ColumnType, GeometryKind, Layer, dictionary};
use crate::spatial::crs::WorkingCrs;
use rusqlite::{Connection, params};

/// `GPKG` in ASCII: what GeoPackage readers look for in the SQLite header.
const GEOPACKAGE_APPLICATION_ID: i64 = 0x4750_4B47;
/// GeoPackage 1.3.0.
const GEOPACKAGE_VERSION: i64 = 10_300;

/// Steps from one schema version to the next; `parkplan_meta.schema` holds how many were taken. Only append.
const MIGRATIONS: &[fn(&Connection) -> rusqlite::Result<()>] =
    &[create_own_tables, add_what_the_dictionary_gained, drop_tables_that_nothing_used, touched::begin];

pub(super) fn create(connection: &mut Connection, crs: &WorkingCrs, name: &str, sample: bool, as_of: &str) -> rusqlite::Result<()> {
    connection.pragma_update(None, "application_id", GEOPACKAGE_APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", GEOPACKAGE_VERSION)?;
    let step = connection.transaction()?;
    step.execute_batch(GEOPACKAGE_TABLES)?;
    for (id, title, organisation, code, definition) in [
        (-1, "Undefined cartesian SRS", "NONE", -1, "undefined"),
        (0, "Undefined geographic SRS", "NONE", 0, "undefined"),
        (4326, "WGS 84 geodetic", "EPSG", 4326, crs_definitions::EPSG_4326.wkt),
        (crs.epsg(), &*crs.name(), "EPSG", crs.epsg(), crs.wkt()),
    ] {
        step.execute(
            "INSERT OR IGNORE INTO gpkg_spatial_ref_sys (srs_name,srs_id,organization,organization_coordsys_id,definition) VALUES (?,?,?,?,?)",
            params![title, id, organisation, code, definition],
        )?;
    }
    step.execute_batch("CREATE TABLE parkplan_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;")?;
    for (key, value) in
        [("name", name), ("crs", &crs.name()), ("sample", if sample { "1" } else { "0" }), ("as_of", as_of), ("revision", "0"), ("schema", "0")]
    {
        step.execute("INSERT INTO parkplan_meta VALUES (?,?)", params![key, value])?;
    }
    for layer in &dictionary().layers {
        create_layer(&step, layer, crs.epsg())?;
    }
    step.commit()?;
    migrate(connection)
}

fn create_layer(connection: &Connection, layer: &Layer, srs_id: i32) -> rusqlite::Result<()> {
    let mut columns = vec!["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL".to_owned()];
    if let Some(kind) = geometry_type(layer) {
        columns.push(format!("geom {kind}"));
    }
    for column in &layer.columns {
        let kind = sql_type(column.kind);
        let rule = if column.required { " NOT NULL" } else { "" };
        columns.push(format!("\"{}\" {kind}{rule}", column.name));
    }
    if matches!(layer.name.as_str(), "floor" | "unit") {
        columns.push("FOREIGN KEY (building) REFERENCES building (code) DEFERRABLE INITIALLY DEFERRED".to_owned());
    }
    let name = &layer.name;
    connection.execute_batch(&format!("CREATE TABLE \"{name}\" ({})", columns.join(", ")))?;
    // One establishment is firm × park: the code alone may stand in two parks.
    let unique = if name == "firm" { "code,park".to_owned() } else { format!("\"{}\"", layer.key) };
    connection.execute_batch(&format!("CREATE UNIQUE INDEX \"{name}_key\" ON \"{name}\" ({unique})"))?;
    for lookup in ["building", "park", "parcel"] {
        let spatial_parcel = matches!(name.as_str(), "parcel" | "zone");
        if layer.column(lookup).is_some() && !spatial_parcel {
            connection.execute_batch(&format!("CREATE INDEX \"{name}_{lookup}\" ON \"{name}\" (\"{lookup}\")"))?;
        }
    }
    let data_type = if layer.is_spatial() { "features" } else { "attributes" };
    connection.execute(
        "INSERT INTO gpkg_contents (table_name,data_type,identifier,description,srs_id) VALUES (?,?,?,?,?)",
        params![name, data_type, name, layer.zh, if layer.is_spatial() { Some(srs_id) } else { None }],
    )?;
    if let Some(kind) = geometry_type(layer) {
        connection.execute("INSERT INTO gpkg_geometry_columns VALUES (?,'geom',?,?,0,0)", params![name, kind, srs_id])?;
        connection.execute(
            "INSERT INTO gpkg_extensions VALUES (?,'geom','gpkg_rtree_index','http://www.geopackage.org/spec120/#extension_rtree','write-only')",
            params![name],
        )?;
        connection.execute_batch(&format!("CREATE VIRTUAL TABLE \"rtree_{name}_geom\" USING rtree(id, minx, maxx, miny, maxy)"))?;
        create_rtree_triggers(connection, name)?;
    }
    Ok(())
}

fn sql_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text | ColumnType::List => "TEXT",
        ColumnType::Integer => "INTEGER",
        ColumnType::Real => "REAL",
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Date => "DATE",
    }
}

fn geometry_type(layer: &Layer) -> Option<&'static str> {
    match layer.geometry {
        GeometryKind::Polygon => Some("MULTIPOLYGON"),
        GeometryKind::Line => Some("MULTILINESTRING"),
        GeometryKind::Point => Some("POINT"),
        GeometryKind::None => None,
    }
}

/// The names that [`create_rtree_triggers`] makes, for dropping them during a bulk load.
const RTREE_TRIGGERS: [&str; 5] = ["insert", "update_geom", "update_empty", "update_id", "delete"];

pub(super) fn drop_rtree_triggers(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    for trigger in RTREE_TRIGGERS {
        connection.execute_batch(&format!("DROP TRIGGER IF EXISTS \"rtree_{table}_geom_{trigger}\""))?;
    }
    Ok(())
}

/// The row of the R-tree, and when there is one.
const BOX: &str = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)";
const FILLED: &str = "NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)";

/// The trigger of new rows alone.
pub(super) fn drop_rtree_insert(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("DROP TRIGGER IF EXISTS \"rtree_{table}_geom_insert\""))
}

pub(super) fn create_rtree_insert(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "CREATE TRIGGER \"rtree_{table}_geom_insert\" AFTER INSERT ON \"{table}\" WHEN ({FILLED})
           BEGIN INSERT OR REPLACE INTO \"rtree_{table}_geom\" VALUES ({BOX}); END"
    ))
}

/// Keeps `rtree_<table>_geom` in step with the table whoever writes (GeoPackage extension F.3).
pub(super) fn create_rtree_triggers(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    let (tree, row, filled) = (format!("\"rtree_{table}_geom\""), BOX, FILLED);
    create_rtree_insert(connection, table)?;
    connection.execute_batch(&format!(
        "CREATE TRIGGER \"rtree_{table}_geom_update_geom\" AFTER UPDATE OF geom ON \"{table}\" WHEN OLD.fid = NEW.fid AND ({filled})
           BEGIN INSERT OR REPLACE INTO {tree} VALUES ({row}); END;
         CREATE TRIGGER \"rtree_{table}_geom_update_empty\" AFTER UPDATE OF geom ON \"{table}\" WHEN OLD.fid = NEW.fid AND NOT ({filled})
           BEGIN DELETE FROM {tree} WHERE id = OLD.fid; END;
         CREATE TRIGGER \"rtree_{table}_geom_update_id\" AFTER UPDATE ON \"{table}\" WHEN OLD.fid != NEW.fid AND ({filled})
           BEGIN DELETE FROM {tree} WHERE id = OLD.fid; INSERT OR REPLACE INTO {tree} VALUES ({row}); END;
         CREATE TRIGGER \"rtree_{table}_geom_delete\" AFTER DELETE ON \"{table}\" WHEN OLD.geom NOTNULL
           BEGIN DELETE FROM {tree} WHERE id = OLD.fid; END;"
    ))
}

/// Writes a layer's extent where GeoPackage readers look for it.
pub(super) fn update_extent(connection: &Connection, layer: &Layer) -> rusqlite::Result<()> {
    if layer.is_spatial() {
        connection.execute(
            &format!(
                "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now'),
                 (min_x,min_y,max_x,max_y) = (SELECT min(minx),min(miny),max(maxx),max(maxy) FROM \"rtree_{}_geom\") WHERE table_name = ?",
                layer.name
            ),
            params![layer.name],
        )?;
    }
    Ok(())
}

pub(super) fn is_city_file(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) FROM sqlite_master WHERE name = 'parkplan_meta'", [], |row| row.get::<_, i64>(0)).map(|count| count == 1)
}

pub(super) fn meta(connection: &Connection, key: &str) -> rusqlite::Result<String> {
    connection.query_row("SELECT value FROM parkplan_meta WHERE key = ?", [key], |row| row.get(0))
}

pub(super) fn info(connection: &Connection) -> rusqlite::Result<CityInfo> {
    Ok(CityInfo {
        name: meta(connection, "name")?,
        crs: meta(connection, "crs")?,
        sample: meta(connection, "sample")? == "1",
        as_of: meta(connection, "as_of")?,
        revision: meta(connection, "revision")?.parse().unwrap_or(0),
    })
}

/// Adds one to the city's revision and returns it. Call inside the transaction of the change.
pub(super) fn next_revision(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row(
        "UPDATE parkplan_meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision' RETURNING CAST(value AS INTEGER)",
        [],
        |row| row.get(0),
    )
}

/// How the schema of a file stands to the program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Some step is to be taken, or the dictionary has gained something.
    Older,
    Same,
    /// Made by a later program: there is no way back.
    Newer,
}

pub(super) fn age(connection: &Connection) -> rusqlite::Result<Age> {
    let taken: usize = meta(connection, "schema")?.parse().unwrap_or(0);
    Ok(match taken.cmp(&MIGRATIONS.len()) {
        std::cmp::Ordering::Greater => Age::Newer,
        std::cmp::Ordering::Equal if !lacks_something(connection)? => Age::Same,
        _ => Age::Older,
    })
}

pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let taken: usize = meta(connection, "schema")?.parse().unwrap_or(0);
    for (version, step) in MIGRATIONS.iter().enumerate().skip(taken) {
        let transaction = connection.transaction()?;
        step(&transaction)?;
        transaction.execute("UPDATE parkplan_meta SET value = ? WHERE key = 'schema'", [(version + 1).to_string()])?;
        transaction.commit()?;
    }
    // The dictionary grows without a version of its own.
    let transaction = connection.transaction()?;
    if lacks_something(&transaction)? {
        add_what_the_dictionary_gained(&transaction)?;
    }
    touched::watch_all(&transaction)?;
    transaction.commit()
}

/// Whether the dictionary has a layer or a column that the file lacks.
fn lacks_something(connection: &Connection) -> rusqlite::Result<bool> {
    for layer in &dictionary().layers {
        let present = columns(connection, &layer.name)?;
        if layer.columns.iter().any(|column| !present.contains(&column.name)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?)")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

fn create_own_tables(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TABLE change_log (
           seq INTEGER PRIMARY KEY, revision INTEGER NOT NULL, at TEXT NOT NULL, account TEXT NOT NULL,
           collection TEXT NOT NULL, id TEXT NOT NULL, action TEXT NOT NULL, before TEXT, after TEXT, source TEXT NOT NULL,
           prev TEXT NOT NULL, hash TEXT NOT NULL);
         CREATE INDEX change_log_revision ON change_log (revision);
         CREATE INDEX change_log_row ON change_log (collection, id);
         CREATE TABLE account (
           account TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0, password_hash TEXT NOT NULL) WITHOUT ROWID;
         CREATE TABLE account_park (
           account TEXT NOT NULL REFERENCES account (account) ON DELETE CASCADE, park TEXT NOT NULL, PRIMARY KEY (account, park)) WITHOUT ROWID;
         CREATE TABLE session (
           token_hash TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (account) ON DELETE CASCADE, expires INTEGER NOT NULL) WITHOUT ROWID;
         CREATE TABLE plan (
           id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, created TEXT NOT NULL, account TEXT NOT NULL,
           parcels TEXT NOT NULL, result TEXT NOT NULL) WITHOUT ROWID;",
    )
}

/// Layers and columns that the dictionary has and an older file lacks; new columns are null in the rows that are there.
fn add_what_the_dictionary_gained(connection: &Connection) -> rusqlite::Result<()> {
    let crs = meta(connection, "crs")?;
    let srs_id: i32 = connection.query_row("SELECT srs_id FROM gpkg_spatial_ref_sys WHERE 'EPSG:' || srs_id = ?", [&crs], |row| row.get(0))?;
    for layer in &dictionary().layers {
        let present = columns(connection, &layer.name)?;
        if present.is_empty() {
            create_layer(connection, layer, srs_id)?;
            continue;
        }
        for column in layer.columns.iter().filter(|column| !present.contains(&column.name)) {
            connection.execute_batch(&format!("ALTER TABLE \"{}\" ADD COLUMN \"{}\" {}", layer.name, column.name, sql_type(column.kind)))?;
        }
    }
    Ok(())
}

/// `run` and `occupancy_report` were made in every file and never written; one that somebody has filled stays.
fn drop_tables_that_nothing_used(connection: &Connection) -> rusqlite::Result<()> {
    for table in ["run", "occupancy_report"] {
        let made: i64 = connection.query_row("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", [table], |row| row.get(0))?;
        if made == 0 || connection.query_row(&format!("SELECT EXISTS (SELECT 1 FROM \"{table}\")"), [], |row| row.get(0))? {
            continue;
        }
        connection.execute_batch(&format!("DROP TABLE \"{table}\""))?;
        connection.execute("DELETE FROM gpkg_contents WHERE table_name = ?", [table])?;
    }
    Ok(())
}

const GEOPACKAGE_TABLES: &str = "
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
";
