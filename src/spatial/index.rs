//! Spatial index over boxes of rows: rstar's R*-tree, bulk loaded.

use geo_types::{Coord, Rect};
use rstar::{AABB, PointDistance, RStarInsertionStrategy, RTree, RTreeObject, RTreeParams};

/// A row's box. f32 bounds, rounded outwards, halve the tree; callers test the exact shape anyway.
#[derive(Clone, Copy, Debug)]
struct Entry {
    min: [f32; 2],
    max: [f32; 2],
    row: u32,
}

impl RTreeObject for Entry {
    type Envelope = AABB<[f32; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.min, self.max)
    }
}

impl PointDistance for Entry {
    fn distance_2(&self, point: &[f32; 2]) -> f32 {
        let gap = |axis: usize| (self.min[axis] - point[axis]).max(point[axis] - self.max[axis]).max(0.0);
        gap(0) * gap(0) + gap(1) * gap(1)
    }
}

struct WideNodes;

impl RTreeParams for WideNodes {
    const MIN_SIZE: usize = 8;
    const MAX_SIZE: usize = 16;
    const REINSERTION_COUNT: usize = 4;
    type DefaultInsertionStrategy = RStarInsertionStrategy;
}

/// An immutable index. Boxes are kept relative to `origin`, so that f32 resolves centimetres.
pub struct BoxIndex {
    origin: Coord<f64>,
    tree: RTree<Entry, WideNodes>,
}

impl std::fmt::Debug for BoxIndex {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "BoxIndex({})", self.tree.size())
    }
}

impl BoxIndex {
    /// Builds the index of `boxes` (row, box in metres).
    pub fn build(boxes: impl Iterator<Item = (u32, Rect<f64>)> + Clone) -> Self {
        let origin = boxes.clone().next().map_or(Coord { x: 0.0, y: 0.0 }, |(_, bounds)| bounds.min());
        let entries = boxes
            .map(|(row, bounds)| Entry {
                min: [down(bounds.min().x - origin.x), down(bounds.min().y - origin.y)],
                max: [up(bounds.max().x - origin.x), up(bounds.max().y - origin.y)],
                row,
            })
            .collect();
        BoxIndex { origin, tree: RTree::bulk_load_with_params(entries) }
    }

    /// Calls `visit` with each row whose box meets `query`, in the tree's order.
    pub fn visit(&self, query: Rect<f64>, mut visit: impl FnMut(u32)) {
        let envelope = AABB::from_corners(
            [down(query.min().x - self.origin.x), down(query.min().y - self.origin.y)],
            [up(query.max().x - self.origin.x), up(query.max().y - self.origin.y)],
        );
        let _ = self.tree.locate_in_envelope_intersecting_int(&envelope, |entry| {
            visit(entry.row);
            std::ops::ControlFlow::<()>::Continue(())
        });
    }

    /// Rows whose box meets `query`, ascending.
    pub fn rows(&self, query: Rect<f64>) -> Vec<u32> {
        let mut rows = Vec::new();
        self.visit(query, |row| rows.push(row));
        rows.sort_unstable();
        rows
    }

    /// Rows by growing distance of their box from `point`.
    pub fn nearest(&self, point: Coord<f64>) -> impl Iterator<Item = u32> + '_ {
        self.tree.nearest_neighbor_iter(&[(point.x - self.origin.x) as f32, (point.y - self.origin.y) as f32]).map(|entry| entry.row)
    }

    pub fn len(&self) -> usize {
        self.tree.size()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The largest f32 not above `value`.
fn down(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) > value { near.next_down() } else { near }
}

/// The smallest f32 not below `value`.
fn up(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) < value { near.next_up() } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_box() -> impl Strategy<Value = Rect<f64>> {
        (0.0..1000.0f64, 0.0..1000.0f64, 0.0..50.0f64, 0.0..50.0f64)
            .prop_map(|(x, y, w, h)| Rect::new(Coord { x: 5e5 + x, y: 2.5e6 + y }, Coord { x: 5e5 + x + w, y: 2.5e6 + y + h }))
    }

    fn meets(a: &Rect<f64>, b: &Rect<f64>) -> bool {
        a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_brute_force_finds(boxes in proptest::collection::vec(any_box(), 0..200), query in any_box()) {
            let index = BoxIndex::build(boxes.iter().enumerate().map(|(row, bounds)| (row as u32, *bounds)));
            let brute: Vec<u32> = (0..boxes.len() as u32).filter(|row| meets(&boxes[*row as usize], &query)).collect();
            let found = index.rows(query);
            // f32 boxes may add a neighbour within a millimetre, never lose one.
            prop_assert!(brute.iter().all(|row| found.contains(row)));
            let grown = Rect::new(query.min() - Coord { x: 0.001, y: 0.001 }, query.max() + Coord { x: 0.001, y: 0.001 });
            prop_assert!(found.iter().all(|row| meets(&boxes[*row as usize], &grown)));
        }
    }
}
