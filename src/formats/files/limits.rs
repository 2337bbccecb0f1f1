//! Bounds on what a file may ask of us. A file beyond a bound is refused with the number that was exceeded.

use crate::domain::Fault;

/// Bounds for one file.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a file that is read into memory at once (text formats) or unpacked from an archive.
    pub bytes: u64,
    pub rows: u64,
    /// Vertices of one geometry.
    pub vertices_per_row: usize,
    pub archive_entries: usize,
    /// Unpacked bytes over packed bytes of an archive entry.
    pub archive_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        // A whole city's parcels with attributes stay below 1 GB of GeoJSON; a coastline has some 10^5 vertices;
        // deflate reaches 1:1032 only on constant bytes, DBF blanks come near 1:100.
        Limits { bytes: 4 << 30, rows: 5_000_000, vertices_per_row: 2_000_000, archive_entries: 5_000, archive_ratio: 400 }
    }
}

/// The refusal with the bound and what the file asked for.
pub(crate) fn exceeded(what_zh: &str, what_en: &str, found: u64, bound: u64) -> Fault {
    Fault::bad("limit_exceeded", format!("{what_zh}为 {found}，超过上限 {bound}"), format!("{what_en} is {found}, over the limit of {bound}"))
        .help("请拆分文件后再导入", "split the file and import the parts")
}
