//! Coordinate reference systems and transformations through OSR, always with x = east and y = north in the data.

use super::gdal_quiet;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use geo_types::Coord;

/// A CRS with the name that people use for it.
#[derive(Clone, Debug)]
pub struct Crs {
    reference: SpatialRef,
    label: String,
}

impl Crs {
    /// Reads `EPSG:n` (also a bare number, `urn:ogc:def:crs:EPSG::n`, `CRS84`). No files, no URLs, no WKT.
    pub fn parse(text: &str) -> Outcome<Crs> {
        gdal_quiet::listen();
        let unknown = || {
            Fault::bad("crs_unknown", format!("不认识坐标系“{text}”"), format!("unknown coordinate reference system “{text}”"))
                .help("请写成 EPSG:编号，如 EPSG:4547", "write EPSG:number, for example EPSG:4547")
        };
        let upper = text.trim().to_ascii_uppercase();
        let code = if upper.ends_with("CRS84") {
            4326
        } else {
            let digits = upper.rsplit([':', '/']).next().unwrap_or_default();
            let known_authority = upper == digits || upper.contains("EPSG");
            digits.parse::<u32>().ok().filter(|_| known_authority).ok_or_else(unknown)?
        };
        let mut reference = SpatialRef::from_epsg(code).map_err(|_| unknown())?;
        reference.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(Crs { reference, label: format!("EPSG:{code}") })
    }

    /// The CRS that a file declares.
    pub(crate) fn declared(reference: &SpatialRef) -> Crs {
        gdal_quiet::listen();
        let mut reference = reference.clone();
        reference.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        let label = reference
            .authority()
            .ok()
            .or_else(|| {
                let mut copy = reference.clone();
                copy.auto_identify_epsg().ok()?;
                copy.authority().ok()
            })
            .or_else(|| reference.name())
            .unwrap_or_else(|| "?".to_owned());
        gdal_quiet::take();
        let label = if label.ends_with(":CRS84") { "EPSG:4326".to_owned() } else { label };
        Crs { reference, label }
    }

    pub fn label(&self) -> &str {
        &self.label
    }

    pub fn is_geographic(&self) -> bool {
        self.reference.is_geographic()
    }

    /// West, south, east, north in degrees, for CRSs of the EPSG register.
    pub fn area_of_use(&self) -> Option<[f64; 4]> {
        self.reference.area_of_use().map(|area| [area.west_lon_degree, area.south_lat_degree, area.east_lon_degree, area.north_lat_degree])
    }

    pub(crate) fn reference(&self) -> &SpatialRef {
        &self.reference
    }
}

/// A transformation of coordinates in batches.
pub struct Transformer(Option<CoordTransform>);

impl Transformer {
    pub fn new(from: &Crs, to: &Crs) -> Outcome<Transformer> {
        gdal_quiet::listen();
        if from.label == to.label && from.label.starts_with("EPSG:") {
            return Ok(Transformer(None));
        }
        CoordTransform::new(&from.reference, &to.reference).map(|transform| Transformer(Some(transform))).map_err(|error| {
            Fault::bad(
                "crs_no_way",
                format!("无法从 {} 转换到 {}：{error}", from.label, to.label),
                format!("no transformation from {} to {}: {error}", from.label, to.label),
            )
        })
    }

    /// Whether coordinates stay as they are.
    pub fn is_identity(&self) -> bool {
        self.0.is_none()
    }

    /// Transforms in place; `false` when a coordinate has no image, and then the slice is to be thrown away.
    pub fn apply(&self, coords: &mut [Coord<f64>]) -> bool {
        let Some(transform) = &self.0 else { return true };
        if coords.is_empty() {
            return true;
        }
        let mut xs: Vec<f64> = coords.iter().map(|c| c.x).collect();
        let mut ys: Vec<f64> = coords.iter().map(|c| c.y).collect();
        let done = transform.transform_coords(&mut xs, &mut ys, &mut []).is_ok();
        gdal_quiet::take();
        for ((coord, x), y) in coords.iter_mut().zip(xs).zip(ys) {
            *coord = Coord { x, y };
        }
        done && coords.iter().all(|c| c.x.is_finite() && c.y.is_finite())
    }

    /// One position, or `None` when it has no image.
    pub fn point(&self, coord: Coord<f64>) -> Option<Coord<f64>> {
        let mut one = [coord];
        self.apply(&mut one).then_some(one[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_of_shenzhen_falls_where_the_register_says() {
        let (from, to) = (Crs::parse("EPSG:4490").expect("4490"), Crs::parse("EPSG:4547").expect("4547"));
        let there = Transformer::new(&from, &to).expect("way").point(Coord { x: 114.0579, y: 22.5431 }).expect("image");
        assert!((there.x - 505_955.85).abs() < 0.01 && (there.y - 2_493_941.25).abs() < 0.01, "{there:?}");
    }

    #[test]
    fn text_that_is_no_code_is_refused() {
        for text in ["", "4547x", "PROJCS[...]", "/tmp/a.prj", "http://example.org/4547", "EPSG:999999"] {
            assert_eq!(Crs::parse(text).map(|_| ()).expect_err(text).code, "crs_unknown");
        }
    }
}
