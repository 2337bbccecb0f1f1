//! The running server, asked over HTTP.

mod analyses;
mod instruments;
mod items;
mod jobs;
mod occupancy;
mod storm;
mod surface;
mod upstairs;
