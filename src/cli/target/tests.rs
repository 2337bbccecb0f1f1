use super::*;

fn folder() -> (tempfile::TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    (folder, move |name: &str| root.join(name))
}

fn put(path: &Path) {
    std::fs::write(path, "mine").unwrap();
}

fn names(folder: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn parts(folder: &Path, stem: &str) -> Outcome<Vec<PathBuf>> {
    let parts: Vec<PathBuf> = ["shp", "shx", "dbf", "prj", "cpg"].iter().map(|ending| folder.join(format!("{stem}.{ending}"))).collect();
    parts.iter().for_each(|part| std::fs::write(part, "new").unwrap());
    Ok(parts)
}

fn renewed(part: &Path) -> Outcome<()> {
    std::fs::write(part, "new").unwrap();
    Ok(())
}

#[test]
fn a_folder_is_never_replaced_and_a_missing_one_is_named() {
    let (_keep, at) = folder();
    std::fs::create_dir(at("mine")).unwrap();
    put(&at("mine/a"));
    assert_eq!(Target::of(&at("mine"), true).unwrap_err().code, "output_is_folder");
    let fault = Target::of(&at("no/such/a.json"), true).unwrap_err();
    assert!(fault.code == "folder_missing" && fault.en.contains("no/such") && fault.help_zh.is_some(), "{fault:?}");
    assert!(at("mine/a").exists());
}

#[test]
fn a_part_of_another_data_set_is_never_replaced_even_by_force() {
    let (_keep, at) = folder();
    for name in ["land.SHP", "land.dbf", "city.gpkg", "city.gpkg-wal"] {
        put(&at(name));
    }
    std::fs::create_dir(at("a.gdb")).unwrap();
    for name in ["land.dbf", "land.prj", "land.QIX", "city.gpkg-wal", "city.gpkg.lock", "a.gdb/a00000001.gdbtable"] {
        assert_eq!(Target::of(&at(name), true).unwrap_err().code, "part_of_a_data_set", "{name}");
    }
    Target::of(&at("land.csv"), false).unwrap();
}

#[test]
fn a_shapefile_takes_no_table_that_lies_there_by_its_name() {
    let (keep, at) = folder();
    put(&at("台账.DBF"));
    for force in [false, true] {
        let fault = Target::shapefile(&at("台账.shp"), force).unwrap_err();
        assert!(fault.code == "file_exists" && fault.en.contains("台账.DBF"), "{fault:?}");
    }
    assert_eq!(names(&keep), ["台账.DBF"]);
}

#[test]
fn a_replaced_shapefile_leaves_no_index_of_the_old_one() {
    let (keep, at) = folder();
    for name in ["land.shp", "land.shx", "land.dbf", "land.qix", "land.SBN", "land.sbx", "land.fix", "land.qpj", "land.pdf", "lands.qix"] {
        put(&at(name));
    }
    assert_eq!(Target::shapefile(&at("land.shp"), false).unwrap_err().code, "file_exists");
    Target::shapefile(&at("land.shp"), true).unwrap().write_shapefile(parts).unwrap();
    assert_eq!(names(&keep), ["land.cpg", "land.dbf", "land.pdf", "land.prj", "land.shp", "land.shx", "lands.qix"]);
    assert_eq!(std::fs::read_to_string(at("land.dbf")).unwrap(), "new");
}

#[test]
fn endings_keep_the_case_in_which_they_were_asked_for() {
    let (keep, at) = folder();
    Target::shapefile(&at("UP.SHP"), false).unwrap().write_shapefile(parts).unwrap();
    assert_eq!(names(&keep), ["UP.CPG", "UP.DBF", "UP.PRJ", "UP.SHP", "UP.SHX"]);
}

#[test]
fn a_failure_leaves_what_was_there_and_nothing_else() {
    let (keep, at) = folder();
    put(&at("a.json"));
    let failed = Target::of(&at("a.json"), true).unwrap().write(|part| {
        std::fs::write(part, "half").unwrap();
        std::fs::write(prolonged(part, "-journal"), "half").unwrap();
        Err(Fault::bad("full", "满", "full"))
    });
    assert_eq!(failed.unwrap_err().code, "full");
    assert_eq!(names(&keep), ["a.json"]);
    assert_eq!(std::fs::read_to_string(at("a.json")).unwrap(), "mine");
}

#[test]
fn a_link_stays_a_link_and_its_file_is_replaced() {
    let (_keep, at) = folder();
    put(&at("a.json"));
    std::os::unix::fs::symlink(at("a.json"), at("link.json")).unwrap();
    assert_eq!(Target::of(&at("link.json"), false).unwrap_err().code, "file_exists");
    Target::of(&at("link.json"), true).unwrap().write(renewed).unwrap();
    assert!(at("link.json").symlink_metadata().unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(at("a.json")).unwrap(), "new");
}

#[test]
fn a_device_is_written_to_and_not_replaced() {
    Target::of(Path::new("/dev/null"), false).unwrap().write(renewed).unwrap();
    assert!(is_stream(Path::new("/dev/null").symlink_metadata().unwrap().file_type()));
}

#[test]
fn a_replaced_data_base_takes_its_log_with_it() {
    let (keep, at) = folder();
    std::fs::write(at("a.gpkg"), b"SQLite format 3\0 old").unwrap();
    for suffix in ["-wal", "-shm"] {
        put(&prolonged(&at("a.gpkg"), suffix));
    }
    Target::of(&at("a.gpkg"), true).unwrap().write(renewed).unwrap();
    assert_eq!(names(&keep), ["a.gpkg"]);
}

#[test]
fn a_city_that_a_program_holds_is_not_replaced() {
    let (_keep, at) = folder();
    std::fs::write(at("a.gpkg"), b"SQLite format 3\0 old").unwrap();
    let _held = CityLock::take(&at("a.gpkg"), "parkplan serve").unwrap();
    assert_eq!(Target::of(&at("a.gpkg"), true).unwrap_err().code, "city_held");
    assert_eq!(std::fs::read(at("a.gpkg")).unwrap(), b"SQLite format 3\0 old");
}
