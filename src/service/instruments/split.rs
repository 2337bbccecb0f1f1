//! Drafting a split: one piece of land becomes several plan parcels, along a line, in equal parts or by a list of areas.

use super::draft::{NewInstrument, Prepared, kept_ledger};
use super::members::Members;
use crate::analysis::consolidation::apportion;
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use crate::spatial::crs::WorkingCrs;
use crate::spatial::split::{LEAST_PART_M2, MOST_PARTS, Parts, SplitError, along_line, into_areas, into_equal};
use geo_types::{Coord, MultiPolygon};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

/// How land is divided: exactly one of `line`, `equal` and `areas_m2`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Division {
    /// A GeoJSON LineString in lon/lat (or one feature of it); its ends may lie outside the land.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub line: Option<Json>,
    /// That many parts of equal planar area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equal: Option<usize>,
    /// Planar areas of the parts in their order, m²; the rest is one more part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub areas_m2: Option<Vec<f64>>,
    /// Direction of the cuts, degrees counter-clockwise from grid east; without it, along the short side of the land.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction_deg: Option<f64>,
}

/// A drawn line has at most this many points.
const MOST_POINTS: usize = 1000;

/// Cuts and ledger of a split.
pub(super) fn split(city: &City, new: &NewInstrument, today: &str) -> Outcome<Prepared> {
    let [code] = new.parcels.as_slice() else {
        return Err(Fault::bad("parcels", "分割只针对一宗，请给出一个编号", "a split takes one piece of land; name one code").at("/parcels"));
    };
    if new.tolerance_m.is_some() || new.bridge_width_m.is_some() {
        let place = if new.tolerance_m.is_some() { "/tolerance_m" } else { "/bridge_width_m" };
        return Err(Fault::bad("split", "缝隙容差与跨越宽度只用于合并", "tolerance and bridge width belong to a merge").at(place));
    }
    let division = new.split.clone().unwrap_or_default();
    let cut = way(&city.crs, &division)?;
    let members = Members::read(city, vec![code.clone()], today)?;
    let [shape] = members.shapes() else { return Err(Fault::internal("split", "a split has one member")) };
    let parts = cut.cut(shape, division.direction_deg).map_err(|error| split_fault(&city.crs, code, &cut, &error))?;
    let whole = members.ledger_rows().into_iter().next().ok_or_else(|| Fault::internal("split", "a member has a row"))?;
    let mut ledger = kept_ledger(city, &apportion(whole, &parts.shapes), &members);
    ledger["split"] = json!(Division { direction_deg: parts.direction_deg, ..division });
    Ok(Prepared { members, parts: parts.shapes, ledger })
}

/// Reads how to cut, or says what is wrong with it.
fn way(crs: &WorkingCrs, division: &Division) -> Outcome<Way> {
    if division.direction_deg.is_some_and(|degrees| !degrees.is_finite()) {
        return Err(Fault::bad("direction", "方向应为角度数", "the direction is a number of degrees").at("/split/direction_deg"));
    }
    match division {
        Division { line: Some(_), direction_deg: Some(_), .. } => {
            Err(Fault::bad("direction", "按线分割不用方向", "a split along a line takes no direction").at("/split/direction_deg"))
        }
        Division { line: Some(line), equal: None, areas_m2: None, .. } => read_line(crs, line).map(Way::Line),
        Division { line: None, equal: Some(count), areas_m2: None, .. } => Ok(Way::Equal(*count)),
        Division { line: None, equal: None, areas_m2: Some(areas), .. } => {
            if let Some(index) = areas.iter().position(|area| !(area.is_finite() && *area >= LEAST_PART_M2)) {
                return Err(Fault::bad(
                    "areas",
                    format!("第 {} 个面积 {} 平方米太小，至少 {LEAST_PART_M2} 平方米", index + 1, areas[index]),
                    format!("area {} is {} m²; the least is {LEAST_PART_M2} m²", index + 1, areas[index]),
                )
                .at(format!("/split/areas_m2/{index}")));
            }
            Ok(Way::Areas(areas.clone()))
        }
        _ => Err(Fault::bad("split", "请给出一种分割方式：line、equal 或 areas_m2", "say in one way how to split: line, equal or areas_m2")
            .at("/split")
            .help("例如 {\"equal\": 3} 或 {\"areas_m2\": [3000, 5000]}", "for example {\"equal\": 3} or {\"areas_m2\": [3000, 5000]}")),
    }
}

fn read_line(crs: &WorkingCrs, given: &Json) -> Outcome<Vec<Coord<f64>>> {
    let unreadable = || {
        Fault::bad("line", "分割线应为经纬度的 GeoJSON LineString", "the line is a GeoJSON LineString in longitude and latitude")
            .at("/split/line")
            .help("一条线，至少两点：[[经度, 纬度], …]", "one line of at least two points: [[longitude, latitude], …]")
    };
    let line = match given["type"].as_str() {
        Some("Feature") => &given["geometry"],
        Some("FeatureCollection") => match given["features"].as_array().map(Vec::as_slice) {
            Some([feature]) => &feature["geometry"],
            _ => return Err(unreadable()),
        },
        _ => given,
    };
    let points = line["coordinates"].as_array().filter(|_| line["type"] == "LineString").ok_or_else(unreadable)?;
    if points.len() > MOST_POINTS {
        return Err(Fault::bad("line", format!("分割线最多 {MOST_POINTS} 点"), format!("a line has at most {MOST_POINTS} points")).at("/split/line"));
    }
    let point = |point: &Json| {
        let (x, y) = (point[0].as_f64()?, point[1].as_f64()?);
        let plane = crs.from_lon_lat(Coord { x, y });
        (x.abs() <= 180.0 && y.abs() <= 90.0 && plane.x.is_finite() && plane.y.is_finite()).then_some(plane)
    };
    let points: Option<Vec<Coord<f64>>> = points.iter().map(point).collect();
    points.filter(|points| points.len() >= 2).ok_or_else(unreadable)
}

fn split_fault(crs: &WorkingCrs, code: &str, way: &Way, error: &SplitError) -> Fault {
    let refuse = |kind: &'static str, zh: String, en: String| Fault::new(FaultKind::Unprocessable, kind, zh, en).at(way.place());
    match error {
        SplitError::Count(count) => Fault::bad(
            "parts",
            format!("分割为 2 到 {MOST_PARTS} 块，所给为 {count} 块"),
            format!("land is split into 2 to {MOST_PARTS} parts, not {count}"),
        )
        .at(way.place()),
        SplitError::NoLine => refuse("line", "分割线只有一个点".into(), "the line is a single point".into()),
        SplitError::LineCrossesItself { at } => {
            let at = crs.to_lon_lat(*at);
            refuse(
                "line_crosses_itself",
                format!("分割线自身相交，在 {:.6}, {:.6} 附近", at.x, at.y),
                format!("the line crosses itself near {:.6}, {:.6}", at.x, at.y),
            )
            .help("分两次分割，或改画不相交的线", "split twice, or draw a line that does not cross itself")
        }
        SplitError::NotParted => refuse("not_parted", format!("分割线没有把 {code} 分开"), format!("the line does not part {code}"))
            .help("把线的两端画到地块之外", "let both ends of the line lie outside the land"),
        SplitError::Exceeds { asked_m2, has_m2 } => refuse(
            "areas_exceed",
            format!("所给面积共 {asked_m2:.2} 平方米，比 {code} 的图形面积 {has_m2:.2} 多 {:.2} 平方米", asked_m2 - has_m2),
            format!("the areas come to {asked_m2:.2} m², {:.2} m² more than the {has_m2:.2} m² of {code}", asked_m2 - has_m2),
        )
        .help("减少面积；余下的自成一块", "give less; what is left becomes a part of its own"),
        SplitError::TooSmall { part, area_m2 } => refuse(
            "part_too_small",
            format!("第 {part} 块只有 {area_m2:.4} 平方米，至少 {LEAST_PART_M2} 平方米"),
            format!("part {part} would have {area_m2:.4} m²; the least is {LEAST_PART_M2} m²"),
        )
        .help("减少块数，或移动分割线", "ask for fewer parts, or move the line"),
        SplitError::Broken { off_m2 } => Fault::new(
            FaultKind::Unprocessable,
            "broken_geometry",
            format!("{code} 的边界自相交或重叠，分割后面积差 {off_m2:.4} 平方米"),
            format!("the rings of {code} cross or overlap: the parts would miss it by {off_m2:.4} m²"),
        )
        .at(code)
        .help("用 parkplan topology 查看，修复几何后再分割", "see parkplan topology; repair its geometry, then split"),
    }
}

enum Way {
    /// In the city's plane.
    Line(Vec<Coord<f64>>),
    Equal(usize),
    Areas(Vec<f64>),
}

impl Way {
    fn cut(&self, shape: &MultiPolygon<f64>, direction_deg: Option<f64>) -> Result<Parts, SplitError> {
        match self {
            Way::Line(line) => along_line(shape, line),
            Way::Equal(count) => into_equal(shape, *count, direction_deg),
            Way::Areas(areas) => into_areas(shape, areas, direction_deg),
        }
    }

    fn place(&self) -> &'static str {
        match self {
            Way::Line(_) => "/split/line",
            Way::Equal(_) => "/split/equal",
            Way::Areas(_) => "/split/areas_m2",
        }
    }
}
