//! One piece of land into several: along a line, into equal parts, or into parts of given areas.
//!
//! Parallel cuts are found by sweeping a half-plane over the land: its area grows steadily with the line's position, so that
//! bisection finds each cut to the last bit. The pieces are those of [`cut`](super::cut), so that neighbours share their vertices.
//!
//! # Units
//! Metres and m² in the city's plane; directions in degrees, counter-clockwise from grid east.

use super::cut::cut;
use super::outline::area;
use super::polygons::length;
use geo::{Centroid, Contains, Intersects, MinimumRotatedRect, Orient, orient::Direction};
use geo_types::{Coord, Line, MultiPolygon, Point, Polygon};

/// Land may become this many parts.
pub const MOST_PARTS: usize = 100;
/// What is less than this (m²) is a slip of the hand and no part; a list of areas may miss the land's own by as much.
pub const LEAST_PART_M2: f64 = 1.0;
/// A line that ends in the land within this distance (m) of its edge was meant to reach it: drawn coordinates are rounded.
const REACH_M: f64 = 0.5;
/// What the rounding of new vertices may add to or take from the land, m² a part.
const ROUNDING_M2: f64 = 1e-6;

/// Why land cannot be split as asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SplitError {
    #[error("{0} parts; 2 to {MOST_PARTS} are allowed")]
    Count(usize),
    #[error("the line has no two different points")]
    NoLine,
    #[error("the line crosses itself")]
    LineCrossesItself {
        /// A point of the line's part that does.
        at: Coord<f64>,
    },
    #[error("the line does not part the land")]
    NotParted,
    #[error("the areas come to {asked_m2} m², the land has {has_m2} m²")]
    Exceeds { asked_m2: f64, has_m2: f64 },
    #[error("part {part} would have {area_m2} m²")]
    TooSmall {
        /// Counted from 1.
        part: usize,
        area_m2: f64,
    },
    #[error("the parts miss the land by {off_m2} m²: its rings cross or overlap")]
    Broken { off_m2: f64 },
}

/// Parts of land. Parallel cuts number them from the right of their direction to its left, a line likewise by its ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    pub shapes: Vec<MultiPolygon<f64>>,
    /// Direction of parallel cuts, in [0, 360) as given or in [0, 180) as chosen.
    pub direction_deg: Option<f64>,
}

/// The pieces that a line leaves; its ends may lie outside. Each connected piece is a part.
pub fn along_line(shape: &MultiPolygon<f64>, line: &[Coord<f64>]) -> Result<Parts, SplitError> {
    let mut line = line.to_vec();
    line.dedup();
    let (Some(&first), Some(&last)) = (line.first(), line.last()) else { return Err(SplitError::NoLine) };
    if line.len() < 2 {
        return Err(SplitError::NoLine);
    }
    if first != last {
        reach(shape, &mut line);
        line.reverse();
        reach(shape, &mut line);
        line.reverse();
    }
    crosses_itself(&line)?;
    let mut pieces = cut(shape, std::slice::from_ref(&line));
    if pieces.len() <= cut(shape, &[]).len() {
        return Err(SplitError::NotParted);
    }
    let frame = Frame::new(shape, (last.y - first.y).atan2(last.x - first.x));
    let place = |piece: &Polygon<f64>| piece.centroid().map_or((0.0, 0.0), |centre| frame.across_and_along(centre.0));
    pieces.sort_by(|a, b| {
        let (a, b) = (place(a), place(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let shapes = pieces.into_iter().map(MultiPolygon::from).collect();
    checked(shape, Parts { shapes, direction_deg: None })
}

/// `count` parts of equal area by parallel cuts; without a direction, along the short side of the minimum-area rectangle.
pub fn into_equal(shape: &MultiPolygon<f64>, count: usize, direction_deg: Option<f64>) -> Result<Parts, SplitError> {
    if !(2..=MOST_PARTS).contains(&count) {
        return Err(SplitError::Count(count));
    }
    let each_m2 = area(shape) / count as f64;
    by_sweep(shape, &vec![each_m2; count - 1], direction_deg)
}

/// Parts of these areas (m², positive) in their order by parallel cuts; the rest is the last part, unless it is less than
/// [`LEAST_PART_M2`], which the last given area then takes.
pub fn into_areas(shape: &MultiPolygon<f64>, areas_m2: &[f64], direction_deg: Option<f64>) -> Result<Parts, SplitError> {
    let (asked_m2, has_m2) = (areas_m2.iter().sum::<f64>(), area(shape));
    if asked_m2 > has_m2 + LEAST_PART_M2 {
        return Err(SplitError::Exceeds { asked_m2, has_m2 });
    }
    let has_rest = has_m2 - asked_m2 >= LEAST_PART_M2;
    let count = areas_m2.len() + usize::from(has_rest);
    if !(2..=MOST_PARTS).contains(&count) {
        return Err(SplitError::Count(count));
    }
    by_sweep(shape, &areas_m2[..count - 1], direction_deg)
}

/// The direction along the short side of the minimum-area rectangle, in [0, 180).
pub fn short_side_deg(shape: &MultiPolygon<f64>) -> f64 {
    let Some(rectangle) = shape.minimum_rotated_rect() else { return 0.0 };
    let sides: Vec<Coord<f64>> = rectangle.exterior().0.windows(2).take(2).map(|pair| pair[1] - pair[0]).collect();
    let short = sides.into_iter().min_by(|a, b| a.x.hypot(a.y).total_cmp(&b.x.hypot(b.y))).unwrap_or_default();
    let degrees = short.y.atan2(short.x).to_degrees().rem_euclid(180.0);
    // An axis-parallel rectangle found with a rounding error gets its own direction.
    let whole = degrees.round();
    if (degrees - whole).abs() < 1e-9 { whole.rem_euclid(180.0) } else { degrees }
}

/// Cuts off one given area after the other; what is left is the last part.
fn by_sweep(shape: &MultiPolygon<f64>, areas_m2: &[f64], direction_deg: Option<f64>) -> Result<Parts, SplitError> {
    let direction_deg = direction_deg.map_or_else(|| short_side_deg(shape), |degrees| degrees.rem_euclid(360.0));
    let frame = Frame::new(shape, direction_deg.to_radians());
    let mut levels = Vec::with_capacity(areas_m2.len());
    let mut below_m2 = 0.0;
    for area_m2 in areas_m2 {
        below_m2 += area_m2;
        levels.push(frame.level_of(below_m2));
    }
    let lines: Vec<Vec<Coord<f64>>> = levels.iter().map(|level| frame.line_at(*level)).collect();
    let mut strips: Vec<Vec<Polygon<f64>>> = vec![Vec::new(); levels.len() + 1];
    for piece in cut(shape, &lines) {
        let across: Vec<f64> = piece.exterior().0.iter().map(|point| frame.across_and_along(*point).0).collect();
        let (low, high) = across.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), s| (low.min(*s), high.max(*s)));
        strips[levels.partition_point(|level| *level < (low + high) / 2.0)].push(piece);
    }
    checked(shape, Parts { shapes: strips.into_iter().map(MultiPolygon::new).collect(), direction_deg: Some(direction_deg) })
}

/// Parts that are land of some size and together the whole.
fn checked(shape: &MultiPolygon<f64>, parts: Parts) -> Result<Parts, SplitError> {
    let count = parts.shapes.len();
    if !(2..=MOST_PARTS).contains(&count) {
        return Err(SplitError::Count(count));
    }
    let areas: Vec<f64> = parts.shapes.iter().map(area).collect();
    let off_m2 = areas.iter().sum::<f64>() - area(shape);
    if off_m2.abs() > ROUNDING_M2 * count as f64 {
        return Err(SplitError::Broken { off_m2 });
    }
    match areas.iter().position(|area_m2| *area_m2 < LEAST_PART_M2) {
        Some(index) => Err(SplitError::TooSmall { part: index + 1, area_m2: areas[index] }),
        None => Ok(parts),
    }
}

/// Lengthens the end of a line that stops just before the land's edge; an end further in is loose and parts nothing.
fn reach(shape: &MultiPolygon<f64>, line: &mut Vec<Coord<f64>>) {
    let &[.., before, end] = line.as_slice() else { return };
    if shape.contains(&Point::from(end)) {
        line.push(end + (end - before) * (REACH_M / length(before, end)));
    }
}

fn crosses_itself(line: &[Coord<f64>]) -> Result<(), SplitError> {
    let segments: Vec<Line<f64>> = line.windows(2).map(|pair| Line::new(pair[0], pair[1])).collect();
    let closed = line.first() == line.last();
    for (i, one) in segments.iter().enumerate() {
        for (j, other) in segments.iter().enumerate().skip(i + 1) {
            let follows = j == i + 1 || (closed && i == 0 && j + 1 == segments.len());
            let crosses = if follows { turns_back(one, other, j == i + 1) } else { one.intersects(other) };
            if crosses {
                return Err(SplitError::LineCrossesItself { at: other.start });
            }
        }
    }
    Ok(())
}

/// Whether two segments that follow each other lie on one another.
fn turns_back(one: &Line<f64>, other: &Line<f64>, in_order: bool) -> bool {
    let (one, other) = if in_order { (one.delta(), other.delta()) } else { (other.delta(), one.delta()) };
    one.x * other.y - one.y * other.x == 0.0 && one.x * other.x + one.y * other.y < 0.0
}

/// The land seen along a direction: `along` runs with it, `across` to its left, both from a point of the land.
struct Frame {
    origin: Coord<f64>,
    direction: Coord<f64>,
    /// Sides as (across, along) pairs, the land to their left.
    sides: Vec<[(f64, f64); 2]>,
}

impl Frame {
    fn new(shape: &MultiPolygon<f64>, radians: f64) -> Self {
        let origin = shape.iter().next().and_then(|polygon| polygon.exterior().0.first()).copied().unwrap_or_default();
        let mut frame = Frame { origin, direction: Coord { x: exact(radians.cos()), y: exact(radians.sin()) }, sides: Vec::new() };
        let oriented = shape.orient(Direction::Default);
        let rings = oriented.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        frame.sides = rings.flat_map(|ring| ring.0.windows(2)).map(|pair| [pair[0], pair[1]].map(|point| frame.across_and_along(point))).collect();
        frame
    }

    fn across_and_along(&self, point: Coord<f64>) -> (f64, f64) {
        let (x, y) = (point.x - self.origin.x, point.y - self.origin.y);
        (y * self.direction.x - x * self.direction.y, x * self.direction.x + y * self.direction.y)
    }

    /// Area of the land to the right of the line at a level, m²: ∮ (level − across)⁺ d along.
    fn below_m2(&self, level: f64) -> f64 {
        let part = |[(s, t), (v, w)]: &[(f64, f64); 2]| {
            let (depth, other) = (level - s, level - v);
            match (depth > 0.0, other > 0.0) {
                (true, true) => (w - t) * (depth + other) / 2.0,
                (true, false) => (w - t) * depth * depth / (depth - other) / 2.0,
                (false, true) => (w - t) * other * other / (other - depth) / 2.0,
                (false, false) => 0.0,
            }
        };
        self.sides.iter().map(part).sum()
    }

    /// The level below which `area_m2` of the land lies; bisection until two levels are neighbouring numbers.
    fn level_of(&self, area_m2: f64) -> f64 {
        let (mut low, mut high) = self.extent(|point| point.0);
        loop {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                return high;
            }
            if self.below_m2(middle) < area_m2 { low = middle } else { high = middle }
        }
    }

    fn extent(&self, of: impl Fn(&(f64, f64)) -> f64) -> (f64, f64) {
        self.sides.iter().map(|side| of(&side[0])).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), s| (low.min(s), high.max(s)))
    }

    /// The line at a level, from before the land to behind it.
    fn line_at(&self, level: f64) -> Vec<Coord<f64>> {
        let (first, last) = self.extent(|point| point.1);
        let left = Coord { x: -self.direction.y, y: self.direction.x };
        [first - 1.0, last + 1.0].map(|along| self.origin + self.direction * along + left * level).to_vec()
    }
}

/// The cosine of a right angle is zero, though not in floating point.
fn exact(cosine: f64) -> f64 {
    if cosine.abs() < 1e-15 { 0.0 } else { cosine }
}
