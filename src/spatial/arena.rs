//! Many shapes in flat arrays: 16 bytes a vertex and 4 a ring, instead of a tree of vectors each.
//!
//! Shapes stand in blocks of [`BLOCK`]; a copy of the arena shares them, and changing one shape copies one block.

use super::polygons::PolygonSet;
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon, Rect};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Shapes a block.
pub const BLOCK: usize = 1024;

/// A growing set of geometries of one kind. A shape is a run of rings; a ring is a run of coordinates.
///
/// For polygons a part is an exterior ring and the holes that follow it; each line and each point is a ring of its own.
#[derive(Clone, Default, Debug)]
pub struct Arena {
    /// All full but the last.
    blocks: Vec<Arc<Block>>,
}

/// Up to [`BLOCK`] shapes.
#[derive(Default, Debug)]
struct Block {
    coords: Vec<Coord<f64>>,
    /// End of each ring in `coords`.
    ring_ends: Vec<u32>,
    /// Whether the ring begins a part.
    ring_is_exterior: Vec<bool>,
    /// End of each shape in `ring_ends`; rings behind the last belong to the shape in hand.
    shape_ends: Vec<u32>,
    /// Positions for drawing, made when they are first asked for.
    drawn: OnceLock<Vec<[u32; 2]>>,
}

/// The block of what is beyond the end.
static EMPTY: Block =
    Block { coords: Vec::new(), ring_ends: Vec::new(), ring_is_exterior: Vec::new(), shape_ends: Vec::new(), drawn: OnceLock::new() };

impl Clone for Block {
    fn clone(&self) -> Self {
        Block {
            coords: self.coords.clone(),
            ring_ends: self.ring_ends.clone(),
            ring_is_exterior: self.ring_is_exterior.clone(),
            shape_ends: self.shape_ends.clone(),
            // A copy is made to be changed.
            drawn: OnceLock::new(),
        }
    }
}

/// A ring with its role.
#[derive(Clone, Copy, Debug)]
pub struct Ring<'a> {
    pub coords: &'a [Coord<f64>],
    pub exterior: bool,
}

impl Block {
    fn len(&self) -> usize {
        self.shape_ends.len()
    }

    /// The numbers of a shape's rings.
    fn rings_of(&self, shape: usize) -> Range<usize> {
        let first = if shape == 0 { 0 } else { self.shape_ends[shape - 1] as usize };
        first..self.shape_ends[shape] as usize
    }

    /// The range of a ring in `coords`.
    fn ring(&self, ring: usize) -> Range<usize> {
        let start = if ring == 0 { 0 } else { self.ring_ends[ring - 1] as usize };
        start..self.ring_ends[ring] as usize
    }

    fn push_run(&mut self, coords: impl IntoIterator<Item = Coord<f64>>, exterior: bool) -> usize {
        let start = self.coords.len();
        self.coords.extend(coords);
        self.ring_ends.push(self.coords.len() as u32);
        self.ring_is_exterior.push(exterior);
        start
    }

    fn shrink(&mut self) {
        self.coords.shrink_to_fit();
        self.ring_ends.shrink_to_fit();
        self.ring_is_exterior.shrink_to_fit();
        self.shape_ends.shrink_to_fit();
    }

    fn bytes(&self) -> usize {
        self.coords.capacity() * 16
            + self.ring_ends.capacity() * 4
            + self.ring_is_exterior.capacity()
            + self.shape_ends.capacity() * 4
            + self.drawn.get().map_or(0, |drawn| drawn.capacity() * 8)
    }
}

impl Arena {
    pub fn len(&self) -> usize {
        self.blocks.last().map_or(0, |last| (self.blocks.len() - 1) * BLOCK + last.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The block of the shape in hand.
    fn open(&mut self) -> &mut Block {
        if self.blocks.last().is_none_or(|last| last.len() == BLOCK) {
            if let Some(full) = self.blocks.last_mut().and_then(Arc::get_mut) {
                full.shrink();
            }
            self.blocks.push(Arc::new(Block::default()));
        }
        let last = self.blocks.len() - 1;
        Arc::make_mut(&mut self.blocks[last])
    }

    /// Appends a line or a point to the shape in hand; [`Arena::finish_shape`] closes the shape.
    pub fn push_line(&mut self, coords: impl IntoIterator<Item = Coord<f64>>) {
        self.open().push_run(coords, true);
    }

    /// Appends a polygon's ring, turned so that exteriors run counter-clockwise and holes clockwise.
    pub fn push_ring(&mut self, coords: impl IntoIterator<Item = Coord<f64>>, exterior: bool) {
        let block = self.open();
        let start = block.push_run(coords, exterior);
        let ring = &mut block.coords[start..];
        if (super::area::ring_area(ring) > 0.0) != exterior {
            ring.reverse();
        }
    }

    pub fn finish_shape(&mut self) {
        let block = self.open();
        block.shape_ends.push(block.ring_ends.len() as u32);
    }

    pub fn push(&mut self, geometry: Option<&Geometry<f64>>) {
        match geometry {
            Some(Geometry::MultiPolygon(shape)) => shape.iter().for_each(|part| self.push_polygon(part)),
            Some(Geometry::Polygon(part)) => self.push_polygon(part),
            Some(Geometry::MultiLineString(lines)) => lines.iter().for_each(|line| self.push_line(line.0.iter().copied())),
            Some(Geometry::LineString(line)) => self.push_line(line.0.iter().copied()),
            Some(Geometry::Point(point)) => self.push_line([point.0]),
            _ => {}
        }
        self.finish_shape();
    }

    fn push_polygon(&mut self, part: &Polygon<f64>) {
        self.push_ring(part.exterior().0.iter().copied(), true);
        for hole in part.interiors() {
            self.push_ring(hole.0.iter().copied(), false);
        }
    }

    /// Appends shape `index` of `other` as it is.
    pub fn push_from(&mut self, other: &Arena, index: usize) {
        for ring in other.rings(index) {
            self.open().push_run(ring.coords.iter().copied(), ring.exterior);
        }
        self.finish_shape();
    }

    /// Appends all shapes of `other`.
    pub fn append(&mut self, other: &Arena) {
        (0..other.len()).for_each(|index| self.push_from(other, index));
    }

    /// Gives shape `index` another geometry; its block is made anew.
    pub fn replace(&mut self, index: usize, geometry: Option<&Geometry<f64>>) {
        let (block, at) = (index / BLOCK, index % BLOCK);
        let mut made = Arena::default();
        for shape in 0..self.blocks[block].len() {
            if shape == at {
                made.push(geometry);
            } else {
                made.push_from(self, block * BLOCK + shape);
            }
        }
        made.shrink();
        self.blocks[block] = made.blocks.remove(0);
    }

    /// Keeps the first `count` shapes.
    pub fn truncate(&mut self, count: usize) {
        let keep = count % BLOCK;
        let mut last = Arena::default();
        (count - keep..count).for_each(|index| last.push_from(self, index));
        self.blocks.truncate(count / BLOCK);
        self.blocks.append(&mut last.blocks);
    }

    pub fn shrink(&mut self) {
        if let Some(last) = self.blocks.last_mut().and_then(Arc::get_mut) {
            last.shrink();
        }
        self.blocks.shrink_to_fit();
    }

    /// The block of a shape and the numbers of its rings there; none beyond the end (rows of a table without shapes).
    ///
    /// A plain range, not an iterator of iterators: what runs over all vertices of a city would pay a tenth and more for that.
    fn block(&self, index: usize) -> (&Block, Range<usize>) {
        match self.blocks.get(index / BLOCK) {
            Some(block) if index % BLOCK < block.len() => (block, block.rings_of(index % BLOCK)),
            _ => (&EMPTY, 0..0),
        }
    }

    /// The rings of shape `index` in order; none beyond the end.
    pub fn rings(&self, index: usize) -> impl Iterator<Item = Ring<'_>> + Clone {
        let (block, rings) = self.block(index);
        rings.map(move |ring| Ring { coords: &block.coords[block.ring(ring)], exterior: block.ring_is_exterior[ring] })
    }

    /// The rings of shape `index` as positions for drawing, with their role; `place` makes those of a block when they are first asked for.
    pub fn drawn_rings(&self, index: usize, place: impl FnOnce(&[Coord<f64>]) -> Vec<[u32; 2]>) -> impl Iterator<Item = (&[[u32; 2]], bool)> + Clone {
        let (block, rings) = self.block(index);
        let drawn: &[[u32; 2]] = if rings.is_empty() { &[] } else { block.drawn.get_or_init(|| place(&block.coords)) };
        rings.map(move |ring| (&drawn[block.ring(ring)], block.ring_is_exterior[ring]))
    }

    /// Corners of a polygon, those of its holes as well.
    pub fn corners(&self, index: usize) -> usize {
        self.rings(index).map(|ring| ring.coords.len().saturating_sub(1)).sum()
    }

    /// The shape's box; `None` for an empty shape.
    pub fn bounds(&self, index: usize) -> Option<Rect<f64>> {
        let mut rings = self.rings(index).flat_map(|ring| ring.coords.iter());
        let first = *rings.next()?;
        let (min, max) = rings.fold((first, first), |(min, max), point| {
            (Coord { x: min.x.min(point.x), y: min.y.min(point.y) }, Coord { x: max.x.max(point.x), y: max.y.max(point.y) })
        });
        Some(Rect::new(min, max))
    }

    /// Planar area of polygon `index`, m².
    pub fn area(&self, index: usize) -> f64 {
        self.rings(index).map(|ring| super::area::ring_area(ring.coords).abs() * if ring.exterior { 1.0 } else { -1.0 }).sum()
    }

    /// Even-odd test; a point on the boundary may fall either way.
    pub fn contains(&self, index: usize, point: Coord<f64>) -> bool {
        let mut inside = false;
        for ring in self.rings(index) {
            for pair in ring.coords.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                if (a.y > point.y) != (b.y > point.y) && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x {
                    inside = !inside;
                }
            }
        }
        inside
    }

    pub fn multi_polygon(&self, index: usize) -> MultiPolygon<f64> {
        let mut parts: Vec<Polygon<f64>> = Vec::new();
        for ring in self.rings(index) {
            let line = LineString(ring.coords.to_vec());
            match parts.last_mut() {
                Some(part) if !ring.exterior => part.interiors_push(line),
                _ => parts.push(Polygon::new(line, Vec::new())),
            }
        }
        MultiPolygon(parts)
    }

    pub fn multi_line(&self, index: usize) -> MultiLineString<f64> {
        MultiLineString(self.rings(index).map(|ring| LineString(ring.coords.to_vec())).collect())
    }

    pub fn point(&self, index: usize) -> Option<Point<f64>> {
        self.rings(index).next().and_then(|ring| ring.coords.first().copied()).map(Point)
    }

    /// Resident bytes, for the memory figure.
    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.bytes()).sum::<usize>() + self.blocks.capacity() * 8
    }

    /// How many blocks two arenas share.
    pub fn shared_blocks(&self, other: &Arena) -> usize {
        self.blocks.iter().zip(&other.blocks).filter(|(a, b)| Arc::ptr_eq(a, b)).count()
    }
}

impl PolygonSet for Arena {
    fn len(&self) -> usize {
        Arena::len(self)
    }

    fn bounds(&self, i: usize) -> Rect<f64> {
        let nothing = Coord { x: 0.0, y: 0.0 };
        Arena::bounds(self, i).unwrap_or_else(|| Rect::new(nothing, nothing))
    }

    fn rings(&self, i: usize) -> impl Iterator<Item = &[Coord<f64>]> {
        Arena::rings(self, i).map(|ring| ring.coords)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;

    fn holed() -> MultiPolygon<f64> {
        MultiPolygon(vec![
            polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 0., y: 9.)], interiors: [[(x: 1., y: 1.), (x: 2., y: 2.), (x: 2., y: 1.)]]),
            polygon![(x: 20., y: 0.), (x: 29., y: 0.), (x: 29., y: 9.)],
        ])
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut first = Arena::default();
        first.push(Some(&Geometry::Point(Point::new(1.0, 2.0))));
        let mut second = Arena::default();
        second.push(None);
        second.push(Some(&Geometry::MultiPolygon(holed())));
        first.append(&second);
        assert_eq!(first.len(), 3);
        assert_eq!(first.bounds(1), None);
        assert_eq!(first.multi_polygon(2), holed());
        assert!((first.area(2) - (81.0 - 0.5 + 40.5)).abs() < 1e-12);
        assert!(first.contains(2, Coord { x: 0.5, y: 5.0 }) && !first.contains(2, Coord { x: 1.7, y: 1.2 }));
    }

    #[test]
    fn a_copy_shares_all_blocks_but_the_changed_one() {
        let mut first = Arena::default();
        let point = |at: usize| Geometry::Point(Point::new(at as f64, 1.0));
        (0..3000).for_each(|at| first.push(Some(&point(at))));
        let mut second = first.clone();
        second.replace(1500, Some(&point(9)));
        second.push(Some(&point(3000)));
        assert_eq!((first.len(), second.len(), first.shared_blocks(&second)), (3000, 3001, 1));
        assert_eq!((first.point(1500).map(geo_types::Point::x), second.point(1500).map(geo_types::Point::x)), (Some(1500.0), Some(9.0)));
        assert!((0..3000).filter(|at| *at != 1500).all(|at| first.point(at) == second.point(at)));
        second.truncate(2048);
        assert_eq!((second.len(), first.shared_blocks(&second)), (2048, 1));
        second.truncate(700);
        assert_eq!((second.len(), second.point(699)), (700, first.point(699)));
    }
}
