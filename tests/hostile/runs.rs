//! A run of the program, watched: how long it took, and how much memory it and the processes that it started had at most.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub struct Run {
    pub code: Option<i32>,
    pub said: String,
    pub took: Duration,
    /// Peaks of all its processes together, KiB.
    pub peak_kib: u64,
}

/// Runs a command to its end and watches it.
pub fn watched(command: &mut Command) -> Run {
    let begin = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts");
    let mut stderr = child.stderr.take().expect("stderr");
    let listener = std::thread::spawn(move || {
        let mut said = Vec::new();
        let _ = stderr.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    });
    let mut peaks: HashMap<u32, u64> = HashMap::new();
    let status = loop {
        for process in family(child.id()) {
            let peak = peaks.entry(process).or_default();
            *peak = (*peak).max(high_water(process));
        }
        if let Some(status) = child.try_wait().expect("waits") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let took = begin.elapsed();
    Run { code: status.code(), said: listener.join().expect("heard"), took, peak_kib: peaks.values().sum() }
}

fn family(process: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let mut all = vec![process];
    all.extend(children.flat_map(|text| text.split_whitespace().filter_map(|number| number.parse().ok()).collect::<Vec<u32>>()));
    all
}

fn high_water(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// Names and contents below a folder, to see that nothing in it was touched.
pub fn contents(folder: &Path) -> Vec<(String, u64)> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut all: Vec<(String, u64)> = std::fs::read_dir(folder)
        .expect("folder")
        .flatten()
        .map(|entry| {
            let mut hasher = DefaultHasher::new();
            let kind = entry.file_type().expect("kind");
            if kind.is_file() {
                std::fs::read(entry.path()).expect("read").hash(&mut hasher);
            }
            (entry.file_name().to_string_lossy().into_owned(), hasher.finish())
        })
        .collect();
    all.sort();
    all
}
