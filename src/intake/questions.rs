//! What is asked before a layer is taken: it lies where the city's plane does not hold, or its shapes are no parcels.

use super::plan::GeometryPlan;
use super::report::Notice;
use super::rows::Intake;
use crate::domain::GeometryKind;
use crate::formats::Crs;
use geo_types::Coord;

/// Degrees beyond the area for which the working CRS is made; a little more than a zone's overlap with the next.
const GRACE_DEGREES: f64 = 3.0;
/// A working CRS for a wider area than this says nothing of where its city is.
const WIDEST_DEGREES: f64 = 40.0;
/// Median areas, m², beyond which the rows of a city's first layer are hardly what they are said to be: a square kilometre of land, ten hectares
/// of building.
const LARGE_M2: [(&str, f64); 2] = [("parcel", 1e6), ("building", 1e5)];

pub(super) fn notices(intake: &Intake<'_>, plan: &GeometryPlan) -> Vec<Notice> {
    // With districts, what lies far from them was refused before.
    if intake.city.districts.is_some() {
        return Vec::new();
    }
    far(intake, plan).into_iter().chain(large(intake)).collect()
}

/// Most rows lie outside the area that the working CRS is made for: areas measured there are wrong.
fn far(intake: &Intake<'_>, plan: &GeometryPlan) -> Option<Notice> {
    let [west, south, east, north] = Crs::parse(&intake.city.crs).ok()?.area_of_use()?;
    if west > east || east - west > WIDEST_DEGREES {
        return None;
    }
    let places: Vec<Coord<f64>> = intake.boxes.iter().flatten().map(|bounds| bounds.center()).collect();
    let step = places.len().div_ceil(200).max(1);
    let degrees: Vec<Option<Coord<f64>>> = places.iter().step_by(step).map(|place| plan.to_degrees.point(*place)).collect();
    let inside = |at: &Coord<f64>| {
        (west - GRACE_DEGREES..=east + GRACE_DEGREES).contains(&at.x) && (south - GRACE_DEGREES..=north + GRACE_DEGREES).contains(&at.y)
    };
    let outside = degrees.iter().filter(|at| !at.is_some_and(|at| inside(&at))).count();
    if outside * 2 <= degrees.len() {
        return None;
    }
    let at = degrees.iter().flatten().next().copied().unwrap_or_default();
    let (crs, source) = (&intake.city.crs, plan.source());
    let place = format!("{:.3}°E {:.3}°N", at.x, at.y);
    let told = Notice::new(
        "far_from_working_crs",
        format!("按 {source} 解释，图层在 {place}，远在本市坐标系 {crs} 的适用范围之外，面积会严重失真：是否坐标系有误或两轴颠倒？"),
        format!(
            "read as {source}, the layer lies at {place}, far outside the area of the city's CRS {crs}, where areas are badly wrong: is the CRS wrong, or are the axes swapped?"
        ),
    );
    Some(told.asking())
}

/// The first rows of a city that are far larger than what they are said to be.
fn large(intake: &Intake<'_>) -> Option<Notice> {
    if intake.layer.geometry != GeometryKind::Polygon || !intake.city.existing_keys.is_empty() {
        return None;
    }
    let (_, most) = LARGE_M2.iter().find(|(layer, _)| *layer == intake.layer.name)?;
    let mut areas: Vec<f64> = intake.rows.iter().filter_map(|row| row.get(intake.layer, "planar_area_m2").as_f64()).collect();
    areas.sort_by(f64::total_cmp);
    let median = areas.get(areas.len() / 2).copied().filter(|median| median > most)?;
    let (zh, en) = (&intake.layer.zh, &intake.layer.name);
    let told = Notice::new(
        "shapes_large",
        format!("图形面积的中位数为 {median:.0} 平方米，远大于通常的{zh}：是否坐标系有误、两轴颠倒或单位不是米？"),
        format!(
            "the median area is {median:.0} m², far more than is usual for the layer {en}: is the CRS wrong, are the axes swapped, is the unit no metre?"
        ),
    );
    Some(told.asking())
}
