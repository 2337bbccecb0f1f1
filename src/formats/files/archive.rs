//! Zip archives with one data set: unpacked under names of our own, within bounds, and never an archive inside it.

use super::gdal_layer::{layer_unknown, several_layers};
use super::limits::{Limits, exceeded};
use super::read::{ReadOptions, file_name, read_here, unreadable};
use super::scratch::Scratch;
use super::source::Table;
use super::taker::Taker;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::formats::encoding::{self, Decoded};
use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::path::Path;

type Archive = zip::ZipArchive<std::io::BufReader<std::fs::File>>;

/// Endings that make a data set; the first of a stem's files that has one of [`MAIN`] is what is read.
const MAIN: [&str; 9] = ["shp", "geojson", "json", "topojson", "gpkg", "fgb", "kml", "dxf", "csv"];
const BESIDE: [&str; 4] = ["shx", "dbf", "prj", "cpg"];
/// Deflate's small files reach any ratio; below this size it says nothing.
const RATIO_FROM: u64 = 16 << 20;
/// The bits of a mode that tell what an entry is, and those of plain files and folders.
const KIND: u32 = 0o170_000;
const FILE: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Reads the data set of an archive; with several, `source_layer` names one by its stem.
pub(crate) fn read(path: &Path, options: &ReadOptions<'_>, taker: &Taker<'_>) -> Outcome<Table> {
    let mut archive = open(path)?;
    check_entries(&mut archive, path, options.limits)?;
    let sets = data_sets(&mut archive, path)?;
    let names: Vec<String> = sets.keys().cloned().collect();
    let stem = match (options.source_layer, names.as_slice()) {
        (_, []) => {
            return Err(Fault::bad("archive_without_data", "压缩包里没有可读的数据", "the archive has no data that we read").at(file_name(path)));
        }
        (_, [only]) => only.clone(),
        (Some(wanted), many) => {
            many.iter().find(|name| *name == wanted || name.rsplit('/').next() == Some(wanted)).cloned().ok_or_else(|| layer_unknown(wanted, many))?
        }
        (None, many) => return Err(several_layers(many)),
    };
    let scratch = Scratch::new()?;
    let main = unpack(&mut archive, &sets[&stem], &stem, scratch.path(), options.limits)?;
    let inner = ReadOptions { source_layer: options.source_layer.filter(|_| names.len() == 1 && !main.ends_with(".shp")), ..*options };
    let mut table = read_here(&scratch.path().join(main), &inner, taker)?;
    if table.driver == "ESRI Shapefile" {
        table.layer = stem.rsplit('/').next().unwrap_or(&stem).to_owned();
    }
    Ok(table)
}

/// Checks the entries of an archive that another reader will open (a spreadsheet).
pub(crate) fn check(path: &Path, limits: &Limits) -> Outcome<()> {
    let mut archive = open(path)?;
    check_entries(&mut archive, path, limits)
}

/// The same of an archive in memory, whose entries are unpacked as well: what they say of their size is a claim. `name` is what people call it.
pub(super) fn check_whole(bytes: &[u8], name: &Path, limits: &Limits) -> Outcome<()> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| broken(name, &error))?;
    check_entries(&mut archive, name, limits)?;
    let mut left = limits.bytes;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| broken(name, &error))?;
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink()).map_err(|error| broken(name, &error))?;
        if unpacked > left {
            return Err(exceeded("解压后字节数", "the unpacked size in bytes", limits.bytes + 1, limits.bytes));
        }
        left -= unpacked;
    }
    Ok(())
}

fn open(path: &Path) -> Outcome<Archive> {
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    zip::ZipArchive::new(std::io::BufReader::new(file)).map_err(|error| broken(path, &error))
}

fn broken(path: &Path, error: &dyn std::fmt::Display) -> Fault {
    Fault::bad(
        "archive_broken",
        format!("{} 不是完整的压缩包：{error}", file_name(path)),
        format!("{} is not a whole archive: {error}", file_name(path)),
    )
    .at(file_name(path))
}

fn check_entries<R: Read + Seek>(archive: &mut zip::ZipArchive<R>, path: &Path, limits: &Limits) -> Outcome<()> {
    if archive.len() > limits.archive_entries {
        return Err(exceeded("压缩包内文件数", "the number of files in the archive", archive.len() as u64, limits.archive_entries as u64));
    }
    let mut sum = 0u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| broken(path, &error))?;
        let name = entry_name(&entry);
        if name.split('/').any(|part| part == "..") || name.starts_with('/') {
            return Err(Fault::bad("archive_refused", "压缩包内的路径指向包外", "a path in the archive leads out of it").at(name));
        }
        if name.chars().any(char::is_control)
            || entry.unix_mode().is_some_and(|mode| mode & KIND != 0 && mode & KIND != FILE && mode & KIND != FOLDER)
        {
            return Err(Fault::bad(
                "archive_refused",
                "压缩包内有链接、设备或名称异常的条目",
                "the archive has a link, a device or an odd name in it",
            )
            .at(clean(&name)));
        }
        sum = sum.saturating_add(entry.size());
        let ratio = entry.size() / entry.compressed_size().max(1);
        if entry.size() > RATIO_FROM && ratio > limits.archive_ratio {
            return Err(exceeded("压缩比", "the compression ratio", ratio, limits.archive_ratio).at(name));
        }
    }
    if sum > limits.bytes {
        return Err(exceeded("解压后字节数", "the unpacked size in bytes", sum, limits.bytes));
    }
    Ok(())
}

fn clean(name: &str) -> String {
    name.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

/// The entry's path with `/`. Archives of Chinese Windows hold GBK names without saying so.
fn entry_name<R: Read>(entry: &zip::read::ZipFile<'_, R>) -> String {
    let raw = entry.name_raw();
    let name = match encoding::guess([raw].into_iter()).map(|(encoding, _)| encoding::decode(encoding, raw)) {
        Some(Decoded::Whole(name)) => name,
        _ => String::from_utf8_lossy(raw).into_owned(),
    };
    name.replace('\\', "/")
}

/// Data sets by their path without ending (a `.gdb` by its folder): the indexes of their files with endings.
fn data_sets(archive: &mut Archive, path: &Path) -> Outcome<BTreeMap<String, Vec<(usize, String)>>> {
    let mut all: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| broken(path, &error))?;
        let name = entry_name(&entry);
        if entry.is_dir() || name.starts_with("__MACOSX") {
            continue;
        }
        if let Some((folder, inside)) = name.split_once(".gdb/") {
            if !inside.contains('/') {
                all.entry(format!("{folder}.gdb")).or_default().push((index, inside.to_owned()));
            }
            continue;
        }
        let Some((stem, ending)) = name.rsplit_once('.') else { continue };
        let ending = ending.to_ascii_lowercase();
        if MAIN.contains(&ending.as_str()) || BESIDE.contains(&ending.as_str()) {
            let files = all.entry(stem.to_owned()).or_default();
            if files.iter().any(|(_, other)| *other == ending) {
                return Err(Fault::bad(
                    "archive_refused",
                    "压缩包内有两个同名文件，不知该读哪一个",
                    "two files of one name are in the archive; which is meant is not known",
                )
                .at(name));
            }
            files.push((index, ending));
        }
    }
    all.retain(|stem, files| stem.ends_with(".gdb") || files.iter().any(|(_, ending)| MAIN.contains(&ending.as_str())));
    Ok(all)
}

/// Unpacks one data set as `data.*` (or `data.gdb/*`) and returns the name of its main file.
fn unpack(archive: &mut Archive, files: &[(usize, String)], stem: &str, folder: &Path, limits: &Limits) -> Outcome<String> {
    let geodatabase = stem.ends_with(".gdb");
    if geodatabase {
        std::fs::create_dir(folder.join("data.gdb")).map_err(|error| Fault::internal("scratch_failed", error))?;
    }
    let mut left = limits.bytes;
    for (index, ending) in files {
        let entry = archive.by_index(*index).map_err(|error| broken(Path::new(stem), &error))?;
        let target = if geodatabase { folder.join("data.gdb").join(ending) } else { folder.join(format!("data.{ending}")) };
        let mut file = std::fs::File::create(target).map_err(|error| Fault::internal("scratch_failed", error))?;
        // The size in the entry is a claim: the copy stops at the bound whatever it says.
        let copied = std::io::copy(&mut entry.take(left + 1), &mut file).map_err(|error| broken(Path::new(stem), &error))?;
        if copied > left {
            return Err(exceeded("解压后字节数", "the unpacked size in bytes", copied, limits.bytes));
        }
        left -= copied;
    }
    if geodatabase {
        return Ok("data.gdb".to_owned());
    }
    let main = MAIN.iter().find(|ending| files.iter().any(|(_, has)| has == *ending)).copied().unwrap_or("shp");
    Ok(format!("data.{main}"))
}
