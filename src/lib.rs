//! parkplan 园图: a land and park planning workbench. See `README.md` for the house and its rooms.

pub mod analysis;
pub mod domain;
pub mod spatial;
