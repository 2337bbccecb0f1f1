//! The boxes of layers, as GeoPackage readers look for them.

use super::schema;
use crate::domain::LayerId;
use geo::BoundingRect;
use geo_types::{Geometry, Rect};
use rusqlite::{Connection, OptionalExtension, params};

/// What the changes of one commit do to the layers' boxes.
#[derive(Default)]
pub(super) struct Extents(Vec<Moved>);

struct Moved {
    layer: LayerId,
    /// The box of what came.
    grown: Option<Rect<f64>>,
    /// The box of what went.
    left: Option<Rect<f64>>,
}

impl Extents {
    pub(super) fn came(&mut self, layer: LayerId, geometry: &Geometry<f64>) {
        let entry = self.entry(layer);
        entry.grown = union(entry.grown, geometry.bounding_rect());
    }

    pub(super) fn went(&mut self, layer: LayerId, geometry: &Geometry<f64>) {
        let entry = self.entry(layer);
        entry.left = union(entry.left, geometry.bounding_rect());
    }

    fn entry(&mut self, layer: LayerId) -> &mut Moved {
        let at = self.0.iter().position(|moved| moved.layer == layer).unwrap_or_else(|| {
            self.0.push(Moved { layer, grown: None, left: None });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Writes the boxes. Only where something went from the very edge is the whole layer looked at again.
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        for moved in &self.0 {
            match present(connection, moved.layer)? {
                Some(present) if !moved.left.is_some_and(|left| meets_edge(left, present)) => {
                    grow(connection, moved.layer, union(Some(present), moved.grown).unwrap_or(present))?;
                }
                _ => schema::update_extent(connection, moved.layer.layer())?,
            }
        }
        Ok(())
    }
}

fn union(a: Option<Rect<f64>>, b: Option<Rect<f64>>) -> Option<Rect<f64>> {
    let (Some(a), Some(b)) = (a, b) else { return a.or(b) };
    let (min, max) = ((a.min().x.min(b.min().x), a.min().y.min(b.min().y)), (a.max().x.max(b.max().x), a.max().y.max(b.max().y)));
    Some(Rect::new(min, max))
}

/// The R-tree's boxes are of single precision and rounded outwards, so that an edge is met with that much room.
fn meets_edge(left: Rect<f64>, present: Rect<f64>) -> bool {
    let room = |value: f64| value.abs() * f64::from(f32::EPSILON) * 2.0;
    let (min, max, low, high) = (left.min(), left.max(), present.min(), present.max());
    min.x <= low.x + room(low.x) || min.y <= low.y + room(low.y) || max.x >= high.x - room(high.x) || max.y >= high.y - room(high.y)
}

fn present(connection: &Connection, layer: LayerId) -> rusqlite::Result<Option<Rect<f64>>> {
    let mut statement = connection.prepare_cached("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?")?;
    let bounds: Option<[Option<f64>; 4]> =
        statement.query_row([layer.name()], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])).optional()?;
    Ok(match bounds {
        Some([Some(west), Some(south), Some(east), Some(north)]) => Some(Rect::new((west, south), (east, north))),
        _ => None,
    })
}

fn grow(connection: &Connection, layer: LayerId, to: Rect<f64>) -> rusqlite::Result<()> {
    let text = "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now'), min_x = ?, min_y = ?, max_x = ?, max_y = ?
                WHERE table_name = ?";
    let (min, max) = (to.min(), to.max());
    connection.prepare_cached(text)?.execute(params![min.x, min.y, max.x, max.y, layer.name()])?;
    Ok(())
}
