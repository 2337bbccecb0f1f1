//! The CRS of an import: which one, why it is believed, and the ways to the working CRS and to degrees.

use super::local::{self, Local};
use super::options::{CityContext, Datum, ImportOptions, Mode};
use super::report::{CrsReport, LocalReport, Notice};
use super::way::{Step, Way};
use super::{crs_check, gcj02};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer};
use crate::formats::{Crs, Table, Transformer};
use geo_types::Coord;

/// The CRS part of an import with geometry.
pub(crate) struct GeometryPlan {
    /// The CRS of `sample`: the file's, or the one that its local system leads to.
    pub from: Crs,
    pub given_by: &'static str,
    pub local: Option<LocalReport>,
    pub datum: Option<Datum>,
    pub to_working: Way,
    /// From the working CRS.
    pub to_degrees: Transformer,
    /// WGS 84 and CGCS2000 were taken for one on the way.
    pub one_datum: bool,
    /// The two datums that a published shift joins.
    pub shifted_datum: Option<(String, String)>,
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
        let one_datum = self.one_datum.then(|| {
            Notice::new(
                "crs_datums_one",
                "WGS 84 与 CGCS2000 在分米以内一致，视为同一基准，未做基准转换",
                "WGS 84 and CGCS2000 agree to a decimetre and were taken for one: no shift of datum was applied",
            )
        });
        let shifted = self.shifted_datum.as_ref().filter(|_| self.to_working.doubt().is_none()).map(|(one, two)| {
            Notice::new(
                "crs_datum_shift",
                format!("已用公开参数由 {one} 转换到 {two}：这类参数的精度一般为米级，在其适用地区之外更差"),
                format!(
                    "brought from {one} to {two} by published parameters, which are good to some metres, and worse outside the area that they are for"
                ),
            )
        });
        let local = self.local.iter().flat_map(LocalReport::notices);
        self.unit.clone().into_iter().chain(ballpark).chain(one_datum).chain(shifted).chain(local).chain(self.unshifted()).collect()
    }

    fn unshifted(&self) -> Option<Notice> {
        if self.datum != Some(Datum::Gcj02) {
            return None;
        }
        let metres = gcj02::FORMULA_METRES;
        Some(Notice::new(
            "gcj02_reversed",
            format!("按选项视为 GCJ-02，已用公开公式反算为 WGS 84：反算本身精确到毫米，公式与官方偏移可差到约 {metres:.0} 米，不可用于界址"),
            format!(
                "taken for GCJ-02 as stated, and brought to WGS 84 by the published formula: its reversal is good to a millimetre, the formula itself differs from the official shift by up to about {metres:.0} m; not for boundaries"
            ),
        ))
    }

    pub(super) fn report(&self, city: &CityContext) -> CrsReport {
        CrsReport {
            source: self.source().to_owned(),
            given_by: self.given_by,
            to: city.crs.clone(),
            local: self.local.clone(),
            datum: self.datum.filter(|datum| *datum == Datum::Gcj02),
        }
    }

    /// The file's CRS by its name.
    pub(super) fn source(&self) -> &str {
        if self.local.is_some() { LOCAL } else { self.from.label() }
    }
}

/// The name of the CRS that a person describes.
const LOCAL: &str = "local";

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
    let Some((from, given_by, local)) = reference(table, options)? else { return Err(crs_check::missing(&sample, city)) };
    if let Some(local) = &local {
        sample.iter_mut().for_each(|at| *at = local.similarity.apply(*at));
    }
    let unit =
        if local.is_some() { crs_check::contradiction(&from, &sample, city).map(|()| None)? } else { settle_unit(table, &from, &mut sample, city)? };
    let working = Crs::parse(&city.crs)?;
    let world = Crs::parse("EPSG:4326")?;
    let mut steps: Vec<Step> = local.iter().map(|local| Step::Similar(local.similarity)).collect();
    if options.datum == Some(Datum::Gcj02) {
        steps.extend([Step::Crs(Transformer::new(&from, &world)?), Step::Unshift, Step::Crs(Transformer::new(&world, &working)?)]);
    } else {
        steps.push(Step::Crs(Transformer::new(&from, &working)?));
    }
    let (to_working, to_degrees) = (Way::of(steps), Transformer::new(&working, &world)?);
    let (one_datum, shifted_datum) = (from.differs_by_world_datum(&working), from.shifts_datum(&working));
    Ok(Some(GeometryPlan {
        one_datum,
        shifted_datum,
        from,
        given_by,
        local: local.map(|local| local.told),
        datum: options.datum,
        to_working,
        to_degrees,
        sample,
        unit,
    }))
}

/// The CRS, who gave it, and the local system that leads to it.
fn reference(table: &Table, options: &ImportOptions) -> Outcome<Option<(Crs, &'static str, Option<Local>)>> {
    let is_local = options.crs.as_deref().is_some_and(|crs| crs.trim().eq_ignore_ascii_case(LOCAL));
    let stated = options.crs.as_deref().filter(|_| !is_local);
    match (&options.local, stated) {
        (Some(frame), None) => {
            let local = local::settle(frame)?;
            Ok(Some((local.to.clone(), "option", Some(local))))
        }
        (Some(_), Some(crs)) => Err(Fault::bad(
            "crs_twice",
            format!("--crs {crs} 与地方坐标系参数只能给一个"),
            format!("--crs {crs} and the parameters of a local system exclude each other"),
        )
        .help("地方坐标请写 --crs local", "write --crs local for local coordinates")),
        (None, _) if is_local => Err(local::undefined()),
        (None, Some(crs)) => Ok(Some((Crs::parse(crs)?, "option", None))),
        (None, None) => Ok(table.crs.as_ref().map(|crs| (crs.clone(), if table.crs_by_format { "format" } else { "file" }, None))),
    }
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
