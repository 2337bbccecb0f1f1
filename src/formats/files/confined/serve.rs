//! The reading process: locks itself in, reads, says what it found, ends.

use super::super::drivers;
use super::super::form::read_form_here;
use super::super::read::{ReadOptions, read_here};
use super::super::source::SourceRow;
use super::super::taker::Taker;
use super::fence::{self, Fence};
use super::request::{FORM, Job, LONGEST, Request};
use super::send::Pen;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, Stdin, Stdout, Write};
use std::path::Path;
use std::process::ExitCode;

/// Answers one request from standard input on standard output.
pub fn serve() -> ExitCode {
    let mut asked = BufReader::new(std::io::stdin());
    let Ok(request) = request(&mut asked) else {
        // A person who tries it learns what it is for.
        let _ = writeln!(std::io::stderr(), "a reading process is started by parkplan itself");
        return ExitCode::FAILURE;
    };
    let mut pen = Pen::new(std::io::stdout());
    let done = prepare(&request).and_then(|(fence, status)| {
        pen.ready(fence.files, fence.calls).map_err(|error| gone(&error))?;
        answer(&request.job, &request.input, asked, &mut pen, status)
    });
    let told = match done {
        Ok(()) => Ok(()),
        Err(fault) => pen.fault(&fault),
    };
    if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn request(asked: &mut BufReader<Stdin>) -> Result<Request, Box<dyn std::error::Error>> {
    let mut line = String::new();
    asked.by_ref().take(LONGEST).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

fn prepare(request: &Request) -> Outcome<(Fence, Option<File>)> {
    fence::end_with(request.parent)?;
    fence::close_others();
    // How much memory it took is read at the end, when no file can be opened any more.
    let status = File::open("/proc/self/status").ok();
    Ok((fence::lock_in(request)?, status))
}

type Out = RefCell<Pen<Stdout>>;

fn answer(job: &Job, input: &Path, asked: BufReader<Stdin>, pen: &mut Pen<Stdout>, status: Option<File>) -> Outcome<()> {
    match job {
        Job::Layer { name, our_layer, source_layer, encoding, wants_geometry, limits } => {
            drivers::only_ours_from_now_on();
            let out: Out = RefCell::new(std::mem::replace(pen, Pen::new(std::io::stdout())));
            let asked = RefCell::new(asked);
            let options = ReadOptions {
                our_layer,
                source_layer: source_layer.as_deref(),
                encoding: encoding.as_deref(),
                wanted: &|heading| is_wanted(heading, &out, &asked),
                wants_geometry: *wants_geometry,
                limits,
            };
            let table = read_table(&input.join(name), &options, &out, status);
            *pen = out.into_inner();
            table
        }
        Job::Form { name, encoding, sheets } => {
            let bytes = std::fs::read(input.join(FORM)).map_err(|error| Fault::internal("scratch_failed", error))?;
            let sheets: Vec<&str> = sheets.iter().map(String::as_str).collect();
            let form = read_form_here(&bytes, name, encoding.as_deref(), &sheets)?;
            pen.form(&form).map_err(|error| gone(&error))
        }
        Job::Attempts { outside } => pen.attempts(&super::attempts::all(outside, input)).map_err(|error| gone(&error)),
    }
}

fn read_table(path: &Path, options: &ReadOptions<'_>, out: &Out, status: Option<File>) -> Outcome<()> {
    let block = |rows: &mut Vec<SourceRow>| {
        out.borrow_mut().rows(rows).map_err(|error| gone(&error))?;
        rows.clear();
        Ok(())
    };
    let progress = |done: u64, total: Option<u64>| out.borrow_mut().progress(done, total).is_ok();
    let mut table = read_here(path, options, &Taker { progress: &progress, blocks: Some(&block) })?;
    let mut rest = std::mem::take(&mut table.rows);
    block(&mut rest)?;
    out.borrow_mut().table(&table, peak_kib(status)).map_err(|error| gone(&error))
}

/// Asks the one who started it whether a heading means something.
fn is_wanted(heading: &str, out: &Out, asked: &RefCell<BufReader<Stdin>>) -> bool {
    let mut answer = [0u8];
    let heard = out.borrow_mut().ask(heading).and_then(|()| asked.borrow_mut().read_exact(&mut answer));
    heard.is_ok() && answer == [1]
}

fn gone(error: &std::io::Error) -> Fault {
    Fault::internal("reader_answer", error)
}

/// Most memory that this process had at a time.
fn peak_kib(status: Option<File>) -> u64 {
    let read = |mut status: File| {
        let mut text = String::new();
        status.rewind().and_then(|()| status.read_to_string(&mut text)).ok()?;
        text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().split(' ').next()?.parse().ok()
    };
    status.and_then(read).unwrap_or_default()
}
