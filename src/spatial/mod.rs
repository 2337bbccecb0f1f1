//! Geometry in the working plane: who lies beside whom, who lies over whom, merged outlines.

pub mod adjacency;
mod adjacency_grid;
#[cfg(test)]
mod adjacency_tests;
pub mod bridged;
pub mod graph;
#[cfg(test)]
mod measure_tests;
pub mod outline;
pub mod overlap;
pub mod overlay;
pub mod polygons;
pub mod rectangle;
pub mod topology;

pub use adjacency::{AdjacencyOptions, Contact, ContactClass, adjacency};
pub use bridged::bridged;
pub use graph::Graph;
pub use outline::{Gap, Outline, outline};
pub use overlay::{majority, overlay};
pub use polygons::{PolygonSet, Polygons, Subset};
