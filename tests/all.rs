//! One integration binary, one folder per resource or property family.

mod api;
mod architecture;
mod cli;
mod intake;
mod real;
mod support;
mod twin;
