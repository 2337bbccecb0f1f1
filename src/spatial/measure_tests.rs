//! Timings, run on demand: `cargo test --release --lib measure -- --ignored --nocapture`. One JSON line per row.

use super::polygons::samples::{lattice, noise, polygon};
use super::{AdjacencyOptions, PolygonSet, Polygons, adjacency, overlay};
use std::time::Instant;

fn best_of<T>(runs: usize, work: impl Fn() -> T) -> f64 {
    (0..runs)
        .map(|_| {
            let begin = Instant::now();
            std::hint::black_box(work());
            begin.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

/// Ten districts side by side whose borders have about 1,000 vertices each.
fn districts(extent: f64) -> Polygons {
    let mut state = 5;
    let borders: Vec<Vec<(f64, f64)>> = (0..=10)
        .map(|k| {
            let x = 500_000.0 + extent * k as f64 / 10.0;
            (0..=1000).map(|v| (x + (noise(&mut state) - 0.5) * extent / 100.0, 2_500_000.0 + extent * v as f64 / 1000.0)).collect()
        })
        .collect();
    (0..10)
        .map(|k| {
            let mut ring = borders[k].clone();
            ring.extend(borders[k + 1].iter().rev());
            ring.push(ring[0]);
            polygon(&ring)
        })
        .collect::<Vec<_>>()
        .iter()
        .collect()
}

#[test]
#[ignore = "a measurement"]
fn measure_adjacency_and_overlay() {
    let options = AdjacencyOptions::default();
    for (side, runs) in [(100, 20), (316, 5), (1000, 3)] {
        let set = lattice(side, side, 30.0, 6.0, 1);
        let seconds = best_of(runs, || adjacency(&set, &options));
        println!("{{\"row\":\"adjacency\",\"n\":{},\"seconds\":{seconds:.4},\"contacts\":{}}}", set.len(), adjacency(&set, &options).len());
        let seconds = best_of(runs, || super::adjacency_grid::BoxGrid::new((0..set.len()).map(|i| set.bounds(i)), 0.25));
        println!("{{\"row\":\"box_grid\",\"n\":{},\"seconds\":{seconds:.4}}}", set.len());
        let by = districts(side as f64 * 30.0);
        let seconds = best_of(runs, || overlay(&set, &by));
        println!("{{\"row\":\"overlay\",\"n\":{},\"seconds\":{seconds:.4},\"pairs\":{}}}", set.len(), overlay(&set, &by).len());
    }
}
