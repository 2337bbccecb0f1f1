//! The running server, asked over HTTP.

mod bodies;
mod codes;
mod conditions;
mod contract;
mod hangup;
mod instruments;
mod items;
mod jobs;
mod negotiation;
mod occupancy;
mod parameters;
mod process_types;
mod processes;
mod proxies;
mod search;
mod storm;
mod stream;
mod surface;
mod unit_sheets;
mod upstairs;
