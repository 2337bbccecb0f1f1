//! How geometry operations see a layer of polygons: by index, as rings, without copies.

use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};

/// Polygons by index, in a metric plane (x = easting, y = northing, metres).
///
/// Rings are closed (first = last). Exterior rings run counter-clockwise, interior rings clockwise, and each
/// exterior is followed by its own interiors: the sign of a ring's area then says what it is, so that areas are
/// plain sums over rings. [`Polygons`] orients on entry; another store must do so when it takes rows in.
pub trait PolygonSet: Sync {
    fn len(&self) -> usize;

    /// The box of item `i`; of no meaning for an item without rings.
    fn bounds(&self, i: usize) -> Rect<f64>;

    fn rings(&self, i: usize) -> impl Iterator<Item = &[Coord<f64>]>;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Planar area in m².
    fn area_m2(&self, i: usize) -> f64 {
        self.rings(i).map(signed_area).sum()
    }

    /// Length of all rings in m, holes included.
    fn perimeter_m(&self, i: usize) -> f64 {
        self.rings(i).flat_map(|ring| ring.windows(2)).map(|pair| length(pair[0], pair[1])).sum()
    }

    fn multipolygon(&self, i: usize) -> MultiPolygon<f64> {
        polygons_of_rings(self.rings(i))
    }
}

/// Twice-checked shoelace around the ring's first point: positive for counter-clockwise. m².
pub fn signed_area(ring: &[Coord<f64>]) -> f64 {
    let Some(&origin) = ring.first() else { return 0.0 };
    let doubled: f64 =
        ring.windows(2).map(|pair| (pair[0].x - origin.x) * (pair[1].y - origin.y) - (pair[1].x - origin.x) * (pair[0].y - origin.y)).sum();
    doubled / 2.0
}

pub(crate) fn length(a: Coord<f64>, b: Coord<f64>) -> f64 {
    (b.x - a.x).hypot(b.y - a.y)
}

/// Polygons from oriented rings: a counter-clockwise ring begins a polygon, a clockwise one is a hole of the last.
pub fn polygons_of_rings<'a>(rings: impl Iterator<Item = &'a [Coord<f64>]>) -> MultiPolygon<f64> {
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    for ring in rings {
        let line = LineString::new(ring.to_vec());
        match polygons.last_mut() {
            Some(polygon) if signed_area(ring) < 0.0 => polygon.interiors_push(line),
            _ => polygons.push(Polygon::new(line, Vec::new())),
        }
    }
    MultiPolygon::new(polygons)
}

/// A set of its own: all coordinates in one arena.
#[derive(Clone, Debug, Default)]
pub struct Polygons {
    coords: Vec<Coord<f64>>,
    /// Ring r has the coordinates `ring_starts[r]..ring_starts[r + 1]`.
    ring_starts: Vec<u32>,
    /// Item i has the rings `item_starts[i]..item_starts[i + 1]`.
    item_starts: Vec<u32>,
    bounds: Vec<Rect<f64>>,
}

impl Polygons {
    pub fn new() -> Self {
        Polygons { coords: Vec::new(), ring_starts: vec![0], item_starts: vec![0], bounds: Vec::new() }
    }

    /// Adds an item; rings are closed and turned as [`PolygonSet`] wants them, rings of fewer than three edges left out.
    pub fn push(&mut self, geometry: &MultiPolygon<f64>) {
        let first = self.coords.len();
        for polygon in geometry {
            self.push_ring(&polygon.exterior().0, true);
            for interior in polygon.interiors() {
                self.push_ring(&interior.0, false);
            }
        }
        self.item_starts.push(self.ring_starts.len() as u32 - 1);
        self.bounds.push(bounds_of(&self.coords[first..]));
    }

    fn push_ring(&mut self, ring: &[Coord<f64>], counter_clockwise: bool) {
        if ring.len() < 4 {
            return;
        }
        if (signed_area(ring) > 0.0) == counter_clockwise {
            self.coords.extend_from_slice(ring);
        } else {
            self.coords.extend(ring.iter().rev());
        }
        self.ring_starts.push(self.coords.len() as u32);
    }
}

/// The box of points; at infinity for none, so that it meets nothing.
pub(crate) fn bounds_of(coords: &[Coord<f64>]) -> Rect<f64> {
    let mut low = Coord { x: f64::INFINITY, y: f64::INFINITY };
    let mut high = Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY };
    for c in coords {
        low = Coord { x: low.x.min(c.x), y: low.y.min(c.y) };
        high = Coord { x: high.x.max(c.x), y: high.y.max(c.y) };
    }
    if coords.is_empty() { Rect::new(low, low) } else { Rect::new(low, high) }
}

impl<'a> FromIterator<&'a MultiPolygon<f64>> for Polygons {
    fn from_iter<I: IntoIterator<Item = &'a MultiPolygon<f64>>>(items: I) -> Self {
        let mut set = Polygons::new();
        items.into_iter().for_each(|item| set.push(item));
        set
    }
}

impl PolygonSet for Polygons {
    fn len(&self) -> usize {
        self.bounds.len()
    }

    fn bounds(&self, i: usize) -> Rect<f64> {
        self.bounds[i]
    }

    fn rings(&self, i: usize) -> impl Iterator<Item = &[Coord<f64>]> {
        let (from, to) = (self.item_starts[i] as usize, self.item_starts[i + 1] as usize);
        self.ring_starts[from..=to].windows(2).map(|pair| &self.coords[pair[0] as usize..pair[1] as usize])
    }
}

/// Some items of another set, in an order of one's own (a park's parcels out of the city's).
pub struct Subset<'a, S> {
    pub set: &'a S,
    pub items: Vec<u32>,
}

impl<S: PolygonSet> PolygonSet for Subset<'_, S> {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn bounds(&self, i: usize) -> Rect<f64> {
        self.set.bounds(self.items[i] as usize)
    }

    fn rings(&self, i: usize) -> impl Iterator<Item = &[Coord<f64>]> {
        self.set.rings(self.items[i] as usize)
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// An axis-parallel rectangle from its lower left corner.
    pub(crate) fn rectangle(x: f64, y: f64, width: f64, height: f64) -> MultiPolygon<f64> {
        Rect::new((x, y), (x + width, y + height)).to_polygon().into()
    }

    pub(crate) fn polygon(points: &[(f64, f64)]) -> MultiPolygon<f64> {
        Polygon::new(LineString::from(points.to_vec()), Vec::new()).into()
    }

    /// A small generator of repeatable noise in [0, 1): tests need no crate for it.
    pub(crate) fn noise(state: &mut u64) -> f64 {
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((*state >> 33) as f64) / (1u64 << 31) as f64
    }

    /// Quadrilaterals that tile `columns` × `rows` cells of `size` m whose inner corners are shifted by up to `jitter` m.
    pub(crate) fn lattice(columns: usize, rows: usize, size: f64, jitter: f64, seed: u64) -> Polygons {
        let mut state = seed;
        let mut corners = Vec::with_capacity((columns + 1) * (rows + 1));
        for row in 0..=rows {
            for column in 0..=columns {
                let shift = |n: f64| (n - 0.5) * 2.0 * jitter;
                let (dx, dy) = (shift(noise(&mut state)), shift(noise(&mut state)));
                corners.push((500_000.0 + column as f64 * size + dx, 2_500_000.0 + row as f64 * size + dy));
            }
        }
        let at = |column: usize, row: usize| corners[row * (columns + 1) + column];
        let mut set = Polygons::new();
        for row in 0..rows {
            for column in 0..columns {
                let ring = [at(column, row), at(column + 1, row), at(column + 1, row + 1), at(column, row + 1), at(column, row)];
                set.push(&polygon(&ring));
            }
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::samples::*;
    use super::*;

    #[test]
    fn rings_are_turned_and_holes_subtract() {
        let mut square = rectangle(0.0, 0.0, 10.0, 10.0);
        square.0[0].interiors_push(LineString::from(vec![(2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (2.0, 4.0), (2.0, 2.0)]));
        let set: Polygons = [&square].into_iter().collect();
        assert_eq!(set.area_m2(0), 96.0);
        assert_eq!(set.perimeter_m(0), 48.0);
        assert_eq!(set.multipolygon(0).0[0].interiors().len(), 1);
    }
}
