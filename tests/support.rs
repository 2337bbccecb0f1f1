//! A sample city, the built program, and a client that does not mistake an answer for a failure.

pub mod schema;

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body};

pub const PARKPLAN: &str = env!("CARGO_BIN_EXE_parkplan");
pub const OPERATOR: (&str, &str) = ("operator", "operator-password");
pub const PLANNER: (&str, &str) = ("planner", "planner-password");
pub const REVIEWER: (&str, &str) = ("reviewer", "reviewer-password");
pub const ADMIN: (&str, &str) = ("admin", "admin-password");
/// For tests of something else, in which one person does everything.
pub const ALONE: (&str, &str) = ("PARKPLAN_TWO_PERSONS", "false");
/// The operator's park in the sample, and another one.
pub const OWN_PARK: &str = "BA-03";
pub const OTHER_PARK: &str = "BA-01";

/// Runs the program and returns what it printed.
pub fn parkplan(args: &[&str]) -> Output {
    Command::new(PARKPLAN).args(args).envs([ALONE]).stdin(Stdio::null()).output().expect("the program starts")
}

/// Runs the program, which must succeed; stdout as text.
pub fn must(args: &[&str]) -> String {
    let output = parkplan(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs the program, which must refuse with exit code 1; the fault as JSON.
pub fn refused(args: &[&str]) -> Value {
    let args: Vec<&str> = ["--json"].iter().chain(args).copied().collect();
    let output = parkplan(&args);
    assert_eq!(output.status.code(), Some(1), "{args:?} said {}", String::from_utf8_lossy(&output.stdout));
    let fault: Value = serde_json::from_slice(&output.stderr).expect("the fault is one JSON object");
    assert!(fault["code"].is_string() && fault["detail"].as_str().is_some_and(|text| !text.is_empty()), "{fault}");
    fault
}

/// A sample city with accounts, made once; each test that writes works on its own copy.
pub fn sample() -> &'static Path {
    static SAMPLE: OnceLock<PathBuf> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("parkplan-tests-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("folder");
        when_over(&format!("rm -rf '{}'", path(&folder)));
        let city = folder.join("city.gpkg");
        let _ = std::fs::remove_file(&city);
        must(&["--quiet", "sample", "--out", path(&city), "--parcels", "6000", "--seed", "7"]);
        add_account(&city, OPERATOR, &["--role", "operator", "--park", OWN_PARK]);
        add_account(&city, PLANNER, &["--role", "planner"]);
        add_account(&city, REVIEWER, &["--role", "reviewer"]);
        add_account(&city, ADMIN, &["--role", "admin"]);
        city
    })
}

pub fn add_account(city: &Path, (account, password): (&str, &str), rest: &[&str]) {
    use std::io::Write;
    let mut child = Command::new(PARKPLAN)
        .args(["user", "add", path(city), "--account", account])
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    writeln!(child.stdin.take().expect("stdin"), "{password}").expect("write");
    assert!(child.wait().expect("ends").success());
}

pub fn path(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}

/// A copy of the sample for tests that write.
pub fn own_city() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let city = folder.path().join("city.gpkg");
    std::fs::copy(sample(), &city).expect("copy");
    (folder, city)
}

/// The running program on a free port; killed hard when dropped.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    pub fn start(city: &Path) -> Server {
        Server::start_with(city, &[])
    }

    /// With settings by environment variables.
    pub fn start_with(city: &Path, settings: &[(&str, &str)]) -> Server {
        Server::of(Command::new(PARKPLAN).args(["serve", path(city), "--listen", "127.0.0.1:0"]).envs(settings.iter().copied()))
    }

    /// Under a limit of the shell: `-f 512` (largest file, in blocks of 512 bytes), `-n 400` (open files).
    pub fn start_under(city: &Path, limit: &str) -> Server {
        let limited = format!("ulimit {limit}; exec \"$@\"");
        Server::of(Command::new("sh").args(["-c", &limited, "sh", PARKPLAN, "serve", path(city), "--listen", "127.0.0.1:0"]))
    }

    fn of(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a first line");
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("first line: {line}")).to_owned();
        Server { child, url }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM; gives the time that the server took to go.
    pub fn end(&mut self) -> Duration {
        let begin = std::time::Instant::now();
        assert!(Command::new("kill").args(["-TERM", &self.pid().to_string()]).status().expect("kill").success());
        self.child.wait().expect("ends");
        begin.elapsed()
    }

    /// Processor time that the server has used so far.
    pub fn busy(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).expect("stat");
        // The name in brackets may hold blanks; user and system time are the 12th and 13th figure after it, in hundredths.
        let figures: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u64 = figures[11..13].iter().map(|ticks| ticks.parse::<u64>().expect("ticks")).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Sends a request as it is written and leaves the connection to the caller.
    pub fn raw(&self, request: &str) -> std::net::TcpStream {
        use std::io::Write;
        let mut stream = std::net::TcpStream::connect(self.url.trim_start_matches("http://")).expect("connects");
        stream.write_all(request.as_bytes()).expect("sent");
        stream
    }

    /// SIGKILL: no goodbye, no flush.
    pub fn kill(&mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One read-only server on the sample for all tests that only read.
pub fn reading() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let server = Server::start_with(sample(), &[("PARKPLAN_HOSTS", "land.example.org")]);
        when_over(&format!("kill -9 {}", server.pid()));
        server
    })
}

/// Statics are never dropped: a shell waits for the end of this process and tidies up.
#[allow(clippy::zombie_processes)] // It outlives this process, so that nobody here can wait for it.
fn when_over(then: &str) {
    let wait = format!("tail -f --pid={} /dev/null; {then}", std::process::id());
    Command::new("sh").args(["-c", &wait]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a shell");
}

/// A person at the server, signed in or not.
pub struct Client {
    agent: Agent,
    base: String,
    cookie: Option<String>,
}

/// An answer: status, headers and body text.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Asserts a problem of this status and returns it.
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert!(problem["title"].is_string() && problem["detail"].is_string() && problem["status"] == status, "{problem}");
        problem
    }
}

impl Client {
    pub fn guest(server: &Server) -> Client {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(Duration::from_secs(60))).build();
        Client { agent: config.into(), base: server.url.clone(), cookie: None }
    }

    pub fn signed_in(server: &Server, (account, password): (&str, &str)) -> Client {
        let mut client = Client::guest(server);
        let answer = client.send("POST", "/session", &[], &serde_json::json!({ "account": account, "password": password }).to_string());
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        client.cookie = cookie.split(';').next().map(str::to_owned);
        client
    }

    /// What the browser sends back.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        answer("GET", path, request.call())
    }

    /// GET with query parameters that need encoding.
    pub fn query(&self, path: &str, parameters: &[(&str, &str)]) -> Answer {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        for (name, value) in parameters {
            request = request.query(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        answer("GET", path, request.call())
    }

    /// A write as the workbench sends it.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all = vec![("x-requested-with", "parkplan")];
        all.extend(headers);
        self.send_bare(method, path, &all, body)
    }

    /// A write with only the headers given.
    pub fn send_bare(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let url = format!("{}{path}", self.base);
        if method == "DELETE" {
            let mut request = self.agent.delete(url);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            if let Some(cookie) = &self.cookie {
                request = request.header("cookie", cookie);
            }
            return answer(method, path, request.call());
        }
        let mut request = match method {
            "POST" => self.agent.post(url),
            "PATCH" => self.agent.patch(url),
            other => panic!("no method {other} here"),
        };
        if headers.iter().all(|(name, _)| *name != "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        answer(method, path, request.send(body))
    }

    /// A file as the workbench sends it.
    pub fn upload(&self, path: &str, media_type: &str, bytes: &[u8]) -> Answer {
        let mut request = self.agent.post(format!("{}{path}", self.base)).header("content-type", media_type).header("x-requested-with", "parkplan");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        answer("POST", path, request.send(bytes))
    }

    pub fn execute(&self, process: &str, inputs: Value) -> Answer {
        self.send("POST", &format!("/processes/{process}/execution"), &[], &serde_json::json!({ "inputs": inputs }).to_string())
    }
}

/// An answer, which is what the document of the API says of its route.
fn answer(method: &str, path: &str, response: Result<Response<Body>, ureq::Error>) -> Answer {
    let mut response = response.expect("an answer");
    let bytes = response.body_mut().with_config().limit(200 << 20).read_to_vec().expect("a body");
    let answer = Answer { status: response.status().as_u16(), headers: response.headers().clone(), bytes };
    schema::hold(method, path, &answer);
    answer
}

/// The folder of real data beside the project, if it is there.
pub fn real_data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("PARKPLAN_TEST_DATA").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}
