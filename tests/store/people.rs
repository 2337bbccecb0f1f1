//! Accounts and sessions: no edits of the city, and no revision moves for them.

use super::*;
use parkplan::domain::{Account, Role};
use parkplan::store::geopackage::GeoPackage;

fn somebody(account: &str, role: Role) -> Account {
    Account { account: account.to_owned(), name: "王 \"五\"".to_owned(), role, parks: vec!["BA-03".to_owned(), "甲".to_owned()], disabled: false }
}

#[test]
fn an_account_is_kept_with_its_parks_and_its_hash() {
    on_every_store(|store, _| {
        let operator = somebody("w5", Role::Operator);
        store.put_account(&operator, Some("$argon2id$1")).unwrap();
        store.put_account(&somebody("a1", Role::Admin), Some("$argon2id$2")).unwrap();
        assert_eq!(store.account("w5").unwrap(), Some((operator.clone(), "$argon2id$1".to_owned())));
        assert_eq!(store.account("nobody").unwrap(), None);
        let renamed = Account { name: "赵六".to_owned(), role: Role::Planner, parks: Vec::new(), ..operator };
        store.put_account(&renamed, None).unwrap();
        assert_eq!(store.account("w5").unwrap(), Some((renamed.clone(), "$argon2id$1".to_owned())));
        assert_eq!(store.accounts().unwrap(), [somebody("a1", Role::Admin), renamed]);
        assert_eq!(store.info().unwrap().revision, 0);
        assert_eq!(store.outside(0).unwrap(), None);
    });
}

#[test]
fn a_session_ends_when_it_expires_is_dropped_or_its_person_is_disabled_or_has_a_new_password() {
    on_every_store(|store, _| {
        let far = 4_000_000_000;
        let person = somebody("w5", Role::Operator);
        store.put_account(&person, Some("h")).unwrap();
        let known = |token: &str, now: i64| store.session(token, now).unwrap().map(|account| account.account);
        for token in ["t1", "t2"] {
            store.put_session(token, "w5", far).unwrap();
        }
        assert_eq!((known("t1", far - 1).as_deref(), known("t1", far), known("t9", 0)), (Some("w5"), None, None));
        store.drop_session("t1").unwrap();
        assert_eq!((known("t1", 0), known("t2", 0).as_deref()), (None, Some("w5")));
        store.put_account(&person, None).unwrap();
        assert_eq!(known("t2", 0).as_deref(), Some("w5"));
        store.put_account(&person, Some("new")).unwrap();
        assert_eq!(known("t2", 0), None);
        store.put_session("t3", "w5", far).unwrap();
        store.put_account(&Account { disabled: true, ..person.clone() }, None).unwrap();
        assert_eq!(known("t3", 0), None);
        store.put_account(&person, None).unwrap();
        assert_eq!(known("t3", 0), None, "a session that was ended must not come back");
        assert!(store.put_session("t4", "nobody", far).is_err());
    });
}

#[test]
fn signing_in_does_not_wait_in_the_queue_of_commits() {
    on_every_store(|store, _| {
        store.put_account(&somebody("w5", Role::Operator), Some("h")).unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for fid in 1..=60 {
                    commit(store, &[insert(LayerId::Firm, fid, full_row(LayerId::Firm.layer(), fid))]);
                }
            });
            for round in 0..60 {
                store.put_session(&format!("t{round}"), "w5", 4_000_000_000).unwrap();
                assert!(store.session(&format!("t{round}"), 0).unwrap().is_some());
            }
        });
        assert_eq!((rows_of(store, LayerId::Firm).len(), store.info().unwrap().revision), (60, 60));
        assert_eq!(store.outside(60).unwrap(), None);
    });
}

#[test]
fn accounts_are_written_while_another_process_holds_the_city() {
    let folder = tempfile::tempdir().unwrap();
    let held = geopackage(folder.path());
    let beside = GeoPackage::open_accounts(&city_in(folder.path())).unwrap();
    beside.put_account(&somebody("w5", Role::Operator), Some("h")).unwrap();
    assert!(held.account("w5").unwrap().is_some());
    held.put_session("t", "w5", 4_000_000_000).unwrap();
    beside.put_account(&Account { disabled: true, ..somebody("w5", Role::Operator) }, None).unwrap();
    assert_eq!(held.session("t", 0).unwrap(), None);
    std::thread::sleep(std::time::Duration::from_millis(60));
    assert_eq!(held.outside(0).unwrap(), None);
    let who = author("a");
    assert!(beside.commit(0, &[Kept { revision: 1, author: &who, changes: &[], log: &[] }]).is_err());
}
