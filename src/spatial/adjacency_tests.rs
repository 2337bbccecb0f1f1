use super::adjacency::*;
use super::polygons::samples::{lattice, noise, polygon, rectangle};
use super::polygons::{PolygonSet, Polygons};
use geo_types::{Coord, LineString, MultiPolygon};

fn contacts(items: &[MultiPolygon<f64>]) -> Vec<Contact> {
    adjacency(&items.iter().collect::<Polygons>(), &AdjacencyOptions::default())
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-7
}

#[test]
fn a_common_edge_of_ten_metres_has_length_ten() {
    let found = contacts(&[rectangle(0.0, 0.0, 10.0, 10.0), rectangle(10.0, 0.0, 10.0, 10.0)]);
    assert_eq!(found.len(), 1);
    assert!(close(found[0].length_m, 10.0) && found[0].class == ContactClass::Edge && found[0].gap_m < 1e-9);
}

#[test]
fn a_mere_corner_is_a_point_contact_of_length_zero() {
    let found = contacts(&[rectangle(0.0, 0.0, 10.0, 10.0), rectangle(10.0, 10.0, 10.0, 10.0)]);
    assert_eq!((found[0].class, found[0].length_m, found[0].gap_m), (ContactClass::Point, 0.0, 0.0));
    let apart = contacts(&[rectangle(0.0, 0.0, 10.0, 10.0), rectangle(10.4, 10.4, 10.0, 10.0)]);
    assert!(apart.is_empty(), "0.57 m diagonally");
}

#[test]
fn parcels_that_are_apart_are_no_contact_though_their_boxes_overlap() {
    // The least case that the twin found: 6.44 m apart, but the closed-form overlap leaves rounding behind.
    let a = polygon(&[(500_024.0, 2_500_001.0), (500_015.0, 2_500_004.0), (500_000.0, 2_500_014.0), (500_007.0, 2_500_011.0)]);
    let b = polygon(&[(500_018.0, 2_500_012.0), (500_016.0, 2_500_028.0), (500_027.0, 2_500_027.0)]);
    let found = contacts(&[a, b]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn boundaries_need_no_common_vertex() {
    // A T-junction: two parcels above one.
    let found = contacts(&[rectangle(0.0, 0.0, 30.0, 10.0), rectangle(-5.0, 10.0, 12.0, 10.0), rectangle(7.0, 10.0, 40.0, 10.0)]);
    let lengths: Vec<f64> = found.iter().map(|c| c.length_m).collect();
    assert!(close(lengths[0], 7.0) && close(lengths[1], 23.0) && close(lengths[2], 10.0), "{lengths:?}");
    // One long side against three short ones.
    let found = contacts(&[
        rectangle(0.0, 0.0, 30.0, 10.0),
        rectangle(0.0, 10.0, 9.0, 5.0),
        rectangle(9.0, 10.0, 11.0, 5.0),
        rectangle(20.0, 10.0, 10.0, 5.0),
    ]);
    let with_long: Vec<f64> = found.iter().filter(|c| c.a == 0).map(|c| c.length_m).collect();
    assert!(close(with_long[0], 9.0) && close(with_long[1], 11.0) && close(with_long[2], 10.0), "{with_long:?}");
}

#[test]
fn a_gap_within_the_tolerance_is_contact_and_beyond_is_none() {
    for (gap, expected) in [(0.3, true), (0.5, true), (0.501, false)] {
        let found = contacts(&[rectangle(500_000.0, 2_500_000.0, 10.0, 10.0), rectangle(500_010.0 + gap, 2_500_000.0, 10.0, 10.0)]);
        assert_eq!(!found.is_empty(), expected, "gap {gap}");
        if expected {
            assert!(close(found[0].length_m, 10.0) && (found[0].gap_m - gap).abs() < 1e-6, "{found:?}");
        }
    }
}

#[test]
fn an_overlap_is_a_class_of_its_own_with_its_area() {
    let found = contacts(&[rectangle(0.0, 0.0, 10.0, 10.0), rectangle(9.0, 0.0, 10.0, 10.0)]);
    assert_eq!(found[0].class, ContactClass::Overlap);
    assert!(close(found[0].overlap_m2, 10.0));
    // A parcel inside another: no boundary near, yet contact.
    let found = contacts(&[rectangle(0.0, 0.0, 100.0, 100.0), rectangle(40.0, 40.0, 10.0, 10.0)]);
    assert_eq!((found[0].class, found[0].length_m), (ContactClass::Overlap, 0.0));
    // Within drawing tolerance it stays an edge contact: 0.2 m × 10 m ≤ ε·L/2 + 0.1.
    let found = contacts(&[rectangle(0.0, 0.0, 10.0, 10.0), rectangle(9.8, 0.0, 10.0, 10.0)]);
    assert_eq!(found[0].class, ContactClass::Edge);
}

#[test]
fn a_wedge_counts_only_where_it_is_narrow() {
    // Two sides that part at 3°: within 0.5 m until 0.5/tan 3° (from the horizontal side) and 0.5/sin 3° (from the slanted one).
    let turn = 3f64.to_radians();
    let found =
        contacts(&[rectangle(0.0, -20.0, 50.0, 20.0), polygon(&[(0.0, 0.0), (50.0 * turn.cos(), 50.0 * turn.sin()), (0.0, 30.0), (0.0, 0.0)])]);
    // A point at run t on the horizontal side has its foot at t·cos, at distance t·sin ≤ 0.5; the other way the foot is at t·cos and the distance t·sin as well.
    assert!(close(found[0].length_m, 0.5 / turn.sin()), "{} {}", found[0].length_m, 0.5 / turn.sin());
    // They meet at its point; 0.5 m apart where they cease to face each other.
    assert!(found[0].gap_m < 1e-9 && (found[0].widest_m - 0.5).abs() < 1e-6);
}

/// Another way to the same number: step along each segment and test the definition at each step.
fn sampled_length(set: &Polygons, i: usize, j: usize, step: f64, options: &AdjacencyOptions) -> f64 {
    let segments = |k: usize| -> Vec<(Coord<f64>, Coord<f64>)> {
        set.rings(k).flat_map(|ring| ring.windows(2).map(|w| (w[0], w[1])).collect::<Vec<_>>()).collect()
    };
    let towards = |from: usize, to: usize| -> f64 {
        let others = segments(to);
        let mut total = 0.0;
        for (a0, a1) in segments(from) {
            let length = (a1.x - a0.x).hypot(a1.y - a0.y);
            let steps = (length / step).ceil();
            for k in 0..steps as usize {
                let t = (k as f64 + 0.5) / steps;
                let p = Coord { x: a0.x + t * (a1.x - a0.x), y: a0.y + t * (a1.y - a0.y) };
                let faces = others.iter().any(|(s0, s1)| {
                    let (sx, sy) = (s1.x - s0.x, s1.y - s0.y);
                    let along = ((p.x - s0.x) * sx + (p.y - s0.y) * sy) / (sx * sx + sy * sy);
                    let foot = Coord { x: s0.x + along * sx, y: s0.y + along * sy };
                    let turn = ((a1.y - a0.y).atan2(a1.x - a0.x) - sy.atan2(sx)).rem_euclid(std::f64::consts::PI);
                    let turn = turn.min(std::f64::consts::PI - turn).to_degrees();
                    (0.0..=1.0).contains(&along) && (p.x - foot.x).hypot(p.y - foot.y) <= options.tolerance_m && turn <= options.angle_deg
                });
                total += if faces { length / steps } else { 0.0 };
            }
        }
        total
    };
    0.5 * (towards(i, j) + towards(j, i))
}

#[test]
fn random_shapes_agree_with_stepping_along_their_boundaries() {
    let mut state = 77;
    let options = AdjacencyOptions { tolerance_m: 2.0, angle_deg: 30.0, min_length_m: 2.0 };
    let mut compared = 0;
    for _ in 0..40 {
        let mut star = |x: f64, y: f64| {
            let mut ring: Vec<(f64, f64)> = (0..9)
                .map(|k| {
                    let turn = k as f64 / 9.0 * std::f64::consts::TAU;
                    let radius = 8.0 + 6.0 * noise(&mut state);
                    (x + radius * turn.cos(), y + radius * turn.sin())
                })
                .collect();
            ring.push(ring[0]);
            polygon(&ring)
        };
        let items = [star(500_000.0, 2_500_000.0), star(500_022.0, 2_500_003.0)];
        let set: Polygons = items.iter().collect();
        let expected = sampled_length(&set, 0, 1, 0.002, &options);
        let found = adjacency(&set, &options).first().map_or(0.0, |c| c.length_m);
        assert!((found - expected).abs() < 0.03, "{found} {expected}");
        compared += usize::from(expected > 0.1);
    }
    assert!(compared > 10);
}

#[test]
fn a_jittered_lattice_has_its_closed_form_contacts() {
    let set = lattice(20, 15, 30.0, 4.0, 1);
    let found = adjacency(&set, &AdjacencyOptions::default());
    let edges = found.iter().filter(|c| c.class == ContactClass::Edge).count();
    let points = found.iter().filter(|c| c.class == ContactClass::Point).count();
    assert_eq!((edges, points), (19 * 15 + 20 * 14, 2 * 19 * 14));
    // Corners within 30° of straight add a little; the common edges themselves are all there.
    let inner: f64 = found.iter().filter(|c| c.class == ContactClass::Edge).map(|c| c.length_m).sum();
    assert!(inner > 0.99 * (19.0 * 15.0 + 20.0 * 14.0) * 30.0);
}

#[test]
fn order_of_parcels_start_of_rings_and_threads_change_nothing() {
    let set = lattice(12, 12, 25.0, 6.0, 4);
    let options = AdjacencyOptions::default();
    let original = adjacency(&set, &options);
    let mut order: Vec<usize> = (0..set.len()).collect();
    let mut state = 99;
    for k in (1..order.len()).rev() {
        order.swap(k, (noise(&mut state) * (k + 1) as f64) as usize);
    }
    let mut shuffled = Polygons::new();
    for &i in &order {
        let mut shape = set.multipolygon(i);
        let mut ring = shape.0[0].exterior().0.clone();
        ring.pop();
        ring.rotate_left(1 + i % 3);
        ring.push(ring[0]);
        shape.0[0] = geo_types::Polygon::new(LineString::new(ring), Vec::new());
        shuffled.push(&shape);
    }
    let mut renamed: Vec<(usize, usize, Contact)> = adjacency(&shuffled, &options)
        .into_iter()
        .map(|c| {
            let (a, b) = (order[c.a as usize], order[c.b as usize]);
            (a.min(b), a.max(b), c)
        })
        .collect();
    renamed.sort_by_key(|(a, b, _)| (*a, *b));
    assert_eq!(renamed.len(), original.len());
    for (contact, (a, b, other)) in original.iter().zip(renamed) {
        assert_eq!((contact.a as usize, contact.b as usize, contact.class), (a, b, other.class));
        assert!((contact.length_m - other.length_m).abs() < 1e-8 && (contact.gap_m - other.gap_m).abs() < 1e-8);
    }
    let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("pool").install(|| adjacency(&set, &options));
    let many = rayon::ThreadPoolBuilder::new().num_threads(5).build().expect("pool").install(|| adjacency(&set, &options));
    assert_eq!(single, many);
}
