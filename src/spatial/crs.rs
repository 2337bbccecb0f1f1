//! The working CRS of a city and its way to longitude and latitude.
//!
//! # Units
//! Working coordinates are metres (x = easting, y = northing), geographic ones are degrees (lon, lat).
//!
//! # Source
//! Definitions of EPSG codes come from the `crs-definitions` tables, the projections from `proj4rs`.

use crate::domain::Fault;
use geo_types::Coord;
use proj4rs::Proj;
use proj4rs::transform::transform;

/// A projected CRS in metres that a city file keeps its geometry in.
pub struct WorkingCrs {
    epsg: u16,
    wkt: &'static str,
    plane: Proj,
    geographic: Proj,
}

impl std::fmt::Debug for WorkingCrs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "EPSG:{}", self.epsg)
    }
}

impl WorkingCrs {
    /// Reads `EPSG:n`. Only projected CRSs in metres can be a working CRS: lengths and areas are measured there.
    ///
    /// # Errors
    /// An unknown code, a geographic CRS, or one in feet.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let unknown = || {
            Fault::bad("crs_unknown", format!("不认识的坐标系“{text}”"), format!("unknown CRS “{text}”"))
                .help("写成 EPSG:n，例如 EPSG:4547", "write EPSG:n, for example EPSG:4547")
        };
        let epsg: u16 = text.strip_prefix("EPSG:").or_else(|| text.strip_prefix("epsg:")).unwrap_or(text).parse().map_err(|_| unknown())?;
        let definition = crs_definitions::from_code(epsg).ok_or_else(unknown)?;
        let unusable = |zh: &str, en: &str| {
            Fault::bad("crs_not_plane", format!("EPSG:{epsg} 不能作为工作坐标系：{zh}"), format!("EPSG:{epsg} cannot be the working CRS: {en}"))
                .help("请用以米为单位的投影坐标系，例如 EPSG:4547", "use a projected CRS in metres, for example EPSG:4547")
        };
        if definition.proj4.contains("+proj=longlat") {
            return Err(unusable("它以度为单位", "it is in degrees"));
        }
        if definition.proj4.contains("+to_meter") || definition.proj4.contains("+units=us-ft") || definition.proj4.contains("+units=ft") {
            return Err(unusable("它不以米为单位", "it is not in metres"));
        }
        if epsg == 3857 {
            return Err(unusable("网络墨卡托会放大面积", "Web Mercator overstates areas"));
        }
        // Without a datum the two ends share the ellipsoid and no shift is applied: CGCS2000, NAD83 and WGS 84 agree far below a centimetre for our use.
        let plane = Proj::from_proj_string(definition.proj4).map_err(|error| Fault::internal("crs_definition", error))?;
        let geographic = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").map_err(|error| Fault::internal("crs_definition", error))?;
        Ok(WorkingCrs { epsg, wkt: definition.wkt, plane, geographic })
    }

    pub(super) fn plane(&self) -> &Proj {
        &self.plane
    }

    pub fn epsg(&self) -> i32 {
        i32::from(self.epsg)
    }

    /// `EPSG:n`.
    pub fn name(&self) -> String {
        format!("EPSG:{}", self.epsg)
    }

    /// The OGC WKT 1 definition, for GeoPackage's `gpkg_spatial_ref_sys`.
    pub fn wkt(&self) -> &'static str {
        self.wkt
    }

    /// Metres → (lon, lat) in degrees. A point outside the projection's reach gives NaN.
    pub fn to_lon_lat(&self, point: Coord<f64>) -> Coord<f64> {
        let mut position = (point.x, point.y, 0.0);
        match transform(&self.plane, &self.geographic, &mut position) {
            Ok(()) => Coord { x: position.0.to_degrees(), y: position.1.to_degrees() },
            Err(_) => Coord { x: f64::NAN, y: f64::NAN },
        }
    }

    /// (lon, lat) in degrees → metres. A point outside the projection's reach gives NaN.
    pub fn from_lon_lat(&self, point: Coord<f64>) -> Coord<f64> {
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

    #[test]
    fn the_published_point_of_shenzhen_lands_where_proj_puts_it() {
        // facts: 114.0579 E, 22.5431 N → EPSG:4547 E 505,955.85 N 2,493,941.25
        let crs = WorkingCrs::parse("EPSG:4547").unwrap();
        let plane = crs.from_lon_lat(Coord { x: 114.0579, y: 22.5431 });
        assert!((plane.x - 505_955.85).abs() < 0.01 && (plane.y - 2_493_941.25).abs() < 0.01, "{plane:?}");
        let back = crs.to_lon_lat(plane);
        assert!((back.x - 114.0579).abs() < 1e-10 && (back.y - 22.5431).abs() < 1e-10, "{back:?}");
    }

    #[test]
    fn degrees_feet_and_web_mercator_are_refused_with_the_reason() {
        for code in ["EPSG:4490", "EPSG:2249", "EPSG:3857", "EPSG:1", "hello"] {
            assert!(WorkingCrs::parse(code).is_err(), "{code}");
        }
        assert_eq!(WorkingCrs::parse("EPSG:26986").unwrap().epsg(), 26986);
    }
}
