//! How a program comes to its end, and what it was doing then.

use crate::support::PARKPLAN;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    Kill,
    Interrupt,
    Terminate,
    FullDisk,
}

impl Ending {
    pub const ALL: [Ending; 4] = [Ending::Kill, Ending::Interrupt, Ending::Terminate, Ending::FullDisk];

    pub fn name(self) -> &'static str {
        match self {
            Ending::Kill => "kill -9",
            Ending::Interrupt => "SIGINT",
            Ending::Terminate => "SIGTERM",
            Ending::FullDisk => "full disk",
        }
    }

    fn signal(self) -> Option<Signal> {
        match self {
            Ending::Kill => Some(Signal::SIGKILL),
            Ending::Interrupt => Some(Signal::SIGINT),
            Ending::Terminate => Some(Signal::SIGTERM),
            Ending::FullDisk => None,
        }
    }
}

/// A round that was played.
pub struct Played {
    pub what: String,
    /// What the program was at when its end came.
    pub phase: String,
    /// How things then stood.
    pub after: &'static str,
    pub faults: Vec<String>,
}

/// A run of the program that came to its end, one way or the other.
pub struct Ended {
    pub status: ExitStatus,
    pub said: String,
    pub phase: String,
}

impl Ended {
    /// It had no chance to say anything: killed, or not yet ready to hear a signal.
    pub fn is_mute(&self) -> bool {
        self.status.code().is_none()
    }
}

/// Runs the program and ends it after `moment`, unless it is done by then. `phase` is asked what it is at, with the seconds that it has run and
/// whether it has had a child.
pub fn run(args: &[&str], scratch: &Path, ending: Ending, moment: Duration, phase: &dyn Fn(bool) -> String) -> Ended {
    let mut child = Command::new(PARKPLAN)
        .args(["--json", "--no-progress"])
        .args(args)
        .env("TMPDIR", scratch)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let begin = Instant::now();
    let mut seen = "done".to_owned();
    if let Some(signal) = ending.signal() {
        let mut had_child = false;
        while begin.elapsed() < moment && child.try_wait().expect("waits").is_none() {
            had_child |= has_child(&child);
            std::thread::sleep(Duration::from_millis(1));
        }
        if child.try_wait().expect("waits").is_none() {
            seen = if has_child(&child) { "reading".to_owned() } else { phase(had_child) };
            kill(Pid::from_raw(child.id() as i32), signal).expect("a signal");
        }
    }
    let output = child.wait_with_output().expect("ends");
    Ended { status: output.status, said: String::from_utf8_lossy(&output.stderr).into_owned(), phase: seen }
}

fn has_child(child: &Child) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{}/task", child.id())).into_iter().flatten().flatten();
    let mut children = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    children.any(|text| !text.trim().is_empty())
}

/// Names in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Bytes of all files in a folder.
pub fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|there| there.len().next_multiple_of(4096)).sum()
}
