//! Writers at full speed, the server killed by SIGKILL at random moments, started again: everything it acknowledged must be there.
//!
//! After each restart every unit that was written is read back: its note and its tag are the acknowledged ones, or those of the
//! update that was on its way when the server died. The change log in the file must hold every acknowledged update, without a gap in
//! its numbers and each entry naming the hash of the one before. The last line is the sum; the exit code is 1 when anything was lost.

// A test binary has no outside: `pub` says what its modules offer each other.
#![allow(unreachable_pub)]

mod load;

use load::Dice;
use load::http::Connection;
use load::options::Options;
use load::program::{Server, city, kill_while_opening};
use load::units::{Sent, Unit, units, update};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

const USAGE: &str = "cargo bench --bench kill9 -- [BINARY] [--kills 20] [--writers 64] [--parcels 2000] [--seed 1] [--folder DIR]";
const UNITS_EACH: usize = 4;
/// The longest time that writers get before the kill.
const LONGEST_MS: u64 = 600;
/// One start in so many is killed while the city is still being opened.
const ONE_IN: u64 = 8;

/// A unit, the note that its writer got acknowledged last, and the one that was on its way.
#[derive(Clone)]
struct Written {
    unit: Unit,
    note: Option<String>,
    on_its_way: Option<String>,
}

#[derive(Default)]
struct Sum {
    acknowledged: usize,
    lost: usize,
    kept_unanswered: usize,
    refused: usize,
    slowest_start: Duration,
}

fn main() {
    let options = Options::read(USAGE);
    let (kills, writers) = (options.number("kills", 20), options.number("writers", 64) as usize);
    let seed = options.number("seed", 1);
    let city = city(&options.binary, &options.folder, options.number("parcels", 2_000));
    let mut dice = Dice(seed);
    let mut log = Log::default();
    let mut sum = Sum::default();
    let mut server = Server::start(&options.binary, &city);
    log.read(&city, &mut sum);
    let all = units(&mut Connection::open(&server.address, &server.sign_in()).expect("connects"), writers * UNITS_EACH);
    let mut shares: Vec<Vec<Written>> =
        all.chunks(UNITS_EACH).map(|own| own.iter().map(|unit| Written { unit: unit.clone(), note: None, on_its_way: None }).collect()).collect();
    for round in 1..=kills {
        let cookie = server.sign_in();
        let acknowledged = write_until_killed(server, &cookie, &mut shares, round, Duration::from_millis(dice.roll(LONGEST_MS)), &mut sum);
        if dice.roll(ONE_IN) == 0 {
            kill_while_opening(&options.binary, &city, Duration::from_millis(dice.roll(150)));
        }
        server = Server::start(&options.binary, &city);
        sum.slowest_start = sum.slowest_start.max(server.started_in);
        let before = sum.lost;
        read_back(&server, &mut shares, &mut sum);
        let logged = log.read(&city, &mut sum);
        for note in acknowledged.iter().filter(|note| !logged.contains(*note)) {
            eprintln!("kill {round}: the log has no entry of the acknowledged {note}");
            sum.lost += 1;
        }
        sum.acknowledged += acknowledged.len();
        if sum.lost > before || round % 50 == 0 {
            eprintln!("kill {round}: acknowledged {} so far, lost {}", sum.acknowledged, sum.lost);
        }
    }
    drop(server);
    let sound = whole(&city);
    println!(
        "kills={kills} acknowledged={} lost={} kept_unanswered={} refused={} log_entries={} log_breaks={} file={} slowest_start_ms={} seed={seed}",
        sum.acknowledged,
        sum.lost,
        sum.kept_unanswered,
        sum.refused,
        log.entries,
        log.breaks,
        if sound { "sound" } else { "damaged" },
        sum.slowest_start.as_millis(),
    );
    drop(options);
    if sum.lost > 0 || log.breaks > 0 || !sound {
        std::process::exit(1);
    }
}

/// All writers write until the server dies under them; the notes that were acknowledged.
fn write_until_killed(server: Server, cookie: &str, shares: &mut [Vec<Written>], round: u64, after: Duration, sum: &mut Sum) -> Vec<String> {
    let address = server.address.clone();
    std::thread::scope(|scope| {
        let threads: Vec<_> = shares
            .iter_mut()
            .enumerate()
            .map(|(writer, own)| {
                let address = &address;
                scope.spawn(move || one_writer(address, cookie, own, &format!("k{round}-w{writer}")))
            })
            .collect();
        std::thread::sleep(after);
        server.kill();
        let mut acknowledged = Vec::new();
        for thread in threads {
            let (notes, refused) = thread.join().expect("a writer");
            acknowledged.extend(notes);
            sum.refused += refused;
        }
        acknowledged
    })
}

fn one_writer(address: &str, cookie: &str, own: &mut [Written], name: &str) -> (Vec<String>, usize) {
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    // Killed before it answered the knock: nothing was sent.
    let Ok(mut connection) = Connection::open(address, cookie) else { return (acknowledged, refused) };
    for turn in 0.. {
        let written = &mut own[turn % UNITS_EACH];
        let note = format!("{name}-{turn}");
        written.on_its_way = Some(note.clone());
        match update(&mut connection, &mut written.unit, &note, turn % 2 == 0) {
            Ok(Sent::Done) => {
                written.note = written.on_its_way.take();
                acknowledged.push(note);
            }
            Ok(Sent::Refused(status)) => {
                eprintln!("{note} on {}: refused with {status}", written.unit.id);
                written.on_its_way = None;
                refused += 1;
            }
            Err(_) => break,
        }
    }
    (acknowledged, refused)
}

/// Every unit as the new server shows it, against what its writer knows.
fn read_back(server: &Server, shares: &mut [Vec<Written>], sum: &mut Sum) {
    let mut connection = Connection::open(&server.address, &server.sign_in()).expect("connects");
    for written in shares.iter_mut().flatten() {
        let now = connection.get(&format!("/units/{}", written.unit.id)).expect("an answer").json();
        let (note, tag) = (now["note"].as_str().map(str::to_owned), now["etag"].as_str().unwrap_or_default().to_owned());
        let unanswered = written.on_its_way.take();
        if unanswered.is_some() && note == unanswered {
            // It died between the disk and the answer: kept, though nobody was told.
            sum.kept_unanswered += 1;
        } else if written.note.is_some() && (note != written.note || tag != written.unit.tag) {
            eprintln!("{}: acknowledged {:?} {}, found {note:?} {tag}", written.unit.id, written.note, written.unit.tag);
            sum.lost += 1;
        }
        (written.note, written.unit.tag) = (note, tag);
    }
}

/// The change log as it stands in the file.
#[derive(Default)]
struct Log {
    seq: i64,
    hash: Option<String>,
    entries: usize,
    breaks: usize,
}

impl Log {
    /// Reads what was added since the last time; the notes in it.
    fn read(&mut self, city: &Path, sum: &mut Sum) -> HashSet<String> {
        let connection = rusqlite::Connection::open_with_flags(city, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opens");
        let mut statement = connection.prepare("SELECT seq, prev, hash, after FROM change_log WHERE seq > ?1 ORDER BY seq").expect("the log");
        let rows = statement.query_map([self.seq], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).expect("entries");
        let mut notes = HashSet::new();
        for row in rows {
            let (seq, prev, hash, after): (i64, String, String, Option<String>) = row.expect("an entry");
            let follows = seq == self.seq + 1 && self.hash.as_ref().is_none_or(|last| *last == prev);
            if !follows {
                eprintln!("the log breaks at entry {seq}");
                self.breaks += 1;
            }
            let after: HashMap<String, serde_json::Value> = after.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            if let Some(note) = after.get("note").and_then(|note| note.as_str())
                && !notes.insert(note.to_owned())
            {
                eprintln!("{note} is logged twice");
                sum.lost += 1;
            }
            (self.seq, self.hash) = (seq, Some(hash));
            self.entries += 1;
        }
        notes
    }
}

fn whole(city: &Path) -> bool {
    let connection = rusqlite::Connection::open(city).expect("opens");
    connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).is_ok_and(|said| said == "ok")
}
