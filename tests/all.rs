//! One integration binary, one folder per resource or property family.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod answers;
mod api;
mod architecture;
mod cli;
mod intake;
mod real;
mod support;
mod twin;
