//! Where a file would lie by the CRS that it declares, and by others that fit its numbers: outlines to be drawn over the districts.

use super::crs_check;
use super::drawn::{Bounds, Canvas, MOST_SHAPES, Outline, OutlineKind, thinned};
use super::options::{CityContext, ImportOptions};
use super::plan::geometry_plan;
use super::report::Notice;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer};
use crate::formats::{Crs, RawShape, SourceRow, Table, Transformer};
use geo_types::{Coord, Rect};
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of the CRS of a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CrsProof {
    /// What the file, or its format, declares.
    #[schema(required)]
    pub declared: Option<String>,
    /// The declaration is the format's rule (GeoJSON, KML), not the file's word.
    pub by_format: bool,
    /// The CRS by which the file would be taken; none where it must be stated first.
    #[schema(required)]
    pub used: Option<String>,
    pub findings: Vec<CrsFinding>,
    /// The file as each CRS places it: the one that is used first, then others by which it falls in the city.
    pub drawn: Vec<DrawnCrs>,
}

/// What speaks for or against a CRS.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CrsFinding {
    /// Stable word: `crs_missing`, `crs_contradicted`, `outside_city`, `far_from_city`, `crs_ballpark`, `unit_scaled`, `crs_fits`, …
    pub code: &'static str,
    pub weight: Weight,
    pub zh: String,
    pub en: String,
    #[schema(required)]
    pub help_zh: Option<String>,
    #[schema(required)]
    pub help_en: Option<String>,
}

/// What a finding comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingWeight)]
pub enum Weight {
    Fine,
    Told,
    Doubt,
    /// The file is not taken like this.
    Refused,
}

/// The file as one CRS places it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawnCrs {
    /// `EPSG:n`.
    pub crs: String,
    /// The axes were read the other way round.
    pub swapped: bool,
    pub used: bool,
    /// It lies in or near the city's districts.
    pub in_city: bool,
    /// West, south, east, north in degrees.
    #[schema(required)]
    pub bbox: Option<[f64; 4]>,
    /// Some of its shapes, simplified, in degrees.
    pub outlines: Vec<Outline>,
}

/// Candidates that are drawn beside the CRS that is used.
const MOST_CANDIDATES: usize = 3;
/// Shapes of a candidate: enough to see where it lies.
const CANDIDATE_SHAPES: usize = 200;

pub(super) fn proof(table: &mut Table, layer: &Layer, options: &ImportOptions, city: &CityContext) -> CrsProof {
    let sample = crs_check::sample(&table.rows);
    let declared = table.crs.as_ref().map(|crs| crs.label().to_owned());
    let by_format = table.crs.is_some() && table.crs_by_format;
    // What is asked for, or else declared, is drawn also where it is refused: the map shows why.
    let meant = options.crs.as_deref().map_or_else(|| table.crs.clone(), |asked| Crs::parse(asked).ok());
    let mut findings = Vec::new();
    let mut used = None;
    match geometry_plan(table, layer, options, city) {
        Ok(Some(plan)) => {
            findings
                .extend(plan.notices().iter().map(|notice| told(notice, if notice.code == "crs_ballpark" { Weight::Doubt } else { Weight::Told })));
            used = Some(plan.from.label().to_owned());
            findings.push(place(table, &plan.from, &sample, city));
        }
        Ok(None) => {}
        Err(fault) => findings.push(refused(&fault)),
    }
    let mut drawn: Vec<DrawnCrs> = meant.iter().filter_map(|crs| draw(&table.rows, crs, false, true, city, MOST_SHAPES)).collect();
    let fits = drawn.first().is_some_and(|drawn| drawn.in_city) && used.is_some();
    if !fits {
        let own = meant.as_ref().map(|crs| crs.label().to_owned());
        let others =
            candidates(crs_check::middle(&sample), city).into_iter().filter(|(crs, swapped)| *swapped || own.as_deref() != Some(crs.label()));
        drawn.extend(others.filter_map(|(crs, swapped)| draw(&table.rows, &crs, swapped, false, city, CANDIDATE_SHAPES)).take(MOST_CANDIDATES));
    }
    CrsProof { declared, by_format, used, findings, drawn }
}

fn told(notice: &Notice, weight: Weight) -> CrsFinding {
    CrsFinding { code: notice.code, weight, zh: notice.zh.clone(), en: notice.en.clone(), help_zh: None, help_en: None }
}

fn refused(fault: &Fault) -> CrsFinding {
    CrsFinding {
        code: fault.code,
        weight: Weight::Refused,
        zh: fault.zh.clone(),
        en: fault.en.clone(),
        help_zh: fault.help_zh.clone(),
        help_en: fault.help_en.clone(),
    }
}

/// Whether the layer lies in the city by the CRS that is used.
fn place(table: &Table, crs: &Crs, sample: &[Coord<f64>], city: &CityContext) -> CrsFinding {
    let far = boxes(&table.rows, crs, city).and_then(|boxes| crs_check::outside(&boxes, crs, sample, city));
    match far {
        Err(fault) => refused(&fault),
        Ok(far) if far.is_empty() => {
            let label = crs.label();
            let known = city.districts.is_some();
            let (zh, en) = if known {
                (format!("按 {label} 解释，图形落在本市范围内"), format!("read as {label}, the shapes fall in the city"))
            } else {
                (
                    format!("按 {label} 解释；城市还没有行政区，无从核对位置"),
                    format!("read as {label}; the city has no districts yet to hold it against"),
                )
            };
            CrsFinding { code: "crs_fits", weight: if known { Weight::Fine } else { Weight::Told }, zh, en, help_zh: None, help_en: None }
        }
        Ok(far) => told(
            &Notice::new(
                "far_from_city",
                format!("{} 行在城市 50 公里之外", far.len()),
                format!("{} rows lie more than 50 km from the city", far.len()),
            ),
            Weight::Doubt,
        ),
    }
}

/// Boxes of the rows' first positions in the working CRS: enough to see what lies far away.
fn boxes(rows: &[SourceRow], crs: &Crs, city: &CityContext) -> Outcome<Vec<Option<Rect<f64>>>> {
    let way = Transformer::new(crs, &Crs::parse(&city.crs)?)?;
    let first = |row: &SourceRow| crs_check::sample(std::slice::from_ref(row)).first().copied();
    Ok(rows.iter().map(|row| first(row).and_then(|at| way.point(at)).map(|at| Rect::new(at, at))).collect())
}

/// CRSs by which a position falls in the city, straight or with its axes swapped.
fn candidates(middle: Coord<f64>, city: &CityContext) -> Vec<(Crs, bool)> {
    let Some(near) = crs_check::neighbourhood(city) else { return Vec::new() };
    let Ok(working) = Crs::parse(&city.crs) else { return Vec::new() };
    let mut found: Vec<(Crs, bool)> = Vec::new();
    for swapped in [false, true] {
        let at = if swapped { crs_check::swapped(middle) } else { middle };
        let zone = crs_check::zone(at).map(|code| format!("EPSG:{code}"));
        for label in [Some(city.crs.clone()), Some("EPSG:4490".to_owned()), Some("EPSG:4547".to_owned()), Some("EPSG:3857".to_owned()), zone]
            .into_iter()
            .flatten()
        {
            let Ok(crs) = Crs::parse(&label) else { continue };
            let sensible = if crs.is_geographic() { at.x.abs() <= 180.0 && at.y.abs() <= 90.0 } else { at.x.abs() > 180.0 };
            let there = Transformer::new(&crs, &working).ok().filter(|_| sensible).and_then(|way| way.point(at));
            let inside = there.is_some_and(|at| (near.min().x..=near.max().x).contains(&at.x) && (near.min().y..=near.max().y).contains(&at.y));
            if inside && !found.iter().any(|(known, swap)| known.label() == label && *swap == swapped) {
                found.push((crs, swapped));
            }
        }
    }
    found
}

/// `None` where nothing of the file has a place by this CRS.
fn draw(rows: &[SourceRow], crs: &Crs, swapped: bool, used: bool, city: &CityContext, most: usize) -> Option<DrawnCrs> {
    let way = Transformer::new(crs, &Crs::parse("EPSG:4326").ok()?).ok()?;
    let shaped: Vec<&SourceRow> = rows.iter().filter(|row| row.geometry.is_some()).collect();
    let turned = |at: &Coord<f64>| if swapped { crs_check::swapped(*at) } else { *at };
    let mut bounds = Bounds::default();
    let mut shapes = Vec::new();
    for row in thinned(&shaped, most) {
        let Some(geometry) = &row.geometry else { continue };
        let (kind, mut parts) = parts_of(&geometry.shape);
        let moved = parts.iter_mut().flatten().all(|ring| {
            ring.iter_mut().for_each(|at| *at = turned(at));
            way.apply(ring)
        });
        // A sphere ends at its poles: what lies beyond is no place.
        let on_earth = |at: &Coord<f64>| at.x.abs() <= 180.0 && at.y.abs() <= 90.0;
        if moved && parts.iter().flatten().flatten().all(on_earth) {
            parts.iter().flatten().flatten().for_each(|at| bounds.take(*at));
            shapes.push((kind, parts));
        }
    }
    bounds.get()?;
    let mut canvas = Canvas::of(bounds);
    let outlines = shapes.iter().map_while(|(kind, parts)| canvas.draw(*kind, parts)).collect();
    let in_city = bounds.get().is_some_and(|bbox| overlaps_city(bbox, city));
    Some(DrawnCrs { crs: crs.label().to_owned(), swapped, used, in_city, bbox: bounds.get(), outlines })
}

fn overlaps_city([west, south, east, north]: [f64; 4], city: &CityContext) -> bool {
    let Some(near) = crs_check::neighbourhood(city) else { return false };
    let way = Crs::parse(&city.crs).and_then(|working| Transformer::new(&Crs::parse("EPSG:4326")?, &working));
    let middle = Coord { x: (west + east) / 2.0, y: (south + north) / 2.0 };
    let at = way.ok().and_then(|way| way.point(middle));
    at.is_some_and(|at| (near.min().x..=near.max().x).contains(&at.x) && (near.min().y..=near.max().y).contains(&at.y))
}

/// Rings of a shape as the file has them; of a mixed one the polygons, else the lines, else the points.
fn parts_of(shape: &RawShape) -> (OutlineKind, Vec<Vec<Vec<Coord<f64>>>>) {
    match shape {
        RawShape::Polygons(polygons) => (OutlineKind::Polygon, polygons.clone()),
        RawShape::Lines(lines) => (OutlineKind::Line, lines.iter().map(|line| vec![line.clone()]).collect()),
        RawShape::Points(points) => (OutlineKind::Point, points.iter().map(|at| vec![vec![*at]]).collect()),
        RawShape::Mixed(all) => all.iter().map(parts_of).find(|(_, parts)| !parts.is_empty()).unwrap_or((OutlineKind::Point, Vec::new())),
        RawShape::Empty | RawShape::Other(_) | RawShape::Unreadable(_) => (OutlineKind::Point, Vec::new()),
    }
}
