//! The program as a child: commands that must succeed, and the server.

use super::http::Connection;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const PASSWORD: &str = "load-password";

/// Runs a command that must succeed; what it printed.
pub fn must(binary: &Path, args: &[&str], stdin: &str) -> String {
    let mut child = Command::new(binary).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the program starts");
    child.stdin.take().expect("stdin").write_all(stdin.as_bytes()).expect("write");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success(), "{args:?} failed");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A sample city in `folder` with an operator of all its parks.
pub fn city(binary: &Path, folder: &Path, parcels: u64) -> PathBuf {
    let file = folder.join(format!("city-{parcels}.gpkg"));
    let path = file.to_str().expect("a UTF-8 path");
    must(binary, &["--quiet", "sample", "--out", path, "--parcels", &parcels.to_string(), "--seed", "1", "--force"], "");
    let parks = must(binary, &["--quiet", "export", path, "--layer", "park", "--format", "geojson", "--out", "-"], "");
    let parks: serde_json::Value = serde_json::from_str(&parks).expect("GeoJSON");
    let codes: Vec<&str> = parks["features"].as_array().expect("features").iter().map(|park| park["id"].as_str().expect("code")).collect();
    let mut args = vec!["--quiet", "user", "add", path, "--account", "writer", "--role", "operator"];
    for code in &codes {
        args.extend(["--park", code]);
    }
    must(binary, &args, &format!("{PASSWORD}\n"));
    file
}

/// `serve` on a free port, killed hard when dropped.
pub struct Server {
    child: Child,
    pub address: String,
    /// From the start of the process to the line that says where it listens.
    pub started_in: Duration,
}

impl Server {
    pub fn start(binary: &Path, city: &Path) -> Server {
        let begun = Instant::now();
        let (child, mut said) = spawn(binary, city);
        let mut line = String::new();
        said.read_line(&mut line).expect("a first line");
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("the server said {line:?}")).to_owned();
        Server { child, address, started_in: begun.elapsed() }
    }

    /// SIGKILL: no goodbye, no flush.
    pub fn kill(mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("ends");
    }

    /// The cookie of the one operator.
    pub fn sign_in(&self) -> String {
        let body = format!("{{\"account\":\"writer\",\"password\":\"{PASSWORD}\"}}");
        let answer = Connection::open(&self.address, "").and_then(|mut line| line.send("POST", "/session", None, &body)).expect("an answer");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.header("set-cookie").and_then(|value| value.split(';').next()).expect("a cookie").to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(binary: &Path, city: &Path) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(binary)
        .args(["serve", city.to_str().expect("a UTF-8 path"), "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let said = BufReader::new(child.stdout.take().expect("stdout"));
    (child, said)
}

/// Starts the server and kills it while it is still opening the city.
pub fn kill_while_opening(binary: &Path, city: &Path, after: Duration) {
    let (mut child, _said) = spawn(binary, city);
    std::thread::sleep(after);
    child.kill().expect("kill");
    child.wait().expect("ends");
}
