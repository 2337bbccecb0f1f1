//! How a row's shape lies to a geometry or a box that a person stated.

use super::super::cql2::SpatialRelation;
use super::super::table::Table;
use crate::domain::GeometryKind;
use crate::spatial::stated_box::LaidBox;
use crate::spatial::stated_shape::{Carried, LaidShape, Lie};
use geo::Relate;
use geo_types::{Geometry, Rect};

/// The relation in which a row's shape shall stand to what was stated.
pub(super) enum Place<'t> {
    /// A box that is met, or is not.
    Box {
        boxed: LaidBox<'t>,
        meets: bool,
    },
    Shape {
        shape: Box<LaidShape<'t>>,
        relation: SpatialRelation,
    },
}

impl Place<'_> {
    /// Whether rows far off pass.
    fn is_about_far_rows(&self) -> bool {
        matches!(self, Place::Box { meets: false, .. } | Place::Shape { relation: SpatialRelation::Disjoint, .. })
    }

    /// Box outside which no row passes; `Some(None)` where no row passes at all.
    pub(super) fn reach(&self) -> Option<Option<Rect<f64>>> {
        match self {
            _ if self.is_about_far_rows() => None,
            Place::Box { boxed, .. } => Some(boxed.reach()),
            Place::Shape { shape, .. } => Some(shape.reach()),
        }
    }

    pub(super) fn passes(&self, table: &Table, row: usize) -> Option<bool> {
        let own = table.shapes().bounds(row)?;
        let is_area = table.layer().geometry == GeometryKind::Polygon;
        let (shape, relation) = match self {
            Place::Box { boxed, meets } => return Some(boxed.meets(table.shapes(), row, is_area) == *meets),
            Place::Shape { shape, relation } => (shape, *relation),
        };
        if let Some(lie) = shape.glance(own) {
            return Some(settled(lie, relation));
        }
        let carried = shape.carry(table.shapes(), row)?;
        Some(match (shape.lie(&carried), relation) {
            (Lie::Near, SpatialRelation::Intersects) => shape.meets(&carried, is_area),
            (Lie::Near, SpatialRelation::Disjoint) => !shape.meets(&carried, is_area),
            (Lie::Near, relation) => related(geometry(table, carried), shape.geometry(), relation),
            (lie, relation) => settled(lie, relation),
        })
    }
}

/// The answer for a row that lies inside a polygon or apart, with no edge near.
fn settled(lie: Lie, relation: SpatialRelation) -> bool {
    match relation {
        SpatialRelation::Disjoint => lie == Lie::Apart,
        SpatialRelation::Intersects | SpatialRelation::Within => lie == Lie::Inside,
        _ => false,
    }
}

fn geometry(table: &Table, row: Carried) -> Geometry<f64> {
    match table.layer().geometry {
        GeometryKind::Line => row.lines(),
        GeometryKind::Point => row.point(),
        GeometryKind::Polygon | GeometryKind::None => row.area(),
    }
}

fn related(row: Geometry<f64>, stated: &Geometry<f64>, relation: SpatialRelation) -> bool {
    let matrix = row.relate(stated);
    match relation {
        SpatialRelation::Intersects => matrix.is_intersects(),
        SpatialRelation::Disjoint => matrix.is_disjoint(),
        SpatialRelation::Within => matrix.is_within(),
        SpatialRelation::Contains => matrix.is_contains(),
        SpatialRelation::Touches => matrix.is_touches(),
        SpatialRelation::Overlaps => matrix.is_overlaps(),
        SpatialRelation::Crosses => matrix.is_crosses(),
        SpatialRelation::Equals => matrix.is_equal_topo(),
    }
}

/// The relation seen from the other geometry.
pub(super) fn mirrored(relation: SpatialRelation) -> SpatialRelation {
    match relation {
        SpatialRelation::Within => SpatialRelation::Contains,
        SpatialRelation::Contains => SpatialRelation::Within,
        same => same,
    }
}
