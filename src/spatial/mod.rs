//! Geometry on the city's plane: CRS, the three areas, indexes, tiles. Imports only `domain`.

pub mod adjacency;
mod adjacency_between;
mod adjacency_grid;
mod adjacency_segments;
#[cfg(test)]
mod adjacency_tests;
pub mod area;
pub mod arena;
pub mod bounds;
pub mod bridged;
pub mod crs;
pub mod cut;
#[cfg(test)]
mod cut_tests;
pub mod digest;
pub mod drawing;
pub mod frame;
pub mod graph;
pub mod hull;
pub mod index;
pub mod local_plane;
#[cfg(test)]
mod measure_tests;
pub mod mercator;
pub mod outline;
pub mod overlap;
pub mod overlay;
pub mod polygons;
pub mod rectangle;
mod segments;
pub mod similarity;
pub mod simple;
pub mod split;
#[cfg(test)]
mod split_tests;
pub mod stated_box;
pub mod stated_shape;
pub mod tile;
pub mod topology;

pub use adjacency::{AdjacencyOptions, Contact, ContactClass, adjacency};
pub use bridged::bridged;
pub use drawing::Drawing;
pub use graph::Graph;
pub use outline::{Gap, Outline, outline};
pub use overlay::{majority, overlay};
pub use polygons::{PolygonSet, Polygons, Subset};
