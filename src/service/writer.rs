//! The one writer: a thread that takes edits in their order, checks each against the head, commits those that pass together and publishes the next City.

use super::edits::{Checked, Person, Reply, check};
use super::events::{Event, Events};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Author, Edit, Fault, FaultKind};
use crate::store::{CityStore, CommitError, Kept};
use arc_swap::ArcSwap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// Edits that one commit takes at most.
const MOST_TOGETHER: usize = 256;

/// What an accepted edit made: it is on disk, and the City that listeners see holds it.
#[derive(Clone, Debug)]
pub struct Done {
    pub revision: i64,
    pub reply: Reply,
}

struct Wish {
    edit: Edit,
    person: Person,
    /// RFC 3339, UTC.
    at: String,
    answer: oneshot::Sender<Outcome<Done>>,
}

/// An edit that was handed in. It takes its way whether or not anybody waits for it.
pub struct Pending(oneshot::Receiver<Outcome<Done>>);

impl Pending {
    /// Waits until the edit is refused, or on disk and published. Not for threads that answer requests: they await it.
    pub fn wait(self) -> Outcome<Done> {
        self.0.blocking_recv().unwrap_or_else(|_| Err(unanswered()))
    }
}

impl Future for Pending {
    type Output = Outcome<Done>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome<Done>> {
        Pin::new(&mut self.0).poll(context).map(|told| told.unwrap_or_else(|_| Err(unanswered())))
    }
}

fn unanswered() -> Fault {
    Fault::internal("writer", "the edit was not answered")
}

/// The queue before the writing thread. Dropping it lets the thread finish what waits, and end.
pub struct Writer {
    queue: Mutex<Option<Sender<Wish>>>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread that alone changes `city` and writes `store`.
    pub(super) fn start(store: Arc<dyn CityStore>, city: Arc<ArcSwap<City>>, events: Events) -> Outcome<Self> {
        let (queue, wishes) = channel();
        let writing = Writing { store, city, events };
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || writing.work_off(&wishes));
        let thread = thread.map_err(|error| Fault::internal("thread", error))?;
        Ok(Writer { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Hands in an edit behind those that wait.
    pub fn submit(&self, edit: Edit, person: Person, at: String) -> Outcome<Pending> {
        let (answer, told) = oneshot::channel();
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = queue.as_ref().is_some_and(|queue| queue.send(Wish { edit, person, at, answer }).is_ok());
        if sent { Ok(Pending(told)) } else { Err(Fault::internal("writer", "the writer has ended")) }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

/// What the thread works with.
struct Writing {
    store: Arc<dyn CityStore>,
    city: Arc<ArcSwap<City>>,
    events: Events,
}

/// An edit that passed, waiting for the commit.
struct Passed {
    wish: Wish,
    author: Author,
    checked: Checked,
    revision: i64,
}

impl Writing {
    fn work_off(&self, wishes: &Receiver<Wish>) {
        while let Ok(first) = wishes.recv() {
            let mut together = vec![first];
            // Nobody is waited for: what has come meanwhile goes along.
            while together.len() < MOST_TOGETHER
                && let Ok(next) = wishes.try_recv()
            {
                together.push(next);
            }
            self.take(together);
        }
    }

    /// Checks and commits some edits. Where the commit of several fails, each is tried by itself, so that none fails for another's sake.
    fn take(&self, wishes: Vec<Wish>) {
        let base = self.city.load_full();
        let (passed, head) = check_in_order(&base, wishes);
        if passed.is_empty() {
            return;
        }
        let Some(head) = head else { return refuse(passed, &Fault::internal("writer", "the next city could not be made")) };
        match self.commit(&base, &passed) {
            Ok(()) => self.publish(head, passed),
            Err(CommitError::Conflict { head }) => refuse(passed, &changed_outside(head)),
            // Whom another program keeps waiting, each by himself would wait for as long.
            Err(CommitError::Failed(fault)) if passed.len() == 1 || fault.kind == FaultKind::Busy => refuse(passed, &fault),
            Err(CommitError::Failed(_)) => passed.into_iter().for_each(|passed| self.take(vec![passed.wish])),
        }
    }

    fn commit(&self, base: &City, passed: &[Passed]) -> Result<(), CommitError> {
        let kept: Vec<Kept<'_>> = passed
            .iter()
            .map(|passed| Kept { revision: passed.revision, author: &passed.author, changes: &passed.checked.changes, log: &passed.checked.log })
            .collect();
        catch_unwind(AssertUnwindSafe(|| self.store.commit(base.revision, &kept)))
            .unwrap_or_else(|_| Err(CommitError::Failed(Fault::internal("panic", "the store broke off while writing"))))
    }

    /// The City first, then the listeners, then the callers: who is answered sees the change.
    fn publish(&self, head: City, passed: Vec<Passed>) {
        self.city.store(Arc::new(head));
        for Passed { wish, checked, revision, .. } in passed {
            Event::of(revision, &checked.changes).into_iter().for_each(|event| self.events.tell(event));
            let _ = wish.answer.send(Ok(Done { revision, reply: checked.reply }));
        }
    }
}

/// Checks each edit against what those before it made; who is refused is answered at once. An edit that changes nothing passes without a revision.
fn check_in_order(base: &Arc<City>, wishes: Vec<Wish>) -> (Vec<Passed>, Option<City>) {
    let mut passed: Vec<Passed> = Vec::new();
    let mut head: City = (**base).clone();
    for wish in wishes {
        let step = catch_unwind(AssertUnwindSafe(|| check(&wish.edit, &head, &wish.person)));
        let checked = match step.unwrap_or_else(|_| Err(Fault::internal("panic", "the check broke off"))) {
            Ok(checked) => checked,
            Err(fault) => {
                let _ = wish.answer.send(Err(fault));
                continue;
            }
        };
        if checked.changes.is_empty() {
            let _ = wish.answer.send(Ok(Done { revision: head.revision, reply: checked.reply }));
            continue;
        }
        let revision = head.revision + 1;
        match catch_unwind(AssertUnwindSafe(|| head.into_next(&checked.changes, revision))) {
            Ok(Ok(next)) => head = next,
            _ => {
                let _ = wish.answer.send(Err(Fault::internal("row_change", "a checked edit does not fit the city")));
                // The head went with it: it is made again from what passed.
                let Some(again) = replay(base, &passed) else { return (passed, None) };
                head = again;
                continue;
            }
        }
        let author = Author { account: wish.person.viewer.name().to_owned(), source: checked.source.clone(), at: wish.at.clone() };
        passed.push(Passed { wish, author, checked, revision });
    }
    (passed, Some(head))
}

fn replay(base: &City, passed: &[Passed]) -> Option<City> {
    passed.iter().try_fold(base.clone(), |head, passed| head.into_next(&passed.checked.changes, passed.revision).ok())
}

fn refuse(passed: Vec<Passed>, fault: &Fault) {
    for passed in passed {
        let _ = passed.wish.answer.send(Err(fault.clone()));
    }
}

/// The store went on without us: what was checked no longer holds.
pub(super) fn changed_outside(revision: i64) -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "changed_outside",
        format!("城市文件已在别处改动（修订 {revision}），未写入任何内容"),
        format!("the city was changed elsewhere (revision {revision}); nothing was written"),
    )
    .help("请重新启动服务，再重做此修改", "restart the server and make the change again")
}
