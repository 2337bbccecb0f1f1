//! Max-p regions (C16): as many connected regions as can each reach a threshold, then as alike inside as can be.
//!
//! # Source
//! The problem is Duque, Anselin and Rey (2012). Regions are peeled off from the rim, so that what is left keeps
//! together; enclaves join a neighbour; surplus is passed on until another region fits; then units change sides under
//! simulated annealing at a fixed number of regions. Starts are independent streams of the seed.

use super::dice::Dice;
use crate::spatial::Graph;
use rayon::prelude::*;

const NONE: u32 = u32::MAX;

/// A max-p question; unit i is node i of the graph.
pub struct RegionsInput<'a> {
    /// Threshold field of each unit.
    pub amount: &'a [f64],
    /// Least Σ amount of a region.
    pub at_least: f64,
    /// Fields that make units alike or not, one row per unit; compared as they are (no scaling).
    pub fields: &'a [Vec<f64>],
    /// Rook: edge contacts; queen: point contacts as well.
    pub graph: &'a Graph,
    pub seed: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Regions {
    /// Region of each unit, numbered by smallest unit; `None` in a component that cannot reach the threshold.
    pub region_of: Vec<Option<u32>>,
    /// Number of regions.
    pub p: usize,
    /// H = Σ regions Σ pairs Σ fields |y_i − y_j|.
    pub heterogeneity: f64,
    /// Units of each component whose sum is below the threshold.
    pub unsolved: Vec<Vec<u32>>,
    /// p cannot exceed this: Σ components ⌊sum / threshold⌋.
    pub p_bound: usize,
}

/// Solves; a function of the input alone unless `stop` cuts it short.
pub fn regions(input: &RegionsInput<'_>, stop: &(dyn Fn() -> bool + Sync)) -> Regions {
    const STARTS: u64 = 8;
    const POLISHED: usize = 2;
    let (component, count) = input.graph.components();
    let mut sums = vec![0.0; count];
    for (amount, c) in input.amount.iter().zip(&component) {
        sums[*c as usize] += amount;
    }
    let solvable: Vec<bool> = component.iter().map(|c| sums[*c as usize] >= input.at_least).collect();
    let p_bound = if input.at_least > 0.0 {
        sums.iter().map(|s| (s / input.at_least * (1.0 + 1e-12)).floor() as usize).sum()
    } else {
        input.amount.len()
    };
    let mut starts: Vec<(u64, Partition<'_>)> = (0..STARTS)
        .into_par_iter()
        .filter(|start| *start == 0 || !stop())
        .map(|start| (start, Partition::construct(input, &solvable, Dice::new(input.seed, start))))
        .collect();
    starts.sort_by(|a, b| b.1.live().cmp(&a.1.live()).then(a.0.cmp(&b.0)));
    starts.truncate(POLISHED);
    let most = starts[0].1.live();
    starts.retain(|s| s.1.live() == most);
    let mut polished: Vec<(u64, Partition<'_>)> = starts
        .into_par_iter()
        .map(|(start, mut partition)| {
            partition.anneal(stop);
            (start, partition)
        })
        .collect();
    polished.sort_by(|a, b| b.1.live().cmp(&a.1.live()).then(a.1.heterogeneity().total_cmp(&b.1.heterogeneity())).then(a.0.cmp(&b.0)));
    let unsolved = (0..count as u32)
        .filter(|c| sums[*c as usize] < input.at_least)
        .map(|c| (0..component.len() as u32).filter(|i| component[*i as usize] == c).collect())
        .collect();
    polished[0].1.answer(unsolved, p_bound)
}

struct Partition<'a> {
    input: &'a RegionsInput<'a>,
    width: usize,
    /// Fields, row by row.
    flat: Vec<f64>,
    region_of: Vec<u32>,
    members: Vec<Vec<u32>>,
    sum: Vec<f64>,
    dice: Dice,
    seen: Vec<u32>,
    mark: u32,
}

impl<'a> Partition<'a> {
    fn construct(input: &'a RegionsInput<'a>, solvable: &[bool], dice: Dice) -> Self {
        let count = input.amount.len();
        let mut partition = Partition {
            input,
            width: input.fields.first().map_or(0, Vec::len),
            flat: input.fields.iter().flatten().copied().collect(),
            region_of: vec![NONE; count],
            members: Vec::new(),
            sum: Vec::new(),
            dice,
            seen: vec![0; count],
            mark: 0,
        };
        partition.peel(solvable);
        partition.adopt(solvable);
        partition.subdivide();
        partition
    }

    fn live(&self) -> usize {
        self.members.iter().filter(|m| !m.is_empty()).count()
    }

    /// Region after region from the rim inwards.
    fn peel(&mut self, solvable: &[bool]) {
        let graph = self.input.graph;
        let count = solvable.len();
        let mut free: Vec<u32> = (0..count as u32).map(|i| graph.degree(i) as u32).collect();
        let mut open: Vec<bool> = solvable.to_vec();
        let mut rank: Vec<u32> = (0..count as u32).collect();
        self.dice.shuffle(&mut rank);
        // Seeds by fewest free neighbours: the rim, then what peeling laid bare.
        let mut seeds = std::collections::BTreeSet::new();
        for i in (0..count as u32).filter(|i| solvable[*i as usize]) {
            seeds.insert((free[i as usize], rank[i as usize], i));
        }
        while let Some((_, _, seed)) = seeds.pop_first() {
            let region = self.members.len() as u32;
            let mut members = vec![seed];
            let mut sum = self.input.amount[seed as usize];
            self.region_of[seed as usize] = region;
            let mut frontier: Vec<u32> = Vec::new();
            let widen = |of: u32, frontier: &mut Vec<u32>, region_of: &[u32], open: &[bool]| {
                for j in graph.neighbours(of) {
                    if region_of[j as usize] == NONE && open[j as usize] && !frontier.contains(&j) {
                        frontier.push(j);
                    }
                }
            };
            widen(seed, &mut frontier, &self.region_of, &open);
            while sum < self.input.at_least && !frontier.is_empty() {
                let missing = self.input.at_least - sum;
                let mut choice = (f64::INFINITY, 0usize);
                for (k, &j) in frontier.iter().enumerate() {
                    let inside = graph.neighbours(j).filter(|n| self.region_of[*n as usize] == region).count() as f64;
                    let left = f64::from(free[j as usize]) - inside;
                    let over = (self.input.amount[j as usize] - missing).max(0.0) / self.input.at_least;
                    // Few free neighbours left behind, many inside, little beyond the threshold.
                    let score = left - inside + 4.0 * over + 0.9 * self.dice.unit();
                    if score < choice.0 {
                        choice = (score, k);
                    }
                }
                let j = frontier.swap_remove(choice.1);
                self.region_of[j as usize] = region;
                members.push(j);
                sum += self.input.amount[j as usize];
                widen(j, &mut frontier, &self.region_of, &open);
            }
            if sum < self.input.at_least {
                // An enclave: it joins a neighbour later and seeds nothing more.
                for &i in &members {
                    self.region_of[i as usize] = NONE;
                    open[i as usize] = false;
                    seeds.remove(&(free[i as usize], rank[i as usize], i));
                }
                continue;
            }
            for &i in &members {
                seeds.remove(&(free[i as usize], rank[i as usize], i));
            }
            for &i in &members {
                for j in graph.neighbours(i) {
                    let was = (free[j as usize], rank[j as usize], j);
                    free[j as usize] = free[j as usize].saturating_sub(1);
                    if seeds.remove(&was) {
                        seeds.insert((free[j as usize], rank[j as usize], j));
                    }
                }
            }
            self.members.push(members);
            self.sum.push(sum);
        }
    }

    /// Enclaves join the neighbour to which they are most alike.
    fn adopt(&mut self, solvable: &[bool]) {
        let graph = self.input.graph;
        let mut left: Vec<u32> = (0..solvable.len() as u32).filter(|i| solvable[*i as usize] && self.region_of[*i as usize] == NONE).collect();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|&i| {
                let mut around: Vec<u32> = graph.neighbours(i).map(|j| self.region_of[j as usize]).filter(|r| *r != NONE).collect();
                around.sort_unstable();
                around.dedup();
                let best = around.into_iter().map(|r| (self.distance(i, r) / self.members[r as usize].len() as f64, r)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                if let Some((_, r)) = best {
                    self.region_of[i as usize] = r;
                    self.members[r as usize].push(i);
                    self.sum[r as usize] += self.input.amount[i as usize];
                }
                best.is_none()
            });
            if left.len() == before {
                break;
            }
        }
    }

    /// Cuts regions that hold enough for two, after passing surplus to where it may complete one.
    fn subdivide(&mut self) {
        for _ in 0..4 {
            let mut cut_any = false;
            for region in 0..self.members.len() {
                while self.sum[region] >= 2.0 * self.input.at_least && self.cut(region) {
                    cut_any = true;
                }
            }
            if !cut_any && !self.gather() {
                break;
            }
        }
    }

    /// Tries a few random spanning trees of the region for an edge that leaves enough on both sides.
    fn cut(&mut self, region: usize) -> bool {
        let least = self.input.at_least;
        for _ in 0..8 {
            let members = self.members[region].clone();
            let root = members[self.dice.below(members.len())];
            let mut order = vec![root];
            let mut parent = std::collections::BTreeMap::from([(root, NONE)]);
            let mut next = 0;
            while next < order.len() {
                // Alternating ends make trees neither all stars nor all chains.
                let at = if self.dice.unit() < 0.5 { order[next] } else { order[order.len() - 1] };
                let mut around: Vec<u32> =
                    self.input.graph.neighbours(at).filter(|j| self.region_of[*j as usize] == region as u32 && !parent.contains_key(j)).collect();
                if around.is_empty() {
                    let here = order[next];
                    around = self.input.graph.neighbours(here).filter(|j| self.region_of[*j as usize] == region as u32 && !parent.contains_key(j)).collect();
                    if around.is_empty() {
                        next += 1;
                        continue;
                    }
                    parent.insert(around[0], here);
                    order.push(around[0]);
                    continue;
                }
                let j = around[self.dice.below(around.len())];
                parent.insert(j, at);
                order.push(j);
            }
            let mut below: std::collections::BTreeMap<u32, f64> = order.iter().map(|i| (*i, self.input.amount[*i as usize])).collect();
            let mut found = None;
            for &i in order.iter().rev() {
                let own = below[&i];
                if own >= least && self.sum[region] - own >= least && i != root {
                    found = Some(i);
                    break;
                }
                if let Some(up) = below.get_mut(&parent[&i]) {
                    *up += own;
                }
            }
            let Some(top) = found else { continue };
            let mut inside = std::collections::BTreeSet::from([top]);
            for &i in &order {
                if inside.contains(&parent[&i]) {
                    inside.insert(i);
                }
            }
            let (taken, kept): (Vec<u32>, Vec<u32>) = members.into_iter().partition(|i| inside.contains(i));
            let new = self.members.len() as u32;
            taken.iter().for_each(|i| self.region_of[*i as usize] = new);
            let taken_sum: f64 = taken.iter().map(|i| self.input.amount[*i as usize]).sum();
            self.sum[region] = kept.iter().map(|i| self.input.amount[*i as usize]).sum();
            self.members[region] = kept;
            self.members.push(taken);
            self.sum.push(taken_sum);
            return true;
        }
        false
    }

    /// Passes surplus units to the neighbour that already has the larger sum, so that surplus gathers until some region
    /// can be cut; true when one can.
    fn gather(&mut self) -> bool {
        let least = self.input.at_least;
        let mut order: Vec<u32> = (0..self.region_of.len() as u32).filter(|i| self.region_of[*i as usize] != NONE).collect();
        for _ in 0..3 {
            self.dice.shuffle(&mut order);
            for &i in &order {
                let from = self.region_of[i as usize];
                let amount = self.input.amount[i as usize];
                if self.sum[from as usize] - amount < least {
                    continue;
                }
                let to = self
                    .input
                    .graph
                    .neighbours(i)
                    .map(|j| self.region_of[j as usize])
                    .filter(|r| *r != NONE && *r != from)
                    .max_by(|a, b| self.sum[*a as usize].total_cmp(&self.sum[*b as usize]).then(a.cmp(b)));
                if let Some(to) = to
                    && self.sum[to as usize] > self.sum[from as usize]
                    && self.sum[to as usize] < 2.0 * least
                    && self.can_leave(i)
                {
                    self.transfer(i, to);
                }
            }
        }
        self.sum.iter().any(|s| *s >= 2.0 * least)
    }

    /// Units change sides while that makes regions more alike, some losses taken at first.
    fn anneal(&mut self, stop: &(dyn Fn() -> bool + Sync)) {
        let units: Vec<u32> = (0..self.region_of.len() as u32).filter(|i| self.region_of[*i as usize] != NONE).collect();
        if units.is_empty() || self.live() < 2 {
            return;
        }
        let size = units.len() / self.live() + 1;
        let steps = (units.len() * 250).min(40_000_000 / size).max(2_000);
        let mut sample: Vec<f64> = (0..64).map(|_| { let i = units[self.dice.below(units.len())]; self.distance(i, self.region_of[i as usize]) / size as f64 }).collect();
        sample.sort_unstable_by(f64::total_cmp);
        let hot = sample[sample.len() / 2] * 0.5;
        let mut total = 0.0;
        let mut best = (0.0, self.region_of.clone());
        for step in 0..steps {
            if step % 256 == 0 && stop() {
                break;
            }
            let left = 1.0 - step as f64 / steps as f64;
            let heat = if left > 0.1 { hot * left * left } else { 0.0 };
            let i = units[self.dice.below(units.len())];
            if let Some(change) = self.try_move(i, heat) {
                total += change;
                // Copies are dear: the best is kept only once the heat is low.
                if left < 0.5 && total < best.0 - 1e-9 && step % 64 == 0 {
                    best = (total, self.region_of.clone());
                }
            }
        }
        // The last word: descend until nothing gains.
        for _ in 0..50 {
            let mut gained = false;
            for &i in &units {
                if stop() {
                    break;
                }
                while let Some(change) = self.try_move(i, 0.0) {
                    total += change;
                    gained = true;
                }
            }
            if !gained {
                break;
            }
        }
        if best.0 < total {
            self.restore(best.1);
        }
    }

    fn restore(&mut self, region_of: Vec<u32>) {
        self.region_of = region_of;
        self.members.iter_mut().for_each(Vec::clear);
        self.sum.iter_mut().for_each(|s| *s = 0.0);
        for (i, region) in self.region_of.iter().enumerate().filter(|(_, r)| **r != NONE) {
            self.members[*region as usize].push(i as u32);
            self.sum[*region as usize] += self.input.amount[i];
        }
    }

    /// Moves unit `i` to a neighbouring region if that gains, or by chance if it loses little.
    fn try_move(&mut self, i: u32, heat: f64) -> Option<f64> {
        let from = self.region_of[i as usize];
        if self.sum[from as usize] - self.input.amount[i as usize] < self.input.at_least || self.members[from as usize].len() < 2 {
            return None;
        }
        let mut around: [u32; 8] = [NONE; 8];
        let mut found = 0;
        for j in self.input.graph.neighbours(i) {
            let region = self.region_of[j as usize];
            if region != from && region != NONE && found < around.len() && !around[..found].contains(&region) {
                around[found] = region;
                found += 1;
            }
        }
        if found == 0 {
            return None;
        }
        let here = self.distance(i, from);
        let to = if heat > 0.0 {
            around[self.dice.below(found)]
        } else {
            around[..found].iter().copied().min_by(|a, b| self.distance(i, *a).total_cmp(&self.distance(i, *b)))?
        };
        let change = self.distance(i, to) - here;
        let is_taken = change < -1e-12 || (heat > 0.0 && self.dice.unit() < (-change / heat).exp());
        if !is_taken || !self.can_leave(i) {
            return None;
        }
        self.transfer(i, to);
        Some(change)
    }

    fn transfer(&mut self, i: u32, to: u32) {
        let from = self.region_of[i as usize] as usize;
        if let Some(at) = self.members[from].iter().position(|m| *m == i) {
            self.members[from].swap_remove(at);
        }
        self.sum[from] -= self.input.amount[i as usize];
        self.members[to as usize].push(i);
        self.sum[to as usize] += self.input.amount[i as usize];
        self.region_of[i as usize] = to;
    }

    /// Whether the region still hangs together without `i`.
    fn can_leave(&mut self, i: u32) -> bool {
        let region = self.region_of[i as usize];
        let graph = self.input.graph;
        let mut open = graph.neighbours(i).filter(|j| self.region_of[*j as usize] == region);
        let Some(first) = open.next() else { return false };
        let mut missing = open.count();
        if missing == 0 {
            return true;
        }
        self.mark += 2;
        // mark − 1: a neighbour of i still to be reached; mark: reached.
        let (wanted, reached) = (self.mark - 1, self.mark);
        for j in graph.neighbours(i).filter(|j| self.region_of[*j as usize] == region) {
            self.seen[j as usize] = wanted;
        }
        self.seen[i as usize] = reached;
        self.seen[first as usize] = reached;
        let mut stack = vec![first];
        while let Some(at) = stack.pop() {
            for j in graph.neighbours(at) {
                if self.region_of[j as usize] != region || self.seen[j as usize] == reached {
                    continue;
                }
                if self.seen[j as usize] == wanted {
                    missing -= 1;
                    if missing == 0 {
                        return true;
                    }
                }
                self.seen[j as usize] = reached;
                stack.push(j);
            }
        }
        false
    }

    /// Σ over the region's members and fields of |y_i − y_j|.
    fn distance(&self, i: u32, region: u32) -> f64 {
        let row = |i: u32| &self.flat[i as usize * self.width..(i as usize + 1) * self.width];
        let own = row(i);
        self.members[region as usize].iter().map(|j| own.iter().zip(row(*j)).map(|(a, b)| (a - b).abs()).sum::<f64>()).sum()
    }

    fn heterogeneity(&self) -> f64 {
        (0..self.members.len() as u32).map(|r| self.members[r as usize].iter().map(|i| self.distance(*i, r)).sum::<f64>() / 2.0).sum()
    }

    fn answer(&self, unsolved: Vec<Vec<u32>>, p_bound: usize) -> Regions {
        let mut number = vec![NONE; self.members.len()];
        let mut p = 0;
        let region_of = self
            .region_of
            .iter()
            .map(|region| {
                if *region == NONE {
                    return None;
                }
                let slot = &mut number[*region as usize];
                if *slot == NONE {
                    *slot = p;
                    p += 1;
                }
                Some(*slot)
            })
            .collect();
        Regions { region_of, p: p as usize, heterogeneity: self.heterogeneity(), unsolved, p_bound }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::{lattice, noise};
    use crate::spatial::{AdjacencyOptions, adjacency};

    fn grid(columns: usize, rows: usize) -> Graph {
        let set = lattice(columns, rows, 50.0, 0.0, 1);
        Graph::of_edges(columns * rows, &adjacency(&set, &AdjacencyOptions::default()))
    }

    fn check(input: &RegionsInput<'_>, found: &Regions) {
        for region in 0..found.p as u32 {
            let members: Vec<u32> = (0..input.amount.len() as u32).filter(|i| found.region_of[*i as usize] == Some(region)).collect();
            assert!(input.graph.is_connected(&members));
            assert!(members.iter().map(|i| input.amount[*i as usize]).sum::<f64>() >= input.at_least - 1e-9);
        }
        assert!(found.p <= found.p_bound);
    }

    #[test]
    fn regions_are_connected_reach_the_threshold_and_cover_all() {
        let mut state = 4;
        let graph = grid(20, 15);
        let amount: Vec<f64> = (0..300).map(|_| 1.0 + 9.0 * noise(&mut state)).collect();
        let fields: Vec<Vec<f64>> = (0..300).map(|_| vec![noise(&mut state), 10.0 * noise(&mut state)]).collect();
        let input = RegionsInput { amount: &amount, at_least: 40.0, fields: &fields, graph: &graph, seed: 3 };
        let found = regions(&input, &|| false);
        check(&input, &found);
        assert!(found.region_of.iter().all(Option::is_some) && found.unsolved.is_empty());
        assert!(found.p as f64 > 0.75 * found.p_bound as f64, "{} of {}", found.p, found.p_bound);
        let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("pool").install(|| regions(&input, &|| false));
        assert_eq!(single, found);
    }

    #[test]
    fn two_halves_that_differ_become_two_regions() {
        let graph = grid(6, 2);
        let fields: Vec<Vec<f64>> = (0..12).map(|i| vec![if i % 6 < 3 { 0.0 } else { 5.0 }]).collect();
        let input = RegionsInput { amount: &[1.0; 12], at_least: 6.0, fields: &fields, graph: &graph, seed: 1 };
        let found = regions(&input, &|| false);
        assert_eq!((found.p, found.heterogeneity), (2, 0.0));
    }

    #[test]
    fn a_component_below_the_threshold_is_named() {
        let graph = Graph::of_edges(3, &[]);
        let input = RegionsInput { amount: &[5.0, 1.0, 5.0], at_least: 4.0, fields: &[vec![0.0], vec![0.0], vec![0.0]], graph: &graph, seed: 1 };
        let found = regions(&input, &|| false);
        assert_eq!((found.p, found.unsolved), (2, vec![vec![1]]));
    }

    #[test]
    #[ignore = "a measurement"]
    fn measure_regions() {
        for (columns, rows, at_least) in [(40, 25, 50.0), (40, 25, 500.0), (100, 100, 50.0)] {
            let mut state = 4;
            let graph = grid(columns, rows);
            let n = columns * rows;
            let amount: Vec<f64> = (0..n).map(|_| 1.0 + 9.0 * noise(&mut state)).collect();
            let fields: Vec<Vec<f64>> = (0..n).map(|_| vec![noise(&mut state)]).collect();
            let input = RegionsInput { amount: &amount, at_least, fields: &fields, graph: &graph, seed: 3 };
            let begin = std::time::Instant::now();
            let found = regions(&input, &|| false);
            println!(
                "{{\"row\":\"regions\",\"n\":{n},\"seconds\":{:.3},\"p\":{},\"p_bound\":{},\"h\":{:.3}}}",
                begin.elapsed().as_secs_f64(),
                found.p,
                found.p_bound,
                found.heterogeneity
            );
        }
    }
}
