//! One writing process a city: an advisory lock on `<city>.lock` beside it, which says who holds the city.
//!
//! The lock is the system's (`flock`), so that a dead process's lock is free by itself: a lock file that a crash left behind is only a text.

use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who holds a city.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    /// The command as the person gave it: `parkplan serve city.gpkg`.
    pub command: String,
    /// RFC 3339, UTC.
    pub since: String,
}

/// The right to write to a city; given back when it is dropped.
#[derive(Debug)]
pub struct CityLock {
    path: PathBuf,
    /// Closing it frees the lock.
    _file: File,
}

impl CityLock {
    /// Takes the city at `city` for this process; refused with who holds it.
    pub fn take(city: &Path, command: &str) -> Outcome<CityLock> {
        let path = lock_path(city)?;
        only_name(city)?;
        loop {
            let mut file = open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(held(city, holder(&mut file))),
                Err(TryLockError::Error(error)) => return Err(cannot_lock(&path, &error)),
            }
            // The holder before may have removed the file between our opening and our locking: then this is a lock on nothing.
            if !is_at(&file, &path) {
                continue;
            }
            let since = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            let text = serde_json::to_string(&Holder { pid: std::process::id(), command: command.to_owned(), since })
                .map_err(|error| Fault::internal("json", error))?;
            if file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).is_err() {
                // Left behind by a crash of another user's server: it is ours to replace, as nobody holds it and the folder is writable.
                std::fs::remove_file(&path).map_err(|error| cannot_lock(&path, &error))?;
                continue;
            }
            return Ok(CityLock { path, _file: file });
        }
    }
}

/// The lock file, made where there is none. Only a plain file is one: a link could lead to what must not be written, the city itself for one.
/// What may only be read can be locked all the same, and says who holds it.
fn open(path: &Path) -> Outcome<File> {
    let cannot = |error| cannot_lock(path, &error);
    match path.symlink_metadata() {
        Ok(there) if !there.is_file() || there.nlink() > 1 => return Err(no_lock_file(path)),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            match OpenOptions::new().read(true).write(true).create_new(true).open(path) {
                Ok(file) => return Ok(file),
                // Somebody was quicker.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(cannot(error)),
            }
        }
        Err(error) => return Err(cannot(error)),
    }
    let writing = OpenOptions::new().read(true).write(true).open(path);
    match writing {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => File::open(path).map_err(cannot),
        // Gone again: made anew.
        Err(error) if error.kind() == ErrorKind::NotFound => open(path),
        other => other.map_err(cannot),
    }
}

/// A city under two names has two locks and two write-ahead logs: what one program writes the other would lose.
fn only_name(city: &Path) -> Outcome<()> {
    let names = city.metadata().map_err(|error| cannot_lock(city, &error))?.nlink();
    if names <= 1 {
        return Ok(());
    }
    let fault = Fault::new(
        FaultKind::Conflict,
        "city_has_two_names",
        format!("城市文件有 {names} 个硬链接，从不同名称修改会互相覆盖"),
        format!("the city file has {names} names (hard links); changes made through one are lost through another"),
    );
    Err(fault.at(city.display().to_string()).help("复制一份再修改：cp 城市文件 新文件", "make a copy of its own and change that: cp CITY NEW"))
}

fn no_lock_file(path: &Path) -> Fault {
    Fault::bad(
        "cannot_lock",
        format!("{} 不是锁文件（是链接、文件夹或别的东西）", path.display()),
        format!("{} is no lock file but a link, a folder or something else", path.display()),
    )
    .at(path.display().to_string())
    .help("移走它再试", "move it away and try again")
}

impl Drop for CityLock {
    fn drop(&mut self) {
        // Still locked here: whoever opens the file now finds it gone when it has the lock.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The lock file of a city: beside the file itself, whatever links lead to it.
pub fn lock_path(city: &Path) -> Outcome<PathBuf> {
    let mut name = city.canonicalize().map_err(|error| cannot_lock(city, &error))?.into_os_string();
    name.push(".lock");
    Ok(PathBuf::from(name))
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), path.symlink_metadata()) {
        (Ok(ours), Ok(there)) => there.is_file() && (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

/// What the lock file says; none while its holder is just writing it.
fn holder(file: &mut File) -> Option<Holder> {
    for _ in 0..10 {
        let mut text = String::new();
        if file.rewind().and_then(|()| file.read_to_string(&mut text)).is_ok()
            && let Ok(holder) = serde_json::from_str(&text)
        {
            return Some(holder);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

fn held(city: &Path, holder: Option<Holder>) -> Fault {
    let (zh, en) = match &holder {
        Some(Holder { pid, command, since }) => (
            format!("城市文件正由进程 {pid}（{command}）打开修改，自 {since} 起"),
            format!("the city is held for writing by process {pid} ({command}) since {since}"),
        ),
        None => ("城市文件正由另一个程序打开修改".to_owned(), "the city is held for writing by another program".to_owned()),
    };
    Fault::new(FaultKind::Conflict, "city_held", zh, en).at(city.display().to_string()).help(
        "在那个程序里修改，或先停止它再试；info、export 等只读命令可以同时使用",
        "make the change in that program, or stop it and try again; reading commands (info, export) work beside it",
    )
}

fn cannot_lock(path: &Path, error: &std::io::Error) -> Fault {
    Fault::bad("cannot_lock", format!("无法锁定 {}：{error}", path.display()), format!("cannot lock {}: {error}", path.display()))
        .at(path.display().to_string())
        .help("检查城市文件所在文件夹的写权限", "check that you may write in the city's folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn city() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let city = folder.path().join("城.gpkg");
        std::fs::write(&city, "").unwrap();
        (folder, city)
    }

    #[test]
    fn the_second_is_told_who_holds_the_city_and_since_when() {
        let (_folder, city) = city();
        let lock = CityLock::take(&city, "parkplan serve 城.gpkg").unwrap();
        let fault = CityLock::take(&city, "parkplan import").unwrap_err();
        assert_eq!((fault.code, fault.kind), ("city_held", FaultKind::Conflict));
        for text in [&fault.zh, &fault.en] {
            assert!(text.contains(&std::process::id().to_string()) && text.contains("parkplan serve 城.gpkg") && text.contains('T'), "{text}");
        }
        assert!(fault.help_en.is_some() && fault.help_zh.is_some());
        drop(lock);
        assert!(!lock_path(&city).unwrap().exists());
        CityLock::take(&city, "again").unwrap();
    }

    #[test]
    fn a_lock_that_a_crash_left_behind_is_taken_over() {
        let (_folder, city) = city();
        for left in ["", "half a {", r#"{"pid":1,"command":"parkplan serve","since":"2020-01-01T00:00:00Z"}"#] {
            std::fs::write(lock_path(&city).unwrap(), left).unwrap();
            drop(CityLock::take(&city, "next").unwrap());
        }
    }

    #[test]
    fn a_link_to_the_city_is_the_city() {
        let (folder, city) = city();
        let link = folder.path().join("link.gpkg");
        std::os::unix::fs::symlink(&city, &link).unwrap();
        let _lock = CityLock::take(&city, "first").unwrap();
        assert_eq!(CityLock::take(&link, "second").unwrap_err().code, "city_held");
    }

    #[test]
    fn a_lock_file_that_leads_elsewhere_is_refused_and_nothing_is_written_there() {
        let (folder, city) = city();
        std::fs::write(&city, "a city").unwrap();
        let victim = folder.path().join("victim");
        std::fs::write(&victim, "precious").unwrap();
        for target in [&city, &victim, &folder.path().join("nothing")] {
            std::os::unix::fs::symlink(target, lock_path(&city).unwrap()).unwrap();
            assert_eq!(CityLock::take(&city, "parkplan serve").unwrap_err().code, "cannot_lock");
            std::fs::remove_file(lock_path(&city).unwrap()).unwrap();
        }
        std::fs::hard_link(&victim, lock_path(&city).unwrap()).unwrap();
        assert_eq!(CityLock::take(&city, "parkplan serve").unwrap_err().code, "cannot_lock");
        assert_eq!((std::fs::read_to_string(&city).unwrap(), std::fs::read_to_string(&victim).unwrap()), ("a city".into(), "precious".into()));
        assert!(!folder.path().join("nothing").exists());
    }

    #[test]
    fn a_city_under_two_names_is_not_written() {
        let (folder, city) = city();
        let other = folder.path().join("other.gpkg");
        std::fs::hard_link(&city, &other).unwrap();
        assert!([&city, &other].iter().all(|name| CityLock::take(name, "parkplan serve").unwrap_err().code == "city_has_two_names"));
        std::fs::remove_file(&other).unwrap();
        CityLock::take(&city, "parkplan serve").unwrap();
    }

    #[test]
    fn many_that_come_at_once_hold_it_one_at_a_time() {
        let (_folder, city) = city();
        let inside = std::sync::atomic::AtomicU32::new(0);
        let order = std::sync::atomic::Ordering::SeqCst;
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut taken = 0;
                    while taken < 20 {
                        if let Ok(lock) = CityLock::take(&city, "one of many") {
                            assert_eq!(inside.fetch_add(1, order), 0);
                            assert_eq!(inside.fetch_sub(1, order), 1);
                            drop(lock);
                            taken += 1;
                        }
                    }
                });
            }
        });
    }
}
