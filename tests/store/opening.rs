//! Who may open a city file, and for what.

use super::*;
use parkplan::domain::FaultKind;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

/// Nobody's number: a user who owns nothing here.
const NOBODY: u32 = 65534;

fn with_a_park() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let store = geopackage(folder.path());
    commit(&store, &[insert(LayerId::Park, 1, full_row(LayerId::Park.layer(), 1))]);
    let city = city_in(folder.path());
    (folder, city)
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_second_writer_is_refused_and_told_who_holds_the_city() {
    let (folder, city) = with_a_park();
    let first = GeoPackage::open_writing(&city, "parkplan serve city.gpkg").unwrap();
    let fault = GeoPackage::open_writing(&city, "parkplan import").err().unwrap();
    assert_eq!((fault.code, fault.kind), ("city_held", FaultKind::Conflict));
    assert!(fault.en.contains("parkplan serve city.gpkg") && fault.en.contains(&std::process::id().to_string()), "{}", fault.en);
    assert!(fault.zh.contains("parkplan serve city.gpkg") && fault.help_zh.is_some() && fault.help_en.is_some());
    drop(first);
    drop(GeoPackage::open_writing(&city, "parkplan import").unwrap());
    assert_eq!(names_in(folder.path()), ["city.gpkg"]);
}

/// The child: takes the city, says so, and waits to be killed.
#[test]
fn holds_a_city_until_it_is_killed() {
    let Some(city) = std::env::var_os(CHILD) else { return };
    let _store = GeoPackage::open_writing(Path::new(&city), "parkplan serve").unwrap();
    println!("held");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_dead_holder_s_lock_is_taken_over() {
    use std::io::{BufRead, BufReader};
    let (_folder, city) = with_a_park();
    let mut process = child("store::opening::holds_a_city_until_it_is_killed", city.to_str().unwrap()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("held")));
    let fault = GeoPackage::open_writing(&city, "next").err().unwrap();
    assert!(fault.en.contains(&process.id().to_string()), "{}", fault.en);
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(city.with_file_name("city.gpkg.lock").exists(), "the crash left its lock file behind");
    let store = GeoPackage::open_writing(&city, "next").unwrap();
    commit(&store, &[insert(LayerId::Park, 2, full_row(LayerId::Park.layer(), 2))]);
}

#[test]
fn reading_goes_on_beside_a_writer_and_sees_its_commits() {
    let (_folder, city) = with_a_park();
    let writer = GeoPackage::open_writing(&city, "parkplan serve").unwrap();
    let reader = GeoPackage::open_reading(&city).unwrap();
    assert_eq!(rows_of(&reader, LayerId::Park).len(), 1);
    commit(&writer, &[insert(LayerId::Park, 2, full_row(LayerId::Park.layer(), 2))]);
    assert_eq!((rows_of(&reader, LayerId::Park).len(), reader.info().unwrap().revision), (2, 2));
    let (who, change) = (author("a"), [insert(LayerId::Park, 3, full_row(LayerId::Park.layer(), 3))]);
    match reader.commit(2, &[Kept { revision: 3, author: &who, changes: &change, log: &[] }]) {
        Err(parkplan::store::CommitError::Failed(fault)) => assert_eq!(fault.code, "read_only"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn reading_leaves_the_file_and_its_folder_as_they_were() {
    let (folder, city) = with_a_park();
    let (bytes, time) = (std::fs::read(&city).unwrap(), city.metadata().unwrap().modified().unwrap());
    let reader = GeoPackage::open_reading(&city).unwrap();
    assert_eq!(rows_of(&reader, LayerId::Park).len(), 1);
    drop(reader);
    assert!(std::fs::read(&city).unwrap() == bytes && city.metadata().unwrap().modified().unwrap() == time);
    assert_eq!(names_in(folder.path()), ["city.gpkg"]);
}

/// The child: reads a city as whoever it was started as, and says how many parks it has.
#[test]
fn reads_a_city_and_counts_its_parks() {
    let Some(city) = std::env::var_os(CHILD) else { return };
    let store = GeoPackage::open_reading(Path::new(&city)).unwrap();
    println!("parks {} revision {}", rows_of(&store, LayerId::Park).len(), store.info().unwrap().revision);
    assert_eq!(store.outside(store.info().unwrap().revision).unwrap(), None);
}

/// What the child says when a plain user reads the city in a folder in which she may not write.
fn read_by_nobody(folder: &Path, city: &Path) -> String {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let before = names_in(folder);
    // The binary may lie where a plain user may not go: a copy may not.
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = place.path().join("tests");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    // Not `uid`: to change the user between fork and exec of a program of many threads may wait for ever.
    let output = std::process::Command::new("setpriv")
        .args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"), "--clear-groups".to_owned()])
        .arg(program)
        .args(["--exact", "store::opening::reads_a_city_and_counts_its_parks", "--nocapture"])
        .env(CHILD, city)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names_in(folder), before, "reading wrote into the folder");
    text
}

fn root() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let root = std::os::unix::fs::chown(folder.path(), Some(NOBODY), None).is_ok();
    if !root {
        println!("skipped: only root can start a program as another user");
    }
    root
}

#[test]
fn a_plain_user_reads_a_city_in_a_read_only_folder() {
    if !root() {
        return;
    }
    let (folder, city) = with_a_park();
    assert!(read_by_nobody(folder.path(), &city).contains("parks 1 revision 1"));
    // An archive's odd names are no part of a URI.
    let odd = folder.path().join("城 100%?a=b#c.gpkg");
    std::fs::copy(&city, &odd).unwrap();
    assert!(read_by_nobody(folder.path(), &odd).contains("parks 1 revision 1"));
}

#[test]
fn a_plain_user_reads_beside_another_user_s_server_and_after_its_crash() {
    if !root() {
        return;
    }
    let (folder, city) = with_a_park();
    let server = GeoPackage::open_writing(&city, "parkplan serve").unwrap();
    commit(&server, &[insert(LayerId::Park, 2, full_row(LayerId::Park.layer(), 2))]);
    assert!(read_by_nobody(folder.path(), &city).contains("parks 2 revision 2"));
    // A crash leaves the log without its index, or with it.
    for companions in [vec!["-wal"], vec!["-wal", "-shm"]] {
        let archive = tempfile::tempdir().unwrap();
        let copy = city_in(archive.path());
        std::fs::copy(&city, &copy).unwrap();
        for suffix in companions {
            std::fs::copy(format!("{}{suffix}", city.display()), format!("{}{suffix}", copy.display())).unwrap();
        }
        assert!(read_by_nobody(archive.path(), &copy).contains("parks 2 revision 2"));
    }
}

#[test]
fn an_older_file_is_read_as_it_is() {
    let (folder, city) = with_a_park();
    let connection = rusqlite::Connection::open(&city).unwrap();
    connection
        .execute_batch("ALTER TABLE park DROP COLUMN operator; DROP TABLE designation; DELETE FROM gpkg_contents WHERE table_name = 'designation'; UPDATE parkplan_meta SET value = '1' WHERE key = 'schema'")
        .unwrap();
    drop(connection);
    let bytes = std::fs::read(&city).unwrap();
    let reader = GeoPackage::open_reading(&city).unwrap();
    let rows = rows_of(&reader, LayerId::Park);
    let operator = LayerId::Park.layer().column_index("operator").unwrap();
    assert_eq!((rows.len(), &rows[0].1[operator]), (1, &Value::Null));
    assert!(!rows[0].1[operator + 1].is_null());
    assert_eq!(rows_of(&reader, LayerId::Designation), []);
    drop(reader);
    assert!(std::fs::read(&city).unwrap() == bytes);
    drop(geopackage(folder.path()));
    assert_eq!(rows_of(&GeoPackage::open_reading(&city).unwrap(), LayerId::Park), rows);
}

/// The dictionary grows from one release to the next without a version of its own.
#[test]
fn a_file_of_this_version_that_lacks_a_layer_and_a_column_gains_them() {
    let (_folder, city) = with_a_park();
    let connection = rusqlite::Connection::open(&city).unwrap();
    connection
        .execute_batch("ALTER TABLE park DROP COLUMN platforms; DROP TABLE report; DELETE FROM gpkg_contents WHERE table_name = 'report'")
        .unwrap();
    drop(connection);
    let store = GeoPackage::open_writing(&city, "a test").unwrap();
    let (park, report) = (full_row(LayerId::Park.layer(), 2), full_row(LayerId::Report.layer(), 1));
    commit(&store, &[insert(LayerId::Park, 2, park.clone()), insert(LayerId::Report, 1, report.clone())]);
    assert_eq!((&rows_of(&store, LayerId::Park)[1].1, &rows_of(&store, LayerId::Report)[0].1), (&park.values, &report.values));
}

#[test]
fn what_is_no_city_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.gpkg");
    for other in [false, true] {
        if other {
            std::fs::write(&path, "no database at all, but long enough to be looked at as one ".repeat(40)).unwrap();
        } else {
            rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        }
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(GeoPackage::open_writing(&path, "a test").err().unwrap().code, "not_a_city_file");
        assert_eq!(GeoPackage::open_reading(&path).err().unwrap().code, "not_a_city_file");
        assert_eq!(GeoPackage::open_accounts(&path).err().unwrap().code, "not_a_city_file");
        assert!(std::fs::read(&path).unwrap() == bytes && names_in(folder.path()) == ["other.gpkg"], "{:?}", names_in(folder.path()));
        std::fs::remove_file(&path).unwrap();
    }
    assert_eq!(GeoPackage::open_writing(&path, "a test").err().unwrap().code, "no_such_file");
}
