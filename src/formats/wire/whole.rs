//! Whether GDAL wrote all of a file. What it still had in hand when it closed a file on a full disk is lost without a word; the lengths that the
//! file states, and those it has, say so.

use std::fs::File;
use std::io::{BufReader, Read, Result, Seek, SeekFrom};
use std::path::Path;

/// Whether a FlatGeobuf of so many rows has all of them: header, index (16 boxes a node) and each feature under its length.
pub(super) fn flatgeobuf(path: &Path, rows: u64) -> Result<bool> {
    const MAGIC: u64 = 8;
    const NODE: u64 = 40;
    const WIDTH: u64 = 16;
    let length = path.metadata()?.len();
    let mut file = BufReader::new(File::open(path)?);
    file.seek(SeekFrom::Start(MAGIC))?;
    let mut at = MAGIC + 4 + u64::from(number(&mut file)?);
    let mut level = rows;
    while level > 0 {
        at += level * NODE;
        level = if level == 1 { 0 } else { level.div_ceil(WIDTH) };
    }
    if rows == 1 {
        // A root above the only leaf.
        at += NODE;
    }
    for _ in 0..rows {
        if at + 4 > length {
            return Ok(false);
        }
        let now = file.stream_position()?;
        file.seek_relative(at as i64 - now as i64)?;
        at += 4 + u64::from(number(&mut file)?);
    }
    Ok(at == length)
}

/// Whether the parts of a Shapefile are as long as they say.
pub(super) fn shapefile(path: &Path, rows: u64) -> Result<bool> {
    for ending in ["shp", "shx"] {
        let part = path.with_extension(ending);
        let mut head = [0u8; 28];
        File::open(&part)?.read_exact(&mut head)?;
        let stated = u64::from(u32::from_be_bytes([head[24], head[25], head[26], head[27]])) * 2;
        if part.metadata()?.len() != stated || (ending == "shx" && stated != 100 + 8 * rows) {
            return Ok(false);
        }
    }
    let table = path.with_extension("dbf");
    let mut head = [0u8; 12];
    File::open(&table)?.read_exact(&mut head)?;
    let records = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
    let (begin, each) = (u64::from(u16::from_le_bytes([head[8], head[9]])), u64::from(u16::from_le_bytes([head[10], head[11]])));
    // The mark of the end may be there or not.
    let body = begin + records * each;
    let length = table.metadata()?.len();
    Ok(records == rows && (length == body || length == body + 1))
}

fn number(file: &mut BufReader<File>) -> Result<u32> {
    let mut four = [0u8; 4];
    file.read_exact(&mut four)?;
    Ok(u32::from_le_bytes(four))
}
