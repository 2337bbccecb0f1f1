//! Noticing what others do to a city file that is open.

use super::*;
use parkplan::store::{CommitError, Outside};
use std::time::Duration;

/// Longer than the time between two looks.
const A_LOOK: Duration = Duration::from_millis(60);

fn look(store: &GeoPackage) -> Option<Outside> {
    std::thread::sleep(A_LOOK);
    store.outside(store.info().map_or(0, |info| info.revision)).unwrap()
}

fn look_from(store: &GeoPackage, head: i64) -> Option<Outside> {
    std::thread::sleep(A_LOOK);
    store.outside(head).unwrap()
}

fn park(fid: i64) -> RowChange {
    insert(LayerId::Park, fid, full_row(LayerId::Park.layer(), fid))
}

fn logged(store: &GeoPackage, fid: i64, who: &str) {
    let (base, who, change, log) = (store.info().unwrap().revision, author(who), [park(fid)], [entry("x")]);
    store.commit(base, &[Kept { revision: base + 1, author: &who, changes: &change, log: &log }]).unwrap();
}

fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn refuses(store: &GeoPackage, head: i64) {
    let (who, change) = (author("a"), [park(99)]);
    let answer = store.commit(head, &[Kept { revision: head + 1, author: &who, changes: &change, log: &[] }]);
    match answer {
        Err(CommitError::Failed(fault)) => assert_eq!(fault.code, "city_replaced"),
        Err(CommitError::Conflict { .. }) => {}
        Ok(()) => panic!("written into a city that was replaced"),
    }
}

#[test]
fn our_own_commits_and_checkpoints_are_not_outside() {
    let folder = tempfile::tempdir().unwrap();
    let store = geopackage(folder.path());
    assert_eq!(look(&store), None);
    for fid in 1..=5 {
        logged(&store, fid, "a");
        // The caller's head may lag behind a commit that is just being published.
        assert_eq!(look_from(&store, fid - 1), None);
        assert_eq!(look(&store), None);
        CityStore::checkpoint(&store).unwrap();
        assert_eq!(look(&store), None);
    }
    // Many pages: SQLite works its log into the file by itself.
    commit(&store, &(10..6_000).map(park).collect::<Vec<_>>());
    logged(&store, 7_000, "a");
    assert_eq!(look(&store), None);
    std::thread::scope(|scope| {
        scope.spawn(|| (8_000..8_050).for_each(|fid| logged(&store, fid, "a")));
        for _ in 0..2_000 {
            assert_eq!(store.outside(0).unwrap(), None);
        }
    });
}

/// SQLite works its log into the file as far as the oldest reader, and leaves out the pages that it has anew further on: the file by itself
/// is then no state of the city, and nobody else's either.
#[test]
fn a_checkpoint_that_stops_at_a_reader_is_not_outside() {
    let folder = tempfile::tempdir().unwrap();
    let store = geopackage(folder.path());
    let other = rusqlite::Connection::open(city_in(folder.path())).unwrap();
    let mut next = 1;
    let mut log_some = |count: i64| {
        (next..next + count).for_each(|fid| logged(&store, fid, "a"));
        next += count;
    };
    log_some(200);
    let mut stopped = 0;
    for round in 0..30 {
        log_some(7);
        let reader = rusqlite::Connection::open(city_in(folder.path())).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM change_log").unwrap();
        log_some(1);
        let (frames, worked_in): (i64, i64) = other.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?))).unwrap();
        stopped += usize::from(worked_in < frames);
        assert_eq!(look(&store), None, "round {round}");
        drop(reader);
    }
    assert!(stopped > 20, "the checkpoints went through: {stopped}");
    CityStore::checkpoint(&store).unwrap();
    assert_eq!(look(&store), None);
}

/// A server killed in the midst of working its log into the file: some pages are worked in, and the log still has all.
#[test]
fn a_checkpoint_that_was_killed_is_not_outside() {
    for kept_of_three in 0..3 {
        let (folder, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = geopackage(folder.path());
        (1..=200).for_each(|fid| logged(&store, fid, "a"));
        CityStore::checkpoint(&store).unwrap();
        (201..=260).for_each(|fid| logged(&store, fid, "a"));
        let log = std::fs::read(with_suffix(&city_in(folder.path()), "-wal")).unwrap();
        let mut file = std::fs::read(city_in(folder.path())).unwrap();
        // The format of the log: a head of 32 bytes, then each page behind a head of 24 that begins with its number.
        let size = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
        let pages: std::collections::BTreeMap<usize, &[u8]> =
            log[32..].chunks_exact(24 + size).map(|frame| (u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize, &frame[24..])).collect();
        assert!(pages.len() > 3);
        file.resize(file.len().max(pages.keys().max().unwrap() * size), 0);
        for (at, (page, bytes)) in pages.iter().enumerate() {
            if at % 3 == kept_of_three {
                file[(page - 1) * size..page * size].copy_from_slice(bytes);
            }
        }
        std::fs::write(city_in(killed.path()), &file).unwrap();
        std::fs::write(with_suffix(&city_in(killed.path()), "-wal"), &log).unwrap();

        // Somebody reads all the while, so that the log is not simply worked off at the opening.
        let reader = rusqlite::Connection::open(city_in(killed.path())).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM change_log").unwrap();
        let again = geopackage(killed.path());
        assert_eq!(look(&again), None, "{kept_of_three}");
        logged(&again, 300, "a");
        assert_eq!(look(&again), None, "{kept_of_three}");
        drop(reader);
        CityStore::checkpoint(&again).unwrap();
        assert_eq!(look(&again), None, "{kept_of_three}");
        assert_eq!(rows_of(&again, LayerId::Park).len(), 261);
    }
}

#[test]
fn another_writer_s_commit_is_noticed_until_it_has_been_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = geopackage(folder.path());
    logged(&store, 1, "a");
    assert_eq!(look(&store), None);
    // Somebody who knows nothing of our lock.
    let other = rusqlite::Connection::open(city_in(folder.path())).unwrap();
    other.execute_batch("UPDATE parkplan_meta SET value = '2' WHERE key = 'revision'").unwrap();
    assert_eq!(look_from(&store, 1), Some(Outside::Written { revision: 2 }));
    assert_eq!(look_from(&store, 1), Some(Outside::Written { revision: 2 }));
    // The caller reads the city again and stands at the new revision: it goes on from there.
    assert_eq!(look_from(&store, 2), None);
    logged(&store, 3, "a");
    assert_eq!(look_from(&store, 3), None);
    drop(other);
    assert_eq!(look_from(&store, 3), None);
}

/// QGIS and SQL consoles write rows and know nothing of revisions.
#[test]
fn rows_written_past_the_log_are_noticed_and_nothing_is_written_over_them() {
    for statement in [
        "UPDATE park SET name = '改名' WHERE fid = 1",
        "DELETE FROM park WHERE fid = 1",
        "INSERT INTO park (code, name) VALUES ('外来', '外来')",
        "UPDATE park SET fid = 7 WHERE fid = 1",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let city = city_in(folder.path());
        let store = geopackage(folder.path());
        logged(&store, 1, "a");
        logged(&store, 2, "a");
        assert_eq!(look(&store), None);
        let other = GeoPackage::open_accounts(&city).unwrap();
        let account = parkplan::domain::Account {
            account: "x".into(),
            name: "x".into(),
            role: parkplan::domain::Role::Planner,
            parks: vec![],
            disabled: false,
        };
        parkplan::store::AccountStore::put_account(&other, &account, Some("hash")).unwrap();
        assert_eq!(look(&store), None, "an account is no row of the city");
        // A handle with our functions, as the R-tree's triggers want them; any program brings its own.
        let stranger = rusqlite::Connection::open(&city).unwrap();
        stranger
            .execute_batch("DROP TRIGGER rtree_park_geom_delete; DROP TRIGGER rtree_park_geom_update_id; DROP TRIGGER rtree_park_geom_insert")
            .unwrap();
        assert_eq!(look(&store), None, "no row was touched yet");
        stranger.execute_batch(statement).unwrap();
        assert_eq!(look(&store), Some(Outside::Altered), "{statement}");
        assert_eq!(look(&store), Some(Outside::Altered), "{statement}");
        let (who, change) = (author("a"), [park(3)]);
        let refused = store.commit(2, &[Kept { revision: 3, author: &who, changes: &change, log: &[entry("x")] }]);
        assert!(matches!(refused, Err(CommitError::Conflict { .. })), "{statement} {refused:?}");
        drop((store, stranger, other));
        // The next program reads the file as it is now, and goes on from there.
        let next = GeoPackage::open_writing(&city, "the next").unwrap();
        assert_eq!(look(&next), None);
        logged(&next, 50, "b");
        assert_eq!(look(&next), None);
    }
}

#[test]
fn a_file_that_was_moved_away_or_replaced_is_noticed_and_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let city = city_in(folder.path());
    let store = geopackage(folder.path());
    logged(&store, 1, "a");
    CityStore::checkpoint(&store).unwrap();
    assert_eq!(look(&store), None);
    let (copy, away) = (folder.path().join("copy.gpkg"), folder.path().join("away.gpkg"));
    std::fs::copy(&city, &copy).unwrap();
    std::fs::rename(&city, &away).unwrap();
    assert_eq!(store.outside(1).unwrap(), Some(Outside::Replaced));
    refuses(&store, 1);
    std::fs::rename(&away, &city).unwrap();
    assert_eq!(look_from(&store, 1), None, "it is back");
    std::fs::rename(&copy, &city).unwrap();
    assert_eq!(store.outside(1).unwrap(), Some(Outside::Replaced));
    refuses(&store, 1);
    drop(store);
    assert_eq!(rows_of(&geopackage(folder.path()), LayerId::Park).len(), 1);
}

/// As people restore: `cp backup city`, while the server runs.
#[test]
fn a_copy_written_over_the_file_is_noticed_and_is_what_the_next_program_opens() {
    for (checkpointed, newer) in [(true, 3), (false, 3), (true, 300)] {
        let folder = tempfile::tempdir().unwrap();
        let (city, backup) = (city_in(folder.path()), folder.path().join("backup"));
        let store = geopackage(folder.path());
        logged(&store, 1, "a");
        CityStore::checkpoint(&store).unwrap();
        std::fs::copy(&city, &backup).unwrap();
        (2..=newer).for_each(|fid| logged(&store, fid, "a"));
        CityStore::checkpoint(&store).unwrap();
        assert_eq!(look(&store), None);
        if !checkpointed {
            logged(&store, 5_000, "a");
        }
        let head = store.info().unwrap().revision;
        assert_eq!(look_from(&store, head), None);
        std::fs::write(&city, std::fs::read(&backup).unwrap()).unwrap();
        assert_eq!(look_from(&store, head), Some(Outside::Replaced), "{checkpointed} {newer}");
        refuses(&store, head);
        drop(store);
        let store = geopackage(folder.path());
        assert_eq!((rows_of(&store, LayerId::Park).len(), store.info().unwrap().revision), (1, 1));
        logged(&store, 2, "a");
    }
}

#[test]
fn a_copy_with_the_same_revision_and_another_history_is_another_city() {
    let folder = tempfile::tempdir().unwrap();
    let city = city_in(folder.path());
    let store = geopackage(folder.path());
    logged(&store, 1, "a");
    drop(store);
    let twin = tempfile::tempdir().unwrap();
    std::fs::copy(&city, city_in(twin.path())).unwrap();
    let (store, other) = (geopackage(folder.path()), geopackage(twin.path()));
    logged(&store, 2, "a");
    logged(&other, 2, "b");
    drop(other);
    assert_eq!(look(&store), None);
    // SQLite's own way of restoring writes the copy page by page into the open file.
    let source = rusqlite::Connection::open(city_in(twin.path())).unwrap();
    let mut target = rusqlite::Connection::open(&city).unwrap();
    let backup = rusqlite::backup::Backup::new(&source, &mut target).unwrap();
    backup.run_to_completion(1_000, Duration::ZERO, None).unwrap();
    drop(backup);
    drop(target);
    assert_eq!(look_from(&store, 2), Some(Outside::Replaced));
    refuses(&store, 2);
    drop(store);
    let by: Vec<String> = log::all(&geopackage(folder.path())).into_iter().map(|change| change.by).collect();
    assert_eq!(by, ["b", "a"]);
}

#[test]
fn asking_is_cheap() {
    let folder = tempfile::tempdir().unwrap();
    let store = geopackage(folder.path());
    logged(&store, 1, "a");
    let start = std::time::Instant::now();
    for _ in 0..10_000 {
        assert_eq!(store.outside(1).unwrap(), None);
    }
    let each = start.elapsed() / 10_000;
    println!("asking whether the city was changed: {each:?}");
    assert!(each < Duration::from_micros(100));
}
