//! Many shapes in three flat arrays: 16 bytes a vertex and 4 a ring, instead of a tree of vectors each.

use super::polygons::PolygonSet;
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPolygon, Point, Polygon, Rect};

/// A growing set of geometries of one kind. A shape is a run of rings; a ring is a run of coordinates.
///
/// For polygons a part is an exterior ring and the holes that follow it; each line and each point is a ring of its own.
#[derive(Default, Debug)]
pub struct Arena {
    coords: Vec<Coord<f64>>,
    /// End of each ring in `coords`.
    ring_ends: Vec<u32>,
    /// Whether the ring begins a part.
    ring_is_exterior: Vec<bool>,
    /// End of each shape in `ring_ends`.
    shape_ends: Vec<u32>,
}

/// A ring with its role.
#[derive(Clone, Copy, Debug)]
pub struct Ring<'a> {
    pub coords: &'a [Coord<f64>],
    pub exterior: bool,
}

impl Arena {
    pub fn len(&self) -> usize {
        self.shape_ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.shape_ends.is_empty()
    }

    /// Appends a line or a point to the shape in hand; [`Arena::finish_shape`] closes the shape.
    pub fn push_line(&mut self, coords: impl IntoIterator<Item = Coord<f64>>) {
        self.push_run(coords, true);
    }

    /// Appends a polygon's ring, turned so that exteriors run counter-clockwise and holes clockwise.
    pub fn push_ring(&mut self, coords: impl IntoIterator<Item = Coord<f64>>, exterior: bool) {
        let start = self.coords.len();
        self.push_run(coords, exterior);
        let ring = &mut self.coords[start..];
        if (super::area::ring_area(ring) > 0.0) != exterior {
            ring.reverse();
        }
    }

    fn push_run(&mut self, coords: impl IntoIterator<Item = Coord<f64>>, exterior: bool) {
        self.coords.extend(coords);
        self.ring_ends.push(self.coords.len() as u32);
        self.ring_is_exterior.push(exterior);
    }

    pub fn finish_shape(&mut self) {
        self.shape_ends.push(self.ring_ends.len() as u32);
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

    /// Appends all shapes of `other`.
    pub fn append(&mut self, other: &Arena) {
        let (coords, rings) = (self.coords.len() as u32, self.ring_ends.len() as u32);
        self.coords.extend_from_slice(&other.coords);
        self.ring_ends.extend(other.ring_ends.iter().map(|end| end + coords));
        self.ring_is_exterior.extend_from_slice(&other.ring_is_exterior);
        self.shape_ends.extend(other.shape_ends.iter().map(|end| end + rings));
    }

    pub fn shrink(&mut self) {
        self.coords.shrink_to_fit();
        self.ring_ends.shrink_to_fit();
        self.ring_is_exterior.shrink_to_fit();
        self.shape_ends.shrink_to_fit();
    }

    /// All vertices, shape by shape.
    pub fn coords(&self) -> &[Coord<f64>] {
        &self.coords
    }

    /// The ranges of shape `index`'s rings in [`Arena::coords`], with their role.
    pub fn ring_ranges(&self, index: usize) -> impl Iterator<Item = (std::ops::Range<usize>, bool)> + Clone + '_ {
        let first = if index == 0 { 0 } else { self.shape_ends[index - 1] as usize };
        let last = self.shape_ends[index] as usize;
        (first..last).map(move |ring| {
            let start = if ring == 0 { 0 } else { self.ring_ends[ring - 1] as usize };
            (start..self.ring_ends[ring] as usize, self.ring_is_exterior[ring])
        })
    }

    /// The rings of shape `index` in order.
    pub fn rings(&self, index: usize) -> impl Iterator<Item = Ring<'_>> + Clone {
        self.ring_ranges(index).map(|(range, exterior)| Ring { coords: &self.coords[range], exterior })
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
        self.coords.capacity() * 16 + self.ring_ends.capacity() * 4 + self.ring_is_exterior.capacity() + self.shape_ends.capacity() * 4
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

    #[test]
    fn what_goes_in_comes_out() {
        let holed = MultiPolygon(vec![
            polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.), (x: 0., y: 9.)], interiors: [[(x: 1., y: 1.), (x: 2., y: 2.), (x: 2., y: 1.)]]),
            polygon![(x: 20., y: 0.), (x: 29., y: 0.), (x: 29., y: 9.)],
        ]);
        let mut first = Arena::default();
        first.push(Some(&Geometry::Point(Point::new(1.0, 2.0))));
        let mut second = Arena::default();
        second.push(None);
        second.push(Some(&Geometry::MultiPolygon(holed.clone())));
        first.append(&second);
        assert_eq!(first.len(), 3);
        assert_eq!(first.bounds(1), None);
        assert_eq!(first.multi_polygon(2), holed);
        assert!((first.area(2) - (81.0 - 0.5 + 40.5)).abs() < 1e-12);
        assert!(first.contains(2, Coord { x: 0.5, y: 5.0 }) && !first.contains(2, Coord { x: 1.7, y: 1.2 }));
    }
}
