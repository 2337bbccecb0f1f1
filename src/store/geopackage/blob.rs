//! GeoPackage geometry blobs: the `GP` header with its envelope, then ISO WKB (OGC 12-128r18, clause 2.1.3).

use crate::domain::{RingEnd, Shape};
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPolygon};

const LITTLE_ENDIAN_WITH_XY_ENVELOPE: u8 = 0b0000_0011;
const LITTLE_ENDIAN_NO_ENVELOPE: u8 = 0b0000_0001;
const EMPTY: u8 = 0b0001_0001;

#[derive(Debug, thiserror::Error, PartialEq)]
pub(super) enum BlobError {
    #[error("not a GeoPackage geometry")]
    NotGeoPackage,
    #[error("the geometry ends in the middle")]
    Truncated,
    #[error("geometry type {0} is not read here")]
    Type(u32),
    #[error("collections lie too deep in one another")]
    Nested,
}

/// How deep collections may lie in one another: hostile bytes must not exhaust the stack.
const DEEPEST: u32 = 8;

/// Where a shape is read into, again and again: the buffers keep their room.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    coords: Vec<Coord<f64>>,
    rings: Vec<RingEnd>,
}

impl Scratch {
    /// Reads a blob in place of what was there; a blob that does not decode leaves no rings.
    pub(super) fn read(&mut self, blob: &[u8]) -> Result<(), BlobError> {
        self.clear();
        let read = parse(blob, self);
        if read.is_err() {
            self.clear();
        }
        read
    }

    pub(super) fn clear(&mut self) {
        self.coords.clear();
        self.rings.clear();
    }

    pub(super) fn shape(&self) -> Shape<'_> {
        Shape { coords: &self.coords, rings: &self.rings }
    }
}

/// What takes the rings of a blob one after another.
pub(super) trait Rings {
    fn ring(&mut self, coords: impl Iterator<Item = Coord<f64>>, role: Role);
}

impl Rings for Scratch {
    fn ring(&mut self, coords: impl Iterator<Item = Coord<f64>>, role: Role) {
        self.coords.extend(coords);
        self.rings.push(RingEnd { end: self.coords.len() as u32, exterior: !matches!(role, Role::Hole) });
    }
}

/// Writes `geometry` in the CRS `srs_id`. Points carry no envelope, as is customary.
pub(super) fn encode(geometry: &Geometry<f64>, srs_id: i32) -> Vec<u8> {
    let mut body = Vec::with_capacity(64);
    match geometry {
        Geometry::Point(point) => {
            header(&mut body, LITTLE_ENDIAN_NO_ENVELOPE, srs_id, None);
            wkb_head(&mut body, 1);
            put_coord(&mut body, point.0);
            return body;
        }
        Geometry::MultiPolygon(shape) => {
            let envelope = envelope(shape.iter().flat_map(|part| part.exterior().0.iter()));
            header(&mut body, if envelope.is_some() { LITTLE_ENDIAN_WITH_XY_ENVELOPE } else { EMPTY }, srs_id, envelope);
            wkb_head(&mut body, 6);
            put_len(&mut body, shape.0.len());
            for part in shape {
                wkb_head(&mut body, 3);
                put_len(&mut body, 1 + part.interiors().len());
                put_line(&mut body, part.exterior());
                part.interiors().iter().for_each(|hole| put_line(&mut body, hole));
            }
        }
        Geometry::MultiLineString(lines) => {
            let envelope = envelope(lines.iter().flat_map(|line| line.0.iter()));
            header(&mut body, if envelope.is_some() { LITTLE_ENDIAN_WITH_XY_ENVELOPE } else { EMPTY }, srs_id, envelope);
            wkb_head(&mut body, 5);
            put_len(&mut body, lines.0.len());
            for line in lines {
                wkb_head(&mut body, 2);
                put_line(&mut body, line);
            }
        }
        Geometry::Polygon(part) => return encode(&Geometry::MultiPolygon(MultiPolygon(vec![part.clone()])), srs_id),
        Geometry::LineString(line) => return encode(&Geometry::MultiLineString(MultiLineString(vec![line.clone()])), srs_id),
        _ => header(&mut body, EMPTY, srs_id, None),
    }
    body
}

fn header(body: &mut Vec<u8>, flags: u8, srs_id: i32, envelope: Option<[f64; 4]>) {
    body.extend_from_slice(b"GP\0");
    body.push(flags);
    body.extend_from_slice(&srs_id.to_le_bytes());
    for bound in envelope.into_iter().flatten() {
        body.extend_from_slice(&bound.to_le_bytes());
    }
}

fn wkb_head(body: &mut Vec<u8>, kind: u32) {
    body.push(1);
    body.extend_from_slice(&kind.to_le_bytes());
}

fn put_len(body: &mut Vec<u8>, len: usize) {
    body.extend_from_slice(&(len as u32).to_le_bytes());
}

fn put_coord(body: &mut Vec<u8>, coord: Coord<f64>) {
    body.extend_from_slice(&coord.x.to_le_bytes());
    body.extend_from_slice(&coord.y.to_le_bytes());
}

fn put_line(body: &mut Vec<u8>, line: &LineString<f64>) {
    put_len(body, line.0.len());
    line.0.iter().for_each(|coord| put_coord(body, *coord));
}

/// min x, max x, min y, max y: GeoPackage's order.
fn envelope<'a>(coords: impl Iterator<Item = &'a Coord<f64>>) -> Option<[f64; 4]> {
    coords.fold(None, |bounds, coord| {
        let [min_x, max_x, min_y, max_y] = bounds.unwrap_or([coord.x, coord.x, coord.y, coord.y]);
        Some([min_x.min(coord.x), max_x.max(coord.x), min_y.min(coord.y), max_y.max(coord.y)])
    })
}

/// min x, max x, min y, max y of a blob; `None` when it is empty. Used by the R-tree triggers' SQL functions.
pub(super) fn blob_envelope(blob: &[u8]) -> Result<Option<[f64; 4]>, BlobError> {
    if let (Some(3), Some(bounds)) = (blob.get(3), blob.get(8..40)) {
        let bound = |index: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bounds[index * 8..index * 8 + 8]);
            f64::from_le_bytes(eight)
        };
        return Ok(Some([bound(0), bound(1), bound(2), bound(3)]));
    }
    let mut scratch = Scratch::default();
    scratch.read(blob)?;
    Ok(envelope(scratch.coords.iter()))
}

/// Hands the blob's rings to `rings`, as they are stored.
pub(super) fn parse(blob: &[u8], rings: &mut impl Rings) -> Result<(), BlobError> {
    if blob.len() < 8 || &blob[..2] != b"GP" {
        return Err(BlobError::NotGeoPackage);
    }
    let flags = blob[3];
    let envelope_bytes = match (flags >> 1) & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(BlobError::NotGeoPackage),
    };
    if flags & 0b0001_0000 == 0 {
        let body = blob.get(8 + envelope_bytes..).ok_or(BlobError::Truncated)?;
        Reader { bytes: body }.geometry(rings, 0)?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
pub(super) enum Role {
    Line,
    Exterior,
    Hole,
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BlobError> {
        let (head, rest) = self.bytes.split_first_chunk::<N>().ok_or(BlobError::Truncated)?;
        self.bytes = rest;
        Ok(*head)
    }

    fn u32(&mut self, little: bool) -> Result<u32, BlobError> {
        let bytes = self.take::<4>()?;
        Ok(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn geometry(&mut self, rings: &mut impl Rings, depth: u32) -> Result<(), BlobError> {
        if depth > DEEPEST {
            return Err(BlobError::Nested);
        }
        let little = self.take::<1>()?[0] == 1;
        let code = self.u32(little)?;
        // ISO WKB: thousands say which of Z and M follow; only x and y are kept.
        let (kind, extra) = (code % 1000, [0usize, 8, 8, 16][(code / 1000).min(3) as usize]);
        match kind {
            1 => self.run(1, little, extra, Role::Line, rings),
            2 => {
                let count = self.u32(little)?;
                self.run(count, little, extra, Role::Line, rings)
            }
            3 => {
                let count = self.u32(little)?;
                for ring in 0..count {
                    let count = self.u32(little)?;
                    self.run(count, little, extra, if ring == 0 { Role::Exterior } else { Role::Hole }, rings)?;
                }
                Ok(())
            }
            4..=7 => {
                let parts = self.u32(little)?;
                (0..parts).try_for_each(|_| self.geometry(rings, depth + 1))
            }
            other => Err(BlobError::Type(other)),
        }
    }

    fn run(&mut self, count: u32, little: bool, extra: usize, role: Role, rings: &mut impl Rings) -> Result<(), BlobError> {
        let step = 16 + extra;
        let size = (count as usize).checked_mul(step).ok_or(BlobError::Truncated)?;
        if self.bytes.len() < size {
            return Err(BlobError::Truncated);
        }
        let (ring, rest) = self.bytes.split_at(size);
        self.bytes = rest;
        let number = |bytes: &[u8]| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[..8]);
            if little { f64::from_le_bytes(eight) } else { f64::from_be_bytes(eight) }
        };
        let coords = ring.chunks_exact(step).map(|chunk| Coord { x: number(&chunk[..8]), y: number(&chunk[8..16]) });
        rings.ring(coords, role);
        Ok(())
    }
}

/// The geometry of a blob, for tests: what was written comes back.
#[cfg(test)]
pub(super) fn decode(blob: &[u8]) -> Result<Option<Geometry<f64>>, BlobError> {
    use geo_types::{LineString, MultiLineString, Point, Polygon};
    let mut scratch = Scratch::default();
    scratch.read(blob)?;
    let shape = scratch.shape();
    let mut start = 0;
    let mut rings = Vec::new();
    for ring in shape.rings {
        rings.push((LineString(shape.coords[start..ring.end as usize].to_vec()), ring.exterior));
        start = ring.end as usize;
    }
    let envelope = if (blob[3] >> 1) & 7 == 1 { 32 } else { 0 };
    Ok(match blob.get(8 + envelope + 1) {
        _ if rings.is_empty() => None,
        Some(1) => rings[0].0.0.first().map(|at| Geometry::Point(Point(*at))),
        Some(2 | 5) => Some(Geometry::MultiLineString(MultiLineString(rings.into_iter().map(|(line, _)| line).collect()))),
        _ => {
            let mut parts: Vec<Polygon<f64>> = Vec::new();
            for (line, exterior) in rings {
                match parts.last_mut() {
                    Some(part) if !exterior => part.interiors_push(line),
                    _ => parts.push(Polygon::new(line, Vec::new())),
                }
            }
            Some(Geometry::MultiPolygon(MultiPolygon(parts)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Point, Polygon, line_string, polygon};
    use proptest::prelude::*;

    #[test]
    fn each_kind_survives_the_round_trip() {
        let shape = MultiPolygon(vec![
            polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)], interiors: [[(x: 6., y: 1.), (x: 7., y: 2.), (x: 7., y: 1.)]]),
        ]);
        for geometry in [
            Geometry::MultiPolygon(shape),
            Geometry::MultiLineString(MultiLineString(vec![line_string![(x: 1., y: 2.), (x: 3., y: 4.)]])),
            Geometry::Point(Point::new(5.0, 6.0)),
        ] {
            assert_eq!(decode(&encode(&geometry, 4547)).unwrap(), Some(geometry));
        }
        assert_eq!(decode(&encode(&Geometry::MultiPolygon(MultiPolygon(vec![])), 4547)).unwrap(), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut blob = b"GP\0\x01\0\0\0\0\x01".to_vec();
            blob.extend(bytes);
            let _ = Scratch::default().read(&blob);
            let _ = blob_envelope(&blob);
        }
    }

    #[test]
    fn a_single_polygon_is_stored_as_a_multi_polygon() {
        let part: Polygon<f64> = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)];
        assert_eq!(decode(&encode(&Geometry::Polygon(part.clone()), 4547)).unwrap(), Some(Geometry::MultiPolygon(MultiPolygon(vec![part]))));
    }
}
