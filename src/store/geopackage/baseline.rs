//! The ordinary way to find parcels in a GeoPackage, for the benchmarks: the file's own R-tree through SQLite.

use super::fault::sql_fault;
use crate::domain::fault::Outcome;
use geo_types::Rect;
use rusqlite::{Connection, OpenFlags, params};
use std::path::{Path, PathBuf};

pub struct RtreeBaseline {
    path: PathBuf,
    connection: Connection,
}

impl RtreeBaseline {
    pub fn open(path: &Path) -> Outcome<Self> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| sql_fault(path, error))?;
        Ok(RtreeBaseline { path: path.to_owned(), connection })
    }

    /// fids of the parcels whose box meets `bounds`.
    pub fn ids(&self, bounds: Rect<f64>) -> Outcome<Vec<i64>> {
        let (min, max) = (bounds.min(), bounds.max());
        let query = || {
            let mut statement =
                self.connection.prepare_cached("SELECT id FROM rtree_parcel_geom WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?")?;
            statement.query_map(params![max.x, min.x, max.y, min.y], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()
        };
        query().map_err(|error| sql_fault(&self.path, error))
    }
}
