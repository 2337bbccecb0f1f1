//! Blobs as the arena reads them, every ring turned its way.

use crate::spatial::arena::Arena;
pub use crate::spatial::digest::digest;
use crate::store::geopackage::blob::{BlobError, Rings, Role, parse};
use geo_types::{Coord, Geometry};

impl Rings for Arena {
    fn ring(&mut self, coords: impl Iterator<Item = Coord<f64>>, role: Role) {
        match role {
            Role::Line => self.push_line(coords),
            Role::Exterior => self.push_ring(coords, true),
            Role::Hole => self.push_ring(coords, false),
        }
    }
}

/// Appends the blob's shape to `arena`.
pub fn decode_into(blob: &[u8], arena: &mut Arena) -> Result<(), BlobError> {
    parse(blob, arena)?;
    arena.finish_shape();
    Ok(())
}

/// The blob's geometry as written by `encode`.
pub fn decode(blob: &[u8]) -> Result<Option<Geometry<f64>>, BlobError> {
    let mut arena = Arena::default();
    decode_into(blob, &mut arena)?;
    let kind = kind_of(blob)?;
    Ok(match kind {
        None => None,
        Some(1) => arena.point(0).map(Geometry::Point),
        Some(2 | 5) => Some(Geometry::MultiLineString(arena.multi_line(0))),
        Some(_) => Some(Geometry::MultiPolygon(arena.multi_polygon(0))),
    })
}

fn kind_of(blob: &[u8]) -> Result<Option<u32>, BlobError> {
    if blob[3] & 0b0001_0000 != 0 {
        return Ok(None);
    }
    let start = 8 + [0, 32, 48, 48, 64][usize::from((blob[3] >> 1) & 0b111).min(4)];
    let head = blob.get(start..start + 5).ok_or(BlobError::Truncated)?;
    let bytes = [head[1], head[2], head[3], head[4]];
    Ok(Some(if head[0] == 1 { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) } % 1000))
}
