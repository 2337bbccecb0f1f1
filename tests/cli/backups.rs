//! Copies of a city: whole under load, checked before they are trusted, and what is left of a file that was only copied.

use crate::support::{Client, OPERATOR, OWN_PARK, Server, must, own_city, parkplan, path, refused};
use parkplan::domain::{ChangeQuery, LayerId, Row, dictionary};
use parkplan::service::Planner;
use parkplan::store::CityStore;
use parkplan::store::geopackage::GeoPackage;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const WRITERS: usize = 64;

fn json_of(args: &[&str]) -> Value {
    serde_json::from_str(&must(&[&["--json"], args].concat())).expect("JSON")
}

fn units(city: &Path) -> BTreeMap<String, Row> {
    let city = Planner::open_reading(city).unwrap().city();
    let table = city.table(LayerId::Unit);
    (0..table.len()).map(|row| (table.key(row).to_owned(), table.row(row))).collect()
}

/// As the file has it, private fields and all.
fn log(city: &Path) -> Vec<parkplan::domain::Change> {
    GeoPackage::open_reading(city).unwrap().changes(&ChangeQuery { limit: usize::MAX >> 1, ..ChangeQuery::default() }).unwrap()
}

#[test]
fn a_backup_under_sixty_four_writers_is_the_city_at_its_revision() {
    let (folder, city) = own_city();
    let mut server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let listed = operator.get(&format!("/units?park={OWN_PARK}&limit={WRITERS}")).json();
    let ids: Vec<String> = listed["units"].as_array().unwrap().iter().map(|unit| unit["id"].as_str().unwrap().to_owned()).collect();
    assert!(ids.len() > 20);
    let (stop, written) = (AtomicBool::new(false), AtomicUsize::new(0));
    let names = ["one.gpkg", "two.gpkg", "three.gpkg"];
    let backups: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
    let made: Vec<Value> = std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (operator, ids, stop, written) = (&operator, &ids, &stop, &written);
            scope.spawn(move || {
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let body = json!({ "note": format!("{writer}-{round}") }).to_string();
                    let answer = operator.send("PATCH", &format!("/units/{}", ids[writer % ids.len()]), &[("if-match", "*")], &body);
                    written.fetch_add(usize::from(answer.status == 200), Ordering::Relaxed);
                }
            });
        }
        while written.load(Ordering::Relaxed) < 200 {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let made = backups.iter().map(|backup| json_of(&["backup", path(&city), "--out", path(backup)])).collect();
        stop.store(true, Ordering::Relaxed);
        made
    });
    server.end();
    let (whole, entries) = (units(&city), log(&city));
    assert!(written.load(Ordering::Relaxed) <= entries.len());
    for (backup, made) in backups.iter().zip(&made) {
        let verdict = json_of(&["audit", "verify", path(backup)]);
        assert_eq!((&verdict["fault"], &verdict["head"]), (&Value::Null, &made["head"]));
        // The source's log goes on from the backup's head.
        let (seq, revision) = (made["head"]["seq"].as_i64().unwrap(), made["revision"].as_i64().unwrap());
        assert_eq!(entries.iter().find(|entry| entry.seq == seq).unwrap().hash, made["head"]["hash"].as_str().unwrap());
        assert_eq!(json_of(&["audit", "verify", path(&city), "--head", made["head"]["hash"].as_str().unwrap()])["fault"], Value::Null);
        // The source with every later change taken back is what the backup holds.
        let mut then = whole.clone();
        for entry in entries.iter().filter(|entry| entry.revision > revision) {
            let before = Row::from_json(LayerId::Unit.layer(), &entry.before).unwrap();
            let row = then.get_mut(&entry.id).unwrap();
            let (note, counted) = ("note", "revision");
            for column in [note, counted] {
                let at = LayerId::Unit.layer().column_index(column).unwrap();
                row.values[at] = before.values[at].clone();
            }
        }
        assert!(then == units(backup), "revision {revision}");
        assert!(!backup.with_extension("gpkg-wal").exists(), "one plain file");
    }
}

#[test]
fn a_backup_becomes_a_city_again_and_never_over_another_without_being_told() {
    let (folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let unit = operator.get(&format!("/units?park={OWN_PARK}&limit=1")).json()["units"][0]["id"].as_str().unwrap().to_owned();
    let note = |text: &str| {
        let answer = operator.send("PATCH", &format!("/units/{unit}"), &[("if-match", "*")], &json!({ "note": text }).to_string());
        assert_eq!(answer.status, 200);
    };
    note("before");
    let (backup, other) = (folder.path().join("b.gpkg"), folder.path().join("other.gpkg"));
    let made = json_of(&["backup", path(&city), "--out", path(&backup)]);
    note("after");
    let head = made["head"]["hash"].as_str().unwrap();
    let restored = json_of(&["restore", path(&backup), "--out", path(&other), "--head", head]);
    assert_eq!((&restored["revision"], &restored["head"]), (&made["revision"], &made["head"]));
    let noted = |city: &Path| units(city)[&unit].text(parkplan::domain::columns::unit::NOTE).map(str::to_owned);
    assert_eq!(noted(&other).as_deref(), Some("before"));
    // Not over a city that is there, not over one that is served, and not with another's head.
    assert_eq!(refused(&["restore", path(&backup), "--out", path(&other)])["code"], "file_exists");
    assert_eq!(refused(&["restore", path(&backup), "--out", path(&city), "--force"])["code"], "city_held");
    assert_eq!(refused(&["restore", path(&backup), "--out", path(&folder.path().join("no.gpkg")), "--head", &"ab".repeat(32)])["code"], "log_broken");
    assert_eq!(refused(&["backup", path(&city), "--out", path(&city), "--force"])["code"], "output_is_input");
    assert_eq!(refused(&["backup", path(&city), "--out", path(&backup)])["code"], "file_exists");
    // Accounts come along, sessions do not.
    drop(server);
    must(&["restore", path(&backup), "--out", path(&city), "--force", "--quiet"]);
    assert_eq!(noted(&city).as_deref(), Some("before"));
    let again = Server::start(&city);
    let cookie = operator.cookie().unwrap().to_owned();
    let who = Client::guest(&again).get_with("/session", &[("cookie", &cookie)]);
    assert!(who.status != 200 || who.json()["account"].is_null(), "{}", String::from_utf8_lossy(&who.bytes));
    Client::signed_in(&again, OPERATOR);
}

#[test]
fn a_damaged_backup_is_refused_and_says_where() {
    let (folder, city) = own_city();
    let backup = folder.path().join("b.gpkg");
    must(&["backup", path(&city), "--out", path(&backup), "--quiet"]);
    let out = folder.path().join("out.gpkg");
    let mut bytes = std::fs::read(&backup).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 40_000].fill(0x5a);
    let torn = folder.path().join("torn.gpkg");
    std::fs::write(&torn, &bytes).unwrap();
    let fault = refused(&["restore", path(&torn), "--out", path(&out)]);
    assert!(["city_damaged", "city_unreadable"].contains(&fault["code"].as_str().unwrap()), "{fault}");
    std::fs::write(&torn, b"SQLite format 3\0 and no more").unwrap();
    refused(&["restore", path(&torn), "--out", path(&out)]);
    assert!(!out.exists());
}

#[test]
fn a_plain_copy_of_a_city_at_rest_misses_nothing() {
    let (folder, city) = own_city();
    let mut server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let unit = operator.get(&format!("/units?park={OWN_PARK}&limit=1")).json()["units"][0]["id"].as_str().unwrap().to_owned();
    let answer = operator.send("PATCH", &format!("/units/{unit}"), &[("if-match", "*")], &json!({ "note": "answered" }).to_string());
    assert_eq!(answer.status, 200);
    let copy = folder.path().join("copy.gpkg");
    let missed = (0..100).all(|_| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        std::fs::copy(&city, &copy).unwrap();
        units(&copy)[&unit].text(parkplan::domain::columns::unit::NOTE) != Some("answered")
    });
    assert!(!missed, "twenty seconds of rest");
    server.kill();
}

/// The file as the first release wrote it; see `tests/store/older/README.md`.
#[test]
fn a_file_of_an_earlier_program_is_kept_before_it_is_changed_and_then_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let city = folder.path().join("old.gpkg");
    let packed = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/store/older/schema-4.gpkg.zip")).unwrap();
    let mut archive = zip::ZipArchive::new(packed).unwrap();
    std::io::copy(&mut archive.by_index(0).unwrap(), &mut std::fs::File::create(&city).unwrap()).unwrap();
    let told = |city: &Path| {
        let info = json_of(&["info", path(city)]);
        let of = |name: &str| info[name].clone();
        let layers: BTreeMap<String, Value> =
            info["layers"].as_array().unwrap().iter().map(|layer| (layer["layer"].to_string(), layer["rows"].clone())).collect();
        (of("name"), of("crs"), of("revision"), of("bbox"), layers)
    };
    let before = told(&city);
    assert_eq!(before.4[&"\"parcel\"".to_owned()], 60);
    let log_before = log(&city);
    assert_eq!(log_before.len(), 4);
    // As a program before this one left it: one step back, and without a column that the dictionary has gained.
    let older = rusqlite::Connection::open(&city).unwrap();
    older.execute_batch("UPDATE parkplan_meta SET value = '3' WHERE key = 'schema'; ALTER TABLE road DROP COLUMN width_m;").unwrap();
    drop(older);
    let bytes = std::fs::read(&city).unwrap();
    let grown = Planner::open(&city, "the test").unwrap();
    assert_eq!(grown.city().revision, before.2.as_i64().unwrap());
    drop(grown);
    assert_eq!(told(&city), before);
    let hashes = |log: &[parkplan::domain::Change]| log.iter().map(|entry| entry.hash.clone()).collect::<Vec<_>>();
    assert_eq!(hashes(&log(&city)), hashes(&log_before));
    assert_eq!(json_of(&["audit", "verify", path(&city)])["fault"], Value::Null);
    let kept = folder.path().join(format!("old.before-upgrade-r{}.gpkg", before.2));
    let held = |path: &Path| -> (String, i64) {
        let file = rusqlite::Connection::open(path).unwrap();
        let has = "SELECT count(*) FROM pragma_table_info('road') WHERE name = 'width_m'";
        (
            file.query_row("SELECT value FROM parkplan_meta WHERE key = 'schema'", [], |row| row.get(0)).unwrap(),
            file.query_row(has, [], |row| row.get(0)).unwrap(),
        )
    };
    assert_eq!((held(&kept).1, held(&city).1), (0, 1));
    assert_eq!(held(&kept).0, "3");
    assert_eq!(std::fs::metadata(&kept).unwrap().len(), bytes.len() as u64);
    for layer in &dictionary().layers {
        assert!(rusqlite::Connection::open(&city).unwrap().prepare(&format!("SELECT * FROM \"{}\"", layer.name)).is_ok());
    }
    // Opened again, nothing is to be done: no second copy.
    drop(Planner::open(&city, "the test").unwrap());
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().flatten().filter(|entry| entry.file_name().to_string_lossy().contains("before-upgrade")).count(),
        1
    );
}

#[test]
fn a_file_of_a_later_program_is_not_touched() {
    let (_folder, city) = own_city();
    let file = rusqlite::Connection::open(&city).unwrap();
    file.execute_batch("UPDATE parkplan_meta SET value = '900' WHERE key = 'schema'").unwrap();
    drop(file);
    let fault = refused(&["serve", path(&city), "--listen", "127.0.0.1:0"]);
    assert_eq!(fault["code"], "city_newer", "{fault}");
    assert!(parkplan(&["info", path(&city)]).status.success(), "reading goes on");
}
