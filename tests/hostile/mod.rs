//! Files that somebody made to do harm: the answer to each, its time and memory, the city as it was, nothing outside touched, and a server
//! that goes on answering meanwhile.

mod archives;
mod behind_the_fence;
mod ends;
mod files;
mod runs;

use crate::support::{Client, OPERATOR, OWN_PARK, PARKPLAN, Server, must, own_city, path};
use serde_json::Value;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Without optimisation reading takes several times as long.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 40 } else { 10 });
const MOST_KIB: u64 = 512 << 10;

#[test]
fn every_hostile_file_gets_its_answer_and_touches_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let made = files::make(folder.path());
    assert!(made.all.len() >= 30, "{} files", made.all.len());
    let home = tempfile::tempdir().expect("folder");
    let (city, scratch, outside) = (home.path().join("city.gpkg"), home.path().join("tmp"), home.path().join("outside"));
    for new in [&scratch, &outside] {
        std::fs::create_dir(new).expect("folder");
    }
    std::fs::write(outside.join("secret"), "as it was").expect("write");
    must(&["new", path(&city), "--crs", "EPSG:4547"]);
    let (before, others) = (std::fs::read(&city).expect("city"), runs::contents(folder.path()));
    let mut wrong = Vec::new();
    let (mut slowest, mut largest) = ((Duration::ZERO, String::new()), (0, String::new()));
    for hostile in &made.all {
        let name = hostile.path.file_name().expect("name").to_string_lossy().into_owned();
        let mut import = Command::new(PARKPLAN);
        import.args(["--json", "--no-progress", "import", path(&city), "--layer", "parcel"]).arg(&hostile.path);
        let run = runs::watched(import.current_dir(&outside).env("TMPDIR", &scratch).env("HOME", &outside));
        let fault: Value =
            run.said.lines().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_else(|| serde_json::from_str(&run.said).unwrap_or_default());
        let code = fault["code"].as_str().unwrap_or_default().to_owned();
        println!(
            "{name:28} {code:24} {:6.2} s {:5} MiB  {}",
            run.took.as_secs_f64(),
            run.peak_kib >> 10,
            fault["detail"].as_str().unwrap_or_default()
        );
        if run.code != Some(1) || !hostile.codes.contains(&code.as_str()) {
            wrong.push(format!("{name}: {:?} {code}, not {:?}: {}", run.code, hostile.codes, run.said));
        }
        if code == "limit_exceeded" && !fault["detail"].as_str().unwrap_or_default().chars().any(|letter| letter.is_ascii_digit()) {
            wrong.push(format!("{name}: a limit without its number: {}", run.said));
        }
        if run.took > LONGEST || run.peak_kib > MOST_KIB {
            wrong.push(format!("{name}: {:?}, {} KiB", run.took, run.peak_kib));
        }
        if run.said.contains('\u{1b}') {
            wrong.push(format!("{name}: it writes to the terminal"));
        }
        if std::fs::read_dir(&scratch).expect("scratch").count() > 0 {
            wrong.push(format!("{name}: its copy is left"));
            std::fs::remove_dir_all(&scratch).and_then(|()| std::fs::create_dir(&scratch)).expect("anew");
        }
        slowest = slowest.max((run.took, name.clone()));
        largest = largest.max((run.peak_kib, name));
    }
    println!("{} files; slowest {:?}, largest {} MiB ({})", made.all.len(), slowest, largest.0 >> 10, largest.1);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(std::fs::read(&city).expect("city") == before, "the city was changed");
    assert_eq!(runs::contents(folder.path()), others, "an input was changed");
    assert_eq!(std::fs::read_dir(&outside).expect("outside").count(), 1);
    assert_eq!(std::fs::read_to_string(outside.join("secret")).expect("secret"), "as it was");
}

#[test]
fn addresses_and_virtual_paths_are_refused_as_names() {
    let home = tempfile::tempdir().expect("folder");
    let city = home.path().join("city.gpkg");
    must(&["new", path(&city), "--crs", "EPSG:4547"]);
    for name in [
        "/vsicurl/http://127.0.0.1:9/a.geojson",
        "/vsizip/a.zip/b.shp",
        "/vsistdin/",
        "https://127.0.0.1:9/a.shp",
        "<OGRVRTDataSource/>",
        "{\"type\":\"Topology\"}",
    ] {
        let fault = crate::support::refused(&["import", path(&city), "--layer", "parcel", name]);
        assert_eq!(fault["code"], "path_refused", "{name}: {fault}");
    }
}

#[test]
fn a_server_that_is_sent_hostile_tables_goes_on_answering() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let client = Client::signed_in(&server, OPERATOR);
    let stop = AtomicBool::new(false);
    let tables: Vec<(&str, Vec<u8>)> = archives::all().into_iter().map(|(name, bytes, _)| (name, bytes)).collect();
    let mut csv = format!("code,name\nA,{}", "x".repeat(12 << 20)).into_bytes();
    csv.push(b'"');
    std::thread::scope(|scope| {
        let slowest = scope.spawn(|| {
            let guest = Client::guest(&server);
            let mut slowest = Duration::ZERO;
            while !stop.load(Ordering::Relaxed) {
                let begin = Instant::now();
                assert_eq!(guest.get("/collections/park/items?limit=1").status, 200);
                slowest = slowest.max(begin.elapsed());
                std::thread::sleep(Duration::from_millis(20));
            }
            slowest
        });
        for (name, bytes) in tables.iter().map(|(name, bytes)| (*name, bytes.as_slice())).chain([("long.csv", csv.as_slice())]) {
            let begin = Instant::now();
            let kind = if bytes.starts_with(b"PK") { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" } else { "text/csv" };
            let answer = client.upload(&format!("/parks/{OWN_PARK}/occupancy/import?dry_run=true&name=table"), kind, bytes);
            assert!((400..500).contains(&answer.status), "{name}: {} {}", answer.status, String::from_utf8_lossy(&answer.bytes));
            assert!(begin.elapsed() < LONGEST, "{name}: {:?}", begin.elapsed());
        }
        stop.store(true, Ordering::Relaxed);
        let slowest = slowest.join().expect("answers");
        println!("slowest answer meanwhile: {slowest:?}");
        assert!(slowest < Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 }), "{slowest:?}");
    });
}
