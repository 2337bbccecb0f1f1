//! Nobody waits any more: what was computed for a caller who hung up ends, and a server that is told to stop goes.

use crate::support::{Client, Server, own_city};
use std::io::Read;
use std::time::{Duration, Instant};

/// A run of many seconds on this city.
fn long_run(more: &str) -> String {
    let body = r#"{"inputs":{"all":true,"matrix":true,"as_of":"2026-09-01","uses":["all"]}}"#;
    let length = body.len();
    format!(
        "POST /processes/upstairs/execution HTTP/1.1\r\nHost: localhost\r\n{more}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

/// Share of a core that the server uses in a moment.
fn load(server: &Server) -> f64 {
    let (begin, before) = (Instant::now(), server.busy());
    std::thread::sleep(Duration::from_millis(300));
    (server.busy() - before).as_secs_f64() / begin.elapsed().as_secs_f64()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
    }
}

#[test]
fn a_run_ends_when_its_caller_hangs_up() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    until("the start is over", || load(&server) < 0.1);
    // Several, so that some still wait for threads when their callers go.
    let callers: Vec<_> = (0..4).map(|_| server.raw(&long_run(""))).collect();
    until("it computes", || load(&server) > 0.3);
    assert!((0..2).all(|_| load(&server) > 0.3), "and goes on as long as somebody waits");
    drop(callers);
    std::thread::sleep(Duration::from_secs(1));
    assert!(load(&server) < 0.1, "nobody waits, and it ended");
    assert_eq!(Client::guest(&server).get("/healthz").status, 200);
}

#[test]
fn a_stop_waits_neither_for_a_run_nor_for_a_job() {
    for more in ["", "Prefer: respond-async\r\n"] {
        let (_folder, city) = own_city();
        let mut server = Server::start(&city);
        until("the start is over", || load(&server) < 0.1);
        let _caller = server.raw(&long_run(more));
        until("it computes", || load(&server) > 0.3);
        let took = server.end();
        assert!(took < Duration::from_secs(2), "{took:?} {more}");
        assert!(!city.with_extension("gpkg.lock").exists(), "nothing is left behind");
    }
}

#[test]
fn a_request_of_http_1_1_names_its_host() {
    let server = crate::support::reading();
    let status = |request: &str| {
        let mut text = String::new();
        server.raw(request).read_to_string(&mut text).unwrap();
        text.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(status("GET /conformance HTTP/1.1\r\nConnection: close\r\n\r\n"), "400");
    assert_eq!(status("GET /conformance HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"), "400");
    assert_eq!(status("GET /conformance HTTP/1.1\r\nHost: a/b c\r\nConnection: close\r\n\r\n"), "400");
    assert_eq!(status("GET /conformance HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n"), "200");
    assert_eq!(status("GET /conformance HTTP/1.0\r\n\r\n"), "200");
}
