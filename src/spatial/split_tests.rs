//! Splits against closed forms and, over random land, against what every split must keep.

use super::outline::area;
use super::polygons::length;
use super::polygons::samples::{noise, polygon, rectangle};
use super::split::*;
use geo::{BooleanOps, Orient, orient::Direction};
use geo_types::{Coord, LineString, MultiPolygon};
use std::collections::HashSet;

fn ell() -> MultiPolygon<f64> {
    polygon(&[(0.0, 0.0), (30.0, 0.0), (30.0, 10.0), (10.0, 10.0), (10.0, 30.0), (0.0, 30.0), (0.0, 0.0)])
}

fn areas(parts: &Parts) -> Vec<f64> {
    parts.shapes.iter().map(area).collect()
}

fn close(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len(), "{found:?}");
    assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {wanted:?}");
}

/// Oriented sides of parts, so that a side that two parts share appears once each way.
fn sides(shapes: &[MultiPolygon<f64>]) -> Vec<(Coord<f64>, Coord<f64>)> {
    let oriented: Vec<MultiPolygon<f64>> = shapes.iter().map(|shape| shape.orient(Direction::Default)).collect();
    let rings = oriented.iter().flatten().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    rings.flat_map(|ring| ring.0.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>()).collect()
}

fn distance(at: Coord<f64>, (a, b): (Coord<f64>, Coord<f64>)) -> f64 {
    let way = b - a;
    let share = (((at.x - a.x) * way.x + (at.y - a.y) * way.y) / (way.x * way.x + way.y * way.y)).clamp(0.0, 1.0);
    length(a + way * share, at)
}

/// The parts are the land: the same area, every side either another part's turned round or a piece of the land's border.
fn is_a_partition(land: &MultiPolygon<f64>, parts: &Parts) {
    let off = areas(parts).iter().sum::<f64>() - area(land);
    assert!(off.abs() < 1e-6, "{off}");
    let key = |c: Coord<f64>| [c.x.to_bits(), c.y.to_bits()];
    let own = sides(&parts.shapes);
    let known: HashSet<_> = own.iter().map(|(a, b)| (key(*a), key(*b))).collect();
    assert_eq!(known.len(), own.len(), "no side twice the same way: parts do not overlap");
    let border = sides(std::slice::from_ref(land));
    for (a, b) in own {
        let middle = (a + b) / 2.0;
        let is_border = border.iter().any(|side| distance(middle, *side) < 1e-6 && distance(a, *side) < 1e-6 && distance(b, *side) < 1e-6);
        assert!(known.contains(&(key(b), key(a))) || is_border, "{a:?} {b:?}");
    }
}

#[test]
fn a_rectangle_falls_into_equal_thirds_across_its_length() {
    let land = rectangle(500_000.0, 2_500_000.0, 90.0, 40.0);
    let parts = into_equal(&land, 3, None).unwrap();
    close(&areas(&parts), &[1200.0; 3]);
    assert_eq!(parts.direction_deg, Some(90.0));
    is_a_partition(&land, &parts);
    // Cuts that run north number their parts from the east.
    assert!(parts.shapes[0].0[0].exterior().0.iter().all(|c| c.x >= 500_060.0 - 1e-9));
    let along = into_equal(&land, 4, Some(0.0)).unwrap();
    assert!(along.shapes[0].0[0].exterior().0.iter().all(|c| c.y <= 2_500_010.0 + 1e-9), "and those that run east from the south");
}

#[test]
fn an_ell_is_cut_where_its_arms_begin() {
    // The lower bar has 300 m²; the cut at its upper edge runs along that edge.
    let parts = into_areas(&ell(), &[300.0], Some(0.0)).unwrap();
    close(&areas(&parts), &[300.0, 200.0]);
    assert!(parts.shapes.iter().all(|part| part.0.len() == 1));
    is_a_partition(&ell(), &parts);
    // 100 m² from the north-east at 45° are the triangles of 50 m² at the ends of both arms: one part of two pieces.
    let parts = into_areas(&ell(), &[100.0], Some(135.0)).unwrap();
    close(&areas(&parts), &[100.0, 400.0]);
    close(&parts.shapes[0].0.iter().map(|piece| area(&piece.clone().into())).collect::<Vec<_>>(), &[50.0, 50.0]);
    assert!(parts.shapes[0].0.iter().all(|piece| piece.exterior().0.len() == 4), "the cut goes through the corners");
    is_a_partition(&ell(), &parts);
}

#[test]
fn a_hole_is_shared_out_with_the_land_around_it() {
    let mut land = rectangle(0.0, 0.0, 30.0, 30.0);
    land.0[0].interiors_push(rectangle(10.0, 10.0, 10.0, 10.0).0[0].exterior().clone());
    for count in [2, 3, 4, 7] {
        let parts = into_equal(&land, count, Some(0.0)).unwrap();
        close(&areas(&parts), &vec![800.0 / count as f64; count]);
        is_a_partition(&land, &parts);
    }
    // 250 m² from the south end below the hole at 8⅓ m; of the next 200 m² 50 lie below it and 150 beside it, up to 10 + 150/20 m.
    let parts = into_areas(&land, &[250.0, 200.0], Some(0.0)).unwrap();
    close(&areas(&parts), &[250.0, 200.0, 350.0]);
    let top = parts.shapes[1].0.iter().flat_map(|piece| &piece.exterior().0).map(|c| c.y).fold(0.0, f64::max);
    assert!((top - 17.5).abs() < 1e-9, "{top}");
    is_a_partition(&land, &parts);
}

#[test]
fn a_list_of_areas_keeps_its_order_and_leaves_a_rest() {
    let land = rectangle(0.0, 0.0, 100.0, 100.0);
    close(&areas(&into_areas(&land, &[3000.0, 5000.0], None).unwrap()), &[3000.0, 5000.0, 2000.0]);
    close(&areas(&into_areas(&land, &[3000.0, 6999.5], None).unwrap()), &[3000.0, 7000.0]);
    close(&areas(&into_areas(&land, &[3000.0, 7000.5], None).unwrap()), &[3000.0, 7000.0]);
    assert_eq!(into_areas(&land, &[3000.0, 8000.0], None), Err(SplitError::Exceeds { asked_m2: 11_000.0, has_m2: 10_000.0 }));
    assert_eq!(into_areas(&land, &[10_000.0], None), Err(SplitError::Count(1)));
    assert_eq!(into_areas(&land, &[1.0; 100], None), Err(SplitError::Count(101)));
    assert!(matches!(into_areas(&land, &[0.25], None), Err(SplitError::TooSmall { part: 1, .. })));
    assert_eq!(into_equal(&land, 1, None), Err(SplitError::Count(1)));
    assert!(matches!(into_equal(&rectangle(0.0, 0.0, 8.0, 8.0), 100, None), Err(SplitError::TooSmall { part: 1, .. })));
}

#[test]
fn a_line_parts_the_land_or_says_why_not() {
    let land = rectangle(500_000.0, 2_500_000.0, 90.0, 40.0);
    let line = |points: &[(f64, f64)]| points.iter().map(|(x, y)| Coord { x: 500_000.0 + x, y: 2_500_000.0 + y }).collect::<Vec<_>>();
    // Northwards: the eastern part is on the right and comes first. Its ends stop short by the rounding of drawn coordinates.
    for cut in [line(&[(30.0, -9.0), (30.0, 50.0)]), line(&[(30.0, 0.004), (30.0, 39.995)]), line(&[(30.0, 0.0), (30.0, 40.0)])] {
        let parts = along_line(&land, &cut).unwrap();
        close(&areas(&parts), &[2400.0, 1200.0]);
        is_a_partition(&land, &parts);
    }
    let bent = along_line(&land, &line(&[(30.0, -1.0), (30.0, 20.0), (95.0, 20.0)])).unwrap();
    close(&areas(&bent), &[1200.0, 2400.0]);
    is_a_partition(&land, &bent);
    for loose in [line(&[(30.0, -1.0), (30.0, 39.0)]), line(&[(-5.0, -5.0), (95.0, -5.0)]), line(&[(0.0, 0.0), (90.0, 0.0)])] {
        assert_eq!(along_line(&land, &loose), Err(SplitError::NotParted));
    }
    assert_eq!(along_line(&land, &line(&[(30.0, -1.0), (30.0, -1.0)])), Err(SplitError::NoLine));
    let crossed = along_line(&land, &line(&[(10.0, -1.0), (10.0, 30.0), (20.0, 30.0), (20.0, 10.0), (0.0, 10.0)]));
    assert!(matches!(crossed, Err(SplitError::LineCrossesItself { .. })));
    assert!(matches!(along_line(&land, &line(&[(10.0, -1.0), (10.0, 41.0), (10.0, 20.0)])), Err(SplitError::LineCrossesItself { .. })));
    assert!(matches!(along_line(&land, &line(&[(0.01, -1.0), (0.01, 41.0)])), Err(SplitError::TooSmall { part: 2, .. })));
}

#[test]
fn rings_that_cross_are_refused() {
    let bow = polygon(&[(0.0, 0.0), (40.0, 30.0), (40.0, 0.0), (0.0, 20.0), (0.0, 0.0)]);
    assert!(matches!(into_equal(&bow, 2, Some(0.0)), Err(SplitError::Broken { .. })));
}

/// A star with `corners` corners between 10 m and 200 m from its centre, now and then with a hole.
fn star(state: &mut u64) -> MultiPolygon<f64> {
    let corners = 5 + (noise(state) * 40.0) as usize;
    let centre = Coord { x: 500_000.0 + noise(state) * 1e4, y: 2_500_000.0 + noise(state) * 1e4 };
    let at = |turn: f64, far: f64| (centre.x + far * (turn * std::f64::consts::TAU).cos(), centre.y + far * (turn * std::f64::consts::TAU).sin());
    let mut ring: Vec<(f64, f64)> = (0..corners).map(|corner| at(corner as f64 / corners as f64, 10.0 + 190.0 * noise(state))).collect();
    ring.push(ring[0]);
    let mut land = polygon(&ring);
    if noise(state) < 0.5 {
        let hole: Vec<(f64, f64)> = (0..=7).map(|corner| at(f64::from(7 - corner % 7) / 7.0, 3.0)).collect();
        land.0[0].interiors_push(LineString::from(hole));
    }
    land
}

#[test]
fn every_split_of_random_land_is_a_partition_with_the_areas_asked_for() {
    let mut state = 20_260_901;
    for _ in 0..300 {
        let land = star(&mut state);
        let whole = area(&land);
        let direction = (noise(&mut state) < 0.8).then(|| noise(&mut state) * 360.0);
        let count = 2 + (noise(&mut state) * 14.0) as usize;
        let parts = into_equal(&land, count, direction).unwrap();
        close(&areas(&parts), &vec![whole / count as f64; count]);
        is_a_partition(&land, &parts);

        let given: Vec<f64> = (0..3).map(|_| whole * (0.05 + 0.25 * noise(&mut state))).collect();
        let parts = into_areas(&land, &given, direction).unwrap();
        close(&areas(&parts)[..3], &given);
        is_a_partition(&land, &parts);

        let across = |state: &mut u64| Coord { x: land.0[0].exterior().0[0].x - 500.0 + 1000.0 * noise(state), y: 0.0 };
        let middle = land.0[0].exterior().0.iter().fold(Coord::zero(), |sum, c| sum + *c) / land.0[0].exterior().0.len() as f64;
        let south = Coord { y: middle.y - 600.0, ..across(&mut state) };
        let north = Coord { y: middle.y + 600.0, ..across(&mut state) };
        match along_line(&land, &[south, middle, north]) {
            Ok(parts) => is_a_partition(&land, &parts),
            Err(error) => assert!(matches!(error, SplitError::TooSmall { .. } | SplitError::NotParted), "{error}"),
        }
    }
}

#[test]
fn parts_do_not_overlap_by_boolean_operations_either() {
    let mut state = 7;
    for _ in 0..20 {
        let land = star(&mut state);
        let parts = into_equal(&land, 5, Some(noise(&mut state) * 360.0)).unwrap().shapes;
        for (i, one) in parts.iter().enumerate() {
            for other in &parts[i + 1..] {
                assert!(area(&one.intersection(other)) < 1e-3);
            }
        }
    }
}
