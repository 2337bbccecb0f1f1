//! Many regions: peel them off the rim, let enclaves join, cut what holds enough for two.

use super::partition::Partition;
use super::{Dice, NONE};

/// Units that a region may start from, those with fewest free neighbours first: the rim, then what peeling laid bare.
struct Seeds {
    /// Neighbours of each unit that are in no region yet.
    free: Vec<u32>,
    /// Units that may still become part of a new region.
    open: Vec<bool>,
    /// Units by their number of free neighbours; entries grown stale are passed over.
    by_free: Vec<Vec<u32>>,
    lowest: usize,
}

impl Seeds {
    fn new(partition: &Partition<'_>) -> Self {
        let ground = partition.ground;
        let free: Vec<u32> = (0..ground.len() as u32).map(|i| ground.neighbours(i).len() as u32).collect();
        let mut by_free: Vec<Vec<u32>> = vec![Vec::new(); ground.most_neighbours() + 1];
        for i in (0..ground.len() as u32).filter(|i| ground.solvable[*i as usize]) {
            by_free[free[i as usize] as usize].push(i);
        }
        Seeds { free, open: ground.solvable.clone(), by_free, lowest: 0 }
    }

    /// Any unit of those with fewest free neighbours.
    fn pop(&mut self, region_of: &[u32], dice: &mut Dice) -> Option<u32> {
        while let Some(bucket) = self.by_free.get_mut(self.lowest) {
            if bucket.is_empty() {
                self.lowest += 1;
                continue;
            }
            let i = bucket.swap_remove(dice.below(bucket.len()));
            if self.open[i as usize] && region_of[i as usize] == NONE && self.free[i as usize] as usize == self.lowest {
                return Some(i);
            }
        }
        None
    }

    /// These have one free neighbour less.
    fn took(&mut self, neighbours: &[u32], region_of: &[u32]) {
        for &j in neighbours {
            let free = &mut self.free[j as usize];
            *free = free.saturating_sub(1);
            if self.open[j as usize] && region_of[j as usize] == NONE {
                self.by_free[*free as usize].push(j);
                self.lowest = self.lowest.min(*free as usize);
            }
        }
    }
}

impl Partition<'_> {
    /// Region after region from the rim inwards.
    pub(super) fn peel(&mut self) {
        let ground = self.ground;
        let least = ground.input.at_least;
        let count = ground.len();
        let mut seeds = Seeds::new(self);
        let mut frontier: Vec<u32> = Vec::new();
        // How many neighbours of a unit of the frontier lie in the region that grows.
        let mut inside: Vec<u32> = vec![0; count];
        while let Some(seed) = seeds.pop(&self.region_of, &mut self.dice) {
            let region = self.members.len() as u32;
            let mut members = Vec::new();
            let mut sum = 0.0;
            frontier.clear();
            let mut joins = seed;
            loop {
                self.region_of[joins as usize] = region;
                members.push(joins);
                sum += self.amount(joins);
                if sum >= least {
                    break;
                }
                for &j in ground.neighbours(joins) {
                    if self.region_of[j as usize] == NONE && seeds.open[j as usize] {
                        if inside[j as usize] == 0 {
                            frontier.push(j);
                        }
                        inside[j as usize] += 1;
                    }
                }
                let missing = least - sum;
                let mut choice = (f64::INFINITY, NONE as usize);
                for (k, &j) in frontier.iter().enumerate() {
                    let over = (self.amount(j) - missing).max(0.0) / least;
                    // Few free neighbours left behind, many inside, little beyond the threshold.
                    let score = f64::from(seeds.free[j as usize]) - 2.0 * f64::from(inside[j as usize]) + 4.0 * over + 0.9 * self.dice.unit();
                    if score < choice.0 {
                        choice = (score, k);
                    }
                }
                if frontier.is_empty() {
                    break;
                }
                joins = frontier.swap_remove(choice.1);
                inside[joins as usize] = 0;
            }
            for &j in &frontier {
                inside[j as usize] = 0;
            }
            if sum < least {
                // An enclave: it joins a neighbour later and seeds nothing more.
                for &i in &members {
                    self.region_of[i as usize] = NONE;
                    seeds.open[i as usize] = false;
                }
                continue;
            }
            for &i in &members {
                seeds.took(ground.neighbours(i), &self.region_of);
            }
            self.members.push(members);
            self.sum.push(sum);
        }
    }

    /// Enclaves join the neighbour to which they are most alike.
    pub(super) fn adopt(&mut self) {
        let ground = self.ground;
        let mut left: Vec<u32> = (0..ground.len() as u32).filter(|i| ground.solvable[*i as usize] && self.region_of[*i as usize] == NONE).collect();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|&i| {
                let mut around: Vec<u32> = ground.neighbours(i).iter().map(|j| self.region_of[*j as usize]).filter(|r| *r != NONE).collect();
                around.sort_unstable();
                around.dedup();
                let best = around
                    .into_iter()
                    .map(|r| (self.distance(i, r) / self.members[r as usize].len() as f64, r))
                    .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                if let Some((_, r)) = best {
                    self.region_of[i as usize] = r;
                    self.members[r as usize].push(i);
                    self.sum[r as usize] += self.amount(i);
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
                while self.may_be_cut(region) && self.cut(region) {
                    cut_any = true;
                }
            }
            if !cut_any && !self.gather() {
                break;
            }
        }
    }

    /// Enough for two, and beside its largest unit for one: a unit that is much by itself leaves nothing to cut.
    fn may_be_cut(&self, region: usize) -> bool {
        let (least, sum) = (self.ground.input.at_least, self.sum[region]);
        sum >= 2.0 * least && sum - self.members[region].iter().map(|i| self.amount(*i)).fold(0.0, f64::max) >= least
    }

    /// Tries a few random spanning trees of the region for an edge that leaves enough on both sides.
    fn cut(&mut self, region: usize) -> bool {
        let least = self.ground.input.at_least;
        let members = self.members[region].clone();
        let count = self.region_of.len();
        self.tree.resize(count, NONE);
        self.below.resize(count, 0.0);
        for _ in 0..8 {
            let order = self.grow_tree(region as u32, &members);
            for &i in &order {
                self.below[i as usize] = self.amount(i);
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
    pub(super) fn grow_tree(&mut self, region: u32, members: &[u32]) -> Vec<u32> {
        let ground = self.ground;
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
                around.extend(ground.neighbours(of).iter().copied().filter(|j| region_of[*j as usize] == region && seen[*j as usize] != mark));
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
        let sum = |members: &[u32]| members.iter().map(|i| self.amount(*i)).sum::<f64>();
        let (taken_sum, kept_sum) = (sum(&taken), sum(&kept));
        self.sum[region] = kept_sum;
        self.members[region] = kept;
        self.members.push(taken);
        self.sum.push(taken_sum);
    }

    /// Passes surplus units to the neighbour that already has the larger sum, so that surplus gathers until some region
    /// can be cut; true when one can.
    fn gather(&mut self) -> bool {
        let least = self.ground.input.at_least;
        let mut order: Vec<u32> = (0..self.region_of.len() as u32).filter(|i| self.region_of[*i as usize] != NONE).collect();
        for _ in 0..3 {
            self.dice.shuffle(&mut order);
            for &i in &order {
                let from = self.region_of[i as usize];
                let amount = self.amount(i);
                if self.sum[from as usize] - amount < least {
                    continue;
                }
                let to = self
                    .ground
                    .neighbours(i)
                    .iter()
                    .map(|j| self.region_of[*j as usize])
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
        (0..self.sum.len()).any(|region| self.may_be_cut(region))
    }
}
