//! Rounding that keeps a polygon a polygon: a ring of four positions, no side that crosses or touches another.

use crate::formats::geos;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Decimals beyond which a coordinate in degrees says nothing: a tenth of a micrometre.
const MOST_DIGITS: u32 = 12;
/// Share of a parcel's area by which rounding may change it before that is worth a word.
const NOTED_SHARE: f64 = 1e-4;

/// A ring of a polygon as it will be written, with its role.
pub(super) struct Ring {
    pub exterior: bool,
    pub points: Vec<Coord<f64>>,
}

/// What rounding does to one polygon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rounding {
    /// Decimals with which it stays valid.
    pub digits: u32,
    /// With these its area changes by more than a ten-thousandth.
    pub coarse: bool,
}

/// Decimals from which a file is taken for the land itself: it then keeps areas. Who asks for fewer wants a drawing, and is told.
const DIGITS_OF_LAND: u32 = 7;

/// The decimals, at least `wanted`, with which the rings stay a valid polygon and, in a file of the land itself, keep their area; `wanted` where
/// no number of decimals helps.
pub(super) fn rounding(rings: &[Ring], wanted: u32) -> Rounding {
    let rounded = |digits: u32| -> Vec<Vec<Place>> { rings.iter().map(|ring| places(&ring.points, digits)).collect() };
    let part = |ring: &Ring, area: f64| if ring.exterior { area.abs() } else { -area.abs() };
    let exact: f64 = rings.iter().map(|ring| part(ring, area(&ring.points))).sum();
    let coarse = |digits: u32, rounded: &[Vec<Place>]| {
        let units = 10f64.powi(2 * digits as i32);
        let kept: f64 = rings.iter().zip(rounded).map(|(ring, places)| part(ring, area_of_places(places) / units)).sum();
        (kept - exact).abs() > NOTED_SHARE * exact.abs()
    };
    let mut first_valid = None;
    for digits in wanted..=MOST_DIGITS.max(wanted) {
        let places = rounded(digits);
        if !is_valid(rings, &places) {
            continue;
        }
        let coarse = coarse(digits, &places);
        if !coarse || wanted < DIGITS_OF_LAND {
            return Rounding { digits, coarse };
        }
        first_valid = first_valid.or(Some(digits));
    }
    Rounding { digits: first_valid.unwrap_or(wanted), coarse: true }
}

/// The cheap answers first: most land is one convex ring, nearly all the rest has sides that keep apart.
fn is_valid(rings: &[Ring], rounded: &[Vec<Place>]) -> bool {
    if let [ring] = rounded
        && is_convex(ring)
    {
        return true;
    }
    rounded.iter().all(|ring| ring.len() >= 4) && (is_simple(rounded) || geos::check(&polygons(rings, rounded)).is_none())
}

/// Whether a closed ring turns one way at every corner and goes round once: its sides go east and west in one run each.
fn is_convex(ring: &[Place]) -> bool {
    let Some(sides) = ring.len().checked_sub(1).filter(|sides| *sides >= 3) else { return false };
    let way = |at: usize| (ring[at + 1].0 - ring[at].0).signum();
    let turn = |at: usize| cross(ring[at], ring[at + 1], ring[(at + 1) % sides + 1]).signum();
    let first = turn(0);
    if first == 0 || (1..sides).any(|at| turn(at) != first) {
        return false;
    }
    // Of sides straight up or down one of the neighbours tells.
    let mut ways = (0..sides).map(way).filter(|way| *way != 0);
    let Some(begin) = ways.next() else { return false };
    let (changes, last) = ways.fold((0, begin), |(changes, last), way| (changes + usize::from(way != last), way));
    changes + usize::from(last != begin) == 2
}

type Place = (i64, i64);

/// Positions in units of the last decimal, without repetition.
fn places(points: &[Coord<f64>], digits: u32) -> Vec<Place> {
    let unit = 10f64.powi(digits as i32);
    let mut places: Vec<Place> = points.iter().map(|at| ((at.x * unit).round() as i64, (at.y * unit).round() as i64)).collect();
    places.dedup();
    places
}

/// Twice the area, relative to the first position so that degrees of three figures keep their last ones.
fn area(points: &[Coord<f64>]) -> f64 {
    let Some(origin) = points.first() else { return 0.0 };
    points.windows(2).map(|pair| (pair[0].x - origin.x) * (pair[1].y - origin.y) - (pair[1].x - origin.x) * (pair[0].y - origin.y)).sum()
}

/// As [`area`], in square units of the last decimal.
fn area_of_places(places: &[Place]) -> f64 {
    let Some(origin) = places.first() else { return 0.0 };
    let doubled: i128 = places.windows(2).map(|pair| cross(*origin, pair[0], pair[1])).sum();
    doubled as f64
}

/// Whether no two sides have a point in common but neighbours their corner. A hole that touches its shell is valid and not simple: who needs
/// to know asks further.
fn is_simple(rings: &[Vec<Place>]) -> bool {
    struct Side {
        from: Place,
        to: Place,
        ring: usize,
        at: usize,
    }
    let mut sides: Vec<Side> = Vec::new();
    for (ring, places) in rings.iter().enumerate() {
        sides.extend(places.windows(2).enumerate().map(|(at, pair)| Side { from: pair[0], to: pair[1], ring, at }));
    }
    sides.sort_unstable_by_key(|side| side.from.0.min(side.to.0));
    for (index, side) in sides.iter().enumerate() {
        let (low, high) = (side.from.1.min(side.to.1), side.from.1.max(side.to.1));
        let right = side.from.0.max(side.to.0);
        for other in sides[index + 1..].iter().take_while(|other| other.from.0.min(other.to.0) <= right) {
            if other.from.1.min(other.to.1) > high || other.from.1.max(other.to.1) < low {
                continue;
            }
            let count = rings[side.ring].len() - 1;
            let neighbours = side.ring == other.ring && ((side.at + 1) % count == other.at || (other.at + 1) % count == side.at);
            let meet = if neighbours {
                turns_back((side.from, side.to), (other.from, other.to))
            } else {
                touches((side.from, side.to), (other.from, other.to))
            };
            if meet {
                return false;
            }
        }
    }
    true
}

fn cross(o: Place, a: Place, b: Place) -> i128 {
    i128::from(a.0 - o.0) * i128::from(b.1 - o.1) - i128::from(a.1 - o.1) * i128::from(b.0 - o.0)
}

/// Whether two sides with a corner in common run over each other.
fn turns_back(a: (Place, Place), b: (Place, Place)) -> bool {
    let (corner, p, q) = if a.1 == b.0 { (a.1, a.0, b.1) } else { (a.0, a.1, b.0) };
    let along = i128::from(p.0 - corner.0) * i128::from(q.0 - corner.0) + i128::from(p.1 - corner.1) * i128::from(q.1 - corner.1);
    cross(corner, p, q) == 0 && along > 0
}

fn touches(a: (Place, Place), b: (Place, Place)) -> bool {
    let sides = [cross(a.0, a.1, b.0).signum(), cross(a.0, a.1, b.1).signum(), cross(b.0, b.1, a.0).signum(), cross(b.0, b.1, a.1).signum()];
    if sides == [0; 4] {
        // On one line: their boxes meet, and so do they.
        let overlap = |p: (i64, i64), q: (i64, i64)| p.0.min(p.1) <= q.0.max(q.1) && q.0.min(q.1) <= p.0.max(p.1);
        return overlap((a.0.0, a.1.0), (b.0.0, b.1.0)) && overlap((a.0.1, a.1.1), (b.0.1, b.1.1));
    }
    sides[0] * sides[1] <= 0 && sides[2] * sides[3] <= 0
}

fn polygons(rings: &[Ring], rounded: &[Vec<Place>]) -> MultiPolygon<f64> {
    let line = |places: &Vec<Place>| LineString::new(places.iter().map(|at| Coord { x: at.0 as f64, y: at.1 as f64 }).collect());
    let mut parts: Vec<Polygon<f64>> = Vec::new();
    for (ring, places) in rings.iter().zip(rounded) {
        match parts.last_mut().filter(|_| !ring.exterior) {
            Some(part) => part.interiors_push(line(places)),
            None => parts.push(Polygon::new(line(places), Vec::new())),
        }
    }
    MultiPolygon::new(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring(points: &[(f64, f64)]) -> Ring {
        Ring { exterior: true, points: points.iter().map(|(x, y)| Coord { x: 114.0 + x, y: 22.5 + y }).collect() }
    }

    #[test]
    fn a_ring_keeps_four_positions_and_its_sides_apart() {
        let square = ring(&[(0.0, 0.0), (0.001, 0.0), (0.001, 0.001), (0.0, 0.001), (0.0, 0.0)]);
        assert_eq!(rounding(&[square], 7), Rounding { digits: 7, coarse: false });
        let square = |precision| rounding(&[ring(&[(0.0, 0.0), (0.0012, 0.0), (0.0012, 0.0012), (0.0, 0.0012), (0.0, 0.0)])], precision);
        assert_eq!((square(3).digits, square(0).digits), (3, 3));
        assert!(square(3).coarse);
        // Two long arms that rounding would lay onto each other.
        let fork = ring(&[
            (0.0, 0.0),
            (0.01, 0.0),
            (0.01, 0.001),
            (0.002, 0.001),
            (0.002, 0.00104),
            (0.01, 0.00104),
            (0.01, 0.002),
            (0.0, 0.002),
            (0.0, 0.0),
        ]);
        assert_eq!(rounding(&[fork], 4).digits, 5);
    }

    #[test]
    fn a_small_parcel_keeps_the_decimals_that_its_area_needs_unless_a_drawing_is_asked_for() {
        // A strip of 0.3 m by 100 m: a centimetre is three parts in a hundred of its width.
        let strip = || ring(&[(0.0, 0.0), (0.000_002_94, 0.0), (0.000_002_94, 0.000_9), (0.0, 0.000_9), (0.0, 0.0)]);
        let kept = rounding(&[strip()], 7);
        assert!(kept.digits > 7 && !kept.coarse, "{kept:?}");
        let drawn = rounding(&[strip()], 6);
        assert!(drawn.digits == 6 && drawn.coarse, "{drawn:?}");
    }

    #[test]
    fn convex_is_what_turns_one_way_and_goes_round_once() {
        let square = [(0, 0), (5, 0), (5, 5), (0, 5), (0, 0)];
        let mut turned = square;
        turned.reverse();
        assert!(is_convex(&square) && is_convex(&turned) && is_convex(&[(0, 0), (4, 1), (1, 3), (0, 0)]));
        // A corner that goes on straight is left to the other tests, as is a notch; a star with five points turns one way and goes round twice.
        assert!(!is_convex(&[(0, 0), (2, 0), (5, 0), (5, 5), (0, 0)]) && !is_convex(&[(0, 0), (5, 0), (2, 2), (0, 5), (0, 0)]));
        let star = [(0, 95), (59, -81), (-95, 31), (95, 31), (-59, -81), (0, 95)];
        assert!(!is_convex(&star) && !is_simple(&[star.to_vec()]));
        assert!(!is_convex(&[(0, 0), (5, 0), (0, 0)]) && !is_convex(&[]));
    }

    #[test]
    fn a_hole_that_touches_its_land_costs_no_digits() {
        let mut hole = ring(&[(0.0, 0.0), (0.001, 0.002), (0.002, 0.001), (0.0, 0.0)]);
        hole.exterior = false;
        let land = ring(&[(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01), (0.0, 0.0)]);
        assert_eq!(rounding(&[land, hole], 7).digits, 7);
    }

    proptest! {
        #[test]
        fn what_is_written_is_valid_at_any_precision(radii in prop::collection::vec(0.00001..0.01f64, 3..24), precision in 0u32..8) {
            let count = radii.len();
            let mut points: Vec<Coord<f64>> = radii.iter().enumerate().map(|(at, radius)| {
                let angle = std::f64::consts::TAU * at as f64 / count as f64;
                Coord { x: 114.05 + radius * angle.cos(), y: 22.55 + radius * angle.sin() }
            }).collect();
            points.push(points[0]);
            let rings = [Ring { exterior: true, points }];
            let digits = rounding(&rings, precision).digits;
            let rounded = vec![places(&rings[0].points, digits)];
            prop_assert!(digits >= precision && rounded[0].len() >= 4);
            prop_assert!(geos::check(&polygons(&rings, &rounded)).is_none());
        }
    }
}
