//! `backup` and `restore`: a whole copy of a city, and a city of such a copy.

use super::output::{OutFile, Output};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LogCheck};
use crate::store::CityStore;
use crate::store::geopackage::GeoPackage;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};

/// `backup CITY --out FILE`
#[derive(Args)]
pub(super) struct BackUp {
    /// City file; a server may be at work on it
    city: PathBuf,
    #[command(flatten)]
    out: OutFile,
}

/// `restore FILE --out CITY`
#[derive(Args)]
pub(super) struct Restore {
    /// Backup, or any city file
    backup: PathBuf,
    /// A head that was written down (`audit head`): it must lie in the backup's log
    #[arg(long, value_name = "HEX")]
    head: Option<String>,
    #[command(flatten)]
    out: OutFile,
}

impl BackUp {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let city = GeoPackage::open_reading(&self.city)?;
        let mut made = None;
        self.out.write(|path| {
            let backup = city.backup(path)?;
            // What was written is what will be read some day: a copy of a damaged file is no backup.
            must_hold(path, None)?;
            made = Some(backup);
            Ok(())
        })?;
        let backup = made.ok_or_else(|| Fault::internal("backup", "nothing was written"))?;
        let beside = beside(&self.city);
        if !beside.is_empty() {
            output.notice(
                format!("备份不含城市文件旁的暂存导入与撤销资料：{}", beside.join("、")),
                format!("not in the backup, beside the city: staged imports and what undoes imports ({})", beside.join(", ")),
            );
        }
        let value = json!({ "name": backup.name, "revision": backup.revision, "head": backup.head, "left_out": beside, "sessions": "left out" });
        output.result(&value, || {
            let said = output.say("修订", "revision");
            format!("{}  {said} {}  {}", self.out.out.display(), backup.revision, backup.head.hash)
        });
        Ok(())
    }
}

impl Restore {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let head = self.head.as_deref().map(super::audit::head_of).transpose()?;
        let log = must_hold(&self.backup, head.as_deref())?;
        let backup = GeoPackage::open_reading(&self.backup)?;
        let mut made = None;
        self.out.write(|path| {
            made = Some(backup.backup(path)?);
            Ok(())
        })?;
        let city = made.ok_or_else(|| Fault::internal("restore", "nothing was written"))?;
        let value = json!({ "name": city.name, "revision": city.revision, "entries": log.entries, "head": city.head });
        output.result(&value, || {
            let said = output.say("修订", "revision");
            format!("{}  {}  {said} {}  {}", self.out.out.display(), city.name, city.revision, city.head.hash)
        });
        Ok(())
    }
}

/// The log of a file that is sound: its pages, and the chain of its log from the first entry on.
fn must_hold(path: &Path, head: Option<&str>) -> Outcome<LogCheck> {
    let copy = GeoPackage::open_reading(path)?;
    copy.must_be_sound()?;
    let log = copy.check_log(head)?;
    match &log.fault {
        None => Ok(log),
        Some(fault) => Err(Fault::bad(
            "log_broken",
            format!("修改记录第 {} 条不成立（{}），未写出", fault.seq, fault.why),
            format!("entry {} of the log does not hold ({}); nothing was written", fault.seq, fault.why),
        )
        .at(path.display().to_string())
        .help("以 parkplan audit verify 查看；请用更早的备份", "see parkplan audit verify; use an earlier backup")),
    }
}

/// Folders of the intake beside a city that hold something.
fn beside(city: &Path) -> Vec<String> {
    let mut name = city.as_os_str().to_owned();
    name.push(".intake");
    let intake = PathBuf::from(name);
    ["uploads", "undo"]
        .iter()
        .map(|name| intake.join(name))
        .filter(|folder| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()))
        .map(|folder| folder.display().to_string())
        .collect()
}
