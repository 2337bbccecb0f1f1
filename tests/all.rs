//! One integration binary, one folder per resource or property family.

// A test binary has no outside: `pub` says what its modules offer each other.
#![allow(unreachable_pub)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

mod answers;
mod api;
mod architecture;
mod cli;
mod decisions;
mod history;
mod hostile;
mod intake;
mod real;
mod rounds;
mod store;
mod support;
mod twin;
