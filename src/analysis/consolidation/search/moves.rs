//! The moves of the search: add, drop, swap, shift, merge, split, begin, end. Each leaves a feasible state.

use super::{Block, NONE, Walk};
use crate::analysis::consolidation::problem::within;
use crate::spatial::PolygonSet;
use std::collections::BTreeMap;

impl<S: PolygonSet> Walk<'_, '_, S> {
    pub(super) fn step(&mut self, heat: f64) {
        match self.dice.below(100) {
            0..30 => self.add(heat),
            30..55 => self.drop(heat),
            55..75 => self.swap(heat),
            75..88 => self.shift(heat),
            88..91 => self.merge(heat),
            91..94 => self.split(heat),
            94..98 => self.begin(heat),
            _ => self.end(heat),
        }
    }

    fn any_block(&mut self) -> Option<usize> {
        let live: Vec<usize> = (0..self.blocks.len()).filter(|b| !self.blocks[*b].members.is_empty()).collect();
        self.dice.pick(&live)
    }

    /// Metropolis: gains always, losses with probability e^(Δ/heat).
    fn accepts(&mut self, change: f64, heat: f64) -> bool {
        change >= 0.0 || self.dice.unit() < (change / heat).exp()
    }

    fn try_replace(&mut self, slot: usize, block: Block, heat: f64) {
        let cost = self.cost + block.cost - self.blocks[slot].cost;
        if !self.is_feasible(&block) || !within(cost, self.problem.params.budget()) {
            return;
        }
        let change = self.block_gain(&block) - self.block_gain(&self.blocks[slot]);
        if self.accepts(change, heat) {
            self.replace(slot, block);
            self.remember_if(change);
        }
    }

    /// Totals need only be compared after a gain.
    fn remember_if(&mut self, change: f64) {
        if change > 0.0 {
            self.remember();
        }
    }

    /// A free unit beside a random member: cheaper than the whole frontier.
    fn beside(&mut self, slot: usize) -> Option<u32> {
        let member = self.dice.pick(&self.blocks[slot].members)?;
        let free: Vec<u32> =
            self.problem.graph.neighbours(member).filter(|j| self.block_of[*j as usize] == NONE && self.usable[*j as usize]).collect();
        self.dice.pick(&free)
    }

    fn add(&mut self, heat: f64) {
        let Some(slot) = self.any_block() else { return };
        let Some(i) = self.beside(slot) else { return };
        let block = self.with(&self.blocks[slot], i);
        self.try_replace(slot, block, heat);
    }

    /// The block without `i`, unless that is pinned or would disconnect it.
    fn without(&self, slot: usize, i: u32) -> Option<Block> {
        if self.problem.units[i as usize].pinned || self.blocks[slot].members.len() < 2 {
            return None;
        }
        let mut block = self.blocks[slot].clone();
        self.remove(&mut block, i);
        self.hangs_together(&block, i).then_some(block)
    }

    /// Whether the block still hangs together without `gone`: its neighbours inside must reach one another.
    fn hangs_together(&self, block: &Block, gone: u32) -> bool {
        let graph = &self.problem.graph;
        let mut open: Vec<u32> = graph.neighbours(gone).filter(|j| block.members.binary_search(j).is_ok()).collect();
        let Some(first) = open.pop() else { return block.members.is_empty() };
        let mut seen = vec![false; block.members.len()];
        let mut stack = vec![first];
        if let Ok(at) = block.members.binary_search(&first) {
            seen[at] = true;
        }
        while let Some(i) = stack.pop() {
            if open.is_empty() {
                return true;
            }
            for j in graph.neighbours(i) {
                if let Ok(at) = block.members.binary_search(&j)
                    && !seen[at]
                {
                    seen[at] = true;
                    open.retain(|o| *o != j);
                    stack.push(j);
                }
            }
        }
        open.is_empty()
    }

    fn drop(&mut self, heat: f64) {
        let Some(slot) = self.any_block() else { return };
        let Some(i) = self.dice.pick(&self.blocks[slot].members) else { return };
        if let Some(block) = self.without(slot, i) {
            self.try_replace(slot, block, heat);
        }
    }

    /// One in, one out.
    fn swap(&mut self, heat: f64) {
        let Some(slot) = self.any_block() else { return };
        let (Some(out), Some(into)) = (self.dice.pick(&self.blocks[slot].members), self.beside(slot)) else { return };
        if self.problem.units[out as usize].pinned || self.blocks[slot].members.len() < 2 {
            return;
        }
        let mut block = self.with(&self.blocks[slot], into);
        self.remove(&mut block, out);
        if self.hangs_together(&block, out) {
            self.try_replace(slot, block, heat);
        }
    }

    /// A member goes over to the block beside it.
    fn shift(&mut self, heat: f64) {
        let Some(slot) = self.any_block() else { return };
        let Some(i) = self.dice.pick(&self.blocks[slot].members) else { return };
        let others: Vec<u32> =
            self.problem.graph.neighbours(i).map(|j| self.block_of[j as usize]).filter(|b| *b != NONE && *b != slot as u32).collect();
        let Some(to) = self.dice.pick(&others) else { return };
        let to = to as usize;
        if self.blocks[slot].members.len() < 2 {
            return;
        }
        let mut left = self.blocks[slot].clone();
        self.remove(&mut left, i);
        if !self.hangs_together(&left, i) {
            return;
        }
        let right = self.with(&self.blocks[to], i);
        if !self.is_feasible(&left) || !self.is_feasible(&right) {
            return;
        }
        let change = self.block_gain(&left) + self.block_gain(&right) - self.block_gain(&self.blocks[slot]) - self.block_gain(&self.blocks[to]);
        if self.accepts(change, heat) {
            self.replace(slot, left);
            self.replace(to, right);
            self.remember_if(change);
        }
    }

    fn merge(&mut self, heat: f64) {
        let Some(slot) = self.any_block() else { return };
        let others: Vec<u32> = self.blocks[slot]
            .members
            .iter()
            .flat_map(|i| self.problem.graph.neighbours(*i))
            .map(|j| self.block_of[j as usize])
            .filter(|b| *b != NONE && *b != slot as u32)
            .collect();
        let Some(other) = self.dice.pick(&others) else { return };
        let mut merged = self.blocks[slot].clone();
        for &i in &self.blocks[other as usize].members {
            self.push(&mut merged, i);
        }
        if !self.is_feasible(&merged) {
            return;
        }
        let change = self.block_gain(&merged) - self.block_gain(&self.blocks[slot]) - self.block_gain(&self.blocks[other as usize]);
        if self.accepts(change, heat) {
            self.replace(other as usize, Block::default());
            self.replace(slot, merged);
            self.remember_if(change);
        }
    }

    /// Two halves grown from two random members.
    fn split(&mut self, heat: f64) {
        let Some(slot) = self.any_block() else { return };
        if self.count() >= self.problem.params.most_sites() || self.blocks[slot].members.len() < 2 {
            return;
        }
        let members = self.blocks[slot].members.clone();
        let (a, b) = (members[self.dice.below(members.len())], members[self.dice.below(members.len())]);
        if a == b {
            return;
        }
        let mut side: BTreeMap<u32, bool> = BTreeMap::from([(a, true), (b, false)]);
        let mut queue = std::collections::VecDeque::from([a, b]);
        let mut halves = [self.with(&Block::default(), b), self.with(&Block::default(), a)];
        while let Some(i) = queue.pop_front() {
            let own = side[&i];
            for j in self.problem.graph.neighbours(i) {
                if members.binary_search(&j).is_ok() && !side.contains_key(&j) {
                    side.insert(j, own);
                    self.push(&mut halves[usize::from(own)], j);
                    queue.push_back(j);
                }
            }
        }
        let [right, left] = halves;
        if !self.is_feasible(&left) || !self.is_feasible(&right) {
            return;
        }
        let change = self.block_gain(&left) + self.block_gain(&right) - self.block_gain(&self.blocks[slot]);
        if self.accepts(change, heat) {
            self.replace(slot, left);
            self.place(right);
            self.remember_if(change);
        }
    }

    fn begin(&mut self, heat: f64) {
        if self.count() >= self.problem.params.most_sites() {
            return;
        }
        let seed = self.dice.below(self.problem.units.len()) as u32;
        if self.block_of[seed as usize] != NONE || !self.usable[seed as usize] {
            return;
        }
        let Some(block) = self.grow(seed) else { return };
        let change = self.block_gain(&block);
        if self.accepts(change, heat) {
            self.place(block);
            self.remember_if(change);
        }
    }

    fn end(&mut self, heat: f64) {
        let Some(slot) = self.any_block() else { return };
        if self.blocks[slot].members.iter().any(|i| self.problem.units[*i as usize].pinned) || self.count() < 2 {
            return;
        }
        let change = -self.block_gain(&self.blocks[slot]);
        if self.accepts(change, heat) {
            self.replace(slot, Block::default());
            self.remember_if(change);
        }
    }
}
