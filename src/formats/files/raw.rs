//! GDAL geometries into [`RawGeometry`], without closing, ordering or repairing anything.

use super::curves::{Curves, straightened};
use super::limits::Limits;
use super::source::{RawGeometry, RawShape};
use crate::domain::fault::Outcome;
use gdal::vector::{Geometry, OGRwkbGeometryType, geometry_type_flatten, geometry_type_has_z};
use geo_types::Coord;

/// The geometry as GDAL holds it, its arcs as chords.
pub(crate) fn from_gdal(geometry: &Geometry, curves: &mut Curves, limits: &Limits) -> Outcome<RawGeometry> {
    // Counted before anything is copied.
    let found = vertices(geometry);
    if found > limits.vertices_per_row {
        return Err(limits.too_many_vertices(found as u64));
    }
    Ok(RawGeometry { has_z: geometry_type_has_z(geometry.geometry_type()), shape: shape(geometry, curves) })
}

/// GDAL itself nests no deeper than 32.
fn vertices(geometry: &Geometry) -> usize {
    let parts = geometry.geometry_count();
    if parts == 0 { geometry.point_count() } else { (0..parts).map(|part| vertices(&geometry.get_geometry(part))).sum() }
}

fn shape(geometry: &Geometry, curves: &mut Curves) -> RawShape {
    if geometry.is_empty() {
        return RawShape::Empty;
    }
    match geometry_type_flatten(geometry.geometry_type()) {
        OGRwkbGeometryType::wkbPoint => RawShape::Points(positions(geometry)),
        OGRwkbGeometryType::wkbLineString | OGRwkbGeometryType::wkbCircularString | OGRwkbGeometryType::wkbCompoundCurve => {
            RawShape::Lines(vec![line(geometry, curves)])
        }
        OGRwkbGeometryType::wkbPolygon | OGRwkbGeometryType::wkbTriangle | OGRwkbGeometryType::wkbCurvePolygon => {
            RawShape::Polygons(vec![rings(geometry, curves)])
        }
        OGRwkbGeometryType::wkbMultiPoint => RawShape::Points(parts(geometry, positions).concat()),
        OGRwkbGeometryType::wkbMultiLineString | OGRwkbGeometryType::wkbMultiCurve => RawShape::Lines(parts(geometry, |part| line(part, curves))),
        OGRwkbGeometryType::wkbMultiPolygon
        | OGRwkbGeometryType::wkbMultiSurface
        | OGRwkbGeometryType::wkbPolyhedralSurface
        | OGRwkbGeometryType::wkbTIN => RawShape::Polygons(parts(geometry, |part| rings(part, curves))),
        OGRwkbGeometryType::wkbGeometryCollection => RawShape::Mixed(parts(geometry, |part| shape(part, curves))),
        _ => RawShape::Other(geometry.geometry_name()),
    }
}

fn rings(polygon: &Geometry, curves: &mut Curves) -> Vec<Vec<Coord<f64>>> {
    parts(polygon, |ring| line(ring, curves))
}

/// A line's positions; the pieces of a compound curve share their ends.
fn line(geometry: &Geometry, curves: &mut Curves) -> Vec<Coord<f64>> {
    match geometry_type_flatten(geometry.geometry_type()) {
        OGRwkbGeometryType::wkbCircularString => straightened(&positions(geometry), curves),
        OGRwkbGeometryType::wkbCompoundCurve => {
            let mut whole: Vec<Coord<f64>> = Vec::new();
            for piece in parts(geometry, |piece| line(piece, curves)) {
                let shared = usize::from(whole.last().is_some() && whole.last() == piece.first());
                whole.extend(&piece[shared..]);
            }
            whole
        }
        _ => positions(geometry),
    }
}

fn parts<T>(geometry: &Geometry, mut read: impl FnMut(&Geometry) -> T) -> Vec<T> {
    (0..geometry.geometry_count()).map(|index| read(&geometry.get_geometry(index))).collect()
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
