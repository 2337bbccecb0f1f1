//! Many regions: peel them off the rim, let enclaves join, cut what holds enough for two.

use super::NONE;
use super::partition::Partition;

impl Partition<'_> {
    /// Region after region from the rim inwards.
    pub(super) fn peel(&mut self, solvable: &[bool]) {
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
    pub(super) fn adopt(&mut self, solvable: &[bool]) {
        let graph = self.input.graph;
        let mut left: Vec<u32> = (0..solvable.len() as u32).filter(|i| solvable[*i as usize] && self.region_of[*i as usize] == NONE).collect();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|&i| {
                let mut around: Vec<u32> = graph.neighbours(i).map(|j| self.region_of[j as usize]).filter(|r| *r != NONE).collect();
                around.sort_unstable();
                around.dedup();
                let best = around
                    .into_iter()
                    .map(|r| (self.distance(i, r) / self.members[r as usize].len() as f64, r))
                    .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
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
    pub(super) fn subdivide(&mut self) {
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
        let members = self.members[region].clone();
        // A unit that is enough for two by itself leaves nothing to cut.
        if members.len() < 2 {
            return false;
        }
        let count = self.region_of.len();
        self.tree.resize(count, NONE);
        self.below.resize(count, 0.0);
        for _ in 0..8 {
            let order = self.grow_tree(region as u32, &members);
            for &i in &order {
                self.below[i as usize] = self.input.amount[i as usize];
            }
            let mut top = None;
            for &i in order[1..].iter().rev() {
                let own = self.below[i as usize];
                if own >= least && self.sum[region] - own >= least {
                    top = Some(i);
                    break;
                }
                self.below[self.tree[i as usize] as usize] += own;
            }
            let Some(top) = top else { continue };
            self.split_off(region, top, &order);
            return true;
        }
        false
    }

    /// A random spanning tree of the region: its units from the root outwards, with `tree` naming each one's parent.
    fn grow_tree(&mut self, region: u32, members: &[u32]) -> Vec<u32> {
        let graph = self.input.graph;
        let root = members[self.dice.below(members.len())];
        self.mark += 1;
        let mark = self.mark;
        let mut order = vec![root];
        self.seen[root as usize] = mark;
        let mut next = 0;
        let mut around: Vec<u32> = Vec::new();
        while next < order.len() {
            // Alternating ends make trees neither all stars nor all chains.
            let mut at = if self.dice.unit() < 0.5 { order[next] } else { order[order.len() - 1] };
            let open = |of: u32, seen: &[u32], region_of: &[u32], around: &mut Vec<u32>| {
                around.clear();
                around.extend(graph.neighbours(of).filter(|j| region_of[*j as usize] == region && seen[*j as usize] != mark));
            };
            open(at, &self.seen, &self.region_of, &mut around);
            if around.is_empty() && at != order[next] {
                at = order[next];
                open(at, &self.seen, &self.region_of, &mut around);
            }
            if around.is_empty() {
                next += 1;
                continue;
            }
            let j = around[self.dice.below(around.len())];
            self.seen[j as usize] = mark;
            self.tree[j as usize] = at;
            order.push(j);
        }
        order
    }

    /// What hangs below `top` becomes a region of its own.
    fn split_off(&mut self, region: usize, top: u32, order: &[u32]) {
        let new = self.members.len() as u32;
        self.region_of[top as usize] = new;
        for &i in &order[1..] {
            if self.region_of[self.tree[i as usize] as usize] == new {
                self.region_of[i as usize] = new;
            }
        }
        let (taken, kept): (Vec<u32>, Vec<u32>) =
            std::mem::take(&mut self.members[region]).into_iter().partition(|i| self.region_of[*i as usize] == new);
        let sum = |members: &[u32]| members.iter().map(|i| self.input.amount[*i as usize]).sum::<f64>();
        let (taken_sum, kept_sum) = (sum(&taken), sum(&kept));
        self.sum[region] = kept_sum;
        self.members[region] = kept;
        self.members.push(taken);
        self.sum.push(taken_sum);
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
        (0..self.sum.len()).any(|region| self.sum[region] >= 2.0 * least && self.members[region].len() > 1)
    }
}
