//! Wires the parts together.

use std::process::ExitCode;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "parkplan=warn".into()))
        .with_writer(std::io::stderr)
        .init();
    parkplan::cli::run()
}
