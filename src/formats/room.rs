//! Whether a disk has room: writers say a hundred different things of one that has not.

use std::path::Path;

/// Less than this is none.
const LEAST: u64 = 64 << 10;

/// Whether the disk on which `path` lies, or would lie, is full. Asked while what was written is still there.
pub fn is_full(path: &Path) -> bool {
    has_less_than(path, LEAST)
}

/// Whether so many bytes would not fit beside what is there.
pub fn has_less_than(path: &Path, bytes: u64) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let at = if path.exists() { path } else { folder };
    nix::sys::statvfs::statvfs(at).is_ok_and(|disk| disk.blocks_available().saturating_mul(disk.fragment_size()) < bytes)
}
