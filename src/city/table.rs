//! One spatial layer in memory: columns, shapes, drawing coordinates and a spatial index.

use super::column::{Column, ColumnBuilder};
use crate::domain::row::CellRef;
use crate::domain::{Layer, Row};
use crate::spatial::arena::Arena;
use crate::spatial::crs::WorkingCrs;
use crate::spatial::index::BoxIndex;
use crate::spatial::mercator::DrawGrid;
use geo_types::{Coord, Geometry, Rect};
use std::sync::OnceLock;

/// A layer of one revision.
#[derive(Debug)]
pub struct Table {
    layer: &'static Layer,
    fids: Vec<i64>,
    columns: Vec<Column>,
    shapes: Arena,
    index: BoxIndex,
    extent: Option<Rect<f64>>,
    /// Rows sorted by key.
    by_key: Vec<u32>,
    key_at: usize,
    /// Web Mercator positions of all vertices in 2⁻³² of the world, for tiles; made when the first tile is asked for.
    drawing: OnceLock<Vec<[u32; 2]>>,
}

impl Table {
    pub fn layer(&self) -> &'static Layer {
        self.layer
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

    pub fn index(&self) -> &BoxIndex {
        &self.index
    }

    /// Box of all shapes, working CRS.
    pub fn extent(&self) -> Option<Rect<f64>> {
        self.extent
    }

    pub fn fid(&self, row: usize) -> i64 {
        self.fids[row]
    }

    pub fn key(&self, row: usize) -> &str {
        self.columns[self.key_at].text(row).unwrap_or_default()
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.layer.column_index(name).map(|index| &self.columns[index])
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A text cell of a named column; null for a column the layer lacks.
    pub fn text(&self, row: usize, name: &str) -> Option<&str> {
        self.column(name).and_then(|column| column.text(row))
    }

    /// A number of a named column; null for a column the layer lacks.
    pub fn number(&self, row: usize, name: &str) -> Option<f64> {
        self.column(name).and_then(|column| column.number(row))
    }

    pub fn flag(&self, row: usize, name: &str) -> Option<bool> {
        self.column(name).and_then(|column| column.flag(row))
    }

    /// The row of a key.
    pub fn row_of(&self, key: &str) -> Option<usize> {
        self.by_key.binary_search_by(|row| self.key(*row as usize).cmp(key)).ok().map(|at| self.by_key[at] as usize)
    }

    pub fn geometry(&self, row: usize) -> Option<Geometry<f64>> {
        use crate::domain::GeometryKind::{Line, Point, Polygon};
        self.shapes.bounds(row)?;
        match self.layer.geometry {
            Polygon => Some(Geometry::MultiPolygon(self.shapes.multi_polygon(row))),
            Line => Some(Geometry::MultiLineString(self.shapes.multi_line(row))),
            Point => self.shapes.point(row).map(Geometry::Point),
            crate::domain::GeometryKind::None => None,
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

    /// Web Mercator positions of all vertices, in the order of the arena.
    pub fn drawing(&self, crs: &WorkingCrs) -> &[[u32; 2]] {
        self.drawing.get_or_init(|| match self.extent {
            Some(extent) => DrawGrid::new(crs, extent).place_all(self.shapes.coords()),
            None => Vec::new(),
        })
    }

    /// Resident bytes without the index, for the memory figure.
    pub fn bytes(&self) -> usize {
        self.shapes.bytes() + self.columns.iter().map(Column::bytes).sum::<usize>() + self.fids.capacity() * 8 + self.by_key.capacity() * 4
    }
}

/// Fills a [`Table`] in fid order.
pub struct TableBuilder {
    layer: &'static Layer,
    fids: Vec<i64>,
    columns: Vec<ColumnBuilder>,
    shapes: Arena,
}

impl TableBuilder {
    pub fn new(layer: &'static Layer, rows: usize) -> Self {
        let columns = layer.columns.iter().map(|column| ColumnBuilder::new(column.kind, column.name == layer.key, rows)).collect();
        TableBuilder { layer, fids: Vec::with_capacity(rows), columns, shapes: Arena::default() }
    }

    /// Takes one row; `shape` appends its rings and finishes the shape.
    pub fn push(&mut self, fid: i64, cells: &[CellRef<'_>], shape: impl FnOnce(&mut Arena)) {
        self.fids.push(fid);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(*cell);
        }
        shape(&mut self.shapes);
        // A shape that could not be read is kept as an empty one: its row still counts.
        if self.shapes.len() < self.fids.len() {
            self.shapes.finish_shape();
        }
    }

    pub fn finish(mut self) -> Table {
        self.shapes.shrink();
        let boxes: Vec<(u32, Rect<f64>)> =
            (0..self.shapes.len()).filter_map(|row| self.shapes.bounds(row).map(|bounds| (row as u32, bounds))).collect();
        let extent = boxes.iter().map(|(_, bounds)| *bounds).reduce(|a, b| {
            Rect::new(
                Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
                Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
            )
        });
        let mut table = Table {
            layer: self.layer,
            key_at: self.layer.column_index(&self.layer.key).unwrap_or(0),
            columns: self.columns.into_iter().map(ColumnBuilder::finish).collect(),
            index: BoxIndex::build(boxes.iter().copied()),
            by_key: (0..self.fids.len() as u32).collect(),
            fids: self.fids,
            shapes: self.shapes,
            extent,
            drawing: OnceLock::new(),
        };
        let mut by_key = std::mem::take(&mut table.by_key);
        by_key.sort_unstable_by(|a, b| table.key(*a as usize).cmp(table.key(*b as usize)));
        table.by_key = by_key;
        table
    }
}
