//! The change log: newest first, with a hash chain that anybody can compute again.

use super::*;
use parkplan::domain::run::sha256_hex;
use parkplan::domain::{Change, ChangeQuery};

pub fn all(store: &dyn CityStore) -> Vec<Change> {
    store.changes(&ChangeQuery { limit: usize::MAX >> 1, ..ChangeQuery::default() }).unwrap()
}

/// The log of `changes` (newest first) must be in order of revisions.
pub fn check_chain(changes: &[Change]) {
    assert!(changes.is_sorted_by(|a, b| a.revision >= b.revision));
}

/// JSON with sorted members and no spaces, written here once more, so that the store's way is not measured by itself.
fn sorted(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => {
            let sorted_members: std::collections::BTreeMap<_, _> = members.iter().collect();
            let body: Vec<String> =
                sorted_members.into_iter().map(|(name, member)| format!("{}:{}", serde_json::to_string(name).unwrap(), sorted(member))).collect();
            format!("{{{}}}", body.join(","))
        }
        serde_json::Value::Array(items) => format!("[{}]", items.iter().map(sorted).collect::<Vec<_>>().join(",")),
        other => serde_json::to_string(other).unwrap(),
    }
}

#[test]
fn entries_come_newest_first_by_revision_collection_and_row() {
    on_every_store(|store, _| {
        let (first, second) = (author("甲"), author("乙"));
        let (one, two) = ([entry("u1"), entry("u2")], [entry("u1")]);
        store
            .commit(
                0,
                &[Kept { revision: 1, author: &first, changes: &[], log: &one }, Kept { revision: 2, author: &second, changes: &[], log: &two }],
            )
            .unwrap();
        let ids = |query: &ChangeQuery| -> Vec<(i64, String, String)> {
            store.changes(query).unwrap().into_iter().map(|change| (change.revision, change.id, change.by)).collect()
        };
        let row = |revision, id: &str, by: &str| (revision, id.to_owned(), by.to_owned());
        let query = ChangeQuery { limit: 10, ..ChangeQuery::default() };
        assert_eq!(ids(&query), [row(2, "u1", "乙"), row(1, "u2", "甲"), row(1, "u1", "甲")]);
        assert_eq!(ids(&ChangeQuery { since: 1, ..query.clone() }), [row(2, "u1", "乙")]);
        assert_eq!(ids(&ChangeQuery { id: Some("u2".to_owned()), ..query.clone() }), [row(1, "u2", "甲")]);
        assert_eq!(ids(&ChangeQuery { collection: Some("parcel".to_owned()), ..query.clone() }), []);
        assert_eq!(ids(&ChangeQuery { limit: 1, ..query.clone() }), [row(2, "u1", "乙")]);
        assert_eq!(ids(&ChangeQuery { limit: 1, until: Some(1), ..query }), [row(1, "u2", "甲")], "the newest up to a revision");
        let change = &all(store)[0];
        assert_eq!((change.at.as_str(), change.source.as_str()), ("2026-09-01T08:00:00.123Z", "试验 \"x\""));
        assert_eq!((&change.before, &change.after), (&entry("u1").before, &entry("u1").after));
    });
}

/// The chain as it lies in the file, computed anew from the texts alone: what the file of yesterday has must stay true tomorrow.
#[test]
fn the_hash_chain_of_a_geopackage_can_be_computed_by_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let store = geopackage(folder.path());
    for round in 0..5 {
        let base = store.info().unwrap().revision;
        let who = author(&format!("用户{round}"));
        let entries: Vec<LogEntry> = (0..=round).map(|at| entry(&format!("u{at}"))).collect();
        store.commit(base, &[Kept { revision: base + 1, author: &who, changes: &[], log: &entries }]).unwrap();
    }
    drop(store);
    let connection = rusqlite::Connection::open(city_in(folder.path())).unwrap();
    let mut statement = connection
        .prepare("SELECT seq, revision, at, account, collection, id, action, before, after, source, prev, hash FROM change_log ORDER BY seq")
        .unwrap();
    let mut prev = "0".repeat(64);
    let mut count = 0;
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        count += 1;
        let text = |at: usize| -> String { row.get(at).unwrap() };
        let (seq, revision): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        assert_eq!((seq, text(10)), (count, prev.clone()));
        let body = serde_json::json!({
            "seq": seq, "revision": revision, "at": text(2), "account": text(3), "collection": text(4), "id": text(5),
            "action": text(6), "before": text(7), "after": text(8), "source": text(9),
        });
        prev = sha256_hex(format!("{prev}\n{}", sorted(&body)).as_bytes());
        assert_eq!(text(11), prev);
        assert_eq!(text(8), sorted(&serde_json::from_str(&text(8)).unwrap()));
    }
    assert_eq!(count, 15);
}
