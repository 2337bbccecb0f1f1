//! The one writer among failures: a refused, broken or unlucky edit is told so, nothing is half-written, and the queue goes on.

use crate::support::{OWN_PARK, own_city};
use parkplan::domain::edit::{Edit, Precondition, UpdateUnit};
use parkplan::domain::fault::Outcome;
use parkplan::domain::{Account, Change, ChangeQuery, CityInfo, Fault, FaultKind, LayerId, Plan, Role};
use parkplan::service::{Planner, Viewer, load};
use parkplan::store::geopackage::GeoPackage;
use parkplan::store::{CityStore, CommitError, Kept, Loaded, Outside, Visit};
use serde_json::{Map, json};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

const WELL: u8 = 0;
const FULL: u8 = 1;
const PANIC: u8 = 2;
const CONFLICT: u8 = 3;
/// Fails whatever holds more than one edit, and the unit that is named here.
const PICKY: u8 = 4;

/// Another program holds the file.
const HELD: u8 = 5;

/// A store that misbehaves when it is told to.
struct Moody {
    inner: GeoPackage,
    mood: AtomicU8,
    commits: AtomicUsize,
}

impl CityStore for Moody {
    fn info(&self) -> Outcome<CityInfo> {
        self.inner.info()
    }
    fn last_fid(&self, layer: LayerId) -> Outcome<i64> {
        self.inner.last_fid(layer)
    }
    fn load(&self, layer: LayerId, visit: Visit<'_>) -> Outcome<Loaded> {
        self.inner.load(layer, visit)
    }
    fn plans(&self) -> Outcome<Vec<Plan>> {
        CityStore::plans(&self.inner)
    }
    fn commit(&self, base: i64, edits: &[Kept<'_>]) -> Result<(), CommitError> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        let full = || CommitError::Failed(Fault::new(FaultKind::NoRoom, "disk_full", "磁盘已满", "the disk is full"));
        match self.mood.load(Ordering::SeqCst) {
            FULL => Err(full()),
            PANIC => panic!("a store that breaks off"),
            HELD => {
                std::thread::sleep(std::time::Duration::from_millis(150));
                Err(CommitError::Failed(Fault::new(FaultKind::Busy, "city_busy", "忙", "busy")))
            }
            CONFLICT => Err(CommitError::Conflict { head: base + 7 }),
            PICKY if edits.len() > 1 || edits.iter().any(|edit| edit.author.source == "bad") => Err(full()),
            _ => self.inner.commit(base, edits),
        }
    }
    fn log_head(&self) -> Outcome<parkplan::domain::LogHead> {
        self.inner.log_head()
    }
    fn check_log(&self, kept: Option<&str>) -> Outcome<parkplan::domain::LogCheck> {
        self.inner.check_log(kept)
    }
    fn changes(&self, query: &ChangeQuery) -> Outcome<Vec<Change>> {
        self.inner.changes(query)
    }
    fn outside(&self, head: i64) -> Outcome<Option<Outside>> {
        self.inner.outside(head)
    }
    fn backup(&self, to: &std::path::Path) -> Outcome<parkplan::domain::Backup> {
        self.inner.backup(to)
    }
    fn settle(&self) -> Outcome<()> {
        self.inner.settle()
    }
    fn checkpoint(&self) -> Outcome<()> {
        CityStore::checkpoint(&self.inner)
    }
}

struct Stage {
    _folder: tempfile::TempDir,
    path: std::path::PathBuf,
    store: Arc<Moody>,
    planner: Arc<Planner>,
    viewer: Viewer,
    units: Vec<String>,
}

fn stage() -> Stage {
    let (folder, path) = own_city();
    let people = Arc::new(GeoPackage::open_accounts(&path).unwrap());
    let inner = GeoPackage::open_writing(&path, "the test").unwrap();
    let store = Arc::new(Moody { inner, mood: AtomicU8::new(WELL), commits: AtomicUsize::new(0) });
    let planner = Arc::new(Planner::with_stores(store.clone(), people, true).unwrap());
    let account = Account { account: "o".into(), name: "o".into(), role: Role::Operator, parks: vec![OWN_PARK.into()], disabled: false };
    let city = planner.city();
    let buildings = city.links().buildings_of_park(city.table(LayerId::Park).row_of(OWN_PARK).unwrap());
    let of = |row: &u32| city.links().units_of_building(*row as usize).to_vec();
    let units = buildings.iter().flat_map(of).map(|row| city.table(LayerId::Unit).key(row as usize).to_owned()).collect();
    Stage { _folder: folder, path, store, planner, viewer: Viewer::of(account), units }
}

impl Stage {
    fn update(&self, unit: usize, source: &str) -> Outcome<i64> {
        let mut patch = Map::new();
        patch.insert("source".into(), json!(source));
        let edit = Edit::UpdateUnit(UpdateUnit { id: self.units[unit].clone(), seen: Precondition::Any, patch });
        self.planner.edit(&self.viewer, edit).map(|done| done.revision)
    }

    /// Memory and file agree, and stand at this revision.
    fn must_stand_at(&self, revision: i64) {
        let city = self.planner.city();
        assert_eq!((city.revision, self.store.info().unwrap().revision), (revision, revision));
        let on_disk = load::table(&self.store.inner, LayerId::Unit).unwrap();
        let in_memory = city.table(LayerId::Unit);
        assert!((0..on_disk.len()).all(|row| on_disk.row(row) == in_memory.row(row)), "{}", self.path.display());
    }
}

#[test]
fn a_full_disk_a_panic_and_another_writer_are_told_and_the_next_edit_goes_through() {
    let stage = stage();
    let first = stage.update(0, "a").unwrap();
    for (mood, code) in [(FULL, "disk_full"), (PANIC, "panic"), (CONFLICT, "changed_outside")] {
        stage.store.mood.store(mood, Ordering::SeqCst);
        assert_eq!(stage.update(1, "b").unwrap_err().code, code);
        stage.must_stand_at(first);
    }
    stage.store.mood.store(WELL, Ordering::SeqCst);
    assert_eq!(stage.update(1, "b").unwrap(), first + 1);
    stage.must_stand_at(first + 1);
}

#[test]
fn who_waits_for_another_program_together_is_told_together() {
    let stage = stage();
    let first = stage.planner.city().revision;
    stage.store.mood.store(HELD, Ordering::SeqCst);
    let (writers, start) = (12, Barrier::new(12));
    std::thread::scope(|scope| {
        for writer in 0..writers {
            let (stage, start) = (&stage, &start);
            scope.spawn(move || {
                start.wait();
                assert_eq!(stage.update(writer % stage.units.len(), "held").unwrap_err().code, "city_busy");
            });
        }
    });
    // The first that come may go alone; those who came meanwhile wait once for all of them.
    assert!(stage.store.commits.load(Ordering::SeqCst) <= 4, "{:?}", stage.store.commits);
    stage.store.mood.store(WELL, Ordering::SeqCst);
    assert_eq!(stage.update(0, "after").unwrap(), first + 1);
    stage.must_stand_at(first + 1);
}

#[test]
fn a_cell_has_one_zero_in_memory_and_in_the_file() {
    let stage = stage();
    let patch = json!({ "rent_yuan_m2_month": -0.0 }).as_object().unwrap().clone();
    stage.planner.edit(&stage.viewer, Edit::UpdateUnit(UpdateUnit { id: stage.units[0].clone(), seen: Precondition::Any, patch })).unwrap();
    let of = |table: &parkplan::city::Table| {
        let row = table.row_of(&stage.units[0]).unwrap();
        table.number(row, "rent_yuan_m2_month").unwrap().to_bits()
    };
    let on_disk = load::table(&stage.store.inner, LayerId::Unit).unwrap();
    assert_eq!((of(stage.planner.city().table(LayerId::Unit)), of(&on_disk)), (0, 0));
}

#[test]
fn writers_at_once_share_commits_and_each_gets_a_revision_of_its_own() {
    let stage = stage();
    let first = stage.planner.city().revision;
    let (writers, rounds) = (24, 6);
    let start = Barrier::new(writers);
    let mut revisions: Vec<i64> = std::thread::scope(|scope| {
        let work = |writer: usize| {
            let (stage, start) = (&stage, &start);
            scope.spawn(move || {
                start.wait();
                (0..rounds).map(|round| stage.update(writer % stage.units.len(), &format!("w{writer} r{round}")).unwrap()).collect::<Vec<_>>()
            })
        };
        let threads: Vec<_> = (0..writers).map(work).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    revisions.sort_unstable();
    let all: Vec<i64> = (1..=(writers * rounds) as i64).map(|step| first + step).collect();
    assert_eq!(revisions, all, "every edit has its own revision");
    assert!(stage.store.commits.load(Ordering::SeqCst) < writers * rounds, "edits that came together were committed together");
    stage.must_stand_at(first + all.len() as i64);
    let log = stage.store.changes(&ChangeQuery { since: first, limit: 1000, ..ChangeQuery::default() }).unwrap();
    assert_eq!(log.len(), all.len(), "each is in the log");
}

#[test]
fn one_edit_that_the_store_refuses_does_not_take_the_others_with_it() {
    let stage = stage();
    let first = stage.planner.city().revision;
    stage.store.mood.store(PICKY, Ordering::SeqCst);
    let start = Barrier::new(8);
    let answers: Vec<(bool, Outcome<i64>)> = std::thread::scope(|scope| {
        let work = |writer: usize| {
            let (stage, start) = (&stage, &start);
            scope.spawn(move || {
                start.wait();
                (writer == 3, stage.update(writer % stage.units.len(), if writer == 3 { "bad" } else { "good" }))
            })
        };
        let threads: Vec<_> = (0..8).map(work).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (bad, answer) in answers {
        assert_eq!(answer.is_err(), bad, "{answer:?}");
    }
    stage.must_stand_at(first + 7);
}

#[test]
fn a_city_opened_for_reading_takes_no_edit() {
    let (_folder, path) = own_city();
    let planner = Planner::open_reading(&path).unwrap();
    let edit = Edit::UpdateUnit(UpdateUnit { id: "x".into(), seen: Precondition::Any, patch: Map::new() });
    assert_eq!(planner.edit(&Viewer::local(), edit).unwrap_err().code, "read_only");
}
