//! parkplan 园图: a land and park planning workbench. See `README.md` for the house and its rooms.

<<<<<<< HEAD
pub mod atlas;
pub mod domain;
<<<<<<< HEAD
<<<<<<< HEAD
pub mod formats;
pub mod service;
pub mod spatial;
pub mod store;
=======
pub mod sample;
>>>>>>> sample
=======
pub mod spatial;
>>>>>>> consolidation
=======
pub mod analysis;
pub mod domain;
pub mod rules;
>>>>>>> upstairs
