//! A process that dies between two commits: what it answered is there, and nothing is there by halves.

use super::*;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// Rows of one edit: a building, with as many units as would be missed.
const ROWS: i64 = 40;

fn edit(number: i64) -> Vec<RowChange> {
    (0..ROWS).map(|at| insert(LayerId::Firm, number * ROWS + at + 1, full_row(LayerId::Firm.layer(), number * ROWS + at))).collect()
}

/// The child: commits until it is killed, and says after each commit which revision is on disk.
#[test]
fn commits_until_it_is_killed() {
    let Some(argument) = std::env::var_os(CHILD) else { return };
    let argument = argument.into_string().unwrap();
    let (name, folder) = argument.split_once(' ').unwrap();
    let open = stores().into_iter().find(|(known, _)| *known == name).unwrap().1;
    let store = open(Path::new(folder));
    let who = author("child");
    loop {
        let base = store.info().unwrap().revision;
        let (first, second) = (edit(base), edit(base + 1));
        let kept = |revision, changes| Kept { revision, author: &who, changes, log: &[] };
        store.commit(base, &[kept(base + 1, &first), kept(base + 2, &second)]).unwrap();
        println!("answered {}", base + 2);
    }
}

#[test]
fn what_was_answered_before_the_kill_is_there_and_nothing_by_halves() {
    for (name, open) in stores() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()));
        for round in 0..12u64 {
            let argument = format!("{name} {}", folder.path().display());
            let mut process =
                child("store::crash::commits_until_it_is_killed", &argument).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let stdout = BufReader::new(process.stdout.take().unwrap());
            let mut answered = 0;
            let mut lines = stdout.lines().map_while(Result::ok).filter_map(|line| line.rsplit_once("answered ")?.1.parse::<i64>().ok());
            for _ in 0..=round % 4 {
                answered = lines.next().expect("the child commits");
            }
            // Somewhere in the next commits, another place each time.
            std::thread::sleep(std::time::Duration::from_micros(round * 900));
            process.kill().unwrap();
            process.wait().unwrap();
            answered = lines.last().unwrap_or(answered);

            let store = open(folder.path());
            let revision = store.info().unwrap().revision;
            assert!(revision >= answered && revision % 2 == 0, "revision {revision}, answered {answered}");
            assert_eq!(rows_of(&*store, LayerId::Firm).len() as i64, revision * ROWS);
        }
    }
}
