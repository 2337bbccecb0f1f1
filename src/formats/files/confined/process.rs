//! Starting a reading process, listening to it, and saying what became of it.

use super::super::form::FilledForm;
use super::super::limits::{Limits, ProcessLimits, exceeded};
use super::super::read::{ReadOptions, cancelled, file_name};
use super::super::source::{Progress, Table};
use super::copy::copy;
use super::held::{Held, no_scratch};
use super::pipe::{Pipe, Stop};
use super::program::{PROGRAM_ARGUMENT, program};
use super::receive::{Bad, Ear, Taken};
use super::request::{FORM, Job, Request, says};
use super::turns::Turn;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Once;

/// What a reading process tried, and the system's word against it; none where it went.
pub type Attempt = (String, Option<String>);

/// Reads a file's layer into memory.
pub fn read(path: &Path, options: &ReadOptions<'_>, progress: Progress<'_>) -> Outcome<Table> {
    let held = Held::new()?;
    let copied = copy(path, &held, options.limits)?;
    let limits = ProcessLimits::for_file(copied.bytes, copied.packed, options.limits);
    let job = Job::Layer {
        name: copied.name,
        our_layer: options.our_layer.to_owned(),
        source_layer: options.source_layer.map(str::to_owned),
        encoding: options.encoding.map(str::to_owned),
        wants_geometry: options.wants_geometry,
        limits: options.limits.clone(),
    };
    let listener = Listener { limits: options.limits, wanted: options.wanted, progress };
    let name = file_name(path);
    let mut rows = Vec::new();
    run(&held, job, limits, &name, &listener, |letter, ear| match letter {
        says::ROWS => ear.rows(&mut rows).map(|()| None),
        says::TABLE => {
            let (table, peak_kib) = ear.table(std::mem::take(&mut rows))?;
            tracing::debug!(peak_kib, rows = table.rows.len(), "read {name}");
            Ok(Some(table))
        }
        _ => Err(Bad::Answer("message")),
    })
}

/// Reads a table that was filled in from its bytes; `name` is what people call the file, `sheets` are the names that the sheet to read may have.
///
/// # Errors
/// `form_kind` for what is neither a workbook nor a text, and the faults of either.
pub fn read_form(bytes: &[u8], name: &str, encoding: Option<&str>, sheets: &[&str]) -> Outcome<FilledForm> {
    let held = Held::new()?;
    std::fs::write(held.input().join(FORM), bytes).map_err(|error| no_scratch(&error))?;
    let limits = Limits::default();
    let process = ProcessLimits::for_file(bytes.len() as u64, bytes.starts_with(b"PK"), &limits);
    let sheets = sheets.iter().map(|sheet| (*sheet).to_owned()).collect();
    let job = Job::Form { name: name.to_owned(), encoding: encoding.map(str::to_owned), sheets };
    run(&held, job, process, name, &Listener::deaf(&limits), |letter, ear| match letter {
        says::FORM => ear.form().map(Some),
        _ => Err(Bad::Answer("message")),
    })
}

/// Has a reading process try what it must not be able to do; `outside` is a folder with a file `secret`.
pub fn attempts(outside: &Path) -> Outcome<Vec<Attempt>> {
    let held = Held::new()?;
    let limits = Limits::default();
    let job = Job::Attempts { outside: outside.to_owned() };
    run(&held, job, ProcessLimits::for_file(0, false, &limits), "attempts", &Listener::deaf(&limits), |letter, ear| match letter {
        says::ATTEMPTS => ear.attempts().map(Some),
        _ => Err(Bad::Answer("message")),
    })
}

/// Who listens while a file is read.
struct Listener<'a> {
    limits: &'a Limits,
    wanted: &'a dyn Fn(&str) -> bool,
    progress: Progress<'a>,
}

impl<'a> Listener<'a> {
    fn deaf(limits: &'a Limits) -> Self {
        Listener { limits, wanted: &|_| false, progress: &|_, _| true }
    }
}

/// A process that is ended when nobody waits for it any more.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a job to its end; `take` takes the messages that are its own and gives the result with the last of them.
fn run<T>(
    held: &Held,
    job: Job,
    limits: ProcessLimits,
    name: &str,
    listener: &Listener<'_>,
    mut take: impl FnMut(u8, &mut Ear<Pipe<'_>>) -> Taken<Option<T>>,
) -> Outcome<T> {
    let done = Cell::new((0, None));
    let goes_on = || {
        let (rows, total) = done.get();
        (listener.progress)(rows, total)
    };
    let _turn = Turn::wait(&goes_on).ok_or_else(cancelled)?;
    let said = held.path().join("said");
    let mut running = start(held, &said)?;
    let mut answers = request(&mut running, held, job, limits)?;
    let out = running.0.stdout.take().ok_or_else(|| Fault::internal("reader_not_started", "no pipe"))?;
    let mut ear = Ear::new(Pipe::new(out, running.0.id(), limits.time, &goes_on), listener.limits, limits.table);
    let result = loop {
        match turn_of(&mut ear, &mut answers, listener, &done, &mut take) {
            Ok(None) => {}
            Ok(Some(result)) => break Ok(result),
            Err(bad) => break Err(bad),
        }
    };
    Err(match result {
        Ok(result) => return result,
        Err(Bad::Much(fault)) => *fault,
        Err(Bad::Answer(what)) => odd_answer(name, what),
        Err(Bad::Ended) => match ear.pipe().stopped {
            Some(Stop::Cancelled) => cancelled(),
            Some(Stop::TooLong) => too_long(limits.time.as_secs(), limits.time.as_secs()),
            None => {
                let status = running.0.wait().map_err(|error| Fault::internal("reader_crashed", error))?;
                ended(name, status, &limits, &said, ear.pipe().memory)
            }
        },
    })
}

/// Takes one message; the result comes with the last.
fn turn_of<T>(
    ear: &mut Ear<Pipe<'_>>,
    answers: &mut ChildStdin,
    listener: &Listener<'_>,
    done: &Cell<(u64, Option<u64>)>,
    take: &mut impl FnMut(u8, &mut Ear<Pipe<'_>>) -> Taken<Option<T>>,
) -> Taken<Option<Outcome<T>>> {
    match ear.byte()? {
        says::READY => {
            let (files, calls) = (ear.flag()?, ear.flag()?);
            tell_what_is_missing(files, calls);
        }
        says::PROGRESS => {
            done.set((ear.number()?, ear.total()?));
            if !(listener.progress)(done.get().0, done.get().1) {
                return Ok(Some(Err(cancelled())));
            }
        }
        says::ASK => {
            let heading = ear.heading()?;
            let answer = u8::from((listener.wanted)(&heading));
            answers.write_all(&[answer]).map_err(|_| Bad::Ended)?;
        }
        says::FAULT => return Ok(Some(Err(ear.fault()?))),
        letter => return Ok(take(letter, ear)?.map(Ok)),
    }
    Ok(None)
}

/// Settings of the libraries that read: no network, no plug-ins, no traces on disk, small arenas of memory.
const SETTINGS: [(&str, &str); 12] = [
    ("LANG", "C.UTF-8"),
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_PAM_ENABLED", "NO"),
    ("GDAL_HTTP_MAX_RETRY", "0"),
    ("GDAL_HTTP_TIMEOUT", "1"),
    ("GDAL_NUM_THREADS", "1"),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none"),
    ("PROJ_NETWORK", "OFF"),
    ("OGR_SQLITE_LOAD_EXTENSIONS", "NO"),
    ("SQLITE_USE_OGR_VFS", "NO"),
    ("MIMALLOC_ARENA_RESERVE", "16MiB"),
    ("MIMALLOC_ARENA_EAGER_COMMIT", "0"),
];
/// Where libraries and their tables are, which an administrator may have said.
const PLACES: [&str; 4] = ["LD_LIBRARY_PATH", "GDAL_DATA", "PROJ_DATA", "PROJ_LIB"];

fn start(held: &Held, said: &Path) -> Outcome<Running> {
    let said = File::create_new(said).map_err(|error| no_scratch(&error))?;
    let places = PLACES.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value)));
    let program = program()?;
    Command::new(program)
        .arg(PROGRAM_ARGUMENT)
        .env_clear()
        .envs(places)
        .envs(SETTINGS)
        .env("TMPDIR", held.work())
        .current_dir(held.work())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(said)
        .spawn()
        .map(Running)
        .map_err(|error| {
            Fault::internal("reader_not_started", format!("{}: {error}", program.display())).help(
                "读取文件需要启动一个子进程：请检查内存和进程数的限制",
                "files are read in a process of their own: see the limits of memory and of processes",
            )
        })
}

fn request(running: &mut Running, held: &Held, job: Job, limits: ProcessLimits) -> Outcome<ChildStdin> {
    let lost = |error: &dyn std::fmt::Display| Fault::internal("reader_not_started", error);
    let request = Request { parent: std::process::id(), limits, input: held.input(), work: held.work(), job };
    let mut asked = running.0.stdin.take().ok_or_else(|| lost(&"no pipe"))?;
    let line = serde_json::to_string(&request).map_err(|error| lost(&error))?;
    // A process that has ended already says why by its end.
    let _ = asked.write_all(line.as_bytes()).and_then(|()| asked.write_all(b"\n"));
    Ok(asked)
}

/// Says once what the kernel lacks.
fn tell_what_is_missing(files: bool, calls: bool) {
    static TOLD: Once = Once::new();
    let missing = match (files, calls) {
        (true, true) => return,
        (false, true) => "Landlock",
        (true, false) => "seccomp",
        (false, false) => "Landlock and seccomp",
    };
    TOLD.call_once(|| {
        tracing::warn!("内核没有 {missing}，读取外来文件的子进程只受资源限额约束 / this kernel has no {missing}: the process that reads files from outside is held by limits only");
    });
}

fn odd_answer(name: &str, what: &str) -> Fault {
    Fault::bad(
        "reader_answer",
        format!("读取 {name} 的子进程答非所问（{what}），结果不可信，未作任何修改"),
        format!("the process that reads {name} gave an answer that is none ({what}); it is not trusted and nothing was changed"),
    )
    .at(name)
    .help(
        "文件可能是有意损坏的：请勿再导入，并交给管理员",
        "the file may be damaged on purpose: do not import it again, and give it to your administrator",
    )
}

fn too_long(found: u64, bound: u64) -> Fault {
    exceeded("读取文件的秒数", "the time to read the file in seconds", found, bound)
}

/// What the end of the process means.
fn ended(name: &str, status: ExitStatus, limits: &ProcessLimits, said: &Path, memory: u64) -> Fault {
    let mut words = Vec::new();
    // What it said on its way out is a claim like all else, and only looked through for a few words.
    let _ = File::open(said).and_then(|file| file.take(64 << 10).read_to_end(&mut words));
    let words = String::from_utf8_lossy(&words).into_owned();
    let no_memory = ["memory allocation of", "bad_alloc", "ut of memory", "capacity overflow", "annot allocate"];
    let by_signal = status.signal().and_then(|number| nix::sys::signal::Signal::try_from(number).ok());
    use nix::sys::signal::Signal::{SIGKILL, SIGXCPU, SIGXFSZ};
    // One that was last seen close to its limit crashed for want of what lies beyond.
    let was_full = memory > limits.memory / 10 * 8 && !matches!(by_signal, Some(SIGXCPU | SIGXFSZ));
    match by_signal {
        _ if was_full || no_memory.iter().any(|word| words.contains(word)) => {
            exceeded("读取文件所需内存的字节数", "the memory to read the file in bytes", limits.memory + 1, limits.memory)
        }
        Some(SIGXCPU) => exceeded(
            "读取文件的处理器秒数",
            "the processor time to read the file in seconds",
            limits.processor.as_secs() + 1,
            limits.processor.as_secs(),
        ),
        Some(SIGXFSZ) => exceeded("解压后字节数", "the unpacked size in bytes", limits.scratch + 1, limits.scratch),
        by_signal => {
            let how = by_signal.map_or_else(|| status.to_string(), |signal| signal.to_string());
            tracing::info!("the process that read {name} ended by {how}: {}", words.lines().next().unwrap_or_default());
            let killed = by_signal == Some(SIGKILL);
            let (zh, en) = if killed {
                ("系统结束了读取它的子进程，多半是内存不足", "the system ended the process that read it, most likely for want of memory")
            } else {
                (
                    "读取它的子进程崩溃了，文件可能损坏，或是有意做坏的",
                    "the process that read it crashed; the file may be damaged, perhaps on purpose",
                )
            };
            Fault::bad(
                "reader_crashed",
                format!("无法读取 {name}：{zh}（{how}）；未作任何修改"),
                format!("{name} cannot be read: {en} ({how}); nothing was changed"),
            )
            .at(name)
            .help("请用 QGIS 打开检查，或重新导出", "open it in QGIS, or export it again")
        }
    }
}
