//! Planar and ellipsoidal area (analyses.md §0.2). The registered area is a record, never computed.

use super::crs::WorkingCrs;
use geo::GeodesicArea;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Signed shoelace area of a closed ring in m², counter-clockwise positive.
///
/// Coordinates are taken relative to the ring's first point: eastings of half a million metres would cost digits.
pub fn ring_area(ring: &[Coord<f64>]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let mut twice = 0.0;
    for pair in ring.windows(2) {
        let (ax, ay) = (pair[0].x - origin.x, pair[0].y - origin.y);
        let (bx, by) = (pair[1].x - origin.x, pair[1].y - origin.y);
        twice += ax * by - bx * ay;
    }
    twice / 2.0
}

/// Area in the working CRS, m²: outer rings minus holes, whatever the winding.
pub fn planar_area(shape: &MultiPolygon<f64>) -> f64 {
    shape.iter().map(|part| ring_area(&part.exterior().0).abs() - part.interiors().iter().map(|hole| ring_area(&hole.0).abs()).sum::<f64>()).sum()
}

/// Geodesic area on the WGS 84 ellipsoid, m². CGCS2000's and GRS 80's ellipsoids differ from it by less than 1e-10.
pub fn ellipsoidal_area(shape: &MultiPolygon<f64>, crs: &WorkingCrs) -> f64 {
    let ring = |line: &LineString<f64>| LineString(line.0.iter().map(|point| crs.to_lon_lat(*point)).collect());
    shape
        .iter()
        .map(|part| {
            let geographic = Polygon::new(ring(part.exterior()), part.interiors().iter().map(ring).collect());
            // The unsigned geodesic area of a clockwise ring is the rest of the Earth, so take the signed one's size.
            geographic.geodesic_area_signed().abs()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;

    #[test]
    fn a_hole_is_subtracted_and_winding_does_not_matter() {
        let shape = MultiPolygon(vec![polygon!(
            exterior: [(x: 500_000.0, y: 2_500_000.0), (x: 500_000.0, y: 2_500_100.0), (x: 500_100.0, y: 2_500_100.0), (x: 500_100.0, y: 2_500_000.0)],
            interiors: [[(x: 500_010.0, y: 2_500_010.0), (x: 500_020.0, y: 2_500_010.0), (x: 500_020.0, y: 2_500_020.0), (x: 500_010.0, y: 2_500_020.0)]],
        )]);
        assert!((planar_area(&shape) - 9_900.0).abs() < 1e-9);
    }

    #[test]
    fn on_the_central_meridian_plane_and_ellipsoid_agree_and_east_of_it_they_part_as_published() {
        let crs = WorkingCrs::parse("EPSG:4547").unwrap();
        let square = |x: f64| {
            MultiPolygon(vec![
                polygon![(x: x, y: 2_500_000.0), (x: x + 100.0, y: 2_500_000.0), (x: x + 100.0, y: 2_500_100.0), (x: x, y: 2_500_100.0)],
            ])
        };
        let excess = |x: f64| planar_area(&square(x)) / ellipsoidal_area(&square(x), &crs) - 1.0;
        assert!(excess(500_000.0).abs() < 1e-6, "{}", excess(500_000.0));
        // 115.05° E is 607,800 m east: 290 ppm in the facts.
        assert!((excess(607_800.0) - 290e-6).abs() < 10e-6, "{}", excess(607_800.0));
    }
}
