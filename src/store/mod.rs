//! Where a city is kept: [`CityStore`] for its data, [`AccountStore`] for its people, in domain terms. [`geopackage`] is the default.

mod account_store;
mod city_store;
pub mod geopackage;
pub mod lock;

pub use account_store::AccountStore;
pub use city_store::{CityStore, CommitError, Kept, Loaded, Outside, Visit};
