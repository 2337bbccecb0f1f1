//! Geometry on the city's plane: CRS, the three areas, indexes, tiles. Imports only `domain`.

pub mod arena;
pub mod area;
pub mod crs;
pub mod index;
pub mod mercator;
