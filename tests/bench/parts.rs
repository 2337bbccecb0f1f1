//! Parts of the house on their own (`cargo bench`); whole-process rows with baselines are `parkplan bench`.

// A test binary has no outside: `pub` says what its modules offer each other.
#![allow(unreachable_pub)]

use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};
use parkplan::city::cql2;
use parkplan::spatial::index::BoxIndex;
use parkplan::spatial::{AdjacencyOptions, PolygonSet, Polygons, adjacency, outline, overlay};

fn main() {
    divan::main();
}

/// Repeatable noise in [0, 1).
fn noise(state: &mut u64) -> f64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*state >> 33) as f64) / (1u64 << 31) as f64
}

/// About `count` quadrilaterals of 60 m that tile a square, their inner corners shifted.
fn lattice(count: usize) -> Polygons {
    let side = (count as f64).sqrt().ceil() as usize;
    let mut state = 7;
    let corners: Vec<(f64, f64)> = (0..(side + 1) * (side + 1))
        .map(|i| {
            let (column, row) = ((i % (side + 1)) as f64, (i / (side + 1)) as f64);
            (500_000.0 + column * 60.0 + noise(&mut state) * 12.0, 2_500_000.0 + row * 60.0 + noise(&mut state) * 12.0)
        })
        .collect();
    let mut set = Polygons::new();
    for row in 0..side {
        for column in 0..side {
            let at = |dc: usize, dr: usize| corners[(row + dr) * (side + 1) + column + dc];
            let ring = LineString::from(vec![at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)]);
            set.push(&MultiPolygon(vec![Polygon::new(ring, Vec::new())]));
        }
    }
    set
}

/// Ten upright strips with wavy borders over the same square.
fn districts(count: usize) -> Polygons {
    let side = (count as f64).sqrt().ceil() * 60.0;
    let border = |strip: usize, step: usize| Coord {
        x: 500_000.0 + side * strip as f64 / 10.0 + 25.0 * (step as f64 * 0.4 + strip as f64).sin(),
        y: 2_500_000.0 - 50.0 + (side + 100.0) * step as f64 / 1000.0,
    };
    let mut set = Polygons::new();
    for strip in 0..10 {
        let mut ring: Vec<Coord<f64>> = (0..=1000).map(|step| border(strip + 1, step)).collect();
        ring.extend((0..=1000).rev().map(|step| border(strip, step)));
        ring.push(ring[0]);
        set.push(&MultiPolygon(vec![Polygon::new(LineString::new(ring), Vec::new())]));
    }
    set
}

#[divan::bench(args = [1_000, 10_000, 100_000])]
fn adjacency_with_shared_length(bencher: divan::Bencher<'_, '_>, count: usize) {
    let set = lattice(count);
    bencher.bench(|| adjacency(&set, &AdjacencyOptions::default()).len());
}

#[divan::bench(args = [1_000, 10_000, 100_000])]
fn parcel_by_district(bencher: divan::Bencher<'_, '_>, count: usize) {
    let (set, districts) = (lattice(count), districts(count));
    bencher.bench(|| overlay(&set, &districts).len());
}

#[divan::bench(args = [10, 100])]
fn merged_outline(bencher: divan::Bencher<'_, '_>, count: usize) {
    let set = lattice(count);
    let members: Vec<MultiPolygon<f64>> = (0..set.len()).map(|i| set.multipolygon(i)).collect();
    bencher.bench(|| outline(&members, 0.5).area_m2);
}

#[divan::bench(args = [10_000, 100_000])]
fn box_of_one_per_cent(bencher: divan::Bencher<'_, '_>, count: usize) {
    let set = lattice(count);
    let index = BoxIndex::build((0..set.len()).map(|i| (i as u32, set.bounds(i))));
    let side = (count as f64).sqrt() * 60.0;
    let (min, size) = (Coord { x: 500_000.0 + side * 0.4, y: 2_500_000.0 + side * 0.4 }, Coord { x: side / 10.0, y: side / 10.0 });
    bencher.bench(|| {
        let mut found = 0u64;
        index.visit(Rect::new(min, min + size), |row| found += u64::from(row));
        found
    });
}

#[divan::bench]
fn filter_of_a_page(bencher: divan::Bencher<'_, '_>) {
    const FILTER: &str =
        "park = 'BA-03' AND far_present <= 1.7 AND land_use IN ('1001', '1002') AND S_INTERSECTS(geom, BBOX(113.8, 22.4, 114, 22.6))";
    bencher.bench(|| cql2::parse(divan::black_box(FILTER)).is_ok());
}

/// As many comparisons as are let in.
#[divan::bench]
fn filter_at_the_bound_of_nodes(bencher: divan::Bencher<'_, '_>) {
    let filter = vec!["far_present <= 1.7"; cql2::MAX_NODES / 3 - 1].join(" OR ");
    bencher.bench(|| assert!(cql2::parse(divan::black_box(&filter)).is_ok()));
}

#[divan::bench]
fn filter_of_as_many_codes_as_are_let_in(bencher: divan::Bencher<'_, '_>) {
    let filter = format!("code IN ({})", vec!["'440306-1'"; cql2::MAX_ITEMS - 10_000].join(","));
    bencher.bench(|| assert!(cql2::parse(divan::black_box(&filter)).is_ok()));
}

#[divan::bench(args = [20, 40, 60])]
fn filter_of_nested_brackets(bencher: divan::Bencher<'_, '_>, depth: usize) {
    let filter = format!("{}park = 'a'{}", "(".repeat(depth), ")".repeat(depth));
    bencher.bench(|| assert!(cql2::parse(divan::black_box(&filter)).is_ok()));
}
