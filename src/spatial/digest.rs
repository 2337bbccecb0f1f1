//! The digest of a geometry: the same rings in the same order have the same one, whoever keeps them.

use geo_types::{Coord, Geometry, LineString, Polygon};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Lower-case hex SHA-256 of the geometry's GeoPackage encoding without a reference system (header, box, ISO WKB; single parts as multi
/// parts). The encoding is fixed: digests in the change log and in instruments are compared years later.
pub fn digest(geometry: &Geometry<f64>) -> String {
    let mut bytes = Hasher(Sha256::new());
    match geometry {
        Geometry::Point(point) => {
            bytes.header(WITHOUT_BOX);
            bytes.kind(1);
            bytes.coord(point.0);
        }
        Geometry::MultiPolygon(shape) => bytes.polygons(&shape.0),
        Geometry::Polygon(part) => bytes.polygons(std::slice::from_ref(part)),
        Geometry::MultiLineString(lines) => bytes.lines(&lines.0),
        Geometry::LineString(line) => bytes.lines(std::slice::from_ref(line)),
        _ => bytes.header(EMPTY),
    }
    bytes.hex()
}

const WITH_BOX: u8 = 0b0000_0011;
const WITHOUT_BOX: u8 = 0b0000_0001;
const EMPTY: u8 = 0b0001_0001;

struct Hasher(Sha256);

impl Hasher {
    fn header(&mut self, flags: u8) {
        self.0.update([b'G', b'P', 0, flags, 0, 0, 0, 0]);
    }

    fn header_of<'a>(&mut self, coords: impl Iterator<Item = &'a Coord<f64>>) {
        let bounds = coords.fold(None, |bounds, coord| {
            let [west, east, south, north] = bounds.unwrap_or([coord.x, coord.x, coord.y, coord.y]);
            Some([west.min(coord.x), east.max(coord.x), south.min(coord.y), north.max(coord.y)])
        });
        self.header(if bounds.is_some() { WITH_BOX } else { EMPTY });
        bounds.into_iter().flatten().for_each(|bound| self.0.update(bound.to_le_bytes()));
    }

    fn kind(&mut self, kind: u32) {
        self.0.update([1]);
        self.0.update(kind.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u32).to_le_bytes());
    }

    fn coord(&mut self, coord: Coord<f64>) {
        self.0.update(coord.x.to_le_bytes());
        self.0.update(coord.y.to_le_bytes());
    }

    fn line(&mut self, line: &LineString<f64>) {
        self.count(line.0.len());
        line.0.iter().for_each(|coord| self.coord(*coord));
    }

    fn polygons(&mut self, parts: &[Polygon<f64>]) {
        self.header_of(parts.iter().flat_map(|part| part.exterior().0.iter()));
        self.kind(6);
        self.count(parts.len());
        for part in parts {
            self.kind(3);
            self.count(1 + part.interiors().len());
            self.line(part.exterior());
            part.interiors().iter().for_each(|hole| self.line(hole));
        }
    }

    fn lines(&mut self, lines: &[LineString<f64>]) {
        self.header_of(lines.iter().flat_map(|line| line.0.iter()));
        self.kind(5);
        self.count(lines.len());
        lines.iter().for_each(|line| {
            self.kind(2);
            self.line(line);
        });
    }

    fn hex(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
