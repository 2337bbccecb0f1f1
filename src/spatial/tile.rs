//! Geometry of a map tile: integer positions, clipping, winding. Positions are in tile units, y growing to the south.

/// Units across a tile (MVT's usual extent).
pub const EXTENT: i32 = 4096;
/// Units kept beyond each side, so that outlines do not end at the border.
pub const MARGIN: i32 = 80;

/// A tile address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileAddress {
    pub z: u8,
    pub x: u32,
    pub y: u32,
}

/// The deepest zoom that the integer positions resolve.
pub const MAX_ZOOM: u8 = 18;

impl TileAddress {
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        let side = 1u64 << z.min(31);
        (z <= MAX_ZOOM && u64::from(x) < side && u64::from(y) < side).then_some(TileAddress { z, x, y })
    }

    /// Position of the north-west corner and the side, in world units (2⁻³² of the world).
    pub fn world(&self) -> (f64, f64, f64) {
        let side = super::mercator::WORLD / f64::from(1u32 << self.z);
        (f64::from(self.x) * side, f64::from(self.y) * side, side)
    }

    /// [west, south, east, north] in degrees, grown by the margin.
    pub fn lon_lat_box(&self) -> [f64; 4] {
        let (x, y, side) = self.world();
        let grow = side * f64::from(MARGIN) / f64::from(EXTENT);
        let north_west = super::mercator::lon_lat(geo_types::Coord { x: x - grow, y: y - grow });
        let south_east = super::mercator::lon_lat(geo_types::Coord { x: x + side + grow, y: y + side + grow });
        [north_west.x, south_east.y, south_east.x, north_west.y]
    }

    /// World position → tile units, rounded.
    pub fn place(&self, position: [u32; 2]) -> [i32; 2] {
        let shift = 20 - i32::from(self.z);
        let corner = [i64::from(self.x) << (32 - self.z), i64::from(self.y) << (32 - self.z)];
        let half = if shift > 0 { 1i64 << (shift - 1) } else { 0 };
        [0, 1].map(|axis| ((i64::from(position[axis]) - corner[axis] + half) >> shift) as i32)
    }
}

/// The borders to which shapes are cut.
pub const LOW: i32 = -MARGIN;
pub const HIGH: i32 = EXTENT + MARGIN;

/// Twice the signed area; positive is clockwise on screen, which MVT wants of outer rings.
pub fn twice_area(ring: &[[i32; 2]]) -> i64 {
    let Some(last) = ring.last() else { return 0 };
    let mut previous = last;
    let mut sum = 0i64;
    for point in ring {
        sum += i64::from(previous[0]) * i64::from(point[1]) - i64::from(point[0]) * i64::from(previous[1]);
        previous = point;
    }
    sum
}

/// Clips an open ring (no repeated last point) to the tile and its margin (Sutherland–Hodgman), dropping repeated points.
pub fn clip_ring(ring: &mut Vec<[i32; 2]>, scratch: &mut Vec<[i32; 2]>) {
    let inside_all = ring.iter().all(|point| point[0] >= LOW && point[0] <= HIGH && point[1] >= LOW && point[1] <= HIGH);
    if !inside_all {
        for (axis, bound, keep_above) in [(0, LOW, true), (0, HIGH, false), (1, LOW, true), (1, HIGH, false)] {
            scratch.clear();
            let Some(mut previous) = ring.last().copied() else { return };
            let inside = |point: [i32; 2]| if keep_above { point[axis] >= bound } else { point[axis] <= bound };
            for point in ring.iter().copied() {
                if inside(point) != inside(previous) {
                    scratch.push(cut(previous, point, axis, bound));
                }
                if inside(point) {
                    scratch.push(point);
                }
                previous = point;
            }
            std::mem::swap(ring, scratch);
        }
    }
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
}

fn cut(a: [i32; 2], b: [i32; 2], axis: usize, bound: i32) -> [i32; 2] {
    let other = 1 - axis;
    let share = f64::from(bound - a[axis]) / f64::from(b[axis] - a[axis]);
    let mut point = [0; 2];
    point[axis] = bound;
    point[other] = (f64::from(a[other]) + share * f64::from(b[other] - a[other])).round() as i32;
    point
}

/// Clips a line to the tile and its margin; each piece goes to `take`.
pub fn clip_line(line: &[[i32; 2]], mut take: impl FnMut(&[[i32; 2]])) {
    let mut piece: Vec<[i32; 2]> = Vec::new();
    for pair in line.windows(2) {
        match clip_segment(pair[0], pair[1]) {
            Some((from, to)) => {
                if piece.last() != Some(&from) {
                    if piece.len() > 1 {
                        take(&piece);
                    }
                    piece.clear();
                    piece.push(from);
                }
                if from != to {
                    piece.push(to);
                }
            }
            None => {
                if piece.len() > 1 {
                    take(&piece);
                }
                piece.clear();
            }
        }
    }
    if piece.len() > 1 {
        take(&piece);
    }
}

/// Liang–Barsky.
fn clip_segment(a: [i32; 2], b: [i32; 2]) -> Option<([i32; 2], [i32; 2])> {
    let (start, delta) = ([f64::from(a[0]), f64::from(a[1])], [f64::from(b[0] - a[0]), f64::from(b[1] - a[1])]);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for axis in 0..2 {
        let (low, high) = (f64::from(LOW) - start[axis], f64::from(HIGH) - start[axis]);
        if delta[axis] == 0.0 {
            if low > 0.0 || high < 0.0 {
                return None;
            }
            continue;
        }
        let (first, second) = (low / delta[axis], high / delta[axis]);
        enter = enter.max(first.min(second));
        leave = leave.min(first.max(second));
    }
    let at = |share: f64| [0, 1].map(|axis| (start[axis] + share * delta[axis]).round() as i32);
    (enter <= leave).then(|| (if enter == 0.0 { a } else { at(enter) }, if leave == 1.0 { b } else { at(leave) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_ring_around_the_tile_becomes_the_tile_with_its_margin() {
        let mut ring = vec![[-9000, -9000], [9000, -9000], [9000, 9000], [-9000, 9000]];
        clip_ring(&mut ring, &mut Vec::new());
        assert_eq!(twice_area(&ring) / 2, i64::from(EXTENT + 2 * MARGIN).pow(2));
    }

    #[test]
    fn positions_agree_with_the_exact_formula() {
        let tile = TileAddress::new(14, 13_400, 7_120).unwrap();
        let (x, y, side) = tile.world();
        let position = [(x + side * 0.25) as u32, (y + side * 0.75) as u32];
        assert_eq!(tile.place(position), [1024, 3072]);
    }

    proptest! {
        #[test]
        fn clipping_never_leaves_the_margin_nor_grows_a_convex_ring(points in proptest::collection::vec((-9000..9000i32, -9000..9000i32), 3..4)) {
            let mut ring: Vec<[i32; 2]> = points.iter().map(|(x, y)| [*x, *y]).collect();
            let before = twice_area(&ring).abs();
            clip_ring(&mut ring, &mut Vec::new());
            prop_assert!(ring.iter().all(|point| point.iter().all(|at| (LOW..=HIGH).contains(at))));
            // Rounding the cut points can move each by half a unit.
            prop_assert!(twice_area(&ring).abs() <= before + 40_000);
        }

        #[test]
        fn a_clipped_line_stays_inside(points in proptest::collection::vec((-9000..9000i32, -9000..9000i32), 2..8)) {
            let line: Vec<[i32; 2]> = points.iter().map(|(x, y)| [*x, *y]).collect();
            clip_line(&line, |piece| assert!(piece.iter().all(|point| point.iter().all(|at| (LOW..=HIGH).contains(at)))));
        }
    }
}
