//! Validity and repair by GEOS, reached through GDAL. GEOS also sees a disconnected interior, which `geo::Validation` does not.

use super::gdal_quiet;
use crate::spatial::simple::is_simple_ring;
use gdal::cpl::CslStringList;
use gdal::vector::{Geometry, OGRwkbGeometryType, ToGdal};
use geo::{Area, BoundingRect};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Why a polygon is not valid, in the words of the OGC simple features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidKind {
    SelfIntersection,
    RingSelfIntersection,
    HoleOutside,
    NestedHoles,
    NestedShells,
    DisconnectedInterior,
    DuplicateRings,
    TooFewPoints,
    NonFinite,
    Unclosed,
    Other,
}

/// A fault of a polygon with its place in the polygon's own coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Invalid {
    pub kind: InvalidKind,
    pub place: Option<Coord<f64>>,
    /// What GEOS said.
    pub text: String,
}

/// The first fault that GEOS finds, `None` for a valid geometry. Coordinates must be finite and rings of at least four positions.
pub fn check(polygons: &MultiPolygon<f64>) -> Option<Invalid> {
    // Most land is one ring that keeps apart from itself: GEOS need not be asked.
    if let [only] = polygons.0.as_slice()
        && only.interiors().is_empty()
        && is_simple_ring(&only.exterior().0)
    {
        return None;
    }
    gdal_quiet::listen();
    let failed = |text: String| Some(Invalid { kind: InvalidKind::Other, place: None, text });
    let geometry = match to_gdal(polygons) {
        Ok(geometry) => geometry,
        Err(error) => return failed(error.to_string()),
    };
    if geometry.is_valid() {
        return None;
    }
    let text = gdal_quiet::take().into_iter().next().unwrap_or_default();
    Some(Invalid { kind: kind(&text), place: place(&text), text })
}

/// GEOS MakeValid by structure: shells are united and holes cut out of them, so that an overlap of a polygon with itself stays land
/// (the older linework method turns it into a hole). Parts without area are left out. `None` when nothing is left or GEOS gives up.
pub fn make_valid(polygons: &MultiPolygon<f64>) -> Option<MultiPolygon<f64>> {
    gdal_quiet::listen();
    let geometry = to_gdal(polygons).ok()?;
    let mut options = CslStringList::new();
    options.set_name_value("METHOD", "STRUCTURE").ok()?;
    let repaired = geometry.make_valid(&options).or_else(|_| geometry.make_valid(&CslStringList::new())).ok()?;
    gdal_quiet::take();
    let mut parts = Vec::new();
    polygon_parts(&repaired.to_geo().ok()?, &mut parts);
    let least = least_area(polygons);
    parts.retain(|part: &Polygon<f64>| part.unsigned_area() > least);
    (!parts.is_empty()).then(|| MultiPolygon::new(parts))
}

/// Below this an area is rounding: 10⁻¹⁴ of the square of the geometry's largest coordinate difference.
fn least_area(polygons: &MultiPolygon<f64>) -> f64 {
    polygons.bounding_rect().map_or(0.0, |rect| rect.width().max(rect.height()).powi(2) * 1e-14)
}

fn polygon_parts(geometry: &geo_types::Geometry<f64>, parts: &mut Vec<Polygon<f64>>) {
    match geometry {
        geo_types::Geometry::Polygon(polygon) => parts.push(polygon.clone()),
        geo_types::Geometry::MultiPolygon(polygons) => parts.extend(polygons.iter().cloned()),
        geo_types::Geometry::GeometryCollection(inner) => inner.iter().for_each(|part| polygon_parts(part, parts)),
        _ => {}
    }
}

/// A single part goes as a polygon: that is what it is, and GEOS then words its faults for a polygon.
fn to_gdal(polygons: &MultiPolygon<f64>) -> gdal::errors::Result<Geometry> {
    match polygons.0.as_slice() {
        [only] => polygon_to_gdal(only),
        many => {
            let mut all = Geometry::empty(OGRwkbGeometryType::wkbMultiPolygon)?;
            many.iter().try_for_each(|part| all.add_geometry(polygon_to_gdal(part)?))?;
            Ok(all)
        }
    }
}

fn polygon_to_gdal(polygon: &Polygon<f64>) -> gdal::errors::Result<Geometry> {
    let mut shape = Geometry::empty(OGRwkbGeometryType::wkbPolygon)?;
    shape.add_geometry(ring_to_gdal(polygon.exterior())?)?;
    polygon.interiors().iter().try_for_each(|ring| shape.add_geometry(ring_to_gdal(ring)?))?;
    Ok(shape)
}

fn ring_to_gdal(ring: &LineString<f64>) -> gdal::errors::Result<Geometry> {
    let mut shape = Geometry::empty(OGRwkbGeometryType::wkbLinearRing)?;
    ring.0.iter().for_each(|c| shape.add_point_2d((c.x, c.y)));
    Ok(shape)
}

/// A line or a point for the writers.
pub(crate) fn any_to_gdal(geometry: &geo_types::Geometry<f64>) -> gdal::errors::Result<Geometry> {
    geometry.to_gdal()
}

fn kind(text: &str) -> InvalidKind {
    let text = text.to_ascii_lowercase();
    let known = [
        ("ring self-intersection", InvalidKind::RingSelfIntersection),
        ("self-intersection", InvalidKind::SelfIntersection),
        ("hole lies outside", InvalidKind::HoleOutside),
        ("holes are nested", InvalidKind::NestedHoles),
        ("nested shells", InvalidKind::NestedShells),
        ("interior is disconnected", InvalidKind::DisconnectedInterior),
        ("duplicate rings", InvalidKind::DuplicateRings),
        ("too few points", InvalidKind::TooFewPoints),
        ("invalid number of points", InvalidKind::TooFewPoints),
        ("invalid coordinate", InvalidKind::NonFinite),
        ("not closed", InvalidKind::Unclosed),
        ("closed linestring", InvalidKind::Unclosed),
    ];
    known.iter().find(|(words, _)| text.contains(words)).map_or(InvalidKind::Other, |(_, kind)| *kind)
}

/// `… at or near point 114.05 22.54`.
fn place(text: &str) -> Option<Coord<f64>> {
    let (_, numbers) = text.rsplit_once("point ")?;
    let mut numbers = numbers.split_whitespace().map(str::parse::<f64>);
    let (x, y) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(Coord { x, y })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn a_bow_tie_is_named_with_its_crossing_and_becomes_two_triangles() {
        let tie = MultiPolygon::new(vec![polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)]]);
        let fault = check(&tie).expect("invalid");
        assert_eq!((fault.kind, fault.place), (InvalidKind::SelfIntersection, Some(Coord { x: 1., y: 1. })), "{}", fault.text);
        let repaired = make_valid(&tie).expect("parts");
        assert_eq!((repaired.0.len(), repaired.unsigned_area()), (2, 2.0));
        assert_eq!(check(&repaired), None);
    }

    #[test]
    fn a_line_that_goes_and_comes_back_leaves_nothing() {
        let flat = MultiPolygon::new(vec![polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 4., y: 4.)]]);
        assert!(check(&flat).is_some() && make_valid(&flat).is_none());
    }
}
