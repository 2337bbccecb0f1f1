//! The neighbour graph in compressed rows: degree, components, articulation points.

use super::adjacency::{Contact, ContactClass};

/// An undirected graph; the neighbours of each node are sorted.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    starts: Vec<u32>,
    links: Vec<Link>,
}

/// One half of an edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    pub to: u32,
    /// Facing length in m.
    pub length_m: f64,
    /// Which contact this is, in the list the graph was made from.
    pub contact: u32,
}

impl Graph {
    /// The graph of those contacts that `counts` accepts.
    pub fn new(nodes: usize, contacts: &[Contact], counts: impl Fn(&Contact) -> bool) -> Self {
        let mut starts = vec![0u32; nodes + 1];
        for contact in contacts.iter().filter(|c| counts(c)) {
            starts[contact.a as usize + 1] += 1;
            starts[contact.b as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut links = vec![Link { to: 0, length_m: 0.0, contact: 0 }; starts[nodes] as usize];
        for (index, contact) in contacts.iter().enumerate().filter(|(_, c)| counts(c)) {
            for (from, to) in [(contact.a, contact.b), (contact.b, contact.a)] {
                links[next[from as usize] as usize] = Link { to, length_m: contact.length_m, contact: index as u32 };
                next[from as usize] += 1;
            }
        }
        let mut graph = Graph { starts, links };
        for node in 0..nodes {
            let (from, to) = (graph.starts[node] as usize, graph.starts[node + 1] as usize);
            graph.links[from..to].sort_unstable_by_key(|link| link.to);
        }
        graph
    }

    /// Edge contacts and overlaps: what connects a site (C4).
    pub fn of_edges(nodes: usize, contacts: &[Contact]) -> Self {
        Self::new(nodes, contacts, |contact| matches!(contact.class, ContactClass::Edge | ContactClass::Overlap))
    }

    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn links(&self, node: u32) -> &[Link] {
        &self.links[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    pub fn neighbours(&self, node: u32) -> impl Iterator<Item = u32> {
        self.links(node).iter().map(|link| link.to)
    }

    pub fn degree(&self, node: u32) -> usize {
        self.links(node).len()
    }

    /// The component of each node, numbered by the smallest node, and how many there are.
    pub fn components(&self) -> (Vec<u32>, usize) {
        let mut component = vec![u32::MAX; self.len()];
        let mut count = 0;
        let mut stack = Vec::new();
        for start in 0..self.len() as u32 {
            if component[start as usize] != u32::MAX {
                continue;
            }
            component[start as usize] = count;
            stack.push(start);
            while let Some(node) = stack.pop() {
                for to in self.neighbours(node) {
                    if component[to as usize] == u32::MAX {
                        component[to as usize] = count;
                        stack.push(to);
                    }
                }
            }
            count += 1;
        }
        (component, count as usize)
    }

    /// Whether the members hang together; an empty set does.
    pub fn is_connected(&self, members: &[u32]) -> bool {
        let Some(&first) = members.first() else { return true };
        let mut open: std::collections::BTreeSet<u32> = members.iter().copied().collect();
        let total = open.len();
        open.remove(&first);
        let mut stack = vec![first];
        let mut reached = 1;
        while let Some(node) = stack.pop() {
            for to in self.neighbours(node) {
                if open.remove(&to) {
                    reached += 1;
                    stack.push(to);
                }
            }
        }
        reached == total
    }

    /// Marks the nodes whose removal disconnects what hangs together now, looking only at nodes that `inside` accepts
    /// (Hopcroft and Tarjan 1973, without recursion).
    pub fn articulation_points(&self, nodes: &[u32], inside: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut order = std::collections::HashMap::with_capacity(nodes.len());
        let mut low: Vec<u32> = Vec::with_capacity(nodes.len());
        let mut cut = std::collections::BTreeSet::new();
        for &root in nodes {
            if order.contains_key(&root) {
                continue;
            }
            order.insert(root, low.len() as u32);
            low.push(low.len() as u32);
            let mut stack = vec![(root, u32::MAX, 0usize)];
            let mut children_of_root = 0;
            while let Some(top) = stack.last_mut() {
                let (node, parent) = (top.0, top.1);
                let number = order[&node];
                if let Some(link) = self.links(node).get(top.2) {
                    top.2 += 1;
                    let to = link.to;
                    if to == parent || !inside(to) {
                        continue;
                    }
                    if let Some(&seen) = order.get(&to) {
                        low[number as usize] = low[number as usize].min(seen);
                        continue;
                    }
                    order.insert(to, low.len() as u32);
                    low.push(low.len() as u32);
                    children_of_root += usize::from(node == root);
                    stack.push((to, node, 0));
                    continue;
                }
                stack.pop();
                if let Some(above) = stack.last() {
                    let parent_number = order[&above.0];
                    low[parent_number as usize] = low[parent_number as usize].min(low[number as usize]);
                    if above.0 != root && low[number as usize] >= parent_number {
                        cut.insert(above.0);
                    }
                }
            }
            if children_of_root > 1 {
                cut.insert(root);
            }
        }
        cut.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spatial::polygons::samples::noise;

    fn graph(nodes: usize, edges: &[(u32, u32)]) -> Graph {
        let contacts: Vec<Contact> = edges
            .iter()
            .map(|&(a, b)| Contact { a, b, length_m: 5.0, class: ContactClass::Edge, gap_m: 0.0, widest_m: 0.0, overlap_m2: 0.0 })
            .collect();
        Graph::of_edges(nodes, &contacts)
    }

    #[test]
    fn articulation_points_are_the_nodes_whose_removal_disconnects() {
        let mut state = 3;
        for _ in 0..300 {
            let nodes = 2 + (noise(&mut state) * 9.0) as u32;
            let mut edges = Vec::new();
            for a in 0..nodes {
                for b in a + 1..nodes {
                    if noise(&mut state) < 0.3 {
                        edges.push((a, b));
                    }
                }
            }
            let graph = graph(nodes as usize, &edges);
            let (_, before) = graph.components();
            let all: Vec<u32> = (0..nodes).collect();
            let expected: Vec<u32> = (0..nodes)
                .filter(|&gone| {
                    let kept: Vec<(u32, u32)> = edges.iter().copied().filter(|(a, b)| *a != gone && *b != gone).collect();
                    // The removed node stays as a lone one: one more component if it was lone before, two if it was not.
                    let (_, after) = self::graph(nodes as usize, &kept).components();
                    graph.degree(gone) > 0 && after > before + 1
                })
                .collect();
            assert_eq!(graph.articulation_points(&all, |_| true), expected, "{edges:?}");
        }
    }
}
