//! The running server, asked over HTTP.

mod analyses;
mod items;
mod occupancy;
mod surface;
mod upstairs;
