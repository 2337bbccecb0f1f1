//! Literal geometries: what makes one, whatever it was written in.

use super::complaint::{Complaint, Read, Wanted};
use geo_types::{Coord, LineString, Polygon};

pub(super) const COORDINATE: Wanted = ("坐标（数字）", "a coordinate (a number)");

/// A position of 2 or 3 numbers (4 with a measure); only longitude and latitude are kept.
pub(super) fn position(numbers: &[f64], at: usize) -> Read<Coord<f64>> {
    match numbers {
        [x, y] | [x, y, _] | [x, y, _, _] => Ok(Coord { x: *x, y: *y }),
        _ => Err(Complaint::wrong(at, "一个点有 2 个或 3 个坐标", "a position has 2 or 3 coordinates")),
    }
}

pub(super) fn line(positions: Vec<Coord<f64>>, at: usize) -> Read<LineString<f64>> {
    if positions.len() < 2 {
        return Err(Complaint::wrong(at, "线至少有 2 个点", "a line has 2 positions or more"));
    }
    Ok(LineString::new(positions))
}

pub(super) fn ring(positions: Vec<Coord<f64>>, at: usize) -> Read<LineString<f64>> {
    let mut ring = LineString::new(positions);
    ring.close();
    if ring.0.len() < 4 {
        return Err(Complaint::wrong(at, "环至少有 4 个点，首尾相同", "a ring has 4 positions or more, the last equal to the first"));
    }
    Ok(ring)
}

pub(super) fn polygon(mut rings: Vec<LineString<f64>>, at: usize) -> Read<Polygon<f64>> {
    if rings.is_empty() {
        return Err(Complaint::wrong(at, "面至少有一个环", "a polygon has a ring at least"));
    }
    let outer = rings.remove(0);
    Ok(Polygon::new(outer, rings))
}

/// The lower and the upper corner of 4 numbers, or of 6 with heights; which axis comes first is known where the reference system is.
pub(super) fn bbox(numbers: &[f64], at: usize) -> Read<[f64; 4]> {
    match numbers {
        [west, south, east, north] | [west, south, _, east, north, _] => Ok([*west, *south, *east, *north]),
        _ => Err(Complaint::wrong(at, "BBOX 有 4 个或 6 个数：西、南、东、北", "BBOX has 4 or 6 numbers: west, south, east, north")),
    }
}
