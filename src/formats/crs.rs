//! Coordinate reference systems and transformations through OSR, always with x = east and y = north in the data.

use super::gdal_quiet;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, CoordTransformOptions, SpatialRef};
use geo_types::Coord;

/// `OAO_North` of OGR.
const NORTH: gdal::spatial_ref::AxisOrientationType = 1;

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

    /// The definition, where the register's entry of the label is not the same.
    pub(crate) fn definition(&self) -> Option<String> {
        gdal_quiet::listen();
        let registered = Crs::parse(&self.label).ok().filter(|registered| registered.label == self.label);
        let is_same = registered.is_some_and(|registered| registered.reference == self.reference);
        let definition = (!is_same).then(|| self.reference.to_wkt().ok()).flatten();
        gdal_quiet::take();
        definition
    }

    /// A reference system from its label and definition as another process says them. A definition that would have a file opened is refused.
    pub(crate) fn received(label: String, definition: Option<&str>) -> Outcome<Crs> {
        let Some(definition) = definition else { return Crs::parse(&label) };
        gdal_quiet::listen();
        let lower = definition.to_ascii_lowercase().replace("nadgrids=@null", "");
        if ["parameterfile", "nadgrids", "geoidgrids", "+init", "file="].iter().any(|word| lower.contains(word)) {
            return Err(Fault::bad("crs_refused", "坐标系的定义引用了其他文件", "the definition of the reference system names other files")
                .at(label)
                .help("请用 --crs EPSG:编号 说明坐标系", "state the reference system with --crs EPSG:number"));
        }
        let mut reference = SpatialRef::from_wkt(definition).map_err(|_| {
            Fault::bad("crs_unknown", "读不懂文件中坐标系的定义", "the definition of the reference system in the file is not understood")
                .help("请用 --crs EPSG:编号 说明坐标系", "state the reference system with --crs EPSG:number")
        })?;
        gdal_quiet::take();
        reference.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Ok(Crs { reference, label })
    }

    pub fn label(&self) -> &str {
        &self.label
    }

    pub fn is_geographic(&self) -> bool {
        self.reference.is_geographic()
    }

    /// Whether the register has the axis to the north before that to the east.
    pub fn is_north_first(&self) -> bool {
        let part = if self.is_geographic() { "GEOGCS" } else { "PROJCS" };
        self.reference.axis_orientation(part, 0).is_ok_and(|orientation| orientation == NORTH)
    }

    /// West, south, east, north in degrees, for CRSs of the EPSG register.
    pub fn area_of_use(&self) -> Option<[f64; 4]> {
        self.reference.area_of_use().map(|area| [area.west_lon_degree, area.south_lat_degree, area.east_lon_degree, area.north_lat_degree])
    }

    fn is_on_world_datum(&self) -> bool {
        self.world_datum().is_some()
    }

    /// WGS 84 or CGCS2000, where it is one of them.
    fn world_datum(&self) -> Option<&'static str> {
        let wkt = self.reference.to_wkt().ok()?;
        let named = |(datum, _): &&(&str, &str)| wkt.contains(&format!("DATUM[\"{datum}")) || wkt.contains(&format!("DATUM[\"D_{datum}"));
        WORLD_DATUMS.iter().find(named).map(|(_, name)| *name)
    }

    /// The datum's name, cleaned of how each dialect writes it.
    fn datum(&self) -> Option<String> {
        if let Some(world) = self.world_datum() {
            return Some(world.to_owned());
        }
        let wkt = self.reference.to_wkt().ok()?;
        let name = wkt.split_once("DATUM[\"")?.1.split_once('"')?.0;
        Some(name.strip_prefix("D_").unwrap_or(name).replace('_', " "))
    }

    /// The two datums, where a shift that the register knows joins them: it is good to some metres.
    pub fn shifts_datum(&self, other: &Crs) -> Option<(String, String)> {
        let (one, two) = (self.datum()?, other.datum()?);
        let world = self.is_on_world_datum() && other.is_on_world_datum();
        (one != two && !world).then_some((one, two))
    }

    /// Whether two CRSs lie on WGS 84 and CGCS2000, which are taken for one.
    pub fn differs_by_world_datum(&self, other: &Crs) -> bool {
        matches!((self.world_datum(), other.world_datum()), (Some(one), Some(two)) if one != two)
    }

    pub(crate) fn reference(&self) -> &SpatialRef {
        &self.reference
    }
}

/// A transformation of coordinates in batches.
pub struct Transformer {
    /// One after the other; none when coordinates stay as they are.
    steps: Vec<CoordTransform>,
    doubt: Option<String>,
}

/// Names of the datums that are one to a decimetre: CGCS2000 was made to agree with WGS 84.
const WORLD_DATUMS: [(&str, &str); 4] =
    [("WGS_1984", "WGS 84"), ("World Geodetic System 1984", "WGS 84"), ("China_2000", "CGCS2000"), ("China 2000", "CGCS2000")];

impl Transformer {
    pub fn new(from: &Crs, to: &Crs) -> Outcome<Transformer> {
        gdal_quiet::listen();
        if from.label == to.label && from.label.starts_with("EPSG:") {
            return Ok(Transformer { steps: Vec::new(), doubt: None });
        }
        let steps = ways(from, to).or_else(|| {
            // The register joins few datums to each other and nearly all to WGS 84.
            let world = Crs::parse("EPSG:4326").ok()?;
            let mut steps = ways(from, &world)?;
            steps.extend(ways(&world, to)?);
            Some(steps)
        });
        gdal_quiet::take();
        if let Some(steps) = steps {
            return Ok(Transformer { steps, doubt: None });
        }
        let doubt = Some(format!("{} → {}", from.label, to.label));
        CoordTransform::new(&from.reference, &to.reference).map(|step| Transformer { steps: vec![step], doubt }).map_err(|error| {
            Fault::bad(
                "crs_no_way",
                format!("无法从 {} 转换到 {}：{error}", from.label, to.label),
                format!("no transformation from {} to {}: {error}", from.label, to.label),
            )
        })
    }

    /// Whether coordinates stay as they are.
    pub fn is_identity(&self) -> bool {
        self.steps.is_empty()
    }

    /// Both ends, where no public transformation joins their datums and the shapes are only taken over from one ellipsoid to the other:
    /// places may be off by tens or hundreds of metres.
    pub fn doubt(&self) -> Option<&str> {
        self.doubt.as_deref()
    }

    /// Transforms in place; `false` when a coordinate has no image, and then the slice is to be thrown away.
    pub fn apply(&self, coords: &mut [Coord<f64>]) -> bool {
        if coords.is_empty() || self.steps.is_empty() {
            return true;
        }
        let mut xs: Vec<f64> = coords.iter().map(|c| c.x).collect();
        let mut ys: Vec<f64> = coords.iter().map(|c| c.y).collect();
        let done = self.steps.iter().all(|step| step.transform_coords(&mut xs, &mut ys, &mut []).is_ok());
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

/// A transformation that the register knows; between CGCS2000 and WGS 84 none is needed.
fn ways(from: &Crs, to: &Crs) -> Option<Vec<CoordTransform>> {
    let mut options = CoordTransformOptions::new().ok()?;
    options.set_ballpark_allowed(from.is_on_world_datum() && to.is_on_world_datum()).ok()?;
    CoordTransform::new_with_options(&from.reference, &to.reference, &options).ok().map(|way| vec![way])
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
    fn hong_kongs_grid_goes_by_the_registers_shift_both_ways_and_xian_1980_is_doubted() {
        let crs = |code: &str| Crs::parse(code).expect(code);
        let way = |from: &str, to: &str| Transformer::new(&crs(from), &crs(to)).expect("way");
        let (x, y) = (830_000.0, 820_000.0);
        for city in ["EPSG:4547", "EPSG:4490", "EPSG:4326"] {
            let (there, back) = (way("EPSG:2326", city), way(city, "EPSG:2326"));
            assert!(there.doubt().is_none() && back.doubt().is_none(), "{city}");
            let place = there.point(Coord { x, y }).expect("image");
            let degrees = way(city, "EPSG:4326").point(place).expect("image");
            assert!((degrees.x - 114.116_038).abs() < 2e-6 && (degrees.y - 22.318_991).abs() < 2e-6, "{city} {degrees:?}");
            let again = back.point(place).expect("image");
            assert!((again.x - x).hypot(again.y - y) < 0.01, "{city} {again:?}");
        }
        assert!(way("EPSG:4610", "EPSG:4547").doubt().is_some() && way("EPSG:4547", "EPSG:4610").doubt().is_some());
        assert!(way("EPSG:3857", "EPSG:4547").doubt().is_none() && way("EPSG:4526", "EPSG:4326").doubt().is_none());
    }

    #[test]
    fn text_that_is_no_code_is_refused() {
        for text in ["", "4547x", "PROJCS[...]", "/tmp/a.prj", "http://example.org/4547", "EPSG:999999"] {
            assert_eq!(Crs::parse(text).map(|_| ()).expect_err(text).code, "crs_unknown");
        }
    }
}
