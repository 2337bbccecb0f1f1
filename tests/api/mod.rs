//! The running server, asked over HTTP.

mod instruments;
mod items;
mod jobs;
mod occupancy;
mod processes;
mod surface;
mod upstairs;
