//! The running server, asked over HTTP.

mod analyses;
mod codes;
mod conditions;
mod contract;
mod instruments;
mod items;
mod jobs;
mod negotiation;
mod occupancy;
mod parameters;
mod proxies;
mod storm;
mod stream;
mod surface;
mod upstairs;
