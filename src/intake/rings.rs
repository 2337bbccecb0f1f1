//! Which ring is the land and which the hole, where the file has them the wrong way round.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Contains};
use geo_types::{Coord, LineString, Polygon};

/// Rings of one polygon, the outer ring first.
pub(super) type Rings = Vec<Vec<Coord<f64>>>;

/// A polygon whose first ring lies inside another of its rings was turned round by whoever wrote it: its rings are ordered by what lies inside
/// what (outside of an even number of others: land; of an odd number: a hole of the smallest ring around it). Others stay as they are.
pub(super) fn by_containment(rings: Rings, turned: &mut bool) -> Vec<Rings> {
    let first_is_inside = rings.split_first().is_some_and(|(first, others)| others.iter().any(|other| lies_inside(first, other)));
    if !first_is_inside {
        return vec![rings];
    }
    *turned = true;
    let around: Vec<Vec<usize>> =
        (0..rings.len()).map(|ring| (0..rings.len()).filter(|other| *other != ring && lies_inside(&rings[ring], &rings[*other])).collect()).collect();
    let is_land = |ring: usize| around[ring].len().is_multiple_of(2);
    let lands: Vec<usize> = (0..rings.len()).filter(|ring| is_land(*ring)).collect();
    let holes_of = |land: usize| {
        // The ring right around a hole has one ring less around it than the hole.
        let mine = |hole: &usize| !is_land(*hole) && around[*hole].contains(&land) && around[*hole].len() == around[land].len() + 1;
        (0..rings.len()).filter(mine).collect::<Vec<_>>()
    };
    lands.iter().map(|land| std::iter::once(*land).chain(holes_of(*land)).map(|ring| rings[ring].clone()).collect()).collect()
}

/// Whether all corners of a ring lie inside another (corners on its line count for neither side) and the other is not the same ring.
fn lies_inside(ring: &[Coord<f64>], other: &[Coord<f64>]) -> bool {
    if ring.len() < 4 || other.len() < 4 {
        return false;
    }
    let [inner, outer] = [ring, other].map(|ring| Polygon::new(LineString::new(ring.to_vec()), Vec::new()));
    let (Some(box_inside), Some(box_around)) = (inner.bounding_rect(), outer.bounding_rect()) else { return false };
    if box_inside == box_around || !box_around.contains(&box_inside) {
        return false;
    }
    let mut sides = ring.iter().map(|corner| outer.coordinate_position(corner)).filter(|side| *side != CoordPos::OnBoundary).peekable();
    sides.peek().is_some() && sides.all(|side| side == CoordPos::Inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(west: f64, south: f64, side: f64) -> Vec<Coord<f64>> {
        [(0., 0.), (1., 0.), (1., 1.), (0., 1.), (0., 0.)].iter().map(|(x, y)| Coord { x: west + x * side, y: south + y * side }).collect()
    }

    fn ordered(rings: Rings) -> (Vec<Rings>, bool) {
        let mut turned = false;
        let parts = by_containment(rings, &mut turned);
        (parts, turned)
    }

    #[test]
    fn a_hole_before_its_land_changes_places_with_it() {
        let (outer, hole) = (square(0., 0., 100.), square(20., 20., 20.));
        assert_eq!(ordered(vec![hole.clone(), outer.clone()]), (vec![vec![outer.clone(), hole.clone()]], true));
        assert_eq!(ordered(vec![outer.clone(), hole.clone()]), (vec![vec![outer, hole]], false));
    }

    #[test]
    fn an_island_in_a_hole_is_land_again_and_rings_side_by_side_are_left_alone() {
        let (outer, hole, island) = (square(0., 0., 100.), square(20., 20., 40.), square(30., 30., 10.));
        let (parts, turned) = ordered(vec![hole.clone(), outer.clone(), island.clone()]);
        assert_eq!((parts, turned), (vec![vec![outer, hole], vec![island]], true));
        let beside = vec![square(0., 0., 10.), square(20., 0., 10.)];
        assert_eq!(ordered(beside.clone()), (vec![beside], false));
    }

    #[test]
    fn a_hole_that_touches_its_land_in_a_corner_still_lies_inside_and_equal_rings_do_not() {
        let (outer, hole) = (square(0., 0., 100.), square(0., 0., 20.));
        assert!(lies_inside(&hole, &outer) && !lies_inside(&outer, &hole) && !lies_inside(&outer, &outer));
        assert!(!lies_inside(&square(90., 90., 20.), &outer));
    }
}
