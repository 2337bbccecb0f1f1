//! An upload on its way: written to disk as it comes, within its bounds, and gone when it breaks off.

use super::staged::{Staged, StagedFile, StagedState, StagedUpload, locked, no_room, private_folder};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use crate::service::Viewer;
use crate::service::imports::Intake;
use crate::service::sessions::random_token;
use chrono::Utc;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// Files of one upload: a shapefile has seven at most that anybody reads.
const MOST_FILES: usize = 12;
/// Bytes of a file's name that are kept.
const LONGEST_NAME: usize = 120;
/// Endings of what stands beside a file and is not read by itself.
const BESIDE: [&str; 9] = ["shx", "dbf", "prj", "cpg", "qix", "sbn", "sbx", "qpj", "xml"];

/// The file that is being received. What is not finished leaves nothing behind.
pub struct Incoming {
    intake: Intake,
    owner: String,
    id: String,
    folder: PathBuf,
    files: Vec<StagedFile>,
    open: Option<File>,
    bytes: u64,
    done: bool,
}

impl Incoming {
    /// Begins an upload of a planner.
    ///
    /// # Errors
    /// 401 and 403 for who may not import, 429 for who has too many.
    pub fn begin(intake: &Intake, viewer: &Viewer) -> Outcome<Incoming> {
        let owner = viewer.planner()?.account.clone();
        let id = random_token()?[..32].to_owned();
        let folder = intake.uploads.folder("uploads").join(&id);
        intake.uploads.reserve(&owner)?;
        let incoming = Incoming { intake: intake.clone(), owner, id, folder, files: Vec::new(), open: None, bytes: 0, done: false };
        private_folder(&incoming.folder)?;
        Ok(incoming)
    }

    /// Bytes that an upload may have.
    pub fn most_bytes(intake: &Intake) -> u64 {
        intake.uploads.limits.bytes
    }

    /// The refusal of an upload that is too large; `found` where it was stated before.
    pub fn too_large(intake: &Intake, found: Option<u64>) -> Fault {
        let most = intake.uploads.limits.bytes;
        let (zh, en) = match found {
            Some(found) => (format!("文件有 {found} 字节，超过上限 {most} 字节"), format!("the file has {found} bytes, over the limit of {most}")),
            None => (format!("文件超过上限 {most} 字节"), format!("the file is over the limit of {most} bytes")),
        };
        Fault::new(FaultKind::TooLarge, "upload_too_large", zh, en)
            .at("file")
            .help("请压缩为 zip、拆分，或在服务器上用 parkplan import", "zip it, split it, or use parkplan import on the server")
    }

    /// Begins the next file.
    pub fn file(&mut self, name: &str) -> Outcome<()> {
        self.close()?;
        if self.files.len() >= MOST_FILES {
            return Err(Fault::bad("too_many_files", format!("一次最多 {MOST_FILES} 个文件"), format!("at most {MOST_FILES} files at once"))
                .help("多份数据请逐份导入，或打包为 zip", "bring data sets one by one, or zip them"));
        }
        let name = plain_name(name)?;
        if self.files.iter().any(|file| file.name.eq_ignore_ascii_case(&name)) {
            return Err(Fault::bad("file_twice", format!("{name} 出现两次"), format!("{name} comes twice")).at(name));
        }
        self.open = Some(File::create_new(self.folder.join(&name)).map_err(|error| no_room(&error))?);
        self.files.push(StagedFile { name, bytes: 0 });
        Ok(())
    }

    /// Takes a piece of the file that was begun last.
    pub fn take(&mut self, piece: &[u8]) -> Outcome<()> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.intake.uploads.limits.bytes {
            return Err(Incoming::too_large(&self.intake, None));
        }
        let (Some(open), Some(file)) = (&mut self.open, self.files.last_mut()) else { return Ok(()) };
        file.bytes += piece.len() as u64;
        open.write_all(piece).map_err(|error| no_room(&error))
    }

    fn close(&mut self) -> Outcome<()> {
        match self.open.take() {
            Some(open) => open.sync_data().map_err(|error| no_room(&error)),
            None => Ok(()),
        }
    }

    /// All has come: what is to be read is known, and the upload stays.
    pub fn finish(mut self) -> Outcome<StagedUpload> {
        self.close()?;
        let main = self.settle_names()?;
        let now = Utc::now();
        let staged = Arc::new(Staged {
            id: self.id.clone(),
            owner: self.owner.clone(),
            files: std::mem::take(&mut self.files),
            main: self.folder.join(main),
            folder: self.folder.clone(),
            created: now,
            stays: self.intake.uploads.limits.stays,
            state: Mutex::new(StagedState { used: now, layers: Vec::new(), last: None }),
        });
        self.done = true;
        self.intake.uploads.keep(staged.clone());
        locked(&staged.state).used = now;
        Ok(staged.told())
    }

    /// The file that is read. The parts of a shapefile are called as its `.shp` is, whatever they were called.
    fn settle_names(&mut self) -> Outcome<String> {
        let main: Vec<&StagedFile> = self.files.iter().filter(|file| !BESIDE.contains(&ending(&file.name).as_str())).collect();
        let name = match main.as_slice() {
            [only] => only.name.clone(),
            // A table by itself is read as one.
            [] if self.files.len() == 1 => self.files[0].name.clone(),
            [] => {
                return Err(Fault::bad("no_main_file", "没有主文件：Shapefile 要有 .shp", "there is no main file: a Shapefile has a .shp").help(
                    "请把 .shp、.shx、.dbf、.prj、.cpg 一起选择，或打包为 zip",
                    "choose .shp, .shx, .dbf, .prj and .cpg together, or zip them",
                ));
            }
            several => {
                let names: Vec<&str> = several.iter().map(|file| file.name.as_str()).collect();
                return Err(Fault::bad(
                    "several_files",
                    format!("一次只能导入一份数据，选择了 {}", names.join("、")),
                    format!("one data set at a time; these were chosen: {}", names.join(", ")),
                )
                .help("请逐份导入", "bring them one by one"));
            }
        };
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        for file in self.files.iter_mut().filter(|file| file.name != name) {
            let wanted = format!("{stem}.{}", ending(&file.name));
            if file.name != wanted {
                std::fs::rename(self.folder.join(&file.name), self.folder.join(&wanted)).map_err(|error| no_room(&error))?;
                file.name = wanted;
            }
        }
        Ok(name)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.intake.uploads.give_back(&self.owner);
        if !self.done {
            self.open = None;
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

/// A file's name without folders, control characters and what a file system takes for something else.
fn plain_name(name: &str) -> Outcome<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|letter| !letter.is_control() && *letter != ':').collect();
    let plain = plain.trim().trim_start_matches('.');
    if plain.is_empty() {
        return Err(Fault::bad("file_name", "文件没有名称", "the file has no name").help("表单字段须带文件名", "the form's part needs a file name"));
    }
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let room = LONGEST_NAME.saturating_sub(ending.len().min(20) + 1);
    let cut = stem.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
    let ending: String = ending.chars().take(20).collect();
    Ok(if ending.is_empty() { stem[..cut].to_owned() } else { format!("{}.{ending}", &stem[..cut]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_way_out_of_the_folder() {
        for (given, kept) in [
            ("宗地.shp", "宗地.shp"),
            ("C:\\数据\\宗地.SHP", "宗地.SHP"),
            ("../../etc/passwd", "passwd"),
            ("..", ""),
            (".hidden.csv", "hidden.csv"),
            ("a\u{0}b\n.csv", "ab.csv"),
            ("/", ""),
        ] {
            assert_eq!(plain_name(given).unwrap_or_default(), kept, "{given}");
        }
        let long = plain_name(&format!("{}.geojson", "地".repeat(200))).unwrap();
        assert!(long.len() <= LONGEST_NAME && long.ends_with("地.geojson"), "{long}");
    }
}
