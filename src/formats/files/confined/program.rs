//! Which program reads: our own, started again. Whoever is not that program (a test) says where it is.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What makes the program a reading process instead of all else that it can be.
pub const PROGRAM_ARGUMENT: &str = "read-confined";

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program that reads; the first word counts. `None`: the running one, as it was when it was started.
pub fn read_by(program: Option<&Path>) {
    let program = program.map_or_else(|| PathBuf::from("/proc/self/exe"), Path::to_owned);
    PROGRAM.get_or_init(|| program);
}

/// There is no way to read without one: a file from outside is never parsed here because a setting was forgotten.
pub(super) fn program() -> Outcome<&'static Path> {
    PROGRAM
        .get()
        .map(PathBuf::as_path)
        .ok_or_else(|| Fault::internal("reader_not_started", "nobody said which program reads files (confined::read_by)"))
}
