//! One HTTP/1.1 connection that stays open.

use std::fmt::Write as _;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Connection {
    stream: TcpStream,
    address: String,
    cookie: String,
    /// What was read and not yet taken.
    buffer: Vec<u8>,
    request: String,
}

/// Status, the headers as one text, the body.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(':')).find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&self.body)))
    }
}

impl Connection {
    pub fn open(address: &str, cookie: &str) -> Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Connection {
            stream,
            address: address.to_owned(),
            cookie: cookie.to_owned(),
            buffer: Vec::with_capacity(16 << 10),
            request: String::new(),
        })
    }

    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, None, "")
    }

    /// One request and its answer; an error means that nothing is known about what became of it.
    pub fn send(&mut self, method: &str, path: &str, if_match: Option<&str>, body: &str) -> Result<Answer> {
        self.request.clear();
        let text = &mut self.request;
        let _ = write!(text, "{method} {path} HTTP/1.1\r\nHost: {}\r\nX-Requested-With: parkplan\r\n", self.address);
        if !self.cookie.is_empty() {
            let _ = write!(text, "Cookie: {}\r\n", self.cookie);
        }
        if let Some(tag) = if_match {
            let _ = write!(text, "If-Match: {tag}\r\n");
        }
        if method != "GET" {
            let _ = write!(text, "Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        }
        let _ = write!(text, "\r\n{body}");
        self.stream.write_all(self.request.as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer> {
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            self.read_more()?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..end + 4);
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| Error::new(ErrorKind::InvalidData, "no status line"))?;
        let mut answer = Answer { status, head, body: Vec::new() };
        if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            self.take_chunks(&mut answer.body)?;
        } else {
            let length = answer.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
            self.take(length, &mut answer.body)?;
        }
        Ok(answer)
    }

    fn read_more(&mut self) -> Result<()> {
        let mut piece = [0; 16 << 10];
        match self.stream.read(&mut piece)? {
            0 => Err(Error::new(ErrorKind::UnexpectedEof, "the server hung up")),
            read => {
                self.buffer.extend_from_slice(&piece[..read]);
                Ok(())
            }
        }
    }

    fn take(&mut self, length: usize, body: &mut Vec<u8>) -> Result<()> {
        while self.buffer.len() < length {
            self.read_more()?;
        }
        body.extend(self.buffer.drain(..length));
        Ok(())
    }

    fn take_chunks(&mut self, body: &mut Vec<u8>) -> Result<()> {
        loop {
            let end = loop {
                if let Some(end) = self.buffer.windows(2).position(|window| window == b"\r\n") {
                    break end;
                }
                self.read_more()?;
            };
            let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
            let length = usize::from_str_radix(line.trim(), 16).map_err(|_| Error::new(ErrorKind::InvalidData, "no chunk length"))?;
            self.buffer.drain(..end + 2);
            self.take(length, body)?;
            self.take(2, &mut Vec::new())?;
            if length == 0 {
                return Ok(());
            }
        }
    }
}
