//! Geometry on the city's plane: CRS, the three areas, indexes, tiles. Imports only `domain`.

pub mod area;
pub mod arena;
pub mod crs;
pub mod index;
pub mod mercator;
pub mod tile;
