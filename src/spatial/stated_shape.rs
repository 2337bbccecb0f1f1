//! A geometry as somebody stated it, in a reference system, and how shapes of the city's plane lie to it.
//!
//! Shapes are carried over into that system, not the geometry into the plane: it may be as wide as the world, and its edges stay straight.

use super::arena::Arena;
use super::bounds::{meets, union};
use super::crs::WorkingCrs;
use super::frame::Frame;
use super::segments::{around, has, is_passed, meet};
use geo::{BoundingRect, CoordsIter};
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon, Rect};
use rstar::{AABB, RTree, RTreeObject};

/// A geometry of a reference system, x east and y north, its edges indexed.
pub struct StatedShape {
    geometry: Geometry<f64>,
    frame: Frame,
    bounds: Option<Rect<f64>>,
    edges: RTree<Edge>,
    /// One position of each ring, line and point.
    pieces: Vec<Coord<f64>>,
    /// By which a row's longitude is moved to meet it: it may be written beyond ±180°.
    shifts: &'static [f64],
}

struct Edge {
    ends: [Coord<f64>; 2],
    /// The polygon that it bounds.
    polygon: Option<u32>,
}

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        envelope(around(self.ends))
    }
}

fn envelope(bounds: Rect<f64>) -> AABB<[f64; 2]> {
    AABB::from_corners([bounds.min().x, bounds.min().y], [bounds.max().x, bounds.max().y])
}

/// Takes a geometry apart.
#[derive(Default)]
struct Taker {
    edges: Vec<Edge>,
    pieces: Vec<Coord<f64>>,
    polygons: u32,
}

impl Taker {
    fn run(&mut self, run: &[Coord<f64>], polygon: Option<u32>) {
        self.pieces.extend(run.first());
        match run {
            [only] => self.edges.push(Edge { ends: [*only, *only], polygon }),
            run => self.edges.extend(run.windows(2).map(|pair| Edge { ends: [pair[0], pair[1]], polygon })),
        }
    }

    fn polygon(&mut self, polygon: &Polygon<f64>) {
        let number = Some(self.polygons);
        self.polygons += 1;
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).for_each(|ring| self.run(&ring.0, number));
    }

    fn take(&mut self, geometry: &Geometry<f64>) {
        match geometry {
            Geometry::Point(point) => self.run(&[point.0], None),
            Geometry::MultiPoint(points) => points.iter().for_each(|point| self.run(&[point.0], None)),
            Geometry::Line(line) => self.run(&[line.start, line.end], None),
            Geometry::LineString(line) => self.run(&line.0, None),
            Geometry::MultiLineString(lines) => lines.iter().for_each(|line| self.run(&line.0, None)),
            Geometry::Polygon(polygon) => self.polygon(polygon),
            Geometry::MultiPolygon(polygons) => polygons.iter().for_each(|polygon| self.polygon(polygon)),
            Geometry::GeometryCollection(parts) => parts.iter().for_each(|part| self.take(part)),
            Geometry::Rect(rect) => self.polygon(&rect.to_polygon()),
            Geometry::Triangle(triangle) => self.polygon(&triangle.to_polygon()),
        }
    }
}

impl StatedShape {
    pub fn new(geometry: Geometry<f64>, frame: Frame) -> StatedShape {
        let bounds = geometry.bounding_rect();
        let mut taker = Taker::default();
        taker.take(&geometry);
        let is_beyond = frame.is_degrees() && bounds.is_some_and(|bounds| bounds.min().x < -180.0 || bounds.max().x > 180.0);
        let shifts: &[f64] = if is_beyond { &[0.0, 360.0, -360.0] } else { &[0.0] };
        StatedShape { edges: RTree::bulk_load(taker.edges), pieces: taker.pieces, geometry, frame, bounds, shifts }
    }

    /// Whether each position is a place of its system: of degrees, up to the poles and once around.
    pub fn is_on_earth(&self) -> bool {
        self.geometry.coords_iter().all(|point| {
            let within = !self.frame.is_degrees() || (point.x.abs() <= 540.0 && point.y.abs() <= 90.0);
            point.x.is_finite() && point.y.is_finite() && within
        })
    }

    /// The geometry over shapes whose boxes `extent` holds.
    pub fn laid(self, crs: &WorkingCrs, extent: Option<Rect<f64>>) -> LaidShape<'_> {
        let mut laid = LaidShape { crs, outer: extent, all: None, stated: self };
        let stated = &laid.stated;
        let Some(span) = extent.and_then(|extent| stated.frame.span(crs, extent)) else { return laid };
        // What may be met after a turn around the earth is asked row by row.
        let ([_], Some(bounds)) = (stated.shifts, stated.bounds) else { return laid };
        let (all, mut outer) = (stated.settled(span), None);
        if meets(bounds, span) {
            let low = Coord { x: bounds.min().x.max(span.min().x), y: bounds.min().y.max(span.min().y) };
            let high = Coord { x: bounds.max().x.min(span.max().x), y: bounds.max().y.min(span.max().y) };
            outer = stated.frame.plane_sides(crs, Rect::new(low, high)).and_then(|sides| sides.into_iter().reduce(union)).or(extent);
        }
        (laid.all, laid.outer) = (all, outer);
        laid
    }

    /// How all that lies in a box lies to the geometry, where no edge comes near.
    fn settled(&self, bounds: Rect<f64>) -> Option<Lie> {
        if self.edges.locate_in_envelope_intersecting(&envelope(bounds)).next().is_some() {
            return None;
        }
        Some(if self.has_inside(bounds.min()) { Lie::Inside } else { Lie::Apart })
    }

    /// Whether a point that lies on no edge lies within a polygon.
    fn has_inside(&self, point: Coord<f64>) -> bool {
        let Some(bounds) = self.bounds.filter(|bounds| has(*bounds, point)) else { return false };
        let ray = Rect::new(point, Coord { x: bounds.max().x, y: point.y });
        let mut passed: Vec<u32> = Vec::new();
        for edge in self.edges.locate_in_envelope_intersecting(&envelope(ray)) {
            let Some(polygon) = edge.polygon.filter(|_| is_passed(edge.ends, point)) else { continue };
            match passed.iter().position(|other| *other == polygon) {
                Some(at) => drop(passed.swap_remove(at)),
                None => passed.push(polygon),
            }
        }
        !passed.is_empty()
    }
}

/// How a row lies to a geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    Apart,
    /// Inside a polygon, and no edge near.
    Inside,
    /// An edge is near.
    Near,
}

/// A stated geometry over the shapes of one table.
pub struct LaidShape<'a> {
    stated: StatedShape,
    crs: &'a WorkingCrs,
    /// Box of the plane outside which everything lies apart; none where all does.
    outer: Option<Rect<f64>>,
    /// How every row lies to it, where that is one answer.
    all: Option<Lie>,
}

/// A row's shape as it lies in the system of a stated geometry.
pub struct Carried {
    rings: Vec<(Vec<Coord<f64>>, bool)>,
    bounds: Rect<f64>,
}

impl LaidShape<'_> {
    /// The box of the plane outside which everything lies apart.
    pub fn reach(&self) -> Option<Rect<f64>> {
        self.outer
    }

    /// How a row lies to the geometry without carrying it over, where that shows already.
    pub fn glance(&self, own: Rect<f64>) -> Option<Lie> {
        self.all.or_else(|| self.outer.is_none_or(|outer| !meets(own, outer)).then_some(Lie::Apart))
    }

    /// A row carried over; none for one without a shape, or whose shape has no image.
    pub fn carry(&self, shapes: &Arena, row: usize) -> Option<Carried> {
        let mut rings = Vec::new();
        for ring in shapes.rings(row) {
            let mut run = Vec::with_capacity(ring.coords.len());
            self.stated.frame.carry(self.crs, ring.coords, &mut run);
            if run.iter().any(|point| !(point.x.is_finite() && point.y.is_finite())) {
                return None;
            }
            rings.push((run, ring.exterior));
        }
        let bounds = bounds_of(&rings)?;
        let Some(shift) =
            self.stated.shifts.iter().find(|shift| **shift != 0.0 && self.stated.bounds.is_some_and(|own| meets(own, moved(bounds, **shift))))
        else {
            return Some(Carried { rings, bounds });
        };
        rings.iter_mut().flat_map(|(run, _)| run).for_each(|point| point.x += shift);
        Some(Carried { rings, bounds: moved(bounds, *shift) })
    }

    pub fn lie(&self, row: &Carried) -> Lie {
        self.stated.settled(row.bounds).unwrap_or(Lie::Near)
    }

    /// Whether a row has a point in common with the geometry.
    pub fn meets(&self, row: &Carried, is_area: bool) -> bool {
        let near = |edge: [Coord<f64>; 2]| self.stated.edges.locate_in_envelope_intersecting(&envelope(around(edge)));
        if row.edges().any(|own| near(own).any(|edge| meet(own, edge.ends))) {
            return true;
        }
        // No edge meets an edge: each part of the one lies wholly inside the other or outside.
        let in_row = |point: Coord<f64>| has(row.bounds, point) && row.edges().filter(|edge| is_passed(*edge, point)).count() % 2 == 1;
        row.rings.iter().filter_map(|(run, _)| run.first()).any(|point| self.stated.has_inside(*point))
            || (is_area && self.stated.pieces.iter().any(|point| in_row(*point)))
    }

    pub fn geometry(&self) -> &Geometry<f64> {
        &self.stated.geometry
    }
}

fn bounds_of(rings: &[(Vec<Coord<f64>>, bool)]) -> Option<Rect<f64>> {
    let mut points = rings.iter().flat_map(|(run, _)| run).copied();
    let first = points.next()?;
    let (min, max) = points.fold((first, first), |(min, max), point| {
        (Coord { x: min.x.min(point.x), y: min.y.min(point.y) }, Coord { x: max.x.max(point.x), y: max.y.max(point.y) })
    });
    Some(Rect::new(min, max))
}

fn moved(bounds: Rect<f64>, by: f64) -> Rect<f64> {
    let by = Coord { x: by, y: 0.0 };
    Rect::new(bounds.min() + by, bounds.max() + by)
}

impl Carried {
    fn edges(&self) -> impl Iterator<Item = [Coord<f64>; 2]> {
        self.rings.iter().flat_map(|(run, _)| {
            let point = (run.len() == 1).then(|| [run[0], run[0]]);
            point.into_iter().chain(run.windows(2).map(|pair| [pair[0], pair[1]]))
        })
    }

    pub fn area(self) -> Geometry<f64> {
        let mut parts: Vec<Polygon<f64>> = Vec::new();
        for (run, exterior) in self.rings {
            match parts.last_mut() {
                Some(part) if !exterior => part.interiors_push(LineString(run)),
                _ => parts.push(Polygon::new(LineString(run), Vec::new())),
            }
        }
        MultiPolygon(parts).into()
    }

    pub fn lines(self) -> Geometry<f64> {
        MultiLineString(self.rings.into_iter().map(|(run, _)| LineString(run)).collect()).into()
    }

    pub fn point(self) -> Geometry<f64> {
        Point(self.bounds.min()).into()
    }
}
