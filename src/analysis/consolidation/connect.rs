//! 补连通: the cheapest parcels that would join pieces of a wish list which lie apart.

use crate::spatial::Graph;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A way between two pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Parcels to add, from the main piece outwards.
    pub through: Vec<u32>,
    /// Parcels of the piece that is reached.
    pub joins: Vec<u32>,
    pub cost_wan: f64,
}

/// Joins the pieces of `wanted` to the one of most parcels, nearest by cost first; a parcel without a cost cannot be added.
/// A piece that nothing reaches is left out.
pub fn connect(graph: &Graph, cost_wan: &[Option<f64>], wanted: &[bool]) -> Vec<Connection> {
    let mut pieces = pieces(graph, wanted);
    let Some(main) = (0..pieces.len()).max_by_key(|k| (pieces[*k].len(), Reverse(pieces[*k][0]))) else { return Vec::new() };
    let mut joined = vec![false; graph.len()];
    pieces.swap_remove(main).iter().for_each(|node| joined[*node as usize] = true);
    let mut found = Vec::new();
    while let Some((through, reached, cost)) = nearest(graph, cost_wan, wanted, &joined) {
        let Some(at) = pieces.iter().position(|piece| piece.contains(&reached)) else { break };
        let piece = pieces.swap_remove(at);
        piece.iter().chain(&through).for_each(|node| joined[*node as usize] = true);
        found.push(Connection { through, joins: piece, cost_wan: cost });
    }
    found
}

/// Connected pieces of the wanted nodes, each sorted.
fn pieces(graph: &Graph, wanted: &[bool]) -> Vec<Vec<u32>> {
    let mut seen = vec![false; graph.len()];
    let mut found = Vec::new();
    for start in (0..graph.len() as u32).filter(|node| wanted[*node as usize]) {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        let (mut piece, mut open) = (vec![start], vec![start]);
        while let Some(node) = open.pop() {
            for next in graph.neighbours(node).filter(|next| wanted[*next as usize]) {
                if !std::mem::replace(&mut seen[next as usize], true) {
                    piece.push(next);
                    open.push(next);
                }
            }
        }
        piece.sort_unstable();
        found.push(piece);
    }
    found
}

/// An entry of the queue: less cost first, then fewer parcels, then the smaller node.
#[derive(PartialEq)]
struct Reach(f64, u32, u32);

impl Eq for Reach {}

impl PartialOrd for Reach {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Reach {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1)).then(other.2.cmp(&self.2))
    }
}

/// The cheapest way from what is joined to a wanted node that is not (Dijkstra over node costs).
fn nearest(graph: &Graph, cost_wan: &[Option<f64>], wanted: &[bool], joined: &[bool]) -> Option<(Vec<u32>, u32, f64)> {
    let mut best: Vec<Option<(f64, u32)>> = vec![None; graph.len()];
    let mut from = vec![u32::MAX; graph.len()];
    let mut queue = BinaryHeap::new();
    for node in (0..graph.len() as u32).filter(|node| joined[*node as usize]) {
        best[node as usize] = Some((0.0, 0));
        queue.push(Reach(0.0, 0, node));
    }
    while let Some(Reach(cost, count, node)) = queue.pop() {
        if best[node as usize] != Some((cost, count)) {
            continue;
        }
        if wanted[node as usize] && !joined[node as usize] {
            let mut through = Vec::new();
            let mut at = from[node as usize];
            while at != u32::MAX && !joined[at as usize] {
                through.push(at);
                at = from[at as usize];
            }
            through.reverse();
            return Some((through, node, cost));
        }
        for next in graph.neighbours(node) {
            let step = if wanted[next as usize] { Some((0.0, 0)) } else { cost_wan[next as usize].map(|cost| (cost, 1)) };
            let Some((more, one)) = step else { continue };
            let reach = (cost + more, count + one);
            if best[next as usize].is_none_or(|known| reach < known) {
                best[next as usize] = Some(reach);
                from[next as usize] = node;
                queue.push(Reach(reach.0, reach.1, next));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::lattice;
    use crate::spatial::{AdjacencyOptions, adjacency};

    /// Nodes of a 5 × 3 lattice, row by row.
    fn graph() -> Graph {
        let set = lattice(5, 3, 50.0, 0.0, 1);
        Graph::of_edges(15, &adjacency(&set, &AdjacencyOptions::default()))
    }

    fn wanted(nodes: &[usize]) -> Vec<bool> {
        (0..15).map(|node| nodes.contains(&node)).collect()
    }

    #[test]
    fn the_cheap_way_round_beats_the_dear_straight_one() {
        // 0 1 . . 4 in the top row: straight through 2 and 3 costs 20, round by the middle row 4.
        let mut cost: Vec<Option<f64>> = vec![Some(1.0); 15];
        (cost[2], cost[3]) = (Some(10.0), Some(10.0));
        let found = connect(&graph(), &cost, &wanted(&[0, 1, 4]));
        assert_eq!(found, [Connection { through: vec![6, 7, 8, 9], joins: vec![4], cost_wan: 4.0 }]);
        cost[7] = None;
        cost[12] = None;
        assert_eq!(connect(&graph(), &cost, &wanted(&[0, 1, 4]))[0].through, [2, 3]);
        cost[3] = None;
        cost[8] = None;
        cost[13] = None;
        assert!(connect(&graph(), &cost, &wanted(&[0, 1, 4])).is_empty(), "nothing reaches it");
    }

    #[test]
    fn pieces_join_one_after_the_other_and_serve_each_other() {
        let cost = vec![Some(1.0); 15];
        let found = connect(&graph(), &cost, &wanted(&[0, 5, 2, 4]));
        assert_eq!(found.iter().map(|c| c.joins.clone()).collect::<Vec<_>>(), [[2], [4]]);
        assert_eq!(found.iter().map(|c| c.cost_wan).sum::<f64>(), 2.0);
        assert!(connect(&graph(), &cost, &wanted(&[0, 1, 2])).is_empty(), "one piece needs nothing");
    }
}
