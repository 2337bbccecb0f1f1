//! Connections: as many as there is room for, none of which may be silent for ever.
//!
//! Where there is no room, the connection that has been silent longest goes: whoever has something to ask always gets in.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{Sleep, sleep};
use tower::Service;

/// Connections at the same time.
const MOST_CONNECTIONS: usize = 2048;
/// Open files that are kept for everything else.
const OTHER_FILES: u64 = 256;
/// A head that is not whole by then ends the connection, also before its first byte: a browser opens another one when it needs it.
const HEAD: Duration = Duration::from_secs(20);
/// Largest head, and what is kept of an answer before the caller takes it.
const BUFFER: usize = 128 << 10;
/// A caller who takes nothing of an answer for so long has gone.
const UNREAD: Duration = Duration::from_secs(30);

/// Serves until the listener fails.
pub async fn serve(listener: TcpListener, routes: Router) -> Outcome<Infallible> {
    let connections = Arc::new(Connections { most: room(), open: Mutex::default() });
    let mut number = 0;
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_caller(&error) => continue,
            Err(error) if is_lack_of_files(&error) => {
                connections.push_out();
                sleep(Duration::from_millis(20)).await;
                continue;
            }
            Err(error) => return Err(Fault::internal("accept", error)),
        };
        number += 1;
        let Some(place) = connections.enter(number) else { continue };
        let _ = stream.set_nodelay(true);
        tokio::spawn(one(stream, peer, routes.clone(), place));
    }
}

/// What the limit of open files leaves for connections; it is raised as far as the system lets us.
fn room() -> usize {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return MOST_CONNECTIONS };
    let wanted = hard.min(MOST_CONNECTIONS as u64 + OTHER_FILES);
    let soft = match setrlimit(Resource::RLIMIT_NOFILE, wanted, hard) {
        Ok(()) => wanted,
        Err(_) => getrlimit(Resource::RLIMIT_NOFILE).map_or(wanted, |(soft, _)| soft),
    };
    usize::try_from(soft.saturating_sub(OTHER_FILES)).unwrap_or(MOST_CONNECTIONS).clamp(16, MOST_CONNECTIONS)
}

fn is_of_one_caller(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

/// `EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`.
fn is_lack_of_files(error: &io::Error) -> bool {
    use nix::errno::Errno;
    let lack = [Errno::EMFILE, Errno::ENFILE, Errno::ENOBUFS, Errno::ENOMEM];
    error.raw_os_error().is_some_and(|code| lack.contains(&Errno::from_raw(code)))
}

/// All connections that are open, by the order of their coming.
struct Connections {
    most: usize,
    open: Mutex<BTreeMap<u64, Open>>,
}

struct Open {
    /// Since when it asks nothing; `None` while a request is at work.
    silent: Option<Instant>,
    out: Arc<Notify>,
}

/// A connection's place, free again when it is dropped.
struct Place {
    connections: Arc<Connections>,
    number: u64,
    out: Arc<Notify>,
}

impl Connections {
    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None where all are at work.
    fn enter(self: &Arc<Self>, number: u64) -> Option<Place> {
        while self.open().len() >= self.most {
            if !self.push_out() {
                return None;
            }
        }
        let out = Arc::new(Notify::new());
        self.open().insert(number, Open { silent: Some(Instant::now()), out: out.clone() });
        Some(Place { connections: self.clone(), number, out })
    }

    /// Ends the connection that has been silent longest.
    fn push_out(&self) -> bool {
        let mut open = self.open();
        let longest = open.iter().filter_map(|(number, one)| Some((one.silent?, *number))).min();
        let Some(one) = longest.and_then(|(_, number)| open.remove(&number)) else { return false };
        one.out.notify_one();
        true
    }

    fn turn(&self, number: u64, silent: Option<Instant>) {
        if let Some(one) = self.open().get_mut(&number) {
            one.silent = silent;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(&self.number);
    }
}

async fn one(stream: TcpStream, peer: SocketAddr, routes: Router, place: Place) {
    let place = Arc::new(place);
    let service = service_fn(|request: Request<Incoming>| {
        let at_work = AtWork::begin(&place);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = routes.clone().call(request);
        async move { answer.await.map(|answer: Response| answer.map(|body| Answering { body, _at_work: at_work })) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(BUFFER);
    let io = TokioIo::new(Taken::by(stream));
    tokio::select! {
        // However it ends, there is nobody to be told.
        _ = http.serve_connection(io, service) => {}
        () = place.out.notified() => {}
    }
}

/// From a request's head to the last byte of its answer.
struct AtWork(Arc<Place>);

impl AtWork {
    fn begin(place: &Arc<Place>) -> Self {
        place.connections.turn(place.number, None);
        AtWork(place.clone())
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.connections.turn(self.0.number, Some(Instant::now()));
    }
}

struct Answering {
    body: Body,
    _at_work: AtWork,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream whose other side takes what it is sent.
struct Taken {
    stream: TcpStream,
    /// Runs while something waits to be taken.
    unread: Option<Pin<Box<Sleep>>>,
}

impl Taken {
    fn by(stream: TcpStream) -> Self {
        Taken { stream, unread: None }
    }

    fn in_time<T>(&mut self, context: &mut Context<'_>, taken: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if taken.is_ready() {
            self.unread = None;
            return taken;
        }
        ready!(self.unread.get_or_insert_with(|| Box::pin(sleep(UNREAD))).as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Taken {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Taken {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.in_time(context, taken)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, parts: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.in_time(context, taken)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_silent_goes_and_who_is_at_work_stays() {
        let connections = Arc::new(Connections { most: 2, open: Mutex::default() });
        let first = Arc::new(connections.enter(1).unwrap());
        let second = Arc::new(connections.enter(2).unwrap());
        let working = AtWork::begin(&first);
        let third = connections.enter(3).unwrap();
        let open = || connections.open().keys().copied().collect::<Vec<_>>();
        assert_eq!(open(), [1, 3]);
        connections.turn(3, None);
        assert!(connections.enter(4).is_none(), "nobody is silent");
        drop((third, second));
        assert!(connections.enter(5).is_some());
        drop(working);
        assert!(connections.open()[&1].silent.is_some());
    }
}
