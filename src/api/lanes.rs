//! How many do what at the same time. Every kind of work has a lane of its own with so many workers and so many places to wait, so that no kind
//! holds up another: the map goes on beside exports, people beside guests, and a sign of life beside everything.
//!
//! A lane counts by caller as well, by account or address, so that one who floods it is told so before all others are.

use super::problem::Refusal;
use crate::domain::fault::Outcome;
use crate::domain::patience::{Patience, took_too_long};
use crate::domain::{Fault, FaultKind};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Whether the server lives.
    Sign,
    /// Passwords: each check takes 19 MiB.
    SignIn,
    /// Tiles.
    Map,
    /// Answers from what the City holds.
    Read,
    /// Edits: they wait for one another's commits, so that many share one.
    Write,
    /// Analyses and exports of people who are signed in.
    Heavy,
    /// The same for guests.
    GuestHeavy,
}

/// What a lane holds.
struct Rule {
    lane: Lane,
    at_once: usize,
    waiting: usize,
    /// Of one caller, at work and waiting together.
    each: usize,
    /// Work that takes longer ends.
    longest: Duration,
}

const fn rule(lane: Lane, at_once: usize, waiting: usize, each: usize, seconds: u64) -> Rule {
    Rule { lane, at_once, waiting, each, longest: Duration::from_secs(seconds) }
}

/// By the order of [`Lane`].
const RULES: [Rule; 7] = [
    rule(Lane::Sign, 2, 1024, 512, 5),
    rule(Lane::SignIn, 2, 64, 16, 10),
    rule(Lane::Map, 4, 512, 128, 20),
    rule(Lane::Read, 4, 512, 128, 30),
    rule(Lane::Write, 64, 512, 256, 120),
    rule(Lane::Heavy, 2, 32, 8, 600),
    rule(Lane::GuestHeavy, 2, 16, 8, 120),
];

/// Whoever waits longer for a worker is told to come again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Threads that all lanes need together, and a few for what runs beside requests.
pub const WORKERS: usize = {
    let (mut sum, mut lane) = (4, 0);
    while lane < RULES.len() {
        sum += RULES[lane].at_once;
        lane += 1;
    }
    sum
};

struct State {
    workers: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// All lanes of a server.
pub(super) struct Lanes {
    states: [State; RULES.len()],
    /// How many of a caller are in a lane.
    callers: Mutex<HashMap<(Lane, Arc<str>), usize>>,
    /// The server goes: nothing is computed to its end.
    ending: Arc<AtomicBool>,
}

/// A caller's right to one worker, given back when it is dropped.
struct Worker {
    _permit: OwnedSemaphorePermit,
    _counted: Counted,
}

struct Counted {
    lanes: Arc<Lanes>,
    key: (Lane, Arc<str>),
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut callers = self.lanes.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = callers.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                callers.remove(&self.key);
            }
        }
    }
}

/// Counts who waits in a lane, also those who hang up.
struct InLine<'a>(&'a AtomicUsize);

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lanes {
    pub(super) fn new(ending: Arc<AtomicBool>) -> Self {
        let state = |rule: &Rule| State { workers: Arc::new(Semaphore::new(rule.at_once)), waiting: AtomicUsize::new(0) };
        Lanes { states: RULES.each_ref().map(state), callers: Mutex::default(), ending }
    }

    async fn worker(self: &Arc<Self>, caller: &Arc<str>, lane: Lane) -> Outcome<Worker> {
        let (rule, state) = (&RULES[lane as usize], &self.states[lane as usize]);
        let counted = self.count(caller, rule)?;
        let permit = match state.workers.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                let waiting = state.waiting.fetch_add(1, Ordering::Relaxed);
                let _in_line = InLine(&state.waiting);
                if waiting >= rule.waiting {
                    return Err(full(rule.at_once, rule.waiting));
                }
                match tokio::time::timeout(LONGEST_WAIT, state.workers.clone().acquire_owned()).await {
                    Ok(Ok(permit)) => permit,
                    _ => return Err(full(rule.at_once, rule.waiting)),
                }
            }
        };
        Ok(Worker { _permit: permit, _counted: counted })
    }

    fn count(self: &Arc<Self>, caller: &Arc<str>, rule: &Rule) -> Outcome<Counted> {
        let key = (rule.lane, caller.clone());
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let count = callers.entry(key.clone()).or_insert(0);
        if *count >= rule.each {
            return Err(too_many(rule.each));
        }
        *count += 1;
        drop(callers);
        Ok(Counted { lanes: self.clone(), key })
    }
}

fn too_many(each: usize) -> Fault {
    Fault::new(
        FaultKind::TooMany,
        "too_many_requests",
        format!("同一账号或地址同时最多 {each} 个此类请求"),
        format!("at most {each} such requests of one account or address are taken at the same time"),
    )
    .help("等前面的请求完成后再试", "try again when the earlier ones are done")
    .again_in(Duration::from_secs(2))
}

fn full(at_once: usize, waiting: usize) -> Fault {
    Fault::new(
        FaultKind::Busy,
        "busy",
        format!("服务正忙：同时处理 {at_once} 个此类请求，最多 {waiting} 个排队"),
        format!("the server is busy: {at_once} such requests are worked on at once and {waiting} may wait"),
    )
    .help("请稍后再试", "try again in a moment")
    .again_in(Duration::from_secs(5))
}

/// Whose request a task serves, and what kind of work it is.
#[derive(Clone)]
pub(super) struct Ticket {
    pub lanes: Arc<Lanes>,
    pub caller: Arc<str>,
    pub is_guest: bool,
    pub lane: Lane,
}

tokio::task_local! {
    pub(super) static TICKET: Ticket;
}

/// The work of a request is as heavy as an analysis or an export.
pub(super) fn heavy() -> Option<Lane> {
    TICKET.try_with(|ticket| if ticket.is_guest { Lane::GuestHeavy } else { Lane::Heavy }).ok()
}

/// Set when its request is over, be it answered or given up.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Does work on one of a lane's threads, that of the request where none is named. The work ends when nobody waits for it, when the server goes, and
/// when its time is over, wherever it asks [`Patience`]; the caller is told in any case.
pub(super) async fn work<T: Send + 'static>(lane: Option<Lane>, work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Result<T, Refusal> {
    let Ok(ticket) = TICKET.try_with(Ticket::clone) else { return joined(tokio::task::spawn_blocking(work).await) };
    let lane = lane.unwrap_or(ticket.lane);
    let worker = ticket.lanes.worker(&ticket.caller, lane).await?;
    let waiting = Waiting(Arc::default());
    let longest = RULES[lane as usize].longest;
    let patience = Patience::while_unset([waiting.0.clone(), ticket.lanes.ending.clone()]).at_most(longest);
    let done = tokio::task::spawn_blocking(move || {
        let answer = patience.during(work);
        // The worker is free when the thread is, not when the caller has gone.
        drop(worker);
        answer
    });
    // What does not ask is left to itself.
    match tokio::time::timeout(longest + GRACE, done).await {
        Ok(done) => joined(done),
        Err(_) => Err(took_too_long(longest).into()),
    }
}

/// Between a limit and the answer without what was computed.
const GRACE: Duration = Duration::from_secs(2);

fn joined<T>(done: Result<Outcome<T>, tokio::task::JoinError>) -> Result<T, Refusal> {
    match done {
        Ok(answer) => answer.map_err(Refusal::from),
        Err(error) => Err(Fault::internal("panic", error).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes() -> Arc<Lanes> {
        Arc::new(Lanes::new(Arc::default()))
    }

    fn ticket(lanes: &Arc<Lanes>, caller: &str, lane: Lane) -> Ticket {
        Ticket { lanes: lanes.clone(), caller: caller.into(), is_guest: true, lane }
    }

    #[test]
    fn rules_stand_in_the_order_of_their_lanes() {
        for (index, rule) in RULES.iter().enumerate() {
            assert_eq!(rule.lane as usize, index);
            assert!(rule.each <= rule.at_once + rule.waiting && rule.at_once > 0);
        }
    }

    #[tokio::test]
    async fn one_caller_is_told_before_the_lane_is_full_and_others_still_get_in() {
        let lanes = lanes();
        let flood: Arc<str> = "address:1".into();
        let each = RULES[Lane::GuestHeavy as usize].each;
        let mut held = Vec::new();
        for _ in 0..RULES[Lane::GuestHeavy as usize].at_once {
            held.push(lanes.worker(&flood, Lane::GuestHeavy).await.unwrap());
        }
        let line: Vec<_> = (held.len()..each)
            .map(|_| {
                let (lanes, flood) = (lanes.clone(), flood.clone());
                tokio::spawn(async move { lanes.worker(&flood, Lane::GuestHeavy).await.map(|_| ()) })
            })
            .collect();
        tokio::task::yield_now().await;
        let refused = lanes.worker(&flood, Lane::GuestHeavy).await.err().unwrap();
        assert!(refused.kind == FaultKind::TooMany && refused.en.contains(&each.to_string()) && refused.retry_after.is_some());
        assert!(lanes.worker(&flood, Lane::Read).await.is_ok(), "another lane is another count");
        drop(held);
        for one in line {
            one.await.unwrap().unwrap();
        }
        assert!(lanes.worker(&"address:2".into(), Lane::GuestHeavy).await.is_ok());
        assert!(lanes.callers.lock().unwrap().is_empty(), "all places are given back");
    }

    #[tokio::test]
    async fn a_full_lane_says_how_many_it_takes() {
        let lanes = lanes();
        let rule = &RULES[Lane::GuestHeavy as usize];
        let mut held = Vec::new();
        for index in 0..rule.at_once {
            held.push(lanes.worker(&format!("{index}").into(), Lane::GuestHeavy).await.unwrap());
        }
        let line: Vec<_> = (0..rule.waiting)
            .map(|index| {
                let lanes = lanes.clone();
                tokio::spawn(async move { lanes.worker(&format!("w{index}").into(), Lane::GuestHeavy).await.map(|_| ()) })
            })
            .collect();
        tokio::task::yield_now().await;
        let refused = lanes.worker(&"late".into(), Lane::GuestHeavy).await.err().unwrap();
        assert!(refused.code == "busy" && refused.en.contains("16 may wait"), "{}", refused.en);
        line.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn work_is_told_to_end_when_its_caller_hangs_up() {
        let lanes = lanes();
        let (sender, receiver) = std::sync::mpsc::channel();
        let asked = TICKET.scope(
            ticket(&lanes, "a", Lane::Read),
            work(None, move || {
                let patience = Patience::current();
                while !patience.is_over() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let _ = sender.send(());
                Ok(())
            }),
        );
        assert!(tokio::time::timeout(Duration::from_millis(50), asked).await.is_err());
        receiver.recv_timeout(Duration::from_secs(5)).unwrap();
    }
}
