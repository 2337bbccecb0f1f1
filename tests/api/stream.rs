//! The stream of changes.

use crate::support::{Client, OPERATOR, OWN_PARK, Server, own_city};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A listener with a raw socket, which reads when it likes.
fn listen(server: &Server) -> BufReader<TcpStream> {
    let host = server.url.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(host).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(socket, "GET /changes/stream HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n\r\n").unwrap();
    BufReader::new(socket)
}

/// The next event's name and data.
fn next(listener: &mut BufReader<TcpStream>) -> (String, Value) {
    let mut name = String::new();
    loop {
        let mut line = String::new();
        assert!(listener.read_line(&mut line).expect("an event in time") > 0, "the stream ended");
        if let Some(event) = line.trim().strip_prefix("event: ") {
            name = event.to_owned();
        }
        if let Some(data) = line.trim().strip_prefix("data: ") {
            return (name, serde_json::from_str(data).unwrap());
        }
    }
}

#[test]
fn a_listener_hears_each_change() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let id = operator.get(&format!("/units?park={OWN_PARK}&limit=1")).json()["units"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/units/{id}");
    let mut listener = listen(&server);
    let mut greeting = String::new();
    while !greeting.contains("listening") {
        assert!(listener.read_line(&mut greeting).unwrap() > 0, "{greeting}");
    }
    for note in ["first", "second"] {
        let body = json!({ "note": note }).to_string();
        assert_eq!(operator.send("PATCH", &path, &[("if-match", "*")], &body).status, 200);
        let head = operator.get("/?f=json").json()["city"]["revision"].clone();
        let (name, data) = next(&mut listener);
        assert_eq!((name.as_str(), &data), ("change", &json!({ "revision": head, "collection": "unit", "ids": [id] })));
    }
}
