//! What a city file's failures say to a person.

use crate::domain::{Fault, FaultKind};
use std::path::Path;

pub(super) fn no_such_file(path: &Path) -> Fault {
    Fault::bad("no_such_file", format!("找不到 {}", path.display()), format!("no such file: {}", path.display()))
        .help("先用 parkplan new 或 parkplan sample 建立城市文件", "make one with `parkplan new` or `parkplan sample` first")
}

pub(super) fn not_a_city(path: &Path) -> Fault {
    Fault::bad("not_a_city_file", format!("{} 不是园图城市文件", path.display()), format!("{} is not a parkplan city file", path.display())).help(
        "用 parkplan new 建立城市文件，再用 parkplan import 导入此数据",
        "make a city file with `parkplan new`, then `parkplan import` this data into it",
    )
}

pub(super) fn cannot_open(path: &Path, error: &dyn std::fmt::Display) -> Fault {
    Fault::bad("cannot_open", format!("无法打开 {}：{error}", path.display()), format!("cannot open {}: {error}", path.display()))
        .help("检查文件和所在文件夹的权限", "check the rights on the file and on its folder")
}

/// A write was asked of a city that was opened for reading.
pub(super) fn read_only(path: &Path) -> Fault {
    Fault::new(FaultKind::Forbidden, "read_only", "城市文件只读，未写入任何内容", "the city file is read-only; nothing was written")
        .help("检查文件和所在文件夹的权限，或在副本上修改", "check the rights on the file and on its folder, or work on a copy")
        .at(path.display().to_string())
}

/// The file under the city's name is another one than was opened.
pub(super) fn replaced(path: &Path) -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "city_replaced",
        "城市文件已被替换、移走或从副本恢复，未写入任何内容",
        "the city file was replaced, moved away or restored from a copy; nothing was written",
    )
    .help("重新启动程序以打开现在的文件", "start the program again to open the file as it is now")
    .at(path.display().to_string())
}

/// The row under a fid is not the one that the change was made from.
pub(super) fn row_differs(layer: &str, fid: i64, present: bool) -> Fault {
    let (zh, en) =
        if present { ("的内容已被别的程序改动", "was changed by another program") } else { ("已不存在", "is no longer there") };
    Fault::new(
        FaultKind::Conflict,
        "row_differs",
        format!("{layer} 中 fid 为 {fid} 的行{zh}，未写入任何内容"),
        format!("the row of {layer} with fid {fid} {en}; nothing was written"),
    )
    .help("重新启动程序以读取现在的文件", "start the program again to read the file as it is now")
}

pub(super) fn sql_fault(path: &Path, error: rusqlite::Error) -> Fault {
    use rusqlite::ErrorCode::{CannotOpen, ConstraintViolation, DatabaseBusy, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly};
    if is_no_room(&error) {
        return Fault::disk_full().at(path.display().to_string());
    }
    let fault = match error.sqlite_error_code() {
        Some(NotADatabase | DatabaseCorrupt) => not_a_city(path),
        Some(CannotOpen) => cannot_open(path, &error),
        Some(DatabaseBusy) => Fault::new(FaultKind::Busy, "city_busy", "城市文件正被另一个程序写入", "another program is writing to the city file")
            .help("稍后再试", "try again in a moment"),
        Some(DiskFull) => Fault::disk_full(),
        Some(ReadOnly) => read_only(path),
        Some(ConstraintViolation) => Fault::new(
            FaultKind::Unprocessable,
            "constraint",
            format!("数据不符合城市文件的约束：{error}"),
            format!("the data breaks a constraint of the city file: {error}"),
        ),
        _ => Fault::internal("sqlite", &error),
    };
    fault.at(path.display().to_string())
}

/// Schemas go forward only.
pub(super) fn from_a_later_program(path: &Path) -> Fault {
    let shown = path.display();
    Fault::bad(
        "city_newer",
        format!("{shown} 由更新版本的 parkplan 写成，本版本不能修改"),
        format!("{shown} was written by a later version of parkplan, and this one cannot change it"),
    )
    .at(shown.to_string())
    .help(
        "请用那个版本打开，或恢复升级前的备份（*.before-upgrade-*.gpkg）",
        "open it with that version, or restore the copy from before the upgrade (*.before-upgrade-*.gpkg)",
    )
}

/// A write that the system refuses for another reason than a full disk: a limit of the file's size (`ulimit -f`), a quota.
fn is_no_room(error: &rusqlite::Error) -> bool {
    const WRITES: [i32; 3] = [rusqlite::ffi::SQLITE_IOERR_WRITE, rusqlite::ffi::SQLITE_IOERR_TRUNCATE, rusqlite::ffi::SQLITE_IOERR_SHMSIZE];
    error.sqlite_error().is_some_and(|error| WRITES.contains(&error.extended_code))
}
