//! GDAL geometries into [`RawGeometry`], without closing, ordering or repairing anything.

use super::source::{RawGeometry, RawShape};
use gdal::vector::{Geometry, OGRwkbGeometryType, geometry_type_flatten, geometry_type_has_z};
use geo_types::Coord;

/// The geometry as GDAL holds it.
pub(crate) fn from_gdal(geometry: &Geometry) -> RawGeometry {
    RawGeometry { has_z: geometry_type_has_z(geometry.geometry_type()), shape: shape(geometry) }
}

fn shape(geometry: &Geometry) -> RawShape {
    if geometry.is_empty() {
        return RawShape::Empty;
    }
    match geometry_type_flatten(geometry.geometry_type()) {
        OGRwkbGeometryType::wkbPoint => RawShape::Points(positions(geometry)),
        OGRwkbGeometryType::wkbLineString => RawShape::Lines(vec![positions(geometry)]),
        OGRwkbGeometryType::wkbPolygon | OGRwkbGeometryType::wkbTriangle => RawShape::Polygons(vec![rings(geometry)]),
        OGRwkbGeometryType::wkbMultiPoint => RawShape::Points(parts(geometry, positions).concat()),
        OGRwkbGeometryType::wkbMultiLineString => RawShape::Lines(parts(geometry, positions)),
        OGRwkbGeometryType::wkbMultiPolygon | OGRwkbGeometryType::wkbPolyhedralSurface | OGRwkbGeometryType::wkbTIN => {
            RawShape::Polygons(parts(geometry, rings))
        }
        OGRwkbGeometryType::wkbGeometryCollection => RawShape::Mixed(parts(geometry, shape)),
        OGRwkbGeometryType::wkbCircularString
        | OGRwkbGeometryType::wkbCompoundCurve
        | OGRwkbGeometryType::wkbCurvePolygon
        | OGRwkbGeometryType::wkbMultiCurve
        | OGRwkbGeometryType::wkbMultiSurface => chords(geometry),
        _ => RawShape::Other(geometry.geometry_name()),
    }
}

/// Arcs become chords on GDAL's way through GEOS; a simplification by nothing takes that way and moves no vertex.
fn chords(geometry: &Geometry) -> RawShape {
    match geometry.simplify_preserve_topology(0.0) {
        Ok(straight) if !matches!(geometry_type_flatten(straight.geometry_type()), OGRwkbGeometryType::wkbCurvePolygon) => shape(&straight),
        _ => RawShape::Other(geometry.geometry_name()),
    }
}

fn parts<T>(geometry: &Geometry, read: impl Fn(&Geometry) -> T) -> Vec<T> {
    (0..geometry.geometry_count()).map(|index| read(&geometry.get_geometry(index))).collect()
}

fn rings(polygon: &Geometry) -> Vec<Vec<Coord<f64>>> {
    parts(polygon, positions)
}

fn positions(line: &Geometry) -> Vec<Coord<f64>> {
    let count = i32::try_from(line.point_count()).unwrap_or(i32::MAX);
    (0..count)
        .map(|index| {
            let (x, y, _) = line.get_point(index);
            Coord { x, y }
        })
        .collect()
}
