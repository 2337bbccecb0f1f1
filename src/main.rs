//! Wires the parts together.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Analyses make and drop many small shapes on every core; this allocator costs a good part less than the system's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "parkplan=warn".into()))
        .with_writer(std::io::stderr)
        .init();
    parkplan::cli::run()
}
