//! Geometry on the city's plane: CRS, the three areas, indexes, tiles. Imports only `domain`.
//! Geometry in the working plane: who lies beside whom, who lies over whom, merged outlines.

pub mod adjacency;
pub mod area;
pub mod arena;
pub mod crs;
pub mod graph;
pub mod index;
pub mod mercator;
pub mod overlap;
pub mod overlay;
pub mod polygons;
pub mod tile;

pub use adjacency::{AdjacencyOptions, Contact, ContactClass, adjacency};
pub use graph::Graph;
pub use overlay::{majority, overlay};
pub use polygons::{PolygonSet, Polygons, Subset};
