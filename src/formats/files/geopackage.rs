//! GeoPackages: a data base whose last changes may lie in a log beside it. Opening such a file would move them into it, so a copy is opened.

use super::gdal_layer;
use super::read::{ReadOptions, unreadable};
use super::scratch::Scratch;
use super::source::Table;
use super::taker::Taker;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Logs that belong to the file: of changes to be taken in, and of changes to be taken back.
const LOGS: [&str; 2] = ["-wal", "-journal"];
/// Place and value of the byte that says a data base keeps a write-ahead log.
const LOGGING: (usize, u8) = (18, 2);

pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let open = |path: &Path| gdal_layer::read(path, "GPKG", &["LIST_ALL_TABLES=NO"], options, taker);
    let logs: Vec<PathBuf> = LOGS.iter().map(|suffix| beside(path, suffix)).filter(|log| log.is_file()).collect();
    if logs.is_empty() && !keeps_a_log(path)? {
        return open(path);
    }
    let scratch = Scratch::new()?;
    let mut copy = PathBuf::new();
    for file in logs.iter().map(PathBuf::as_path).chain([path]) {
        copy = scratch.path().join(file.file_name().unwrap_or_default());
        let mut from = std::fs::File::open(file).map_err(|error| unreadable(file, &error))?;
        // Not `fs::copy`: it would carry over a mode that forbids writing, and the log has to be worked in here.
        std::fs::File::create(&copy)
            .and_then(|mut to| std::io::copy(&mut from, &mut to))
            .map_err(|error| Fault::internal("scratch_failed", error))?;
    }
    open(&copy)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn keeps_a_log(path: &Path) -> Outcome<bool> {
    let mut head = [0u8; 20];
    let whole = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?.read_exact(&mut head).is_ok();
    Ok(whole && head[LOGGING.0] == LOGGING.1)
}
