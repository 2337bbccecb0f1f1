//! From a file's geometry to the layer's kind, with the first fault and its place, and the mended shape if that is wished.

use super::options::OnInvalid;
use super::reasons::{self, Reason};
use super::report::RingPlace;
use super::rings;
use crate::domain::GeometryKind;
use crate::formats::{RawGeometry, RawShape, geos};
use geo::line_measures::Euclidean;
use geo::{Distance, Orient, orient::Direction};
use geo_types::{Coord, Geometry, Line, LineString, MultiLineString, MultiPolygon, Point, Polygon};

/// A fault with its place in the file's coordinates.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub reason: Reason,
    pub place: Option<Coord<f64>>,
    pub ring: Option<RingPlace>,
    /// What the checker said, if it said more.
    pub detail: String,
}

impl Finding {
    fn plain(reason: Reason) -> Self {
        Finding { reason, place: None, ring: None, detail: String::new() }
    }

    fn at(reason: Reason, place: Coord<f64>, ring: RingPlace) -> Self {
        Finding { reason, place: Some(place), ring: Some(ring), detail: String::new() }
    }
}

/// What became of a geometry.
pub(crate) enum Fit {
    /// Taken as it is.
    Good(Geometry<f64>),
    /// Mended; `before` is the shape as it stood, to measure.
    Mended { geometry: Geometry<f64>, before: Geometry<f64>, finding: Finding },
    /// Not taken; `before` is there when it can be measured.
    Bad { before: Option<Geometry<f64>>, finding: Finding },
}

/// Small things that are set right without listing each row.
#[derive(Default)]
pub(crate) struct Tidied {
    pub repeated_points: bool,
    pub reordered_rings: bool,
    /// A hole stood where the outer ring should.
    pub nested_rings: bool,
    /// Lines that close were taken for areas, as drawings have them.
    pub closed_lines: bool,
}

/// Fits `raw` to the layer's kind.
pub(crate) fn fit(raw: &RawGeometry, kind: GeometryKind, on_invalid: OnInvalid, tidied: &mut Tidied) -> Fit {
    if let Some(finding) = not_a_shape(&raw.shape) {
        return bad(finding);
    }
    match kind {
        GeometryKind::Polygon => polygons(&raw.shape, on_invalid, tidied),
        GeometryKind::Line => lines(&raw.shape),
        GeometryKind::Point => point(&raw.shape),
        GeometryKind::None => bad(Finding::plain(reasons::WRONG_KIND)),
    }
}

fn bad(finding: Finding) -> Fit {
    Fit::Bad { before: None, finding }
}

fn not_a_shape(shape: &RawShape) -> Option<Finding> {
    match shape {
        RawShape::Empty => Some(Finding::plain(reasons::EMPTY_GEOMETRY)),
        RawShape::Other(name) => Some(Finding { detail: name.clone(), ..Finding::plain(reasons::WRONG_KIND) }),
        RawShape::Unreadable(text) => Some(Finding { detail: text.clone(), ..Finding::plain(reasons::UNREADABLE) }),
        _ => non_finite(shape),
    }
}

/// The first coordinate that is no number, placed at the last one before it that is.
fn non_finite(shape: &RawShape) -> Option<Finding> {
    let scan = |part: usize, ring: usize, points: &[Coord<f64>]| {
        let vertex = points.iter().position(|c| !c.x.is_finite() || !c.y.is_finite())?;
        let place = points.iter().take(vertex).rev().chain(points).find(|c| c.x.is_finite() && c.y.is_finite()).copied();
        Some(Finding { place, ring: Some(RingPlace { part, ring, vertex }), ..Finding::plain(reasons::NON_FINITE) })
    };
    match shape {
        RawShape::Points(points) => scan(0, 0, points),
        RawShape::Lines(lines) => lines.iter().enumerate().find_map(|(part, line)| scan(part, 0, line)),
        RawShape::Polygons(polygons) => {
            polygons.iter().enumerate().find_map(|(part, rings)| rings.iter().enumerate().find_map(|(ring, points)| scan(part, ring, points)))
        }
        RawShape::Mixed(parts) => parts.iter().find_map(non_finite),
        _ => None,
    }
}

fn polygons(shape: &RawShape, on_invalid: OnInvalid, tidied: &mut Tidied) -> Fit {
    let mut first: Option<Finding> = None;
    let mut parts: Vec<rings::Rings> = Vec::new();
    collect_polygons(shape, &mut parts, &mut first, &mut tidied.closed_lines);
    if parts.is_empty() {
        return bad(first.unwrap_or_else(|| Finding::plain(reasons::WRONG_KIND)));
    }
    let parts: Vec<_> = parts.into_iter().flat_map(|rings| rings::by_containment(rings, &mut tidied.nested_rings)).collect();
    let before = as_polygons(&parts);
    let mut kept = Vec::new();
    for (part, rings) in parts.into_iter().enumerate() {
        let mut good = Vec::new();
        for (ring, mut points) in rings.into_iter().enumerate() {
            let found = close_and_count(&mut points, part, ring, tidied);
            let dropped = found.as_ref().is_some_and(|finding| finding.reason == reasons::TOO_FEW_POINTS);
            first = first.or(found);
            if !dropped {
                good.push(points);
            } else if ring == 0 {
                break;
            }
        }
        if !good.is_empty() {
            kept.push(good);
        }
    }
    let mut shape = as_polygons(&kept);
    if let Some(invalid) = (!shape.0.is_empty()).then(|| geos::check(&shape)).flatten() {
        let ring = invalid.place.and_then(|place| nearest_ring(&shape, place));
        let finding = Finding { reason: reasons::invalid(invalid.kind), place: invalid.place, ring, detail: invalid.text };
        first = first.or(Some(finding));
        shape = if on_invalid == OnInvalid::Repair { geos::make_valid(&shape).unwrap_or(MultiPolygon(Vec::new())) } else { shape };
    }
    match first {
        None => {
            let turned = shape.orient(Direction::Default);
            tidied.reordered_rings |= turned != shape;
            Fit::Good(turned.into())
        }
        Some(finding) if on_invalid == OnInvalid::Reject => Fit::Bad { before: Some(before.into()), finding },
        Some(finding) if shape.0.is_empty() => {
            let detail = finding.reason.0.to_owned();
            Fit::Bad { before: Some(before.into()), finding: Finding { reason: reasons::NOTHING_LEFT, detail, ..finding } }
        }
        Some(finding) => Fit::Mended { geometry: shape.orient(Direction::Default).into(), before: before.into(), finding },
    }
}

/// Polygon parts, and lines that close (as drawings have them); anything else beside polygons is a finding.
fn collect_polygons(shape: &RawShape, parts: &mut Vec<rings::Rings>, first: &mut Option<Finding>, closed_lines: &mut bool) {
    match shape {
        RawShape::Polygons(polygons) => parts.extend(polygons.iter().filter(|rings| !rings.is_empty()).cloned()),
        RawShape::Lines(lines) => {
            for line in lines {
                if line.len() > 3 && line.first() == line.last() {
                    parts.push(vec![line.clone()]);
                    *closed_lines = true;
                } else if first.is_none() {
                    let place = line.last().copied();
                    *first = Some(Finding { place, ..Finding::plain(reasons::OPEN_LINE) });
                }
            }
        }
        RawShape::Mixed(members) => {
            members.iter().for_each(|member| collect_polygons(member, parts, first, closed_lines));
            if !parts.is_empty() && first.as_ref().is_some_and(|finding| finding.reason != reasons::MIXED_PARTS) {
                *first = first.take().map(|finding| Finding { reason: reasons::MIXED_PARTS, ..finding });
            }
        }
        _ => *first = first.take().or_else(|| Some(Finding::plain(reasons::WRONG_KIND))),
    }
}

/// Closes an open ring, drops repeated positions and counts what is left.
fn close_and_count(points: &mut Vec<Coord<f64>>, part: usize, ring: usize, tidied: &mut Tidied) -> Option<Finding> {
    let mut found = None;
    let last = points.len().saturating_sub(1);
    if points.first() != points.last() {
        found = Some(Finding::at(reasons::UNCLOSED_RING, points[last], RingPlace { part, ring, vertex: last }));
        points.push(points[0]);
    }
    let count = points.len();
    points.dedup();
    tidied.repeated_points |= points.len() != count;
    // A closed ring of three distinct points has four positions.
    if points.len() < 4 {
        let place = points.first().copied().unwrap_or_default();
        return Some(Finding::at(reasons::TOO_FEW_POINTS, place, RingPlace { part, ring, vertex: 0 }));
    }
    found
}

fn as_polygons(parts: &[Vec<Vec<Coord<f64>>>]) -> MultiPolygon<f64> {
    let polygon = |rings: &Vec<Vec<Coord<f64>>>| {
        let mut rings = rings.iter().map(|ring| LineString::new(ring.clone()));
        let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
        Polygon::new(outer, rings.collect())
    };
    MultiPolygon::new(parts.iter().map(polygon).collect())
}

fn nearest_ring(shape: &MultiPolygon<f64>, place: Coord<f64>) -> Option<RingPlace> {
    let mut best: Option<(f64, RingPlace)> = None;
    for (part, polygon) in shape.iter().enumerate() {
        for (ring, line) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
            for (vertex, segment) in line.lines().enumerate() {
                let distance = Euclidean.distance(&Point::from(place), &Line::new(segment.start, segment.end));
                if best.as_ref().is_none_or(|(least, _)| distance < *least) {
                    best = Some((distance, RingPlace { part, ring, vertex }));
                }
            }
        }
    }
    best.map(|(_, place)| place)
}

fn lines(shape: &RawShape) -> Fit {
    let mut parts = Vec::new();
    if !collect_lines(shape, &mut parts) {
        return bad(Finding::plain(reasons::WRONG_KIND));
    }
    let long: Vec<LineString<f64>> = parts
        .into_iter()
        .map(|mut points| {
            points.dedup();
            points
        })
        .filter(|points| points.len() >= 2)
        .map(LineString::new)
        .collect();
    if long.is_empty() {
        let mut place = None;
        shape.each_coord(&mut |coord| place = place.or(Some(coord)));
        return bad(Finding { place, ..Finding::plain(reasons::TOO_FEW_POINTS) });
    }
    Fit::Good(MultiLineString::new(long).into())
}

fn collect_lines(shape: &RawShape, parts: &mut Vec<Vec<Coord<f64>>>) -> bool {
    match shape {
        RawShape::Lines(lines) => {
            parts.extend(lines.iter().cloned());
            true
        }
        RawShape::Mixed(members) => members.iter().all(|member| collect_lines(member, parts)),
        _ => false,
    }
}

fn point(shape: &RawShape) -> Fit {
    match shape {
        RawShape::Points(points) if points.len() == 1 => Fit::Good(Point::from(points[0]).into()),
        RawShape::Mixed(members) if members.len() == 1 => point(&members[0]),
        _ => bad(Finding::plain(reasons::WRONG_KIND)),
    }
}
