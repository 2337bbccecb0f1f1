//! Cuts of simple shapes: what a line parts, and what it leaves as it was.

use super::cut::cut;
use super::outline::area;
use super::polygons::samples::{polygon, rectangle};
use geo_types::{Coord, MultiPolygon};

fn line(points: &[(f64, f64)]) -> Vec<Coord<f64>> {
    points.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect()
}

fn areas(shape: &MultiPolygon<f64>, lines: &[Vec<Coord<f64>>]) -> Vec<f64> {
    let mut areas: Vec<f64> = cut(shape, lines).into_iter().map(|piece| area(&MultiPolygon::from(piece))).collect();
    areas.sort_unstable_by(f64::total_cmp);
    areas
}

fn ring_land() -> MultiPolygon<f64> {
    let mut land = rectangle(0.0, 0.0, 30.0, 30.0);
    land.0[0].interiors_push(rectangle(10.0, 10.0, 10.0, 10.0).0[0].exterior().clone());
    land
}

#[test]
fn a_line_parts_land_and_its_loose_ends_do_nothing() {
    let land = rectangle(0.0, 0.0, 30.0, 20.0);
    assert_eq!(areas(&land, &[line(&[(10.0, -5.0), (10.0, 25.0)])]), [200.0, 400.0]);
    assert_eq!(areas(&land, &[line(&[(10.0, -5.0), (10.0, 8.0), (20.0, 8.0), (20.0, 40.0)])]), [280.0, 320.0]);
    // Ends inside; runs along an edge; lies outside.
    for nothing in [line(&[(10.0, -5.0), (10.0, 15.0)]), line(&[(-5.0, 0.0), (35.0, 0.0)]), line(&[(40.0, 0.0), (40.0, 20.0)])] {
        let pieces = cut(&land, &[nothing]);
        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].exterior().0.len(), 5, "no vertex is left behind: {pieces:?}");
    }
}

#[test]
fn a_line_through_corners_uses_them() {
    let land = rectangle(0.0, 0.0, 20.0, 20.0);
    let pieces = cut(&land, &[line(&[(0.0, 0.0), (20.0, 20.0)])]);
    assert!(pieces.len() == 2 && pieces.iter().all(|piece| piece.exterior().0.len() == 4), "{pieces:?}");
}

#[test]
fn a_hole_is_parted_or_kept() {
    let land = ring_land();
    assert_eq!(areas(&land, &[line(&[(15.0, -1.0), (15.0, 31.0)])]), [400.0, 400.0]);
    // To the hole and no further parts nothing; beside the hole it stays a hole of one piece.
    assert_eq!(areas(&land, &[line(&[(15.0, -1.0), (15.0, 15.0)])]), [800.0]);
    let beside = cut(&land, &[line(&[(5.0, -1.0), (5.0, 31.0)])]);
    assert_eq!(beside.iter().map(|piece| piece.interiors().len()).sum::<usize>(), 1);
    assert_eq!(areas(&land, &[line(&[(5.0, -1.0), (5.0, 31.0)])]), [150.0, 650.0]);
    // Along the hole's edge: the hole is a bay of the larger piece.
    let along = cut(&land, &[line(&[(10.0, -1.0), (10.0, 31.0)])]);
    assert!(along.iter().all(|piece| piece.interiors().is_empty()));
    assert_eq!(areas(&land, &[line(&[(10.0, -1.0), (10.0, 31.0)])]), [300.0, 500.0]);
}

#[test]
fn an_island_is_cut_out_by_a_closed_line() {
    let closed = line(&[(2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0), (2.0, 2.0)]);
    assert_eq!(areas(&ring_land(), std::slice::from_ref(&closed)), [16.0, 784.0]);
    let around = line(&[(5.0, 5.0), (25.0, 5.0), (25.0, 25.0), (5.0, 25.0), (5.0, 5.0)]);
    let pieces = cut(&ring_land(), &[around]);
    assert_eq!(pieces.iter().map(|piece| piece.interiors().len()).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_comb_falls_into_all_its_teeth() {
    let comb = polygon(&[
        (0.0, 0.0),
        (50.0, 0.0),
        (50.0, 20.0),
        (40.0, 20.0),
        (40.0, 5.0),
        (30.0, 5.0),
        (30.0, 20.0),
        (20.0, 20.0),
        (20.0, 5.0),
        (10.0, 5.0),
        (10.0, 20.0),
        (0.0, 20.0),
        (0.0, 0.0),
    ]);
    assert_eq!(areas(&comb, &[line(&[(-1.0, 10.0), (51.0, 10.0)])]), [100.0, 100.0, 100.0, 400.0]);
    assert_eq!(areas(&comb, &[line(&[(-1.0, 5.0), (51.0, 5.0)])]), [150.0, 150.0, 150.0, 250.0]);
}
