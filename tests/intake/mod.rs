//! Files in and out: what is read, what is refused, and what the report says.

mod bad_files;
mod bad_geometry;
mod cells;
mod encodings;
mod keys;
mod local_systems;
mod names;
mod real_data;
mod reference_systems;
mod round_trips;
mod shapes;
mod support;
mod tables;
mod whole;
mod workbook;
