//! The CRS of an import: which one, why it is believed, and the ways to the working CRS and to degrees.

use super::crs_check;
use super::options::{CityContext, ImportOptions, Mode};
use super::report::Notice;
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
    /// What the drawing's own unit came to.
    pub unit: Option<Notice>,
}

impl GeometryPlan {
    pub(super) fn notices(&self) -> Vec<Notice> {
        let ballpark = self.to_working.doubt().map(|ends| {
            Notice::new(
                "crs_ballpark",
                format!("{ends}：两个基准之间没有公开的转换参数，图形未经基准转换，位置可能相差几十到几百米；请用带参数的软件先转换"),
                format!("{ends}: no public (non-ballpark) transformation joins the two datums; places may be off by tens or hundreds of metres: transform the file first with a program that has the parameters"),
            )
        });
        self.unit.clone().into_iter().chain(ballpark).collect()
    }
}

/// `None` when the import brings no geometry. Settles the CRS and refuses one that the numbers deny.
pub(crate) fn geometry_plan(table: &mut Table, layer: &Layer, options: &ImportOptions, city: &CityContext) -> Outcome<Option<GeometryPlan>> {
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
    let mut sample = crs_check::sample(&table.rows);
    let given = options.crs.as_deref().map(Crs::parse).transpose()?;
    let (from, given_by) = match (given, &table.crs) {
        (Some(crs), _) => (crs, "option"),
        (None, Some(crs)) => (crs.clone(), if table.crs_by_format { "format" } else { "file" }),
        (None, None) => return Err(crs_check::missing(&sample, city)),
    };
    let unit = settle_unit(table, &from, &mut sample, city)?;
    let working = Crs::parse(&city.crs)?;
    let to_working = Transformer::new(&from, &working)?;
    let to_degrees = Transformer::new(&working, &Crs::parse("EPSG:4326")?)?;
    Ok(Some(GeometryPlan { from, given_by, to_working, to_degrees, sample, unit }))
}

/// Drawings state a unit, and often one that nobody drew in. It is believed where the numbers fit the CRS by it and not without it.
fn settle_unit(table: &mut Table, from: &Crs, sample: &mut Vec<Coord<f64>>, city: &CityContext) -> Outcome<Option<Notice>> {
    let plain = crs_check::contradiction(from, sample, city);
    let Some(unit) = table.unit.filter(|unit| unit.metres != 1.0 && !from.is_geographic()) else { return plain.map(|()| None) };
    let (zh, en) = (unit.zh, unit.en);
    let Err(fault) = plain else {
        return Ok(Some(Notice::new(
            "unit_ignored",
            format!("图纸声明单位为{zh}，但坐标按米与坐标系相符，按米读取"),
            format!("the drawing states {en}, but its numbers fit the CRS as metres and were read so"),
        )));
    };
    let scaled: Vec<Coord<f64>> = sample.iter().map(|at| *at * unit.metres).collect();
    if crs_check::contradiction(from, &scaled, city).is_err() {
        let help = |before: Option<String>, more: String| before.map_or_else(|| more.clone(), |before| format!("{before}；{more}"));
        let (zh_help, en_help) =
            (help(fault.help_zh.clone(), format!("图纸声明的单位是{zh}")), help(fault.help_en.clone(), format!("the drawing states {en}")));
        return Err(fault.help(zh_help, en_help));
    }
    *sample = scaled;
    for row in &mut table.rows {
        if let Some(geometry) = &mut row.geometry {
            geometry.shape.scale(unit.metres);
        }
    }
    Ok(Some(Notice::new("unit_scaled", format!("图纸单位为{zh}，已换算为米"), format!("the drawing is in {en}; it was brought to metres"))))
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
