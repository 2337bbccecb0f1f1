//! Which ring is the land and which the hole, where the file has them the wrong way round.

use geo_types::Coord;

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
    let (inner, outer) = (bounds(ring), bounds(other));
    let within = inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
    if ring.len() < 4 || other.len() < 4 || !within || inner == outer {
        return false;
    }
    let mut sides = ring.iter().filter_map(|point| side(*point, other)).peekable();
    sides.peek().is_some() && sides.all(|inside| inside)
}

fn bounds(ring: &[Coord<f64>]) -> [f64; 4] {
    ring.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |[west, south, east, north], point| {
        [west.min(point.x), south.min(point.y), east.max(point.x), north.max(point.y)]
    })
}

/// Inside or outside; `None` on the line.
fn side(point: Coord<f64>, ring: &[Coord<f64>]) -> Option<bool> {
    let mut inside = false;
    let closing = ring.last().copied().zip(ring.first().copied());
    for (a, b) in ring.windows(2).map(|pair| (pair[0], pair[1])).chain(closing) {
        let cross = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
        let between = point.x >= a.x.min(b.x) && point.x <= a.x.max(b.x) && point.y >= a.y.min(b.y) && point.y <= a.y.max(b.y);
        if cross == 0.0 && between {
            return None;
        }
        if (a.y > point.y) != (b.y > point.y) && ((cross > 0.0) == (b.y > a.y)) {
            inside = !inside;
        }
    }
    Some(inside)
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
