//! The spatial index of a table: a packed R-tree and a small overlay of boxes that changed since it was built.

use crate::spatial::index::BoxIndex;
use geo_types::Rect;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Boxes that an overlay may hold beyond its share before it is folded in.
const SLACK: usize = 1024;

/// Boxes of rows.
#[derive(Clone, Debug)]
pub struct Boxes {
    base: Arc<BoxIndex>,
    overlay: Arc<Overlay>,
}

#[derive(Debug, Default)]
struct Overlay {
    /// Boxes of rows that are new or have moved.
    moved: BTreeMap<u32, Rect<f64>>,
    /// Rows whose box in the base holds no longer.
    stale: BTreeSet<u32>,
    index: Option<BoxIndex>,
}

impl Boxes {
    pub(super) fn build(boxes: &[(u32, Rect<f64>)]) -> Self {
        Boxes { base: Arc::new(BoxIndex::build(boxes.iter().copied())), overlay: Arc::default() }
    }

    /// The index after these rows got new boxes (or none). Costs what the overlay holds; folded into the base when that passes 1/64 of it.
    pub(super) fn with(&self, changed: &[(u32, Option<Rect<f64>>)], all: impl FnOnce() -> Vec<(u32, Rect<f64>)>) -> Self {
        let (mut moved, mut stale) = (self.overlay.moved.clone(), self.overlay.stale.clone());
        for (row, bounds) in changed {
            stale.insert(*row);
            match bounds {
                Some(bounds) => moved.insert(*row, *bounds),
                None => moved.remove(row),
            };
        }
        if stale.len() > SLACK + self.base.len() / 64 {
            return Boxes::build(&all());
        }
        let index = BoxIndex::build(moved.iter().map(|(row, bounds)| (*row, *bounds)));
        Boxes { base: self.base.clone(), overlay: Arc::new(Overlay { moved, stale, index: Some(index) }) }
    }

    /// Calls `visit` with each row whose box meets `query`.
    pub fn visit(&self, query: Rect<f64>, mut visit: impl FnMut(u32)) {
        let Overlay { stale, index, .. } = &*self.overlay;
        if stale.is_empty() {
            return self.base.visit(query, visit);
        }
        self.base.visit(query, |row| {
            if !stale.contains(&row) {
                visit(row);
            }
        });
        if let Some(index) = index {
            index.visit(query, visit);
        }
    }

    /// Rows whose box meets `query`, ascending.
    pub fn rows(&self, query: Rect<f64>) -> Vec<u32> {
        let mut rows = Vec::new();
        self.visit(query, |row| rows.push(row));
        rows.sort_unstable();
        rows
    }

    pub fn len(&self) -> usize {
        self.base.len()
    }

    pub fn is_empty(&self) -> bool {
        self.base.is_empty() && self.overlay.moved.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(x: f64, y: f64) -> Rect<f64> {
        Rect::new((x, y), (x + 9.0, y + 9.0))
    }

    proptest! {
        /// Whatever moved, went and came, the index answers as one that was built from what there is.
        #[test]
        fn an_overlay_answers_as_a_new_index(
            first in proptest::collection::vec((0.0..500.0f64, 0.0..500.0f64), 1..60),
            steps in proptest::collection::vec((0usize..80, proptest::option::of((0.0..500.0f64, 0.0..500.0f64))), 0..40),
            (x, y) in (0.0..400.0f64, 0.0..400.0f64),
        ) {
            let mut boxes: BTreeMap<u32, Rect<f64>> = first.iter().enumerate().map(|(row, (x, y))| (row as u32, square(*x, *y))).collect();
            let list = |boxes: &BTreeMap<u32, Rect<f64>>| boxes.iter().map(|(row, bounds)| (*row, *bounds)).collect::<Vec<_>>();
            let mut index = Boxes::build(&list(&boxes));
            for (row, to) in steps {
                let to = to.map(|(x, y)| square(x, y));
                match to {
                    Some(bounds) => boxes.insert(row as u32, bounds),
                    None => boxes.remove(&(row as u32)),
                };
                index = index.with(&[(row as u32, to)], || list(&boxes));
            }
            let query = Rect::new((x, y), (x + 100.0, y + 100.0));
            prop_assert_eq!(index.rows(query), Boxes::build(&list(&boxes)).rows(query));
        }
    }
}
