//! Long work as jobs: queued, watched, cancelled, their results kept for a while (OGC API – Processes, asynchronous).
//!
//! Jobs have threads and a pool of their own, so that a long run neither holds up the map nor another person's click.

use super::processes::{AnyAnswer, AnyProcess, Ask, Erased, Pace};
use super::{Planner, Viewer, now};
use crate::analysis::Control;
use crate::domain::fault::Outcome;
use crate::domain::patience::{Patience, cancelled};
use crate::domain::{Fault, FaultKind};
use crate::rules::RuleSet;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use utoipa::ToSchema;

/// Jobs that run at the same time; each uses all cores where it can.
const AT_ONCE: usize = 2;
/// Jobs that may wait; more are refused rather than left to pile up.
const MOST_WAITING: usize = 32;
/// Jobs of guests among them, so that they leave room for people who are signed in.
const MOST_GUESTS_WAITING: usize = 8;
/// Jobs of one account, or of one address of guests, that wait or run.
const MOST_OF_ONE: usize = 8;
/// Finished jobs whose results are kept, and those of guests among them; the oldest go first.
const MOST_KEPT: usize = 64;
const MOST_GUESTS_KEPT: usize = 16;
/// A job that takes longer ends.
const LONGEST: Duration = Duration::from_secs(1800);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Accepted,
    Running,
    Successful,
    Failed,
    Dismissed,
}

impl JobState {
    fn is_over(self) -> bool {
        matches!(self, JobState::Successful | JobState::Failed | JobState::Dismissed)
    }
}

/// The status of a job, with the member names of OGC API – Processes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobStatus {
    #[serde(rename = "jobID")]
    pub id: String,
    #[serde(rename = "processID")]
    pub process: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub status: JobState,
    /// Per cent.
    pub progress: u8,
    pub created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<String>,
    pub updated: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What a job does.
pub trait Work: Send + Sync {
    /// What it is called in a job's status: an analysis by its id.
    fn id(&self) -> &'static str;
    fn run(&self, planner: &Planner, control: Control<'_>) -> Outcome<Arc<dyn AnyAnswer>>;
}

/// An analysis as a job.
pub struct ProcessWork {
    process: &'static dyn AnyProcess,
    inputs: Erased,
}

impl ProcessWork {
    /// Checked as far as can be told without the city.
    pub fn new(process: &'static dyn AnyProcess, inputs: Erased) -> Outcome<Self> {
        process.check(&inputs)?;
        Ok(ProcessWork { process, inputs })
    }
}

impl Work for ProcessWork {
    fn id(&self) -> &'static str {
        self.process.id()
    }

    fn run(&self, planner: &Planner, control: Control<'_>) -> Outcome<Arc<dyn AnyAnswer>> {
        let city = planner.city();
        let ask = Ask { city: &city, control, rules: RuleSet::shipped(), threads: None };
        planner.compute.install(|| self.process.execute(&ask, &self.inputs))
    }
}

struct Job {
    id: String,
    work: Box<dyn Work>,
    viewer: Viewer,
    /// What its maker is counted by.
    maker: String,
    created: String,
    progress: AtomicU8,
    stop: AtomicBool,
    run: Mutex<Run>,
}

struct Run {
    state: JobState,
    started: Option<String>,
    finished: Option<String>,
    updated: String,
    /// Whole, whoever asked: what its reader may see is decided when it is read.
    result: Option<Outcome<Arc<dyn AnyAnswer>>>,
}

#[derive(Default)]
struct Queue {
    /// All that are known, by the order of their coming.
    jobs: BTreeMap<u64, Arc<Job>>,
    waiting: VecDeque<Arc<Job>>,
    running: usize,
    count: u64,
}

/// The jobs of a server.
#[derive(Default)]
pub struct Jobs {
    queue: Mutex<Queue>,
    /// The server is going: nothing is computed to its end.
    ending: Arc<AtomicBool>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing inside is left half-changed by a panic: each lock guards single assignments.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Job {
    fn status(&self) -> JobStatus {
        let run = locked(&self.run);
        let message = match &run.result {
            Some(Err(fault)) => Some(fault.zh.clone()),
            _ => None,
        };
        JobStatus {
            id: self.id.clone(),
            process: self.work.id(),
            kind: "process",
            status: run.state,
            progress: if run.state == JobState::Successful { 100 } else { self.progress.load(Ordering::Relaxed) },
            created: self.created.clone(),
            started: run.started.clone(),
            finished: run.finished.clone(),
            updated: run.updated.clone(),
            message,
        }
    }

    fn is_over(&self) -> bool {
        locked(&self.run).state.is_over()
    }

    /// Whoever started it; a job of a guest belongs to whoever knows its unguessable id.
    fn belongs_to(&self, viewer: &Viewer) -> bool {
        self.viewer.account().is_none() || self.viewer.name() == viewer.name()
    }

    /// Enters a state unless the job is over already (a cancelled one stays so, whatever it still computed).
    fn enter(&self, state: JobState, result: Option<Outcome<Arc<dyn AnyAnswer>>>) -> bool {
        let mut run = locked(&self.run);
        if run.state.is_over() {
            return false;
        }
        let at = now();
        match state {
            JobState::Running => run.started = Some(at.clone()),
            _ => run.finished = Some(at.clone()),
        }
        run.state = state;
        run.updated = at;
        run.result = result;
        true
    }
}

impl Planner {
    /// Executes on the analyses' own threads, so that a run that uses all cores does not hold up what the map asks for; what a slider
    /// asks for is done at once, so that it does not wait behind such a run.
    ///
    /// Setting `stop` ends the run early, whose answer is then worth nothing: nobody waits for it.
    pub fn execute(&self, process: &dyn AnyProcess, inputs: &Erased, stop: &AtomicBool) -> Outcome<Arc<dyn AnyAnswer>> {
        let city = self.city();
        let patience = Patience::current();
        let stopped = || stop.load(Ordering::Relaxed) || self.jobs.is_ending() || patience.is_over();
        let run = || {
            // It may have waited for threads longer than its caller for it.
            if stopped() {
                return Err(cancelled());
            }
            let answer = process.execute(&Ask { control: Control { stop: &stopped, progress: &|_| {} }, ..Ask::plain(&city) }, inputs)?;
            // What a run gives that was told to end is no answer.
            patience.check().map(|()| answer)
        };
        match process.pace(inputs) {
            Pace::Quick => run(),
            Pace::Slow => self.compute().install(|| patience.during(run)),
        }
    }

    /// Ends whatever runs or waits, so that the server can go.
    pub fn wind_up(&self) {
        self.jobs.ending.store(true, Ordering::Relaxed);
        locked(&self.jobs.queue).waiting.clear();
    }

    /// Takes work as a job and answers at once.
    /// Of guests `address` tells whose it is.
    pub fn submit(self: &Arc<Self>, viewer: &Viewer, address: &str, work: Box<dyn Work>) -> Outcome<JobStatus> {
        let created = now();
        let job = Arc::new(Job {
            id: super::sessions::random_token()?[..32].to_owned(),
            work,
            viewer: viewer.clone(),
            maker: if viewer.account().is_some() { viewer.name().to_owned() } else { format!("@{address}") },
            progress: AtomicU8::new(0),
            stop: AtomicBool::new(false),
            run: Mutex::new(Run { state: JobState::Accepted, started: None, finished: None, updated: created.clone(), result: None }),
            created,
        });
        let mut queue = locked(&self.jobs.queue);
        queue.must_have_room_for(&job)?;
        queue.count += 1;
        let number = queue.count;
        queue.jobs.insert(number, job.clone());
        queue.forget_old();
        queue.waiting.push_back(job.clone());
        if queue.running < AT_ONCE {
            queue.running += 1;
            let planner = self.clone();
            std::thread::Builder::new().name("job".to_owned()).spawn(move || planner.work_off()).map_err(|error| Fault::internal("thread", error))?;
        }
        drop(queue);
        Ok(job.status())
    }

    /// Runs what waits, one after another, until nothing does.
    fn work_off(&self) {
        loop {
            let job = {
                let mut queue = locked(&self.jobs.queue);
                match queue.waiting.pop_front() {
                    Some(job) => job,
                    None => {
                        queue.running -= 1;
                        return;
                    }
                }
            };
            if !job.enter(JobState::Running, None) {
                continue;
            }
            let patience = Patience::default().at_most(LONGEST);
            let control = Control {
                stop: &|| job.stop.load(Ordering::Relaxed) || self.jobs.is_ending() || patience.is_over(),
                progress: &|share| job.progress.store((share.clamp(0.0, 1.0) * 99.0) as u8, Ordering::Relaxed),
            };
            let run = || {
                let answer = job.work.run(self, control)?;
                patience.check().map(|()| answer)
            };
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| Err(Fault::internal("panic", job.work.id())));
            let state = if result.is_ok() { JobState::Successful } else { JobState::Failed };
            job.enter(state, Some(result));
        }
    }
}

impl Jobs {
    /// Set when the server goes.
    pub fn ending(&self) -> Arc<AtomicBool> {
        self.ending.clone()
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    fn job(&self, viewer: &Viewer, id: &str) -> Outcome<Arc<Job>> {
        locked(&self.queue)
            .jobs
            .values()
            .find(|job| job.id == id && job.belongs_to(viewer))
            .cloned()
            .ok_or_else(|| Fault::not_found("no_such_job", format!("没有运算 {id}"), format!("there is no job {id}")).at(id))
    }

    /// The viewer's own jobs, newest first.
    pub fn list(&self, viewer: &Viewer) -> Vec<JobStatus> {
        let own = |job: &&Arc<Job>| viewer.account().is_some() && job.viewer.name() == viewer.name();
        locked(&self.queue).jobs.values().rev().filter(own).map(|job| job.status()).collect()
    }

    pub fn status(&self, viewer: &Viewer, id: &str) -> Outcome<JobStatus> {
        Ok(self.job(viewer, id)?.status())
    }

    /// Ends a job that waits or runs; it has no result then. One that is over is forgotten.
    pub fn dismiss(&self, viewer: &Viewer, id: &str) -> Outcome<JobStatus> {
        let job = self.job(viewer, id)?;
        job.stop.store(true, Ordering::Relaxed);
        let was_open = job.enter(JobState::Dismissed, None);
        let mut queue = locked(&self.queue);
        queue.waiting.retain(|waiting| waiting.id != job.id);
        if !was_open {
            queue.jobs.retain(|_, known| known.id != job.id);
        }
        drop(queue);
        Ok(JobStatus { status: JobState::Dismissed, ..job.status() })
    }

    /// The result of a job that is done, or the fault with which it ended.
    pub fn result(&self, viewer: &Viewer, id: &str) -> Outcome<Arc<dyn AnyAnswer>> {
        let job = self.job(viewer, id)?;
        let run = locked(&job.run);
        match (&run.result, run.state) {
            (Some(result), JobState::Successful | JobState::Failed) => result.clone(),
            (_, JobState::Dismissed) => {
                Err(Fault::not_found("job_dismissed", "运算已取消，没有结果", "the job was cancelled and has no result").at(id))
            }
            _ => Err(Fault::not_found("result_not_ready", "运算尚未完成", "the job is not done yet")
                .at(id)
                .help("等状态变为 successful 再读结果", "read the result when its status is successful")),
        }
    }
}

fn queue_full(zh: String, en: String) -> Fault {
    Fault::new(FaultKind::TooMany, "queue_full", zh, en)
        .help("等前面的运算完成后再试", "try again when the earlier runs are done")
        .again_in(Duration::from_secs(15))
}

impl Queue {
    fn must_have_room_for(&self, job: &Job) -> Outcome<()> {
        let is_guests = |job: &Job| job.viewer.account().is_none();
        let own = self.jobs.values().filter(|other| other.maker == job.maker && !other.is_over()).count();
        if own >= MOST_OF_ONE {
            return Err(queue_full(
                format!("同一账号或地址最多 {MOST_OF_ONE} 个运算在排队或运行"),
                format!("{MOST_OF_ONE} runs of one account or address wait or run; more are not taken"),
            ));
        }
        let guests = self.waiting.iter().filter(|other| is_guests(other)).count();
        if self.waiting.len() >= MOST_WAITING || (is_guests(job) && guests >= MOST_GUESTS_WAITING) {
            let most = if is_guests(job) { MOST_GUESTS_WAITING } else { MOST_WAITING };
            return Err(queue_full(format!("最多 {most} 个运算排队"), format!("{most} runs may wait; more are not taken")));
        }
        Ok(())
    }

    fn forget_old(&mut self) {
        self.forget_beyond(MOST_GUESTS_KEPT, |job| job.viewer.account().is_none());
        self.forget_beyond(MOST_KEPT, |_| true);
    }

    /// Of jobs of one kind the oldest that are over go.
    fn forget_beyond(&mut self, most: usize, is_one: impl Fn(&Job) -> bool) {
        while self.jobs.values().filter(|job| is_one(job)).count() > most {
            let oldest = self.jobs.iter().find(|(_, job)| is_one(job) && job.is_over()).map(|(number, _)| *number);
            match oldest {
                Some(number) => self.jobs.remove(&number),
                None => return,
            };
        }
    }
}
