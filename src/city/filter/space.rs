//! How a row's shape lies to a geometry that a person drew.

use super::super::cql2::SpatialRelation;
use super::super::table::Table;
use geo::Relate;
use geo_types::{Geometry, Rect};

/// A geometry in the working CRS and the relation in which a row's shape shall stand to it.
pub(super) struct Drawn {
    pub(super) relation: SpatialRelation,
    pub(super) geometry: Geometry<f64>,
    /// Box of the geometry; none when it has no point.
    pub(super) bounds: Option<Rect<f64>>,
}

impl Drawn {
    /// Box outside which no row passes.
    pub(super) fn reach(&self) -> Option<Rect<f64>> {
        self.bounds.filter(|_| self.relation != SpatialRelation::Disjoint)
    }

    pub(super) fn passes(&self, table: &Table, row: usize) -> Option<bool> {
        let (mine, theirs) = (table.shapes().bounds(row)?, self.bounds?);
        let apart = mine.max().x < theirs.min().x || theirs.max().x < mine.min().x || mine.max().y < theirs.min().y || theirs.max().y < mine.min().y;
        if apart {
            return Some(self.relation == SpatialRelation::Disjoint);
        }
        let matrix = table.geometry(row)?.relate(&self.geometry);
        Some(match self.relation {
            SpatialRelation::Intersects => matrix.is_intersects(),
            SpatialRelation::Disjoint => matrix.is_disjoint(),
            SpatialRelation::Within => matrix.is_within(),
            SpatialRelation::Contains => matrix.is_contains(),
            SpatialRelation::Touches => matrix.is_touches(),
            SpatialRelation::Overlaps => matrix.is_overlaps(),
            SpatialRelation::Crosses => matrix.is_crosses(),
            SpatialRelation::Equals => matrix.is_equal_topo(),
        })
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
