//! A row as its item shows it, with the tag that a write sends back.

use super::sees_private;
use crate::city::{City, TableBuilder};
use crate::domain::edit::row_tag;
use crate::domain::row::CellRef;
use crate::domain::{LayerId, Row, Shape};
use crate::formats::wire::geojson::{FeatureStyle, write_feature};
use crate::service::Viewer;

/// A row for a viewer.
#[derive(Clone, Debug)]
pub struct Record {
    pub layer: LayerId,
    pub id: String,
    /// The GeoJSON feature, as `/collections/{layer}/items/{id}` gives it.
    pub feature: String,
    /// Names what is shown of the row and its count of changes.
    pub etag: String,
}

/// The row as the viewer may see it.
pub fn record(city: &City, viewer: &Viewer, layer: LayerId, row: &Row) -> Record {
    let mut one = TableBuilder::new(layer);
    let cells: Vec<CellRef<'_>> = row.values.iter().map(CellRef::from).collect();
    one.push(1, &cells, Shape::default());
    let one = one.finish();
    let style = FeatureStyle::of(&one, None, sees_private(viewer, layer), 7, true);
    let mut feature = String::new();
    write_feature(&mut feature, &one, 0, &city.crs, &style);
    let revision = layer.layer().column_index("revision").and_then(|at| row.values[at].as_i64()).unwrap_or(0);
    Record { layer, id: row.key(layer.layer()).to_owned(), etag: row_tag(revision, &feature), feature }
}
