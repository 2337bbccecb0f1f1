//! The one guard that every file goes through which a command writes.
//!
//! A target is never a file that the same command reads, never a folder, never a part of somebody's data set, and an existing file needs
//! `--force`. It is asked when the command line has been read, so that a refusal costs no work, and again when the work is done.

use super::command_line;
use super::interrupt::{self, Growing, PART};
use super::shape_set::{self, ending, remove_if_there};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::formats::room;
use crate::store::lock::CityLock;
use std::fs::File;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Files that are one data base with the file whose name they prolong.
const COMPANIONS: [&str; 4] = ["-wal", "-shm", "-journal", ".lock"];

/// A place that may be written.
#[derive(Debug)]
pub(super) struct Target {
    /// As the person wrote it.
    named: PathBuf,
    /// Where links lead.
    path: PathBuf,
    kind: Kind,
}

#[derive(Debug, PartialEq)]
enum Kind {
    File,
    /// stdout, a pipe, a device: written to, never replaced.
    Stream,
}

impl Target {
    /// The guard for one file; `-` is stdout.
    pub(super) fn of(named: &Path, force: bool) -> Outcome<Target> {
        if named.as_os_str() == "-" {
            return Ok(Target { named: named.to_owned(), path: named.to_owned(), kind: Kind::Stream });
        }
        let path = named.canonicalize().unwrap_or_else(|_| named.to_owned());
        interrupt::sweep(folder_of(&path));
        let there = path.symlink_metadata().ok();
        if there.as_ref().is_some_and(std::fs::Metadata::is_dir) {
            return Err(is_folder(named));
        }
        if there.as_ref().is_some_and(|there| is_stream(there.file_type())) {
            return Ok(Target { named: named.to_owned(), path, kind: Kind::Stream });
        }
        let target = Target { named: named.to_owned(), path, kind: Kind::File };
        if command_line::files().iter().filter(|other| same_file(&target.path, other)).count() > 1 {
            return Err(is_input(named));
        }
        target.not_beside_an_input()?;
        if there.is_some() && !force {
            return Err(exists(named));
        }
        target.not_part_of_a_set()?;
        // Nobody waits for an answer that cannot take its place.
        drop(target.hold()?);
        target.probe()?;
        Ok(target)
    }

    /// The guard for a Shapefile: all files of its name are one set. Another's table or projection of that name is not ours to replace.
    pub(super) fn shapefile(named: &Path, force: bool) -> Outcome<Target> {
        let target = Target::of(named, force)?;
        let set = target.set();
        let whole = set.iter().any(|file| ending(file) == "shp");
        if let Some(other) = set.first().filter(|_| !force || !whole) {
            let fault = exists(other);
            return Err(if whole {
                fault
            } else {
                fault.help(
                    "它不属于任何 Shapefile：请换一个文件名，或先把它移走",
                    "it belongs to no Shapefile: choose another name, or move it away first",
                )
            });
        }
        for file in &set {
            if command_line::files().iter().any(|other| *other != target.named && same_file(file, other)) {
                return Err(is_input(file));
            }
        }
        Ok(target)
    }

    /// Lets `write` make the file under a name of its own and renames it.
    pub(super) fn write(self, write: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
        let growing = Growing::at(self.part()?);
        write(growing.path()).map_err(|fault| self.or_full(fault, growing.path()))?;
        if self.kind == Kind::Stream {
            let mut from = File::open(growing.path()).map_err(|error| self.failed(&error))?;
            let copied = if self.named.as_os_str() == "-" {
                std::io::copy(&mut from, &mut std::io::stdout().lock())
            } else {
                File::options().write(true).open(&self.path).and_then(|mut to| std::io::copy(&mut from, &mut to))
            };
            return match copied {
                // A closed pipe (`| head`) is the reader's choice, not a failure.
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(self.failed(&error)),
                _ => Ok(()),
            };
        }
        // On the disk before it has the name: what cannot be kept is told now.
        File::open(growing.path()).and_then(|part| part.sync_all()).map_err(|error| self.failed(&error))?;
        let _held = self.hold()?;
        growing.finish(|part| {
            if is_database(&self.path) {
                for suffix in &COMPANIONS[..3] {
                    remove_if_there(&prolonged(&self.path, suffix)).map_err(|error| self.failed(&error))?;
                }
            }
            std::fs::rename(part, &self.path).map_err(|error| self.failed(&error))
        })
    }

    /// Lets `write` make the parts in a folder of their own, under the target's stem, and puts them in the place of the set that was there.
    pub(super) fn write_shapefile(self, write: impl FnOnce(&Path, &str) -> Outcome<Vec<PathBuf>>) -> Outcome<()> {
        let growing = Growing::at(self.part()?);
        std::fs::create_dir(growing.path()).map_err(|error| self.failed(&error))?;
        let stem = self.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let parts = write(growing.path(), &stem).map_err(|fault| self.or_full(fault, growing.path()))?;
        for part in parts {
            File::open(part).and_then(|part| part.sync_all()).map_err(|error| self.failed(&error))?;
        }
        growing.finish(|part| {
            let name = part.file_name().map(|name| name.to_string_lossy().replacen(PART, shape_set::WHOLE, 1)).unwrap_or_default();
            let whole = part.with_file_name(name);
            std::fs::rename(part, &whole).and_then(|()| shape_set::take_place(&whole, &self.path)).map_err(|error| self.failed(&error))
        })
    }

    /// A city that a program holds is not taken away under it: its log would be read into the new file.
    fn hold(&self) -> Outcome<Option<CityLock>> {
        is_database(&self.path).then(|| CityLock::take(&self.path, &command_line::typed())).transpose()
    }

    fn part(&self) -> Outcome<PathBuf> {
        let process = std::process::id();
        if self.kind == Kind::Stream {
            let mut noise = [0u8; 8];
            getrandom::fill(&mut noise).map_err(|error| Fault::internal("random", error))?;
            interrupt::sweep(&std::env::temp_dir());
            return Ok(std::env::temp_dir().join(format!("{PART}{process}-{:016x}", u64::from_ne_bytes(noise))));
        }
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(folder_of(&self.path).join(format!("{PART}{process}-{name}")))
    }

    /// Whether the folder takes a file, before any work is done for it.
    fn probe(&self) -> Outcome<()> {
        let folder = folder_of(&self.path);
        if !folder.is_dir() {
            let shown = folder.display();
            return Err(Fault::bad("folder_missing", format!("没有文件夹 {shown}"), format!("there is no folder {shown}"))
                .at(self.named.display().to_string())
                .help("先建立该文件夹，或换一个位置", "make the folder first, or choose another place"));
        }
        let growing = Growing::at(self.part()?);
        File::create(growing.path()).map(|_| ()).map_err(|error| self.failed(&error))
    }

    /// The files that are one Shapefile with the target, whatever the case of their endings.
    fn set(&self) -> Vec<PathBuf> {
        shape_set::around(&self.path)
    }

    fn not_part_of_a_set(&self) -> Outcome<()> {
        let own = ending(&self.path);
        let set = self.set();
        let shape = set.iter().find(|file| ending(file) == "shp").filter(|_| own != "shp" && shape_set::ENDINGS.contains(&own.as_str()));
        let base = COMPANIONS.iter().find_map(|suffix| shortened(&self.path, suffix).filter(|base| base.is_file()));
        let geodatabase = self.path.parent().filter(|folder| ending(folder) == "gdb").map(Path::to_owned);
        match shape.cloned().or(base).or(geodatabase) {
            None => Ok(()),
            Some(whole) => Err(Fault::bad(
                "part_of_a_data_set",
                format!("{} 属于 {}，不能被覆盖", self.named.display(), whole.display()),
                format!("{} is a part of {}, which is not replaced", self.named.display(), whole.display()),
            )
            .help("请换一个文件名", "choose another name")),
        }
    }

    /// A Shapefile that is read is all its parts, a data base all its companions.
    fn not_beside_an_input(&self) -> Outcome<()> {
        let mut others = command_line::files().iter().filter(|other| **other != self.named);
        let beside = |other: &&PathBuf| {
            let shapes = ending(other) == "shp" && shape_set::around(other).iter().any(|part| same_file(part, &self.path));
            shapes || COMPANIONS.iter().any(|suffix| same_file(&prolonged(other, suffix), &self.path))
        };
        match others.find(beside) {
            Some(_) => Err(is_input(&self.named)),
            None => Ok(()),
        }
    }

    /// What a writer says of a full disk depends on the format; that it is full is the same for all.
    fn or_full(&self, fault: Fault, growing: &Path) -> Fault {
        // A data base gives its room back when it fails, and others hold theirs.
        let is_said = ["disk is full", "No space left", "quota"].iter().any(|words| fault.en.contains(words));
        if is_said || room::is_full(growing) { self.failed(&std::io::Error::from(std::io::ErrorKind::StorageFull)) } else { fault }
    }

    fn failed(&self, error: &std::io::Error) -> Fault {
        let shown = self.named.display();
        if is_full(error) {
            return Fault::disk_full().at(shown.to_string());
        }
        Fault::bad("write_file", format!("写不了 {shown}：{error}"), format!("cannot write {shown}: {error}"))
            .help("检查文件夹的写权限和磁盘空间", "check that you may write there and that the disk has room")
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

fn is_stream(kind: std::fs::FileType) -> bool {
    kind.is_char_device() || kind.is_fifo() || kind.is_socket() || kind.is_block_device()
}

/// Whether two paths are one file, whatever links lead to it.
fn same_file(a: &Path, b: &Path) -> bool {
    if a == b {
        return true;
    }
    match (a.metadata(), b.metadata()) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

fn is_database(path: &Path) -> bool {
    use std::io::Read;
    let mut head = [0u8; 16];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head.starts_with(b"SQLite format 3\0")
}

fn prolonged(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn shortened(path: &Path, suffix: &str) -> Option<PathBuf> {
    path.to_str()?.strip_suffix(suffix).map(PathBuf::from)
}

fn exists(path: &Path) -> Fault {
    Fault::bad("file_exists", format!("{} 已存在", path.display()), format!("{} already exists", path.display()))
        .at(path.display().to_string())
        .help("加 --force 覆盖", "pass --force to replace it")
}

fn is_folder(path: &Path) -> Fault {
    Fault::bad(
        "output_is_folder",
        format!("{} 是文件夹，不会被覆盖", path.display()),
        format!("{} is a folder, which is not replaced", path.display()),
    )
    .at(path.display().to_string())
    .help("请给出文件名", "name a file")
}

fn is_input(path: &Path) -> Fault {
    let shown = path.display();
    Fault::bad(
        "output_is_input",
        format!("{shown} 已用于本命令的另一处，不能作为输出"),
        format!("{shown} is named twice by this command: what it reads or writes elsewhere cannot be this output"),
    )
    .at(shown.to_string())
    .help("请换一个文件名", "choose another name")
}

#[cfg(test)]
mod tests;
