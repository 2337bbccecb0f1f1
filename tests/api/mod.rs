//! The running server, asked over HTTP.

mod instruments;
mod items;
mod jobs;
mod occupancy;
mod processes;
mod storm;
mod surface;
mod upstairs;
