//! Bodies on their way: none waits for ever for the other side, and all of them together take no more memory than is set aside.

use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep};

/// A body that is at most so large needs no room set aside.
const SMALL: usize = 64 << 10;
/// Bytes of a larger body that are handed on at a time.
const PIECE: usize = 64 << 10;
/// A body may take this long, and longer by what it holds at [`SLOWEST`].
const START: Duration = Duration::from_secs(30);
/// Bytes a second.
const SLOWEST: u64 = 32 << 10;
/// Nothing comes for so long.
const SILENCE: Duration = Duration::from_secs(20);
/// Who finds no room waits this long for it.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Memory for bodies in one direction.
pub(super) struct Room {
    most: usize,
    /// Of one caller, unless it is a single body.
    each: usize,
    /// Bodies that may wait for room. What waits to be sent stands in memory meanwhile.
    line: Semaphore,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_caller: HashMap<Arc<str>, usize>,
}

/// Room that one body takes until it is dropped.
pub(super) struct Held {
    room: Arc<Room>,
    caller: Arc<str>,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= self.bytes;
        if let Some(own) = taken.by_caller.get_mut(&self.caller) {
            *own -= self.bytes;
            if *own == 0 {
                taken.by_caller.remove(&self.caller);
            }
        }
    }
}

impl Room {
    pub(super) fn of(most: usize, each: usize, waiting: usize) -> Arc<Self> {
        Arc::new(Room { most, each, line: Semaphore::new(waiting), taken: Mutex::default() })
    }

    /// Room for a body, as soon as there is some; none is needed for a small one. What is larger than all the room takes it whole.
    pub(super) async fn hold(self: &Arc<Self>, caller: &Arc<str>, bytes: usize) -> Outcome<Option<Held>> {
        if bytes <= SMALL {
            return Ok(None);
        }
        let bytes = bytes.min(self.most);
        if let Some(held) = self.try_hold(caller, bytes) {
            return Ok(Some(held));
        }
        let Ok(_in_line) = self.line.try_acquire() else { return Err(self.full()) };
        let begin = Instant::now();
        while begin.elapsed() < LONGEST_WAIT {
            sleep(Duration::from_millis(50)).await;
            if let Some(held) = self.try_hold(caller, bytes) {
                return Ok(Some(held));
            }
        }
        Err(self.full())
    }

    fn try_hold(self: &Arc<Self>, caller: &Arc<str>, bytes: usize) -> Option<Held> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.by_caller.get(caller).copied().unwrap_or(0);
        if taken.all + bytes > self.most || (own > 0 && own + bytes > self.each) {
            return None;
        }
        taken.all += bytes;
        *taken.by_caller.entry(caller.clone()).or_insert(0) += bytes;
        Some(Held { room: self.clone(), caller: caller.clone(), bytes })
    }

    fn full(&self) -> Fault {
        let (all, each) = (self.most >> 20, self.each >> 20);
        Fault::new(
            FaultKind::Busy,
            "busy",
            format!("正在传输的内容已满：合计最多 {all} MiB，同一账号或地址最多 {each} MiB"),
            format!("what is under way is as much as is taken: {all} MiB in all, {each} MiB of one account or address"),
        )
        .help("等前面的传输完成后再试", "try again when the earlier transfers are done")
        .again_in(Duration::from_secs(5))
    }
}

/// What a caller sends, within time.
pub(super) struct Coming {
    body: Body,
    begin: Instant,
    came: u64,
    longest_silence: Duration,
    silence: Pin<Box<Sleep>>,
    slow: Arc<AtomicBool>,
}

impl Coming {
    /// Sets the flag when the body is given up.
    pub(super) fn body(body: Body, slow: Arc<AtomicBool>) -> Body {
        Body::new(Coming::within(body, slow, SILENCE))
    }

    fn within(body: Body, slow: Arc<AtomicBool>, longest_silence: Duration) -> Self {
        Coming { body, begin: Instant::now(), came: 0, longest_silence, silence: Box::pin(sleep(longest_silence)), slow }
    }
}

/// What is said of a body that was given up.
pub(super) fn too_slow() -> Fault {
    let (silence, start, rate) = (SILENCE.as_secs(), START.as_secs(), SLOWEST >> 10);
    Fault::bad(
        "body_slow",
        format!("请求体来得太慢：静默最多 {silence} 秒，{start} 秒之后至少每秒 {rate} KiB"),
        format!("the body came too slowly: silence of {silence} s at most, and {rate} KiB a second after {start} s"),
    )
    .help("请检查网络后重试", "check the network and try again")
}

/// How long what has passed so far may have taken.
fn is_slow(begin: Instant, passed: u64) -> bool {
    begin.elapsed() > START + Duration::from_secs(passed / SLOWEST)
}

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.came += frame.data_ref().map_or(0, |data| data.len() as u64);
                if is_slow(this.begin, this.came) {
                    return give_up(&this.slow);
                }
                this.silence.as_mut().reset(tokio::time::Instant::now() + this.longest_silence);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Pending if this.silence.as_mut().poll(context).is_ready() => give_up(&this.slow),
            other => other,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

fn give_up(slow: &AtomicBool) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
    slow.store(true, Ordering::Relaxed);
    Poll::Ready(Some(Err(axum::Error::new(std::io::Error::from(std::io::ErrorKind::TimedOut)))))
}

/// What is sent to a caller: piece by piece, so that what was set aside for it is given back when the caller has it, and no later than a slow one needs.
pub(super) struct Going {
    rest: Bytes,
    begin: Instant,
    sent: u64,
    _held: Option<Held>,
}

impl Going {
    pub(super) fn body(whole: Bytes, held: Option<Held>) -> Body {
        Body::new(Going { rest: whole, begin: Instant::now(), sent: 0, _held: held })
    }
}

impl HttpBody for Going {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if is_slow(self.begin, self.sent) {
            return Poll::Ready(Some(Err(std::io::ErrorKind::TimedOut.into())));
        }
        let most = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(most);
        self.sent += piece.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_caller_leaves_room_for_others_and_gives_back_what_it_took() {
        let room = Room::of(4 << 20, 1 << 20, 4);
        let (one, other): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        assert!(room.hold(&one, SMALL).await.unwrap().is_none());
        let held = room.try_hold(&one, 3 << 20).unwrap();
        assert!(room.try_hold(&one, 100 << 10).is_none(), "a single large one is all that it may have");
        let others = room.try_hold(&other, 1 << 20).unwrap();
        assert!(room.try_hold(&"c".into(), 100 << 10).is_none());
        drop((held, others));
        let whole = room.hold(&other, 64 << 20).await.unwrap();
        assert!(whole.is_some(), "what is larger than the room has it to itself");
        drop(whole);
        let taken = room.taken.lock().unwrap();
        assert!(taken.all == 0 && taken.by_caller.is_empty());
    }

    #[tokio::test]
    async fn a_body_that_stops_coming_is_given_up() {
        let slow = Arc::new(AtomicBool::new(false));
        let never = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
        assert!(axum::body::to_bytes(Body::new(Coming::within(never, slow.clone(), Duration::from_millis(20))), 100).await.is_err());
        assert!(slow.load(Ordering::Relaxed) && too_slow().en.contains("20 s"));
    }

    #[tokio::test]
    async fn an_answer_arrives_whole() {
        let whole: Bytes = (0..300_000_u32).map(|byte| byte as u8).collect::<Vec<_>>().into();
        let body = Going::body(whole.clone(), None);
        assert_eq!(body.size_hint().exact(), Some(300_000));
        assert_eq!(axum::body::to_bytes(body, usize::MAX).await.unwrap(), whole);
    }
}
