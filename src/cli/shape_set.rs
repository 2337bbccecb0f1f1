//! The files that are one Shapefile, and how a new set takes an old one's place.
//!
//! Several files cannot be renamed at once. So the new set first lies whole in a folder that says so (`.whole-PID-name`); then the old set goes
//! and the folder gets another name (`.place-PID-name`); then the new parts come, the `.shp` last. Whoever looks meanwhile finds no Shapefile,
//! never a mixture. A program that is killed in between leaves the folder, and the next that writes there goes on from it.

use std::path::{Path, PathBuf};

/// Files that are one data set with the `.shp` of their name. The later ones are indexes and notes that no longer fit when the set is replaced.
pub(super) const ENDINGS: [&str; 14] = ["shp", "shx", "dbf", "prj", "cpg", "qix", "sbn", "sbx", "fix", "ind", "idx", "atx", "qpj", "cst"];

/// How the name of a new set's folder begins: all of it is there, and the old set may still be; the old set is gone.
pub(super) const WHOLE: &str = ".whole-";
pub(super) const PLACE: &str = ".place-";

/// The files that are one Shapefile with `path`, whatever the case of their endings.
pub(super) fn around(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut set: Vec<PathBuf> =
        files(folder).filter(|other| other.file_stem() == path.file_stem() && ENDINGS.contains(&ending(other).as_str()) && !other.is_dir()).collect();
    set.sort();
    set
}

/// Brings the new set in `folder`, which is named `WHOLE…` or `PLACE…`, to its place, where `shp` is the main file.
pub(super) fn take_place(folder: &Path, shp: &Path) -> std::io::Result<()> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = match name.strip_prefix(WHOLE) {
        None => folder.to_owned(),
        Some(rest) => {
            let (shapes, others) = shapes_and_others(around(shp));
            shapes.iter().chain(&others).try_for_each(|old| remove_if_there(old))?;
            let next = folder.with_file_name(format!("{PLACE}{rest}"));
            std::fs::rename(folder, &next)?;
            next
        }
    };
    let shouted = shp.extension().is_some_and(|ending| ending.to_string_lossy().chars().all(|letter| letter.is_ascii_uppercase()));
    let at = |part: &Path| match ending(part).as_str() {
        "shp" => shp.to_owned(),
        other if shouted => shp.with_extension(other.to_uppercase()),
        other => shp.with_extension(other),
    };
    let (shapes, others) = shapes_and_others(files(&folder).collect());
    others.iter().chain(&shapes).try_for_each(|part| std::fs::rename(part, at(part)))?;
    std::fs::remove_dir(folder)
}

fn shapes_and_others(set: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    set.into_iter().partition(|file| ending(file) == "shp")
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// A path's ending in lower case; empty without one.
pub(super) fn ending(path: &Path) -> String {
    path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

pub(super) fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [&str; 3] = ["shp", "shx", "dbf"];

    fn content(folder: &Path) -> Vec<String> {
        let mut all: Vec<String> =
            files(folder).map(|file| format!("{} {}", file.file_name().unwrap().display(), std::fs::read_to_string(&file).unwrap())).collect();
        all.sort();
        all
    }

    #[test]
    fn a_set_takes_an_old_ones_place_from_wherever_a_kill_left_it() {
        for (moved, removed) in [(0, 0), (0, 1), (0, 4), (1, 4), (2, 4), (3, 4)] {
            let home = tempfile::tempdir().unwrap();
            let at = |name: &str| home.path().join(name);
            let old = ["a.shp", "a.shx", "a.dbf", "a.qix"];
            old.iter().skip(removed).for_each(|name| std::fs::write(at(name), "old").unwrap());
            std::fs::write(at("b.dbf"), "another").unwrap();
            let folder = at(&format!("{}7-a.shp", if moved > 0 { PLACE } else { WHOLE }));
            std::fs::create_dir(&folder).unwrap();
            for (index, part) in ["dbf", "shx", "shp"].iter().enumerate() {
                let to = if index < moved { at(&format!("a.{part}")) } else { folder.join(format!("a.{part}")) };
                std::fs::write(to, "new").unwrap();
            }
            take_place(&folder, &at("a.shp")).unwrap();
            assert_eq!(content(home.path()), ["a.dbf new", "a.shp new", "a.shx new", "b.dbf another"], "{moved} {removed}");
        }
    }

    #[test]
    fn endings_follow_the_case_of_the_name() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(format!("{WHOLE}7-A.SHP"));
        std::fs::create_dir(&folder).unwrap();
        PARTS.iter().for_each(|part| std::fs::write(folder.join(format!("A.{part}")), "new").unwrap());
        take_place(&folder, &home.path().join("A.SHP")).unwrap();
        assert_eq!(content(home.path()), ["A.DBF new", "A.SHP new", "A.SHX new"]);
    }
}
