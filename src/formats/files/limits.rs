//! Bounds on what a file may ask of us, all of them here. A file beyond a bound is refused with the number that was exceeded.

use crate::domain::Fault;
use serde::{Deserialize, Serialize};
use std::time::Duration;

const MIB: u64 = 1 << 20;

/// Bounds for what is in one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a file with what lies beside it, or unpacked from an archive.
    pub bytes: u64,
    pub rows: u64,
    /// Fields of a row.
    pub fields: usize,
    /// Rows by fields, filled or not.
    pub cells: u64,
    /// Bytes of one cell, or of the coordinates of one shape as text.
    pub cell_bytes: usize,
    /// Vertices of one geometry.
    pub vertices_per_row: usize,
    /// Elements, arrays or collections inside one another.
    pub depth: usize,
    pub archive_entries: usize,
    /// Unpacked bytes over packed bytes of an archive entry.
    pub archive_ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            // A whole city's parcels with attributes stay below 1 GB of GeoJSON.
            bytes: 4 << 30,
            rows: 5_000_000,
            // A DBF has 2,046 at most by its header, wide exports of surveys some hundred.
            fields: 4_096,
            cells: 200_000_000,
            // Two million vertices as text.
            cell_bytes: 64 << 20,
            // A coastline has some 10^5.
            vertices_per_row: 2_000_000,
            // Documents that people make stay below 20.
            depth: 100,
            archive_entries: 5_000,
            // Deflate reaches 1:1032 only on constant bytes; DBF blanks come near 1:100.
            archive_ratio: 400,
        }
    }
}

impl Limits {
    pub(crate) fn too_many_vertices(&self, found: u64) -> Fault {
        exceeded("一个图形的顶点数", "the number of vertices of one geometry", found, self.vertices_per_row as u64)
    }

    pub(crate) fn too_deep(&self) -> Fault {
        exceeded("嵌套层数", "the depth of nesting", self.depth as u64 + 1, self.depth as u64)
    }

    pub(crate) fn cell_too_long(&self, found: u64) -> Fault {
        exceeded("一个单元格的字节数", "the size of one cell in bytes", found, self.cell_bytes as u64)
    }

    /// Holds what a file says of its rows.
    pub(crate) fn hold_rows(&self, rows: u64) -> Result<(), Fault> {
        if rows > self.rows { Err(exceeded("行数", "the number of rows", rows, self.rows)) } else { Ok(()) }
    }

    /// Holds a table's rows by its fields.
    pub(crate) fn hold_cells(&self, rows: u64, fields: usize) -> Result<(), Fault> {
        if fields > self.fields {
            return Err(exceeded("字段数", "the number of fields", fields as u64, self.fields as u64));
        }
        let cells = rows.saturating_mul(fields as u64);
        if cells > self.cells {
            return Err(exceeded("单元格数（行数 × 字段数）", "the number of cells (rows by fields)", cells, self.cells));
        }
        Ok(())
    }
}

/// Bounds of the process that reads a file, and of what it may hand over. They grow with the file, so that a small file never takes much
/// and a large one is read.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessLimits {
    /// Bytes of memory that it may write to.
    pub memory: u64,
    /// Bytes of the table that it hands over, as they lie in our memory.
    pub table: u64,
    pub processor: Duration,
    /// From start to end.
    pub time: Duration,
    /// Bytes of a file in its scratch folder: what an archive unpacks to.
    pub scratch: u64,
    pub open_files: u64,
}

impl ProcessLimits {
    const MEMORY: u64 = 256 * MIB;
    /// Text, its decoded copy and its rows lie in memory together for a moment.
    const MEMORY_A_BYTE: u64 = 6;
    const MOST_MEMORY: u64 = 8 << 30;
    const TABLE: u64 = 128 * MIB;
    const TABLE_A_BYTE: u64 = 8;
    const MOST_TABLE: u64 = 8 << 30;
    /// A packed byte (spreadsheets, archives) stands for many.
    const UNPACKED: u64 = 6;
    const PROCESSOR: Duration = Duration::from_secs(6);
    const BYTES_A_SECOND: u64 = MIB;
    /// Other programs want the processor too.
    const WAITING: u32 = 4;
    const LONGEST: Duration = Duration::from_secs(3_600);
    const OPEN_FILES: u64 = 64;
    /// Reading processes at a time; more wait.
    pub const AT_ONCE: usize = 2;
    /// Of the telling of faults and notices, in bytes.
    pub const TOLD: usize = 32 << 20;

    /// For a file of so many bytes with what lies beside it.
    pub fn for_file(bytes: u64, packed: bool, limits: &Limits) -> Self {
        let bytes = bytes.saturating_mul(if packed { Self::UNPACKED } else { 1 });
        let grown = |base: u64, a_byte: u64, most: u64| base.saturating_add(bytes.saturating_mul(a_byte)).min(most);
        let processor = (Self::PROCESSOR + Duration::from_secs(bytes / Self::BYTES_A_SECOND)).min(Self::LONGEST);
        ProcessLimits {
            memory: grown(Self::MEMORY, Self::MEMORY_A_BYTE, Self::MOST_MEMORY),
            table: grown(Self::TABLE, Self::TABLE_A_BYTE, Self::MOST_TABLE),
            processor,
            time: processor * Self::WAITING,
            scratch: limits.bytes,
            open_files: Self::OPEN_FILES,
        }
    }
}

/// The refusal with the bound and what the file asked for.
pub(crate) fn exceeded(what_zh: &str, what_en: &str, found: u64, bound: u64) -> Fault {
    Fault::bad("limit_exceeded", format!("{what_zh}为 {found}，超过上限 {bound}"), format!("{what_en} is {found}, over the limit of {bound}"))
        .help("请拆分文件后再导入", "split the file and import the parts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_told_as_they_are() {
        let told = include_str!("../../../docs/files-from-outside.md").replace(',', "");
        let limits = Limits::default();
        let gib = limits.bytes >> 30;
        for line in [
            format!("unpacked | {gib} GiB |"),
            format!("| rows | {} |", limits.rows),
            format!("| fields | {} |", limits.fields),
            format!("cells filled or not | {} |", limits.cells),
            format!("as text | {} MiB |", limits.cell_bytes >> 20),
            format!("vertices of one shape | {} |", limits.vertices_per_row),
            format!("(XML) | {};", limits.depth),
            format!("entries of an archive | {} |", limits.archive_entries),
            format!("above 16 MiB | {} |", limits.archive_ratio),
            format!("| memory | {} MiB | {} | {} GiB |", ProcessLimits::MEMORY / MIB, ProcessLimits::MEMORY_A_BYTE, ProcessLimits::MOST_MEMORY >> 30),
            format!("in memory | {} MiB | {} | {} GiB |", ProcessLimits::TABLE / MIB, ProcessLimits::TABLE_A_BYTE, ProcessLimits::MOST_TABLE >> 30),
            format!("| processor time | {} s | 1 s a MiB |", ProcessLimits::PROCESSOR.as_secs()),
            format!("| open files | {} |", ProcessLimits::OPEN_FILES),
            format!("| at a time | {} |", ProcessLimits::AT_ONCE),
        ] {
            assert!(told.contains(&line), "docs/files-from-outside.md does not say: {line}");
        }
    }

    #[test]
    fn a_small_file_takes_little_whatever_it_is_and_a_large_one_is_read() {
        let of = |bytes: u64, packed: bool| ProcessLimits::for_file(bytes, packed, &Limits::default());
        let small = of(MIB, true);
        assert!(small.memory + small.table < 512 * MIB && small.processor <= Duration::from_secs(13), "{small:?}");
        let city = of(1 << 30, false);
        assert!(city.memory >= 6 << 30 && city.table >= 8 << 30 && city.time > Duration::from_secs(600), "{city:?}");
        assert!(of(u64::MAX, true).memory <= 8 << 30);
        let limits = Limits::default();
        assert!(limits.hold_cells(1_000_000, 100).is_ok());
        assert_eq!(limits.hold_cells(1_048_576, 16_384).map_err(|fault| fault.code), Err("limit_exceeded"));
        assert_eq!(limits.hold_cells(1_000_000, 500).map_err(|fault| fault.code), Err("limit_exceeded"));
    }
}
