//! The CRS of an import: which one, why it is believed, and the ways to the working CRS and to degrees.

use super::crs_check;
use super::options::{CityContext, ImportOptions, Mode};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer};
use crate::formats::{Crs, Table, Transformer};
use geo::{CoordsIter, MapCoords};
use geo_types::{Coord, Geometry};

/// The CRS part of an import with geometry.
pub(crate) struct GeometryPlan {
    pub from: Crs,
    pub given_by: &'static str,
    pub to_working: Transformer,
    /// Degrees, for the ellipsoidal area.
    pub to_degrees: Transformer,
    pub sample: Vec<Coord<f64>>,
}

/// `None` when the import brings no geometry. Settles the CRS and refuses one that the numbers deny.
pub(crate) fn geometry_plan(table: &Table, layer: &Layer, options: &ImportOptions, city: &CityContext) -> Outcome<Option<GeometryPlan>> {
    if !layer.is_spatial() {
        return Ok(None);
    }
    if !table.spatial || (options.mode == Mode::Update && table.rows.iter().all(|row| row.geometry.is_none())) {
        if options.mode == Mode::Update {
            return Ok(None);
        }
        return Err(Fault::bad(
            "no_geometry",
            format!("{} 需要图形，而文件只有属性", layer.zh),
            format!("the layer {} needs geometry, and the file has attributes only", layer.name),
        )
        .help(
            "属性表请用 --mode update 按编码并入；表格中的坐标列请命名为 wkt 或 x、y",
            "merge an attribute table by key with --mode update; columns with coordinates are called wkt, or x and y",
        ));
    }
    let sample = crs_check::sample(&table.rows);
    let given = options.crs.as_deref().map(Crs::parse).transpose()?;
    let (from, given_by) = match (given, &table.crs) {
        (Some(crs), _) => (crs, "option"),
        (None, Some(crs)) => (crs.clone(), if table.crs_by_format { "format" } else { "file" }),
        (None, None) => return Err(crs_check::missing(&sample, city)),
    };
    crs_check::contradiction(&from, &sample, city)?;
    let working = Crs::parse(&city.crs)?;
    let to_working = Transformer::new(&from, &working)?;
    let to_degrees = Transformer::new(&working, &Crs::parse("EPSG:4326")?)?;
    Ok(Some(GeometryPlan { from, given_by, to_working, to_degrees, sample }))
}

/// All coordinates of a geometry in one call.
pub(crate) fn moved(geometry: &Geometry<f64>, way: &Transformer) -> Option<Geometry<f64>> {
    if way.is_identity() {
        return Some(geometry.clone());
    }
    let mut coords: Vec<Coord<f64>> = geometry.coords_iter().collect();
    if !way.apply(&mut coords) {
        return None;
    }
    let next = std::cell::Cell::new(0);
    Some(geometry.map_coords(|_| {
        let index = next.replace(next.get() + 1);
        coords[index]
    }))
}
