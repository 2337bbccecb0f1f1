//! A plane of its own for a file in degrees: Lambert azimuthal equal area about the middle of its extent.
//!
//! # Units
//! Degrees (lon, lat) in, metres out. Areas are true everywhere; lengths are within 1 % up to 1 800 km from the middle.

use crate::domain::Fault;
use geo_types::{Coord, Rect};
use proj4rs::Proj;
use proj4rs::transform::transform;

pub struct LocalPlane {
    geographic: Proj,
    plane: Proj,
    definition: String,
}

impl LocalPlane {
    /// The plane about the middle of `extent` (degrees).
    ///
    /// # Errors
    /// `crs_definition` when the projection cannot be made, which no extent on the globe brings about.
    pub fn about(extent: Rect<f64>) -> Result<LocalPlane, Fault> {
        let middle = extent.center();
        let definition = format!("+proj=laea +lat_0={:.4} +lon_0={:.4} +ellps=WGS84 +units=m", middle.y, middle.x);
        let read = |text: &str| Proj::from_proj_string(text).map_err(|error| Fault::internal("crs_definition", error));
        Ok(LocalPlane { geographic: read("+proj=longlat +ellps=WGS84")?, plane: read(&definition)?, definition })
    }

    /// The projection in PROJ's words.
    pub fn definition(&self) -> &str {
        &self.definition
    }

    /// A point outside the projection's reach gives NaN.
    pub fn place(&self, point: Coord<f64>) -> Coord<f64> {
        let mut position = (point.x.to_radians(), point.y.to_radians(), 0.0);
        match transform(&self.geographic, &self.plane, &mut position) {
            Ok(()) => Coord { x: position.0, y: position.1 },
            Err(_) => Coord { x: f64::NAN, y: f64::NAN },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::signed_area;

    #[test]
    fn a_cell_has_the_area_of_the_ellipsoid() {
        // A cell of 0.1° by 0.1° at 22.5° N on WGS 84; the reference area comes from geodesic integration.
        let extent = Rect::new(Coord { x: 113.0, y: 21.0 }, Coord { x: 115.0, y: 24.0 });
        let plane = LocalPlane::about(extent).expect("plane");
        let steps = 50;
        let mut ring: Vec<Coord<f64>> = Vec::new();
        let corners = [(114.0, 22.5), (114.1, 22.5), (114.1, 22.6), (114.0, 22.6), (114.0, 22.5)];
        for pair in corners.windows(2) {
            for k in 0..steps {
                let t = f64::from(k) / f64::from(steps);
                ring.push(plane.place(Coord { x: pair[0].0 + t * (pair[1].0 - pair[0].0), y: pair[0].1 + t * (pair[1].1 - pair[0].1) }));
            }
        }
        ring.push(ring[0]);
        // ∫ M N cos φ dφ dλ over the cell, midpoint rule in closed steps.
        let (a, e2): (f64, f64) = (6_378_137.0, 0.006_694_379_990_141_3);
        let d = 0.1f64.to_radians() / 1000.0;
        let strip = |k: i32| {
            let phi = 22.5f64.to_radians() + (f64::from(k) + 0.5) * d;
            let w = 1.0 - e2 * phi.sin().powi(2);
            a * a * (1.0 - e2) / (w * w) * phi.cos() * d
        };
        let area: f64 = (0..1000).map(strip).sum::<f64>() * 0.1f64.to_radians();
        let found = signed_area(&ring);
        assert!((found - area).abs() / area < 1e-6, "{found} against {area}");
    }
}
