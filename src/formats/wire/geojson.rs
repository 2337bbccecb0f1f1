//! GeoJSON as RFC 7946 wants it: lon/lat, outer rings counter-clockwise, no `crs`, ids at the top, 7 decimals by default. Where another reference
//! system was asked for (OGC API Features, part 2), coordinates stand in the order of its axes.
//!
//! The writer goes straight from the columns to text: an export of a city is one pass without a tree of values in between.

use super::rounding::{Ring, Rounding, rounding};
use crate::city::Table;
use crate::domain::{ColumnType, GeometryKind};
use crate::spatial::area::ring_area;
use crate::spatial::crs::WorkingCrs;
use crate::spatial::frame::Frame;
use geo_types::Coord;
use std::fmt::Write;

/// What of a row is written.
#[derive(Clone, Debug)]
pub struct FeatureStyle {
    /// Decimals of the coordinates; 7 is about a centimetre.
    pub precision: u32,
    pub geometry: bool,
    /// Indexes of the columns to write.
    pub columns: Vec<usize>,
    /// The reference system of the coordinates.
    pub frame: Frame,
}

impl FeatureStyle {
    /// All columns that may be shown; `names` narrows them.
    pub fn of(table: &Table, names: Option<&[String]>, private: bool, precision: u32, geometry: bool) -> Self {
        let columns = table
            .layer()
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| (private || !column.private) && names.is_none_or(|names| names.contains(&column.name)))
            .map(|(index, _)| index)
            .collect();
        FeatureStyle { precision: precision.min(15), geometry, columns, frame: Frame::default() }
    }

    pub fn in_frame(self, frame: Frame) -> Self {
        FeatureStyle { frame, ..self }
    }
}

/// What rounding did to features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rounded {
    /// Features that keep more decimals than were asked for: with fewer they would be no valid polygons.
    pub finer: usize,
    /// Features whose area changes by more than a ten-thousandth when they are read again.
    pub coarse: usize,
}

impl std::ops::AddAssign for Rounded {
    fn add_assign(&mut self, other: Rounded) {
        self.finer += other.finer;
        self.coarse += other.coarse;
    }
}

/// Appends one Feature; tells what rounding did to it.
pub fn write_feature(out: &mut String, table: &Table, row: usize, crs: &WorkingCrs, style: &FeatureStyle) -> Rounded {
    out.push_str("{\"type\":\"Feature\",\"id\":");
    write_text(out, table.key(row));
    let (mut bounds, mut digits, mut rounded) = (Bounds::default(), style.precision, Rounded::default());
    out.push_str(",\"geometry\":");
    if style.geometry {
        let rounding = write_geometry(out, table, row, crs, style, &mut bounds);
        rounded = Rounded { finer: usize::from(rounding.digits > style.precision), coarse: usize::from(rounding.coarse) };
        digits = rounding.digits;
    } else {
        out.push_str("null");
    }
    if let (true, Some([west, south, east, north])) = (table.layer().geometry != GeometryKind::Point, bounds.0) {
        out.push_str(",\"bbox\":[");
        for (index, bound) in [west, south, east, north].into_iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_fixed(out, bound, digits);
        }
        out.push(']');
    }
    out.push_str(",\"properties\":{");
    for (place, index) in style.columns.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let definition = &table.layer().columns[*index];
        let _ = write!(out, "\"{}\":", definition.name);
        write_cell(out, table, row, *index, definition.kind);
    }
    out.push_str("}}");
    rounded
}

fn write_cell(out: &mut String, table: &Table, row: usize, index: usize, kind: ColumnType) {
    let column = &table.columns()[index];
    match kind {
        ColumnType::Text | ColumnType::Date => match column.text(row) {
            Some(text) => write_text(out, text),
            None => out.push_str("null"),
        },
        ColumnType::List => match column.text(row) {
            Some(text) if text.starts_with('[') && serde_json::from_str::<serde_json::Value>(text).is_ok() => out.push_str(text),
            Some(text) => {
                out.push('[');
                write_text(out, text);
                out.push(']');
            }
            None => out.push_str("null"),
        },
        ColumnType::Real | ColumnType::Integer => match column.number(row).filter(|number| number.is_finite()) {
            Some(number) => {
                let _ = write!(out, "{number}");
            }
            None => out.push_str("null"),
        },
        ColumnType::Boolean => out.push_str(match column.flag(row) {
            Some(true) => "true",
            Some(false) => "false",
            None => "null",
        }),
    }
}

#[derive(Default)]
struct Bounds(Option<[f64; 4]>);

impl Bounds {
    fn take(&mut self, point: Coord<f64>) {
        let [west, south, east, north] = self.0.unwrap_or([point.x, point.y, point.x, point.y]);
        self.0 = Some([west.min(point.x), south.min(point.y), east.max(point.x), north.max(point.y)]);
    }
}

fn write_geometry(out: &mut String, table: &Table, row: usize, crs: &WorkingCrs, style: &FeatureStyle, bounds: &mut Bounds) -> Rounding {
    let FeatureStyle { precision, frame, .. } = style;
    let precision = *precision;
    let as_asked = Rounding { digits: precision, coarse: false };
    let shapes = table.shapes();
    if shapes.bounds(row).is_none() {
        out.push_str("null");
        return as_asked;
    }
    let mut position = |out: &mut String, place: Coord<f64>, digits: u32| {
        let place = frame.turned(place);
        bounds.take(place);
        out.push('[');
        write_fixed(out, place.x, digits);
        out.push(',');
        write_fixed(out, place.y, digits);
        out.push(']');
    };
    match table.layer().geometry {
        GeometryKind::Point => {
            out.push_str("{\"type\":\"Point\",\"coordinates\":");
            if let Some(point) = shapes.point(row) {
                position(out, frame.place(crs, point.0), precision);
            }
            out.push('}');
        }
        GeometryKind::Line => {
            out.push_str("{\"type\":\"MultiLineString\",\"coordinates\":[");
            for (index, line) in shapes.rings(row).enumerate() {
                out.push_str(if index > 0 { ",[" } else { "[" });
                write_run(out, line.coords.iter().map(|at| frame.place(crs, *at)), precision, &mut position);
                out.push(']');
            }
            out.push_str("]}");
        }
        GeometryKind::Polygon | GeometryKind::None => {
            let turned = |ring: crate::spatial::arena::Ring<'_>| {
                let counter_clockwise = ring_area(ring.coords) > 0.0;
                let mut points: Vec<Coord<f64>> = ring.coords.iter().map(|at| frame.place(crs, *at)).collect();
                if counter_clockwise != ring.exterior {
                    points.reverse();
                }
                Ring { exterior: ring.exterior, points }
            };
            let rings: Vec<Ring> = shapes.rings(row).map(turned).collect();
            let rounding = rounding(&rings, precision);
            out.push_str("{\"type\":\"MultiPolygon\",\"coordinates\":[");
            for (index, ring) in rings.iter().enumerate() {
                match (index, ring.exterior) {
                    (0, _) => out.push_str("[["),
                    (_, true) => out.push_str("],[["),
                    (_, false) => out.push_str(",["),
                }
                write_run(out, ring.points.iter().copied(), rounding.digits, &mut position);
                out.push(']');
            }
            out.push_str("]]}");
            return rounding;
        }
    }
    as_asked
}

/// Writes positions parted by commas, without two equal ones in a row (rounding can make them).
fn write_run(out: &mut String, points: impl Iterator<Item = Coord<f64>>, digits: u32, position: &mut impl FnMut(&mut String, Coord<f64>, u32)) {
    let mut last = (out.len(), out.len());
    for (index, point) in points.enumerate() {
        let start = out.len();
        if index > 0 {
            out.push(',');
        }
        let from = out.len();
        position(out, point, digits);
        if index > 0 && out[from..] == out[last.0..last.1] {
            out.truncate(start);
        } else {
            last = (from, out.len());
        }
    }
}

/// A number with at most `precision` decimals and no trailing zeros; far faster than the general formatter.
pub fn write_fixed(out: &mut String, value: f64, precision: u32) {
    let scale = 10f64.powi(precision as i32);
    let scaled = (value * scale).round();
    if !scaled.is_finite() || scaled.abs() >= 9e15 {
        let _ = write!(out, "{}", if value.is_finite() { value } else { 0.0 });
        return;
    }
    let (mut digits, mut decimals) = (scaled.abs() as u64, precision);
    if scaled < 0.0 && digits > 0 {
        out.push('-');
    }
    while decimals > 0 && digits.is_multiple_of(10) {
        (digits, decimals) = (digits / 10, decimals - 1);
    }
    // From the last figure to the first. A number below 9e15 with a point, and noughts before it, has its room.
    let mut text = [0u8; 40];
    let (mut at, mut place) = (text.len(), 0);
    while at > 1 && (digits > 0 || place <= decimals) {
        if place == decimals && decimals > 0 {
            at -= 1;
            text[at] = b'.';
        }
        at -= 1;
        text[at] = b'0' + (digits % 10) as u8;
        (digits, place) = (digits / 10, place + 1);
    }
    out.push_str(std::str::from_utf8(&text[at..]).unwrap_or_default());
}

/// A JSON string.
pub fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if (control as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fixed(value: f64, precision: u32) -> String {
        let mut out = String::new();
        write_fixed(&mut out, value, precision);
        out
    }

    #[test]
    fn fixed_numbers_are_short() {
        assert_eq!(fixed(114.05790000, 7), "114.0579");
        assert_eq!(fixed(-0.00000004, 7), "0");
        assert_eq!(fixed(-22.5, 7), "-22.5");
        assert_eq!(fixed(113.0000001, 7), "113.0000001");
        assert_eq!(fixed(5.0, 0), "5");
        assert_eq!((fixed(0.05, 7), fixed(100.0, 7), fixed(0.0, 3)), ("0.05".to_owned(), "100".to_owned(), "0".to_owned()));
        assert_eq!((fixed(1e-12, 12), fixed(8_999.0, 12)), ("0.000000000001".to_owned(), "8999".to_owned()));
    }

    proptest! {
        #[test]
        fn fixed_numbers_read_back_within_half_a_unit(value in -180.0..180.0f64, precision in 0u32..10) {
            let back: f64 = fixed(value, precision).parse().unwrap();
            prop_assert!((back - value).abs() <= 0.5 / 10f64.powi(precision as i32) * 1.0001);
        }

        #[test]
        fn any_text_is_json(text in any::<String>()) {
            let mut out = String::new();
            write_text(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }
}
