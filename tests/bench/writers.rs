//! Durable updates a second over HTTP with 1, 8 and 64 writers, each beside bare SQLite that commits one row at a time on the same
//! disk in the same run; and the time until a changed unit is seen by another connection. One JSON line a row.

// A test binary has no outside: `pub` says what its modules offer each other.
#![allow(unreachable_pub)]

mod load;

use load::http::Connection;
use load::options::Options;
use load::program::{Server, city};
use load::quantile;
use load::units::{Sent, Unit, units, update};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

const USAGE: &str =
    "cargo bench --bench writers -- [BINARY] [--parcels 20000] [--seconds 10] [--writers 1,8,64] [--visible 20000,1000000] [--folder DIR]";
const UNITS_EACH: usize = 16;
const WARM_UP: Duration = Duration::from_secs(1);

fn main() {
    let options = Options::read(USAGE);
    let seconds = Duration::from_secs(options.number("seconds", 10));
    let writers = options.list("writers", "1,8,64");
    if !writers.is_empty() {
        let city = city(&options.binary, &options.folder, options.number("parcels", 20_000));
        for count in writers {
            println!("{}", durable_updates(&options, &city, count as usize, seconds));
        }
    }
    for parcels in options.list("visible", "20000") {
        println!("{}", until_visible(&options, parcels));
    }
}

/// Latencies in ms of what was acknowledged, what was refused, and the seconds it took.
struct Measured {
    latencies: Vec<f64>,
    refused: usize,
    seconds: f64,
}

impl Measured {
    fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }
}

fn durable_updates(options: &Options, city: &Path, writers: usize, length: Duration) -> Value {
    let own = options.folder.join("writers.gpkg");
    std::fs::copy(city, &own).expect("copy");
    let server = Server::start(&options.binary, &own);
    let cookie = server.sign_in();
    let mut all = units(&mut Connection::open(&server.address, &cookie).expect("connects"), writers * UNITS_EACH);
    let mut shares: Vec<Vec<Unit>> = Vec::new();
    while !all.is_empty() {
        shares.push(all.split_off(all.len() - UNITS_EACH));
    }
    let ours = over_http(&server.address, &cookie, shares, length);
    drop(server);
    let bare = bare_sqlite(&own, length);
    let of = |measured: &Measured, share: f64| quantile(&measured.latencies, share);
    json!({
        "row": "durable updates", "writers": writers, "seconds": ours.seconds, "acknowledged": ours.latencies.len(), "refused": ours.refused,
        "per_second": ours.per_second().round(), "p50_ms": of(&ours, 0.5), "p99_ms": of(&ours, 0.99),
        "baseline": "bare SQLite (WAL, FULL), one update a transaction", "baseline_per_second": bare.per_second().round(),
        "baseline_p50_ms": of(&bare, 0.5), "baseline_p99_ms": of(&bare, 0.99), "ratio": ours.per_second() / bare.per_second(),
    })
}

/// Each writer on a connection of its own, on units of its own, as fast as it is answered.
fn over_http(address: &str, cookie: &str, shares: Vec<Vec<Unit>>, length: Duration) -> Measured {
    let from = Instant::now() + WARM_UP;
    let until = from + length;
    let parts: Vec<(Vec<f64>, usize)> = std::thread::scope(|scope| {
        let threads: Vec<_> = shares
            .into_iter()
            .enumerate()
            .map(|(writer, mut own)| {
                scope.spawn(move || one_writer(Connection::open(address, cookie).expect("connects"), writer, &mut own, from, until))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a writer")).collect()
    });
    let mut measured = Measured { latencies: Vec::new(), refused: 0, seconds: length.as_secs_f64() };
    for (latencies, refused) in parts {
        measured.latencies.extend(latencies);
        measured.refused += refused;
    }
    measured.latencies.sort_by(f64::total_cmp);
    measured
}

fn one_writer(mut connection: Connection, writer: usize, own: &mut [Unit], from: Instant, until: Instant) -> (Vec<f64>, usize) {
    let (mut latencies, mut refused) = (Vec::new(), 0);
    for turn in 0.. {
        let begun = Instant::now();
        if begun >= until {
            break;
        }
        let unit = &mut own[turn % UNITS_EACH];
        let sent = update(&mut connection, unit, &format!("w{writer}-{turn}"), (turn / UNITS_EACH).is_multiple_of(2)).expect("an answer");
        let ended = Instant::now();
        match sent {
            // What was answered inside the window counts, and nothing else.
            Sent::Done if ended >= from && ended < until => latencies.push((ended - begun).as_secs_f64() * 1e3),
            Sent::Done => {}
            Sent::Refused(_) => refused += 1,
        }
    }
    (latencies, refused)
}

/// The same file, the same rows, no program: `UPDATE` and commit, one row at a time.
fn bare_sqlite(city: &Path, length: Duration) -> Measured {
    let connection = rusqlite::Connection::open(city).expect("opens");
    connection.pragma_update(None, "journal_mode", "WAL").expect("WAL");
    connection.pragma_update(None, "synchronous", "FULL").expect("FULL");
    let mut statement = connection.prepare("SELECT fid FROM unit ORDER BY fid LIMIT 1024").expect("units");
    let rows: Vec<i64> = statement.query_map([], |row| row.get(0)).expect("rows").map(|row| row.expect("fid")).collect();
    let mut change = connection.prepare("UPDATE unit SET state = ?1, note = ?2, revision = revision + 1 WHERE fid = ?3").expect("update");
    let (begun, mut latencies) = (Instant::now(), Vec::new());
    for turn in 0.. {
        let start = Instant::now();
        if start - begun >= length {
            break;
        }
        let state = if (turn / rows.len()).is_multiple_of(2) { "vacant" } else { "let" };
        change.execute(rusqlite::params![state, format!("b-{turn}"), rows[turn % rows.len()]]).expect("one row");
        latencies.push(start.elapsed().as_secs_f64() * 1e3);
    }
    latencies.sort_by(f64::total_cmp);
    Measured { latencies, refused: 0, seconds: begun.elapsed().as_secs_f64() }
}

/// PATCH on one connection, then GET on another until it shows the change: from the first byte sent to the last byte read.
fn until_visible(options: &Options, parcels: u64) -> Value {
    const CHANGES: usize = 300;
    let city = city(&options.binary, &options.folder, parcels);
    let server = Server::start(&options.binary, &city);
    let cookie = server.sign_in();
    let mut writing = Connection::open(&server.address, &cookie).expect("connects");
    let mut reading = Connection::open(&server.address, &cookie).expect("connects");
    let mut own = units(&mut writing, UNITS_EACH);
    let (mut answered, mut seen, mut reads) = (Vec::new(), Vec::new(), 0);
    for turn in 0..CHANGES {
        let (unit, note) = (&mut own[turn % UNITS_EACH], format!("v-{turn}"));
        let begun = Instant::now();
        assert!(matches!(update(&mut writing, unit, &note, turn % 2 == 0).expect("an answer"), Sent::Done), "the update was refused");
        answered.push(begun.elapsed().as_secs_f64() * 1e3);
        loop {
            reads += 1;
            if reading.get(&format!("/units/{}", unit.id)).expect("an answer").json()["note"] == note.as_str() {
                break;
            }
        }
        seen.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    answered.sort_by(f64::total_cmp);
    seen.sort_by(f64::total_cmp);
    let opened = server.started_in.as_secs_f64();
    drop(server);
    let _ = std::fs::remove_file(&city);
    json!({
        "row": "one changed unit until visible", "parcels": parcels, "changes": CHANGES, "answered_p50_ms": quantile(&answered, 0.5),
        "answered_p99_ms": quantile(&answered, 0.99), "visible_p50_ms": quantile(&seen, 0.5), "visible_p99_ms": quantile(&seen, 0.99),
        "reads_until_seen": reads as f64 / CHANGES as f64, "opened_s": opened,
    })
}
