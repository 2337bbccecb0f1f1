//! Areas that two layers share (parcel × district, parcel × control line).
//!
//! Each polygon of `b` is cut once, on a quad tree, into cells that are full, empty or hold a few vertices. An item of
//! `a` that meets only full cells is inside and keeps its own area; only items at a border are measured, against the
//! few vertices of the cells they meet.

use super::adjacency_grid::BoxGrid;
use super::overlap::{Cut, Edges, cut_half, shared_area_of_edges};
use super::polygons::{PolygonSet, bounds_of, signed_area};
use geo_types::Coord;
use rayon::prelude::*;

/// A cell with at most this many vertices is not divided further.
const LEAF_VERTICES: usize = 16;
const DEPTH: usize = 20;
/// Shared areas of no more than this many m² are rounding, not overlay.
const LEAST_M2: f64 = 1e-6;
const CHUNK: usize = 2048;
/// Consecutive items that are looked up together first.
const GROUP: usize = 16;

/// One pair of the overlay: item of `a`, item of `b`, area of their intersection in planar m².
pub type Share = (u32, u32, f64);

/// The shared area of every pair that shares more than 1e-6 m², sorted by (a, b); exact to 1e-9 relative.
pub fn overlay(a: &impl PolygonSet, b: &impl PolygonSet) -> Vec<Share> {
    let trees: Vec<Tree> = (0..b.len()).into_par_iter().map(|j| Tree::new(b, j)).collect();
    let grid = BoxGrid::new((0..b.len()).map(|j| b.bounds(j)), 0.0);
    let chunks: Vec<Vec<Share>> = (0..a.len().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut shares = Vec::new();
            let mut scratch = Scratch::default();
            let (first, last) = (chunk * CHUNK, ((chunk + 1) * CHUNK).min(a.len()));
            for from in (first..last).step_by(GROUP) {
                overlay_group(a, from..(from + GROUP).min(last), &trees, &grid, &mut scratch, &mut shares);
            }
            shares
        })
        .collect();
    chunks.concat()
}

/// The shares of a few consecutive items. Layers are mostly kept in spatial order, so a group often lies inside one
/// polygon as a whole and is settled at once.
fn overlay_group(a: &impl PolygonSet, group: std::ops::Range<usize>, trees: &[Tree], grid: &BoxGrid, scratch: &mut Scratch, shares: &mut Vec<Share>) {
    let box_of = |i: usize| {
        let bounds = a.bounds(i);
        [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y]
    };
    let whole =
        group.clone().map(box_of).filter(|b| b[0].is_finite()).fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |w, b| {
            [w[0].min(b[0]), w[1].min(b[1]), w[2].max(b[2]), w[3].max(b[3])]
        });
    let mut partners = std::mem::take(&mut scratch.partners);
    partners.clear();
    grid.query(&whole, |j| {
        let found = trees[j as usize].find_leaves(&whole, scratch);
        if found != Found::Nothing {
            partners.push((j, found == Found::Inside));
        }
    });
    partners.sort_unstable();
    for i in group {
        let query = box_of(i);
        for &(j, is_inside) in &partners {
            let area = if is_inside { a.area_m2(i) } else { trees[j as usize].shared(a, i, &query, scratch) };
            if area > LEAST_M2 {
                shares.push((i as u32, j, area));
            }
        }
    }
    scratch.partners = partners;
}

/// For each item of `a` the item of `b` that holds most of it (the smaller index on a tie), with that area.
pub fn majority(a: &impl PolygonSet, b: &impl PolygonSet) -> Vec<Option<(u32, f64)>> {
    let mut best: Vec<Option<(u32, f64)>> = vec![None; a.len()];
    for (i, j, area) in overlay(a, b) {
        let slot = &mut best[i as usize];
        if slot.is_none_or(|(_, most)| area > most) {
            *slot = Some((j, area));
        }
    }
    best
}

#[derive(Default)]
struct Scratch {
    cut: Cut,
    of_a: Edges,
    of_b: Edges,
    leaves: Vec<u32>,
    stack: Vec<u32>,
    /// Polygon, and whether the whole group lies inside it.
    partners: Vec<(u32, bool)>,
}

/// How a box lies to a polygon, as far as the cells tell.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    Nothing,
    Inside,
    Perhaps,
}

enum Cell {
    Full,
    Empty,
    /// Index of the first of four children.
    Divided(u32),
    /// Rings of the polygon inside the cell.
    Piece(Vec<Vec<Coord<f64>>>),
}

struct Node {
    /// min x, min y, max x, max y
    area: [f64; 4],
    cell: Cell,
}

/// One polygon on a quad tree.
struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    fn new(set: &impl PolygonSet, j: usize) -> Self {
        let bounds = set.bounds(j);
        let area = [bounds.min().x, bounds.min().y, bounds.max().x, bounds.max().y];
        let mut tree = Tree { nodes: vec![Node { area, cell: Cell::Empty }] };
        tree.divide(0, set.rings(j).map(<[_]>::to_vec).collect(), 0);
        tree
    }

    fn divide(&mut self, node: usize, rings: Vec<Vec<Coord<f64>>>, depth: usize) {
        let area = self.nodes[node].area;
        let vertices: usize = rings.iter().map(Vec::len).sum();
        let (width, height) = (area[2] - area[0], area[3] - area[1]);
        let whole = width * height;
        let inside: f64 = rings.iter().map(|ring| signed_area(ring)).sum();
        self.nodes[node].cell = if inside <= 1e-12 * whole {
            Cell::Empty
        } else if inside >= (1.0 - 1e-12) * whole {
            Cell::Full
        } else if vertices <= LEAF_VERTICES || depth >= DEPTH {
            Cell::Piece(rings)
        } else {
            let (x, y) = (area[0] + width / 2.0, area[1] + height / 2.0);
            let children = self.nodes.len();
            let quarters = [[area[0], area[1], x, y], [x, area[1], area[2], y], [area[0], y, x, area[3]], [x, y, area[2], area[3]]];
            self.nodes.extend(quarters.map(|area| Node { area, cell: Cell::Empty }));
            let (left, right) = (halves(&rings, 2, x), halves(&rings, 0, x));
            for (child, part) in [halves(&left, 3, y), halves(&right, 3, y), halves(&left, 1, y), halves(&right, 1, y)].into_iter().enumerate() {
                self.divide(children + child, part, depth + 1);
            }
            Cell::Divided(children as u32)
        };
    }

    /// Collects the cells that meet the box and may hold land.
    fn find_leaves(&self, query: &[f64; 4], scratch: &mut Scratch) -> Found {
        scratch.leaves.clear();
        scratch.stack.clear();
        scratch.stack.push(0);
        let mut is_whole = true;
        while let Some(index) = scratch.stack.pop() {
            let node = &self.nodes[index as usize];
            // Cells that only touch the box hold none of it.
            if node.area[0] >= query[2] || query[0] >= node.area[2] || node.area[1] >= query[3] || query[1] >= node.area[3] {
                continue;
            }
            match &node.cell {
                Cell::Divided(children) => scratch.stack.extend((*children..children + 4).rev()),
                Cell::Empty => is_whole = false,
                Cell::Full => scratch.leaves.push(index),
                Cell::Piece(_) => {
                    is_whole = false;
                    scratch.leaves.push(index);
                }
            }
        }
        let root = &self.nodes[0].area;
        let covered = query[0] >= root[0] && query[1] >= root[1] && query[2] <= root[2] && query[3] <= root[3];
        match scratch.leaves.is_empty() {
            true => Found::Nothing,
            false if is_whole && covered => Found::Inside,
            false => Found::Perhaps,
        }
    }

    /// Area of item `i` of `set`, whose box is `query`, inside this polygon.
    fn shared(&self, set: &impl PolygonSet, i: usize, query: &[f64; 4], scratch: &mut Scratch) -> f64 {
        match self.find_leaves(query, scratch) {
            Found::Nothing => 0.0,
            Found::Inside => set.area_m2(i),
            Found::Perhaps => (0..scratch.leaves.len()).map(|k| self.shared_with_leaf(set, i, scratch.leaves[k], scratch)).sum(),
        }
    }

    fn shared_with_leaf(&self, set: &impl PolygonSet, i: usize, leaf: u32, scratch: &mut Scratch) -> f64 {
        let node = &self.nodes[leaf as usize];
        let Cell::Piece(rings) = &node.cell else {
            return set.rings(i).map(|ring| signed_area(scratch.cut.to_box(ring, &node.area))).sum();
        };
        scratch.of_a.clear();
        scratch.of_b.clear();
        for ring in set.rings(i) {
            scratch.of_a.push(scratch.cut.to_box(ring, &node.area), &node.area);
        }
        for ring in rings {
            scratch.of_b.push(ring, &node.area);
        }
        shared_area_of_edges(&scratch.of_a, &scratch.of_b)
    }
}

fn halves(rings: &[Vec<Coord<f64>>], side: usize, limit: f64) -> Vec<Vec<Coord<f64>>> {
    rings
        .iter()
        .filter_map(|ring| {
            let bounds = bounds_of(ring);
            let (inside, outside) = match side {
                0 => (bounds.min().x >= limit, bounds.max().x <= limit),
                1 => (bounds.min().y >= limit, bounds.max().y <= limit),
                2 => (bounds.max().x <= limit, bounds.min().x >= limit),
                _ => (bounds.max().y <= limit, bounds.min().y >= limit),
            };
            if inside {
                return Some(ring.clone());
            }
            let mut part = Vec::new();
            if !outside {
                cut_half(ring, side, limit, &mut part);
            }
            (part.len() >= 4).then_some(part)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::Polygons;
    use crate::spatial::polygons::samples::{lattice, noise, polygon, rectangle};
    use geo::{Area, BooleanOps};
    use geo_types::MultiPolygon;

    /// Bands with wiggly borders that together cover the lattice's middle.
    fn bands(count: usize, size: f64, vertices: usize, state: &mut u64) -> Vec<MultiPolygon<f64>> {
        let borders: Vec<Vec<(f64, f64)>> = (0..=count)
            .map(|k| {
                let x = 500_000.0 + size * (k as f64 + 0.5) / (count as f64 + 1.0);
                (0..=vertices)
                    .map(|v| (x + (noise(state) - 0.5) * size / 30.0, 2_500_000.0 + size * (0.02 + 0.96 * v as f64 / vertices as f64)))
                    .collect()
            })
            .collect();
        (0..count)
            .map(|k| {
                let mut ring = borders[k].clone();
                ring.extend(borders[k + 1].iter().rev());
                ring.push(ring[0]);
                polygon(&ring)
            })
            .collect()
    }

    #[test]
    fn the_overlay_is_what_boolean_operations_say() {
        let mut state = 5;
        let parcels = lattice(24, 24, 30.0, 8.0, 9);
        let districts = bands(4, 720.0, 60, &mut state);
        let set: Polygons = districts.iter().collect();
        let shares = overlay(&parcels, &set);
        let mut expected = Vec::new();
        for i in 0..parcels.len() {
            for (j, district) in districts.iter().enumerate() {
                let area = parcels.multipolygon(i).intersection(district).unsigned_area();
                if area > 1e-3 {
                    expected.push((i as u32, j as u32, area));
                }
            }
        }
        let notable: Vec<Share> = shares.iter().copied().filter(|s| s.2 > 1e-3).collect();
        assert_eq!(notable.len(), expected.len());
        for (found, wanted) in notable.iter().zip(&expected) {
            assert_eq!((found.0, found.1), (wanted.0, wanted.1));
            assert!((found.2 - wanted.2).abs() < 2e-4, "{found:?} {wanted:?}");
        }
        let total: f64 = shares.iter().map(|s| s.2).sum();
        let districts_m2: f64 = (0..set.len()).map(|j| set.area_m2(j)).sum();
        assert!((total - districts_m2).abs() < 1e-6 * districts_m2, "the lattice covers all districts: {total} {districts_m2}");
    }

    #[test]
    fn holes_and_giants_on_both_sides_are_exact() {
        let mut ring = rectangle(0.0, 0.0, 100.0, 100.0);
        ring.0[0].interiors_push(rectangle(40.0, 40.0, 20.0, 20.0).0[0].exterior().clone());
        let a: Polygons =
            [&rectangle(-10.0, -10.0, 200.0, 200.0), &rectangle(45.0, 45.0, 5.0, 5.0), &rectangle(30.0, 45.0, 20.0, 5.0)].into_iter().collect();
        let b: Polygons = [&ring].into_iter().collect();
        let shares = overlay(&a, &b);
        assert_eq!(shares.len(), 2);
        assert!((shares[0].2 - 9600.0).abs() < 1e-9 && (shares[1].2 - 50.0).abs() < 1e-9, "{shares:?}");
        assert_eq!(majority(&a, &b)[1], None);
    }

    #[test]
    fn an_item_wholly_inside_keeps_its_own_area_to_the_last_bit() {
        let parcels = lattice(10, 10, 30.0, 5.0, 2);
        let b: Polygons = [&rectangle(499_000.0, 2_499_000.0, 3000.0, 3000.0)].into_iter().collect();
        for (i, _, area) in overlay(&parcels, &b) {
            assert_eq!(area, parcels.area_m2(i as usize));
        }
    }
}
