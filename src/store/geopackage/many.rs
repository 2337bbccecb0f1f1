//! Many new rows of one layer in a commit. The triggers that follow each row rest meanwhile, and what they would have written is written at once: the
//! boxes of the R-tree in the order of the land, so that its pages are filled one after another. All of it lies in the caller's transaction.

use super::{blob, schema, touched};
use crate::domain::Layer;
use rusqlite::Connection;

/// From so many rows on, the change of the schema is cheaper than the triggers.
pub(super) const MANY: usize = 2_000;

/// Boxes that a page of SQLite's R-tree holds at most.
const BOXES_OF_A_PAGE: usize = 51;

/// Boxes that the R-tree still lacks.
pub(super) struct Many<'a> {
    connection: &'a Connection,
    layer: &'static Layer,
    boxes: Vec<(i64, [f64; 4])>,
}

impl<'a> Many<'a> {
    /// Lets the triggers of new rows rest.
    pub(super) fn begin(connection: &'a Connection, layer: &'static Layer) -> rusqlite::Result<Self> {
        touched::unwatch_new(connection, &layer.name)?;
        schema::drop_rtree_insert(connection, &layer.name)?;
        Ok(Many { connection, layer, boxes: Vec::new() })
    }

    /// Notes the box of a row that was written.
    pub(super) fn came(&mut self, fid: i64, blob: Option<&[u8]>) {
        self.boxes.extend(blob.and_then(|blob| blob::blob_envelope(blob).ok().flatten()).map(|bounds| (fid, bounds)));
    }

    /// Writes the boxes and wakes the triggers.
    pub(super) fn end(mut self) -> rusqlite::Result<()> {
        let name = &self.layer.name;
        if self.layer.is_spatial() {
            self.sort();
            let mut statement = self.connection.prepare_cached(&format!("INSERT OR REPLACE INTO \"rtree_{name}_geom\" VALUES (?,?,?,?,?)"))?;
            for (fid, [min_x, max_x, min_y, max_y]) in &self.boxes {
                statement.execute((fid, min_x, max_x, min_y, max_y))?;
            }
            schema::create_rtree_insert(self.connection, name)?;
        }
        touched::watch(self.connection, name)
    }

    /// By strips from south to north, each from west to east.
    fn sort(&mut self) {
        let middle = |bounds: &[f64; 4]| ((bounds[0] + bounds[1]) / 2.0, (bounds[2] + bounds[3]) / 2.0);
        self.boxes.sort_unstable_by(|(_, one), (_, other)| middle(one).1.total_cmp(&middle(other).1));
        let strip = ((self.boxes.len() * BOXES_OF_A_PAGE) as f64).sqrt().ceil().max(1.0) as usize;
        for strip in self.boxes.chunks_mut(strip) {
            strip.sort_unstable_by(|(_, one), (_, other)| middle(one).0.total_cmp(&middle(other).0));
        }
    }
}
