//! The copy that the reading process gets: the file, with what belongs to it and lies beside it, and nothing that is no plain file.

use super::super::limits::{Limits, exceeded};
use super::super::read::{file_name, unreadable};
use super::held::{Held, no_scratch};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use nix::libc::{O_NOFOLLOW, O_NONBLOCK};
use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A copied file.
#[derive(Debug)]
pub(super) struct Copied {
    /// Its name in the input folder.
    pub name: PathBuf,
    /// Bytes of all parts.
    pub bytes: u64,
    /// It is an archive or a spreadsheet: there is more in it than its size says.
    pub packed: bool,
}

/// Parts of a shapefile or a DBF that are read, beside the file under its own name.
const PARTS: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];
/// Logs of a data base.
const LOGS: [&str; 2] = ["-wal", "-journal"];
const SHAPES: [u8; 4] = 9994u32.to_be_bytes();
const DATA_BASE: &[u8] = b"SQLite format 3\0";
/// Beginnings of zip archives and of old workbooks.
const PACKED: [&[u8]; 2] = [b"PK", b"\xD0\xCF\x11\xE0"];

/// Copies `path` into the input folder.
pub(super) fn copy(path: &Path, held: &Held, limits: &Limits) -> Outcome<Copied> {
    let real = admit(path)?;
    let name = PathBuf::from(real.file_name().unwrap_or_default());
    let mut room = Room { left: limits.bytes, limits };
    let there = real.symlink_metadata().map_err(|error| unreadable(&real, &error))?;
    if there.is_dir() {
        room.folder(&real, &held.input().join(&name), limits)?;
        return Ok(Copied { name, bytes: limits.bytes - room.left, packed: false });
    }
    let head = room.file(&real, &held.input().join(&name))?;
    let ending = real.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    for part in beside(&real, &ending, &head) {
        // A part that is not there is told by the reader, in its own words.
        if part != real && part.symlink_metadata().is_ok() {
            room.file(&part, &held.input().join(part.file_name().unwrap_or_default()))?;
        }
    }
    let packed = PACKED.iter().any(|begin| head.starts_with(begin));
    Ok(Copied { name, bytes: limits.bytes - room.left, packed })
}

/// Refuses GDAL's virtual paths; gives the path without links.
fn admit(path: &Path) -> Outcome<PathBuf> {
    let text = path.to_string_lossy();
    if text.starts_with("/vsi") || text.contains("://") || text.starts_with(['<', '{']) {
        return Err(Fault::bad("path_refused", "只接受本机文件", "only files of this machine are read")
            .at(text)
            .help("不接受网址和 /vsi 路径：请先下载", "URLs and /vsi paths are not accepted: download the file first"));
    }
    let real = path.canonicalize().map_err(|error| unreadable(path, &error))?;
    if real.starts_with("/vsi") {
        return Err(Fault::bad("path_refused", "只接受本机文件", "only files of this machine are read"));
    }
    Ok(real)
}

/// Where parts of the file would lie.
fn beside(path: &Path, ending: &str, head: &[u8]) -> Vec<PathBuf> {
    let mut parts = Vec::new();
    if head.starts_with(&SHAPES) || matches!(ending, "shp" | "dbf") {
        // A shapefile's shapes are no part of a DBF that is read by itself.
        let wanted = PARTS.into_iter().filter(|part| ending != "dbf" || matches!(*part, "dbf" | "cpg"));
        parts.extend(wanted.flat_map(|part| [part.to_owned(), part.to_ascii_uppercase()]).map(|part| path.with_extension(part)));
    }
    if head.starts_with(DATA_BASE) {
        let log = |suffix: &str| {
            let mut name = OsString::from(path.as_os_str());
            name.push(suffix);
            PathBuf::from(name)
        };
        parts.extend(LOGS.into_iter().map(log));
    }
    parts
}

/// What may still be copied.
struct Room<'a> {
    left: u64,
    limits: &'a Limits,
}

impl Room<'_> {
    /// Copies one plain file and gives its beginning.
    fn file(&mut self, from: &Path, to: &Path) -> Outcome<Vec<u8>> {
        let (mut source, opened) = open(from)?;
        if opened.len() > self.left {
            return Err(exceeded("文件字节数", "the size of the file in bytes", self.limits.bytes - self.left + opened.len(), self.limits.bytes)
                .at(file_name(from)));
        }
        let mut head = Vec::new();
        (&mut source).take(DATA_BASE.len() as u64).read_to_end(&mut head).map_err(|error| unreadable(from, &error))?;
        source.rewind().map_err(|error| unreadable(from, &error))?;
        // As long as it was: what grows meanwhile, or says that it is empty and never ends, is not waited for.
        let mut target = File::create_new(to).map_err(|error| no_scratch(&error))?;
        let copied = std::io::copy(&mut source.take(opened.len()), &mut target).and_then(|copied| target.flush().map(|()| copied));
        self.left -= copied.map_err(|error| no_scratch(&error))?;
        Ok(head)
    }

    /// Copies the files of a folder; only a file geodatabase is one, and its files lie flat.
    fn folder(&mut self, from: &Path, to: &Path, limits: &Limits) -> Outcome<()> {
        std::fs::create_dir(to).map_err(|error| no_scratch(&error))?;
        if from.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("gdb")) {
            // The reader says what it thinks of a folder.
            return Ok(());
        }
        let entries = std::fs::read_dir(from).map_err(|error| unreadable(from, &error))?;
        for (count, entry) in entries.enumerate() {
            let entry = entry.map_err(|error| unreadable(from, &error))?;
            if count >= limits.archive_entries {
                return Err(exceeded("文件夹内文件数", "the number of files in the folder", count as u64 + 1, limits.archive_entries as u64));
            }
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.file(&entry.path(), &to.join(entry.file_name()))?;
            }
        }
        Ok(())
    }
}

/// Opens a plain file.
fn open(path: &Path) -> Outcome<(File, Metadata)> {
    let there = path.symlink_metadata().map_err(|error| unreadable(path, &error))?;
    plain(path, &there)?;
    // What was a file a moment ago may be a pipe now: it is opened without waiting, without following, and looked at again.
    let source = File::options().read(true).custom_flags(O_NONBLOCK | O_NOFOLLOW).open(path).map_err(|error| unreadable(path, &error))?;
    let opened = source.metadata().map_err(|error| unreadable(path, &error))?;
    plain(path, &opened)?;
    Ok((source, opened))
}

/// The whole of one plain file of no more than so many bytes, as a filled-in table is.
pub fn plain_bytes(path: &Path, most: u64) -> Outcome<Vec<u8>> {
    let real = admit(path)?;
    let (source, opened) = open(&real)?;
    if opened.len() > most {
        return Err(exceeded("文件字节数", "the size of the file in bytes", opened.len(), most).at(file_name(&real)));
    }
    let mut bytes = Vec::new();
    source.take(opened.len()).read_to_end(&mut bytes).map_err(|error| unreadable(&real, &error))?;
    Ok(bytes)
}

/// Refuses pipes, devices, sockets and links among the parts: each of them is a way to something else.
fn plain(path: &Path, there: &Metadata) -> Outcome<()> {
    let kind = there.file_type();
    let (zh, en) = match () {
        () if kind.is_file() => return Ok(()),
        () if kind.is_fifo() => ("管道（FIFO）", "a pipe (FIFO)"),
        () if kind.is_socket() => ("套接字", "a socket"),
        () if kind.is_block_device() || kind.is_char_device() => ("设备", "a device"),
        () if kind.is_symlink() => ("符号链接", "a symbolic link"),
        () => ("文件夹", "a folder"),
    };
    let name = file_name(path);
    Err(Fault::bad("not_a_file", format!("{name} 是{zh}，不是普通文件"), format!("{name} is {en}, not a plain file"))
        .at(name)
        .help("请先把内容存为普通文件", "save its content as a plain file first"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &Path) -> &'static str {
        copy(path, &Held::new().unwrap(), &Limits::default()).unwrap_err().code
    }

    #[test]
    fn a_file_comes_with_its_parts_and_with_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a.shp", "a.SHX", "a.dbf", "a.prj", "a.qix", "b.dbf", "a.gpkg", "a.gpkg-wal"] {
            std::fs::write(at(name), if name == "a.gpkg" { DATA_BASE } else { b"x" }).unwrap();
        }
        let copied = |name: &str| {
            let held = Held::new().unwrap();
            let copied = copy(&at(name), &held, &Limits::default()).unwrap();
            let mut names: Vec<_> = std::fs::read_dir(held.input()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            (names.join(" "), copied.bytes)
        };
        assert_eq!(copied("a.shp"), ("a.SHX a.dbf a.prj a.shp".into(), 4));
        assert_eq!(copied("b.dbf").0, "b.dbf");
        assert_eq!(copied("a.gpkg"), ("a.gpkg a.gpkg-wal".into(), 17));
        std::os::unix::fs::symlink(at("b.dbf"), at("link.dbf")).unwrap();
        assert_eq!(copied("link.dbf").0, "b.dbf");
    }

    #[test]
    fn pipes_devices_sockets_and_linked_parts_are_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        nix::unistd::mkfifo(&at("a.csv"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(at("a.kml")).unwrap();
        std::fs::write(at("a.shp"), "x").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("a.dbf")).unwrap();
        std::fs::create_dir(at("b.gdb")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("b.gdb/a.gdbtable")).unwrap();
        for path in [at("a.csv"), at("a.kml"), "/dev/zero".into(), at("a.shp"), at("b.gdb")] {
            assert_eq!(refused(&path), "not_a_file", "{}", path.display());
        }
        assert_eq!(refused(Path::new("/vsizip/a.zip/b.shp")), "path_refused");
        assert_eq!(refused(&at("none.shp")), "file_missing");
        let small = Limits { bytes: 3, ..Limits::default() };
        std::fs::write(at("a.txt"), "four").unwrap();
        assert_eq!(copy(&at("a.txt"), &Held::new().unwrap(), &small).unwrap_err().code, "limit_exceeded");
    }
}
