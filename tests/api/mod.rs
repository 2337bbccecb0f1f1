//! The running server, asked over HTTP.

mod analyses;
mod instruments;
mod items;
mod jobs;
mod occupancy;
mod surface;
mod upstairs;
