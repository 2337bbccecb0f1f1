//! A polygon's part in a tile: its rings cut to the tile and its margin.
//!
//! Cutting ring by ring is quick and right for nearly all. A ring that leaves the tile and comes back (the letter C with its back next door) would run
//! along the border to itself, and a hole that reaches the border would share it with its land: those parts are cut as areas.

use crate::spatial::tile::{HIGH, LOW, clip_ring, twice_area};
use geo::BooleanOps;
use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};

pub(super) type Ring = Vec<[i32; 2]>;

/// The rings of one part, outer first, each open.
#[derive(Default)]
pub(super) struct TilePart {
    rings: Vec<Ring>,
    scratch: Ring,
}

impl TilePart {
    /// Takes in a ring, which is closed.
    pub(super) fn push(&mut self, positions: impl Iterator<Item = [i32; 2]>) {
        let mut ring: Ring = positions.collect();
        ring.pop();
        self.rings.push(ring);
    }

    /// Hands out what of the part is seen in the tile, the outer ring of each piece before its holes, turned as MVT wants it, and gives twice the
    /// area. Rings below `least` are left out, and a piece that is all hole, as one whose hole holds the tile.
    pub(super) fn draw(&mut self, least: i64, mut take: impl FnMut(&Ring)) -> i64 {
        let rings = std::mem::take(&mut self.rings);
        if rings.first().is_none_or(is_beyond) {
            return 0;
        }
        let mut cut = rings.clone();
        cut.iter_mut().for_each(|ring| clip_ring(ring, &mut self.scratch));
        let is_cut = |ring: &Ring| ring.iter().any(|at| is_outside(*at));
        let as_areas = runs_back(&cut[0]) || (rings.len() > 1 && rings[1..].iter().any(|hole| is_cut(hole) && !is_beyond(hole)));
        let pieces = if as_areas { overlay(&rings) } else { vec![cut] };
        pieces.into_iter().map(|piece| draw_piece(piece, least, &mut take)).sum()
    }
}

fn draw_piece(mut rings: Vec<Ring>, least: i64, take: &mut impl FnMut(&Ring)) -> i64 {
    let visible = |ring: &Ring| ring.len() >= 3 && twice_area(ring).abs() / 2 >= least.max(1);
    if rings.first().is_none_or(|outer| !visible(outer)) {
        return 0;
    }
    rings.retain(visible);
    let areas: Vec<i64> = rings.iter().map(|ring| twice_area(ring).abs()).collect();
    let total = areas[0] - areas[1..].iter().sum::<i64>();
    if total <= 0 {
        return 0;
    }
    for (index, ring) in rings.iter_mut().enumerate() {
        // MVT: outer rings have positive area, holes negative.
        if (twice_area(ring) > 0) != (index == 0) {
            ring.reverse();
        }
        take(ring);
    }
    total
}

fn is_outside(at: [i32; 2]) -> bool {
    at.iter().any(|place| !(LOW..=HIGH).contains(place))
}

/// Whether all of a ring lies on the far side of one border.
fn is_beyond(ring: &Ring) -> bool {
    [0, 1].iter().any(|axis| ring.iter().all(|at| at[*axis] < LOW) || ring.iter().all(|at| at[*axis] > HIGH))
}

/// Whether a cut ring runs along the same piece of a border twice.
fn runs_back(ring: &Ring) -> bool {
    let mut runs: Vec<(usize, i32, i32, i32)> = Vec::new();
    let mut previous = ring.last().copied().unwrap_or_default();
    for at in ring {
        for axis in [0, 1] {
            if at[axis] == previous[axis] && (at[axis] == LOW || at[axis] == HIGH) {
                let (from, to) = (previous[1 - axis].min(at[1 - axis]), previous[1 - axis].max(at[1 - axis]));
                runs.push((axis, at[axis], from, to));
            }
        }
        previous = *at;
    }
    runs.sort_unstable();
    runs.windows(2).any(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) && pair[1].2 < pair[0].3)
}

/// The part and the tile with its margin as areas.
fn overlay(rings: &[Ring]) -> Vec<Vec<Ring>> {
    let line = |ring: &Ring| ring.iter().map(|at| Coord { x: f64::from(at[0]), y: f64::from(at[1]) }).collect::<LineString>();
    let part = Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect());
    let corner = |at: i32| Coord { x: f64::from(at), y: f64::from(at) };
    let MultiPolygon(pieces) = part.intersection(&Rect::new(corner(LOW), corner(HIGH)).to_polygon());
    let open = |line: &LineString<f64>| {
        let mut ring: Ring = line.0.iter().map(|at| [at.x.round() as i32, at.y.round() as i32]).collect();
        ring.dedup();
        if ring.first() == ring.last() {
            ring.pop();
        }
        ring
    };
    pieces.iter().map(|piece| std::iter::once(piece.exterior()).chain(piece.interiors()).map(open).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rings: &[&[[i32; 2]]]) -> (i64, Vec<Ring>) {
        let mut part = TilePart::default();
        rings.iter().for_each(|ring| part.push(ring.iter().chain(ring.first()).copied()));
        let mut taken = Vec::new();
        let area = part.draw(1, |ring| taken.push(ring.clone()));
        (area / 2, taken)
    }

    #[test]
    fn a_part_with_its_back_next_door_is_two_rings() {
        // Two arms reach into the tile from the west.
        let (area, rings) = drawn(&[&[[-9000, 100], [500, 100], [500, 300], [-5000, 300], [-5000, 700], [500, 700], [500, 900], [-9000, 900]]]);
        assert_eq!((area, rings.len()), (2 * 580 * 200, 2));
        assert!(rings.iter().all(|ring| ring.len() == 4 && twice_area(ring) > 0), "{rings:?}");
        // Arms that pass right through, with no corner in the tile.
        let (area, rings) = drawn(&[&[[-9000, 100], [9000, 100], [9000, 300], [-5000, 300], [-5000, 700], [9000, 700], [9000, 900], [-9000, 900]]]);
        assert_eq!((area, rings.len()), (2 * 4256 * 200, 2));
    }

    #[test]
    fn a_tile_in_a_hole_shows_nothing_and_a_hole_at_the_border_is_a_bay() {
        let land: &[[i32; 2]] = &[[-9000, -9000], [9000, -9000], [9000, 9000], [-9000, 9000]];
        assert_eq!(drawn(&[land, &[[-8000, -8000], [-8000, 8000], [8000, 8000], [8000, -8000]]]), (0, Vec::new()));
        let (area, rings) = drawn(&[land, &[[-500, 1000], [-500, 2000], [500, 2000], [500, 1000]]]);
        assert_eq!((area, rings.len()), (4256 * 4256 - 580 * 1000, 1));
        let (area, rings) = drawn(&[land, &[[100, 1000], [100, 2000], [500, 2000], [500, 1000]]]);
        assert_eq!((area, rings.len()), (4256 * 4256 - 400 * 1000, 2));
        assert!(twice_area(&rings[0]) > 0 && twice_area(&rings[1]) < 0);
        assert_eq!(drawn(&[&[[-900, -900], [-500, -900], [-500, -500]]]), (0, Vec::new()));
    }
}
