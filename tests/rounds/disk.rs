//! A disk of a given size, where this machine lets us have one.

use crate::support::path;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Disk(PathBuf);

const PAGE: u64 = 4096;

impl Disk {
    /// Mounts a disk of `bytes` (whole pages) in memory at a new folder.
    pub fn mount(at: &Path, bytes: u64) -> Option<Disk> {
        std::fs::create_dir(at).ok()?;
        run("mount", &["-t", "tmpfs", "-o", &size(bytes), "tmpfs", path(at)]).then(|| Disk(at.to_owned()))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the disk another size.
    pub fn resize(&self, bytes: u64) {
        assert!(run("mount", &["-o", &format!("remount,{}", size(bytes)), path(&self.0)]), "the disk takes another size");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        run("umount", &[path(&self.0)]);
        let _ = std::fs::remove_dir(&self.0);
    }
}

fn size(bytes: u64) -> String {
    format!("size={}", bytes.div_ceil(PAGE).max(1) * PAGE)
}

fn run(program: &str, args: &[&str]) -> bool {
    Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
