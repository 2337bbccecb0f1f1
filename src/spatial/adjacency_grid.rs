//! A uniform grid of boxes: which boxes meet which, without a tree.

use geo_types::Rect;

/// An item over more cells than this is kept aside, so that one road parcel across the city does not fill the grid.
const MOST_CELLS: usize = 64;

/// Boxes in a uniform grid whose cells are a little larger than the mean box.
pub(crate) struct BoxGrid {
    pub boxes: Vec<[f64; 4]>,
    origin: [f64; 2],
    per_metre: f64,
    columns: usize,
    rows: usize,
    starts: Vec<u32>,
    items: Vec<u32>,
    large: Vec<u32>,
    is_large: Vec<bool>,
}

pub(crate) fn meets(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

impl BoxGrid {
    /// A grid over `bounds`, each box grown by `grow` metres on every side; boxes that are not finite meet nothing.
    pub(super) fn new(bounds: impl Iterator<Item = Rect<f64>>, grow: f64) -> Self {
        let boxes: Vec<[f64; 4]> = bounds.map(|b| [b.min().x - grow, b.min().y - grow, b.max().x + grow, b.max().y + grow]).collect();
        let mut extent = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let (mut sides, mut count) = (0.0, 0usize);
        for b in boxes.iter().filter(|b| is_finite(b)) {
            extent = [extent[0].min(b[0]), extent[1].min(b[1]), extent[2].max(b[2]), extent[3].max(b[3])];
            sides += (b[2] - b[0] + b[3] - b[1]) / 2.0;
            count += 1;
        }
        let mut grid = BoxGrid {
            is_large: vec![false; boxes.len()],
            boxes,
            origin: [extent[0], extent[1]],
            per_metre: 0.0,
            columns: 1,
            rows: 1,
            starts: Vec::new(),
            items: Vec::new(),
            large: Vec::new(),
        };
        if count > 0 {
            let (width, height) = (extent[2] - extent[0], extent[3] - extent[1]);
            // At most about four cells per item, also where the items lie far apart.
            let cell = (1.25 * sides / count as f64).max((width * height / (4.0 * count as f64)).sqrt()).max(1e-9);
            let cell = cell.max(width.max(height) / 30_000.0);
            grid.per_metre = 1.0 / cell;
            grid.columns = (width / cell) as usize + 1;
            grid.rows = (height / cell) as usize + 1;
        }
        grid.fill();
        grid
    }

    fn fill(&mut self) {
        let mut starts = vec![0u32; self.columns * self.rows + 1];
        for (i, b) in self.boxes.iter().enumerate().filter(|(_, b)| is_finite(b)) {
            let [c0, r0, c1, r1] = self.cells(b);
            if (c1 - c0 + 1) * (r1 - r0 + 1) > MOST_CELLS {
                self.large.push(i as u32);
                self.is_large[i] = true;
                continue;
            }
            for row in r0..=r1 {
                for column in c0..=c1 {
                    starts[row * self.columns + column + 1] += 1;
                }
            }
        }
        for cell in 1..starts.len() {
            starts[cell] += starts[cell - 1];
        }
        let mut items = vec![0u32; starts.last().copied().unwrap_or(0) as usize];
        let mut next = starts.clone();
        for (i, b) in self.boxes.iter().enumerate().filter(|(i, b)| is_finite(b) && !self.is_large[*i]) {
            let [c0, r0, c1, r1] = self.cells(b);
            for row in r0..=r1 {
                for column in c0..=c1 {
                    let slot = &mut next[row * self.columns + column];
                    items[*slot as usize] = i as u32;
                    *slot += 1;
                }
            }
        }
        self.starts = starts;
        self.items = items;
    }

    fn column(&self, x: f64) -> usize {
        (((x - self.origin[0]) * self.per_metre).max(0.0) as usize).min(self.columns - 1)
    }

    fn row(&self, y: f64) -> usize {
        (((y - self.origin[1]) * self.per_metre).max(0.0) as usize).min(self.rows - 1)
    }

    fn cells(&self, b: &[f64; 4]) -> [usize; 4] {
        [self.column(b[0]), self.row(b[1]), self.column(b[2]), self.row(b[3])]
    }

    /// Calls `visit` once for each item whose box meets `query`, in no particular order.
    pub(super) fn query(&self, query: &[f64; 4], mut visit: impl FnMut(u32)) {
        self.small(query, &mut visit);
        for &j in &self.large {
            if meets(query, &self.boxes[j as usize]) {
                visit(j);
            }
        }
    }

    fn small(&self, query: &[f64; 4], visit: &mut impl FnMut(u32)) {
        if !is_finite(query) || self.items.is_empty() {
            return;
        }
        let [c0, r0, c1, r1] = self.cells(query);
        for row in r0..=r1 {
            for column in c0..=c1 {
                let cell = row * self.columns + column;
                for &j in &self.items[self.starts[cell] as usize..self.starts[cell + 1] as usize] {
                    let b = &self.boxes[j as usize];
                    // A pair that shares several cells is taken in the first of them only.
                    let first = self.column(b[0]).max(c0) == column && self.row(b[1]).max(r0) == row;
                    if first && meets(query, b) {
                        visit(j);
                    }
                }
            }
        }
    }

    /// Calls `visit` for each pair of meeting boxes in which `i` is responsible: over all `i`, every pair comes once.
    /// A large item takes its pairs with small ones, else the smaller index does.
    pub(super) fn partners(&self, i: u32, mut visit: impl FnMut(u32)) {
        let b = &self.boxes[i as usize];
        if self.is_large[i as usize] {
            self.small(b, &mut visit);
            for &j in self.large.iter().filter(|j| **j > i) {
                if meets(b, &self.boxes[j as usize]) {
                    visit(j);
                }
            }
        } else {
            self.small(b, &mut |j| {
                if j > i {
                    visit(j);
                }
            });
        }
    }
}

fn is_finite(b: &[f64; 4]) -> bool {
    b.iter().all(|n| n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::noise;

    #[test]
    fn pairs_are_those_of_all_against_all_with_items_of_every_size() {
        let mut state = 7;
        let boxes: Vec<Rect<f64>> = (0..400)
            .map(|i| {
                let size = if i % 50 == 0 { 600.0 } else { 20.0 };
                let (x, y) = (noise(&mut state) * 1000.0, noise(&mut state) * 1000.0);
                Rect::new((x, y), (x + noise(&mut state) * size, y + noise(&mut state) * size))
            })
            .collect();
        let grid = BoxGrid::new(boxes.iter().copied(), 0.25);
        assert!(!grid.large.is_empty());
        let mut pairs = Vec::new();
        for i in 0..400 {
            grid.partners(i, |j| pairs.push((i.min(j), i.max(j))));
        }
        pairs.sort_unstable();
        let mut expected = Vec::new();
        for i in 0..400u32 {
            for j in i + 1..400 {
                if meets(&grid.boxes[i as usize], &grid.boxes[j as usize]) {
                    expected.push((i, j));
                }
            }
        }
        assert_eq!(pairs, expected);
        for i in 0..400u32 {
            let mut found = Vec::new();
            grid.query(&grid.boxes[i as usize], |j| found.push(j));
            found.sort_unstable();
            let all: Vec<u32> = (0..400).filter(|j| meets(&grid.boxes[i as usize], &grid.boxes[*j as usize])).collect();
            assert_eq!(found, all);
        }
    }
}
