//! One layer in memory: columns, shapes, drawing coordinates and indexes, all in shared blocks.

use super::blocks::Blocks;
use super::boxes::Boxes;
use super::column::{Column, ColumnBuilder};
use super::keys::Keys;
use crate::domain::columns::{Flag, Numeric, Textual};
use crate::domain::row::CellRef;
use crate::domain::{Handle, Layer, LayerId, Row, Shape};
use crate::spatial::arena::Arena;
use crate::spatial::bounds;
use crate::spatial::crs::WorkingCrs;
use crate::spatial::mercator::DrawGrid;
use geo_types::{Coord, Geometry, Rect};
use std::sync::{Arc, OnceLock};

/// A layer of one revision. A copy shares its blocks; [`super::City::with`] makes the next one.
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) id: LayerId,
    pub(super) fids: Blocks<i64>,
    pub(super) columns: Vec<Column>,
    pub(super) shapes: Arena,
    pub(super) index: Boxes,
    pub(super) extent: Option<Rect<f64>>,
    pub(super) keys: Keys,
    /// The knots from which drawing positions are made; handed on while they cover the extent.
    pub(super) grid: OnceLock<Arc<DrawGrid>>,
}

/// What names a column of a table: a handle, or a text where a person named it.
pub trait ColumnName {
    /// The column's place in a layer.
    fn place(&self, layer: LayerId) -> Option<usize>;
}

impl<T> ColumnName for Handle<T> {
    fn place(&self, layer: LayerId) -> Option<usize> {
        assert!(self.layer() == layer, "{} is no column of {}", self.name(), layer.name());
        Some(self.at())
    }
}

impl ColumnName for &str {
    fn place(&self, layer: LayerId) -> Option<usize> {
        layer.layer().column_index(self)
    }
}

/// Names of columns whose cells are texts.
pub trait TextColumn: ColumnName {}
/// Names of columns whose cells are numbers.
pub trait NumberColumn: ColumnName {}
/// Names of columns whose cells are flags.
pub trait FlagColumn: ColumnName {}
impl<T: Textual> TextColumn for Handle<T> {}
impl<T: Numeric> NumberColumn for Handle<T> {}
impl<T: Flag> FlagColumn for Handle<T> {}
impl TextColumn for &str {}
impl NumberColumn for &str {}
impl FlagColumn for &str {}

impl Table {
    pub fn id(&self) -> LayerId {
        self.id
    }

    pub fn layer(&self) -> &'static Layer {
        self.id.layer()
    }

    pub fn len(&self) -> usize {
        self.fids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.fids.is_empty()
    }

    pub fn shapes(&self) -> &Arena {
        &self.shapes
    }

    pub fn index(&self) -> &Boxes {
        &self.index
    }

    /// Box of all shapes, working CRS.
    pub fn extent(&self) -> Option<Rect<f64>> {
        self.extent
    }

    /// The row's number in the store.
    pub fn fid(&self, row: usize) -> i64 {
        self.fids.get(row).copied().unwrap_or_default()
    }

    /// The number that a new row gets.
    pub fn next_fid(&self) -> i64 {
        self.len().checked_sub(1).map_or(1, |last| self.fid(last) + 1)
    }

    /// The row of a store's number.
    pub fn row_of_fid(&self, fid: i64) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.fid(middle) < fid { low = middle + 1 } else { high = middle }
        }
        (low < self.len() && self.fid(low) == fid).then_some(low)
    }

    pub fn key(&self, row: usize) -> &str {
        key_of(&self.columns, self.id, row)
    }

    pub fn column(&self, name: impl ColumnName) -> Option<&Column> {
        name.place(self.id).map(|index| &self.columns[index])
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A text cell; null for a column the layer lacks.
    pub fn text(&self, row: usize, name: impl TextColumn) -> Option<&str> {
        self.column(name).and_then(|column| column.text(row))
    }

    /// The texts of a list cell; `None` for null and for what is no list.
    pub fn list(&self, row: usize, name: impl TextColumn) -> Option<Vec<String>> {
        self.text(row, name).and_then(|list| serde_json::from_str(list).ok())
    }

    /// A number; null for a column the layer lacks.
    pub fn number(&self, row: usize, name: impl NumberColumn) -> Option<f64> {
        self.column(name).and_then(|column| column.number(row))
    }

    /// A whole number, exactly.
    pub fn integer(&self, row: usize, name: impl NumberColumn) -> Option<i64> {
        self.column(name).and_then(|column| column.integer(row))
    }

    pub fn flag(&self, row: usize, name: impl FlagColumn) -> Option<bool> {
        self.column(name).and_then(|column| column.flag(row))
    }

    /// The row of a key.
    pub fn row_of(&self, key: &str) -> Option<usize> {
        self.keys.find(key, |row| self.key(row as usize))
    }

    pub fn geometry(&self, row: usize) -> Option<Geometry<f64>> {
        use crate::domain::GeometryKind::{Line, None as Nothing, Point, Polygon};
        self.shapes.bounds(row)?;
        match self.layer().geometry {
            Polygon => Some(Geometry::MultiPolygon(self.shapes.multi_polygon(row))),
            Line => Some(Geometry::MultiLineString(self.shapes.multi_line(row))),
            Point => self.shapes.point(row).map(Geometry::Point),
            Nothing => None,
        }
    }

    /// The row as the store knows it.
    pub fn row(&self, row: usize) -> Row {
        Row { geometry: self.geometry(row), values: self.columns.iter().map(|column| column.value(row)).collect() }
    }

    /// Rows whose shape holds `point` (polygons), ascending.
    pub fn at_point(&self, point: Coord<f64>) -> Vec<u32> {
        let mut rows = Vec::new();
        self.index.visit(Rect::new(point, point), |row| {
            if self.shapes.contains(row as usize, point) {
                rows.push(row);
            }
        });
        rows.sort_unstable();
        rows
    }

    /// The rings of a row as Web Mercator positions in 2⁻³² of the world, with their role.
    pub fn drawn_rings(&self, row: usize, crs: &WorkingCrs) -> impl Iterator<Item = (&[[u32; 2]], bool)> + Clone {
        self.shapes.drawn_rings(row, |coords| self.draw_grid(crs).map(|grid| grid.place_all(coords)).unwrap_or_default())
    }

    fn draw_grid(&self, crs: &WorkingCrs) -> Option<&Arc<DrawGrid>> {
        self.extent.map(|extent| self.grid.get_or_init(|| Arc::new(DrawGrid::new(crs, extent))))
    }

    /// Resident bytes without the index, for the memory figure.
    pub fn bytes(&self) -> usize {
        self.shapes.bytes() + self.columns.iter().map(Column::bytes).sum::<usize>() + self.fids.bytes() + self.keys.bytes()
    }

    pub(super) fn boxes(&self) -> Vec<(u32, Rect<f64>)> {
        (0..self.shapes.len()).filter_map(|row| self.shapes.bounds(row).map(|bounds| (row as u32, bounds))).collect()
    }
}

pub(super) fn key_of(columns: &[Column], id: LayerId, row: usize) -> &str {
    id.layer().column_index(&id.layer().key).and_then(|at| columns[at].text(row)).unwrap_or_default()
}

/// Fills a [`Table`] in fid order.
pub struct TableBuilder {
    id: LayerId,
    fids: Vec<i64>,
    columns: Vec<ColumnBuilder>,
    shapes: Arena,
}

impl TableBuilder {
    pub fn new(id: LayerId) -> Self {
        let layer = id.layer();
        let columns = layer.columns.iter().map(|column| ColumnBuilder::new(column.kind, column.name == layer.key)).collect();
        TableBuilder { id, fids: Vec::new(), columns, shapes: Arena::default() }
    }

    /// Takes one row.
    pub fn push(&mut self, fid: i64, cells: &[CellRef<'_>], shape: Shape<'_>) {
        self.fids.push(fid);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(*cell);
        }
        if !self.id.layer().is_spatial() {
            return;
        }
        let polygon = self.id.layer().geometry == crate::domain::GeometryKind::Polygon;
        let mut start = 0;
        for ring in shape.rings {
            let coords = shape.coords[start..ring.end as usize].iter().copied();
            if polygon {
                self.shapes.push_ring(coords, ring.exterior);
            } else {
                self.shapes.push_line(coords);
            }
            start = ring.end as usize;
        }
        self.shapes.finish_shape();
    }

    pub fn finish(mut self) -> Table {
        self.shapes.shrink();
        let columns: Vec<Column> = self.columns.into_iter().map(ColumnBuilder::finish).collect();
        let keys = Keys::build(self.fids.len(), |row| key_of(&columns, self.id, row as usize));
        let mut table = Table {
            id: self.id,
            fids: self.fids.into_iter().collect(),
            columns,
            shapes: self.shapes,
            index: Boxes::build(&[]),
            extent: None,
            keys,
            grid: OnceLock::new(),
        };
        let boxes = table.boxes();
        table.extent = boxes.iter().map(|(_, own)| *own).reduce(bounds::union);
        table.index = Boxes::build(&boxes);
        table
    }
}
