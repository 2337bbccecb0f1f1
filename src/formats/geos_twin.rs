//! GEOS as an independent judge in tests.

use gdal::vector::{Geometry, ToGdal};
use geo::BoundingRect;
use geo_types::{MultiPolygon, Rect};

/// A shape as GEOS has it.
pub(crate) struct Judged {
    geometry: Geometry,
    bounds: Rect<f64>,
}

impl Judged {
    pub(crate) fn new(shape: &MultiPolygon<f64>) -> Option<Judged> {
        Some(Judged { geometry: shape.to_gdal().ok()?, bounds: shape.bounding_rect()? })
    }

    pub(crate) fn intersects(&self, other: &Judged) -> bool {
        crate::spatial::bounds::meets(self.bounds, other.bounds) && self.geometry.intersects(&other.geometry)
    }

    /// What of the shape has an area within the other.
    pub(crate) fn cut(&self, other: &Judged) -> MultiPolygon<f64> {
        let common = self.geometry.intersection(&other.geometry).and_then(|common| common.to_geo().ok());
        match common {
            Some(geo_types::Geometry::Polygon(part)) => part.into(),
            Some(geo_types::Geometry::MultiPolygon(parts)) => parts,
            Some(geo_types::Geometry::GeometryCollection(parts)) => {
                let polygon = |part| if let geo_types::Geometry::Polygon(polygon) = part { Some(polygon) } else { None };
                MultiPolygon(parts.into_iter().filter_map(polygon).collect())
            }
            _ => MultiPolygon(vec![]),
        }
    }
}
