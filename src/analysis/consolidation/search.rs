//! Search for instances too large to enumerate: seeded greedy growth, then moves under simulated annealing.
//!
//! Each start is a stream of its own and a function of (seed, start), so threads only change how soon it ends. Only
//! feasible states are visited. Areas and perimeters are those of contacts (a site's perimeter is the sum of its
//! parcels' less twice what they share); what is reported is measured exactly afterwards.

use super::dice::Dice;
use super::exact::Goal;
use super::problem::{Problem, value, within};
use crate::spatial::PolygonSet;
use crate::spatial::outline::compactness;
use rayon::prelude::*;
use std::collections::BTreeMap;

mod moves;

const NONE: u32 = u32::MAX;

/// Members of each site, sorted.
pub(super) type Members = Vec<Vec<u32>>;

/// Runs all starts and returns every good plan they met, in the order of the starts.
/// `progress` gets the share of starts done, 0..=1.
pub(super) fn search<S: PolygonSet>(
    problem: &Problem<'_, S>,
    usable: &[bool],
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
    progress: &(dyn Fn(f64) + Sync),
) -> Vec<Members> {
    let goals: Vec<Goal> = [Goal::Objective; 10]
        .into_iter()
        .chain([Goal::Cheapest, Goal::Largest, Goal::Objective, Goal::FewestOwners, Goal::Largest, Goal::Objective])
        .collect();
    let rounds = goals.len().div_ceil(4);
    let mut found = Vec::new();
    for (round, batch) in goals.chunks(4).enumerate() {
        let plans: Vec<Vec<Members>> = batch
            .par_iter()
            .enumerate()
            .map(|(k, goal)| Walk::new(problem, usable, *goal, Dice::new(seed, (round * 4 + k) as u64)).run(stop))
            .collect();
        found.extend(plans.into_iter().flatten());
        progress((round + 1) as f64 / rounds as f64);
        if stop() {
            break;
        }
    }
    found.sort();
    found.dedup();
    found
}

#[derive(Clone, Default)]
struct Block {
    members: Vec<u32>,
    area: f64,
    perimeter: f64,
    cost: f64,
    ready: f64,
    owners: BTreeMap<u32, u32>,
}

struct Walk<'p, 'a, S: PolygonSet> {
    problem: &'p Problem<'a, S>,
    usable: &'p [bool],
    goal: Goal,
    dice: Dice,
    /// Block of each unit, or NONE.
    block_of: Vec<u32>,
    /// Empty blocks are free slots.
    blocks: Vec<Block>,
    cost: f64,
    best: Option<(f64, Members)>,
}

impl<'p, 'a, S: PolygonSet> Walk<'p, 'a, S> {
    fn new(problem: &'p Problem<'a, S>, usable: &'p [bool], goal: Goal, dice: Dice) -> Self {
        Walk { problem, usable, goal, dice, block_of: vec![NONE; problem.units.len()], blocks: Vec::new(), cost: 0.0, best: None }
    }

    fn run(mut self, stop: &(dyn Fn() -> bool + Sync)) -> Vec<Members> {
        if !self.construct(stop) {
            return Vec::new();
        }
        self.remember();
        let steps = (self.problem.units.len() * 400).clamp(20_000, 400_000);
        let hot = self.temperature();
        for step in 0..steps {
            if step % 128 == 0 && stop() {
                break;
            }
            let left = 1.0 - step as f64 / steps as f64;
            let heat = hot * left * left + 1e-12;
            self.step(heat);
        }
        self.best.map(|(_, members)| vec![members]).unwrap_or_default()
    }

    /// A tenth of what a middling parcel is worth to the goal: a move that loses about that much is taken now and then.
    fn temperature(&self) -> f64 {
        let mut worth: Vec<f64> = (0..self.problem.units.len() as u32)
            .filter(|i| self.usable[*i as usize])
            .map(|i| self.block_gain(&self.with(&Block::default(), i)).abs())
            .collect();
        worth.sort_unstable_by(f64::total_cmp);
        worth.get(worth.len() / 2).copied().unwrap_or(1.0) * 0.3
    }

    // --- blocks -------------------------------------------------------------------------------------------------

    fn with(&self, block: &Block, i: u32) -> Block {
        let mut grown = block.clone();
        self.push(&mut grown, i);
        grown
    }

    fn push(&self, block: &mut Block, i: u32) {
        let (area, perimeter) = self.joining(block, i);
        let unit = &self.problem.units[i as usize];
        block.area += area;
        block.perimeter += perimeter;
        block.cost += unit.cost;
        block.ready += unit.ready;
        *block.owners.entry(unit.owner).or_default() += 1;
        let at = block.members.partition_point(|m| *m < i);
        block.members.insert(at, i);
    }

    fn remove(&self, block: &mut Block, i: u32) {
        let Ok(at) = block.members.binary_search(&i) else { return };
        block.members.remove(at);
        let (area, perimeter) = self.joining(block, i);
        let unit = &self.problem.units[i as usize];
        block.area -= area;
        block.perimeter -= perimeter;
        block.cost -= unit.cost;
        block.ready -= unit.ready;
        if let Some(count) = block.owners.get_mut(&unit.owner) {
            *count -= 1;
            if *count == 0 {
                block.owners.remove(&unit.owner);
            }
        }
    }

    /// What unit `i` adds to the area and the perimeter of a block that does not hold it.
    fn joining(&self, block: &Block, i: u32) -> (f64, f64) {
        let unit = &self.problem.units[i as usize];
        let (mut area, mut perimeter) = (unit.area, unit.perimeter);
        for link in self.problem.graph.links(i) {
            if block.members.binary_search(&link.to).is_ok() {
                perimeter -= 2.0 * link.length_m;
                area -= self.problem.contacts[link.contact as usize].overlap_m2;
            }
        }
        (area, perimeter)
    }

    fn block_gain(&self, block: &Block) -> f64 {
        if block.members.is_empty() {
            return 0.0;
        }
        let worth = || value(self.problem.weights(), block.area, self.pp(block), block.cost, block.owners.len(), block.ready);
        match self.goal {
            Goal::Objective => worth(),
            Goal::Cheapest => -block.cost + 1e-6 * worth(),
            Goal::Largest => block.area + 1e-6 * worth(),
            Goal::FewestOwners => -(block.owners.len() as f64) + 1e-6 * worth(),
        }
    }

    fn pp(&self, block: &Block) -> f64 {
        compactness(block.area, block.perimeter)
    }

    fn is_feasible(&self, block: &Block) -> bool {
        let params = &self.problem.params;
        block.area >= params.min_area_m2 && block.area <= params.max_area() && self.pp(block) >= params.least_compactness()
    }

    fn total(&self) -> f64 {
        self.blocks.iter().map(|block| self.block_gain(block)).sum()
    }

    fn count(&self) -> usize {
        self.blocks.iter().filter(|b| !b.members.is_empty()).count()
    }

    fn members(&self) -> Members {
        let mut all: Members = self.blocks.iter().map(|b| b.members.clone()).filter(|m| !m.is_empty()).collect();
        all.sort();
        all
    }

    fn remember(&mut self) {
        if self.count() == 0 {
            return;
        }
        let total = self.total();
        if self.best.as_ref().is_none_or(|(held, _)| total > held + 1e-12 * held.abs()) {
            self.best = Some((total, self.members()));
        }
    }

    // --- construction -------------------------------------------------------------------------------------------

    /// Blocks around the pins first, then as many more as pay; false when the pins find no feasible blocks.
    fn construct(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> bool {
        let mut pins: Vec<u32> = (0..self.problem.units.len() as u32).filter(|i| self.problem.units[*i as usize].pinned).collect();
        self.dice.shuffle(&mut pins);
        for pin in pins {
            if self.block_of[pin as usize] != NONE {
                continue;
            }
            let grown = if self.count() < self.problem.params.most_sites() { self.grow(pin) } else { None };
            if let Some(block) = grown {
                self.place(block);
            } else if !self.stretch_to(pin) {
                return false;
            }
        }
        let mut seeds: Vec<u32> = (0..self.problem.units.len() as u32).filter(|i| self.usable[*i as usize]).collect();
        self.dice.shuffle(&mut seeds);
        seeds.truncate(200);
        for seed in seeds {
            if self.count() >= self.problem.params.most_sites() || stop() {
                break;
            }
            if self.block_of[seed as usize] == NONE
                && let Some(block) = self.grow(seed)
                && (self.block_gain(&block) > 0.0 || self.count() == 0)
            {
                self.place(block);
            }
        }
        true
    }

    fn place(&mut self, block: Block) {
        let slot = self.blocks.iter().position(|b| b.members.is_empty()).unwrap_or(self.blocks.len());
        if slot == self.blocks.len() {
            self.blocks.push(Block::default());
        }
        block.members.iter().for_each(|i| self.block_of[*i as usize] = slot as u32);
        self.cost += block.cost;
        self.blocks[slot] = block;
    }

    fn replace(&mut self, slot: usize, block: Block) {
        let old = std::mem::take(&mut self.blocks[slot]);
        old.members.iter().for_each(|i| self.block_of[*i as usize] = NONE);
        block.members.iter().for_each(|i| self.block_of[*i as usize] = slot as u32);
        self.cost += block.cost - old.cost;
        self.blocks[slot] = block;
    }

    /// Free, usable units beside the block.
    fn frontier(&self, block: &Block) -> Vec<u32> {
        let mut around: Vec<u32> = block
            .members
            .iter()
            .flat_map(|i| self.problem.graph.neighbours(*i))
            .filter(|j| self.block_of[*j as usize] == NONE && self.usable[*j as usize] && block.members.binary_search(j).is_err())
            .collect();
        around.sort_unstable();
        around.dedup();
        around
    }

    /// A feasible block from `seed` among free units, grown by what adds most (with some noise), kept at its best size.
    fn grow(&mut self, seed: u32) -> Option<Block> {
        let params = &self.problem.params;
        let noise = 0.3 * self.dice.unit();
        let mut block = self.with(&Block::default(), seed);
        let mut best: Option<(f64, Block)> = None;
        loop {
            if block.area > params.max_area() || !within(self.cost + block.cost, params.budget()) {
                break;
            }
            let gain = self.block_gain(&block);
            if self.is_feasible(&block) && best.as_ref().is_none_or(|(held, _)| gain > *held) {
                best = Some((gain, block.clone()));
            } else if best.is_some() && self.dice.unit() < 0.2 {
                break;
            }
            let mut choice: Option<(f64, Block)> = None;
            for i in self.frontier(&block) {
                let grown = self.with(&block, i);
                if grown.area > params.max_area() || !within(self.cost + grown.cost, params.budget()) {
                    continue;
                }
                // Compactness guides growth even where it has no weight: a long block soon has nowhere to go.
                let score = (self.block_gain(&grown) - gain) * (1.0 + noise * (self.dice.unit() - 0.5))
                    + (self.pp(&grown) - self.pp(&block)) * gain.abs().max(1e-9);
                if choice.as_ref().is_none_or(|(held, _)| score > *held) {
                    choice = Some((score, grown));
                }
            }
            let Some((_, grown)) = choice else { break };
            block = grown;
        }
        best.map(|(_, block)| block)
    }

    /// Extends some block along the shortest way to a pin that could not have one of its own.
    fn stretch_to(&mut self, pin: u32) -> bool {
        let mut from: BTreeMap<u32, u32> = BTreeMap::from([(pin, NONE)]);
        let mut queue = std::collections::VecDeque::from([pin]);
        while let Some(i) = queue.pop_front() {
            for j in self.problem.graph.neighbours(i) {
                if from.contains_key(&j) || !self.usable[j as usize] {
                    continue;
                }
                from.insert(j, i);
                let slot = self.block_of[j as usize];
                if slot == NONE {
                    queue.push_back(j);
                    continue;
                }
                let mut block = self.blocks[slot as usize].clone();
                let mut at = i;
                while at != NONE {
                    self.push(&mut block, at);
                    at = from[&at];
                }
                let cost = self.cost + block.cost - self.blocks[slot as usize].cost;
                if self.is_feasible(&block) && within(cost, self.problem.params.budget()) {
                    self.replace(slot as usize, block);
                    return true;
                }
            }
        }
        false
    }
}
