//! What a filter may cost, counted while it is read.

use super::complaint::{Complaint, Limit, Read};

/// Bytes of a filter.
pub const MAX_LENGTH: usize = 1 << 20;
/// Brackets, functions, `NOT`s and signs inside one another.
pub const MAX_DEPTH: usize = 64;
/// Operators and operands; those of lists are counted apart.
pub const MAX_NODES: usize = 20_000;
/// Literals in lists, all lists together.
pub const MAX_ITEMS: usize = 100_000;
/// Positions of all literal geometries together.
pub const MAX_VERTICES: usize = 20_000;

/// What the reading of one filter has cost so far.
#[derive(Debug, Default)]
pub(super) struct Budget {
    depth: usize,
    nodes: usize,
    items: usize,
    vertices: usize,
    /// Tokens read and calls made: the measure of time.
    pub(super) steps: u64,
}

impl Budget {
    pub(super) fn length(&self, text: &str) -> Read<()> {
        within(text.len(), Limit::Length)
    }

    pub(super) fn descend(&mut self) -> Read<()> {
        self.depth += 1;
        within(self.depth, Limit::Depth)
    }

    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn node(&mut self) -> Read<()> {
        self.steps += 1;
        self.nodes += 1;
        within(self.nodes, Limit::Nodes)
    }

    /// A literal that was counted as a node turned out to be one of a list.
    pub(super) fn node_is_item(&mut self) -> Read<()> {
        self.nodes -= 1;
        self.items += 1;
        within(self.items, Limit::Items)
    }

    pub(super) fn vertex(&mut self) -> Read<()> {
        self.steps += 1;
        self.vertices += 1;
        within(self.vertices, Limit::Vertices)
    }
}

fn within(count: usize, limit: Limit) -> Read<()> {
    if count > limit.most() { Err(Complaint::Limit(limit)) } else { Ok(()) }
}
