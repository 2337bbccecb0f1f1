//! The immutable snapshot that queries and analyses read: columns, shapes and spatial indexes of one revision.

pub mod column;
pub mod cql2;
pub mod filter;
pub mod query;
pub mod summary;
pub mod table;

pub use query::{Page, Query, SortKey};
pub use table::{Table, TableBuilder};

use crate::spatial::crs::WorkingCrs;
use geo_types::{Coord, Rect};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One revision of a city in memory. Cheap to share; a change makes a new one.
pub struct Atlas {
    pub revision: i64,
    pub crs: Arc<WorkingCrs>,
    tables: BTreeMap<String, Arc<Table>>,
}

impl Atlas {
    pub fn new(revision: i64, crs: Arc<WorkingCrs>, tables: impl IntoIterator<Item = Arc<Table>>) -> Self {
        Atlas { revision, crs, tables: tables.into_iter().map(|table| (table.layer().name.clone(), table)).collect() }
    }

    /// The snapshot of a later revision in which only this table differs.
    pub fn with_table(&self, revision: i64, table: Arc<Table>) -> Self {
        let mut tables = self.tables.clone();
        tables.insert(table.layer().name.clone(), table);
        Atlas { revision, crs: self.crs.clone(), tables }
    }

    /// The table of a spatial layer.
    pub fn table(&self, layer: &str) -> Option<&Arc<Table>> {
        self.tables.get(layer)
    }

    pub fn tables(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.tables.values()
    }

    /// Box of everything, working CRS.
    pub fn extent(&self) -> Option<Rect<f64>> {
        self.tables().filter_map(|table| table.extent()).reduce(|a, b| {
            Rect::new(
                Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
                Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
            )
        })
    }

    /// A lon/lat box as a box of the working CRS that holds it: corners and edge middles are projected, and 0.1 % is added for the bow of the edges.
    pub fn plane_box(&self, west: f64, south: f64, east: f64, north: f64) -> Rect<f64> {
        plane_box(&self.crs, west, south, east, north)
    }

    /// Box in degrees [west, south, east, north] of a box of the working CRS.
    pub fn lon_lat_box(&self, bounds: Rect<f64>) -> [f64; 4] {
        let corners = border(bounds.min(), bounds.max()).map(|point| self.crs.to_lon_lat(point));
        let (min, max) = min_max(&corners);
        [min.x, min.y, max.x, max.y]
    }
}

pub(crate) fn plane_box(crs: &WorkingCrs, west: f64, south: f64, east: f64, north: f64) -> Rect<f64> {
    let points = border(Coord { x: west, y: south }, Coord { x: east, y: north }).map(|point| crs.from_lon_lat(point));
    let (min, max) = min_max(&points);
    let grow = Coord { x: (max.x - min.x) * 0.001, y: (max.y - min.y) * 0.001 };
    Rect::new(min - grow, max + grow)
}

fn border(min: Coord<f64>, max: Coord<f64>) -> [Coord<f64>; 8] {
    let middle = Coord { x: (min.x + max.x) / 2.0, y: (min.y + max.y) / 2.0 };
    [
        min,
        Coord { x: middle.x, y: min.y },
        Coord { x: max.x, y: min.y },
        Coord { x: max.x, y: middle.y },
        max,
        Coord { x: middle.x, y: max.y },
        Coord { x: min.x, y: max.y },
        Coord { x: min.x, y: middle.y },
    ]
}

/// Bounds of the points that projected; a point that did not is left out.
fn min_max(points: &[Coord<f64>]) -> (Coord<f64>, Coord<f64>) {
    let start = (Coord { x: f64::INFINITY, y: f64::INFINITY }, Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY });
    let (min, max) = points.iter().filter(|point| point.x.is_finite() && point.y.is_finite()).fold(start, |(min, max), point| {
        (Coord { x: min.x.min(point.x), y: min.y.min(point.y) }, Coord { x: max.x.max(point.x), y: max.y.max(point.y) })
    });
    if min.x <= max.x { (min, max) } else { (Coord { x: 0.0, y: 0.0 }, Coord { x: 0.0, y: 0.0 }) }
}
