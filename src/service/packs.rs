//! The rule packs in force, and the few figures that the service itself needs from them.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::rules::{Packs, ProgressPack};
use std::sync::OnceLock;

/// The embedded progress pack (lights, staleness).
pub fn progress() -> Outcome<&'static ProgressPack> {
    static PACK: OnceLock<Option<ProgressPack>> = OnceLock::new();
    PACK.get_or_init(|| Packs::embedded().resolve("progress", None).and_then(|pack| ProgressPack::read(&pack)).ok())
        .as_ref()
        .ok_or_else(|| Fault::internal("progress_pack", "the embedded progress pack does not read"))
}
