//! Reference systems in which places are asked for and answered, beside the city's own (OGC API Features, part 2).
//!
//! Inside the program x runs east and y north whatever the system; [`Frame::turned`] changes to and from the order of its axes.

use super::crs::WorkingCrs;
use crate::domain::Fault;
use geo_types::{Coord, Rect};
use proj4rs::Proj;
use proj4rs::transform::transform;
use std::sync::Arc;

/// Longitude, latitude on WGS 84: what GeoJSON is in, and what is meant where no system is named.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// A straight edge of the city's plane is bent in another system: by less than this there, metres.
const TOLERANCE: f64 = 1e-4;
/// Edges up to this length are straight everywhere by that measure, metres.
const STRAIGHT: f64 = 100.0;
/// An edge is halved so often at most.
const HALVINGS: u32 = 12;
/// Pieces of a side whose image is bounded.
const PIECES: usize = 4;

/// A reference system.
#[derive(Clone)]
pub struct Frame {
    uri: String,
    north_first: bool,
    way: Way,
}

#[derive(Clone)]
enum Way {
    /// The city's own plane.
    Own,
    Degrees,
    WebMercator,
    Plane(Arc<Proj>),
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.uri)
    }
}

impl Default for Frame {
    fn default() -> Self {
        Frame { uri: CRS84.to_owned(), north_first: false, way: Way::Degrees }
    }
}

impl Frame {
    /// The city's plane.
    pub fn own(crs: &WorkingCrs, north_first: bool) -> Frame {
        Frame { uri: uri(crs.epsg()), north_first, way: Way::Own }
    }

    /// A system of the EPSG register: degrees on WGS 84 or CGCS2000, Web Mercator, or a plane.
    pub fn epsg(code: u16, north_first: bool) -> Result<Frame, Fault> {
        let way = match code {
            4326 | 4490 => Way::Degrees,
            3857 => Way::WebMercator,
            other => {
                let definition = crs_definitions::from_code(other).ok_or_else(|| Fault::internal("crs_definition", other))?;
                let plane = Proj::from_proj_string(definition.proj4).map_err(|error| Fault::internal("crs_definition", error))?;
                Way::Plane(Arc::new(plane))
            }
        };
        Ok(Frame { uri: uri(i32::from(code)), north_first, way })
    }

    pub fn uri(&self) -> &str {
        &self.uri
    }

    pub fn is_degrees(&self) -> bool {
        matches!(self.way, Way::Degrees)
    }

    /// Whether it is CRS84, as GeoJSON is without more ado.
    pub fn is_usual(&self) -> bool {
        self.uri == CRS84
    }

    /// Decimals of a coordinate where nobody asks for a number of them: about a centimetre of degrees, a tenth of a millimetre of metres.
    pub fn usual_decimals(&self) -> u32 {
        if self.is_degrees() { 7 } else { 4 }
    }

    /// From x east, y north to the order of the system's axes, and back.
    pub fn turned(&self, point: Coord<f64>) -> Coord<f64> {
        if self.north_first { Coord { x: point.y, y: point.x } } else { point }
    }

    /// Where a point of the city's plane lies in this system; not finite where it has no image.
    pub fn place(&self, crs: &WorkingCrs, point: Coord<f64>) -> Coord<f64> {
        match &self.way {
            Way::Own => point,
            Way::Degrees => crs.to_lon_lat(point),
            Way::WebMercator => web_mercator(crs.to_lon_lat(point)),
            Way::Plane(plane) => through(crs.plane(), plane, point),
        }
    }

    /// The point of the city's plane that lies there; not finite where there is none.
    pub fn plane(&self, crs: &WorkingCrs, place: Coord<f64>) -> Coord<f64> {
        match &self.way {
            Way::Own => place,
            Way::Degrees => crs.from_lon_lat(place),
            Way::WebMercator => crs.from_lon_lat(lon_lat(place)),
            Way::Plane(plane) => through(plane, crs.plane(), place),
        }
    }

    /// Appends a run of the plane's points as they lie in this system, with points between where an edge is bent by more than a tenth of a millimetre.
    pub fn carry(&self, crs: &WorkingCrs, run: &[Coord<f64>], out: &mut Vec<Coord<f64>>) {
        if matches!(self.way, Way::Own) {
            out.extend_from_slice(run);
            return;
        }
        let mut last: Option<[Coord<f64>; 2]> = None;
        for point in run {
            let next = [*point, self.place(crs, *point)];
            if let Some(last) = last {
                self.bend(crs, last, next, HALVINGS, out);
            }
            out.push(next[1]);
            last = Some(next);
        }
    }

    /// The points between two ends, each given in the plane and in this system.
    fn bend(&self, crs: &WorkingCrs, from: [Coord<f64>; 2], to: [Coord<f64>; 2], halvings: u32, out: &mut Vec<Coord<f64>>) {
        let length = distance(from[0], to[0]);
        if halvings == 0 || length < STRAIGHT {
            return;
        }
        let plane = (from[0] + to[0]) / 2.0;
        let middle = [plane, self.place(crs, plane)];
        // How far the middle lies off the straight line, in metres of the plane.
        let off = distance(middle[1], (from[1] + to[1]) / 2.0) / distance(from[1], to[1]) * length;
        if off > TOLERANCE {
            self.bend(crs, from, middle, halvings - 1, out);
            out.push(middle[1]);
            self.bend(crs, middle, to, halvings - 1, out);
        }
    }

    /// A box of this system that holds the image of a box of the plane.
    pub(super) fn span(&self, crs: &WorkingCrs, bounds: Rect<f64>) -> Option<Rect<f64>> {
        let sides = sides(bounds).map(|[from, to]| image(from, to, |point| self.place(crs, point)));
        sides.into_iter().reduce(|a, b| Some(super::bounds::union(a?, b?)))?
    }

    /// Boxes of the plane that hold the images of the south, east, north and west side of a box of this system.
    pub(super) fn plane_sides(&self, crs: &WorkingCrs, bounds: Rect<f64>) -> Option<[Rect<f64>; 4]> {
        let [south, east, north, west] = sides(bounds).map(|[from, to]| image(from, to, |place| self.plane(crs, place)));
        Some([south?, east?, north?, west?])
    }
}

/// The name of an EPSG code among OGC's.
pub fn uri(code: i32) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{code}")
}

const EARTH: f64 = 6_378_137.0;

fn web_mercator(point: Coord<f64>) -> Coord<f64> {
    Coord { x: EARTH * point.x.to_radians(), y: EARTH * point.y.to_radians().tan().asinh() }
}

fn lon_lat(place: Coord<f64>) -> Coord<f64> {
    Coord { x: (place.x / EARTH).to_degrees(), y: (place.y / EARTH).sinh().atan().to_degrees() }
}

fn through(from: &Proj, to: &Proj, point: Coord<f64>) -> Coord<f64> {
    let mut position = (point.x, point.y, 0.0);
    match transform(from, to, &mut position) {
        Ok(()) => Coord { x: position.0, y: position.1 },
        Err(_) => Coord { x: f64::NAN, y: f64::NAN },
    }
}

fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// South, east, north, west.
fn sides(bounds: Rect<f64>) -> [[Coord<f64>; 2]; 4] {
    let (min, max) = (bounds.min(), bounds.max());
    let (low, high) = (Coord { x: max.x, y: min.y }, Coord { x: min.x, y: max.y });
    [[min, low], [low, max], [high, max], [min, high]]
}

/// A box that holds the image of a line: of points along it, grown by what it may be bent between them.
fn image(from: Coord<f64>, to: Coord<f64>, map: impl Fn(Coord<f64>) -> Coord<f64>) -> Option<Rect<f64>> {
    let points: [Coord<f64>; PIECES + 1] = std::array::from_fn(|at| map(from + (to - from) * (at as f64 / PIECES as f64)));
    if points.iter().any(|point| !(point.x.is_finite() && point.y.is_finite())) {
        return None;
    }
    let (mut min, mut max) = (points[0], points[0]);
    for point in points {
        (min.x, min.y) = (min.x.min(point.x), min.y.min(point.y));
        (max.x, max.y) = (max.x.max(point.x), max.y.max(point.y));
    }
    // A line is bent between two points by an eighth of the second difference; twice that, and what floats lose.
    let bent = |of: fn(Coord<f64>) -> f64| {
        let second = points.windows(3).map(|three| (of(three[0]) - 2.0 * of(three[1]) + of(three[2])).abs()).fold(0.0, f64::max);
        second / 4.0 + 1e-9 * of(min).abs().max(of(max).abs())
    };
    let slack = Coord { x: bent(|point| point.x), y: bent(|point| point.y) };
    Some(Rect::new(min - slack, max + slack))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shenzhen() -> WorkingCrs {
        WorkingCrs::parse("EPSG:4547").unwrap()
    }

    #[test]
    fn every_system_leads_there_and_back() {
        let crs = shenzhen();
        let point = Coord { x: 505_955.85, y: 2_493_941.25 };
        for code in [4326, 4490, 3857, 4526, 4547] {
            let frame = Frame::epsg(code, false).unwrap();
            let back = frame.plane(&crs, frame.place(&crs, point));
            assert!(distance(back, point) < 1e-6, "{code} {back:?}");
        }
        let prefixed = Frame::epsg(4526, true).unwrap();
        let place = prefixed.place(&crs, point);
        assert!((place.x - 38_505_955.85).abs() < 1e-5 && (place.y - point.y).abs() < 1e-5, "{place:?}");
        assert_eq!(prefixed.turned(place), Coord { x: place.y, y: place.x });
        let mercator = Frame::epsg(3857, false).unwrap().place(&crs, point);
        // 114.0579 E, 22.5431 N
        assert!((mercator.x - 12_696_867.353).abs() < 0.01 && (mercator.y - 2_576_857.039).abs() < 0.01, "{mercator:?}");
    }

    #[test]
    fn long_edges_get_points_between_and_short_ones_none() {
        let (crs, frame) = (shenzhen(), Frame::default());
        let (from, far, near) =
            (Coord { x: 480_000.0, y: 2_500_000.0 }, Coord { x: 530_000.0, y: 2_500_000.0 }, Coord { x: 480_090.0, y: 2_500_000.0 });
        let (mut long, mut short) = (Vec::new(), Vec::new());
        frame.carry(&crs, &[from, far], &mut long);
        frame.carry(&crs, &[from, near], &mut short);
        assert!(long.len() > 50 && short.len() == 2, "{} {}", long.len(), short.len());
        // Every chord lies within a tenth of a millimetre of the edge.
        for pair in long.windows(2) {
            let middle = frame.plane(&crs, (pair[0] + pair[1]) / 2.0);
            assert!((middle.y - 2_500_000.0).abs() < 1e-3, "{middle:?}");
        }
    }

    #[test]
    fn a_boxs_image_lies_within_its_span() {
        let crs = shenzhen();
        for code in [4326, 3857, 4526] {
            let frame = Frame::epsg(code, false).unwrap();
            let bounds = Rect::new((450_000.0, 2_480_000.0), (560_000.0, 2_530_000.0));
            let span = frame.span(&crs, bounds).unwrap();
            for at in 0..=1000 {
                let at = f64::from(at) / 1000.0;
                for [from, to] in sides(bounds) {
                    let place = frame.place(&crs, from + (to - from) * at);
                    assert!(super::super::bounds::meets(span, Rect::new(place, place)), "{code} {place:?} {span:?}");
                }
            }
        }
    }
}
