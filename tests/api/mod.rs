//! The running server, asked over HTTP.

mod bodies;
mod codes;
mod conditions;
mod contract;
mod disclosure;
mod hangup;
mod instruments;
mod items;
mod jobs;
mod matching;
mod negotiation;
mod occupancy;
mod parameters;
mod process_types;
mod processes;
mod proxies;
mod records;
mod search;
mod storm;
mod stream;
mod surface;
mod tasks;
mod unit_sheets;
mod upstairs;
mod virtual_parks;
