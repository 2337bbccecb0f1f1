//! A box as somebody stated it, in a reference system, and which shapes of the city's plane meet it.
//!
//! Exact: a shape's edges are straight in the city's plane, the box's sides in its own system. Most rows are settled by their own box against two
//! boxes of the plane, one that holds the stated box and one that lies in it; the others are carried over and tested there.

use super::arena::Arena;
use super::bounds::{holds, meets, union};
use super::crs::WorkingCrs;
use super::frame::Frame;
use super::segments::{has, is_passed, meets_box};
use crate::domain::Fault;
use geo_types::{Coord, Rect};

/// A box of a reference system: one rectangle, or several where it runs over ±180°.
#[derive(Clone, Debug)]
pub struct StatedBox {
    frame: Frame,
    parts: Vec<Rect<f64>>,
}

impl StatedBox {
    /// A box by its two corners, coordinates in the order of the system's axes. One of degrees whose west lies east of its east runs over ±180°.
    ///
    /// # Errors
    /// Numbers that are not finite, south above north, and west beyond east where the system is not one of degrees.
    pub fn read([a, b, c, d]: [f64; 4], frame: Frame) -> Result<StatedBox, Fault> {
        let (low, high) = (frame.turned(Coord { x: a, y: b }), frame.turned(Coord { x: c, y: d }));
        let bad = |zh: &str, en: &str| {
            Err(Fault::bad("bbox", format!("范围框有误：{zh}"), format!("bad bbox: {en}")).at("bbox").help(
                format!("依次写两个角的坐标，轴序按坐标系 {}；默认为 西,南,东,北（度）", frame.uri()),
                format!("give the lower and the upper corner, axes in the order of {}; west,south,east,north in degrees without one", frame.uri()),
            ))
        };
        if ![a, b, c, d].into_iter().all(f64::is_finite) {
            return bad("数字无效", "a number is not finite");
        }
        if low.y > high.y {
            return bad("南界大于北界", "south lies above north");
        }
        let part = |west: f64, east: f64| Rect::new(Coord { x: west, y: low.y }, Coord { x: east, y: high.y });
        let parts = match (low.x <= high.x, frame.is_degrees()) {
            (true, false) => vec![part(low.x, high.x)],
            (true, true) => around(part(low.x, high.x)),
            (false, true) => [part(low.x.min(180.0), 180.0), part(-180.0, high.x.max(-180.0))].into(),
            (false, false) => return bad("西界大于东界", "west lies beyond east"),
        };
        Ok(StatedBox { frame, parts })
    }

    /// The whole of a box of the city's plane.
    pub fn of_plane(bounds: Rect<f64>, crs: &WorkingCrs) -> StatedBox {
        StatedBox { frame: Frame::own(crs, false), parts: vec![bounds] }
    }

    /// The rectangles, x east and y north.
    pub fn parts(&self) -> &[Rect<f64>] {
        &self.parts
    }

    /// The box laid on shapes whose boxes `extent` holds.
    pub fn laid<'a>(&self, crs: &'a WorkingCrs, extent: Option<Rect<f64>>) -> LaidBox<'a> {
        let mut laid = LaidBox { crs, frame: self.frame.clone(), parts: Vec::new(), is_everywhere: false };
        let Some(extent) = extent else { return laid };
        let Some(span) = self.frame.span(crs, extent) else {
            // Some shape lies beyond what can be carried over: every one is asked by itself.
            laid.parts = self.parts.iter().map(|part| Part { stated: *part, outer: extent, inner: None }).collect();
            return laid;
        };
        laid.is_everywhere = self.parts.iter().any(|part| holds(*part, span));
        laid.parts = self.parts.iter().filter(|part| meets(**part, span)).map(|part| Part::on(*part, span, &self.frame, crs, extent)).collect();
        laid
    }
}

/// A box of degrees with what of it lies beyond ±180° once more where it is on the earth.
fn around(part: Rect<f64>) -> Vec<Rect<f64>> {
    let shifted = |by: f64| Rect::new(Coord { x: part.min().x + by, y: part.min().y }, Coord { x: part.max().x + by, y: part.max().y });
    let mut parts = vec![part];
    if part.max().x > 180.0 {
        parts.push(shifted(-360.0));
    }
    if part.min().x < -180.0 {
        parts.push(shifted(360.0));
    }
    parts
}

/// A stated box over the shapes of one table.
pub struct LaidBox<'a> {
    crs: &'a WorkingCrs,
    frame: Frame,
    parts: Vec<Part>,
    /// It holds the whole extent.
    is_everywhere: bool,
}

struct Part {
    stated: Rect<f64>,
    /// What meets the part has its own box meeting this one.
    outer: Rect<f64>,
    /// What lies in this box lies in the part.
    inner: Option<Rect<f64>>,
}

impl Part {
    fn on(stated: Rect<f64>, span: Rect<f64>, frame: &Frame, crs: &WorkingCrs, extent: Rect<f64>) -> Part {
        let low = Coord { x: stated.min().x.max(span.min().x), y: stated.min().y.max(span.min().y) };
        let high = Coord { x: stated.max().x.min(span.max().x), y: stated.max().y.min(span.max().y) };
        let cut = Rect::new(low, high);
        let Some(sides) = frame.plane_sides(crs, cut) else { return Part { stated, outer: extent, inner: None } };
        let outer = sides.into_iter().reduce(union).unwrap_or(extent);
        let [south, east, north, west] = sides;
        let (min, max) = (Coord { x: west.max().x, y: south.max().y }, Coord { x: east.min().x, y: north.min().y });
        // No side passes through it, so it lies wholly inside or outside: its middle tells.
        let inner = (min.x < max.x && min.y < max.y).then(|| Rect::new(min, max)).filter(|inner| has(cut, frame.place(crs, inner.center())));
        Part { stated, outer, inner }
    }
}

impl LaidBox<'_> {
    /// The box of the plane outside which nothing meets; none where nothing meets at all.
    pub fn reach(&self) -> Option<Rect<f64>> {
        self.parts.iter().map(|part| part.outer).reduce(union)
    }

    /// Whether a shape has a point in common with the box; sides count.
    pub fn meets(&self, shapes: &Arena, row: usize, is_area: bool) -> bool {
        let Some(own) = shapes.bounds(row) else { return false };
        self.is_everywhere || self.parts.iter().any(|part| self.meets_part(part, shapes, row, own, is_area))
    }

    fn meets_part(&self, part: &Part, shapes: &Arena, row: usize, own: Rect<f64>, is_area: bool) -> bool {
        if !meets(own, part.outer) {
            return false;
        }
        if part.inner.is_some_and(|inner| holds(inner, own)) {
            return true;
        }
        if part.inner.is_some_and(|inner| shapes.rings(row).any(|ring| ring.coords.iter().any(|point| has(inner, *point)))) {
            return true;
        }
        // Few rows are left to carry over: those whose shape lies along a side.
        let mut probe = Probe::new(part.outer, is_area);
        if !shapes.rings(row).any(|ring| probe.meets(ring.coords)) && !probe.is_around {
            return false;
        }
        let (mut run, mut probe) = (Vec::new(), Probe::new(part.stated, is_area));
        let is_met = shapes.rings(row).any(|ring| {
            run.clear();
            self.frame.carry(self.crs, ring.coords, &mut run);
            probe.meets(&run)
        });
        is_met || probe.is_around
    }
}

/// Takes the rings of a shape one by one.
struct Probe {
    bounds: Rect<f64>,
    is_area: bool,
    /// Whether the rings so far run around the box, when none of them meets it.
    is_around: bool,
}

impl Probe {
    fn new(bounds: Rect<f64>, is_area: bool) -> Probe {
        Probe { bounds, is_area, is_around: false }
    }

    fn meets(&mut self, run: &[Coord<f64>]) -> bool {
        if let [point] = run {
            return has(self.bounds, *point);
        }
        for pair in run.windows(2) {
            let edge = [pair[0], pair[1]];
            if meets_box(edge, self.bounds) {
                return true;
            }
            self.is_around ^= self.is_area && is_passed(edge, self.bounds.min());
        }
        false
    }
}
