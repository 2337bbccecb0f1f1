//! What all starts of one question share: neighbours in a compact row, fields in one array by rows and in one by columns.

use super::RegionsInput;

pub(super) struct Ground<'a> {
    pub input: &'a RegionsInput<'a>,
    /// Units whose component reaches the threshold.
    pub solvable: Vec<bool>,
    starts: Vec<u32>,
    links: Vec<u32>,
    width: usize,
    /// Fields, row by row.
    flat: Vec<f64>,
    /// Fields, one after the other.
    columns: Vec<f64>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(input: &'a RegionsInput<'a>, solvable: Vec<bool>) -> Self {
        let count = input.amount.len() as u32;
        let mut starts = Vec::with_capacity(count as usize + 1);
        let mut links = Vec::with_capacity(8 * count as usize);
        starts.push(0);
        for i in 0..count {
            links.extend(input.graph.neighbours(i));
            starts.push(links.len() as u32);
        }
        let width = input.fields.first().map_or(0, Vec::len);
        let flat = input.fields.iter().flatten().copied().collect();
        let columns = (0..width).flat_map(|field| input.fields.iter().map(move |row| row[field])).collect();
        Ground { input, solvable, starts, links, width, flat, columns }
    }

    pub(super) fn len(&self) -> usize {
        self.input.amount.len()
    }

    pub(super) fn neighbours(&self, i: u32) -> &[u32] {
        &self.links[self.starts[i as usize] as usize..self.starts[i as usize + 1] as usize]
    }

    pub(super) fn most_neighbours(&self) -> usize {
        self.starts.windows(2).map(|pair| (pair[1] - pair[0]) as usize).max().unwrap_or(0)
    }

    /// Σ fields |y_i − y_j|.
    pub(super) fn difference(&self, i: u32, j: u32) -> f64 {
        self.row(i).iter().zip(self.row(j)).map(|(a, b)| (a - b).abs()).sum()
    }

    fn row(&self, i: u32) -> &[f64] {
        &self.flat[i as usize * self.width..(i as usize + 1) * self.width]
    }

    /// Differences from unit `i` to every unit, into `row`.
    pub(super) fn differences(&self, i: u32, row: &mut [f64]) {
        row.fill(0.0);
        let count = self.len();
        for column in self.columns.chunks_exact(count.max(1)) {
            let own = column[i as usize];
            row.iter_mut().zip(column).for_each(|(sum, value)| *sum += (own - value).abs());
        }
    }

    /// Σ pairs Σ fields |y_i − y_j| of a region: of sorted values each is so many times the larger one and the smaller one.
    pub(super) fn heterogeneity(&self, members: &[u32], scratch: &mut Vec<f64>) -> f64 {
        let mut total = 0.0;
        for field in 0..self.width {
            scratch.clear();
            scratch.extend(members.iter().map(|i| self.columns[field * self.len() + *i as usize]));
            scratch.sort_unstable_by(f64::total_cmp);
            let Some(&least) = scratch.first() else { continue };
            let below = |k: usize| 2.0 * k as f64 - (members.len() as f64 - 1.0);
            total += scratch.iter().enumerate().map(|(k, value)| below(k) * (value - least)).sum::<f64>();
        }
        total
    }
}
