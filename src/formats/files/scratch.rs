//! A private folder that goes away when it is dropped.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// A new folder for this user alone, with an unguessable name, below the system's temporary folder.
    pub(super) fn new() -> Outcome<Scratch> {
        let mut noise = [0u8; 12];
        getrandom::fill(&mut noise).map_err(|error| Fault::internal("scratch_failed", error))?;
        let name: String = noise.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = std::env::temp_dir().join(format!("parkplan-{name}"));
        std::fs::DirBuilder::new().mode(0o700).create(&path).map_err(|error| Fault::internal("scratch_failed", error))?;
        Ok(Scratch(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing can be done about a folder that does not go; the system empties its temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
