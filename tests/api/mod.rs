//! The running server, asked over HTTP.

mod codes;
mod conditions;
mod contract;
mod instruments;
mod items;
mod jobs;
mod negotiation;
mod occupancy;
mod parameters;
mod process_types;
mod processes;
mod proxies;
mod storm;
mod stream;
mod surface;
mod upstairs;
