//! parkplan 园图: a land and park planning workbench. See `README.md` for the house and its rooms.

pub mod analysis;
pub mod atlas;
pub mod domain;
pub mod formats;
pub mod rules;
pub mod sample;
pub mod service;
pub mod spatial;
pub mod store;
pub mod intake;
