//! All or nothing, and in order.

use super::*;
use parkplan::domain::FaultKind;
use parkplan::store::CommitError;
use std::time::{Duration, Instant};

fn kept<'a>(revision: i64, author: &'a Author, changes: &'a [RowChange], log: &'a [LogEntry]) -> Kept<'a> {
    Kept { revision, author, changes, log }
}

fn failed(answer: Result<(), CommitError>) -> parkplan::domain::Fault {
    match answer {
        Err(CommitError::Failed(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

/// Everything that a refused commit must leave alone.
fn state(store: &dyn CityStore) -> (Vec<Vec<LoadedRow>>, i64, usize) {
    (city_of(store), store.info().unwrap().revision, log::all(store).len())
}

#[test]
fn a_commit_moves_the_revision_by_the_number_of_its_edits() {
    on_every_store(|store, _| {
        let one = |fid| [insert(LayerId::Park, fid, full_row(LayerId::Park.layer(), fid))];
        let (a, b, c) = (one(1), one(2), one(3));
        let (mine, other) = (author("a"), author("b"));
        store.commit(0, &[kept(1, &mine, &a, &[entry("1")]), kept(2, &other, &b, &[]), kept(3, &mine, &c, &[])]).unwrap();
        assert_eq!(store.info().unwrap().revision, 3);
        store.commit(3, &[]).unwrap();
        assert_eq!(store.info().unwrap().revision, 3);
        assert_eq!(rows_of(store, LayerId::Park).len(), 3);
    });
}

#[test]
fn a_commit_on_another_base_is_a_conflict_and_writes_nothing() {
    on_every_store(|store, _| {
        commit(store, &[insert(LayerId::Park, 1, full_row(LayerId::Park.layer(), 1))]);
        let before = state(store);
        let (author, more) = (author("a"), [insert(LayerId::Park, 2, full_row(LayerId::Park.layer(), 2))]);
        for base in [0, 2, 99] {
            match store.commit(base, &[kept(base + 1, &author, &more, &[entry("x")])]) {
                Err(CommitError::Conflict { head: 1 }) => {}
                other => panic!("{other:?}"),
            }
        }
        failed(store.commit(1, &[kept(3, &author, &more, &[])]));
        assert_eq!(state(store), before);
        store.commit(1, &[kept(2, &author, &more, &[])]).unwrap();
    });
}

#[test]
fn a_refused_edit_takes_the_whole_commit_with_it_and_leaves_the_store_usable() {
    on_every_store(|store, _| {
        let layer = LayerId::Building;
        let row = |number| full_row(layer.layer(), number);
        commit(store, &[insert(layer, 1, row(1)), insert(layer, 2, row(2))]);
        let before = state(store);
        let author = author("a");
        let good = [insert(layer, 3, row(3))];
        let mut nameless = row(5);
        nameless.set(layer.layer(), "code", Value::Null);
        let mut narrow = row(6);
        narrow.values.pop();
        let mut homeless = full_row(LayerId::Floor.layer(), 1);
        homeless.set(LayerId::Floor.layer(), "building", "nowhere");
        let mut changed = row(2);
        changed.set(layer.layer(), "name", "另一个");
        // Another cell than the changed one is not as the change supposes: somebody wrote it past this program.
        let mut elsewhere = row(2);
        elsewhere.set(layer.layer(), "structure", "从未如此");
        let mut elsewhere_changed = elsewhere.clone();
        elsewhere_changed.set(layer.layer(), "name", "另一个");
        let mut stale = row(2);
        stale.set(layer.layer(), "name", "从未如此");
        let update = |fid, before: &Row, after: &Row| RowChange::Update { layer, fid, before: before.clone(), after: after.clone() };
        let bad: [(&str, RowChange); 9] = [
            ("constraint", insert(layer, 4, row(1))),
            ("constraint", insert(layer, 1, row(4))),
            ("constraint", insert(layer, 4, nameless)),
            ("constraint", insert(LayerId::Floor, 1, homeless)),
            ("row_width", insert(layer, 4, narrow)),
            ("row_differs", update(77, &row(2), &changed)),
            ("row_differs", update(2, &stale, &changed)),
            ("row_differs", update(2, &elsewhere, &elsewhere_changed)),
            ("row_differs", RowChange::Remove { layer, fid: 77, row: row(2) }),
        ];
        for (code, change) in bad {
            let change = [change];
            let fault = failed(store.commit(1, &[kept(2, &author, &good, &[entry("g")]), kept(3, &author, &change, &[entry("b")])]));
            assert_eq!(fault.code, code, "{fault:?}");
            if code == "constraint" {
                assert_eq!(fault.kind, FaultKind::Unprocessable);
            }
            assert_eq!(state(store), before, "{code}");
        }
        store.commit(1, &[kept(2, &author, &good, &[entry("g")])]).unwrap();
        assert_eq!(rows_of(store, layer).len(), 3);
    });
}

#[test]
fn two_that_commit_at_once_do_not_lose_each_other_s_work() {
    on_every_store(|store, _| {
        let conflicts = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for half in 0..2 {
                let conflicts = &conflicts;
                scope.spawn(move || {
                    for step in 0..25 {
                        let fid = 1 + half * 25 + step;
                        let change = [insert(LayerId::Firm, fid, full_row(LayerId::Firm.layer(), fid))];
                        let who = author("x");
                        loop {
                            let base = store.info().unwrap().revision;
                            match store.commit(base, &[kept(base + 1, &who, &change, &[entry(&fid.to_string())])]) {
                                Ok(()) => break,
                                Err(CommitError::Conflict { .. }) => conflicts.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                                Err(CommitError::Failed(fault)) => panic!("{fault}"),
                            };
                        }
                    }
                });
            }
        });
        assert_eq!((rows_of(store, LayerId::Firm).len(), store.info().unwrap().revision), (50, 50));
        log::check_chain(&log::all(store));
    });
}

/// A figure, with a bound that only a mistake in kind would miss: `--nocapture` prints it.
#[test]
fn a_commit_of_sixty_four_updates_costs_milliseconds() {
    on_every_store(|store, _| {
        let layer = LayerId::Unit;
        let building = insert(LayerId::Building, 1, full_row(LayerId::Building.layer(), 1));
        let units = (1..=5_000).map(|fid| insert(layer, fid, full_row(layer.layer(), fid)));
        commit(store, &std::iter::once(building).chain(units).collect::<Vec<_>>());
        let (who, area) = (author("a"), layer.layer().column_index("area_m2").unwrap());
        let mut spent = Vec::new();
        for round in 0..40 {
            let edits: Vec<(RowChange, LogEntry)> = (1..=64)
                .map(|fid| {
                    let (mut before, mut after) = (full_row(layer.layer(), fid), full_row(layer.layer(), fid));
                    if round > 0 {
                        before.values[area] = f64::from(round - 1).into();
                    }
                    after.values[area] = f64::from(round).into();
                    let states = |row: &Row| serde_json::json!({ "values": row.values.iter().map(|value| value.to_json(false)).collect::<Vec<_>>() });
                    let entry = LogEntry { before: states(&before), after: states(&after), ..entry(&fid.to_string()) };
                    (RowChange::Update { layer, fid, before, after }, entry)
                })
                .collect();
            let base = store.info().unwrap().revision;
            let batch: Vec<Kept<'_>> = edits
                .iter()
                .enumerate()
                .map(|(at, (change, entry))| kept(base + 1 + at as i64, &who, std::slice::from_ref(change), std::slice::from_ref(entry)))
                .collect();
            let start = Instant::now();
            store.commit(base, &batch).unwrap();
            spent.push(start.elapsed());
        }
        spent.sort();
        println!("64 updates with their entries, flushed: median {:?}, least {:?}, most {:?}", spent[20], spent[0], spent[39]);
        assert!(spent[20] < Duration::from_millis(500), "{spent:?}");
        log::check_chain(&log::all(store));
    });
}
