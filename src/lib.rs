//! parkplan 园图: a land and park planning workbench. See `README.md` for the house and its rooms.

pub mod analysis;
pub mod api;
pub mod city;
pub mod cli;
pub mod config;
pub mod domain;
pub mod formats;
pub mod intake;
pub mod rules;
pub mod sample;
pub mod service;
pub mod spatial;
pub mod store;
