//! The use cases: functions over one [`City`]. [`Planner`] holds the city of the moment, its writer, people and jobs; it knows nothing of HTTP or terminals.

pub mod audit;
pub mod changes;
pub mod clock;
pub mod collections;
pub mod decisions;
pub mod designations;
pub mod earlier;
pub mod edits;
pub mod events;
mod exported;
pub mod exports;
pub mod frames;
pub mod import;
pub mod imports;
pub mod instruments;
pub mod items;
pub mod jobs;
pub mod kept;
pub mod load;
pub mod occupancy;
mod pace;
pub mod packs;
#[cfg(test)]
mod places_tests;
mod planner;
pub mod plans;
pub mod processes;
pub mod reports;
pub mod rights;
pub mod search;
pub mod sessions;
mod shifted;
pub mod tiles;
pub mod topology;
pub mod undo;
pub mod unit_sheets;
pub mod use_cases;
pub mod writer;

pub use clock::{now, today};
pub use collections::{collection, collections, table};
pub use events::Event;
pub use planner::{Planner, Settings};
pub use rights::Viewer;
pub use writer::Done;
